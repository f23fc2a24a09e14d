/* tnmp.h
 * The TNMP messages of SMS Remote Control: information request, its replies, refusals
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_TNMP_H__
#define __SMSRC_TNMP_H__

#include "message.h"

/**
 * Registers smsrc.tnmp.* and smsrc.busy.* below the protocol @p proto, smsrc.busy and
 * smsrc.refused with @p expert.
 */
void tnmp_register(int proto, expert_module_t *expert);

/** Finds the boundaries of the message at @p offset of @p tvb. Reads captured bytes only. */
void tnmp_extent(tvbuff_t *tvb, unsigned offset, message_extent_t *extent);

/** Dissects that message. */
void tnmp_dissect(tvbuff_t *tvb, packet_info *pinfo, proto_tree *parent, unsigned offset,
                  const message_extent_t *extent, const claim_t *claim);

#endif /* __SMSRC_TNMP_H__ */
