/* rch0.h
 * The RCH0 message of SMS Remote Control, and CVE-2004-0728
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_RCH0_H__
#define __SMSRC_RCH0_H__

#include "message.h"

/** Registers smsrc.rch.* below the protocol @p proto, smsrc.cve_2004_0728 with @p expert. */
void rch0_register(int proto, expert_module_t *expert);

/** Finds the boundaries of the message at @p offset of @p tvb. Reads captured bytes only. */
void rch0_extent(tvbuff_t *tvb, unsigned offset, bool stream, message_extent_t *extent);

/** Dissects that message. */
void rch0_dissect(tvbuff_t *tvb, packet_info *pinfo, proto_tree *parent, unsigned offset,
                  const message_extent_t *extent, const claim_t *claim);

#endif /* __SMSRC_RCH0_H__ */
