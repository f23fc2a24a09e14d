/* row-index.c
 * Which rows of a matrix may fit a flow, without a look at each of them
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * A matrix has hundreds of rows, a port of it has a few. Rows are numbered in the order in which
 * they count, published ones first, so that every walk over the lists of an index finds the same
 * row as one who walks all rows. An index is made when its matrix is first asked for, and is good
 * until the next capture: the user's rows and the ports of names are of one capture.
 */

#include "row-index.h"

#include "row-fit.h"

#define NUM_ROLE_BITS 64

typedef GArray *numbers_t; /* of uint32_t, ascending; NULL: none */

typedef struct row_index {
    matrix_row_list_t lists[NUM_ROW_LISTS];
    GHashTable *by_port;                /* transport and port to numbers_t */
    numbers_t of_many_ports;
    numbers_t by_service[NUM_SERVICES];
    numbers_t by_role[NUM_ROLE_BITS];   /* that an initiator may have, if both ends have one */
} row_index_t;

static row_index_t *indexes[NUM_MATRICES];

static void *
port_key(transport_e transport, uint16_t port)
{
    return GUINT_TO_POINTER((unsigned)transport << 16 | port);
}

static void
free_numbers(void *numbers)
{
    if (numbers != NULL)
        g_array_free((GArray *)numbers, TRUE);
}

static void
add_number(numbers_t *numbers, uint32_t number)
{
    if (*numbers == NULL)
        *numbers = g_array_new(FALSE, FALSE, sizeof number);
    else if (g_array_index(*numbers, uint32_t, (*numbers)->len - 1) == number)
        return;
    g_array_append_val(*numbers, number);
}

static void
add_port(row_index_t *index, transport_e transport, uint16_t port, uint32_t number)
{
    numbers_t known = (numbers_t)g_hash_table_lookup(index->by_port, port_key(transport, port));
    numbers_t numbers = known;

    add_number(&numbers, number);
    if (known == NULL)
        g_hash_table_insert(index->by_port, port_key(transport, port), numbers);
}

static void
add_roles(row_index_t *index, role_set_t roles, uint32_t number)
{
    for (unsigned role = 0; role < NUM_ROLE_BITS; role++) {
        if ((roles & ROLE_BIT(role)) != 0)
            add_number(&index->by_role[role], number);
    }
}

static void
add_row(row_index_t *index, const matrix_t *matrix, const matrix_row_t *row, uint32_t number)
{
    enum { NAMED = 2 };
    row_ports_t ports;

    if (row_fit_get_ports(matrix, row, &ports)) {
        for (unsigned i = 0; i < ports.count; i++)
            add_port(index, row->transport, ports.ports[i], number);
    } else {
        add_number(&index->of_many_ports, number);
    }
    for (unsigned service = 0; service < NUM_SERVICES; service++) {
        if ((row->services & SERVICE_BIT(service)) != 0)
            add_number(&index->by_service[service], number);
    }
    if (matrix_row_precision(row) == NAMED)
        add_roles(index, row->initiator_roles |
                             (matrix_row_is_both_ways(row) ? row->responder_roles : 0), number);
}

static row_index_t *
make_index(const matrix_t *matrix)
{
    row_index_t *index = g_new0(row_index_t, 1);
    uint32_t number = 0;

    index->by_port = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, free_numbers);
    matrix_get_lists(matrix, index->lists);
    for (unsigned list = 0; list < NUM_ROW_LISTS; list++) {
        for (unsigned i = 0; i < index->lists[list].count; i++)
            add_row(index, matrix, &index->lists[list].rows[i], number++);
    }
    return index;
}

static row_index_t *
get_index(const matrix_t *matrix)
{
    row_index_t **index = &indexes[matrix - matrix_list];

    if (*index == NULL)
        *index = make_index(matrix);
    return *index;
}

static void
free_index(row_index_t *index)
{
    if (index == NULL)
        return;
    g_hash_table_destroy(index->by_port);
    free_numbers(index->of_many_ports);
    for (unsigned service = 0; service < NUM_SERVICES; service++)
        free_numbers(index->by_service[service]);
    for (unsigned role = 0; role < NUM_ROLE_BITS; role++)
        free_numbers(index->by_role[role]);
    g_free(index);
}

void
row_index_reset(void)
{
    for (unsigned i = 0; i < NUM_MATRICES; i++) {
        free_index(indexes[i]);
        indexes[i] = NULL;
    }
}

static void
add_part(row_walk_t *walk, const GArray *numbers)
{
    if (numbers == NULL)
        return;
    walk->at[walk->num_parts] = 0;
    walk->parts[walk->num_parts++] = numbers;
}

row_walk_t
row_walk_port(const matrix_t *matrix, transport_e transport, uint16_t port)
{
    const row_index_t *index = get_index(matrix);
    row_walk_t walk;

    walk.index = index;
    walk.num_parts = 0;
    add_part(&walk, (GArray *)g_hash_table_lookup(index->by_port, port_key(transport, port)));
    add_part(&walk, index->of_many_ports);
    return walk;
}

row_walk_t
row_walk_service(const matrix_t *matrix, service_e service)
{
    row_walk_t walk;

    walk.index = get_index(matrix);
    walk.num_parts = 0;
    if (service != SERVICE_UNKNOWN)
        add_part(&walk, walk.index->by_service[service]);
    return walk;
}

row_walk_t
row_walk_near(const matrix_t *matrix, const flow_facts_t *flow)
{
    row_walk_t walk = row_walk_port(matrix, flow->transport, flow->responder_port);

    if (flow->service != SERVICE_UNKNOWN)
        add_part(&walk, walk.index->by_service[flow->service]);
    for (unsigned role = 0; role < NUM_ROLE_BITS; role++) {
        if ((flow->initiator & ROLE_BIT(role)) != 0)
            add_part(&walk, walk.index->by_role[role]);
    }
    return walk;
}

/* The row of a number. */
static const matrix_row_t *
find_row(const row_index_t *index, uint32_t number, unsigned *list)
{
    for (*list = 0; number >= index->lists[*list].count; (*list)++)
        number -= index->lists[*list].count;
    return &index->lists[*list].rows[number];
}

const matrix_row_t *
row_walk_next(row_walk_t *walk, unsigned *list)
{
    uint32_t least = UINT32_MAX;

    for (unsigned i = 0; i < walk->num_parts; i++) {
        if (walk->at[i] < walk->parts[i]->len)
            least = MIN(least, g_array_index(walk->parts[i], uint32_t, walk->at[i]));
    }
    if (least == UINT32_MAX)
        return NULL;
    for (unsigned i = 0; i < walk->num_parts; i++) {
        if (walk->at[i] < walk->parts[i]->len &&
            g_array_index(walk->parts[i], uint32_t, walk->at[i]) == least)
            walk->at[i]++;
    }
    return find_row(walk->index, least, list);
}
