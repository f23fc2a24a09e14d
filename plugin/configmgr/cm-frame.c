/* cm-frame.c
 * The frames of ConfigMgr's remote control
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * Derived from nmap's cmrcservice, Greenbone's banner check and two independent clients that talk
 * to real agents (CmRcAuth, sccm-rc-viewer; plugin/doc/protocol.md has their addresses):
 *
 *   u32 LE: bits 0..23 length of the body, bits 24..31 type
 *   type 0x80: u16 LE length of the text in bytes, with its NUL; the text, UTF-16LE
 *   type 0x00, handshake: u16 LE length of the token, the token
 *   type 0x00, after it: u16 LE length of the encrypted data, the data, u16 LE length of the
 *                        token that it was wrapped with, the token
 *
 * The two kinds of type 0x00 differ by what follows the first part: nothing, or a second part that
 * fills the body exactly. So no state is needed to distinguish them, and after a gap the stream is
 * found again at the next frame whose lengths fit.
 */

#include "cm-frame.h"

#include <wsutil/pint.h>

/* The token of a wrapped message: 16 bytes in NTLM, 60 or 76 in Kerberos. */
#define MAX_SEAL_TOKEN 1024

/* A Kerberos wrap token begins with its ID, flags and 0xFF (RFC 4121, 4.2.6.2). */
#define KERBEROS_TOKEN_LENGTH 16

static const uint8_t ntlm_signature_version[] = { 1, 0, 0, 0 };

/* Returns the bytes at @p offset, or NULL where not all of them were captured. */
static const uint8_t *
bytes_at(tvbuff_t *tvb, unsigned offset, unsigned length)
{
    if (offset > tvb_captured_length(tvb) || tvb_captured_length(tvb) - offset < length)
        return NULL;
    return tvb_get_ptr(tvb, (int)offset, (int)length);
}

cm_frame_e
cm_frame_read(tvbuff_t *tvb, unsigned offset, cm_frame_t *frame)
{
    const uint8_t *bytes = bytes_at(tvb, offset, CM_FIRST_PART);
    unsigned body, rest;

    memset(frame, 0, sizeof *frame);
    if (bytes == NULL)
        return CM_FRAME_NONE;
    body = pletohu24(bytes);
    frame->first_length = pletohu16(bytes + CM_HEADER_LENGTH);
    frame->length = CM_HEADER_LENGTH + body;
    if (body < 2 || frame->first_length > body - 2)
        return CM_FRAME_NONE;
    rest = body - 2 - frame->first_length;

    if (bytes[3] == CM_TYPE_CONTROL) {
        /* Bytes after the text are not known to occur; they are shown as bytes. */
        if (rest > MAX_SEAL_TOKEN)
            return CM_FRAME_NONE;
        frame->kind = CM_FRAME_CONTROL;
    } else if (bytes[3] != CM_TYPE_DATA || frame->first_length == 0) {
        return CM_FRAME_NONE;
    } else if (rest == 0) {
        frame->kind = CM_FRAME_TOKEN;
    } else {
        const uint8_t *second = bytes_at(tvb, offset + CM_FIRST_PART + frame->first_length, 2);

        if (rest <= 2 || rest - 2 > MAX_SEAL_TOKEN)
            return CM_FRAME_NONE;
        if (second != NULL && pletohu16(second) != rest - 2)
            return CM_FRAME_NONE;
        frame->token_length = rest - 2;
        frame->kind = CM_FRAME_SEALED;
    }
    return frame->kind;
}

const char *
cm_frame_name(cm_frame_e kind)
{
    static const char *const names[] = {
        [CM_FRAME_CONTROL] = "ConfigMgr control",
        [CM_FRAME_TOKEN] = "ConfigMgr handshake",
        [CM_FRAME_SEALED] = "ConfigMgr sealed message",
    };

    return names[kind];
}

unsigned
cm_frame_missing(tvbuff_t *tvb)
{
    unsigned captured = tvb_captured_length(tvb);
    cm_frame_t frame;

    if (captured != tvb_reported_length(tvb))
        return 0;
    if (captured < CM_FIRST_PART)
        return CM_FIRST_PART - captured;
    if (cm_frame_read(tvb, 0, &frame) == CM_FRAME_NONE || frame.length <= captured)
        return 0;
    return frame.length - captured;
}

bool
cm_frame_is_sealed(tvbuff_t *tvb, unsigned offset)
{
    cm_frame_t frame;
    const uint8_t *token;

    if (cm_frame_read(tvb, offset, &frame) != CM_FRAME_SEALED ||
        frame.token_length < KERBEROS_TOKEN_LENGTH)
        return false;
    token = bytes_at(tvb, offset + frame.length - frame.token_length, KERBEROS_TOKEN_LENGTH);
    if (token == NULL)
        return false;
    if (token[0] == 0x05 && token[1] == 0x04 && token[3] == 0xff)
        return true;
    return frame.token_length == KERBEROS_TOKEN_LENGTH &&
           memcmp(token, ntlm_signature_version, sizeof ntlm_signature_version) == 0;
}

unsigned
cm_frame_find(tvbuff_t *tvb, unsigned offset)
{
    unsigned captured = tvb_captured_length(tvb);

    for (; offset + CM_FIRST_PART <= captured; offset++) {
        if (cm_frame_is_sealed(tvb, offset))
            return offset;
    }
    return tvb_reported_length(tvb);
}
