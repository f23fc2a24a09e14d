/* verdict-rows.h
 * Rows of a table in the order of their verdicts, the worst first
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_VERDICT_ROWS_H__
#define __SMSRC_VERDICT_ROWS_H__

#include "stat-table.h"
#include "verdict.h"

/** A row of the table. */
typedef struct {
    unsigned at;
    verdict_e verdict;
    unsigned kind;  /* what the reader keeps with the row, of what kind; 0 and NULL at first */
    const void *of;
} verdict_row_t;

typedef struct {
    GPtrArray *rows;                /* verdict_row_t of each row of the table */
    unsigned counts[NUM_VERDICTS];
} verdict_rows_t;

/** Begin without any row, as the table does. Call it before everything else. */
void verdict_rows_clear(verdict_rows_t *rows);

/** Add a row at the end of those with @p verdict. */
verdict_row_t *verdict_rows_add(verdict_rows_t *rows, stat_tap_table_ui *ui, stat_tap_table *table,
                                verdict_e verdict);

/** Move a row to those with @p verdict, by one exchange for each verdict between. */
void verdict_rows_move(verdict_rows_t *rows, stat_tap_table *table, verdict_row_t *row,
                       verdict_e verdict);

/** Remove a row, which is freed. */
void verdict_rows_remove(verdict_rows_t *rows, stat_tap_table *table, verdict_row_t *row);

#endif /* __SMSRC_VERDICT_ROWS_H__ */
