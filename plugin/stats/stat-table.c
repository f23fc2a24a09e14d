/* stat-table.c
 * The cells, rows and tables of the statistics
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#define WS_LOG_DOMAIN "smsrc"

#include "stat-table.h"

#include <epan/tap.h>
#include <epan/to_str.h>

#include "audit-tap.h"
#include "bounds.h"
#include "text.h"

void
stat_set_text(stat_tap_table *table, unsigned row, unsigned column, const char *text)
{
    stat_tap_table_item_type *cell = stat_tap_get_field_data(table, row, column);
    char *shown = text_is_shown(text) ? NULL : text_shown(NULL, text);

    if (shown != NULL)
        text = shown;
    if (g_strcmp0(cell->value.string_value, text) != 0) {
        g_free((char *)cell->value.string_value);
        cell->value.string_value = g_strdup(text);
    }
    wmem_free(NULL, shown);
}

void
stat_set_number(stat_tap_table *table, unsigned row, unsigned column, unsigned number)
{
    stat_tap_get_field_data(table, row, column)->value.uint_value = number;
}

void
stat_add_number(stat_tap_table *table, unsigned row, unsigned column, int number)
{
    stat_tap_table_item_type *cell = stat_tap_get_field_data(table, row, column);

    cell->value.uint_value = (unsigned)((int)cell->value.uint_value + number);
}

/* From here on the column's cells are doubles. */
static void
widen_column(stat_tap_table *table, unsigned column)
{
    for (unsigned row = 0; row < table->num_elements; row++) {
        stat_tap_table_item_type *cell = stat_tap_get_field_data(table, row, column);

        if (cell->type == TABLE_ITEM_UINT) {
            cell->type = TABLE_ITEM_FLOAT;
            cell->value.float_value = cell->value.uint_value;
        }
    }
}

void
stat_set_bytes(stat_tap_table *table, unsigned row, unsigned column, double bytes)
{
    stat_tap_table_item_type *cell = stat_tap_get_field_data(table, row, column);

    if (cell->type == TABLE_ITEM_UINT && bytes > UINT32_MAX)
        widen_column(table, column);
    if (cell->type == TABLE_ITEM_UINT)
        cell->value.uint_value = (unsigned)bytes;
    else
        cell->value.float_value = bytes;
}

void
stat_add_bytes(stat_tap_table *table, unsigned row, unsigned column, double bytes)
{
    const stat_tap_table_item_type *cell = stat_tap_get_field_data(table, row, column);

    stat_set_bytes(table, row, column,
                   bytes + (cell->type == TABLE_ITEM_UINT ? cell->value.uint_value
                                                          : cell->value.float_value));
}

void
stat_set_fraction(stat_tap_table *table, unsigned row, unsigned column, double number)
{
    stat_tap_table_item_type *cell = stat_tap_get_field_data(table, row, column);

    cell->type = TABLE_ITEM_FLOAT;
    cell->value.float_value = number;
}

void
stat_set_empty(stat_tap_table *table, unsigned row, unsigned column)
{
    stat_tap_get_field_data(table, row, column)->type = TABLE_ITEM_NONE;
}

/* A column of bytes is of one kind: that of its other cells. */
static stat_tap_table_item_enum
kind_of_column(const stat_tap_table_ui *ui, stat_tap_table *table, unsigned column)
{
    const stat_tap_table_item_type *other =
        table->num_elements > 0 ? stat_tap_get_field_data(table, 0, column) : NULL;

    return other != NULL && ui->fields[column].type == TABLE_ITEM_UINT ? other->type
                                                                       : ui->fields[column].type;
}

/* A row behind all others. */
static unsigned
append_last_row(stat_tap_table_ui *ui, stat_tap_table *table)
{
    stat_tap_table_item_type cells[STAT_MAX_COLUMNS];
    unsigned row = table->num_elements;

    memset(cells, 0, sizeof cells);
    for (unsigned i = 0; i < ui->nfields; i++) {
        cells[i].type = kind_of_column(ui, table, i);
        if (cells[i].type == TABLE_ITEM_STRING)
            cells[i].value.string_value = g_strdup("");
    }
    stat_tap_init_table_row(table, row, (unsigned)ui->nfields, cells);
    return row;
}

void
stat_free_cell(stat_tap_table *table _U_, unsigned row _U_, unsigned column _U_,
               stat_tap_table_item_type *cell)
{
    if (cell->type == TABLE_ITEM_STRING) {
        g_free((char *)cell->value.string_value);
        cell->value.string_value = NULL;
    }
}

unsigned
stat_append_row(stat_tap_table_ui *ui, stat_tap_table *table)
{
    unsigned row = stat_num_rows(table);

    stat_insert_row(ui, table, row);
    return row;
}

void
stat_insert_row(stat_tap_table_ui *ui, stat_tap_table *table, unsigned at)
{
    unsigned last = append_last_row(ui, table);
    stat_tap_table_item_type *cells = table->elements[last];

    memmove(&table->elements[at + 1], &table->elements[at],
            (last - at) * sizeof table->elements[0]);
    table->elements[at] = cells;
}

