/* cm-exchange.h
 * Requests and replies of the handshake of ConfigMgr's remote control
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_CM_EXCHANGE_H__
#define __SMSRC_CM_EXCHANGE_H__

#include "cm-connection.h"
#include "cm-frame.h"

/** What TCP hands over at once: a frame, the end of one, or several. */
typedef struct {
    tvbuff_t *tvb;
    const struct tcpinfo *tcp; /* NULL: it is not known */
    bool is_fresh;             /* first pass, and not retransmitted */
} cm_segment_t;

/** What a frame is in the handshake. */
typedef enum {
    CM_EXCHANGE_NONE,
    CM_EXCHANGE_REQUEST,
    CM_EXCHANGE_REPLY,
} cm_exchange_e;

/** First pass, before anything is learned from the frame: returns what it is in the handshake. */
cm_exchange_e cm_exchange_of_frame(const cm_connection_t *connection, packet_info *pinfo,
                                   cm_frame_e kind);

/** Adds the frame of the reply, or that of the request: request_reply_add(). */
void cm_exchange_add(cm_exchange_e exchange, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree,
                     const cm_segment_t *segment);

#endif /* __SMSRC_CM_EXCHANGE_H__ */
