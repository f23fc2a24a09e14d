/* audit-table.c
 * The audited flows in a table, the worst first: -z smsrc,audit
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "smsrc-compat.h"

#include <epan/tap.h>
#include <epan/to_str.h>

#include "flow-choice.h"
#include "scan.h"
#include "stat-list.h"
#include "stat-table.h"
#include "stat-text.h"
#include "terminal-table.h"
#include "verdict-rows.h"

/* On what the texts of a row depend: roles and service are the judgment's, of which it is one. */
typedef struct {
    const verdict_t *verdict;
    uint32_t first_frame;
    uint16_t ports[NUM_ENDS];
    uint64_t reach;
} shown_t;

/* A chosen flow. */
typedef struct {
    scan_try_t as_try;
    verdict_row_t *row; /* NULL: it is in the row of a scan, or has no verdict */
    shown_t shown;      /* in its row */
} flow_line_t;

/* What a row is of. */
enum { ROW_OF_FLOW, ROW_OF_SCAN };

typedef struct {
    stat_table_t table;
    flow_choice_t *choice;
    GHashTable *lines; /* flow to its flow_line_t */
    scans_t *scans;    /* the row of one is a verdict_row_t */
    verdict_rows_t rows;
} audit_t;

/* What a row shows. */
typedef struct {
    const char *verdict;
    const char *row;
    const char *hosts[NUM_ENDS];
    const char *roles[NUM_ENDS];
    const char *port;
    const char *service;
    const char *reach;
    unsigned first_frame;
    unsigned packets;
    double bytes;
    const char *filter;
} line_t;

static const stat_column_t columns[] = {
    STAT_RANK_COLUMN,
    STAT_COLUMN(STAT_TEXT, "Verdict", "%-15s", line_t, verdict),
    STAT_COLUMN(STAT_TEXT, "Row", "%-10s", line_t, row),
    STAT_COLUMN(STAT_TEXT, "Initiator", "%-15s", line_t, hosts[INITIATOR]),
    STAT_COLUMN(STAT_TEXT, "Initiator's role", "%-21s", line_t, roles[INITIATOR]),
    STAT_COLUMN(STAT_TEXT, "Responder", "%-15s", line_t, hosts[RESPONDER]),
    STAT_COLUMN(STAT_TEXT, "Responder's role", "%-21s", line_t, roles[RESPONDER]),
    STAT_COLUMN(STAT_TEXT, "Port", "%-9s", line_t, port),
    STAT_COLUMN(STAT_TEXT, "Service", "%-18s", line_t, service),
    STAT_COLUMN(STAT_TEXT, "Reach", "%-8s", line_t, reach),
    STAT_COLUMN(STAT_NUMBER, "First frame", "%8u", line_t, first_frame),
    STAT_COLUMN(STAT_NUMBER, "Packets", "%8u", line_t, packets),
    STAT_COLUMN(STAT_BYTES, "Bytes", "%12u", line_t, bytes),
    STAT_FILTER_COLUMN(line_t, filter),
};

/* "TCP 80" */
static void
port_text(char *text, size_t size, const audit_tap_t *tap)
{
    const char *transport = service_transport_name(tap->transport);

    if (tap->transport == TRANSPORT_IPX)
        (void)g_strlcpy(text, "IPX", size);
    else if (tap->via_proxy != 0)
        snprintf(text, size, "%s %u via %u", transport, tap->ends[RESPONDER].port, tap->via_proxy);
    else
        snprintf(text, size, "%s %u", transport, tap->ends[RESPONDER].port);
}

/* Shows @p flow in a row, with what @p line has already. */
static void
show_line(stat_tap_table *table, unsigned row, const whole_flow_t *flow, line_t line)
{
    const audit_tap_t *tap = &flow->tap;
    char *hosts[NUM_ENDS], *roles[NUM_ENDS], *id = verdict_row_name(NULL, tap->verdict), port[32];
    char *filter;

    port_text(port, sizeof port, tap);
    for (unsigned end = INITIATOR; end < NUM_ENDS; end++) {
        hosts[end] = address_to_str(NULL, tap->ends[end].host);
        roles[end] = role_set_to_str(NULL, tap->ends[end].roles);
        line.roles[end] = roles[end];
        if (line.hosts[end] == NULL)
            line.hosts[end] = hosts[end];
    }
    if (line.port == NULL)
        line.port = port;
    line.verdict = verdict_name(tap->verdict->verdict);
    line.row = id;
    line.service = service_name(tap->service);
    line.reach = flow_audit_reach_name(tap->flow->reach);
    line.first_frame = tap->flow->first_frame;
    /* A scan is all that its initiator has sent to be judged. */
    filter = line.port != port ? stat_text_host_filter("smsrc.audit && ", hosts[INITIATOR])
                               : g_strdup_printf("smsrc.audit.first_frame == %u", line.first_frame);
    line.filter = filter;
    stat_table_show_row(table, row, columns, &line);
    g_free(filter);
    wmem_free(NULL, id);
    for (unsigned end = INITIATOR; end < NUM_ENDS; end++) {
        wmem_free(NULL, hosts[end]);
        wmem_free(NULL, roles[end]);
    }
}

