/* test-row-index.c
 * The index of a matrix finds the rows that a walk over all of them finds, in the same order
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "row-index.h"

#include "row-fit.h"
#include "verdict-compute.h"

#define BIT(role) ROLE_BIT(ROLE_##role)

/* What a row is looked up for. */
typedef bool (*fits_t)(const matrix_t *matrix, const matrix_row_t *row, const flow_facts_t *flow);

static bool
has_port(const matrix_t *matrix, const matrix_row_t *row, const flow_facts_t *flow)
{
    return row_fit_has_port(matrix, row, flow->transport, flow->responder_port);
}

static bool
has_service(const matrix_t *matrix _U_, const matrix_row_t *row, const flow_facts_t *flow)
{
    return row_fit_has_service(row, flow->service);
}

/* As nearest-row.c asks. */
static bool
is_near(const matrix_t *matrix, const matrix_row_t *row, const flow_facts_t *flow)
{
    return (has_port(matrix, row, flow) && !row_fit_is_wide(row)) ||
           has_service(matrix, row, flow) ||
           (matrix_row_precision(row) == 2 &&
            matrix_row_has_pair(row, flow->initiator, flow->responder));
}

/* The rows of a walk that fit are all that fit, in the order of the matrix. */
static void
check(const matrix_t *matrix, row_walk_t walk, const flow_facts_t *flow, fits_t fits)
{
    matrix_row_list_t lists[NUM_ROW_LISTS];
    const matrix_row_t *row;
    unsigned in_list, walked = 0, rows = 0;

    matrix_get_lists(matrix, lists);
    for (unsigned list = 0; list < NUM_ROW_LISTS; list++) {
        rows += lists[list].count;
        for (unsigned i = 0; i < lists[list].count; i++) {
            if (!fits(matrix, &lists[list].rows[i], flow))
                continue;
            do {
                row = row_walk_next(&walk, &in_list);
                walked++;
            } while (row != NULL && !fits(matrix, row, flow));
            g_assert_true(row == &lists[list].rows[i]);
            g_assert_cmpuint(in_list, ==, list);
        }
    }
    while ((row = row_walk_next(&walk, &in_list)) != NULL) {
        g_assert_false(fits(matrix, row, flow));
        walked++;
    }
    g_assert_cmpuint(walked, <=, rows);
}

/* As verdict.c asks. */
static bool
is_flow(const matrix_t *matrix, const matrix_row_t *row, const flow_facts_t *flow)
{
    return row_fit_is_flow(matrix, row, flow, false) || row_fit_is_flow(matrix, row, flow, true);
}

static bool
has_service_and_pair(const matrix_t *matrix, const matrix_row_t *row, const flow_facts_t *flow)
{
    return has_service(matrix, row, flow) &&
           matrix_row_has_pair(row, flow->initiator, flow->responder);
}

static void
check_pair(const matrix_t *matrix, const flow_facts_t *flow)
{
    row_walk_t walk = row_walk_flow(matrix, flow);
    const matrix_row_t *row;
    unsigned list;

    check(matrix, walk, flow, is_flow);
    while ((row = row_walk_next(&walk, &list)) != NULL)
        g_assert_true(matrix_row_has_pair(row, flow->initiator & ~flow->strange_initiator,
                                          flow->responder & ~flow->strange_responder) ||
                      (flow->seeks_mp && row->row_class == ROW_DISCOURAGED));
}

static void
check_flow(const matrix_t *matrix, const flow_facts_t *flow)
{
    check_pair(matrix, flow);
    check(matrix, row_walk_service_of_pair(matrix, flow), flow, has_service_and_pair);
    check(matrix, row_walk_port(matrix, flow->transport, flow->responder_port), flow, has_port);
    check(matrix, row_walk_service(matrix, flow->service), flow, has_service);
    check(matrix, row_walk_near(matrix, flow), flow, is_near);
}

/* A role, or none, a broadcast, and two at once. */
static role_set_t
roles_number(unsigned number)
{
    if (number == NUM_ROLES)
        return 0;
    if (number > NUM_ROLES)
        return number == NUM_ROLES + 1 ? ROLES_BROADCAST : BIT(CLIENT) | BIT(SITE_SERVER);
    return ROLE_BIT(number);
}

