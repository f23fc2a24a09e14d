/* rules-table.c
 * The firewall rules in a table: -z smsrc,rules
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * The table is for reading: long sets of addresses are cut. rules-file.c has all of them. A row
 * that begins with "#" is not a rule: a role that it needs is unconfirmed.
 */

#include "smsrc-compat.h"

#include <epan/tap.h>

#include "firewall-rules.h"
#include "flow-choice.h"
#include "stat-list.h"
#include "stat-table.h"
#include "terminal-table.h"

/* How many addresses of an end the table shows. */
#define SHOWN_HOSTS 8

typedef struct {
    stat_table_t table;
    flow_choice_t *choice;
    firewall_rules_t *rules;
} rules_t;

/* What a row shows. */
typedef struct {
    const char *row;
    const char *roles[NUM_ENDS];
    const char *transport;
    const char *port;
    const char *direction;
    const char *hosts[NUM_ENDS];
    unsigned flows;
    unsigned blocked;
} line_t;

static const stat_column_t columns[] = {
    STAT_COLUMN(STAT_TEXT, "Row", "%-8s", line_t, row),
    STAT_COLUMN(STAT_TEXT, "From role", "%-26s", line_t, roles[INITIATOR]),
    STAT_COLUMN(STAT_TEXT, "To role", "%-26s", line_t, roles[RESPONDER]),
    STAT_COLUMN(STAT_TEXT, "Transport", "%-3s", line_t, transport),
    STAT_COLUMN(STAT_TEXT, "Port", "%-5s", line_t, port),
    STAT_COLUMN(STAT_TEXT, "Direction", "%-22s", line_t, direction),
    STAT_COLUMN(STAT_TEXT, "Sources", "%-34s", line_t, hosts[INITIATOR]),
    STAT_COLUMN(STAT_TEXT, "Destinations", "%-34s", line_t, hosts[RESPONDER]),
    STAT_COLUMN(STAT_NUMBER, "Flows", "%7u", line_t, flows),
    STAT_COLUMN(STAT_NUMBER, "Blocked", "%7u", line_t, blocked),
};

/* "# F4" for a comment: what is behind it is not a rule. To be g_free()d. */
static char *
row_text(const firewall_rule_t *rule)
{
    return g_strdup_printf("%s%s", rule->unconfirmed ? "# " : "", rule->row);
}

/*
 * What to add to the table of roles, so that a comment becomes a rule. Any of the missing roles is
 * enough: one that the traffic indicates is named, the files of rules have all. To be g_free()d.
 */
static char *
addition_text(const firewall_rule_t *rule)
{
    static const char *const names[NUM_ENDS] = { "sources", "destinations" };
    GString *text = g_string_new("initiator to responder");
    const char *before = ", if smsrc_roles lists the ";

    for (unsigned end = INITIATOR; end < NUM_ENDS; end++) {
        role_set_t held = rule->missing[end] & rule->roles[end];
        char *roles = role_set_to_str(NULL, held != 0 ? held : rule->missing[end]);

        if (rule->missing[end] != 0) {
            g_string_append_printf(text, "%s%s as %s", before, names[end], roles);
            before = ", the ";
        }
        wmem_free(NULL, roles);
    }
    return g_string_free(text, FALSE);
}

static void
show_rule(stat_tap_table *table, unsigned row, const firewall_rule_t *rule)
{
    char *roles[NUM_ENDS], *hosts[NUM_ENDS], port[8] = "-";
    char *id = row_text(rule), *direction = addition_text(rule);
    line_t line;

    for (unsigned end = INITIATOR; end < NUM_ENDS; end++) {
        roles[end] = firewall_rules_roles_to_str(rule, end);
        hosts[end] = host_set_to_short_str(rule->hosts[end], SHOWN_HOSTS);
    }
    if (rule->transport != TRANSPORT_IPX)
        snprintf(port, sizeof port, "%u", rule->port);
    line = (line_t){
        .row = id,
        .roles = { roles[INITIATOR], roles[RESPONDER] },
        .transport = service_transport_name(rule->transport),
        .port = port,
        .direction = direction,
        .hosts = { hosts[INITIATOR], hosts[RESPONDER] },
        .flows = rule->flows,
        .blocked = rule->blocked,
    };
    stat_table_show_row(table, row, columns, &line);
    g_free(id);
    g_free(direction);
    for (unsigned end = INITIATOR; end < NUM_ENDS; end++) {
        g_free(roles[end]);
        g_free(hosts[end]);
    }
}

