/* row-index.c
 * Which rows of a matrix may fit a flow, without a look at each of them
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * A matrix has hundreds of rows, a port of it has a few, and a pair of roles has some more. So rows
 * have a bit each, numbered in the order in which they count, published ones first: a walk over
 * the bits finds the same row as one over all rows. What is asked for is found by operations
 * on 64 rows at a time, the rows of a port and of a pair of roles together, also those of many
 * ports. Most ports of a scan are on no row: one bit per port shows that.
 *
 * An index is made when its matrix is first asked for, and is good until the next capture: the
 * user's rows and the ports of names are of one capture.
 */

#include "row-index.h"

#include <wsutil/bits_ctz.h>

#include "row-fit.h"

#define NUM_ROLE_BITS 64
#define NUM_TRANSPORTS 3
#define NUM_PORTS 65536
#define ROWS_OF_WORD 64

/* The rows that name a role at one end. */
typedef struct {
    uint64_t of_role[NUM_ROLE_BITS];
    uint64_t of_any_host;
} rows_of_end_t;

/* 64 rows, a bit each. */
typedef struct {
    rows_of_end_t initiator;
    rows_of_end_t responder;
    uint64_t both_ways;
    uint64_t named;       /* roles of both ends, and not any host */
    uint64_t discouraged;
    uint64_t of_many_ports[NUM_TRANSPORTS];
    uint64_t of_service[NUM_SERVICES];
} row_word_t;

typedef struct row_index {
    matrix_row_list_t lists[NUM_ROW_LISTS];
    row_word_t *words;
    unsigned num_words;
    uint64_t is_listed[NUM_TRANSPORTS][NUM_PORTS / 64]; /* a bit each: the port is in by_port */
    GHashTable *by_port; /* transport and port to num_words of rows */
    GArray *bounds;      /* the ports where a range may begin, or may have ended; ascending */
} row_index_t;

static row_index_t *indexes[NUM_MATRICES];

static unsigned
transport_index(transport_e transport)
{
    return (unsigned)transport >> 1;
}

static void *
port_key(transport_e transport, uint16_t port)
{
    return GUINT_TO_POINTER((unsigned)transport << 16 | port);
}

static bool
is_listed(const row_index_t *lookup, transport_e transport, uint16_t port)
{
    return (lookup->is_listed[transport_index(transport)][port / 64] >> port % 64 & 1) != 0;
}

/* The rows that name a port; NULL for none. */
static uint64_t *
find_port(const row_index_t *lookup, transport_e transport, uint16_t port)
{
    return is_listed(lookup, transport, port)
               ? (uint64_t *)g_hash_table_lookup(lookup->by_port, port_key(transport, port)) : NULL;
}

/* Gives a port a kind that it alone has. */
static void
add_port(row_index_t *lookup, transport_e transport, uint16_t port)
{
    if (is_listed(lookup, transport, port))
        return;
    g_hash_table_insert(lookup->by_port, port_key(transport, port),
                        g_new0(uint64_t, lookup->num_words));
    lookup->is_listed[transport_index(transport)][port / 64] |= UINT64_C(1) << port % 64;
}

static void
add_ports(row_index_t *lookup, const matrix_t *matrix, const matrix_row_t *row, unsigned number)
{
    const uint64_t bit = UINT64_C(1) << number % ROWS_OF_WORD;
    const unsigned word = number / ROWS_OF_WORD;
    row_ports_t ports;

    if (!row_fit_get_ports(matrix, row, &ports)) {
        lookup->words[word].of_many_ports[transport_index(row->transport)] |= bit;
        row_fit_add_bounds(matrix, row, lookup->bounds);
        return;
    }
    for (unsigned i = 0; i < ports.count; i++) {
        uint64_t *rows;

        add_port(lookup, row->transport, ports.ports[i]);
        rows = find_port(lookup, row->transport, ports.ports[i]);
        if (rows != NULL)
            rows[word] |= bit;
    }
}