/* Each pair of roles, and each role at either end of each row, on its port. */
static void
check_pairs(const matrix_t *matrix)
{
    enum { NUM_SETS = NUM_ROLES + 3 };
    matrix_row_list_t lists[NUM_ROW_LISTS];
    unsigned number = 0;

    matrix_get_lists(matrix, lists);
    for (unsigned pair = 0; pair < NUM_SETS * NUM_SETS; pair++) {
        const matrix_row_t *row = &matrix->rows[pair % matrix->num_rows];
        flow_facts_t flow = {
            .transport = row->transport,
            .responder_port = row->port_low,
            .service = (service_e)(pair % NUM_SERVICES),
            .initiator = roles_number(pair / NUM_SETS),
            .responder = roles_number(pair % NUM_SETS),
            .seeks_mp = pair % 5 == 0,
        };

        check_pair(matrix, &flow);
        flow.strange_initiator = flow.initiator;
        check_pair(matrix, &flow);
    }
    for (unsigned list = 0; list < NUM_ROW_LISTS; list++) {
        for (unsigned i = 0; i < lists[list].count * NUM_SETS; i++, number++) {
            const matrix_row_t *row = &lists[list].rows[i / NUM_SETS];
            flow_facts_t flow = {
                .transport = row->transport,
                .responder_port = row->port_high,
                .initiator = roles_number(i % NUM_SETS),
                .responder = row->responder_roles,
                .seeks_mp = number % 3 == 0,
            };

            check_pair(matrix, &flow);
            flow.responder = flow.initiator;
            flow.initiator = row->initiator_roles;
            check_pair(matrix, &flow);
        }
    }
}

/* Of two ports of one kind no row has one alone. */
static void
check_kinds(const matrix_t *matrix, transport_e transport)
{
    GHashTable *first_of_kind = g_hash_table_new(g_direct_hash, g_direct_equal);
    matrix_row_list_t lists[NUM_ROW_LISTS];
    const unsigned step = 7;

    matrix_get_lists(matrix, lists);
    for (unsigned port = 0; port <= UINT16_MAX; port += step) {
        uint32_t kind = row_index_port_kind(matrix, transport, (uint16_t)port);
        unsigned first;

        if (kind <= UINT16_MAX) {
            g_assert_cmpuint(kind, ==, port);
            continue;
        }
        if (g_hash_table_lookup(first_of_kind, GUINT_TO_POINTER(kind)) == NULL)
            g_hash_table_insert(first_of_kind, GUINT_TO_POINTER(kind), GUINT_TO_POINTER(port));
        first = GPOINTER_TO_UINT(g_hash_table_lookup(first_of_kind, GUINT_TO_POINTER(kind)));
        for (unsigned list = 0; list < NUM_ROW_LISTS; list++) {
            for (unsigned i = 0; i < lists[list].count; i++)
                g_assert_true(
                    row_fit_has_port(matrix, &lists[list].rows[i], transport, (uint16_t)port) ==
                    row_fit_has_port(matrix, &lists[list].rows[i], transport, (uint16_t)first));
        }
    }
    g_assert_cmpuint(g_hash_table_size(first_of_kind), >, 1);
    g_assert_cmpuint(g_hash_table_size(first_of_kind), <, 40);
    g_hash_table_destroy(first_of_kind);
}

static void
check_verdict(const matrix_t *matrix, const flow_facts_t *flow)
{
    verdict_t found = verdict_find(matrix, flow), computed = verdict_compute(matrix, flow);

    g_assert_cmpint(found.verdict, ==, computed.verdict);
    g_assert_true(found.row == computed.row);
    g_assert_true(found.nearest == computed.nearest);
    g_assert_true(found.reversed == computed.reversed);
}

