/* ntlmssp-auth.h
 * Who calls, as NTLMSSP's AUTHENTICATE message tells it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_NTLMSSP_AUTH_H__
#define __SMSRC_NTLMSSP_AUTH_H__

#include "smsrc-compat.h"

/** What every message of NTLMSSP begins with, its NUL included. */
#define NTLMSSP_SIGNATURE "NTLMSSP"

/** Bits of the flags that the two sides have agreed upon (MS-NLMP 2.2.2.5). */
#define NTLMSSP_UNICODE 0x00000001
#define NTLMSSP_EXTENDED_SECURITY 0x00080000
#define NTLMSSP_KEY_EXCHANGE 0x40000000

/** Each name is "" where it does not lie inside the message. */
typedef struct {
    const char *domain;
    const char *user;
    const char *workstation;
    uint32_t flags;
} ntlmssp_auth_t;

/**
 * The names in @p token, which begins with the signature, in pinfo->pool. False where it is no
 * AUTHENTICATE message, or one that is too short for its own header. Reads captured bytes only.
 */
bool ntlmssp_auth_read(tvbuff_t *token, packet_info *pinfo, ntlmssp_auth_t *names);

#endif /* __SMSRC_NTLMSSP_AUTH_H__ */
