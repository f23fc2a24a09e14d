/* cm-frame.h
 * The frames of ConfigMgr's remote control
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_CM_FRAME_H__
#define __SMSRC_CM_FRAME_H__

#include "smsrc-compat.h"

/** Length and type. */
#define CM_HEADER_LENGTH 4

/** Where the text, the token or the sealed data begins: behind its u16 length. */
#define CM_FIRST_PART 6

/** The frame of START_HANDSHAKE. */
#define CM_GREETING_LENGTH 38

#define CM_TYPE_DATA 0x00
#define CM_TYPE_CONTROL 0x80

/** What a frame is; its lengths tell, so that a capture may begin anywhere. */
typedef enum {
    CM_FRAME_NONE,    /* no frame begins here */
    CM_FRAME_CONTROL, /* a text in clear */
    CM_FRAME_TOKEN,   /* a token of the handshake, and nothing behind it */
    CM_FRAME_SEALED,  /* sealed data and the seal's own token */
} cm_frame_e;

typedef struct {
    cm_frame_e kind;
    unsigned length;       /* of the whole frame, with its header */
    unsigned first_length; /* of the text, the handshake's token or the sealed data */
    unsigned token_length; /* of the seal's token, which ends the frame; else 0 */
} cm_frame_t;

/**
 * Read the frame that begins at @p offset: its first CM_FIRST_PART bytes tell, and more of it
 * has to fit where it was captured. Reads captured bytes only, never throws.
 */
cm_frame_e cm_frame_read(tvbuff_t *tvb, unsigned offset, cm_frame_t *frame);

/** The bytes that the frame at the start of a segment waits for; 0: none, or no frame begins. */
unsigned cm_frame_missing(tvbuff_t *tvb);

/**
 * True where the frame that begins at @p offset is sealed beyond doubt: both of its lengths fit
 * and its token is one of Kerberos (RFC 4121) or NTLMSSP. For bytes whose start nobody knows.
 */
bool cm_frame_is_sealed(tvbuff_t *tvb, unsigned offset);

/** The offset at or behind @p offset where a frame begins beyond doubt, or the end of @p tvb. */
unsigned cm_frame_find(tvbuff_t *tvb, unsigned offset);

#endif /* __SMSRC_CM_FRAME_H__ */
