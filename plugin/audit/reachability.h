/* reachability.h
 * Detection of blocked flows
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_REACHABILITY_H__
#define __SMSRC_REACHABILITY_H__

#include "flow-audit.h"
#include "packet-view.h"

/** Call at the beginning of a capture. */
void reachability_reset(void);

/**
 * Call in the first pass for each packet of a TCP flow. @p sure: the initiator is known by its SYN.
 */
void reachability_update(flow_t *flow, const packet_info *pinfo, bool from_initiator, bool sure);

/** Call for a TCP flow whose packets were all read before its verdict; @p frame is its first. */
void reachability_update_late(flow_t *flow, uint32_t frame);

/**
 * Returns the flow of the packet that an ICMP or ICMPv6 error "unreachable" or "prohibited" quotes,
 * and marks it as blocked. NULL if the packet is another message, or quotes no known flow.
 */
flow_t *reachability_icmp(const packet_view_t *packet);

/**
 * True if the flow is a further one between the same two hosts while none was answered: a port scan
 * has one line in statistics, not one for each port. @p pinfo is a packet of the flow. First pass
 * only.
 */
bool reachability_is_scan(flow_t *flow, const packet_info *pinfo, bool from_initiator);

#endif /* __SMSRC_REACHABILITY_H__ */
