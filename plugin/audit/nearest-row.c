/* nearest-row.c
 * The row of a matrix that is nearest to a flow on none
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "nearest-row.h"

#include "row-fit.h"
#include "row-index.h"

/* True if one of the two ends has a role that the row names there; "any host" names none. */
static bool
has_half_a_pair(const matrix_row_t *row, const flow_facts_t *flow)
{
    return (row->initiator_roles != ROLES_ANY && (row->initiator_roles & flow->initiator) != 0) ||
           (row->responder_roles != ROLES_ANY && (row->responder_roles & flow->responder) != 0);
}

/*
 * How near a row is to a flow on no row; 0 if it is not: if it has neither the port nor the service
 * nor both roles by name. In this order: on its port, for other roles; of its pair and its service,
 * on another port; of its service; of its pair; of one role of it. Among those, a row for this
 * service alone (TLS: LDAPS, and not LDAP with StartTLS) and one of the same transport.
 */
static unsigned
nearness(const matrix_t *matrix, const matrix_row_t *row, const flow_facts_t *flow)
{
    enum { PORT = 64, SERVICE_OF_PAIR = 32, SERVICE = 16, PAIR = 8, HALF = 4, ALONE = 2,
           TRANSPORT = 1, NAMED = 2 };
    bool port = !row_fit_is_wide(row) &&
                row_fit_has_port(matrix, row, flow->transport, flow->responder_port);
    bool pair = matrix_row_precision(row) > 0 &&
                matrix_row_has_pair(row, flow->initiator, flow->responder);
    bool service = row_fit_has_service(row, flow->service);

    if (!port && !service && !(pair && matrix_row_precision(row) == NAMED))
        return 0;
    return (port ? PORT : 0) + (pair && service ? SERVICE_OF_PAIR : 0) + (service ? SERVICE : 0) +
           (pair ? PAIR : 0) + (has_half_a_pair(row, flow) ? HALF : 0) +
           (service && row->services == SERVICE_BIT(flow->service) ? ALONE : 0) +
           (row->transport == flow->transport ? TRANSPORT : 0);
}

/*
 * The row that is nearest to a flow on no row. Among rows of one list and one service that are
 * equally near it is the one with the lowest port, which is the one that is tried first. A later
 * list has to be nearer.
 */
const matrix_row_t *
nearest_row_find(const matrix_t *matrix, const flow_facts_t *flow)
{
    row_walk_t walk = row_walk_near(matrix, flow);
    const matrix_row_t *row, *nearest = NULL;
    unsigned best = 0, list, list_of_nearest = 0;

    while ((row = row_walk_next(&walk, &list)) != NULL) {
        unsigned score = nearness(matrix, row, flow);
        bool lower = nearest != NULL && score == best && row_fit_has_service(row, flow->service) &&
                     list == list_of_nearest && row->port_low != 0 &&
                     row->port_low < nearest->port_low;

        if (score > best || lower) {
            best = score;
            nearest = row;
            list_of_nearest = list;
        }
    }
    return nearest;
}

const matrix_row_t *
nearest_row_find_configurable(const matrix_t *matrix, const flow_facts_t *flow)
{
    const bool is_login = flow->service == SERVICE_TDS;

    if (!is_login && flow->handed_out.by != HANDED_OUT_SQL)
        return NULL;
    for (unsigned i = 0; i < matrix->num_rows; i++) {
        const matrix_row_t *row = &matrix->rows[i];

        if ((row->row_class == ROW_CONFIGURABLE || row->port_name == PORT_SQL) &&
            row->transport == flow->transport &&
            matrix_row_has_pair(row, flow->initiator, flow->responder) &&
            (is_login || flow->service == SERVICE_UNKNOWN ||
             row_fit_has_service(row, flow->service)))
            return row;
    }
    return NULL;
}
