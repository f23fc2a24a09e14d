/* row-fit.h
 * What of a row of a matrix fits a flow
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_ROW_FIT_H__
#define __SMSRC_ROW_FIT_H__

#include <epan/range.h>

#include "flow-facts.h"
#include "matrix.h"

/** Set the ports that the user's preferences give to rows. Copies them. */
void row_fit_set_ports(const range_t *sql, const range_t *http);

/** True if @p row has the port, or the user's preferences give it the port. */
bool row_fit_has_port(const matrix_t *matrix, const matrix_row_t *row, transport_e transport,
                      uint16_t port);

/** A row of more ports than this fits by its content only: 1024-5000 would fit too much. */
#define ROW_FIT_MAX_PORTS 65

/** The ports of a row. */
typedef struct {
    uint16_t ports[ROW_FIT_MAX_PORTS]; /* 0 for IPX; one may be there twice */
    unsigned count;
} row_ports_t;

/**
 * Gets all ports of @p row, also those that the user's preferences give it. False if there are more
 * than ROW_FIT_MAX_PORTS, or if ports that are handed out fit the row.
 */
bool row_fit_get_ports(const matrix_t *matrix, const matrix_row_t *row, row_ports_t *ports);

/**
 * Add to @p bounds, of uint32_t and ascending, the ports where a range of @p row begins, and the
 * first ones after a range: all ports between two of them are the same to the row.
 */
void row_fit_add_bounds(const matrix_t *matrix, const matrix_row_t *row, GArray *bounds);

/** Add those of the ranges that the matrix has for dynamic RPC beside its rows. */
void row_fit_add_rpc_bounds(const matrix_t *matrix, GArray *bounds);

/** The number of @p bounds that are not above @p port. */
unsigned row_fit_count_bounds(const GArray *bounds, uint32_t port);

/** True for a row of so many ports that it fits by its content only. */
bool row_fit_is_wide(const matrix_row_t *row);

/** True if @p service is known, and one of the row's. */
bool row_fit_has_service(const matrix_row_t *row, service_e service);

/** True if the row fits the flow as it is, or, with @p any_content, whatever the flow carries. */
bool row_fit_is_flow(const matrix_t *matrix, const matrix_row_t *row, const flow_facts_t *flow,
                     bool any_content);

#endif /* __SMSRC_ROW_FIT_H__ */
