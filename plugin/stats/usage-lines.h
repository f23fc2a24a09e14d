/* usage-lines.h
 * Lines about the rows of the matrix: used, never used, and what no row has
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_USAGE_LINES_H__
#define __SMSRC_USAGE_LINES_H__

#include "host-set.h"
#include "port-set.h"
#include "unknown-roles.h"

/** What a line is about, in the order of the lines. */
typedef enum {
    USAGE_USED,         /* a row of the list, or of the user, and the roles that used it */
    USAGE_NEVER,        /* such a row that no flow uses */
    USAGE_NOT_EXPECTED, /* the same, of a row that is not expected to be used */
    USAGE_NOT_PRINTED,  /* flows that no such row fits */
    NUM_USAGES,
} usage_e;

/** A row of the matrix. Its texts are copies, because the user's rows end with their capture. */
typedef struct {
    char *id;
    char *text;
    row_end_t ends[NUM_ENDS];
    unsigned order;  /* the list's rows, the user's, all others */
    char *one_of;    /* the first of several rows of which one is enough; NULL: none */
    bool is_printed; /* of the list, or the user's */
    bool is_expected;
    unsigned flows;  /* that use it */
} usage_row_t;

/** Flows of one row between the same two roles, or of no row on the same port; or a row alone. */
typedef struct {
    usage_e usage;
    verdict_e verdict;          /* VERDICT_NONE for a row alone */
    const usage_row_t *row;     /* NULL: what is not printed is near none */
    bool is_nearest;            /* the row is the nearest, and not the flows' own */
    role_set_t roles[NUM_ENDS]; /* of a used row the row's roles, in its direction */
    transport_e transport;
    uint16_t via_proxy;         /* the port on the wire, where the other is a URI's; 0: it is not */
    uint16_t port;              /* of what is not printed; 0 for IPX and a scan */
    bool is_scan;               /* tries of a scan (scan.h), on whatever port */

    host_set_t *hosts[NUM_ENDS];
    port_set_t *ports;          /* of the responders */
    unsigned flows;
    unsigned opened[NUM_ENDS];  /* flows that began at this end */
    unsigned blocked;
    unsigned packets;
    double bytes;
    nstime_t start;             /* unset: no packet has a time */
    nstime_t end;
    nstime_t past_start;        /* of earlier captures: tshark -M has several */
    nstime_t past_end;
} usage_line_t;

/** What a reader does with lines while they change, each at its place. Members may be NULL. */
typedef struct {
    void (*added)(void *data, unsigned place, const usage_line_t *line);
    void (*changed)(void *data, unsigned place, const usage_line_t *line);
    void (*removed)(void *data, unsigned place);
} usage_lines_ops_t;

typedef struct usage_lines usage_lines_t;

/** Begin without a line. @p ops are called with @p data; NULL: no listener. */
usage_lines_t *usage_lines_new(const usage_lines_ops_t *ops, void *data);
void usage_lines_free(usage_lines_t *lines);

/** Remove all lines and rows, without a call. */
void usage_lines_clear(usage_lines_t *lines);

/** The capture ends, and with it the user's rows: their lines and their copies stay. */
void usage_lines_end_capture(usage_lines_t *lines);

/** The copy of a row of the matrix. A new one that is printed gets a line: it is never used. */
const usage_row_t *usage_lines_row(usage_lines_t *lines, const matrix_row_t *row);

/** Count a flow that uses @p row, or one less. The row has its own line where none does. */
void usage_lines_count_use(usage_lines_t *lines, const usage_row_t *row, int change);

/** 0 where two lines are about the same, else their order. */
int usage_lines_compare(const usage_line_t *a, const usage_line_t *b);

/** The line about the same as @p wanted; NULL where there is none. */
usage_line_t *usage_lines_find(const usage_lines_t *lines, const usage_line_t *wanted);

/** Add a line about what @p wanted is, which has no line. Remove a line. */
usage_line_t *usage_lines_add(usage_lines_t *lines, const usage_line_t *wanted);
void usage_lines_remove(usage_lines_t *lines, const usage_line_t *line);

/** Call when the numbers of a line have changed. */
void usage_lines_tell_changed(const usage_lines_t *lines, const usage_line_t *line);

/** The lines, sorted by what they are about and the order of the rows, the worst verdict first. */
unsigned usage_lines_count(const usage_lines_t *lines);
usage_line_t *usage_lines_at(const usage_lines_t *lines, unsigned place);

/** True for a row that no flow uses. */
bool usage_lines_is_row_alone(const usage_line_t *line);

/** "Used", "Never used", or for @p has_choice "Not in the choice", and so on. Static. */
const char *usage_lines_name(usage_e usage, bool has_choice);

/** The roles of an end, or what the row calls it: to be g_free()d. */
char *usage_lines_roles_to_str(const usage_line_t *line, unsigned end);

/**
 * "TCP 80, 8530 and 3 more", "TCP 80 via 3128", "TCP scan", "IPX": to be g_free()d; "" for a row
 * without a flow.
 */
char *usage_lines_ports_to_str(const usage_line_t *line, unsigned most);

#endif /* __SMSRC_USAGE_LINES_H__ */
