/* terminal-table.h
 * Tables of the statistics that fit the width of the terminal
 *
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
 * callbacks, and is static as the columns are. tshark prints the table on lines of the width of the
 * terminal, or of $COLUMNS, and in Wireshark's long form where there is neither. Other programs
 * draw it themselves.
 */
void terminal_table_register(stat_tap_table_ui *ui, const statistic_t *statistic,
                             const stat_column_t *columns, unsigned count);

/** Print @p head, which is static, below the title of the table. Call when it is registered. */
void terminal_table_set_head(const stat_tap_table_ui *ui, const char *head);

/** True while a table with a filter is opened. Wireshark and sharkd do not say that it has one. */
bool terminal_table_has_filter(void);

/** Has @p complete add rows before tshark prints the table of @p ui. One table has such rows. */
void terminal_table_before_draw(const stat_tap_table_ui *ui,
                                void (*complete)(stat_tap_table_ui *ui));

#endif /* __SMSRC_TERMINAL_TABLE_H__ */
