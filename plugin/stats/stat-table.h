/* stat-table.h
 * The cells, rows and tables of the statistics
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_STAT_TABLE_H__
#define __SMSRC_STAT_TABLE_H__

#include "smsrc-compat.h"

#include <epan/stat_tap_ui.h>

/** More columns than a table here may have. */
#define STAT_MAX_COLUMNS 32

/** The text, or the number, of a cell; of a text that which text.h makes of it is kept. */
void stat_set_text(stat_tap_table *table, unsigned row, unsigned column, const char *text);
void stat_set_number(stat_tap_table *table, unsigned row, unsigned column, unsigned number);
void stat_add_number(stat_tap_table *table, unsigned row, unsigned column, int number);

/**
 * Bytes, whole numbers: a cell is TABLE_ITEM_UINT as its column, and all cells of the column are
 * doubles from the first on that 32 bits are too few for.
 */
void stat_add_bytes(stat_tap_table *table, unsigned row, unsigned column, double bytes);
void stat_set_bytes(stat_tap_table *table, unsigned row, unsigned column, double bytes);

/** A number of a TABLE_ITEM_FLOAT column, or an empty cell in the place of one. */
void stat_set_fraction(stat_tap_table *table, unsigned row, unsigned column, double number);
void stat_set_empty(stat_tap_table *table, unsigned row, unsigned column);

/**
 * The rows of @p table without those at its end that report what was not kept (bounds.h). Those
 * come by themselves, and stay behind all rows that the functions below append or insert.
 */
unsigned stat_num_rows(const stat_tap_table *table);

/** True for one of those rows at the end. */
bool stat_is_note(const stat_tap_table *table, unsigned row);

/** A row of empty cells at the end of @p table's own rows: its index. */
unsigned stat_append_row(stat_tap_table_ui *ui, stat_tap_table *table);

/** A row of empty cells before the row @p at, which may be stat_num_rows(). */
void stat_insert_row(stat_tap_table_ui *ui, stat_tap_table *table, unsigned at);

/** Take the row @p at away, with its texts. */
void stat_remove_row(stat_tap_table *table, unsigned at);

/** For stat_tap_free_table_item_cb. */
void stat_free_cell(stat_tap_table *table, unsigned row, unsigned column,
                    stat_tap_table_item_type *cell);

/** The table, and the statistic, of what a tap's callback gets. */
stat_tap_table *stat_table_of(void *tapdata);
stat_tap_table_ui *stat_ui_of(void *tapdata);

/** Take all rows away. The table itself has no call for it: it is freed cell by cell. */
void stat_empty_table(stat_tap_table *table);

/** The statistic's one table, empty. Call from stat_tap_init_cb. */
stat_tap_table *stat_open_table(stat_tap_table_ui *ui, const char *title);

/** The same; the @p keys to its rows are forgotten with it. */
stat_tap_table *stat_start_table(stat_tap_table_ui *ui, const char *title, GHashTable **keys,
                                 bool keys_are_text);

/** An address as text, to be freed with wmem_free(NULL, ...). */
char *stat_host_text(const address *host);

#endif /* __SMSRC_STAT_TABLE_H__ */
