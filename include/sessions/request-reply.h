/* request-reply.h
 * Requests of a viewer and the agent's replies, linked both ways
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_REQUEST_REPLY_H__
#define __SMSRC_REQUEST_REPLY_H__

#include "smsrc-compat.h"

/** How a message was sent, which decides what is the same message again. */
typedef enum {
    SENT_IN_DATAGRAM, /* a sender without a reply may send its request again */
    SENT_IN_STREAM,
    SENT_BY_TCP,      /* a message with the sequence number of an earlier one is that one */
} sent_how_e;

/** A message of an exchange. */
typedef struct {
    bool is_reply;
    sent_how_e how;
    uint32_t seq; /* SENT_BY_TCP: of its first byte */
} exchanged_t;

/** Registers the fields; state is kept under @p proto. Call once. */
void request_reply_register(int proto);

/**
 * Adds to @p tree, as generated items, which frame replies to the request at hand, or which one
 * asked for the reply at hand and how long ago. Call it on every pass, once for each message and in
 * their order. The frame of the reply is known from the second pass on.
 */
void request_reply_add(packet_info *pinfo, proto_tree *tree, tvbuff_t *tvb,
                       const exchanged_t *message);

#endif /* __SMSRC_REQUEST_REPLY_H__ */
