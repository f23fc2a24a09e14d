/* stat-listener.h
 * What all statistics that listen to a tap themselves do to begin
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_STAT_LISTENER_H__
#define __SMSRC_STAT_LISTENER_H__

#include "smsrc-compat.h"

#include <epan/stat_tap_ui.h>
#include <epan/tap.h>

/**
 * The display filter that follows the name of the statistic @p command in -z's @p argument, or
 * NULL.
 */
const char *stat_listener_filter(const char *argument, const char *command);

/** True where the program is tshark, whose user types the names of statistics. */
bool stat_in_tshark(void);

/**
 * Register what starts with -z as register_stat_tap_ui() does, but only where its name is followed
 * by nothing or a filter: Wireshark takes "smsrc,audit.jsn" for "smsrc,audit". Any other argument
 * is refused with the names that there are, and tshark ends with a failure.
 */
void stat_register(stat_tap_ui *ui, void *userdata);

/** The same for a table: call it before register_stat_tap_table_ui(). */
void stat_check_table(stat_tap_table_ui *ui);

/**
 * Listen to @p tap for the statistic @p command, with a display filter or NULL. False where that
 * cannot be (the filter is none, say): the reason is reported, and @p finish has freed @p tapdata;
 * tshark ends with a failure.
 * The callbacks are those of register_tap_listener(); reset, draw and finish may be NULL.
 */
bool stat_listener_start(const char *command, const char *filter, const char *tap, void *tapdata,
                 tap_reset_cb reset, tap_packet_cb packet, tap_draw_cb draw, tap_finish_cb finish);

#endif /* __SMSRC_STAT_LISTENER_H__ */
