/* test-row-usage.c
 * Rows used and never used, without a packet
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "row-usage.h"

#include "unit-epan.h"

#define BIT(role) ROLE_BIT(ROLE_##role)

/* Enough that CMakeLists.txt's bounds are passed. */
#define MAX_FLOWS 16

static flow_t flows[MAX_FLOWS];
static verdict_t verdicts[MAX_FLOWS];
static whole_flow_t wholes[MAX_FLOWS];
static uint8_t bytes[MAX_FLOWS][2][4];
static address hosts[MAX_FLOWS][2];
static row_usage_t *usage;

static const matrix_row_t *
row_named(matrix_e matrix, const char *id)
{
    for (unsigned i = 0; i < matrix_list[matrix].num_rows; i++) {
        if (strcmp(matrix_list[matrix].rows[i].id, id) == 0)
            return &matrix_list[matrix].rows[i];
    }
    g_assert_not_reached();
}

/* Flow @p i, listed, from 10.0.0.@p from to 10.0.1.@p to, with one packet at second @p i. */
static whole_flow_t *
flow(unsigned i, const matrix_row_t *row, role_set_t initiator, role_set_t responder, uint8_t from,
     uint8_t to)
{
    const uint8_t initial[2][4] = { { 10, 0, 0, from }, { 10, 0, 1, to } };
    const role_set_t roles[2] = { initiator, responder };
    whole_flow_t *whole = &wholes[i];

    memset(&flows[i], 0, sizeof flows[i]);
    memset(&verdicts[i], 0, sizeof verdicts[i]);
    memset(whole, 0, sizeof *whole);
    verdicts[i].verdict = VERDICT_LISTED;
    verdicts[i].row = row;
    for (unsigned end = INITIATOR; end < NUM_ENDS; end++) {
        memcpy(bytes[i][end], initial[end], 4);
        set_address(&hosts[i][end], AT_IPv4, 4, bytes[i][end]);
        whole->tap.ends[end].host = &hosts[i][end];
        whole->tap.ends[end].roles = roles[end];
    }
    whole->tap.flow = &flows[i];
    whole->tap.verdict = &verdicts[i];
    whole->tap.transport = row->transport;
    whole->tap.ends[RESPONDER].port = row->port_low;
    whole->tap.service = SERVICE_HTTP;
    whole->packets = 1;
    whole->bytes = 60;
    whole->start.secs = whole->end.secs = (time_t)i + 1;
    return whole;
}

static whole_flow_t *
client_flow(unsigned i, uint8_t from, uint8_t to)
{
    return flow(i, row_named(MATRIX_KB826852, "E1"), BIT(ADVANCED_CLIENT), BIT(MANAGEMENT_POINT),
                from, to);
}

static void
make_off_matrix(unsigned i, uint16_t port)
{
    verdicts[i].verdict = VERDICT_OFF_MATRIX;
    verdicts[i].nearest = true;
    wholes[i].tap.ends[RESPONDER].port = port;
}

/* The only line of a kind about a row; NULL where there is none. */
static const usage_line_t *
line_of(usage_e kind, const char *row)
{
    const usage_lines_t *lines = row_usage_lines(usage);
    const usage_line_t *found = NULL;

    for (unsigned i = 0; i < usage_lines_count(lines); i++) {
        const usage_line_t *line = usage_lines_at(lines, i);

        if (line->usage == kind && strcmp(line->row->id, row) == 0) {
            g_assert_null(found);
            found = line;
        }
    }
    return found;
}

static void
begin(void)
{
    row_usage_clear(usage);
    row_usage_add_matrix(usage);
}

