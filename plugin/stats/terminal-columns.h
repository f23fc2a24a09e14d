/* terminal-columns.h
 * The columns of a table that tshark prints, as wide as what is in them
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_TERMINAL_COLUMNS_H__
#define __SMSRC_TERMINAL_COLUMNS_H__

#include "stat-table.h"

#define GAP 2         /* between columns */
#define INDENT 4      /* of a record's further lines */
#define MIN_WIDTH 40  /* a narrower terminal wraps */

/** A column of a table. A capture has a million flows: no text of a cell is kept. */
typedef struct {
    const char *name;
    const stat_tap_table *table;
    unsigned field;
    const char *format;
    bool number;
    unsigned width;
    bool begins; /* a further line of the record */
} terminal_column_t;

/** The text of a cell, or for row -1 the name of the column; for g_free(). */
char *terminal_column_text(const terminal_column_t *column, int row);

/**
 * Returns the columns that are not empty, for lines of @p width; for 0 all, as wide as their names.
 * For g_ptr_array_unref().
 */
GPtrArray *terminal_columns_new(stat_tap_table_ui *ui, stat_tap_table *table, unsigned width);

/** Makes the columns fit lines of @p width, and has some of them begin a further line. */
void terminal_columns_lay_out(GPtrArray *columns, unsigned width);

#endif /* __SMSRC_TERMINAL_COLUMNS_H__ */