/* Returns the row of a verdict: @p row, or a new one, of a flow or a scan. */
static verdict_row_t *
row_for(audit_t *audit, verdict_row_t *row, verdict_e verdict, unsigned kind, const void *of)
{
    stat_tap_table *table = stat_table_opened(&audit->table.ui);

    if (row != NULL) {
        verdict_rows_move(&audit->rows, table, row, verdict);
        return row;
    }
    row = verdict_rows_add(&audit->rows, &audit->table.ui, table, verdict);
    row->kind = kind;
    row->of = of;
    return row;
}

static shown_t
shown_of(const audit_tap_t *tap)
{
    return (shown_t){
        .verdict = tap->verdict,
        .first_frame = tap->flow->first_frame,
        .ports = { tap->ends[INITIATOR].port, tap->ends[RESPONDER].port },
        .reach = tap->flow->reach,
    };
}

static void
show_flow_row(stat_tap_table *table, unsigned at, const flow_line_t *line, bool is_new)
{
    const whole_flow_t *flow = line->as_try.flow;
    const line_t counts = { .first_frame = flow->tap.flow->first_frame,
                            .packets = flow->packets, .bytes = flow->bytes };

    if (is_new)
        show_line(table, at, flow, counts);
    else
        stat_table_show_row(table, at, columns, &counts);
}

/* Shows a flow in its row. Most packets change nothing but its counts. */
static void
show_flow(audit_t *audit, flow_line_t *line)
{
    const whole_flow_t *flow = line->as_try.flow;
    shown_t shown = shown_of(&flow->tap);
    bool is_new = line->row == NULL || memcmp(&shown, &line->shown, sizeof shown) != 0;

    line->shown = shown;
    line->row = row_for(audit, line->row, flow->tap.verdict->verdict, ROW_OF_FLOW, line);
    if (!stat_table_has_bare_rows(&audit->table.ui))
        show_flow_row(stat_table_opened(&audit->table.ui), line->row->at, line, is_new);
}

static void
hide_flow(audit_t *audit, flow_line_t *line)
{
    if (line->row != NULL)
        verdict_rows_remove(&audit->rows, stat_table_opened(&audit->table.ui), line->row);
    line->row = NULL;
}

static void
show_try(void *audit, scan_try_t *one)
{
    show_flow((audit_t *)audit, (flow_line_t *)one);
}

static void
hide_try(void *audit, scan_try_t *one)
{
    hide_flow((audit_t *)audit, (flow_line_t *)one);
}

static void
show_scan_row(stat_tap_table *table, unsigned at, const scan_t *scan)
{
    unsigned num_hosts = scan_num_hosts(scan);
    char hosts[32];
    line_t line = { .port = "scan", .packets = scan_packets(scan), .bytes = scan_bytes(scan) };

    if (num_hosts > 1) {
        snprintf(hosts, sizeof hosts, "%u hosts", num_hosts);
        line.hosts[RESPONDER] = hosts;
    }
    show_line(table, at, scan_worst(scan)->flow, line);
}

/* Shows all tries of one initiator in one row, as the worst of them. */
static void
show_scan(audit_t *audit, scan_t *scan)
{
    verdict_e worst = scan_worst(scan)->flow->tap.verdict->verdict;
    verdict_row_t *row =
        row_for(audit, (verdict_row_t *)scan_row(scan), worst, ROW_OF_SCAN, scan);

    scan_set_row(scan, row);
    if (!stat_table_has_bare_rows(&audit->table.ui))
        show_scan_row(stat_table_opened(&audit->table.ui), row->at, scan);
}

