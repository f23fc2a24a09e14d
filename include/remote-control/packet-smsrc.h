/* packet-smsrc.h
 * Microsoft SMS Remote Control, Chat and File Transfer
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __PACKET_SMSRC_H__
#define __PACKET_SMSRC_H__

#include "claim.h"

void proto_register_smsrc(void);
void proto_reg_handoff_smsrc(void);

/**
 * Returns the claim of a packet over TCP or UDP; NULL where it has none, and for NetBIOS and IPX,
 * which are separate services for the audit. Of several messages in a packet the last one counts.
 * Lives as long as the packet.
 */
const claim_t *smsrc_claim_of_packet(packet_info *pinfo);

#endif /* __PACKET_SMSRC_H__ */