/* A cached verdict is the one that is computed, whichever port of its kind came first. */
static void
check_verdicts(const matrix_t *matrix)
{
    enum { NUM_FLOWS = 24, STEP = 613 };
    static const int beside[] = { 0, -1, 1 };
    const unsigned num_ports = matrix->num_rows * 2 + (UINT16_MAX + STEP) / STEP;

    for (unsigned i = 0; i < NUM_FLOWS * num_ports * G_N_ELEMENTS(beside); i++) {
        const unsigned number = i / G_N_ELEMENTS(beside) % num_ports;
        const unsigned kind = i / G_N_ELEMENTS(beside) / num_ports;
        const matrix_row_t *row = &matrix->rows[number / 2 % matrix->num_rows];
        const matrix_row_t *roles = &matrix->rows[kind * 11 % matrix->num_rows];
        const unsigned port = number >= matrix->num_rows * 2
                                  ? (number - matrix->num_rows * 2) * STEP
                                  : number % 2 != 0 ? row->port_high : row->port_low;
        flow_facts_t flow;

        memset(&flow, 0, sizeof flow);
        flow.transport = kind % 4 == 3 ? TRANSPORT_UDP : TRANSPORT_TCP;
        flow.responder_port = (uint16_t)(port + (unsigned)beside[i % G_N_ELEMENTS(beside)]);
        flow.initiator_port = (uint16_t)(kind % 2 != 0 ? port * 3 : 50000);
        flow.initiator = kind % 5 == 0 ? roles->responder_roles : roles->initiator_roles;
        flow.responder = kind % 5 == 0 ? roles->initiator_roles : roles->responder_roles;
        flow.service = (service_e)(kind % 3 == 0 ? 0 : kind * 5 % NUM_SERVICES);
        flow.unconfirmed_initiator = kind % 7 == 0 ? flow.initiator : 0;
        flow.strange_responder = kind % 6 == 0 ? flow.responder : 0;
        flow.initiator_sure = kind % 2 == 0;
        flow.is_sms = kind % 4 == 0;
        if (kind % 8 == 7)
            flow.handed_out = (handed_out_t){ HANDED_OUT_RPC, 0 };
        check_verdict(matrix, &flow);
    }
}

/* Each row's ports and those beside them, with contents and roles that differ from row to row. */
static void
check_matrix(const matrix_t *matrix)
{
    static const transport_e transports[] = { TRANSPORT_TCP, TRANSPORT_UDP, TRANSPORT_IPX };
    matrix_row_list_t lists[NUM_ROW_LISTS];
    unsigned number = 0;

    matrix_get_lists(matrix, lists);
    for (unsigned list = 0; list < NUM_ROW_LISTS; list++) {
        for (unsigned i = 0; i < lists[list].count; i++, number++) {
            const matrix_row_t *row = &lists[list].rows[i];
            const uint16_t ports[] = { row->port_low, row->port_high, (uint16_t)(row->port_low - 1),
                                       (uint16_t)(row->port_high + 1), 8443 };

            for (unsigned port = 0; port < G_N_ELEMENTS(ports); port++) {
                flow_facts_t flow = {
                    .transport = transports[number % 7 == 0 ? 2 : number % 2],
                    .responder_port = ports[port],
                    .service = (service_e)((number + port) % NUM_SERVICES),
                    .initiator = ROLE_BIT((number * 5 + port) % NUM_ROLES) | row->responder_roles,
                    .responder = ROLE_BIT((number * 3 + port) % NUM_ROLES) | row->initiator_roles,
                };

                check_flow(matrix, &flow);
                flow.transport = row->transport;
                flow.initiator = row->initiator_roles;
                flow.responder = row->responder_roles;
                check_flow(matrix, &flow);
            }
        }
    }
}

static range_t *
range_of(const char *text)
{
    range_t *range = NULL;

    g_assert_cmpint(range_convert_str(NULL, &range, text, 65535), ==, CVT_NO_ERROR);
    return range;
}

static void
check_all(const matrix_t *matrix)
{
    check_matrix(matrix);
    check_pairs(matrix);
    check_kinds(matrix, TRANSPORT_TCP);
    check_kinds(matrix, TRANSPORT_UDP);
    check_verdicts(matrix);
}

static void
test_index_is_a_plain_walk(void)
{
    range_t *ports = range_of("8443,9000-9010"), *many = range_of("20000-30000");

    for (unsigned i = 0; i < NUM_MATRICES; i++) {
        verdict_set_ports(NULL, NULL);
        check_all(&matrix_list[i]);
        verdict_set_ports(ports, ports);
        named_port_set(PORT_HTTPS, ports);
        named_port_set(PORT_NOTIFICATION, many);
        matrix_set_site_server_calls(true);
        row_index_reset();
        check_all(&matrix_list[i]);
        matrix_set_site_server_calls(false);
        named_port_set(PORT_HTTPS, NULL);
        named_port_set(PORT_NOTIFICATION, NULL);
    }
    verdict_set_ports(NULL, NULL);
    wmem_free(NULL, ports);
    wmem_free(NULL, many);
}

/* A lookup of a port is not a walk over all rows. */
static void
test_a_port_has_few_rows(void)
{
    row_walk_t walk = row_walk_port(&matrix_list[MATRIX_CONFIGMGR], TRANSPORT_TCP, 10123);
    unsigned list, count = 0;

    while (row_walk_next(&walk, &list) != NULL)
        count++;
    g_assert_cmpuint(count, >, 2);
    g_assert_cmpuint(count, <, 80);
    row_index_reset();
}

