/* matrix-table.c
 * The rows of the matrix in a table, with the flows on them: -z smsrc,matrix
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * The table has all rows of the article and of the user, and the supplementary ones that were seen.
 * A row without a flow was never seen; or no host is known that holds one of its roles, so that no
 * flow can be on it; or a filter has chosen other flows.
 */

#include "smsrc-compat.h"

#include <epan/tap.h>

#include "flow-choice.h"
#include "not-judged-sum.h"
#include "stat-list.h"
#include "stat-table.h"
#include "terminal-table.h"
#include "unknown-roles.h"

/* A row of the matrix. Its texts are set while its row is shown. */
typedef struct {
    unsigned row;
    const char *id;
    const char *state;
    const char *missing;
    const char *text;
    row_end_t ends[NUM_ENDS];
    unsigned flows;
    unsigned blocked;
    unsigned packets;
    double bytes;
} line_t;

static const stat_column_t columns[] = {
    STAT_COLUMN(STAT_TEXT, "Row", "%-8s", line_t, id),
    STAT_COLUMN(STAT_TEXT, "State", "%-26s", line_t, state),
    STAT_COLUMN(STAT_NUMBER, "Flows", "%7u", line_t, flows),
    STAT_COLUMN(STAT_NUMBER, "Blocked", "%7u", line_t, blocked),
    STAT_COLUMN(STAT_NUMBER, "Packets", "%8u", line_t, packets),
    STAT_COLUMN(STAT_BYTES, "Bytes", "%12u", line_t, bytes),
    STAT_COLUMN(STAT_TEXT, "Role not known", "%-30s", line_t, missing),
    STAT_COLUMN(STAT_TEXT, "Description", "%s", line_t, text),
};

/* What a flow is counted as. */
typedef struct {
    const matrix_row_t *row; /* NULL: on none */
    bool blocked;
    unsigned packets;
    double bytes;
} share_t;

typedef struct {
    stat_table_t table;
    flow_choice_t *choice;
    GHashTable *shares;        /* flow to its share */
    GHashTable *lines_of_rows; /* row of the matrix to its line */
    GHashTable *lines;         /* the row as text to its line, which it owns */
    role_set_t held_roles;     /* those that some host holds, as the lines show it */
    bool has_choice;           /* a filter has left out flows, as the lines show it */
    bool has_filter;
} rows_t;

static void
clear_rows(rows_t *rows)
{
    if (rows->choice == NULL)
        return;
    g_hash_table_remove_all(rows->shares);
    g_hash_table_remove_all(rows->lines_of_rows);
    g_hash_table_remove_all(rows->lines);
    flow_choice_clear(rows->choice);
    rows->held_roles = 0;
    rows->has_choice = false;
}

/* The next capture may have other rows of the user at the same addresses. */
static void
matrix_settle(void *data)
{
    rows_t *rows = (rows_t *)data;

    g_hash_table_remove_all(rows->shares);
    g_hash_table_remove_all(rows->lines_of_rows);
}

static const char *
state_of(const rows_t *rows, const line_t *line, bool missing)
{
    if (line->flows > 0)
        return line->blocked == 0 ? "Seen"
               : line->blocked == line->flows ? "Blocked" : "Seen, blocked";
    if (missing)
        return "No host of this role known";
    return rows->has_choice ? "Not in the choice" : "Never seen";
}

static void
show_line(const rows_t *rows, line_t *line)
{
    char *missing = line->flows == 0 ? unknown_roles_to_str(line->ends, rows->held_roles)
                                     : g_strdup("");

    line->state = state_of(rows, line, *missing != '\0');
    line->missing = missing;
    stat_table_show_row(stat_table_opened(&rows->table.ui), line->row, columns, line);
    line->missing = NULL;
    g_free(missing);
}

/* Shows the state of the rows without a flow again, where it may have changed. */
static void
matrix_update(stat_tap_table_ui *ui, stat_tap_table *table _U_)
{
    rows_t *rows = (rows_t *)ui;
    role_set_t held = not_judged_sum()->held_roles;
    bool choice = rows->has_filter || flow_choice_left_out(rows->choice) > 0;
    GHashTableIter each;
    void *line;

    if (held == rows->held_roles && choice == rows->has_choice)
        return;
    rows->held_roles = held;
    rows->has_choice = choice;
    g_hash_table_iter_init(&each, rows->lines);
    while (g_hash_table_iter_next(&each, NULL, &line)) {
        if (((line_t *)line)->flows == 0)
            show_line(rows, (line_t *)line);
    }
}

