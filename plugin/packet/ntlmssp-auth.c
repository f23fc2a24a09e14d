/* ntlmssp-auth.c
 * Account and flags in NTLMSSP's AUTHENTICATE message
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * MS-NLMP 2.2.1.3: the header has a u16 length, a u16 size and a u32 offset for each name.
 * Wireshark's dissector shows the names; they are read here because a field costs a tree, and no
 * field keeps the flags that NTLM's encryption depends on.
 */

#include "ntlmssp-auth.h"

#define NTLMSSP_TYPE 8
#define NTLMSSP_TYPE_AUTHENTICATE 3
#define NTLMSSP_DOMAIN 28
#define NTLMSSP_USER 36
#define NTLMSSP_WORKSTATION 44
#define NTLMSSP_FLAGS 60
#define NTLMSSP_AUTHENTICATE_LENGTH 64

static const char *
read_name(tvbuff_t *token, packet_info *pinfo, unsigned at, uint32_t flags)
{
    unsigned length = tvb_get_letohs(token, (int)at);
    uint32_t offset = tvb_get_letohl(token, (int)at + 4);
    unsigned captured = tvb_captured_length(token);

    if (offset > captured || length > captured - offset)
        return "";
    return (const char *)tvb_get_string_enc(pinfo->pool, token, (int)offset, (int)length,
                                            flags & NTLMSSP_UNICODE
                                                ? ENC_UTF_16 | ENC_LITTLE_ENDIAN
                                                : ENC_ASCII);
}

bool
ntlmssp_auth_read(tvbuff_t *token, packet_info *pinfo, ntlmssp_auth_t *names)
{
    if (tvb_captured_length(token) < NTLMSSP_AUTHENTICATE_LENGTH ||
        tvb_get_letohl(token, NTLMSSP_TYPE) != NTLMSSP_TYPE_AUTHENTICATE)
        return false;
    names->flags = tvb_get_letohl(token, NTLMSSP_FLAGS);
    names->domain = read_name(token, pinfo, NTLMSSP_DOMAIN, names->flags);
    names->user = read_name(token, pinfo, NTLMSSP_USER, names->flags);
    names->workstation = read_name(token, pinfo, NTLMSSP_WORKSTATION, names->flags);
    return true;
}
