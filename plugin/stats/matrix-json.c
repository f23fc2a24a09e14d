/* matrix-json.c
 * The same as lines of JSON: which rows of the matrix were used, and which never:
 * -z smsrc,matrix.json
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "smsrc-compat.h"

#include <epan/stat_tap_ui.h>
#include <epan/tap.h>
#include <epan/to_str.h>

#include "flow-choice.h"
#include "json-line.h"
#include "not-judged-sum.h"
#include "row-usage.h"
#include "stat-list.h"
#include "stat-listener.h"

/* So many addresses of an end and ports are listed; the number of all is beside them. */
#define LISTED_MEMBERS 256

typedef struct {
    char *filter; /* NULL: none */
    flow_choice_t *choice;
    row_usage_t *usage;
} matrix_lines_t;

/* A list of addresses that is being written. */
typedef struct {
    json_dumper *line;
    unsigned left;
} list_t;

static bool
put_address(void *data, const address *addr)
{
    list_t *list = (list_t *)data;
    char *text;

    if (list->left-- == 0)
        return true;
    text = address_to_str(NULL, addr);
    json_dumper_value_string(list->line, text);
    wmem_free(NULL, text);
    return false;
}

static void
put_hosts(json_dumper *line, const char *number, const char *name, host_set_t *hosts)
{
    list_t list = { line, LISTED_MEMBERS };

    json_line_put_number(line, number, host_set_size(hosts));
    json_dumper_set_member_name(line, name);
    json_dumper_begin_array(line);
    host_set_each(hosts, put_address, &list);
    json_dumper_end_array(line);
}

static void
put_ports(json_dumper *line, const usage_line_t *usage)
{
    uint16_t ports[LISTED_MEMBERS];
    bool has_ports = usage->transport != TRANSPORT_IPX;
    unsigned count = has_ports ? port_set_first(usage->ports, ports, LISTED_MEMBERS) : 0;

    json_line_put_text(line, "transport", service_transport_name(usage->transport));
    json_line_put_number(line, "ports", has_ports ? port_set_size(usage->ports) : 0);
    json_dumper_set_member_name(line, "first_ports");
    json_dumper_begin_array(line);
    for (unsigned i = 0; i < count; i++)
        json_dumper_value_anyf(line, "%u", ports[i]);
    json_dumper_end_array(line);
    if (usage->via_proxy != 0)
        json_line_put_number(line, "via_proxy", usage->via_proxy);
    json_line_put_literal(line, "scan", usage->is_scan ? "true" : "false");
}

/* The members of a line that has flows. */
static void
put_flows(json_dumper *line, const usage_line_t *usage)
{
    json_line_put_text(line, "verdict", verdict_name(usage->verdict));
    json_line_put_roles(line, "initiator_roles", usage->roles[INITIATOR]);
    put_hosts(line, "initiators", "first_initiators", usage->hosts[INITIATOR]);
    json_line_put_roles(line, "responder_roles", usage->roles[RESPONDER]);
    put_hosts(line, "responders", "first_responders", usage->hosts[RESPONDER]);
    put_ports(line, usage);
    json_line_put_number(line, "flows", usage->flows);
    json_line_put_number(line, "opened_by_initiator", usage->opened[INITIATOR]);
    json_line_put_number(line, "opened_by_responder", usage->opened[RESPONDER]);
    json_line_put_number(line, "blocked", usage->blocked);
    json_line_put_time(line, "start", &usage->start);
    json_line_put_time(line, "end", &usage->end);
    json_line_put_number(line, "packets", usage->packets);
    json_line_put_number(line, "bytes", (uint64_t)usage->bytes);
}

static void
put_role(json_dumper *line, const char *name, const usage_line_t *usage, unsigned end)
{
    char *role = usage_lines_roles_to_str(usage, end);

    json_line_put_text(line, name, role);
    g_free(role);
}

