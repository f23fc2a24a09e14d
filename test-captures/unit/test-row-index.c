/* test-row-index.c
 * The index of a matrix finds the rows that a walk over all of them finds, in the same order
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "row-index.h"

#include "row-fit.h"
#include "verdict.h"

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

static void
check_flow(const matrix_t *matrix, const flow_facts_t *flow)
{
    check(matrix, row_walk_port(matrix, flow->transport, flow->responder_port), flow, has_port);
    check(matrix, row_walk_service(matrix, flow->service), flow, has_service);
    check(matrix, row_walk_near(matrix, flow), flow, is_near);
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
test_index_is_a_plain_walk(void)
{
    range_t *ports = range_of("8443,9000-9010"), *many = range_of("20000-30000");

    for (unsigned i = 0; i < NUM_MATRICES; i++) {
        verdict_set_ports(NULL, NULL);
        check_matrix(&matrix_list[i]);
        verdict_set_ports(ports, ports);
        named_port_set(PORT_HTTPS, ports);
        named_port_set(PORT_NOTIFICATION, many);
        matrix_set_site_server_calls(true);
        row_index_reset();
        check_matrix(&matrix_list[i]);
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
    g_test_add_func("/row-index/named-ports", test_a_name_has_the_ports_of_the_site);
    g_test_add_func("/row-index/directions", test_either_end_calls_or_the_site_server_alone);
    return g_test_run();
}