void
stat_remove_row(stat_tap_table *table, unsigned at)
{
    for (unsigned column = 0; column < table->num_fields; column++)
        stat_free_cell(table, at, column, stat_tap_get_field_data(table, at, column));
    g_free(table->elements[at]);
    table->num_elements--;
    memmove(&table->elements[at], &table->elements[at + 1],
            (table->num_elements - at) * sizeof table->elements[0]);
}

stat_tap_table *
stat_table_of(void *tapdata)
{
    stat_data_t *listener = (stat_data_t *)tapdata;

    return g_array_index(listener->stat_tap_data->tables, stat_tap_table *, 0);
}

stat_tap_table_ui *
stat_ui_of(void *tapdata)
{
    return ((stat_data_t *)tapdata)->stat_tap_data;
}

void
stat_empty_table(stat_tap_table *table)
{
    for (unsigned row = 0; row < table->num_elements; row++) {
        for (unsigned column = 0; column < table->num_fields; column++)
            stat_free_cell(table, row, column, stat_tap_get_field_data(table, row, column));
        g_free(table->elements[row]);
    }
    table->num_elements = 0;
}

/*
 * What was not kept is in every table, as its last rows, whatever filter it has and whatever the
 * frame is in which a bound was reached. So there is one listener for all tables beside their
 * own. It stays once it is there: a table that is closed is no longer among those of its statistic.
 */

static GPtrArray *noted_uis; /* the statistics that have, or have had, a table */

/* Marks the first cell of such a row. */
static char note_mark;

bool
stat_is_note(const stat_tap_table *table, unsigned row)
{
    return table->elements[row][0].user_data.ptr_value == &note_mark;
}

unsigned
stat_num_rows(const stat_tap_table *table)
{
    unsigned rows = table->num_elements;

    while (rows > 0 && stat_is_note(table, rows - 1))
        rows--;
    return rows;
}

/* Into the first two columns of text. */
static void
set_note(const stat_tap_table_ui *ui, stat_tap_table *table, unsigned row, const char *text)
{
    const char *texts[] = { "Not kept", text };
    unsigned next = 0;

    table->elements[row][0].user_data.ptr_value = &note_mark;
    for (unsigned i = 0; i < ui->nfields && next < array_length(texts); i++) {
        if (ui->fields[i].type == TABLE_ITEM_STRING)
            stat_set_text(table, row, i, texts[next++]);
    }
}

static void
update_notes(stat_tap_table_ui *ui, stat_tap_table *table)
{
    unsigned row = stat_num_rows(table);

    for (bound_e bound = bounds_next(BOUND_NONE); bound < NUM_BOUNDS; bound = bounds_next(bound)) {
        char *text;

        if (row == table->num_elements)
            append_last_row(ui, table);
        text = bounds_to_str(NULL, bound);
        set_note(ui, table, row++, text);
        wmem_free(NULL, text);
    }
}

static tap_packet_status
overflow_packet(void *tapdata _U_, packet_info *pinfo _U_, epan_dissect_t *edt _U_,
                const void *data _U_, tap_flags_t flags _U_)
{
    for (unsigned i = 0; i < noted_uis->len; i++) {
        stat_tap_table_ui *ui = (stat_tap_table_ui *)noted_uis->pdata[i];

        for (unsigned t = 0; ui->tables != NULL && t < ui->tables->len; t++)
            update_notes(ui, g_array_index(ui->tables, stat_tap_table *, t));
    }
    return TAP_PACKET_REDRAW;
}

static void
note_overflow(stat_tap_table_ui *ui)
{
    GString *error;

    if (noted_uis == NULL) {
        noted_uis = g_ptr_array_new();
        error = register_tap_listener(OVERFLOW_TAP, noted_uis, NULL, TL_IS_DISSECTOR_HELPER, NULL,
                                      overflow_packet, NULL, NULL);
        if (error != NULL)
            g_string_free(error, TRUE);
    }
    if (!g_ptr_array_find(noted_uis, ui, NULL))
        g_ptr_array_add(noted_uis, ui);
}

stat_tap_table *
stat_open_table(stat_tap_table_ui *ui, const char *title)
{
    stat_tap_table *table = stat_tap_find_table(ui, title);

    note_overflow(ui);
    if (table == NULL) {
        table = stat_tap_init_table(title, (int)ui->nfields, 0, NULL);
        stat_tap_add_table(ui, table);
    } else if (ui->stat_tap_reset_table_cb != NULL) {
        ui->stat_tap_reset_table_cb(table);
    }
    return table;
}

stat_tap_table *
stat_start_table(stat_tap_table_ui *ui, const char *title, GHashTable **keys, bool keys_are_text)
{
    if (*keys != NULL)
        g_hash_table_destroy(*keys);
    /* A flow is its own key, and not the table's to free. */
    *keys = keys_are_text ? g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free)
                          : g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, g_free);
    return stat_open_table(ui, title);
}

char *
stat_host_text(const address *host)
{
    return address_to_str(NULL, host);
}
