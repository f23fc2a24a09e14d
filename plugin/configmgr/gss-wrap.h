/* gss-wrap.h
 * Handshake and message protection (GSS-API) of ConfigMgr's remote control
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_GSS_WRAP_H__
#define __SMSRC_GSS_WRAP_H__

#include "cm-connection.h"

/** State of a wrapped message, from the first pass on. */
typedef struct {
    const uint8_t *plaintext; /* NTLM's cipher runs once only; NULL: not decrypted, or Kerberos */
} gss_wrap_t;

/** Looks up Wireshark's dissectors and fields. Call from a handoff routine. */
void gss_wrap_init(void);

/**
 * Calls Wireshark's dissectors for a token of the handshake, below @p tree, and keeps the names
 * that it shows in @p connection, which may be NULL.
 */
void gss_wrap_handshake(tvbuff_t *token, packet_info *pinfo, proto_tree *tree,
                        cm_connection_t *connection);

/** Returns the mechanism of a wrapped message's token, by its first bytes. */
cm_mechanism_e gss_wrap_mechanism(tvbuff_t *token);

/** True where a flag of Kerberos' token shows that the agent (the acceptor) sent it. */
bool gss_wrap_by_acceptor(tvbuff_t *token);

/**
 * Dissects the token of a wrapped message below @p tree, and decrypts @p data with the keys that
 * Wireshark has: a keytab (kerberos.file) or a password (ntlmssp.nt_password).
 *
 * @param connection the connection, on the first pass where the message is new; else NULL
 * @param kept written on the first pass, read in later ones
 * @return the plaintext, as a data source of the packet; NULL where it could not be decrypted
 */
tvbuff_t *gss_wrap_unwrap(tvbuff_t *data, tvbuff_t *token, packet_info *pinfo, proto_tree *tree,
                          cm_connection_t *connection, gss_wrap_t *kept);

#endif /* __SMSRC_GSS_WRAP_H__ */
