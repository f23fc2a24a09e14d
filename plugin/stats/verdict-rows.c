/* verdict-rows.c
 * Rows of a table in the order of their verdicts, the worst first
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "verdict-rows.h"

void
verdict_rows_clear(verdict_rows_t *rows)
{
    memset(rows->counts, 0, sizeof rows->counts);
    if (rows->rows == NULL)
        rows->rows = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_set_size(rows->rows, 0);
}

static void
swap_rows(verdict_rows_t *rows, stat_tap_table *table, unsigned a, unsigned b)
{
    stat_tap_table_item_type *cells = table->elements[a];
    void *row = rows->rows->pdata[a];

    table->elements[a] = table->elements[b];
    table->elements[b] = cells;
    rows->rows->pdata[a] = rows->rows->pdata[b];
    rows->rows->pdata[b] = row;
    ((verdict_row_t *)rows->rows->pdata[a])->at = a;
    ((verdict_row_t *)rows->rows->pdata[b])->at = b;
    stat_table_rank_rows(table, a, a + 1);
    stat_table_rank_rows(table, b, b + 1);
}

/* The first row of those with a verdict, which follow those of all worse ones. */
static unsigned
first_row_of(const verdict_rows_t *rows, verdict_e verdict)
{
    unsigned first = 0;

    for (unsigned worse = verdict + 1; worse < NUM_VERDICTS; worse++)
        first += rows->counts[worse];
    return first;
}

static void
set_verdict(verdict_rows_t *rows, verdict_row_t *row, unsigned verdict)
{
    rows->counts[row->verdict]--;
    row->verdict = (verdict_e)verdict;
    rows->counts[verdict]++;
}

void
verdict_rows_move(verdict_rows_t *rows, stat_tap_table *table, verdict_row_t *row,
                  verdict_e verdict)
{
    while (row->verdict < verdict) {
        swap_rows(rows, table, row->at, first_row_of(rows, row->verdict));
        set_verdict(rows, row, row->verdict + 1U);
    }
    while (row->verdict > verdict) {
        unsigned last = first_row_of(rows, row->verdict) + rows->counts[row->verdict] - 1;

        swap_rows(rows, table, row->at, last);
        set_verdict(rows, row, row->verdict - 1U);
    }
}

verdict_row_t *
verdict_rows_add(verdict_rows_t *rows, stat_tap_table_ui *ui, stat_tap_table *table,
                 verdict_e verdict)
{
    verdict_row_t *row = g_new0(verdict_row_t, 1);

    row->at = stat_table_append_row(ui, table);
    row->verdict = VERDICT_NONE;
    rows->counts[VERDICT_NONE]++;
    g_ptr_array_add(rows->rows, row);
    verdict_rows_move(rows, table, row, verdict);
    return row;
}

void
verdict_rows_remove(verdict_rows_t *rows, stat_tap_table *table, verdict_row_t *row)
{
    verdict_rows_move(rows, table, row, VERDICT_NONE);
    rows->counts[VERDICT_NONE]--;
    stat_table_remove_row(table, row->at);
    g_ptr_array_remove_index(rows->rows, row->at);
}
