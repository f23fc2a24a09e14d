/* audit-table.c
 * The audited flows in a table, the worst first: -z smsrc,audit
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#define WS_LOG_DOMAIN "smsrc"

#include "smsrc-compat.h"

#include <epan/tap.h>

#include "audit-tap.h"
#include "menu.h"
#include "stat-list.h"
#include "stat-settle.h"
#include "stat-table.h"
#include "terminal-table.h"

enum {
    AUDIT_VERDICT,
    AUDIT_ROW,
    AUDIT_INITIATOR,
    AUDIT_INITIATOR_ROLE,
    AUDIT_RESPONDER,
    AUDIT_RESPONDER_ROLE,
    AUDIT_PORT,
    AUDIT_SERVICE,
    AUDIT_REACH,
    AUDIT_FRAME,
    AUDIT_PACKETS,
    AUDIT_BYTES,
};

static stat_tap_table_item audit_columns[] = {
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Verdict", "%-15s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Row", "%-10s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Initiator", "%-15s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Initiator's role", "%-21s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Responder", "%-15s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Responder's role", "%-21s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Port", "%-9s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Service", "%-18s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Reach", "%-8s" },
    { TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "First frame", "%8u" },
    { TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Packets", "%8u" },
    { TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Bytes", "%12u" },
};

/* A flow and where it stands. */
typedef struct {
    unsigned row;
    verdict_e verdict;
    char port[16];
    unsigned tries; /* other tries of the same two hosts that are in it too: a scan */
} audit_place_t;

/* A try that has no row of its own, as long as nothing answers it. */
typedef struct {
    audit_place_t *place; /* of the first try */
    unsigned packets;
    double bytes;
} audit_try_t;

/* Flow to its place; the place of each row; how many rows each verdict has, the worst first. */
static GHashTable *audit_places;
static GHashTable *audit_tries; /* flow to audit_try_t */
static GPtrArray *audit_row_places;
static unsigned audit_counts[NUM_VERDICTS];

static void
audit_forget(void)
{
    memset(audit_counts, 0, sizeof audit_counts);
    if (audit_row_places == NULL)
        audit_row_places = g_ptr_array_new();
    if (audit_tries == NULL)
        audit_tries = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, g_free);
    g_hash_table_remove_all(audit_tries);
    g_ptr_array_set_size(audit_row_places, 0);
}

static void
audit_init(stat_tap_table_ui *ui)
{
    stat_start_table(ui, "SMS port audit", &audit_places, false);
    audit_forget();
}

static void
audit_reset(stat_tap_table *table)
{
    stat_empty_table(table);
    if (audit_places != NULL)
        g_hash_table_remove_all(audit_places);
    audit_forget();
}

static void
audit_settle(void *unused _U_)
{
    if (audit_places == NULL)
        return;
    g_hash_table_remove_all(audit_tries);
    stat_settle_keys(audit_places);
}

static void
audit_swap(stat_tap_table *table, unsigned a, unsigned b)
{
    stat_tap_table_item_type *cells = table->elements[a];
    void *place = audit_row_places->pdata[a];

    table->elements[a] = table->elements[b];
    table->elements[b] = cells;
    audit_row_places->pdata[a] = audit_row_places->pdata[b];
    audit_row_places->pdata[b] = place;
    ((audit_place_t *)audit_row_places->pdata[a])->row = a;
    ((audit_place_t *)audit_row_places->pdata[b])->row = b;
}

/* The first row of a verdict's group: behind those of all worse ones. */
static unsigned
audit_group(verdict_e verdict)
{
    unsigned first = 0;

    for (unsigned worse = verdict + 1; worse < NUM_VERDICTS; worse++)
        first += audit_counts[worse];
    return first;
}

/* Move a row to the group of @p verdict, over one row of each group between. */
static void
audit_move(stat_tap_table *table, audit_place_t *place, verdict_e verdict)
{
    while (place->verdict < verdict) {
        unsigned first = audit_group(place->verdict);

        audit_swap(table, place->row, first);
        audit_counts[place->verdict]--;
        place->verdict = (verdict_e)(place->verdict + 1);
        audit_counts[place->verdict]++;
    }
    while (place->verdict > verdict) {
        unsigned last = audit_group(place->verdict) + audit_counts[place->verdict] - 1;

        audit_swap(table, place->row, last);
        audit_counts[place->verdict]--;
        place->verdict = (verdict_e)(place->verdict - 1);
        audit_counts[place->verdict]++;
    }
}

static const char *
reach_text(const flow_t *flow)
{
    switch (flow->reach) {
    case REACH_ASKED:
        return "No answer";
    case REACH_BLOCKED:
        return "Blocked";
    case REACH_OPEN:
        break;
    }
    return "Open";
}

