/* stat-listen.h
 * What all statistics that listen to a tap themselves do to begin
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_STAT_LISTEN_H__
#define __SMSRC_STAT_LISTEN_H__

#include "smsrc-compat.h"

#include <epan/tap.h>

/**
 * The display filter that follows the name of the statistic @p command in -z's @p argument, or
 * NULL.
 */
const char *stat_filter_of(const char *argument, const char *command);

/**
 * Listen to @p tap for the statistic @p command, with a display filter or NULL. False where that
 * cannot be (the filter is none, say): the user is told why, and @p finish has freed @p tapdata.
 * The callbacks are those of register_tap_listener(); reset, draw and finish may be NULL.
 */
bool stat_listen(const char *command, const char *filter, const char *tap, void *tapdata,
                 tap_reset_cb reset, tap_packet_cb packet, tap_draw_cb draw, tap_finish_cb finish);

#endif /* __SMSRC_STAT_LISTEN_H__ */
