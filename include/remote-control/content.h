/* content.h
 * Content of a payload by its first bytes: the protocol's own messages
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_CONTENT_H__
#define __SMSRC_CONTENT_H__

#include "channel.h"
#include "smsrc-compat.h"

/** What the first bytes of a payload are. */
typedef enum {
    CONTENT_NONE,
    CONTENT_PARTIAL, /* they could be the start of a header of which more must follow */
    CONTENT_RCH,     /* "RCH0", length, "RCHE" */
    CONTENT_TNMP,    /* "TNMP", length, "TNME" */
    CONTENT_USER,    /* 00 00 00 00 "USER", the record alone, in a datagram */
    CONTENT_CM,      /* a clear control frame of ConfigMgr 2012 and later */
} content_e;

/**
 * Returns the content at @p offset of @p tvb, in a @p stream or in a datagram or message. Reads
 * captured bytes only, never throws.
 */
content_e content_detect(tvbuff_t *tvb, unsigned offset, bool stream);

/** True where the content is a whole header of the protocol: it proves a session. */
bool content_is_proof(content_e content);

/**
 * Returns who sends a message of this content: the viewer sends RCH0 (both Snort rules and the
 * Nessus check go to the agent) and TNMP requests, the agent TNMP replies, the bare record, and
 * the ConfigMgr greeting. @p tvb begins with the message.
 */
direction_e content_direction(tvbuff_t *tvb, content_e content);

/**
 * The same where only one end sends it; DIRECTION_UNKNOWN for a TNMP message whose code is not
 * known. Such content shows which end is the viewer, whatever the SYN says.
 */
direction_e content_deciding_direction(tvbuff_t *tvb, content_e content);

/** True where all captured bytes of the payload's start are printable: lines of a text protocol. */
bool content_is_text(tvbuff_t *tvb);

/** Returns the channel that the content is known from, for packets whose port shows none. */
channel_e content_channel(content_e content);

#endif /* __SMSRC_CONTENT_H__ */
