/* opaque-data.h
 * A payload of which no meaning is known: its bytes, its text, its NTLMSSP tokens
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_OPAQUE_DATA_H__
#define __SMSRC_OPAQUE_DATA_H__

#include "smsrc-compat.h"

/** An NTLMSSP token shows the account of a viewer, and the name of its machine or "". */
typedef void (*opaque_data_account_f)(packet_info *pinfo, const char *domain, const char *account,
                                  const char *workstation);

/**
 * Register smsrc.data and smsrc.text below the protocol @p proto; accounts are reported to
 * @p report_account.
 */
void opaque_data_register(int proto, opaque_data_account_f report_account);

/** Look up Wireshark's NTLMSSP dissector: call from a handoff routine. */
void opaque_data_handoff(void);

/**
 * Show @p length bytes (-1: to the end) at @p offset of @p tvb as bytes; below them what can be
 * read in them: printable text (marked generated), NTLMSSP tokens by Wireshark's own dissector.
 *
 * @param min_text a shorter run of printable characters is not text; 1 for chat's keystrokes
 * @return the first text found, in pinfo->pool, or NULL
 */
const char *opaque_data_dissect(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree,
                                unsigned offset, int length, unsigned min_text);

/** What opaque_data_dissect() takes for text where nothing better is known. */
#define OPAQUE_DATA_MIN_TEXT 4

#endif /* __SMSRC_OPAQUE_DATA_H__ */
