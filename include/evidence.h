/* evidence.h
 * How a host shows its SMS role on the wire
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_EVIDENCE_H__
#define __SMSRC_EVIDENCE_H__

#include "flow.h"
#include "smsrc-compat.h"

/** Look up Wireshark's protocols and fields: call from a handoff routine. */
void evidence_init(void);

/** Release the compiled patterns: call from a shutdown routine. */
void evidence_shutdown(void);

/**
 * Forget the capture before: call from an init routine. Without @p learn_roles nothing goes into
 * the role book; what a flow's content says of its own two ends is used all the same.
 */
void evidence_reset(bool learn_roles);

/**
 * The fields the evidence reads, for set_postdissector_wanted_hfids(); the caller owns the
 * array. Without @p learn only what the audit needs to know the service of a flow.
 */
GArray *evidence_wanted_fields(bool learn);

/** What one look at a packet's layers showed. */
typedef struct {
    unsigned layers;      /* protocols that matter here, one bit each; evidence.c's own */
    bool icmp_error;      /* an ICMP or ICMPv6 message: what it quotes is no flow of its own */
    bool remote_control;
    bool ipx;
} evidence_layers_t;

evidence_layers_t evidence_look(const packet_info *pinfo);

/**
 * Read the packet, on the first pass: learn roles into the role book, and leave in its flow
 * what the content says. @p tree has the fields wanted.
 */
void evidence_scan(packet_info *pinfo, proto_tree *tree, const evidence_layers_t *layers);

/** Find out what the flow carries, while that is not known; first pass only. */
void evidence_sniff(packet_info *pinfo, proto_tree *tree, flow_t *flow);

/** How many flows have roles from their content alone: while 0, roles tell who is judged. */
unsigned evidence_implied_flows(void);

/** True where an endpoint mapper has named @p port of @p addr. */
bool evidence_is_rpc_endpoint(const address *addr, uint16_t port);

/**
 * An ICMP or ICMPv6 error that says "unreachable" or "prohibited": the flow of the packet that it
 * quotes, or NULL where it is another message or quotes no flow. @p reason: static, what it says.
 */
flow_t *evidence_icmp_flow(packet_info *pinfo, proto_tree *tree, const char **reason);

#endif /* __SMSRC_EVIDENCE_H__ */
