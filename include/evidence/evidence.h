/* evidence.h
 * How a host shows its SMS role on the wire
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_EVIDENCE_H__
#define __SMSRC_EVIDENCE_H__

#include "flow-content.h"
#include "packet-view.h"

/** Prepare the signatures; flows are kept under @p proto. Call from a handoff routine. */
void evidence_init(int proto);

/**
 * Forget the capture before: call from an init routine. Without @p learn_roles nothing goes into
 * the role book, and only what tells a flow's service is read.
 */
void evidence_reset(bool learn_roles);

/**
 * Read the packet, on the first pass: learn roles into the role book, and leave in its flow
 * what the content says. The layers and bytes of the view have been read before.
 */
void evidence_scan(const packet_view_t *packet);

/** Find out what the flow carries, while that is not known; first pass only. */
void evidence_sniff(const packet_view_t *packet, flow_content_t *flow);

/** How many flows have roles from their content alone: while 0, roles tell who is judged. */
unsigned evidence_inferred_flows(void);

/** True where an endpoint mapper has named @p port of @p addr. */
bool evidence_is_rpc_endpoint(const address *addr, uint16_t port);

#endif /* __SMSRC_EVIDENCE_H__ */
