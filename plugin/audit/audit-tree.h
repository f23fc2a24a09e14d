/* audit-tree.h
 * The tree and the expert infos of the audit
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_AUDIT_TREE_H__
#define __SMSRC_AUDIT_TREE_H__

#include "audit-tap.h"

/** Register fields and expert infos below the protocol @p proto. */
void audit_tree_register(int proto);

/**
 * Call at the beginning of a capture. @p every_packet: each packet of a flow has its expert infos,
 * not only one.
 */
void audit_tree_reset(bool every_packet);

/**
 * True if audit_tree_add() would do something for this frame. Nearly no packet has anything, where
 * nothing reads its tree.
 */
bool audit_tree_has_something(const packet_info *pinfo, proto_tree *parent, const flow_t *flow,
                              const flow_verdict_t *judged);

/** Adds a tree with the facts about the packet's flow, and the expert infos of this frame. */
void audit_tree_add(tvbuff_t *tvb, packet_info *pinfo, proto_tree *parent, const flow_t *flow,
                    const flow_verdict_t *judged, const flow_end_t ends[NUM_ENDS]);

/** Adds an expert info for each bound (bounds.h) that was first exceeded in this frame. */
void audit_tree_add_overflow(tvbuff_t *tvb, packet_info *pinfo, proto_tree *parent);

/** Adds the Note on the product that evidence speaks for. Call for the frame that has shown it. */
void audit_tree_add_other_product(tvbuff_t *tvb, packet_info *pinfo, proto_tree *parent);

#endif /* __SMSRC_AUDIT_TREE_H__ */
