/* matrix-used.c
 * The rows of the matrix that were used, by whom, and those that never were: -z smsrc,matrix.used
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "smsrc-compat.h"

#include <epan/tap.h>

#include "flow-choice.h"
#include "not-judged-sum.h"
#include "row-usage.h"
#include "stat-list.h"
#include "stat-listener.h"
#include "stat-table.h"
#include "stat-text.h"
#include "terminal-table.h"

/* So many addresses of an end and ports are shown; the number of them is beside it. */
#define SHOWN_MEMBERS 3

/* What a row of the table shows. */
typedef struct {
    const char *state;
    const char *row;
    const char *verdict;
    const char *roles[NUM_ENDS];
    unsigned num_hosts[NUM_ENDS];
    const char *hosts[NUM_ENDS];
    const char *ports;
    unsigned flows;
    unsigned opened[NUM_ENDS];
    unsigned blocked;
    unsigned packets;
    const char *start;
    const char *end;
    const char *missing;
    const char *one_of;
    const char *text;
} shown_t;

static const stat_column_t columns[] = {
    STAT_COLUMN(STAT_TEXT, "State", "%-17s", shown_t, state),
    STAT_COLUMN(STAT_TEXT, "Row", "%-8s", shown_t, row),
    STAT_COLUMN(STAT_TEXT, "Verdict", "%-15s", shown_t, verdict),
    STAT_COLUMN(STAT_TEXT, "Initiator's role", "%-21s", shown_t, roles[INITIATOR]),
    STAT_COLUMN(STAT_NUMBER, "Initiators", "%10u", shown_t, num_hosts[INITIATOR]),
    STAT_COLUMN(STAT_TEXT, "Their addresses", "%-45s", shown_t, hosts[INITIATOR]),
    STAT_COLUMN(STAT_TEXT, "Responder's role", "%-21s", shown_t, roles[RESPONDER]),
    STAT_COLUMN(STAT_NUMBER, "Responders", "%10u", shown_t, num_hosts[RESPONDER]),
    STAT_COLUMN(STAT_TEXT, "Addresses of these", "%-45s", shown_t, hosts[RESPONDER]),
    STAT_COLUMN(STAT_TEXT, "Ports", "%-12s", shown_t, ports),
    STAT_COLUMN(STAT_NUMBER, "Flows", "%7u", shown_t, flows),
    STAT_COLUMN(STAT_NUMBER, "Opened by initiator", "%7u", shown_t, opened[INITIATOR]),
    STAT_COLUMN(STAT_NUMBER, "Opened by responder", "%7u", shown_t, opened[RESPONDER]),
    STAT_COLUMN(STAT_NUMBER, "Blocked", "%7u", shown_t, blocked),
    STAT_COLUMN(STAT_NUMBER, "Packets", "%8u", shown_t, packets),
    STAT_COLUMN(STAT_TEXT, "First", "%-26s", shown_t, start),
    STAT_COLUMN(STAT_TEXT, "Last", "%-26s", shown_t, end),
    STAT_COLUMN(STAT_TEXT, "Role not known", "%-30s", shown_t, missing),
    STAT_COLUMN(STAT_TEXT, "One of", "%-10s", shown_t, one_of),
    STAT_COLUMN(STAT_TEXT, "Description", "%s", shown_t, text),
};

typedef struct {
    stat_table_t table;
    flow_choice_t *choice;
    row_usage_t *usage;
    role_set_t held_roles; /* those that some host holds, as the rows show it */
    bool has_choice;       /* a filter has left out flows, as the rows show it */
    bool has_filter;
} used_t;

static char *
time_text(const nstime_t *when)
{
    char *text = stat_text_time(when, "%Y-%m-%d %H:%M:%S");

    return text != NULL ? text : g_strdup("");
}

/* Shows a line that has flows. */
static void
show_flows(stat_tap_table *table, unsigned place, const usage_line_t *line, shown_t shown)
{
    char *roles[NUM_ENDS], *hosts[NUM_ENDS], *start = time_text(&line->start);
    char *end_text = time_text(&line->end);

    for (unsigned end = INITIATOR; end < NUM_ENDS; end++) {
        roles[end] = usage_lines_roles_to_str(line, end);
        hosts[end] = host_set_to_short_str(line->hosts[end], SHOWN_MEMBERS);
        shown.roles[end] = roles[end];
        shown.num_hosts[end] = host_set_size(line->hosts[end]);
        shown.hosts[end] = hosts[end];
        shown.opened[end] = line->opened[end];
    }
    shown.verdict = verdict_name(line->verdict);
    shown.flows = line->flows;
    shown.blocked = line->blocked;
    shown.packets = line->packets;
    shown.start = start;
    shown.end = end_text;
    shown.missing = "";
    stat_table_show_row(table, place, columns, &shown);
    for (unsigned end = INITIATOR; end < NUM_ENDS; end++) {
        g_free(roles[end]);
        g_free(hosts[end]);
    }
    g_free(start);
    g_free(end_text);
}

