/* message-tap.c
 * Tap of the messages of Remote Control
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "message-tap.h"

#include <epan/tap.h>

static int message_tap = -1;

void
message_tap_queue(packet_info *pinfo, channel_e channel, direction_e direction, const char *type)
{
    smsrc_message_tap_t *message;

    if (!have_tap_listener(message_tap))
        return;
    message = wmem_new(pinfo->pool, smsrc_message_tap_t);
    message->channel = channel;
    message->direction = direction;
    message->type = type;
    tap_queue_packet(message_tap, pinfo, message);
}

void
message_tap_register(void)
{
    message_tap = register_tap("smsrc_message");
}