/* Returns the line of a row of the matrix, a new one at the end of the table where it has none. */
static line_t *
line_of(rows_t *rows, const matrix_row_t *row)
{
    line_t *line = (line_t *)g_hash_table_lookup(rows->lines_of_rows, row);
    stat_tap_table_ui *ui = &rows->table.ui;
    char *text;

    if (line != NULL)
        return line;
    text = matrix_row_to_str(NULL, row);
    line = (line_t *)g_hash_table_lookup(rows->lines, text);
    if (line == NULL) {
        line = g_new0(line_t, 1);
        line->row = stat_table_append_row(ui, stat_table_opened(ui));
        line->id = row->id;
        line->text = text;
        unknown_roles_set_ends(line->ends, row);
        show_line(rows, line);
        line->id = line->text = NULL;
        g_hash_table_insert(rows->lines, g_strdup(text), line);
    }
    wmem_free(NULL, text);
    g_hash_table_insert(rows->lines_of_rows, (void *)row, line);
    return line;
}

static void
add_rows(rows_t *rows, const matrix_row_t *list, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        line_of(rows, &list[i]);
}

static void
add_article(rows_t *rows)
{
    const matrix_t *matrix = audit_tap_matrix();

    add_rows(rows, matrix->rows, matrix->num_rows);
}

/* Adds @p share to its row (+1), or removes it (-1). */
static void
count_share(rows_t *rows, const share_t *share, int sign)
{
    line_t *line;

    if (share->row == NULL)
        return;
    line = line_of(rows, share->row);
    line->flows += (unsigned)sign;
    if (share->blocked)
        line->blocked += (unsigned)sign;
    line->packets += (unsigned)sign * share->packets;
    line->bytes += sign * share->bytes;
    show_line(rows, line);
}

static void
matrix_show(void *data, packet_info *pinfo _U_, const whole_flow_t *flow)
{
    rows_t *rows = (rows_t *)data;
    const audit_tap_t *tap = &flow->tap;
    share_t *share;

    if (stat_table_opened(&rows->table.ui) == NULL)
        return;
    share = (share_t *)g_hash_table_lookup(rows->shares, tap->flow);
    /* The user's rows are read when a capture begins, which is after the table was made. */
    if (g_hash_table_size(rows->shares) == 0)
        add_rows(rows, tap->user_rows, tap->num_user_rows);
    if (share == NULL) {
        share = g_new0(share_t, 1);
        g_hash_table_insert(rows->shares, (void *)tap->flow, share);
    } else {
        count_share(rows, share, -1);
    }
    share->row = tap->verdict->nearest || tap->verdict->verdict == VERDICT_ATTACK
                     ? NULL : tap->verdict->row;
    share->blocked = tap->flow->reach == REACH_BLOCKED;
    share->packets = flow->packets;
    share->bytes = flow->bytes;
    count_share(rows, share, +1);
}

static tap_packet_status
matrix_packet(void *tapdata, packet_info *pinfo _U_, epan_dissect_t *edt _U_, const void *data,
              tap_flags_t flags _U_)
{
    const rows_t *rows = (const rows_t *)stat_table_ui_of(tapdata);

    flow_choice_add(rows->choice, (const audit_tap_t *)data);
    return TAP_PACKET_REDRAW;
}

static void
matrix_init(stat_tap_table_ui *ui)
{
    static const flow_choice_ops_t ops = { matrix_show, matrix_settle };
    rows_t *rows = (rows_t *)ui;

    if (rows->choice == NULL) {
        stat_table_new_keys(&rows->shares, false);
        rows->lines_of_rows = g_hash_table_new(g_direct_hash, g_direct_equal);
        stat_table_new_keys(&rows->lines, true);
        rows->choice = flow_choice_new(&ops, rows, terminal_table_has_all());
    }
    stat_table_open(ui, audit_tap_matrix()->title);
    stat_table_clear(stat_table_opened(ui));
    clear_rows(rows);
    rows->has_filter = terminal_table_has_filter();
    add_article(rows);
}

static void matrix_reset(stat_tap_table *table);

static rows_t window = {
    .table = {
        .ui = {
            .tap_name = "smsrc_audit",
            .stat_tap_init_cb = matrix_init,
            .packet_func = matrix_packet,
            .stat_tap_reset_table_cb = matrix_reset,
        },
        .ends_with_not_judged = true,
        .update_cb = matrix_update,
    },
};

static void
matrix_reset(stat_tap_table *table)
{
    stat_table_clear(table);
    clear_rows(&window);
    if (window.choice != NULL && stat_table_opened(&window.table.ui) != NULL)
        add_article(&window);
}

void
matrix_table_register(const statistic_t *statistic)
{
    terminal_table_register(&window.table.ui, statistic, columns, array_length(columns),
                            sizeof window);
}
