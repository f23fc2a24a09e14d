/* audit-table.c
 * The audited flows in a table, the worst first: -z smsrc,audit
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "smsrc-compat.h"

#include <epan/tap.h>
#include <epan/to_str.h>

#include "audit-tap.h"
#include "stat-list.h"
#include "stat-settle.h"
#include "stat-table.h"
#include "terminal-table.h"

/* An audited flow and the row that shows it. */
typedef struct {
    unsigned row;
    verdict_e verdict;
    char port[32];
    uint32_t first_frame;
    unsigned packets;
    double bytes;
    unsigned tries; /* other unanswered ones of its two hosts, counted in its row: a scan */
} place_t;

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
} line_t;

static const stat_column_t columns[] = {
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
};

/* An unanswered try of a scan, counted in the row of the first one. */
typedef struct {
    place_t *place; /* of the first try */
    unsigned packets;
    double bytes;
} try_t;

static GHashTable *places;               /* flow to its place */
static GHashTable *tries;                /* flow to its try_t */
static GPtrArray *row_places;            /* the place of each row */
static unsigned num_rows[NUM_VERDICTS];  /* of each verdict */

static void
clear_rows(void)
{
    memset(num_rows, 0, sizeof num_rows);
    if (row_places == NULL)
        row_places = g_ptr_array_new();
    if (tries == NULL)
        tries = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, g_free);
    g_hash_table_remove_all(tries);
    g_ptr_array_set_size(row_places, 0);
}

static void
audit_init(stat_tap_table_ui *ui)
{
    stat_table_open_with_keys(ui, "SMS port audit", &places, false);
    clear_rows();
}

static void
audit_reset(stat_tap_table *table)
{
    stat_table_clear(table);
    if (places != NULL)
        g_hash_table_remove_all(places);
    clear_rows();
}

static void
audit_settle(void *unused _U_)
{
    if (places == NULL)
        return;
    g_hash_table_remove_all(tries);
    stat_settle_keys(places);
}

static void
swap_rows(stat_tap_table *table, unsigned a, unsigned b)
{
    stat_tap_table_item_type *cells = table->elements[a];
    void *place = row_places->pdata[a];

    table->elements[a] = table->elements[b];
    table->elements[b] = cells;
    row_places->pdata[a] = row_places->pdata[b];
    row_places->pdata[b] = place;
    ((place_t *)row_places->pdata[a])->row = a;
    ((place_t *)row_places->pdata[b])->row = b;
}

/* The first row of the flows with a verdict, which follow those of all worse ones. */
static unsigned
first_row_of(verdict_e verdict)
{
    unsigned first = 0;

    for (unsigned worse = verdict + 1; worse < NUM_VERDICTS; worse++)
        first += num_rows[worse];
    return first;
}

/* Moves a row to those of @p verdict, by one exchange for each verdict between. */
static void
move_row(stat_tap_table *table, place_t *place, verdict_e verdict)
{
    while (place->verdict < verdict) {
        unsigned first = first_row_of(place->verdict);

        swap_rows(table, place->row, first);
        num_rows[place->verdict]--;
        place->verdict = (verdict_e)(place->verdict + 1);
        num_rows[place->verdict]++;
    }
    while (place->verdict > verdict) {
        unsigned last = first_row_of(place->verdict) + num_rows[place->verdict] - 1;

        swap_rows(table, place->row, last);
        num_rows[place->verdict]--;
        place->verdict = (verdict_e)(place->verdict - 1);
        num_rows[place->verdict]++;
    }
}

static void
show_hosts(stat_tap_table *table, const place_t *place, const audit_tap_t *tap)
{
    char *initiator = address_to_str(NULL, tap->ends[INITIATOR].host);
    char *responder = address_to_str(NULL, tap->ends[RESPONDER].host);
    line_t line = { .first_frame = place->first_frame, .hosts = { initiator, responder } };

    stat_table_show_row(table, place->row, columns, &line);
    wmem_free(NULL, initiator);
    wmem_free(NULL, responder);
}

/*
 * Returns the place of a flow. A new one is at the end of the table. Its hosts are shown again
 * where content has turned the flow round, which then begins anew.
 */
static place_t *
place_of(void *tapdata, const audit_tap_t *tap, const flow_t *flow)
{
    place_t *place = (place_t *)g_hash_table_lookup(places, flow);

    if (place != NULL && place->first_frame == flow->first_frame)
        return place;
    if (place != NULL) {
        place->first_frame = flow->first_frame;
        show_hosts(stat_table_of(tapdata), place, tap);
        return place;
    }
    place = g_new0(place_t, 1);
    place->row = stat_table_append_row(stat_table_ui_of(tapdata), stat_table_of(tapdata));
    place->first_frame = flow->first_frame;
    num_rows[VERDICT_NONE]++;
    g_ptr_array_add(row_places, place);
    g_hash_table_insert(places, (void *)flow, place);
    show_hosts(stat_table_of(tapdata), place, tap);
    return place;
}