/* The row of a flow, at the end of the table for a new one. */
static audit_place_t *
audit_place(stat_tap_table_ui *ui, stat_tap_table *table, const audit_tap_t *tap,
            const flow_t *flow)
{
    audit_place_t *place = (audit_place_t *)g_hash_table_lookup(audit_places, flow);
    char *initiator, *responder;

    if (place != NULL)
        return place;
    place = g_new0(audit_place_t, 1);
    place->row = stat_append_row(ui, table);
    audit_counts[VERDICT_NONE]++;
    g_ptr_array_add(audit_row_places, place);
    g_hash_table_insert(audit_places, (void *)flow, place);
    initiator = stat_host_text(tap->initiator);
    responder = stat_host_text(tap->responder);
    stat_set_text(table, place->row, AUDIT_INITIATOR, initiator);
    stat_set_text(table, place->row, AUDIT_RESPONDER, responder);
    stat_set_number(table, place->row, AUDIT_FRAME, flow->first_frame);
    wmem_free(NULL, initiator);
    wmem_free(NULL, responder);
    return place;
}

/* Count the packets of a try to the row of the first, or take them back from there. */
static void
audit_count_try(stat_tap_table *table, const audit_try_t *one, int sign)
{
    stat_add_number(table, one->place->row, AUDIT_PACKETS, sign * (int)one->packets);
    stat_add_bytes(table, one->place->row, AUDIT_BYTES, sign * one->bytes);
}

static void
audit_show_port(stat_tap_table *table, const audit_place_t *place)
{
    stat_set_text(table, place->row, AUDIT_PORT, place->tries > 0 ? "scan" : place->port);
}

static tap_packet_status
audit_packet(void *tapdata, packet_info *pinfo, epan_dissect_t *edt _U_, const void *data,
             tap_flags_t flags _U_)
{
    const audit_tap_t *tap = (const audit_tap_t *)data;
    const verdict_t *judgement = tap->judgement;
    const flow_facts_t *about = tap->about;
    bool swapped = judgement->swapped;
    stat_tap_table *table = stat_table_of(tapdata);
    audit_try_t *one = (audit_try_t *)g_hash_table_lookup(audit_tries, tap->flow);
    audit_place_t *place;
    unsigned row, packets = 1;
    double bytes = tap->bytes;

    if (tap->flow->scan_of != NULL) {
        if (one == NULL) {
            one = g_new0(audit_try_t, 1);
            one->place = audit_place(stat_ui_of(tapdata), table, tap, tap->flow->scan_of);
            one->place->tries++;
            g_hash_table_insert(audit_tries, (void *)tap->flow, one);
        }
        audit_count_try(table, one, -1);
        one->packets++;
        one->bytes += tap->bytes;
        audit_count_try(table, one, +1);
        audit_show_port(table, one->place);
        return TAP_PACKET_REDRAW;
    }
    if (one != NULL) {
        /* It was answered after all: it gets a row of its own. */
        audit_count_try(table, one, -1);
        packets += one->packets;
        bytes += one->bytes;
        one->place->tries--;
        audit_show_port(table, one->place);
        g_hash_table_remove(audit_tries, tap->flow);
    }
    place = audit_place(stat_ui_of(tapdata), table, tap, tap->flow);
    audit_move(table, place, judgement->verdict);
    row = place->row;
    stat_set_text(table, row, AUDIT_VERDICT, verdict_name(judgement->verdict));
    stat_set_text(table, row, AUDIT_ROW,
                  judgement->row == NULL ? "-"
                  : judgement->nearest
                      ? wmem_strdup_printf(pinfo->pool, "near %s", judgement->row->id)
                      : judgement->row->id);
    stat_set_text(table, row, AUDIT_INITIATOR_ROLE,
                  role_set_to_str(pinfo->pool, swapped ? about->responder : about->initiator));
    stat_set_text(table, row, AUDIT_RESPONDER_ROLE,
                  role_set_to_str(pinfo->pool, swapped ? about->initiator : about->responder));
    if (about->transport == TRANSPORT_IPX)
        (void)g_strlcpy(place->port, "IPX", sizeof place->port);
    else
        snprintf(place->port, sizeof place->port, "%s %u", transport_name(about->transport),
                 swapped ? about->initiator_port : about->responder_port);
    audit_show_port(table, place);
    stat_set_text(table, row, AUDIT_SERVICE, service_name(about->service));
    stat_set_text(table, row, AUDIT_REACH, reach_text(tap->flow));
    stat_add_number(table, row, AUDIT_PACKETS, (int)packets);
    stat_add_bytes(table, row, AUDIT_BYTES, bytes);
    return TAP_PACKET_REDRAW;
}

static stat_tap_table_ui audit_ui = {
    .group = MENU_STAT_GROUP,
    .title = "SMS Port Audit",
    .tap_name = "smsrc_audit",
    .cli_string = "smsrc,audit",
    .stat_tap_init_cb = audit_init,
    .packet_func = audit_packet,
    .stat_tap_reset_table_cb = audit_reset,
    .stat_tap_free_table_item_cb = stat_free_cell,
    .nfields = array_length(audit_columns),
    .fields = audit_columns,
};

void
audit_table_register(void)
{
    terminal_table_register(&audit_ui);
    stat_settle_add(audit_settle, &audit_ui);
}
