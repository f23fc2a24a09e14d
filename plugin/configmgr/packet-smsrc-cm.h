/* packet-smsrc-cm.h
 * Remote control of ConfigMgr 2012 and later, on the port SMS used before it
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __PACKET_SMSRC_CM_H__
#define __PACKET_SMSRC_CM_H__

void proto_register_smsrc_cm(void);
void proto_reg_handoff_smsrc_cm(void);

#endif /* __PACKET_SMSRC_CM_H__ */
