/* terminal-columns.c
 * The columns of a table that tshark prints, as wide as what is in them
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "terminal-columns.h"

#include "text-lines.h"

#define MIN_TEXT 24 /* to have a record on one line, a column of text is made as narrow as this */

static char *
cell_text(const stat_tap_table_item_type *cell, const char *format)
{
    switch (cell->type) {
    case TABLE_ITEM_STRING:
        return g_strdup(cell->value.string_value != NULL ? cell->value.string_value : "");
    case TABLE_ITEM_UINT:
        return g_strdup_printf("%u", cell->value.uint_value);
    case TABLE_ITEM_INT:
        return g_strdup_printf("%d", cell->value.int_value);
    case TABLE_ITEM_FLOAT:
        /* In a column of whole numbers it is one that 32 bits are too few for. */
        return g_strdup_printf("%.*f", strchr(format, 'f') != NULL ? 6 : 0,
                               cell->value.float_value);
    default:
        return g_strdup("");
    }
}

char *
terminal_column_text(const terminal_column_t *column, int row)
{
    return row < 0 ? g_strdup(column->name)
                   : cell_text(stat_tap_get_field_data(column->table, (unsigned)row,
                                                       column->field), column->format);
}

static terminal_column_t *
column_of(const stat_tap_table_ui *ui, const stat_tap_table *table, unsigned field)
{
    terminal_column_t *column = g_new0(terminal_column_t, 1);

    column->name = ui->fields[field].column_name;
    column->table = table;
    column->field = field;
    column->format = ui->fields[field].field_format;
    column->number = ui->fields[field].type != TABLE_ITEM_STRING;
    return column;
}

/* Makes all columns as wide as their widest cell; 0 where all are empty. */
static void
widen_columns(stat_tap_table_ui *ui, stat_tap_table *table, GPtrArray *columns)
{
    for (unsigned row = 0; row < stat_table_num_rows(table); row++) {
        const bool was_bare = stat_table_fill_row(ui, table, row);

        for (unsigned i = 0; i < columns->len; i++) {
            terminal_column_t *column = (terminal_column_t *)columns->pdata[i];
            char *text = terminal_column_text(column, (int)row);

            column->width = MAX(column->width, text_lines_width(text));
            g_free(text);
        }
        if (was_bare)
            stat_table_empty_row(table, row);
    }
}

GPtrArray *
terminal_columns_new(stat_tap_table_ui *ui, stat_tap_table *table, unsigned width)
{
    GPtrArray *columns = g_ptr_array_new_with_free_func(g_free);

    for (unsigned i = stat_table_first_printed(ui); i < ui->nfields; i++)
        g_ptr_array_add(columns, column_of(ui, table, i));
    widen_columns(ui, table, columns);
    for (unsigned i = columns->len; i > 0; i--) {
        terminal_column_t *column = (terminal_column_t *)columns->pdata[i - 1];

        if (width == 0)
            column->width = MAX(column->width, text_lines_width(column->name));
        else if (column->width == 0)
            g_ptr_array_remove_index(columns, i - 1);
        else
            column->width = MIN(MAX(column->width, text_lines_longest_word(column->name)),
                                width - INDENT);
    }
    return columns;
}

/* Finds the columns that begin a further line of at most @p width. Returns their number. */
static unsigned
break_lines(GPtrArray *columns, unsigned width)
{
    unsigned used = 0, breaks = 0;

    for (unsigned i = 0; i < columns->len; i++) {
        terminal_column_t *column = (terminal_column_t *)columns->pdata[i];

        column->begins = i > 0 && used + GAP + column->width > width;
        breaks += column->begins;
        used = column->begins ? INDENT + column->width
                              : used + (i > 0 ? GAP : 0) + column->width;
    }
    return breaks;
}

void
terminal_columns_lay_out(GPtrArray *columns, unsigned width)
{
    unsigned total = 0, breaks;
    terminal_column_t *widest = NULL;

    for (unsigned i = 0; i < columns->len; i++) {
        terminal_column_t *column = (terminal_column_t *)columns->pdata[i];

        total += column->width + (i > 0 ? GAP : 0);
        if (!column->number && (widest == NULL || column->width > widest->width))
            widest = column;
    }
    if (total > width && widest != NULL && widest->width >= total - width + MIN_TEXT)
        widest->width -= total - width;
    breaks = break_lines(columns, width);
    /* Lines of about equal length are better than full ones and a short one. */
    while (breaks > 0 && width > MIN_WIDTH && break_lines(columns, width - 1) == breaks)
        width--;
    break_lines(columns, width);
}
