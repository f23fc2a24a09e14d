/* cm-result.h
 * Results of a request for ConfigMgr's remote control
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_CM_RESULT_H__
#define __SMSRC_CM_RESULT_H__

#include <epan/expert.h>

#include "cm-connection.h"

/** Registers smsrc.cm.result, the names of the handshake, and smsrc.cm.denied. Call once. */
void cm_result_register(int proto, expert_module_t *expert);

/** Returns "Full control", "View only", ...; NULL for CM_RESULT_UNKNOWN. Static. */
const char *cm_result_name(cm_result_e result);

/** True where the agent gave no control. */
bool cm_result_is_denial(cm_result_e result);

/** Returns the result that a control string is; CM_RESULT_UNKNOWN for others. */
cm_result_e cm_result_of_text(const char *text);

/** True where all of @p plain is a control string: UTF-16LE without a length. */
bool cm_result_is_control_string(tvbuff_t *plain, packet_info *pinfo);

/** True where @p text has @p length bytes as UTF-16, without its NUL or with it. */
bool cm_result_is_length_of(unsigned length, const char *text);

/**
 * Returns the result that the length of the agent's first wrapped message shows (inferred: Kerberos
 * and NTLM keep the length of the data). CM_RESULT_UNKNOWN for a length of no result, and for 40
 * bytes, which are Full control without a NUL or Access denied with one: @p ambiguous.
 */
cm_result_e cm_result_of_length(unsigned length, bool *ambiguous);

/**
 * Adds the result to @p tree, and the names that the handshake showed if @p connection is not NULL.
 * @p by_length: it was inferred from the length of the message.
 */
void cm_result_dissect(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree,
                       const cm_connection_t *connection, cm_result_e result, bool by_length);

#endif /* __SMSRC_CM_RESULT_H__ */
