/* terminal-table.h
 * Tables of the statistics that fit the width of the terminal
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_TERMINAL_TABLE_H__
#define __SMSRC_TERMINAL_TABLE_H__

#include "smsrc-compat.h"

#include <epan/stat_tap_ui.h>

#include "stat-list.h"
#include "stat-table.h"

/**
 * Register a statistic that is a table of the @p count @p columns. @p ui has the tap and the
 * callbacks, and is the beginning of a stat_table_t of @p size, static as the columns are. tshark
 * prints the table on lines of the width of the terminal, or of $COLUMNS, and in Wireshark's long
 * form where there is neither. Other programs draw it themselves.
 */
void terminal_table_register(stat_tap_table_ui *ui, const statistic_t *statistic,
                             const stat_column_t *columns, unsigned count, size_t size);

/** True while a table with a filter is opened. Wireshark and sharkd do not say that it has one. */
bool terminal_table_has_filter(void);

/** True while a table without a filter is opened by tshark: all that passes is all there is. */
bool terminal_table_has_all(void);

#endif /* __SMSRC_TERMINAL_TABLE_H__ */
