/* cm-frame.h
 * The frames of ConfigMgr's remote control
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_CM_FRAME_H__
#define __SMSRC_CM_FRAME_H__

#include "smsrc-compat.h"

/** Length and type. */
#define CM_HEADER_LENGTH 4

/** Offset of the text, the token or the sealed data, after its u16 length. */
#define CM_FIRST_PART 6

/** The frame of START_HANDSHAKE. */
#define CM_GREETING_LENGTH 38

#define CM_TYPE_DATA 0x00
#define CM_TYPE_CONTROL 0x80

/** Kind of a frame, by its lengths alone, so that a capture may begin anywhere. */
typedef enum {
    CM_FRAME_NONE,    /* no frame begins here */
    CM_FRAME_CONTROL, /* a text in clear */
    CM_FRAME_TOKEN,   /* a token of the handshake, and nothing after it */
    CM_FRAME_SEALED,  /* encrypted data and the token that it was wrapped with */
} cm_frame_e;

typedef struct {
    cm_frame_e kind;
    unsigned length;       /* of the whole frame, with its header */
    unsigned first_length; /* of the text, the handshake's token or the sealed data */
    unsigned token_length; /* of the token that ends a wrapped frame; else 0 */
} cm_frame_t;

/**
 * Parses the frame at @p offset by its first CM_FIRST_PART bytes; what was captured after them has
 * to fit. Reads captured bytes only, never throws.
 */
cm_frame_e cm_frame_read(tvbuff_t *tvb, unsigned offset, cm_frame_t *frame);

/** Returns "ConfigMgr control", ...: a message type for the statistics. Static. */
const char *cm_frame_name(cm_frame_e kind);

/** Returns how many bytes the frame at the start of a segment lacks; 0: none, or no frame. */
unsigned cm_frame_missing(tvbuff_t *tvb);

/**
 * True where a wrapped frame certainly begins at @p offset: both of its lengths fit and its token
 * is one of Kerberos (RFC 4121) or NTLMSSP. For bytes of which the start was lost.
 */
bool cm_frame_is_sealed(tvbuff_t *tvb, unsigned offset);

/** Returns the next offset, from @p offset on, where a frame certainly begins, or the end. */
unsigned cm_frame_find(tvbuff_t *tvb, unsigned offset);

#endif /* __SMSRC_CM_FRAME_H__ */
