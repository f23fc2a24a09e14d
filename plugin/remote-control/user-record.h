/* user-record.h
 * The USER record: what an agent of SMS Remote Control tells of itself
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_USER_RECORD_H__
#define __SMSRC_USER_RECORD_H__

#include "smsrc-compat.h"

/** Register smsrc.user and smsrc.user.* below the protocol @p proto. */
void user_record_register(int proto);

/** True where the message body @p tvb has the record. */
bool user_record_is(tvbuff_t *tvb);

/** Show the record; @p tvb is the whole body of its message, from which its offsets count. */
void user_record_dissect(tvbuff_t *tvb, packet_info *pinfo, proto_tree *parent);

#endif /* __SMSRC_USER_RECORD_H__ */
