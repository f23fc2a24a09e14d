/* post-dissector.h
 * The post-dissector: passes every packet to the session log and to the audit
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_POST_DISSECTOR_H__
#define __SMSRC_POST_DISSECTOR_H__

#include "smsrc-compat.h"

void proto_register_smsrc_post(void);
void proto_reg_handoff_smsrc_post(void);

#endif /* __SMSRC_POST_DISSECTOR_H__ */
