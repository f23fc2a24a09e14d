/* evidence.h
 * Evidence of SMS roles: reads packets, learns roles, and notes what flows show
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_EVIDENCE_H__
#define __SMSRC_EVIDENCE_H__

#include "flow-content.h"
#include "packet-view.h"

/** Prepare readers and signatures. Flows are kept under @p proto. Call from a handoff routine. */
void evidence_init(int proto);

/**
 * Drop the state of the capture before. Call from an init routine. Without @p learn_roles the role
 * book stays as it is, and only what shows more than roles is read.
 */
void evidence_reset(bool learn_roles);

/**
 * Read the packet: learn roles into the role book, and note in its flow what the content shows.
 * Call once for each packet, on the first pass. The layers and bytes of the view have been read.
 */
void evidence_scan(const packet_view_t *packet);

/**
 * Detect the service and the ends of the flow by this packet, while unknown. Call for each packet
 * on the first pass, and on a later one for a flow that was not judged on the first.
 */
void evidence_sniff(const packet_view_t *packet, flow_content_t *flow);

/**
 * Returns the next flow whose roles a packet of another one has shown to be in doubt: judge it
 * again. NULL for none. Call after evidence_scan(). Cheap.
 */
flow_content_t *evidence_next_doubted(void);

/** True if nothing that follows will show another content than the packets so far. */
bool evidence_is_sniffed(const flow_content_t *flow);

/**
 * Returns how many flows have roles by their content alone; all requests to proxies count for one.
 * While it is 0, only the role book counts.
 */
unsigned evidence_inferred_flows(void);

/** Returns the roles that traffic can show; any other is only in the user's table. */
role_set_t evidence_roles(void);

#endif /* __SMSRC_EVIDENCE_H__ */
