/* message-tap.h
 * Tap of the messages of Remote Control
 *
 * Copyright 2026 smsrc contributors
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
    const char *type;     /* static */
    const uint8_t *bytes; /* of a chat's text, as long as the packet lives; NULL: none */
    unsigned num_bytes;
} smsrc_message_tap_t;

/**
 * Queues a message for the statistics. @p type is static. Returns it, so that the caller can set
 * more of it; NULL if there is no listener.
 */
smsrc_message_tap_t *message_tap_queue(packet_info *pinfo, channel_e channel,
                                       direction_e direction, const char *type);

/** True if the packet has had a message, and the tap of sessions has not followed. */
bool message_tap_is_waiting(const packet_info *pinfo);

/** The tap of sessions follows. */
void message_tap_end_wait(void);

/** Registers the tap. Call once. */
void message_tap_register(void);

#endif /* __SMSRC_MESSAGE_TAP_H__ */
