/* stat-table.c
 * The columns, rows and tables of the statistics
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * Wireshark keeps the tables of a statistic in its stat_tap_table_ui, of which there is only one.
 * So two windows of a statistic share its table, and the state behind the ui that describes the
 * rows. In tshark each -z has its own copy of both. A statistic that prints has no ui, and its
 * state is in its tapdata.
 */

#include "stat-table.h"

#include <epan/tap.h>

#include "audit-tap.h"
#include "bounds.h"
#include "not-judged-sum.h"
#include "stat-cell.h"
#include "stat-listener.h"

static GPtrArray *noted_uis; /* of the statistics that have, or had, a table */

/*
 * Ranks
 */

static const stat_column_t rank_column = STAT_RANK_COLUMN;

unsigned
stat_table_first_printed(const stat_tap_table_ui *ui)
{
    return ui->nfields > 0 && strcmp(ui->fields[0].column_name, rank_column.title) == 0 ? 1 : 0;
}

/* False in tshark, which prints no rank. */
static bool
has_rank(const stat_tap_table *table)
{
    for (unsigned i = 0; !stat_listener_is_tshark() && i < noted_uis->len; i++) {
        const stat_tap_table_ui *ui = (const stat_tap_table_ui *)noted_uis->pdata[i];

        if (stat_table_opened(ui) == table)
            return stat_table_first_printed(ui) > 0;
    }
    return false;
}

void
stat_table_rank_rows(stat_tap_table *table, unsigned from, unsigned end)
{
    if (!has_rank(table))
        return;
    for (unsigned row = from; row < end; row++)
        stat_tap_get_field_data(table, row, 0)->value.uint_value = row + 1;
}

/*
 * Rows
 */

/* The type of a new cell. All cells of a column of bytes are of one type. */
static stat_tap_table_item_enum
type_of_column(const stat_tap_table_ui *ui, stat_tap_table *table, unsigned column)
{
    const stat_tap_table_item_type *other =
        table->num_elements > 0 && table->elements[0] != NULL
            ? stat_tap_get_field_data(table, 0, column) : NULL;

    return other != NULL && ui->fields[column].type == TABLE_ITEM_UINT ? other->type
                                                                       : ui->fields[column].type;
}

/* Gives a row that is new, or that has none, empty cells. */
static void
add_cells(stat_tap_table_ui *ui, stat_tap_table *table, unsigned row)
{
    stat_tap_table_item_type cells[STAT_TABLE_MAX_COLUMNS];

    memset(cells, 0, sizeof cells);
    for (unsigned i = 0; i < ui->nfields; i++) {
        cells[i].type = type_of_column(ui, table, i);
        if (cells[i].type == TABLE_ITEM_STRING)
            cells[i].value.string_value = g_ref_string_new_intern("");
    }
    if (row < table->num_elements)
        table->elements[row] = g_new0(stat_tap_table_item_type, ui->nfields);
    stat_tap_init_table_row(table, row, (unsigned)ui->nfields, cells);
}

/* Adds a row of empty cells after all others. */
static unsigned
append_last_row(stat_tap_table_ui *ui, stat_tap_table *table)
{
    unsigned row = table->num_elements;

    add_cells(ui, table, row);
    stat_table_rank_rows(table, row, row + 1);
    return row;
}

bool
stat_table_has_bare_rows(const stat_tap_table_ui *ui)
{
    return ((const stat_table_t *)ui)->show_row_cb != NULL && stat_listener_is_tshark();
}

bool
stat_table_fill_row(stat_tap_table_ui *ui, stat_tap_table *table, unsigned at)
{
    if (table->elements[at] != NULL)
        return false;
    add_cells(ui, table, at);
    ((const stat_table_t *)ui)->show_row_cb(ui, table, at);
    return true;
}

void
stat_table_empty_row(stat_tap_table *table, unsigned at)
{
    if (table->elements[at] == NULL)
        return;
    for (unsigned column = 0; column < table->num_fields; column++)
        stat_cell_free(table, at, column, stat_tap_get_field_data(table, at, column));
    g_free(table->elements[at]);
    table->elements[at] = NULL;
}

