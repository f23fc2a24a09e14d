/* attack.h
 * Packets that carry the exploit of CVE-2004-0728
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_ATTACK_H__
#define __SMSRC_ATTACK_H__

#include "smsrc-compat.h"

/** Registers the state of a capture. Packets keep their mark under @p proto. Call once. */
void attack_register(int proto);

/** Marks a packet in which CVE-2004-0728 was found: its session and its flow are attacks. */
void attack_mark_packet(packet_info *pinfo);

/** True where attack_mark_packet() was called for this packet in this pass. */
bool attack_is_marked(packet_info *pinfo);

/** True where the first pass has found an attack in this capture so far. Costs nothing. */
bool attack_was_seen(void);

#endif /* __SMSRC_ATTACK_H__ */
