/* opaque-data.h
 * Undocumented payload: raw bytes, printable text, NTLMSSP tokens
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_OPAQUE_DATA_H__
#define __SMSRC_OPAQUE_DATA_H__

#include "smsrc-compat.h"

/** Called for the account in an NTLMSSP token, and the name of its machine or "". */
typedef void (*opaque_data_account_f)(packet_info *pinfo, const char *domain, const char *account,
                                      const char *workstation);

/**
 * Registers smsrc.data and smsrc.text as fields of the protocol @p proto, and the function to which
 * accounts are reported.
 */
void opaque_data_register(int proto, opaque_data_account_f report_account);

/** Looks up Wireshark's NTLMSSP dissector. Call from a handoff routine. */
void opaque_data_handoff(void);

/**
 * Adds @p length bytes (-1: to the end) at @p offset of @p tvb to the tree, with a subtree of what
 * is recognized in them: printable text (generated), NTLMSSP tokens by Wireshark's dissector.
 *
 * @param min_text minimum number of printable characters for a text; 1 for chat's keystrokes
 * @return the first text found, in pinfo->pool, or NULL
 */
const char *opaque_data_dissect(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree,
                                unsigned offset, int length, unsigned min_text);

/** Default for min_text. */
#define OPAQUE_DATA_MIN_TEXT 4

#endif /* __SMSRC_OPAQUE_DATA_H__ */
