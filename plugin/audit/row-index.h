/* row-index.h
 * Which rows of a matrix may fit a flow, without a look at each of them
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_ROW_INDEX_H__
#define __SMSRC_ROW_INDEX_H__

#include "flow-facts.h"
#include "matrix.h"

/** At most the lists of one port, of rows of many ports, of one service, and of each role. */
#define ROW_WALK_MAX_PARTS (3 + 64)

/** Several lists of rows, walked together in the order of the matrix, each row once. */
typedef struct {
    const struct row_index *index;
    const GArray *parts[ROW_WALK_MAX_PARTS];
    unsigned at[ROW_WALK_MAX_PARTS];
    unsigned num_parts;
} row_walk_t;

/** Forgets all indexes: rows or their ports have changed, or may change. */
void row_index_reset(void);

/** Walks all rows that may have this port. */
row_walk_t row_walk_port(const matrix_t *matrix, transport_e transport, uint16_t port);

/** Walks the rows that this service fits by name. */
row_walk_t row_walk_service(const matrix_t *matrix, service_e service);

/**
 * Walks the rows that have the flow's port among few, or its service by name, or a role at both
 * ends of which the initiator has one.
 */
row_walk_t row_walk_near(const matrix_t *matrix, const flow_facts_t *flow);

/** Returns the next row, and which list has it (ROWS_PUBLISHED, ...); NULL at the end. */
const matrix_row_t *row_walk_next(row_walk_t *walk, unsigned *list);

#endif /* __SMSRC_ROW_INDEX_H__ */
