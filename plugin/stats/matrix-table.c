/* matrix-table.c
 * The rows of the matrix in a table, with the flows on them: -z smsrc,matrix
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
#include "user-rows.h"

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
matrix_table_register(void)
{
    terminal_table_register(&matrix_ui);
    stat_settle_add(matrix_settle, &matrix_ui);
}
