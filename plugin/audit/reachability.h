/* reachability.h
 * Whether a flow got through, or a firewall breaks it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_REACHABILITY_H__
#define __SMSRC_REACHABILITY_H__

#include "flow-audit.h"
#include "packet-view.h"

/** Forget the capture before: call from an init routine. */
void reachability_reset(void);

/**
 * Follow a TCP flow through its connection, packet by packet, on the first pass.
 * @p from_initiator tells which side sent this packet, @p sure whether a SYN told so.
 */
void reachability_update(flow_t *flow, const packet_info *pinfo, bool from_initiator, bool sure);

/** The same for a flow of which the whole capture is known; @p frame is its first. */
void reachability_update_late(flow_t *flow, uint32_t frame);

/**
 * An ICMP or ICMPv6 error that says "unreachable" or "prohibited" blocks the flow of the packet
 * that it quotes: that flow, or NULL where it is another message or quotes no flow known.
 */
flow_t *reachability_icmp(const packet_view_t *packet);

/**
 * True where the flow is one more of several tries of the same two hosts that nothing answered
 * so far: a port scan has one line, not one a port. @p pinfo is a packet of the flow, whose
 * initiator sent it or not; first pass only.
 */
bool reachability_is_scan(flow_t *flow, const packet_info *pinfo, bool from_initiator);

#endif /* __SMSRC_REACHABILITY_H__ */
