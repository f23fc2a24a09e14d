/* audit-tables.c
 * The audit in tables: -z smsrc,roles, -z smsrc,audit, -z smsrc,matrix
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * Three of Wireshark's table statistics, so that tshark, the Statistics menu and sharkd have them
 * alike. They only listen to the audit's taps. A table is brought up to date packet by packet:
 * a flow whose verdict changes moves to its new row with all that it has carried so far.
 */

#define WS_LOG_DOMAIN "smsrc"

#include "audit-tables.h"

#include "smsrc-compat.h"

#include <epan/tap.h>

#include "audit-tap.h"
#include "menu.h"
#include "role-book.h"
#include "stat-settle.h"
#include "stat-table.h"
#include "terminal-table.h"
#include "user-rows.h"

/*
 * -z smsrc,roles: a row for each role of each host seen
 */

enum {
    ROLES_HOST,
    ROLES_ROLE,
    ROLES_SITE,
    ROLES_FRAME,
    ROLES_PACKETS,
    ROLES_BYTES,
    ROLES_EVIDENCE,
};

static stat_tap_table_item roles_columns[] = {
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Host", "%-39s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Role", "%-24s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Site", "%-4s" },
    { TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Shown in frame", "%8u" },
    { TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Packets", "%8u" },
    { TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Bytes", "%12u" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Evidence", "%s" },
};

/* "host role" to its row. */
static GHashTable *roles_rows;

static void
roles_init(stat_tap_table_ui *ui)
{
    stat_start_table(ui, "SMS roles", &roles_rows, true);
}

static void
roles_reset(stat_tap_table *table)
{
    stat_empty_table(table);
    if (roles_rows != NULL)
        g_hash_table_remove_all(roles_rows);
}

/* The row of this role of @p host, made where there is none. */
static unsigned
roles_row(void *tapdata, const char *host, const role_evidence_t *claim)
{
    stat_tap_table *table = stat_table_of(tapdata);
    const char *role = val_to_str_const(claim->role, role_vals, "");
    char *key = g_strdup_printf("%s %s", host, role);
    unsigned *row = (unsigned *)g_hash_table_lookup(roles_rows, key);

    if (row != NULL) {
        g_free(key);
        return *row;
    }
    row = g_new(unsigned, 1);
    *row = stat_append_row(stat_ui_of(tapdata), table);
    g_hash_table_insert(roles_rows, key, row);
    stat_set_text(table, *row, ROLES_HOST, host);
    stat_set_text(table, *row, ROLES_ROLE, role);
    stat_set_number(table, *row, ROLES_FRAME, claim->frame);
    stat_set_text(table, *row, ROLES_EVIDENCE, claim->reason);
    return *row;
}

/* A packet counts once for each role of @p address, however many claims there are for the role. */
static void
roles_count(void *tapdata, wmem_allocator_t *scope, const address *address, unsigned bytes)
{
    stat_tap_table *table = stat_table_of(tapdata);
    unsigned count = 0;
    const role_evidence_t *const *claims = role_book_evidence(scope, address, &count);
    char *host = stat_host_text(address);
    role_set_t counted = 0;

    for (unsigned i = 0; i < count; i++) {
        unsigned row = roles_row(tapdata, host, claims[i]);

        if (*claims[i]->site_code != '\0')
            stat_set_text(table, row, ROLES_SITE, claims[i]->site_code);
        if ((counted & ROLE_BIT(claims[i]->role)) != 0)
            continue;
        counted |= ROLE_BIT(claims[i]->role);
        stat_add_number(table, row, ROLES_PACKETS, 1);
        stat_add_bytes(table, row, ROLES_BYTES, bytes);
    }
    wmem_free(NULL, host);
}

static tap_packet_status
roles_packet(void *tapdata, packet_info *pinfo, epan_dissect_t *edt _U_, const void *data,
             tap_flags_t flags _U_)
{
    const roles_tap_t *tap = (const roles_tap_t *)data;
    const address *const *ends = tap->ends;

    if (ends[0] != NULL)
        roles_count(tapdata, pinfo->pool, ends[0], tap->bytes);
    /* What a host sends to itself is one packet of it. */
    if (ends[1] != NULL && (ends[0] == NULL || !addresses_equal(ends[0], ends[1])))
        roles_count(tapdata, pinfo->pool, ends[1], tap->bytes);
    return TAP_PACKET_REDRAW;
}

/*
 * -z smsrc,audit: a row for each judged flow, the worst first
 */

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
        snprintf(place->port, sizeof place->port, "%s %u", service_transport_name(about->transport),
                 swapped ? about->initiator_port : about->responder_port);
    audit_show_port(table, place);
    stat_set_text(table, row, AUDIT_SERVICE, service_name(about->service));
    stat_set_text(table, row, AUDIT_REACH, reach_text(tap->flow));
    stat_add_number(table, row, AUDIT_PACKETS, (int)packets);
    stat_add_bytes(table, row, AUDIT_BYTES, bytes);
    return TAP_PACKET_REDRAW;
}

/*
 * -z smsrc,matrix: each row of the article and of the user, and those of the neighbouring lists
 * that were seen
 */

enum {
    MATRIX_ROW,
    MATRIX_STATE,
    MATRIX_FLOWS,
    MATRIX_BLOCKED,
    MATRIX_PACKETS,
    MATRIX_BYTES,
    MATRIX_TEXT,
};

static stat_tap_table_item matrix_columns[] = {
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Row", "%-8s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "State", "%-13s" },
    { TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Flows", "%7u" },
    { TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Blocked", "%7u" },
    { TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Packets", "%8u" },
    { TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Bytes", "%12u" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "In words", "%s" },
};

/* What a flow has been counted as. */
typedef struct {
    const matrix_row_t *row; /* NULL: on no row of its own */
    bool blocked;
    unsigned packets;
    double bytes;
} matrix_share_t;

static GHashTable *matrix_shares; /* flow to its share */
static GHashTable *places_of_rows;   /* row of the matrix to its row here, plus one */
static GHashTable *matrix_texts;  /* the same row in words to its row here, plus one */

static void
matrix_forget_rows(void)
{
    if (places_of_rows == NULL)
        return;
    g_hash_table_remove_all(places_of_rows);
    g_hash_table_remove_all(matrix_texts);
}

/* The user's rows may be others after it, and at other places. */
static void
matrix_settle(void *unused _U_)
{
    if (places_of_rows == NULL)
        return;
    g_hash_table_remove_all(matrix_shares);
    g_hash_table_remove_all(places_of_rows);
}

/* The row for a row of the matrix, at the end of the table where no capture before had it. */
static unsigned
matrix_append(stat_tap_table_ui *ui, stat_tap_table *table, const matrix_row_t *kb_row)
{
    char *text = matrix_row_to_str(NULL, kb_row);
    unsigned row = GPOINTER_TO_UINT(g_hash_table_lookup(matrix_texts, text));

    if (row == 0) {
        row = stat_append_row(ui, table) + 1;
        stat_set_text(table, row - 1, MATRIX_ROW, kb_row->id);
        stat_set_text(table, row - 1, MATRIX_STATE, "Never seen");
        stat_set_text(table, row - 1, MATRIX_TEXT, text);
        g_hash_table_insert(matrix_texts, g_strdup(text), GUINT_TO_POINTER(row));
    }
    wmem_free(NULL, text);
    g_hash_table_insert(places_of_rows, (void *)kb_row, GUINT_TO_POINTER(row));
    return row - 1;
}

/* Rows that are not there yet, none of them seen. */
static void
matrix_fill(stat_tap_table_ui *ui, stat_tap_table *table, const matrix_row_t *rows, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        if (!g_hash_table_contains(places_of_rows, &rows[i]))
            matrix_append(ui, table, &rows[i]);
    }
}

static void
matrix_fill_article(stat_tap_table_ui *ui, stat_tap_table *table)
{
    unsigned count;
    const matrix_row_t *rows = matrix_rows(&count);

    matrix_fill(ui, table, rows, count);
}

static stat_tap_table_ui matrix_ui;

static void
matrix_init(stat_tap_table_ui *ui)
{
    stat_tap_table *table;

    if (places_of_rows == NULL) {
        places_of_rows = g_hash_table_new(g_direct_hash, g_direct_equal);
        matrix_texts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    }
    matrix_forget_rows();
    table = stat_start_table(ui, "KB 826852", &matrix_shares, false);
    matrix_fill_article(ui, table);
}

static void
matrix_reset(stat_tap_table *table)
{
    stat_empty_table(table);
    if (matrix_shares != NULL)
        g_hash_table_remove_all(matrix_shares);
    matrix_forget_rows();
    matrix_fill_article(&matrix_ui, table);
}

/* Count @p share in (+1) or out (-1) of its row. */
static void
matrix_count(stat_tap_table_ui *ui, stat_tap_table *table, const matrix_share_t *share, int sign)
{
    unsigned row, flows, blocked;

    if (share->row == NULL)
        return;
    row = GPOINTER_TO_UINT(g_hash_table_lookup(places_of_rows, share->row));
    row = row == 0 ? matrix_append(ui, table, share->row) : row - 1;
    stat_add_number(table, row, MATRIX_FLOWS, sign);
    if (share->blocked)
        stat_add_number(table, row, MATRIX_BLOCKED, sign);
    stat_add_number(table, row, MATRIX_PACKETS, sign * (int)share->packets);
    stat_add_bytes(table, row, MATRIX_BYTES, sign * share->bytes);

    flows = stat_tap_get_field_data(table, row, MATRIX_FLOWS)->value.uint_value;
    blocked = stat_tap_get_field_data(table, row, MATRIX_BLOCKED)->value.uint_value;
    stat_set_text(table, row, MATRIX_STATE,
                  flows == 0         ? "Never seen"
                  : blocked == 0     ? "Seen"
                  : blocked == flows ? "Blocked"
                                     : "Seen, blocked");
}

static tap_packet_status
matrix_packet(void *tapdata, packet_info *pinfo _U_, epan_dissect_t *edt _U_, const void *data,
              tap_flags_t flags _U_)
{
    const audit_tap_t *tap = (const audit_tap_t *)data;
    stat_tap_table *table = stat_table_of(tapdata);
    matrix_share_t *share = (matrix_share_t *)g_hash_table_lookup(matrix_shares, tap->flow);

    /* The user's rows are read when a capture begins, which is after the table was made. */
    if (g_hash_table_size(matrix_shares) == 0) {
        unsigned count;
        const matrix_row_t *rows = user_rows(&count);

        matrix_fill(stat_ui_of(tapdata), table, rows, count);
    }
    if (share == NULL) {
        share = g_new0(matrix_share_t, 1);
        g_hash_table_insert(matrix_shares, (void *)tap->flow, share);
    } else {
        matrix_count(stat_ui_of(tapdata), table, share, -1);
    }
    share->row = tap->judgement->nearest || tap->judgement->verdict == VERDICT_ATTACK
                     ? NULL : tap->judgement->row;
    share->blocked = tap->flow->reach != REACH_OPEN;
    share->packets++;
    share->bytes += tap->bytes;
    matrix_count(stat_ui_of(tapdata), table, share, +1);
    return TAP_PACKET_REDRAW;
}

static stat_tap_table_ui roles_ui = {
    .group = MENU_STAT_GROUP,
    .title = "SMS Roles",
    .tap_name = "smsrc_roles",
    .cli_string = "smsrc,roles",
    .stat_tap_init_cb = roles_init,
    .packet_func = roles_packet,
    .stat_tap_reset_table_cb = roles_reset,
    .stat_tap_free_table_item_cb = stat_free_cell,
    .nfields = array_length(roles_columns),
    .fields = roles_columns,
};

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

static stat_tap_table_ui matrix_ui = {
    .group = MENU_STAT_GROUP,
    .title = "SMS Port Matrix (KB 826852)",
    .tap_name = "smsrc_audit",
    .cli_string = "smsrc,matrix",
    .stat_tap_init_cb = matrix_init,
    .packet_func = matrix_packet,
    .stat_tap_reset_table_cb = matrix_reset,
    .stat_tap_free_table_item_cb = stat_free_cell,
    .nfields = array_length(matrix_columns),
    .fields = matrix_columns,
};

void
audit_tables_register(void)
{
    terminal_table_register(&roles_ui);
    terminal_table_register(&audit_ui);
    terminal_table_register(&matrix_ui);
    stat_settle_add(audit_settle, &audit_ui);
    stat_settle_add(matrix_settle, &matrix_ui);
}
