/* user-record.h
 * The USER record of SMS Remote Control: the agent's product, host and user
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_USER_RECORD_H__
#define __SMSRC_USER_RECORD_H__

#include "smsrc-compat.h"

/** Registers smsrc.user and smsrc.user.* below the protocol @p proto. */
void user_record_register(int proto);

/** True where the message body @p tvb has the record. */
bool user_record_is(tvbuff_t *tvb);

/** Dissects the record; its offsets count from the start of @p tvb, the body of its message. */
void user_record_dissect(tvbuff_t *tvb, packet_info *pinfo, proto_tree *parent);

#endif /* __SMSRC_USER_RECORD_H__ */