static void
add_end(rows_of_end_t *end, role_set_t roles, uint64_t bit)
{
    if (roles == ROLES_ANY) {
        end->of_any_host |= bit;
        return;
    }
    for (; roles != 0; roles &= roles - 1)
        end->of_role[ws_ctz(roles)] |= bit;
}

static void
add_row(row_index_t *lookup, const matrix_t *matrix, const matrix_row_t *row, unsigned number)
{
    enum { NAMED = 2 };
    const uint64_t bit = UINT64_C(1) << number % ROWS_OF_WORD;
    row_word_t *word = &lookup->words[number / ROWS_OF_WORD];

    add_ports(lookup, matrix, row, number);
    add_end(&word->initiator, row->initiator_roles, bit);
    add_end(&word->responder, row->responder_roles, bit);
    word->both_ways |= matrix_row_is_both_ways(row) ? bit : 0;
    word->named |= matrix_row_precision(row) == NAMED ? bit : 0;
    word->discouraged |= row->row_class == ROW_DISCOURAGED ? bit : 0;
    for (service_set_t services = row->services; services != 0; services &= services - 1)
        word->of_service[ws_ctz(services)] |= bit;
}

/* What of the matrix is asked of a port beside its rows. */
static void
add_rules(row_index_t *lookup, const matrix_t *matrix)
{
    row_fit_add_rpc_bounds(matrix, lookup->bounds);
    for (unsigned i = 0; i < array_length(matrix->alternate_ports); i++)
        add_port(lookup, TRANSPORT_TCP, matrix->alternate_ports[i]);
}

static row_index_t *
make_index(const matrix_t *matrix)
{
    row_index_t *lookup = g_new0(row_index_t, 1);
    unsigned number = 0;

    matrix_get_lists(matrix, lookup->lists);
    for (unsigned list = 0; list < NUM_ROW_LISTS; list++)
        number += lookup->lists[list].count;
    lookup->num_words = (number + ROWS_OF_WORD - 1) / ROWS_OF_WORD;
    lookup->words = g_new0(row_word_t, lookup->num_words);
    lookup->by_port = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, g_free);
    lookup->bounds = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    number = 0;
    for (unsigned list = 0; list < NUM_ROW_LISTS; list++) {
        for (unsigned i = 0; i < lookup->lists[list].count; i++)
            add_row(lookup, matrix, &lookup->lists[list].rows[i], number++);
    }
    add_rules(lookup, matrix);
    return lookup;
}

static const row_index_t *
get_index(const matrix_t *matrix)
{
    row_index_t **lookup = &indexes[matrix - matrix_list];

    if (*lookup == NULL)
        *lookup = make_index(matrix);
    return *lookup;
}

void
row_index_reset(void)
{
    for (unsigned i = 0; i < NUM_MATRICES; i++) {
        row_index_t *lookup = indexes[i];

        indexes[i] = NULL;
        if (lookup == NULL)
            continue;
        g_hash_table_destroy(lookup->by_port);
        g_array_free(lookup->bounds, TRUE);
        g_free(lookup->words);
        g_free(lookup);
    }
}

/* The rows that have one of the roles at an end, or any host. */
static uint64_t
rows_of_end(const rows_of_end_t *end, role_set_t roles)
{
    uint64_t rows = end->of_any_host;

    for (; roles != 0; roles &= roles - 1)
        rows |= end->of_role[ws_ctz(roles)];
    return rows;
}

/* Those of the rows that matrix_row_has_pair() has the two ends of. */
static uint64_t
rows_of_pair(const row_word_t *word, role_set_t initiator, role_set_t responder, uint64_t of)
{
    uint64_t back = of & word->both_ways;

    of &= rows_of_end(&word->initiator, initiator) & rows_of_end(&word->responder, responder);
    if (back != 0)
        back &= rows_of_end(&word->initiator, responder) & rows_of_end(&word->responder, initiator);
    return of | back;
}

