/* matrix-table.c
 * The rows of the matrix in a table, with the flows on them: -z smsrc,matrix
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * The table has all rows of the article and of the user, and the supplementary ones that were seen.
 */

#include "smsrc-compat.h"

#include <epan/tap.h>

#include "audit-tap.h"
#include "stat-list.h"
#include "stat-settle.h"
#include "stat-table.h"
#include "terminal-table.h"

/* A row of the matrix. Its texts are set while its row is shown. */
typedef struct {
    unsigned row;
    const char *id;
    const char *state;
    const char *text;
    unsigned flows;
    unsigned blocked;
    unsigned packets;
    double bytes;
} line_t;

static const stat_column_t columns[] = {
    STAT_COLUMN(STAT_TEXT, "Row", "%-8s", line_t, id),
    STAT_COLUMN(STAT_TEXT, "State", "%-13s", line_t, state),
    STAT_COLUMN(STAT_NUMBER, "Flows", "%7u", line_t, flows),
    STAT_COLUMN(STAT_NUMBER, "Blocked", "%7u", line_t, blocked),
    STAT_COLUMN(STAT_NUMBER, "Packets", "%8u", line_t, packets),
    STAT_COLUMN(STAT_BYTES, "Bytes", "%12u", line_t, bytes),
    STAT_COLUMN(STAT_TEXT, "In words", "%s", line_t, text),
};

/* What a flow is counted as. */
typedef struct {
    const matrix_row_t *row; /* NULL: on none */
    bool blocked;
    unsigned packets;
    double bytes;
} share_t;

static GHashTable *shares;        /* flow to its share */
static GHashTable *lines_of_rows; /* row of the matrix to its line */
static GHashTable *lines;         /* the row as text to its line, which it owns */

static void
clear_rows(void)
{
    if (lines_of_rows == NULL)
        return;
    g_hash_table_remove_all(lines_of_rows);
    g_hash_table_remove_all(lines);
}

/* The next capture may have other rows of the user at the same addresses. */
static void
matrix_settle(void *unused _U_)
{
    if (lines_of_rows == NULL)
        return;
    g_hash_table_remove_all(shares);
    g_hash_table_remove_all(lines_of_rows);
}

static void
show_line(stat_tap_table *table, line_t *line)
{
    line->state = line->flows == 0               ? "Never seen"
                  : line->blocked == 0           ? "Seen"
                  : line->blocked == line->flows ? "Blocked"
                                                 : "Seen, blocked";
    stat_table_show_row(table, line->row, columns, line);
}

/* Returns the line of a row of the matrix, a new one at the end of the table where it has none. */
static line_t *
line_of(stat_tap_table_ui *ui, stat_tap_table *table, const matrix_row_t *row)
{
    line_t *line = (line_t *)g_hash_table_lookup(lines_of_rows, row);
    char *text;

    if (line != NULL)
        return line;
    text = matrix_row_to_str(NULL, row);
    line = (line_t *)g_hash_table_lookup(lines, text);
    if (line == NULL) {
        line = g_new0(line_t, 1);
        line->row = stat_table_append_row(ui, table);
        line->id = row->id;
        line->text = text;
        show_line(table, line);
        line->id = line->text = NULL;
        g_hash_table_insert(lines, g_strdup(text), line);
    }
    wmem_free(NULL, text);
    g_hash_table_insert(lines_of_rows, (void *)row, line);
    return line;
}

static void
add_rows(stat_tap_table_ui *ui, stat_tap_table *table, const matrix_row_t *rows, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        line_of(ui, table, &rows[i]);
}

static void
add_article(stat_tap_table_ui *ui, stat_tap_table *table)
{
    const matrix_t *matrix = audit_tap_matrix();

    add_rows(ui, table, matrix->rows, matrix->num_rows);
}

static stat_tap_table_ui matrix_ui;

static void
matrix_init(stat_tap_table_ui *ui)
{
    stat_tap_table *table;

    if (lines_of_rows == NULL) {
        lines_of_rows = g_hash_table_new(g_direct_hash, g_direct_equal);
        lines = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    }
    clear_rows();
    table = stat_table_open_with_keys(ui, audit_tap_matrix()->title, &shares, false);
    add_article(ui, table);
}

static void
matrix_reset(stat_tap_table *table)
{
    stat_table_clear(table);
    if (shares != NULL)
        g_hash_table_remove_all(shares);
    clear_rows();
    add_article(&matrix_ui, table);
}

/* Adds @p share to its row (+1), or removes it (-1). */
static void
count_share(stat_tap_table_ui *ui, stat_tap_table *table, const share_t *share, int sign)
{
    line_t *line;

    if (share->row == NULL)
        return;
    line = line_of(ui, table, share->row);
    line->flows += (unsigned)sign;
    if (share->blocked)
        line->blocked += (unsigned)sign;
    line->packets += (unsigned)sign * share->packets;
    line->bytes += sign * share->bytes;
    show_line(table, line);
}

static tap_packet_status
matrix_packet(void *tapdata, packet_info *pinfo _U_, epan_dissect_t *edt _U_, const void *data,
              tap_flags_t flags _U_)
{
    const audit_tap_t *tap = (const audit_tap_t *)data;
    stat_tap_table *table = stat_table_of(tapdata);
    share_t *share = (share_t *)g_hash_table_lookup(shares, tap->flow);

    /* The user's rows are read when a capture begins, which is after the table was made. */
    if (g_hash_table_size(shares) == 0)
        add_rows(stat_table_ui_of(tapdata), table, tap->user_rows, tap->num_user_rows);
    if (share == NULL) {
        share = g_new0(share_t, 1);
        g_hash_table_insert(shares, (void *)tap->flow, share);
    } else {
        count_share(stat_table_ui_of(tapdata), table, share, -1);
    }
    share->row = tap->verdict->nearest || tap->verdict->verdict == VERDICT_ATTACK
                     ? NULL : tap->verdict->row;
    share->blocked = tap->flow->reach != REACH_OPEN;
    share->packets++;
    share->bytes += tap->bytes;
    count_share(stat_table_ui_of(tapdata), table, share, +1);
    return TAP_PACKET_REDRAW;
}

static stat_tap_table_ui matrix_ui = {
    .tap_name = "smsrc_audit",
    .stat_tap_init_cb = matrix_init,
    .packet_func = matrix_packet,
    .stat_tap_reset_table_cb = matrix_reset,
};

void
matrix_table_register(const statistic_t *statistic)
{
    terminal_table_register(&matrix_ui, statistic, columns, array_length(columns));
    stat_settle_add(matrix_settle, &matrix_ui);
}
