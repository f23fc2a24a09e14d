/* message.h
 * Common parts of SMS Remote Control's messages
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_MESSAGE_H__
#define __SMSRC_MESSAGE_H__

#include <epan/expert.h>

#include "claim.h"

/** Boundaries of a message in a payload. */
typedef struct {
    unsigned body;      /* bytes of the body that are shown */
    unsigned missing;   /* bytes of later segments that are worth waiting for */
    unsigned trailing;  /* RCH0: bytes after the body that begin no other message */
    bool cut_short;     /* RCH0: the next message begins inside the announced body */
} message_extent_t;

/** Registers smsrc.length_mismatch with the protocol's @p expert infos. */
void message_register(expert_module_t *expert);

/** Adds a sentence to the Info column. */
void message_add_info(packet_info *pinfo, const char *sentence);

/** Adds a string field that the plugin concludes rather than reads: it is marked generated. */
proto_item *message_add_conclusion(proto_tree *tree, int hf, tvbuff_t *tvb, const char *text);

/** Adds an expert info to @p item: its length or offset does not fit what follows, and how. */
void message_add_mismatch(packet_info *pinfo, proto_item *item, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

/**
 * Links the message at @p offset of the payload with its reply, or as a reply with its request:
 * request_reply_add().
 */
void message_add_links(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, unsigned offset,
                       const claim_t *claim, bool is_reply);

/**
 * Returns where the next header begins, from @p offset on, or the end of @p tvb. Bytes between two
 * headers are not known, or are the rest of a message whose start was lost.
 */
unsigned message_next(tvbuff_t *tvb, unsigned offset, bool stream);

/** Queues bytes of no known message for the statistics; those of chat with what they are. */
void message_queue_unknown(tvbuff_t *tvb, packet_info *pinfo, unsigned offset, unsigned length,
                           const claim_t *claim);

/**
 * Dissects @p length bytes (-1: to the end) at @p offset of @p tvb that are not a known message: as
 * text in chat, else as bytes.
 */
void message_dissect_unknown(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, unsigned offset,
                             int length, const claim_t *claim);

#endif /* __SMSRC_MESSAGE_H__ */
