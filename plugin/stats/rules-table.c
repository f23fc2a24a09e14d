/* rules-table.c
 * The firewall rules in a table: -z smsrc,rules
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * The table is for reading: long sets of addresses are cut. rules-nft.c has all of them. A row that
 * begins with "#" is no rule: a role that it needs is unconfirmed.
 */

#include "smsrc-compat.h"

#include <epan/tap.h>

#include "firewall-rules.h"
#include "stat-list.h"
#include "stat-table.h"
#include "terminal-table.h"

/* How many addresses of an end the table shows. */
#define SHOWN_HOSTS 8

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

static firewall_rules_t *table_rules;

static void
rules_clear(void)
{
    if (table_rules == NULL)
        table_rules = firewall_rules_new();
    firewall_rules_clear(table_rules);
}

static void
rules_reset(stat_tap_table *table)
{
    stat_table_clear(table);
    rules_clear();
}

static void
rules_init(stat_tap_table_ui *ui)
{
    stat_table_open(ui, "Rules for the listed flows. " FIREWALL_RULES_TRUST);
    rules_clear();
}

/* "# F4" for a comment: what is behind it is no rule. To be g_free()d. */
static char *
row_text(const firewall_rule_t *rule)
{
    return g_strdup_printf("%s%s", rule->unconfirmed ? "# " : "", rule->row);
}

/* What to add to the table of roles, so that a comment becomes a rule. To be g_free()d. */
static char *
addition_text(const firewall_rule_t *rule)
{
    static const char *const names[NUM_ENDS] = { "sources", "destinations" };
    GString *text = g_string_new("initiator to responder");

    for (unsigned end = INITIATOR; end < NUM_ENDS; end++) {
        char *roles = firewall_rules_missing_to_str(rule, end);

        if (*roles != '\0')
            g_string_append_printf(text, "%s the %s as %s",
                                   end == INITIATOR || rule->missing[INITIATOR] == 0
                                       ? ", if you add to smsrc_roles" : " and",
                                   names[end], roles);
        g_free(roles);
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
        hosts[end] = firewall_rules_hosts_to_str(rule, end, SHOWN_HOSTS);
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
show_rules(stat_tap_table_ui *ui, stat_tap_table *table)
{
    unsigned row = 0;

    while (row < firewall_rules_count(table_rules)) {
        firewall_rule_t *rule = firewall_rules_at(table_rules, row);

        if (rule->flows == 0) {
            if (rule->shown)
                stat_table_remove_row(table, row);
            firewall_rules_remove(table_rules, row);
            continue;
        }
        if (!rule->shown)
            stat_table_insert_row(ui, table, row);
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
show_counts(stat_tap_table_ui *ui, stat_tap_table *table, unsigned row)
{
    line_t learned = {
        .row = "In rules",
        .roles = { FIREWALL_RULES_LEARNED, NULL },
        .flows = firewall_rules_num_learned(table_rules),
    };

    row = show_count(ui, table, row, &learned);
    for (unsigned reason = 0; reason < NUM_LEFT_OUT; reason++) {
        line_t left_out = {
            .row = "Left out",
            .roles = { firewall_rules_reason_name(reason), NULL },
            .flows = firewall_rules_left_out(table_rules, reason),
        };

        row = show_count(ui, table, row, &left_out);
    }
    while (stat_table_num_rows(table) > row)
        stat_table_remove_row(table, row);
}

static tap_packet_status
rules_packet(void *tapdata, packet_info *pinfo, epan_dissect_t *edt _U_, const void *data,
             tap_flags_t flags _U_)
{
    stat_tap_table_ui *ui = stat_table_ui_of(tapdata);
    stat_tap_table *table = stat_table_of(tapdata);

    if (!firewall_rules_update(table_rules, pinfo, (const audit_tap_t *)data))
        return TAP_PACKET_DONT_REDRAW;
    show_counts(ui, table, show_rules(ui, table));
    return TAP_PACKET_REDRAW;
}

void
rules_table_register(const statistic_t *statistic)
{
    static stat_tap_table_ui ui = {
        .tap_name = "smsrc_audit",
        .stat_tap_init_cb = rules_init,
        .packet_func = rules_packet,
        .stat_tap_reset_table_cb = rules_reset,
    };

    stat_table_end_with_not_judged(&ui, NULL);
    terminal_table_set_head(&ui, FIREWALL_RULES_TRUST);
    terminal_table_register(&ui, statistic, columns, array_length(columns));
}
