/* matrix.h
 * The port matrix of KB 826852 as data, and the ports it leaves out
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_MATRIX_H__
#define __SMSRC_MATRIX_H__

#include "role.h"
#include "service.h"

/* The classes of kb826852.csv, then those of the neighbouring lists and the user's own rows. */
typedef enum {
    ROW_LISTED,
    ROW_LISTED_CORRECTED,   /* a misprint, read as it must have been meant */
    ROW_LISTED_INTERPRETED, /* printed under a heading of the wrong transport */
    ROW_LISTED_AS_PRINTED,  /* the misprint itself, kept as it stands */
    ROW_DISCOURAGED,        /* printed, and advised against */
    ROW_CONFIGURABLE,       /* the port is the user's: a preference */
    ROW_GAP,                /* SMS 2003 uses it, the article does not list it */
    ROW_LATER_PRODUCT,      /* ConfigMgr 2007 and later */
    ROW_LEGACY_PRODUCT,     /* SMS 1.x, SMS 2.0 before SP2 */
    ROW_USER_ROW,           /* from the user's table smsrc_rows */
} matrix_class_e;

/** One row: who calls whom, on what. Every string is static (a user's: its table's). */
typedef struct {
    const char *id;            /* "E1" as in the article's CSV; GAP1, LATER1, LEGACY1, USER1 */
    const char *section;       /* the article's heading; the product for neighbouring lists */
    const char *text;          /* what is printed */
    const char *initiator;     /* the CSV's token, "advanced_client" */
    const char *responder;
    const char *service;       /* as a reader knows it, "HTTP/BITS" */
    const char *note;          /* "" where there is none */
    role_set_t initiator_roles;
    role_set_t responder_roles;
    service_set_t services;    /* contents that fit the row; 0: any content fits */
    transport_e transport;
    uint16_t port_low;         /* 0..0: no port (IPX), or any port (ROW_CONFIGURABLE) */
    uint16_t port_high;
    matrix_class_e row_class;
} matrix_row_t;

/** The article's own rows, in its order. @p count: how many. */
const matrix_row_t *matrix_rows(unsigned *count);

/** Rows of the neighbouring lists: ROW_GAP, ROW_LATER_PRODUCT or ROW_LEGACY_PRODUCT. */
const matrix_row_t *matrix_supplements(unsigned *count);

/**
 * True where @p row names @p transport and @p port (never for a ROW_CONFIGURABLE row, whose port
 * is the user's to tell). IPX has no port: its rows fit port 0.
 */
static inline bool
matrix_row_has_port(const matrix_row_t *row, transport_e transport, uint16_t port)
{
    return row->port_low <= port && port <= row->port_high && row->transport == transport &&
           row->row_class != ROW_CONFIGURABLE;
}

/**
 * True where a host with @p initiator roles calling one with @p responder roles fits @p row.
 * "any" fits a host without a role too. Pass ROLES_BROADCAST for the destination of a
 * broadcast or a multicast.
 */
bool matrix_row_has_pair(const matrix_row_t *row, role_set_t initiator,
                     role_set_t responder);

/**
 * "E1: Advanced Client to Management point, HTTP, TCP 80": a row in one line for
 * smsrc.audit.row.text. The string belongs to @p scope.
 */
char *matrix_row_to_str(wmem_allocator_t *scope, const matrix_row_t *row);

#endif /* __SMSRC_MATRIX_H__ */
