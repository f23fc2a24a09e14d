/* reachability.h
 * Detection of flows that do not get through
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_REACHABILITY_H__
#define __SMSRC_REACHABILITY_H__

#include "flow-audit.h"
#include "packet-view.h"

/** Call at the beginning of a capture. */
void reachability_reset(void);

/** Call for each packet of a later pass, before all else. */
void reachability_begin_frame(const packet_info *pinfo);

/**
 * Call for each packet of a flow of TCP or UDP, before its verdict. A later pass follows the flows
 * that the first has not followed from their beginning.
 */
void reachability_update(flow_t *flow, packet_view_t *packet, bool from_initiator);

/**
 * Returns the flow of the packet that an ICMP or ICMPv6 error "unreachable" or "prohibited" quotes,
 * and marks it as blocked if the initiator has sent that packet and nothing has answered it. NULL
 * if the packet is another message, or quotes no known flow.
 */
flow_t *reachability_icmp(packet_view_t *packet);

/**
 * True if the flow is a further one between the same two hosts while none was answered: a port scan
 * has one line in statistics, not one for each port. @p pinfo is a packet of the flow. First pass
 * only.
 */
bool reachability_is_scan(flow_t *flow, const packet_info *pinfo, bool from_initiator);

#endif /* __SMSRC_REACHABILITY_H__ */