static void
test_a_row_is_used_or_never_used(void)
{
    const usage_line_t *line;
    unsigned rows = matrix_list[MATRIX_KB826852].num_rows;

    begin();
    g_assert_cmpuint(usage_lines_count(row_usage_lines(usage)), ==, rows);
    g_assert_nonnull(line_of(USAGE_NEVER, "E1"));
    row_usage_update(usage, client_flow(0, 9, 1));
    row_usage_update(usage, client_flow(1, 10, 1));
    g_assert_null(line_of(USAGE_NEVER, "E1"));
    line = line_of(USAGE_USED, "E1");
    g_assert_cmpuint(usage_lines_count(row_usage_lines(usage)), ==, rows);
    g_assert_cmpuint(line->flows, ==, 2);
    g_assert_cmpuint(line->opened[INITIATOR], ==, 2);
    g_assert_cmpuint(line->opened[RESPONDER], ==, 0);
    g_assert_cmpuint(host_set_size(line->hosts[INITIATOR]), ==, 2);
    g_assert_cmpuint(host_set_size(line->hosts[RESPONDER]), ==, 1);
    g_assert_cmpint(line->start.secs, ==, 1);
    g_assert_cmpint(line->end.secs, ==, 2);

    /* More packets of a flow. */
    wholes[0].packets = 5;
    wholes[0].bytes = 300;
    wholes[0].end.secs = 9;
    flows[0].reach = REACH_BLOCKED;
    row_usage_update(usage, &wholes[0]);
    g_assert_cmpuint(line->flows, ==, 2);
    g_assert_cmpuint(line->packets, ==, 6);
    g_assert_cmpuint(line->blocked, ==, 1);
    g_assert_cmpfloat(line->bytes, ==, 360);
    g_assert_cmpint(line->end.secs, ==, 9);
}

static void
test_a_flow_takes_along_what_it_has_added(void)
{
    const usage_line_t *line;

    begin();
    row_usage_update(usage, client_flow(0, 9, 1));
    row_usage_update(usage, client_flow(1, 10, 2));
    make_off_matrix(1, 8080);
    row_usage_update(usage, &wholes[1]);
    row_usage_complete(usage);
    line = line_of(USAGE_USED, "E1");
    g_assert_cmpuint(line->flows, ==, 1);
    g_assert_cmpuint(line->packets, ==, 1);
    g_assert_cmpuint(host_set_size(line->hosts[RESPONDER]), ==, 1);
    g_assert_cmpint(line->end.secs, ==, 1);
    line = line_of(USAGE_NOT_PRINTED, "E1");
    g_assert_cmpuint(line->port, ==, 8080);
    g_assert_true(line->is_nearest);
    g_assert_cmpint(line->start.secs, ==, 2);

    /* Without any flow the row is never used again, and a flow without a verdict is in no line. */
    make_off_matrix(0, 8080);
    row_usage_update(usage, &wholes[0]);
    g_assert_null(line_of(USAGE_USED, "E1"));
    g_assert_nonnull(line_of(USAGE_NEVER, "E1"));
    g_assert_cmpuint(line_of(USAGE_NOT_PRINTED, "E1")->flows, ==, 2);
    verdicts[0].verdict = verdicts[1].verdict = VERDICT_NONE;
    row_usage_update(usage, &wholes[0]);
    row_usage_update(usage, &wholes[1]);
    g_assert_null(line_of(USAGE_NOT_PRINTED, "E1"));
}

static void
test_a_row_for_both_directions_has_one_line(void)
{
    const matrix_row_t *row = row_named(MATRIX_CONFIGMGR, "CM-AI3");
    const usage_line_t *line;

    begin();
    row_usage_update(usage, flow(0, row, BIT(SITE_SERVER), BIT(MANAGEMENT_POINT), 1, 2));
    row_usage_update(usage, flow(1, row, BIT(MANAGEMENT_POINT), BIT(SITE_SERVER), 3, 4));
    row_usage_update(usage, flow(2, row, BIT(MANAGEMENT_POINT), BIT(SITE_SERVER), 3, 4));
    line = line_of(USAGE_USED, "CM-AI3");
    g_assert_cmpuint(line->roles[INITIATOR], ==, BIT(SITE_SERVER));
    g_assert_cmpuint(line->roles[RESPONDER], ==, BIT(MANAGEMENT_POINT));
    g_assert_cmpuint(line->opened[INITIATOR], ==, 1);
    g_assert_cmpuint(line->opened[RESPONDER], ==, 2);
    g_assert_true(host_set_contains(line->hosts[INITIATOR], &hosts[1][RESPONDER]));
    g_assert_true(host_set_contains(line->hosts[RESPONDER], &hosts[1][INITIATOR]));
}