static void
show_line(const used_t *used, unsigned place, const usage_line_t *line)
{
    stat_tap_table *table = stat_table_opened(&used->table.ui);
    char *ports = usage_lines_ports_to_str(line, SHOWN_MEMBERS), *missing, *row;
    shown_t shown = {
        .state = usage_lines_name(line->usage, used->has_choice),
        .ports = ports,
        .one_of = line->row != NULL && line->row->one_of != NULL ? line->row->one_of : "",
        .text = line->row != NULL ? line->row->text : "",
    };

    row = g_strdup_printf("%s%s", line->is_nearest ? "near " : "",
                          line->row != NULL ? line->row->id : "-");
    shown.row = row;
    if (usage_lines_is_row_alone(line)) {
        missing = unknown_roles_to_str(line->row->ends, used->held_roles);
        shown.missing = missing;
        shown.roles[INITIATOR] = line->row->ends[INITIATOR].name;
        shown.roles[RESPONDER] = line->row->ends[RESPONDER].name;
        stat_table_show_row(table, place, columns, &shown);
        g_free(missing);
    } else {
        show_flows(table, place, line, shown);
    }
    g_free(row);
    g_free(ports);
}

static void
line_added(void *data, unsigned place, const usage_line_t *line)
{
    used_t *used = (used_t *)data;

    stat_table_insert_row(&used->table.ui, stat_table_opened(&used->table.ui), place);
    show_line(used, place, line);
}

/* tshark prints the table once, at the end. */
static void
line_changed(void *data, unsigned place, const usage_line_t *line)
{
    if (!stat_listener_is_tshark())
        show_line((const used_t *)data, place, line);
}

static void
line_removed(void *data, unsigned place)
{
    stat_table_remove_row(stat_table_opened(&((used_t *)data)->table.ui), place);
}

static const usage_lines_ops_t line_ops = { line_added, line_changed, line_removed };

/* Shows the rows that no flow uses again, where what they show may have changed. */
static void
used_update(stat_tap_table_ui *ui, stat_tap_table *table _U_)
{
    used_t *used = (used_t *)ui;
    const usage_lines_t *lines = row_usage_lines(used->usage);
    role_set_t held = not_judged_sum()->held_roles;
    bool has_choice = used->has_filter || flow_choice_left_out(used->choice) > 0;

    if (held == used->held_roles && has_choice == used->has_choice)
        return;
    used->held_roles = held;
    used->has_choice = has_choice;
    for (unsigned place = 0; place < usage_lines_count(lines); place++) {
        if (usage_lines_is_row_alone(usage_lines_at(lines, place)))
            show_line(used, place, usage_lines_at(lines, place));
    }
}

/* Says how many flows are in no line, in a row after all others. */
static void
show_not_kept(used_t *used, stat_tap_table *table)
{
    unsigned count = row_usage_not_kept(used->usage);
    unsigned place = usage_lines_count(row_usage_lines(used->usage));
    shown_t shown = { .state = "Too many", .flows = count,
                      .text = "flows in none of these rows: there are too many rows or hosts" };

    if (count == 0)
        return;
    if (stat_table_num_rows(table) == place)
        stat_table_append_row(&used->table.ui, table);
    stat_table_show_row(table, place, columns, &shown);
}

static void
used_complete(stat_tap_table_ui *ui, stat_tap_table *table)
{
    used_t *used = (used_t *)ui;
    const usage_lines_t *lines = row_usage_lines(used->usage);

    row_usage_complete(used->usage);
    for (unsigned place = 0; place < usage_lines_count(lines); place++)
        show_line(used, place, usage_lines_at(lines, place));
    show_not_kept(used, table);
}

static void
used_show(void *data, packet_info *pinfo _U_, const whole_flow_t *flow)
{
    used_t *used = (used_t *)data;
    stat_tap_table *table = stat_table_opened(&used->table.ui);

    if (table == NULL)
        return;
    row_usage_update(used->usage, flow);
    if (!stat_listener_is_tshark())
        show_not_kept(used, table);
}

static void
used_settle(void *data)
{
    row_usage_settle(((used_t *)data)->usage);
}

static tap_packet_status
used_packet(void *tapdata, packet_info *pinfo _U_, epan_dissect_t *edt _U_, const void *data,
            tap_flags_t flags _U_)
{
    const used_t *used = (const used_t *)stat_table_ui_of(tapdata);

    flow_choice_add(used->choice, (const audit_tap_t *)data);
    return TAP_PACKET_REDRAW;
}

static void
begin_rows(used_t *used)
{
    row_usage_clear(used->usage);
    used->held_roles = 0;
    used->has_choice = false;
    row_usage_add_matrix(used->usage);
}

static void
used_init(stat_tap_table_ui *ui)
{
    static const flow_choice_ops_t ops = { used_show, used_settle };
    used_t *used = (used_t *)ui;

    if (used->choice == NULL) {
        used->usage = row_usage_new(&line_ops, used);
        used->choice = flow_choice_new(&ops, used, terminal_table_has_all());
    }
    stat_table_open(ui, audit_tap_matrix()->title);
    stat_table_clear(stat_table_opened(ui));
    flow_choice_clear(used->choice);
    used->has_filter = terminal_table_has_filter();
    begin_rows(used);
}

static void used_reset(stat_tap_table *table);

static used_t window = {
    .table = {
        .ui = {
            .tap_name = "smsrc_audit",
            .stat_tap_init_cb = used_init,
            .packet_func = used_packet,
            .stat_tap_reset_table_cb = used_reset,
        },
        .ends_with_not_judged = true,
        .update_cb = used_update,
        .complete_cb = used_complete,
    },
};

static void
used_reset(stat_tap_table *table)
{
    stat_table_clear(table);
    if (window.choice == NULL || stat_table_opened(&window.table.ui) == NULL)
        return;
    flow_choice_clear(window.choice);
    begin_rows(&window);
}

void
matrix_used_register(const statistic_t *statistic)
{
    terminal_table_register(&window.table.ui, statistic, columns, array_length(columns),
                            sizeof window);
}
