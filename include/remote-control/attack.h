/* attack.h
 * Packets that carry the exploit of CVE-2004-0728
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_ATTACK_H__
#define __SMSRC_ATTACK_H__

#include "smsrc-compat.h"

/** Register the state of a capture; marks are kept under @p proto. Call once. */
void attack_register(int proto);

/** A dissector has flagged CVE-2004-0728 in this packet: its session and its flow are attacks. */
void attack_mark_packet(packet_info *pinfo);

/** True where attack_mark_packet() was called for this packet in this pass. */
bool attack_is_marked(packet_info *pinfo);

/** True where the first pass has met an attack in this capture so far. Costs nothing. */
bool attack_was_seen(void);

#endif /* __SMSRC_ATTACK_H__ */
