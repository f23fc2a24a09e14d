/* stat-cell.c
 * The columns of the tables of statistics, and their cells
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "stat-cell.h"

#include <math.h>

#include "text.h"

/* Most texts of a table are in many of its rows: GLib keeps each once. */
static void
free_text(stat_tap_table_item_type *cell)
{
    if (cell->value.string_value != NULL)
        g_ref_string_release((char *)cell->value.string_value);
    cell->value.string_value = NULL;
}

void
stat_cell_free(stat_tap_table *table _U_, unsigned row _U_, unsigned column _U_,
          stat_tap_table_item_type *cell)
{
    if (cell->type == TABLE_ITEM_STRING)
        free_text(cell);
}

void
stat_table_set_columns(stat_tap_table_ui *ui, const stat_column_t *columns, unsigned count)
{
    static const stat_tap_table_item_enum types[] = {
        [STAT_TEXT] = TABLE_ITEM_STRING,
        [STAT_NUMBER] = TABLE_ITEM_UINT,
        [STAT_BYTES] = TABLE_ITEM_UINT,
        [STAT_SECONDS] = TABLE_ITEM_FLOAT,
        [STAT_FRAME] = TABLE_ITEM_UINT,
        [STAT_RANK] = TABLE_ITEM_UINT,
        [STAT_FILTER] = TABLE_ITEM_STRING,
    };

    ui->stat_tap_free_table_item_cb = stat_cell_free;
    ui->nfields = count;
    ui->fields = wmem_alloc_array(wmem_epan_scope(), stat_tap_table_item, count);
    for (unsigned i = 0; i < count; i++) {
        ui->fields[i].type = types[columns[i].kind];
        ui->fields[i].align = types[columns[i].kind] == TABLE_ITEM_STRING ? TAP_ALIGN_LEFT
                                                                           : TAP_ALIGN_RIGHT;
        ui->fields[i].column_name = columns[i].title;
        ui->fields[i].field_format = columns[i].format;
    }
}

void
stat_cell_set_text(stat_tap_table_item_type *cell, const char *text)
{
    char *shown = text_is_shown(text) ? NULL : text_shown(NULL, text);

    if (shown != NULL)
        text = shown;
    if (g_strcmp0(cell->value.string_value, text) != 0) {
        free_text(cell);
        cell->value.string_value = g_ref_string_new_intern(text);
    }
    wmem_free(NULL, shown);
}

/* Makes all cells of the column doubles. */
static void
widen_column(stat_tap_table *table, unsigned column)
{
    for (unsigned row = 0; row < table->num_elements; row++) {
        stat_tap_table_item_type *cell = stat_tap_get_field_data(table, row, column);

        if (table->elements[row] != NULL && cell->type == TABLE_ITEM_UINT) {
            cell->type = TABLE_ITEM_FLOAT;
            cell->value.float_value = cell->value.uint_value;
        }
    }
}

/*
 * Bytes are TABLE_ITEM_UINT until one number of the column exceeds 32 bits; from then on all cells
 * of the column are doubles.
 */
static void
set_bytes(stat_tap_table *table, unsigned row, unsigned column, double bytes)
{
    stat_tap_table_item_type *cell = stat_tap_get_field_data(table, row, column);

    if (cell->type == TABLE_ITEM_UINT && bytes > UINT32_MAX)
        widen_column(table, column);
    if (cell->type == TABLE_ITEM_UINT)
        cell->value.uint_value = (unsigned)bytes;
    else
        cell->value.float_value = bytes;
}

static void
set_seconds(stat_tap_table_item_type *cell, double seconds)
{
    cell->type = isnan(seconds) ? TABLE_ITEM_NONE : TABLE_ITEM_FLOAT;
    if (!isnan(seconds))
        cell->value.float_value = seconds;
}

static void
set_frame(stat_tap_table_item_type *cell, unsigned frame)
{
    cell->type = frame == 0 ? TABLE_ITEM_NONE : TABLE_ITEM_UINT;
    cell->value.uint_value = frame;
}

void
stat_table_show_row(stat_tap_table *table, unsigned row, const stat_column_t *columns,
                    const void *record)
{
    for (unsigned i = 0; i < table->num_fields; i++) {
        const void *value = (const char *)record + columns[i].offset;
        stat_tap_table_item_type *cell = stat_tap_get_field_data(table, row, i);

        switch (columns[i].kind) {
        case STAT_TEXT:
        case STAT_FILTER:
            if (*(const char *const *)value != NULL)
                stat_cell_set_text(cell, *(const char *const *)value);
            break;
        case STAT_NUMBER:
            cell->value.uint_value = *(const unsigned *)value;
            break;
        case STAT_BYTES:
            set_bytes(table, row, i, *(const double *)value);
            break;
        case STAT_SECONDS:
            set_seconds(cell, *(const double *)value);
            break;
        case STAT_FRAME:
            set_frame(cell, *(const unsigned *)value);
            break;
        case STAT_RANK:
            break;
        }
    }
}
