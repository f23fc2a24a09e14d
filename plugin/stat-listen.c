/* stat-listen.c
 * What all statistics that listen to a tap themselves do to begin
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * Wireshark does this for tables (epan/stat_tap_ui.h); those that print in a form of their own
 * have to do it themselves.
 */

#define WS_LOG_DOMAIN "smsrc"

#include "stat-listen.h"

#include <wsutil/report_message.h>

#include "shown-text.h"

const char *
stat_filter_of(const char *argument, const char *command)
{
    const char *rest = argument + strlen(command);

    return *rest == ',' ? rest + 1 : NULL;
}

bool
stat_listen(const char *command, const char *filter, const char *tap, void *tapdata,
            tap_reset_cb reset, tap_packet_cb packet, tap_draw_cb draw, tap_finish_cb finish)
{
    char *shown;
    GString *error = register_tap_listener(tap, tapdata, filter, TL_REQUIRES_NOTHING, reset, packet,
                                           draw, finish);

    if (error == NULL)
        return true;
    shown = shown_text(NULL, error->str);
    report_failure("-z %s: %s", command, shown);
    wmem_free(NULL, shown);
    g_string_free(error, TRUE);
    if (finish != NULL)
        finish(tapdata);
    return false;
}
