/* stat-listener.h
 * The start of statistics that listen to a tap themselves
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_STAT_LISTENER_H__
#define __SMSRC_STAT_LISTENER_H__

#include "smsrc-compat.h"

#include <epan/stat_tap_ui.h>
#include <epan/tap.h>

/** The display filter after the name of the statistic @p command in -z's @p argument, or NULL. */
const char *stat_listener_filter(const char *argument, const char *command);

/** True where the program is tshark, whose user types the names of statistics. */
bool stat_listener_is_tshark(void);

/**
 * Register what starts with -z as register_stat_tap_ui() does, but only where its name is followed
 * by nothing or a filter: Wireshark takes "smsrc,audit.jsn" for "smsrc,audit". Any other argument
 * is refused with the names that there are, and tshark ends with a failure.
 */
void stat_listener_register(const char *command, stat_tap_init_cb init, void *userdata);

/** The same for a table: call it before register_stat_tap_table_ui(). */
void stat_listener_check_table(stat_tap_table_ui *ui);

/** What a statistic listens to. The callbacks are those of register_tap_listener(). */
typedef struct {
    const char *command;
    const char *filter; /* a display filter, or NULL */
    const char *tap;
    void *tapdata;
    tap_reset_cb reset_cb; /* may be NULL */
    tap_packet_cb packet_cb;
    tap_draw_cb draw_cb; /* may be NULL */
    tap_finish_cb finish_cb; /* frees the tapdata; may be NULL */
} stat_listener_t;

/**
 * Begin to listen. False where that fails, as with a filter that is none: the reason has been
 * reported and the tapdata freed, and tshark ends with a failure.
 */
bool stat_listener_start(const stat_listener_t *listener);

#endif /* __SMSRC_STAT_LISTENER_H__ */
