/* gss-wrap.h
 * The handshake of ConfigMgr's remote control, and its seal
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_GSS_WRAP_H__
#define __SMSRC_GSS_WRAP_H__

#include "cm-connection.h"

/** What is kept of a sealed message from the first pass on. */
typedef struct {
    const uint8_t *plaintext; /* NTLM's cipher runs once only; NULL: not unsealed, or Kerberos */
} gss_wrap_t;

/** Look up Wireshark's dissectors and fields: call from a handoff routine. */
void gss_wrap_init(void);

/**
 * Hand a token of the handshake to Wireshark's dissectors below @p tree, and keep the names that
 * it tells in @p session, which may be NULL.
 */
void gss_wrap_handshake(tvbuff_t *token, packet_info *pinfo, proto_tree *tree,
                       cm_connection_t *session);

/** By what a seal's token was made, as far as its first bytes tell. */
cm_mechanism_e gss_wrap_mechanism(tvbuff_t *token);

/** True where Kerberos' token itself says that the agent (the acceptor) sent it. */
bool gss_wrap_by_acceptor(tvbuff_t *token);

/**
 * Show a seal's token below @p tree and unseal @p data with what Wireshark knows of keys: a
 * keytab (kerberos.file) or a password (ntlmssp.nt_password).
 *
 * @param session the connection, on the first pass where the message is new; else NULL
 * @param seal written on the first pass, read in later ones
 * @return the plaintext, as a data source of the packet; NULL where it could not be unsealed
 */
tvbuff_t *gss_wrap_open(tvbuff_t *data, tvbuff_t *token, packet_info *pinfo, proto_tree *tree,
                       cm_connection_t *session, gss_wrap_t *seal);

#endif /* __SMSRC_GSS_WRAP_H__ */