void
stat_table_settle_rows(stat_tap_table_ui *ui)
{
    stat_tap_table *table = stat_table_opened(ui);

    if (table == NULL || !stat_table_has_bare_rows(ui) || ((const stat_table_t *)ui)->is_printed)
        return;
    for (unsigned row = 0; row < stat_table_num_rows(table); row++)
        (void)stat_table_fill_row(ui, table, row);
}

unsigned
stat_table_append_row(stat_tap_table_ui *ui, stat_tap_table *table)
{
    unsigned row = stat_table_num_rows(table);

    stat_table_insert_row(ui, table, row);
    return row;
}

void
stat_table_insert_row(stat_tap_table_ui *ui, stat_tap_table *table, unsigned at)
{
    unsigned last = append_last_row(ui, table);
    stat_tap_table_item_type *cells;

    if (stat_table_has_bare_rows(ui))
        stat_table_empty_row(table, last);
    cells = table->elements[last];

    memmove(&table->elements[at + 1], &table->elements[at],
            (last - at) * sizeof table->elements[0]);
    table->elements[at] = cells;
    stat_table_rank_rows(table, at, table->num_elements);
}

void
stat_table_remove_row(stat_tap_table *table, unsigned at)
{
    stat_table_empty_row(table, at);
    table->num_elements--;
    memmove(&table->elements[at], &table->elements[at + 1],
            (table->num_elements - at) * sizeof table->elements[0]);
    stat_table_rank_rows(table, at, table->num_elements);
}

stat_tap_table *
stat_table_of(void *tapdata)
{
    stat_data_t *listener = (stat_data_t *)tapdata;

    return g_array_index(listener->stat_tap_data->tables, stat_tap_table *, 0);
}

stat_tap_table_ui *
stat_table_ui_of(void *tapdata)
{
    return ((stat_data_t *)tapdata)->stat_tap_data;
}

void
stat_table_clear(stat_tap_table *table)
{
    for (unsigned row = 0; row < table->num_elements; row++)
        stat_table_empty_row(table, row);
    table->num_elements = 0;
}

/*
 * What was not kept is in every table, as its last rows, whatever filter it has and whatever the
 * frame is in which a bound was reached, and before it in some tables what was not judged. So one
 * listener serves all tables, beside their own. It is never removed: a table that is closed is no
 * longer among those of its statistic.
 */

/* The first cell of such a row points to it. */
static char note_mark;

static bool
is_note(const stat_tap_table *table, unsigned row)
{
    return table->elements[row] != NULL &&
           table->elements[row][0].user_data.ptr_value == &note_mark;
}

unsigned
stat_table_num_rows(const stat_tap_table *table)
{
    unsigned rows = table->num_elements;

    while (rows > 0 && is_note(table, rows - 1))
        rows--;
    return rows;
}

/* Writes @p label and @p text into the first two columns of text. */
static void
set_note(const stat_tap_table_ui *ui, stat_tap_table *table, unsigned row, const char *label,
         const char *text)
{
    const char *texts[] = { label, text };
    unsigned next = 0;

    table->elements[row][0].user_data.ptr_value = &note_mark;
    for (unsigned i = 0; i < ui->nfields && next < array_length(texts); i++) {
        if (ui->fields[i].type == TABLE_ITEM_STRING)
            stat_cell_set_text(stat_tap_get_field_data(table, row, i), texts[next++]);
    }
}

static unsigned
put_note(stat_tap_table_ui *ui, stat_tap_table *table, unsigned row, const char *label,
         const char *text)
{
    if (row == table->num_elements)
        append_last_row(ui, table);
    set_note(ui, table, row, label, text);
    return row + 1;
}

static bool
ends_with_not_judged(const stat_tap_table_ui *ui)
{
    return ((const stat_table_t *)ui)->ends_with_not_judged;
}