/* What the walk has of the 64 rows where it is. */
static uint64_t
rows_of_walk(const row_walk_t *walk)
{
    const row_word_t *word = &walk->lookup->words[walk->word];
    uint64_t rows = walk->of_port != NULL ? walk->of_port[walk->word] : 0;

    if (walk->of_many_ports >= 0)
        rows |= word->of_many_ports[walk->of_many_ports];
    if (walk->service != SERVICE_UNKNOWN)
        rows |= word->of_service[walk->service];
    if (walk->pair == ROW_WALK_OR_PAIR)
        return rows | rows_of_pair(word, walk->initiator, walk->responder, word->named);
    if (walk->pair == ROW_WALK_OF_PAIR && rows != 0)
        return rows_of_pair(word, walk->initiator, walk->responder, rows) |
               (walk->seeks_mp ? rows & word->discouraged : 0);
    return rows;
}

static row_walk_t
begin_walk(const row_index_t *lookup)
{
    row_walk_t walk = { .lookup = lookup, .of_many_ports = -1, .service = SERVICE_UNKNOWN };

    return walk;
}

/* Of an empty matrix there is no word. */
static row_walk_t
first_rows(row_walk_t walk)
{
    walk.rows = walk.lookup->num_words > 0 ? rows_of_walk(&walk) : 0;
    return walk;
}

static row_walk_t
begin_port(const matrix_t *matrix, transport_e transport, uint16_t port)
{
    row_walk_t walk = begin_walk(get_index(matrix));

    walk.of_port = find_port(walk.lookup, transport, port);
    walk.of_many_ports = (int)transport_index(transport);
    return walk;
}

row_walk_t
row_walk_port(const matrix_t *matrix, transport_e transport, uint16_t port)
{
    return first_rows(begin_port(matrix, transport, port));
}

row_walk_t
row_walk_flow(const matrix_t *matrix, const flow_facts_t *flow)
{
    row_walk_t walk = begin_port(matrix, flow->transport, flow->responder_port);

    walk.pair = ROW_WALK_OF_PAIR;
    walk.initiator = flow->initiator & ~flow->strange_initiator;
    walk.responder = flow->responder & ~flow->strange_responder;
    walk.seeks_mp = flow->seeks_mp;
    return first_rows(walk);
}

row_walk_t
row_walk_service(const matrix_t *matrix, service_e service)
{
    row_walk_t walk = begin_walk(get_index(matrix));

    walk.service = service;
    return first_rows(walk);
}

row_walk_t
row_walk_service_of_pair(const matrix_t *matrix, const flow_facts_t *flow)
{
    row_walk_t walk = begin_walk(get_index(matrix));

    walk.service = flow->service;
    walk.pair = ROW_WALK_OF_PAIR;
    walk.initiator = flow->initiator;
    walk.responder = flow->responder;
    return first_rows(walk);
}

row_walk_t
row_walk_near(const matrix_t *matrix, const flow_facts_t *flow)
{
    row_walk_t walk = begin_port(matrix, flow->transport, flow->responder_port);

    walk.service = flow->service;
    walk.pair = ROW_WALK_OR_PAIR;
    walk.initiator = flow->initiator;
    walk.responder = flow->responder;
    return first_rows(walk);
}

/* The row of a number. */
static const matrix_row_t *
find_row(const row_index_t *lookup, unsigned number, unsigned *list)
{
    for (*list = 0; number >= lookup->lists[*list].count; (*list)++)
        number -= lookup->lists[*list].count;
    return &lookup->lists[*list].rows[number];
}

const matrix_row_t *
row_walk_next(row_walk_t *walk, unsigned *list)
{
    unsigned bit;

    while (walk->rows == 0) {
        if (walk->word + 1 >= walk->lookup->num_words)
            return NULL;
        walk->word++;
        walk->rows = rows_of_walk(walk);
    }
    bit = (unsigned)ws_ctz(walk->rows);
    walk->rows &= walk->rows - 1;
    return find_row(walk->lookup, walk->word * ROWS_OF_WORD + bit, list);
}

uint32_t
row_index_port_kind(const matrix_t *matrix, transport_e transport, uint16_t port)
{
    const row_index_t *lookup = get_index(matrix);

    return is_listed(lookup, transport, port)
               ? port : NUM_PORTS + row_fit_count_bounds(lookup->bounds, port);
}
