/* not-judged-packet.h
 * How the audit counts what it does not judge
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_NOT_JUDGED_PACKET_H__
#define __SMSRC_NOT_JUDGED_PACKET_H__

#include "not-judged.h"

/** Register the tap. Call once, when protocols are registered. */
void not_judged_register(void);

/** Call at the beginning of a capture. */
void not_judged_reset(void);

/** Call for every packet, after its flow was judged: counts it, and fills the tap. Cheap. */
void not_judged_packet(packet_info *pinfo);

#endif /* __SMSRC_NOT_JUDGED_PACKET_H__ */