/* Puts what was not judged after the rows of the table. Returns the row after it. */
static unsigned
put_not_judged(stat_tap_table_ui *ui, stat_tap_table *table)
{
    unsigned row = stat_table_num_rows(table);
    const stat_table_t *statistic = (const stat_table_t *)ui;
    GPtrArray *texts;

    if (!ends_with_not_judged(ui))
        return row;
    if (statistic->update_cb != NULL)
        statistic->update_cb(ui, table);
    texts = g_ptr_array_new_with_free_func(g_free);
    not_judged_sum_add_texts(texts);
    for (unsigned i = 0; i < texts->len; i++)
        row = put_note(ui, table, row, "Not judged", (const char *)texts->pdata[i]);
    g_ptr_array_free(texts, TRUE);
    return row;
}

static void
update_notes(stat_tap_table_ui *ui, stat_tap_table *table)
{
    unsigned row = put_not_judged(ui, table);

    for (bound_e bound = bounds_next(BOUND_NONE); bound < NUM_BOUNDS; bound = bounds_next(bound)) {
        char *text = bounds_to_str(NULL, bound);

        row = put_note(ui, table, row, "Not kept", text);
        wmem_free(NULL, text);
    }
    while (table->num_elements > row)
        stat_table_remove_row(table, table->num_elements - 1);
}

static void
update_all_notes(void)
{
    for (unsigned i = 0; i < noted_uis->len; i++) {
        stat_tap_table_ui *ui = (stat_tap_table_ui *)noted_uis->pdata[i];

        for (unsigned t = 0; ui->tables != NULL && t < ui->tables->len; t++)
            update_notes(ui, g_array_index(ui->tables, stat_tap_table *, t));
    }
}

static tap_packet_status
overflow_packet(void *tapdata _U_, packet_info *pinfo _U_, epan_dissect_t *edt _U_,
                const void *data _U_, tap_flags_t flags _U_)
{
    update_all_notes();
    return TAP_PACKET_REDRAW;
}

void
stat_table_update_notes(stat_tap_table_ui *ui, stat_tap_table *table)
{
    if (ends_with_not_judged(ui)) {
        not_judged_sum_update();
        update_notes(ui, table);
    }
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
    if (ends_with_not_judged(ui))
        not_judged_sum_start(update_all_notes);
    if (!g_ptr_array_find(noted_uis, ui, NULL))
        g_ptr_array_add(noted_uis, ui);
}

stat_tap_table *
stat_table_open(stat_tap_table_ui *ui, const char *title)
{
    stat_tap_table *table = stat_table_opened(ui);

    note_overflow(ui);
    if (table == NULL) {
        table = stat_tap_init_table(title, (int)ui->nfields, 0, NULL);
        stat_tap_add_table(ui, table);
    } else {
        table->title = title; /* the user may have chosen another matrix since */
        if (ui->stat_tap_reset_table_cb != NULL)
            ui->stat_tap_reset_table_cb(table);
    }
    return table;
}

stat_tap_table *
stat_table_open_judged(stat_tap_table_ui *ui, const char *title)
{
    const matrix_t *matrix = audit_tap_matrix();
    char *longer;

    if (matrix_is_default(matrix))
        return stat_table_open(ui, title);
    longer = g_strdup_printf("%s: %s", matrix->title, title);
    title = g_intern_string(longer);
    g_free(longer);
    return stat_table_open(ui, title);
}

stat_tap_table *
stat_table_opened(const stat_tap_table_ui *ui)
{
    return ui->tables != NULL && ui->tables->len > 0
               ? g_array_index(ui->tables, stat_tap_table *, 0) : NULL;
}

void
stat_table_new_keys(GHashTable **keys, bool keys_are_text)
{
    if (*keys != NULL)
        g_hash_table_destroy(*keys);
    /* A flow is a key by its address, and the table does not own it. */
    *keys = keys_are_text ? g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free)
                          : g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, g_free);
}
