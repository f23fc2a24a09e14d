/* matrix.h
 * A port matrix: the rows of a published list of ports, and what supplements it
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_MATRIX_H__
#define __SMSRC_MATRIX_H__

#include "named-port.h"
#include "role.h"
#include "service.h"
#include "verdict-list.h"

/* How a row is related to its list: the CSV files have the same words, in small letters. */
typedef enum {
    ROW_LISTED,
    ROW_LISTED_CORRECTED,   /* a misprint, read as what must have been meant */
    ROW_LISTED_INTERPRETED, /* printed under a heading of the wrong transport */
    ROW_LISTED_AS_PRINTED,  /* the misprint itself */
    ROW_PRINTED_NOT_EXPECTED, /* printed, and not seen in practice: it is never missing */
    ROW_DISCOURAGED,        /* printed, and advised against */
    ROW_CONFIGURABLE,       /* the port is the user's: a preference */
    ROW_GAP,                /* supplementary: the product uses it, the list does not have it */
    ROW_LATER_PRODUCT,      /* supplementary */
    ROW_LEGACY_PRODUCT,     /* supplementary */
    ROW_USER_ROW,           /* from the user's table smsrc_rows */
} matrix_class_e;

/* Which end of a row calls. */
typedef enum {
    DIRECTION_ONE_WAY,     /* the initiator */
    DIRECTION_BOTH,        /* either */
    DIRECTION_SITE_SERVER, /* either; the initiator where the site server starts all connections */
} row_direction_e;

/** One row. Its strings are static, or those of the user's table. */
typedef struct {
    const char *id;            /* "E1", "GAP1", "USER1" */
    const char *section;       /* the heading; the product for supplements */
    const char *text;          /* what is printed */
    const char *initiator;     /* as a reader knows it, "Advanced Client" */
    const char *responder;
    const char *service;       /* as a reader knows it, "HTTP/BITS" */
    const char *note;          /* "" for none */
    role_set_t initiator_roles;
    role_set_t responder_roles;
    service_set_t services;    /* contents that fit the row; 0: any content fits */
    transport_e transport;
    uint16_t port_low;         /* 0..0: no port (IPX), or any port (ROW_CONFIGURABLE) */
    uint16_t port_high;
    matrix_class_e row_class;
    row_direction_e direction;
    port_name_e port_name;     /* whose ports take the place of the printed ones */
    const char *one_of;        /* the id of the first of several rows of which one is enough */
    const char *condition;     /* when the row is needed, in words; both NULL for none */
} matrix_row_t;

/** A published list of ports, and what supplements it. Static. */
typedef struct {
    const char *name;          /* "kb826852", as the CSV is called */
    const char *title;         /* "KB 826852" */
    const matrix_row_t *rows;  /* in the order of the publication */
    unsigned num_rows;
    const matrix_row_t *supplements;
    unsigned num_supplements;
    const matrix_row_t *relatives; /* rows of other matrices, which supplement it after those */
    unsigned num_relatives;
    service_set_t foreign;     /* content that is on a port of the list by mistake only, beside
                                * what is foreign to SMS and on none of its rows */
    uint16_t rpc_ports[2];     /* of dynamic RPC, beside those of its rows; 0, 0: none */
    uint16_t http_port;        /* the user's HTTP ports are read as this one; 0: none */
    uint16_t alternate_ports[2]; /* of TCP: a service that uses both alike; 0: none */
    service_set_t alternate_services;
    bool has_named_ports;      /* rows have ports by name, which preferences move */
    const char *texts[NUM_VERDICTS]; /* of expert infos, instead of those of VERDICT_LIST */
} matrix_t;

/*
 * The matrices: name in the code, name as users type it, which is that of its CSV, its title, and
 * what else of it is its own: members of its matrix_t, a macro of matrix-list.c, or nothing.
 */
#define MATRIX_LIST(MATRIX)                                                                      \
    MATRIX(KB826852, kb826852, "KB 826852", KB826852_OWN)                                        \
    MATRIX(CONFIGMGR, configmgr, "Configuration Manager, current branch", CONFIGMGR_OWN)         \
    MATRIX(SMS2, sms2, "KB 200898 (SMS 2.0)", SMS2_OWN)

typedef enum {
#define MATRIX(id, name, title, own) MATRIX_##id,
    MATRIX_LIST(MATRIX)
#undef MATRIX
    NUM_MATRICES
} matrix_e;
extern const matrix_t matrix_list[NUM_MATRICES];

/** The matrix by which flows are judged unless the user chooses: outputs do not name it. */
#define MATRIX_DEFAULT MATRIX_KB826852

static inline bool
matrix_is_default(const matrix_t *matrix)
{
    return matrix == &matrix_list[MATRIX_DEFAULT];
}

/** The lists of rows for a matrix, in the order in which they count. */
enum { ROWS_PUBLISHED, ROWS_USER, ROWS_SUPPLEMENTARY, ROWS_RELATIVE, NUM_ROW_LISTS };

typedef struct {
    const matrix_row_t *rows; /* may be NULL where count is 0 */
    unsigned count;
} matrix_row_list_t;

/** The rows of @p matrix and those of the user. Valid until user_rows_reset(). */
void matrix_get_lists(const matrix_t *matrix, matrix_row_list_t lists[NUM_ROW_LISTS]);

bool matrix_list_has_row(const matrix_row_list_t *list, const matrix_row_t *row);

/**
 * The place of @p row among the published rows and, after them, those of the user. Supplementary
 * rows are after all of them.
 */
unsigned matrix_row_order(const matrix_t *matrix, const matrix_row_t *row);

/**
 * True if @p row names @p transport and @p port, or the port is one of those that the site has for
 * the name in @p row. Never for a ROW_CONFIGURABLE row, whose port is a preference. IPX has no
 * port: its rows fit port 0.
 */
bool matrix_row_has_port(const matrix_row_t *row, transport_e transport, uint16_t port);

/** Set whether the site server starts all connections: a row for both directions is for one. */
void matrix_set_site_server_calls(bool site_server_calls);

/** True if either end of @p row may call. */
bool matrix_row_is_both_ways(const matrix_row_t *row);

/**
 * True if an initiator with these roles and a responder with these fit @p row, in either order
 * where it is for both directions. "any" fits a host without a role too. Pass ROLES_BROADCAST for
 * the destination of a broadcast or a multicast.
 */
bool matrix_row_has_pair(const matrix_row_t *row, role_set_t initiator, role_set_t responder);

/** True if the pair fits @p row in the other order alone: its initiator is the responder. */
bool matrix_row_runs_back(const matrix_row_t *row, role_set_t initiator, role_set_t responder);

/** The number of ends for which @p row names a role, and not any host. */
unsigned matrix_row_precision(const matrix_row_t *row);

/** True if @p row is not of the published list, nor the user's. */
bool matrix_row_is_supplementary(const matrix_row_t *row);

/**
 * A row in one line, "E1: Advanced Client to Management point, HTTP, TCP 80", with its condition
 * where it has one. The string is allocated in @p scope.
 */
char *matrix_row_to_str(wmem_allocator_t *scope, const matrix_row_t *row);

#endif /* __SMSRC_MATRIX_H__ */