/* Shows the texts of @p line and the counts of @p place in its row. */
static void
show_line(stat_tap_table *table, const place_t *place, line_t *line)
{
    line->port = place->tries > 0 ? "scan" : place->port;
    line->first_frame = place->first_frame;
    line->packets = place->packets;
    line->bytes = place->bytes;
    stat_table_show_row(table, place->row, columns, line);
}

static void
show_counts(stat_tap_table *table, const place_t *place)
{
    line_t line = { .verdict = NULL };

    show_line(table, place, &line);
}

/* Counts a packet of a try in the row of the first try. */
static void
count_try(void *tapdata, const audit_tap_t *tap)
{
    try_t *one = (try_t *)g_hash_table_lookup(tries, tap->flow);

    if (one == NULL) {
        one = g_new0(try_t, 1);
        one->place = place_of(tapdata, tap, tap->flow->scan_of);
        one->place->tries++;
        g_hash_table_insert(tries, (void *)tap->flow, one);
    }
    one->packets++;
    one->bytes += tap->bytes;
    one->place->packets++;
    one->place->bytes += tap->bytes;
    show_counts(stat_table_of(tapdata), one->place);
}

/* Moves what was counted as a try of a scan to @p place: the try was answered after all. */
static void
end_try(stat_tap_table *table, const flow_t *flow, place_t *place)
{
    const try_t *one = (const try_t *)g_hash_table_lookup(tries, flow);

    if (one == NULL)
        return;
    one->place->packets -= one->packets;
    one->place->bytes -= one->bytes;
    one->place->tries--;
    show_counts(table, one->place);
    place->packets += one->packets;
    place->bytes += one->bytes;
    g_hash_table_remove(tries, flow);
}

/*
 * The flow has no verdict any more. Its row moves behind all others, and goes. That of a scan
 * stays for its other tries.
 */
static tap_packet_status
remove_place(stat_tap_table *table, const flow_t *flow)
{
    place_t *place = (place_t *)g_hash_table_lookup(places, flow);

    if (place == NULL || place->tries > 0)
        return TAP_PACKET_DONT_REDRAW;
    move_row(table, place, VERDICT_NONE);
    num_rows[VERDICT_NONE]--;
    stat_table_remove_row(table, place->row);
    g_ptr_array_remove_index(row_places, place->row);
    g_hash_table_remove(places, flow);
    return TAP_PACKET_REDRAW;
}

static const char *
row_name(wmem_allocator_t *scope, const verdict_t *verdict)
{
    if (verdict->row == NULL)
        return "-";
    return verdict->nearest ? wmem_strdup_printf(scope, "near %s", verdict->row->id)
                            : verdict->row->id;
}

static void
set_port(place_t *place, const audit_tap_t *tap)
{
    const char *transport = service_transport_name(tap->transport);

    if (tap->transport == TRANSPORT_IPX)
        (void)g_strlcpy(place->port, "IPX", sizeof place->port);
    else if (tap->via_proxy != 0)
        snprintf(place->port, sizeof place->port, "%s %u via %u", transport,
                 tap->ends[RESPONDER].port, tap->via_proxy);
    else
        snprintf(place->port, sizeof place->port, "%s %u", transport, tap->ends[RESPONDER].port);
}

static tap_packet_status
audit_packet(void *tapdata, packet_info *pinfo, epan_dissect_t *edt _U_, const void *data,
             tap_flags_t flags _U_)
{
    const audit_tap_t *tap = (const audit_tap_t *)data;
    const verdict_t *verdict = tap->verdict;
    stat_tap_table *table = stat_table_of(tapdata);
    place_t *place;
    line_t line;

    if (verdict->verdict == VERDICT_NONE)
        return remove_place(table, tap->flow);
    if (tap->flow->scan_of != NULL) {
        count_try(tapdata, tap);
        return TAP_PACKET_REDRAW;
    }
    place = place_of(tapdata, tap, tap->flow);
    end_try(table, tap->flow, place);
    move_row(table, place, verdict->verdict);
    set_port(place, tap);
    place->packets++;
    place->bytes += tap->bytes;
    line = (line_t){
        .verdict = verdict_name(verdict->verdict),
        .row = row_name(pinfo->pool, verdict),
        .roles = { role_set_to_str(pinfo->pool, tap->ends[INITIATOR].roles),
                   role_set_to_str(pinfo->pool, tap->ends[RESPONDER].roles) },
        .service = service_name(tap->service),
        .reach = flow_audit_reach_name(tap->flow->reach),
    };
    show_line(table, place, &line);
    return TAP_PACKET_REDRAW;
}

void
audit_table_register(const statistic_t *statistic)
{
    static stat_tap_table_ui ui = {
        .tap_name = "smsrc_audit",
        .stat_tap_init_cb = audit_init,
        .packet_func = audit_packet,
        .stat_tap_reset_table_cb = audit_reset,
    };

    stat_table_end_with_not_judged(&ui, NULL);
    terminal_table_register(&ui, statistic, columns, array_length(columns));
    stat_settle_add(audit_settle, &ui);
}
