/* ntlmssp-auth.h
 * Account and flags in NTLMSSP's AUTHENTICATE message
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_NTLMSSP_AUTH_H__
#define __SMSRC_NTLMSSP_AUTH_H__

#include "smsrc-compat.h"

/** The first bytes of every message of NTLMSSP, including the NUL. */
#define NTLMSSP_SIGNATURE "NTLMSSP"

/** Negotiated flags (MS-NLMP 2.2.2.5). */
#define NTLMSSP_UNICODE 0x00000001
#define NTLMSSP_EXTENDED_SECURITY 0x00080000
#define NTLMSSP_KEY_EXCHANGE 0x40000000

/** A name is "" if it is not inside the message. */
typedef struct {
    const char *domain;
    const char *user;
    const char *workstation;
    uint32_t flags;
} ntlmssp_auth_t;

/**
 * Reads the names in @p token, which begins with the signature, into pinfo->pool. False if it is
 * not an AUTHENTICATE message, or shorter than its header. Reads captured bytes only.
 */
bool ntlmssp_auth_read(tvbuff_t *token, packet_info *pinfo, ntlmssp_auth_t *names);

#endif /* __SMSRC_NTLMSSP_AUTH_H__ */