static void
audit_show_row(stat_tap_table_ui *ui, stat_tap_table *table, unsigned at)
{
    const audit_t *audit = (const audit_t *)ui;
    const verdict_row_t *row = (const verdict_row_t *)audit->rows.rows->pdata[at];

    if (row->kind == ROW_OF_SCAN)
        show_scan_row(table, at, (const scan_t *)row->of);
    else
        show_flow_row(table, at, (const flow_line_t *)row->of, true);
}

/* Brings the tries of an initiator up to date: each has a row, or as a scan all have one. */
static void
update_scan(audit_t *audit, scan_t *scan)
{
    bool is_shown = scan_row(scan) != NULL, is_scan = scan_is_one(scan);

    if (is_scan && !is_shown)
        scan_each(scan, hide_try, audit);
    if (is_scan)
        show_scan(audit, scan);
    if (is_scan || !is_shown)
        return;
    verdict_rows_remove(&audit->rows, stat_table_opened(&audit->table.ui),
                        (verdict_row_t *)scan_row(scan));
    scan_set_row(scan, NULL);
    scan_each(scan, show_try, audit);
}

static flow_line_t *
line_of(audit_t *audit, const flow_t *flow)
{
    flow_line_t *line = (flow_line_t *)g_hash_table_lookup(audit->lines, flow);

    if (line == NULL) {
        line = g_new0(flow_line_t, 1);
        g_hash_table_insert(audit->lines, (void *)flow, line);
    }
    return line;
}

static void
audit_show(void *data, packet_info *pinfo _U_, const whole_flow_t *flow)
{
    audit_t *audit = (audit_t *)data;
    flow_line_t *line;
    scan_t *before;

    if (stat_table_opened(&audit->table.ui) == NULL)
        return;
    line = line_of(audit, flow->tap.flow);
    before = line->as_try.scan;
    scans_update(audit->scans, &line->as_try, flow);
    if (before != NULL && before != line->as_try.scan)
        update_scan(audit, before);
    if (line->as_try.scan != NULL)
        update_scan(audit, line->as_try.scan);
    if (flow->tap.verdict->verdict == VERDICT_NONE ||
        (line->as_try.scan != NULL && scan_is_one(line->as_try.scan)))
        hide_flow(audit, line);
    else
        show_flow(audit, line);
}

static tap_packet_status
audit_packet(void *tapdata, packet_info *pinfo _U_, epan_dissect_t *edt _U_, const void *data,
             tap_flags_t flags _U_)
{
    const audit_t *audit = (const audit_t *)stat_table_ui_of(tapdata);

    flow_choice_add(audit->choice, (const audit_tap_t *)data);
    return TAP_PACKET_REDRAW;
}

/* The rows stay, and show what the flows are at last, unless tshark has printed them. */
static void
audit_settle(void *data)
{
    audit_t *audit = (audit_t *)data;

    stat_table_settle_rows(&audit->table.ui);
    g_hash_table_remove_all(audit->lines);
    scans_clear(audit->scans);
}

static void
audit_init(stat_tap_table_ui *ui)
{
    static const flow_choice_ops_t ops = { audit_show, audit_settle };
    audit_t *audit = (audit_t *)ui;

    if (audit->choice == NULL) {
        audit->lines = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, g_free);
        audit->scans = scans_new();
        audit->choice = flow_choice_new(&ops, audit, terminal_table_has_all());
    }
    stat_table_open_judged(ui, "SMS port audit");
    flow_choice_clear(audit->choice);
    audit_settle(audit);
    verdict_rows_clear(&audit->rows);
}

static void audit_reset(stat_tap_table *table);

static audit_t window = {
    .table = {
        .ui = {
            .tap_name = "smsrc_audit",
            .stat_tap_init_cb = audit_init,
            .packet_func = audit_packet,
            .stat_tap_reset_table_cb = audit_reset,
        },
        .ends_with_not_judged = true,
        .show_row_cb = audit_show_row,
    },
};

static void
audit_reset(stat_tap_table *table)
{
    stat_table_clear(table);
    if (window.choice == NULL)
        return;
    audit_settle(&window);
    verdict_rows_clear(&window.rows);
}

void
audit_table_register(const statistic_t *statistic)
{
    terminal_table_register(&window.table.ui, statistic, columns, array_length(columns),
                            sizeof window);
}
