/* claim-tree.h
 * The fields of a claim: channel, direction, generation, and why it is shown as SMS
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_CLAIM_TREE_H__
#define __SMSRC_CLAIM_TREE_H__

#include <epan/expert.h>

#include "claim.h"

/** Registers the fields below the protocol @p proto, smsrc.udp with @p expert. */
void claim_tree_register(int proto, expert_module_t *expert);

/** Adds what is known of the packet before its bytes are read; @p top is the protocol's item. */
void claim_tree_add(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, proto_item *top,
                    const claim_t *claim);

#endif /* __SMSRC_CLAIM_TREE_H__ */