/* Of the rows of many ports, a flow to a port on no row has those of its pair. */
static void
test_a_pair_has_few_rows(void)
{
    flow_facts_t flow = {
        .transport = TRANSPORT_TCP,
        .responder_port = 12345,
        .initiator = BIT(ADVANCED_CLIENT) | BIT(CLIENT),
        .responder = BIT(MANAGEMENT_POINT),
    };
    row_walk_t walk = row_walk_flow(&matrix_list[MATRIX_CONFIGMGR], &flow);
    unsigned list, count = 0;

    while (row_walk_next(&walk, &list) != NULL)
        count++;
    g_assert_cmpuint(count, <, 4);
    row_index_reset();
}

static const matrix_row_t *
row_of(role_set_t initiator, role_set_t responder, uint16_t port, service_e service)
{
    flow_facts_t flow = {
        .initiator = initiator, .responder = responder, .transport = TRANSPORT_TCP,
        .responder_port = port, .service = service, .initiator_sure = true,
    };
    verdict_t verdict = verdict_find(&matrix_list[MATRIX_CONFIGMGR], &flow);

    return verdict.nearest ? NULL : verdict.row;
}

static void
test_a_name_has_the_ports_of_the_site(void)
{
    range_t *ports = range_of("8443");

    verdict_set_ports(NULL, NULL);
    g_assert_cmpstr(row_of(BIT(CLIENT), BIT(MANAGEMENT_POINT), 443, SERVICE_TLS)->id, ==, "CM-L3");
    g_assert_null(row_of(BIT(CLIENT), BIT(MANAGEMENT_POINT), 8443, SERVICE_TLS));
    g_assert_cmpuint(named_port_moved(443), ==, 443);
    named_port_set(PORT_HTTPS, ports);
    verdict_set_ports(NULL, NULL);
    g_assert_cmpstr(row_of(BIT(CLIENT), BIT(MANAGEMENT_POINT), 8443, SERVICE_TLS)->id, ==, "CM-L3");
    g_assert_cmpuint(named_port_moved(443), ==, 8443);
    g_assert_cmpuint(named_port_moved(80), ==, 80);
    /* Not by name: what the page has as fixed. */
    g_assert_cmpstr(row_of(BIT(CLIENT), BIT(CLOUD_MANAGEMENT_GATEWAY), 443, SERVICE_TLS)->id, ==,
                    "CM-F1");
    named_port_set(PORT_HTTPS, NULL);
    verdict_set_ports(NULL, NULL);
    wmem_free(NULL, ports);
}

static void
test_either_end_calls_or_the_site_server_alone(void)
{
    verdict_set_ports(NULL, NULL);
    g_assert_cmpstr(row_of(BIT(MANAGEMENT_POINT), BIT(SITE_SERVER), 445, SERVICE_SMB2)->id, ==,
                    "CM-AI3");
    g_assert_cmpstr(row_of(BIT(SITE_SERVER), BIT(MANAGEMENT_POINT), 445, SERVICE_SMB2)->id, ==,
                    "CM-AI3");
    matrix_set_site_server_calls(true);
    verdict_set_ports(NULL, NULL);
    g_assert_cmpstr(row_of(BIT(SITE_SERVER), BIT(MANAGEMENT_POINT), 445, SERVICE_SMB2)->id, ==,
                    "CM-AI3");
    g_assert_cmpstr(row_of(BIT(SITE_SERVER), BIT(CERTIFICATE_REGISTRATION_POINT), 445,
                           SERVICE_SMB2)->id, ==, "CM-AV1");
    g_assert_cmpstr(row_of(BIT(CERTIFICATE_REGISTRATION_POINT), BIT(SITE_SERVER), 445,
                           SERVICE_SMB2)->id, ==, "CM-AV1");
    g_assert_false(row_of(BIT(MANAGEMENT_POINT), BIT(SITE_SERVER), 445, SERVICE_SMB2) ==
                   row_of(BIT(SITE_SERVER), BIT(MANAGEMENT_POINT), 445, SERVICE_SMB2));
    matrix_set_site_server_calls(false);
    verdict_set_ports(NULL, NULL);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/row-index/plain-walk", test_index_is_a_plain_walk);
    g_test_add_func("/row-index/few-rows", test_a_port_has_few_rows);
    g_test_add_func("/row-index/few-rows-of-pair", test_a_pair_has_few_rows);
    g_test_add_func("/row-index/named-ports", test_a_name_has_the_ports_of_the_site);
    g_test_add_func("/row-index/directions", test_either_end_calls_or_the_site_server_alone);
    return g_test_run();
}
