/* terminal-table.h
 * The tables of the statistics on lines as long as the terminal's
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_TERMINAL_TABLE_H__
#define __SMSRC_TERMINAL_TABLE_H__

#include "smsrc-compat.h"

#include <epan/stat_tap_ui.h>

/**
 * Register a table statistic. tshark prints it on lines of the width of the terminal, or of
 * $COLUMNS, and in Wireshark's long form where there is neither. Other programs draw it themselves.
 */
void terminal_table_register(stat_tap_table_ui *ui);

#endif /* __SMSRC_TERMINAL_TABLE_H__ */