/* Brings the rows of the table up to date with the rules, and returns their number. */
static unsigned
show_rules(rules_t *rules, stat_tap_table *table)
{
    unsigned row = 0;

    while (row < firewall_rules_count(rules->rules)) {
        firewall_rule_t *rule = firewall_rules_at(rules->rules, row);

        if (rule->flows == 0) {
            if (rule->shown)
                stat_table_remove_row(table, row);
            firewall_rules_remove(rules->rules, row);
            continue;
        }
        if (!rule->shown)
            stat_table_insert_row(&rules->table.ui, table, row);
        if (rule->stale)
            show_rule(table, row, rule);
        rule->shown = true;
        rule->stale = false;
        row++;
    }
    return row;
}

/* Shows a count in row @p row unless it is 0. Returns the number of the next row. */
static unsigned
show_count(stat_tap_table_ui *ui, stat_tap_table *table, unsigned row, const line_t *count)
{
    if (count->flows == 0)
        return row;
    if (row == stat_table_num_rows(table))
        stat_table_append_row(ui, table);
    stat_table_show_row(table, row, columns, count);
    return row + 1;
}

/*
 * Shows after the rules, from @p row on, how many of their flows rest on learned roles, and how
 * many audited flows are in none, and why.
 */
static void
show_counts(rules_t *rules, stat_tap_table *table, unsigned row)
{
    line_t learned = {
        .row = "In rules",
        .roles = { FIREWALL_RULES_LEARNED, NULL },
        .flows = firewall_rules_num_learned(rules->rules),
    };

    row = show_count(&rules->table.ui, table, row, &learned);
    for (unsigned reason = 0; reason < NUM_LEFT_OUT; reason++) {
        line_t left_out = {
            .row = "Left out",
            .roles = { firewall_rules_reason_name(reason), NULL },
            .flows = firewall_rules_left_out(rules->rules, reason),
        };

        row = show_count(&rules->table.ui, table, row, &left_out);
    }
    while (stat_table_num_rows(table) > row)
        stat_table_remove_row(table, row);
}

static void
rules_show(void *data, packet_info *pinfo, const whole_flow_t *flow)
{
    rules_t *rules = (rules_t *)data;
    stat_tap_table *table = stat_table_opened(&rules->table.ui);

    if (table != NULL && firewall_rules_update(rules->rules, pinfo, &flow->tap))
        show_counts(rules, table, show_rules(rules, table));
}

static tap_packet_status
rules_packet(void *tapdata, packet_info *pinfo _U_, epan_dissect_t *edt _U_, const void *data,
             tap_flags_t flags _U_)
{
    const rules_t *rules = (const rules_t *)stat_table_ui_of(tapdata);

    flow_choice_add(rules->choice, (const audit_tap_t *)data);
    return TAP_PACKET_REDRAW;
}

static void
rules_clear(rules_t *rules)
{
    if (rules->choice == NULL)
        return;
    firewall_rules_clear(rules->rules);
    flow_choice_clear(rules->choice);
}

static void
rules_init(stat_tap_table_ui *ui)
{
    static const flow_choice_ops_t ops = { rules_show, NULL };
    rules_t *rules = (rules_t *)ui;

    if (rules->choice == NULL) {
        rules->rules = firewall_rules_new();
        rules->choice = flow_choice_new(&ops, rules, terminal_table_has_all());
    }
    stat_table_open_judged(ui, "Rules for the listed flows. " FIREWALL_RULES_TRUST);
    rules_clear(rules);
}

static void rules_reset(stat_tap_table *table);

static rules_t window = {
    .table = {
        .ui = {
            .tap_name = "smsrc_audit",
            .stat_tap_init_cb = rules_init,
            .packet_func = rules_packet,
            .stat_tap_reset_table_cb = rules_reset,
        },
        .head = FIREWALL_RULES_TRUST,
        .ends_with_not_judged = true,
    },
};

static void
rules_reset(stat_tap_table *table)
{
    stat_table_clear(table);
    rules_clear(&window);
}

void
rules_table_register(const statistic_t *statistic)
{
    terminal_table_register(&window.table.ui, statistic, columns, array_length(columns),
                            sizeof window);
}