static void
print_line(const usage_line_t *usage, bool has_filter)
{
    json_dumper line = json_line_begin("row");
    char *missing;

    if (!matrix_is_default(audit_tap_matrix()))
        json_line_put_text(&line, "matrix", audit_tap_matrix()->name);
    json_line_put_text(&line, "state", usage_lines_name(usage->usage, has_filter));
    if (usage->row == NULL) {
        json_line_put_literal(&line, "row", "null");
    } else {
        json_line_put_text(&line, "row", usage->row->id);
        json_line_put_literal(&line, "nearest", usage->is_nearest ? "true" : "false");
        json_line_put_text(&line, "row_text", usage->row->text);
        if (usage->row->one_of != NULL)
            json_line_put_text(&line, "one_of", usage->row->one_of);
    }
    put_role(&line, "initiator_role", usage, INITIATOR);
    put_role(&line, "responder_role", usage, RESPONDER);
    if (usage_lines_is_row_alone(usage)) {
        missing = unknown_roles_to_str(usage->row->ends, not_judged_sum()->held_roles);
        json_line_put_text(&line, "role_not_known", missing);
        g_free(missing);
    } else {
        put_flows(&line, usage);
    }
    json_line_end(&line);
}

static void
matrix_draw(void *tapdata)
{
    const matrix_lines_t *matrix = (const matrix_lines_t *)tapdata;
    const usage_lines_t *lines = row_usage_lines(matrix->usage);
    unsigned counts[NUM_USAGES] = { 0 };
    json_dumper line;

    row_usage_complete(matrix->usage);
    not_judged_sum_update();
    for (unsigned i = 0; i < usage_lines_count(lines); i++) {
        print_line(usage_lines_at(lines, i), matrix->filter != NULL);
        counts[usage_lines_at(lines, i)->usage]++;
    }
    line = json_line_begin("matrix");
    json_line_put_text(&line, "matrix", audit_tap_matrix()->name);
    json_line_put_text(&line, "matrix_title", audit_tap_matrix()->title);
    json_line_put_filter(&line, matrix->filter);
    json_line_put_number(&line, "used", counts[USAGE_USED]);
    json_line_put_number(&line, "never_used", counts[USAGE_NEVER]);
    json_line_put_number(&line, "not_expected", counts[USAGE_NOT_EXPECTED]);
    json_line_put_number(&line, "not_printed", counts[USAGE_NOT_PRINTED]);
    json_line_put_number(&line, "flows_not_kept", row_usage_not_kept(matrix->usage));
    not_judged_sum_put(&line);
    json_line_put_overflow(&line);
    json_line_end(&line);
}

static void
matrix_show(void *data, packet_info *pinfo _U_, const whole_flow_t *flow)
{
    row_usage_update(((matrix_lines_t *)data)->usage, flow);
}

static void
matrix_settle(void *data)
{
    row_usage_settle(((matrix_lines_t *)data)->usage);
}

static tap_packet_status
matrix_packet(void *tapdata, packet_info *pinfo _U_, epan_dissect_t *edt _U_, const void *data,
              tap_flags_t flags _U_)
{
    flow_choice_add(((matrix_lines_t *)tapdata)->choice, (const audit_tap_t *)data);
    return TAP_PACKET_REDRAW;
}

static void
matrix_reset(void *tapdata)
{
    const matrix_lines_t *matrix = (const matrix_lines_t *)tapdata;

    row_usage_clear(matrix->usage);
    row_usage_add_matrix(matrix->usage);
    flow_choice_clear(matrix->choice);
}

static void
matrix_finish(void *tapdata)
{
    matrix_lines_t *matrix = (matrix_lines_t *)tapdata;

    flow_choice_free(matrix->choice);
    row_usage_free(matrix->usage);
    g_free(matrix->filter);
    g_free(matrix);
}

static stat_tap_init_result
matrix_start(const char *argument, void *userdata)
{
    static const flow_choice_ops_t ops = { matrix_show, matrix_settle };
    const statistic_t *statistic = (const statistic_t *)userdata;
    matrix_lines_t *matrix = g_new0(matrix_lines_t, 1);
    stat_listener_t listener = {
        .command = statistic->command,
        .filter = stat_listener_filter(argument, statistic->command),
        .tap = "smsrc_audit",
        .tapdata = matrix,
        .reset_cb = matrix_reset,
        .packet_cb = matrix_packet,
        .draw_cb = matrix_draw,
        .finish_cb = matrix_finish,
    };

    matrix->filter = g_strdup(listener.filter);
    matrix->usage = row_usage_new(NULL, NULL);
    matrix->choice = flow_choice_new(&ops, matrix, listener.filter == NULL);
    row_usage_add_matrix(matrix->usage);
    not_judged_sum_start(NULL);
    if (stat_listener_start(&listener))
        return STAT_TAP_INIT_DONE;
    return STAT_TAP_INIT_FAILED;
}

void
matrix_json_register(const statistic_t *statistic)
{
    stat_listener_register(statistic->command, matrix_start, (void *)statistic);
}
