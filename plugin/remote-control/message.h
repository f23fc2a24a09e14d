/* message.h
 * What the messages of SMS Remote Control have in common
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_MESSAGE_H__
#define __SMSRC_MESSAGE_H__

#include <epan/expert.h>

#include "claim.h"

/** How a message lies in the bytes at hand. */
typedef struct {
    unsigned body;      /* bytes of the body that are shown */
    unsigned missing;   /* bytes to wait for, when waiting makes sense */
    unsigned trailing;  /* RCH0: bytes behind the body that begin no other message */
    bool cut_short;     /* RCH0: the next message begins inside the announced body */
} message_extent_t;

/** Register smsrc.length_mismatch with the protocol's @p expert infos. */
void message_register(expert_module_t *expert);

/** One sentence of the Info column. */
void message_add_info(packet_info *pinfo, const char *sentence);

/** A string field of what the plugin concludes, rather than reads: marked generated. */
proto_item *message_add_conclusion(proto_tree *tree, int hf, tvbuff_t *tvb, const char *text);

/** Say at @p item that its length or offset does not fit what follows, and in what way. */
void message_add_mismatch(packet_info *pinfo, proto_item *item, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

/**
 * Where the next header begins at or behind @p offset, or the end of @p tvb. Bytes
 * between two headers are not known, or what is left of a message whose start was lost.
 */
unsigned message_next(tvbuff_t *tvb, unsigned offset, bool stream);

/**
 * Show @p length bytes (-1: to the end) at @p offset of @p tvb that are no message known, as the
 * claimed channel has them.
 */
void message_dissect_unknown(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, unsigned offset,
                             int length, const claim_t *claim);

#endif /* __SMSRC_MESSAGE_H__ */