static void
test_what_is_past_a_bound_is_counted(void)
{
    begin();
    for (unsigned i = 0; i < 5; i++) {
        (void)client_flow(i, 1, 1);
        make_off_matrix(i, (uint16_t)(8080 + i));
        row_usage_update(usage, &wholes[i]);
    }
    g_assert_cmpuint(row_usage_not_kept(usage), ==, 2);
    /* Another flow of a line has a place; and a line that is free again is another's. */
    (void)client_flow(5, 1, 1);
    make_off_matrix(5, 8080);
    row_usage_update(usage, &wholes[5]);
    g_assert_cmpuint(row_usage_not_kept(usage), ==, 2);
    verdicts[1].verdict = VERDICT_NONE;
    row_usage_update(usage, &wholes[1]);
    row_usage_update(usage, &wholes[4]);
    g_assert_cmpuint(row_usage_not_kept(usage), ==, 1);

    /* Hosts and ports: 12 in all, of which each flow here has two. */
    begin();
    g_assert_cmpuint(row_usage_not_kept(usage), ==, 0);
    for (uint8_t i = 0; i < 8; i++)
        row_usage_update(usage, client_flow(i, i, i));
    g_assert_cmpuint(line_of(USAGE_USED, "E1")->flows, ==, 5);
    g_assert_cmpuint(row_usage_not_kept(usage), ==, 3);
    row_usage_update(usage, client_flow(9, 0, 1));
    g_assert_cmpuint(line_of(USAGE_USED, "E1")->flows, ==, 6);
}

static void
test_lines_stay_when_a_capture_ends(void)
{
    const usage_line_t *line;

    begin();
    row_usage_update(usage, client_flow(0, 1, 1));
    row_usage_settle(usage);
    /* The next capture has another flow at the same address. */
    row_usage_update(usage, client_flow(0, 2, 1));
    wholes[0].start.secs = wholes[0].end.secs = 7;
    row_usage_update(usage, &wholes[0]);
    line = line_of(USAGE_USED, "E1");
    g_assert_cmpuint(line->flows, ==, 2);
    g_assert_cmpuint(line->packets, ==, 2);
    g_assert_cmpint(line->start.secs, ==, 1);
    g_assert_cmpint(line->end.secs, ==, 7);
    make_off_matrix(0, 8080);
    row_usage_update(usage, &wholes[0]);
    row_usage_complete(usage);
    g_assert_cmpuint(line->flows, ==, 1);
    g_assert_cmpint(line->start.secs, ==, 1);
    g_assert_cmpint(line->end.secs, ==, 1);
}

int
main(int argc, char **argv)
{
    int result;

    g_test_init(&argc, &argv, NULL);
    unit_epan_start(NULL);
    unit_capture_open();
    usage = row_usage_new(NULL, NULL);
    g_test_add_func("/usage/rows", test_a_row_is_used_or_never_used);
    g_test_add_func("/usage/moves", test_a_flow_takes_along_what_it_has_added);
    g_test_add_func("/usage/directions", test_a_row_for_both_directions_has_one_line);
    g_test_add_func("/usage/bounds", test_what_is_past_a_bound_is_counted);
    g_test_add_func("/usage/captures", test_lines_stay_when_a_capture_ends);
    result = g_test_run();
    row_usage_free(usage);
    unit_capture_close();
    unit_epan_stop();
    return result;
}
