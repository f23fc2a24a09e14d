/* session-tracker.h
 * First pass of the session log: what TCP, NetBIOS and ICMP errors show
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_SESSION_TRACKER_H__
#define __SMSRC_SESSION_TRACKER_H__

#include "netbios.h"
#include "packet-view.h"
#include "session-log.h"

/** Sets the protocol under which packets keep what was tracked. Call from a handoff routine. */
void session_tracker_init(int proto);

/**
 * Tracks a packet of TCP, UDP or IPX on the first pass, and returns its session on every pass; NULL
 * where it has none. @p is_channel: it has a port or socket of Remote Tools.
 */
const session_t *session_tracker_update(packet_view_t *packet, bool is_channel);

/** First pass: tracks a packet with a NetBIOS name of Remote Tools. */
void session_tracker_update_netbios(packet_view_t *packet, const netbios_packet_t *netbios);

/** Returns the session that the packet's name lookup has led to, on every pass; NULL: none. */
const session_t *session_tracker_find_lookup_session(packet_info *pinfo);

/**
 * Tracks an ICMP error on the first pass. Returns true on every pass where it quotes a packet of
 * Remote Control; @p session gets the session of that packet, or NULL.
 */
bool session_tracker_update_icmp_error(packet_view_t *packet, const session_t **session);

#endif /* __SMSRC_SESSION_TRACKER_H__ */
