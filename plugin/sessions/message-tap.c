/* message-tap.c
 * Tap of the messages of Remote Control
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "message-tap.h"

#include <epan/tap.h>

static int message_tap = -1;

/* The frame of a message that the tap of sessions has not followed so far; 0: none. */
static uint32_t waiting_frame;

smsrc_message_tap_t *
message_tap_queue(packet_info *pinfo, channel_e channel, direction_e direction, const char *type)
{
    smsrc_message_tap_t *message;

    if (!have_tap_listener(message_tap))
        return NULL;
    message = wmem_new0(pinfo->pool, smsrc_message_tap_t);
    message->channel = channel;
    message->direction = direction;
    message->type = type;
    tap_queue_packet(message_tap, pinfo, message);
    waiting_frame = pinfo->num;
    return message;
}

bool
message_tap_is_waiting(const packet_info *pinfo)
{
    return waiting_frame == pinfo->num;
}

void
message_tap_end_wait(void)
{
    waiting_frame = 0;
}

void
message_tap_register(void)
{
    message_tap = register_tap("smsrc_message");
}
