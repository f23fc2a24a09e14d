/* matrix.h
 * The port matrix of KB 826852 as data, and the ports it leaves out
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_MATRIX_H__
#define __SMSRC_MATRIX_H__

#include "role.h"
#include "service-detect.h"

/* The classes of kb826852.csv, then those of the neighbouring lists and the user's own rows. */
typedef enum {
    KB_LISTED,
    KB_LISTED_CORRECTED,   /* a misprint, read as it must have been meant */
    KB_LISTED_INTERPRETED, /* printed under a heading of the wrong transport */
    KB_LISTED_AS_PRINTED,  /* the misprint itself, kept as it stands */
    KB_DISCOURAGED,        /* printed, and advised against */
    KB_CONFIGURABLE,       /* the port is the user's: a preference */
    KB_GAP,                /* SMS 2003 uses it, the article does not list it */
    KB_LATER_PRODUCT,      /* ConfigMgr 2007 and later */
    KB_LEGACY_PRODUCT,     /* SMS 1.x, SMS 2.0 before SP2 */
    KB_USER_ROW,           /* from the user's table smsrc_rows */
} kb_class_e;

/** One row: who calls whom, on what. Every string is static (a user's: its table's). */
typedef struct {
    const char *id;            /* "E1" as in the article's CSV; GAP1, LATER1, LEGACY1, USER1 */
    const char *section;       /* the article's heading; the product for neighbouring lists */
    const char *text;          /* what is printed */
    const char *initiator;     /* the CSV's token, "advanced_client" */
    const char *responder;
    const char *service;       /* as a reader knows it, "HTTP/BITS" */
    const char *note;          /* "" where there is none */
    smsrc_role_set_t initiator_roles;
    smsrc_role_set_t responder_roles;
    service_set_t services;    /* contents that fit the row; 0: any content fits */
    transport_e transport;
    uint16_t port_low;         /* 0..0: no port (IPX), or any port (KB_CONFIGURABLE) */
    uint16_t port_high;
    kb_class_e row_class;
} kb_row_t;

/** The article's own rows, in its order. @p count: how many. */
const kb_row_t *kb_rows(unsigned *count);

/** Rows of the neighbouring lists: KB_GAP, KB_LATER_PRODUCT or KB_LEGACY_PRODUCT. */
const kb_row_t *kb_neighbour_rows(unsigned *count);

/**
 * True where @p row names @p transport and @p port (never for a KB_CONFIGURABLE row, whose port
 * is the user's to tell). IPX has no port: its rows fit port 0.
 */
static inline bool
kb_row_has_port(const kb_row_t *row, transport_e transport, uint16_t port)
{
    return row->port_low <= port && port <= row->port_high && row->transport == transport &&
           row->row_class != KB_CONFIGURABLE;
}

/**
 * True where a host with @p initiator roles calling one with @p responder roles fits @p row.
 * "any" fits a host without a role too. Pass SMSRC_ROLES_BROADCAST for the destination of a
 * broadcast or a multicast.
 */
bool kb_row_has_pair(const kb_row_t *row, smsrc_role_set_t initiator,
                     smsrc_role_set_t responder);

/**
 * "E1: Advanced Client to Management point, HTTP, TCP 80": a row in one line for
 * smsrc.audit.row.text. The string belongs to @p scope.
 */
char *kb_row_to_str(wmem_allocator_t *scope, const kb_row_t *row);

#endif /* __SMSRC_MATRIX_H__ */
