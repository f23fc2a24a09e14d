/* message-tap.h
 * Tap of the messages of Remote Control
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_MESSAGE_TAP_H__
#define __SMSRC_MESSAGE_TAP_H__

#include "channel.h"
#include "smsrc-compat.h"

/** Tap "smsrc_message": a message of Remote Control, of which a packet may have several. */
typedef struct {
    channel_e channel;
    direction_e direction;
    const char *type; /* static */
} smsrc_message_tap_t;

/** Queues a message for the statistics. @p type is static. */
void message_tap_queue(packet_info *pinfo, channel_e channel, direction_e direction,
                       const char *type);

/** Registers the tap. Call once. */
void message_tap_register(void);

#endif /* __SMSRC_MESSAGE_TAP_H__ */
