/* rules-table.c
 * The firewall rules as statistics: -z smsrc,rules, smsrc,rules.nft and smsrc,rules.nft.drop
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * The table is for reading: long sets of addresses are cut there. The file is for nft: it is
 * printed as it stands, which a table cannot be, so it is a statistic of the other kind, with a
 * drawing routine of its own; in Wireshark a window of text shows it.
 */

#define WS_LOG_DOMAIN "smsrc"

#include "rules-table.h"

#include "smsrc-compat.h"

#include <epan/funnel.h>
#include <epan/tap.h>

#include "firewall-rules.h"
#include "menu.h"
#include "stat-listener.h"
#include "stat-table.h"
#include "terminal-table.h"

/* Addresses of an end that the table shows. */
#define SHOWN_HOSTS 8

/*
 * -z smsrc,rules
 */

enum {
    RULES_ROW,
    RULES_FROM,
    RULES_TO,
    RULES_TRANSPORT,
    RULES_PORT,
    RULES_DIRECTION,
    RULES_SOURCES,
    RULES_DESTINATIONS,
    RULES_FLOWS,
    RULES_BLOCKED,
};

static stat_tap_table_item rules_columns[] = {
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Row", "%-8s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "From role", "%-26s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "To role", "%-26s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Transport", "%-3s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Port", "%-5s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Direction", "%-22s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Sources", "%-34s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Destinations", "%-34s" },
    { TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Flows", "%7u" },
    { TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Blocked", "%7u" },
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
    stat_empty_table(table);
    rules_clear();
}

static void
rules_init(stat_tap_table_ui *ui)
{
    stat_open_table(ui, "Rules for the listed flows");
    rules_clear();
}

static void
show_and_free(stat_tap_table *table, unsigned row, unsigned column, char *text)
{
    stat_set_text(table, row, column, text);
    g_free(text);
}

static void
show_rule(stat_tap_table *table, unsigned row, const firewall_rule_t *rule)
{
    stat_set_text(table, row, RULES_ROW, rule->row);
    show_and_free(table, row, RULES_FROM, firewall_rule_roles(rule, RULE_FROM));
    show_and_free(table, row, RULES_TO, firewall_rule_roles(rule, RULE_TO));
    stat_set_text(table, row, RULES_TRANSPORT, service_transport_name(rule->transport));
    show_and_free(table, row, RULES_PORT,
                  rule->transport == TRANSPORT_IPX ? g_strdup("-")
                                                   : g_strdup_printf("%u", rule->port));
    stat_set_text(table, row, RULES_DIRECTION, "initiator to responder");
    show_and_free(table, row, RULES_SOURCES, firewall_rule_hosts(rule, RULE_FROM, SHOWN_HOSTS));
    show_and_free(table, row, RULES_DESTINATIONS,
                  firewall_rule_hosts(rule, RULE_TO, SHOWN_HOSTS));
    stat_set_number(table, row, RULES_FLOWS, rule->flows);
    stat_set_number(table, row, RULES_BLOCKED, rule->blocked);
}

/* Bring the table's rows, which are those of the rules, up to date: their number is @return. */
static unsigned
show_rules(stat_tap_table_ui *ui, stat_tap_table *table)
{
    unsigned row = 0;

    while (row < firewall_rules_count(table_rules)) {
        firewall_rule_t *rule = firewall_rules_at(table_rules, row);

        if (rule->flows == 0) {
            if (rule->shown)
                stat_remove_row(table, row);
            firewall_rules_remove(table_rules, row);
            continue;
        }
        if (!rule->shown)
            stat_insert_row(ui, table, row);
        if (rule->stale)
            show_rule(table, row, rule);
        rule->shown = true;
        rule->stale = false;
        row++;
    }
    return row;
}

/* Behind the rules, from @p row on: how many judged flows are in none, and why. */
static void
show_left_out(stat_tap_table_ui *ui, stat_tap_table *table, unsigned row)
{
    for (unsigned reason = 0; reason < NUM_LEFT_OUT; reason++) {
        unsigned flows = firewall_rules_left_out(table_rules, reason);

        if (flows == 0)
            continue;
        if (row == stat_num_rows(table))
            stat_append_row(ui, table);
        stat_set_text(table, row, RULES_ROW, "Left out");
        stat_set_text(table, row, RULES_FROM, firewall_left_out_name(reason));
        stat_set_number(table, row, RULES_FLOWS, flows);
        row++;
    }
    while (stat_num_rows(table) > row)
        stat_remove_row(table, row);
}

static tap_packet_status
rules_packet(void *tapdata, packet_info *pinfo, epan_dissect_t *edt _U_, const void *data,
             tap_flags_t flags _U_)
{
    stat_tap_table_ui *ui = stat_ui_of(tapdata);
    stat_tap_table *table = stat_table_of(tapdata);

    if (!firewall_rules_update(table_rules, pinfo, (const audit_tap_t *)data))
        return TAP_PACKET_DONT_REDRAW;
    show_left_out(ui, table, show_rules(ui, table));
    return TAP_PACKET_REDRAW;
}

static stat_tap_table_ui rules_ui = {
    .group = MENU_STAT_GROUP,
    .title = "SMS Firewall Rules",
    .tap_name = "smsrc_audit",
    .cli_string = "smsrc,rules",
    .stat_tap_init_cb = rules_init,
    .packet_func = rules_packet,
    .stat_tap_reset_table_cb = rules_reset,
    .stat_tap_free_table_item_cb = stat_free_cell,
    .nfields = array_length(rules_columns),
    .fields = rules_columns,
};

/*
 * -z smsrc,rules.nft and -z smsrc,rules.nft.drop
 */

#define NFT_COMMAND "smsrc,rules.nft"
#define DROP_COMMAND "smsrc,rules.nft.drop"

static void
nft_reset(void *tapdata)
{
    firewall_rules_clear((firewall_rules_t *)tapdata);
}

static tap_packet_status
nft_packet(void *tapdata, packet_info *pinfo, epan_dissect_t *edt _U_, const void *data,
           tap_flags_t flags _U_)
{
    firewall_rules_t *rules = (firewall_rules_t *)tapdata;

    if (!firewall_rules_update(rules, pinfo, (const audit_tap_t *)data))
        return TAP_PACKET_DONT_REDRAW;
    for (unsigned i = firewall_rules_count(rules); i-- > 0;)
        firewall_rules_remove(rules, i);
    return TAP_PACKET_REDRAW;
}

static void
print_nft(const firewall_rules_t *rules, bool drop)
{
    char *file = firewall_rules_to_nft(rules, drop);

    fputs(file, stdout);
    g_free(file);
}

static void
nft_draw(void *tapdata)
{
    print_nft((const firewall_rules_t *)tapdata, false);
}

static void
drop_draw(void *tapdata)
{
    print_nft((const firewall_rules_t *)tapdata, true);
}

static void
nft_finish(void *tapdata)
{
    firewall_rules_free((firewall_rules_t *)tapdata);
}

static stat_tap_init_result
nft_listen(const char *argument, const char *command, tap_draw_cb draw)
{
    if (stat_listener_start(command, stat_listener_filter(argument, command), "smsrc_audit",
                    firewall_rules_new(), nft_reset, nft_packet, draw, nft_finish))
        return STAT_TAP_INIT_DONE;
    return STAT_TAP_INIT_FAILED;
}

static stat_tap_init_result
nft_init(const char *argument, void *userdata _U_)
{
    return nft_listen(argument, NFT_COMMAND, nft_draw);
}

static stat_tap_init_result
drop_init(const char *argument, void *userdata _U_)
{
    return nft_listen(argument, DROP_COMMAND, drop_draw);
}

/*
 * The window of text is the one that Wireshark has for scripts (epan/funnel.h), to be copied from.
 * All packets go through the audit's tap once while it is made: it is not kept up to date.
 */
void
rules_table_show_nft(bool drop)
{
    const funnel_ops_t *window = funnel_get_funnel_ops();
    firewall_rules_t *rules;
    char *file;

    if (window == NULL || window->new_text_window == NULL || window->retap_packets == NULL)
        return;
    rules = firewall_rules_new();
    if (!stat_listener_start(drop ? DROP_COMMAND : NFT_COMMAND, NULL, "smsrc_audit", rules,
                             nft_reset, nft_packet, NULL, nft_finish))
        return;
    window->retap_packets(window->ops_id);
    file = firewall_rules_to_nft(rules, drop);
    window->set_text(window->new_text_window(window->ops_id,
                                             drop ? "SMS Firewall for nftables"
                                                  : "SMS Firewall Rules for nftables"),
                     file);
    g_free(file);
    remove_tap_listener(rules);
}

void
rules_table_register(void)
{
    stat_tap_ui nft_ui = {
        .group = MENU_STAT_GROUP,
        .title = NULL, /* in no menu: it prints */
        .cli_string = NFT_COMMAND,
        .tap_init_cb = nft_init,
    };
    stat_tap_ui drop_ui = {
        .group = MENU_STAT_GROUP,
        .title = NULL,
        .cli_string = DROP_COMMAND,
        .tap_init_cb = drop_init,
    };

    terminal_table_register(&rules_ui);
    stat_register(&nft_ui, NULL);
    stat_register(&drop_ui, NULL);
}
