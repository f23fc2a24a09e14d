/* evidence.h
 * How a host shows its SMS role on the wire
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_EVIDENCE_H__
#define __SMSRC_EVIDENCE_H__

#include "flow.h"
#include "packet-look.h"
#include "signatures.h"

/** Look up Wireshark's protocols and fields: call from a handoff routine. */
void evidence_init(void);

/**
 * Forget the capture before: call from an init routine. Without @p learn_roles nothing goes into
 * the role book; what a flow's content says of its own two ends is used all the same.
 */
void evidence_reset(bool learn_roles);

/**
 * The fields the evidence reads of the next packet, for set_postdissector_wanted_hfids(); the
 * caller owns the array. It is never empty, because tshark asks once, at a capture's beginning,
 * whether to make trees. Without learning only what the audit needs to know a flow's service.
 */
GArray *evidence_wanted_fields(void);

/** True where evidence_wanted_fields() has changed since it was called last. Cheap. */
bool evidence_wants_others(void);

/**
 * Read the packet, on the first pass: learn roles into the role book, and leave in its flow
 * what the content says. Its tree has the fields wanted.
 */
void evidence_scan(const packet_t *packet);

/** A fragment was seen: packets put together from such can be read by their fields only. */
void evidence_fragment(void);

/** Find out what the flow carries, while that is not known; first pass only. */
void evidence_sniff(const packet_t *packet, flow_t *flow);

/** How many flows have roles from their content alone: while 0, roles tell who is judged. */
unsigned evidence_implied_flows(void);

/** True where an endpoint mapper has named @p port of @p addr. */
bool evidence_is_rpc_endpoint(const address *addr, uint16_t port);

#endif /* __SMSRC_EVIDENCE_H__ */
