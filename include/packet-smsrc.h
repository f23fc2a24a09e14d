/* packet-smsrc.h
 * Microsoft SMS Remote Control, Chat and File Transfer
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __PACKET_SMSRC_H__
#define __PACKET_SMSRC_H__

void proto_register_smsrc(void);
void proto_reg_handoff_smsrc(void);

#endif /* __PACKET_SMSRC_H__ */
