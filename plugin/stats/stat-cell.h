/* stat-cell.h
 * The cells of the tables of statistics, for stat-table.c
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_STAT_CELL_H__
#define __SMSRC_STAT_CELL_H__

#include "stat-table.h"

/** Frees the text of a cell. As Wireshark calls it. */
void stat_cell_free(stat_tap_table *table, unsigned row, unsigned column,
                    stat_tap_table_item_type *cell);

/** Sets the text of a cell, shown as text.h makes it. */
void stat_cell_set_text(stat_tap_table_item_type *cell, const char *text);

#endif /* __SMSRC_STAT_CELL_H__ */
