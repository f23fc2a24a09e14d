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

/** Rows of a matrix that have something in common, in its order. */
typedef struct {
    const struct row_index *lookup;
    const uint64_t *of_port; /* the rows that name the port; NULL: none does */
    int of_many_ports;       /* those of a transport that have many ports as well; -1: no */
    service_e service;       /* those that this service fits by name; SERVICE_UNKNOWN: none */
    enum { ROW_WALK_ANY_PAIR, ROW_WALK_OF_PAIR, ROW_WALK_OR_PAIR } pair; /* of those, or beside */
    role_set_t initiator, responder;
    bool seeks_mp;
    unsigned word;           /* where the walk is */
    uint64_t rows;           /* not yet returned of the 64 rows there, a bit each */
} row_walk_t;

/** Forgets all indexes: rows or their ports have changed, or may change. */
void row_index_reset(void);

/** Walks all rows that may have this port. */
row_walk_t row_walk_port(const matrix_t *matrix, transport_e transport, uint16_t port);

/** Walks those of them that have the roles of the flow, but for what is a stranger's. */
row_walk_t row_walk_flow(const matrix_t *matrix, const flow_facts_t *flow);

/** Walks the rows that this service fits by name. */
row_walk_t row_walk_service(const matrix_t *matrix, service_e service);

/** Walks those of them that have the roles of the flow. */
row_walk_t row_walk_service_of_pair(const matrix_t *matrix, const flow_facts_t *flow);

/**
 * Walks the rows that may have the flow's port, and those that have its service by name, or both of
 * its roles by name.
 */
row_walk_t row_walk_near(const matrix_t *matrix, const flow_facts_t *flow);

/** Returns the next row, and which list has it (ROWS_PUBLISHED, ...); NULL at the end. */
const matrix_row_t *row_walk_next(row_walk_t *walk, unsigned *list);

/**
 * The kind of a port: the port itself if it is on a row, else a number above all ports, the same
 * for ports that are alike to all rows and rules of the matrix.
 */
uint32_t row_index_port_kind(const matrix_t *matrix, transport_e transport, uint16_t port);

#endif /* __SMSRC_ROW_INDEX_H__ */
