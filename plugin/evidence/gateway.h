/* gateway.h
 * Hosts that send the messages of many clients
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_GATEWAY_H__
#define __SMSRC_GATEWAY_H__

#include "packet-view.h"

/** Forgets the capture before. Call from an init routine. */
void gateway_reset(void);

/**
 * Notes a header of a request of this packet's sender, which may have the identity of a client.
 * Call on the first pass.
 */
void gateway_note_header(const packet_view_t *packet, const char *line);

/** True if the sender of this packet has sent the messages of more clients than one host is. */
bool gateway_is_sender(const packet_view_t *packet);

#endif /* __SMSRC_GATEWAY_H__ */
