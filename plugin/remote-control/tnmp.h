/* tnmp.h
 * The TNMP messages of SMS Remote Control: a question, its answers, and refusals
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_TNMP_H__
#define __SMSRC_TNMP_H__

#include "message.h"

/**
 * Register smsrc.tnmp.* and smsrc.busy.* below the protocol @p proto, smsrc.busy and
 * smsrc.refused with @p expert.
 */
void tnmp_register(int proto, expert_module_t *expert);

/** How the message whose header is at @p offset lies in @p tvb. Reads captured bytes only. */
void tnmp_extent(tvbuff_t *tvb, unsigned offset, message_extent_t *extent);

/** Show that message. */
void tnmp_dissect(tvbuff_t *tvb, packet_info *pinfo, proto_tree *parent, unsigned offset,
                          const message_extent_t *extent, const claim_t *claim);

#endif /* __SMSRC_TNMP_H__ */
