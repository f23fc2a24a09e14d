/* stream-head.h
 * The first bytes of each direction of a TCP connection
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_STREAM_HEAD_H__
#define __SMSRC_STREAM_HEAD_H__

#include <epan/conversation.h>

#include "packet-view.h"

/** The bytes of each direction that are kept. */
#define STREAM_HEAD_BYTES 128

/** The first bytes of a connection, as far as the capture has had them. */
typedef struct stream_head stream_head_t;

/** What a direction begins with, after a segment has added to it. Lives as long as the packet. */
typedef struct {
    const uint8_t *bytes; /* without a gap; STREAM_HEAD_BYTES at most, or the whole first segment */
    unsigned length;
    unsigned reported; /* as many as have followed without a gap, on the wire */
    bool is_cut;       /* the capture has not the beginning: segments may begin anything */
} stream_bytes_t;

/** Call for every capture. */
void stream_head_reset(void);

/**
 * Adds a packet of TCP to the first bytes of its connection, which are kept in @p place (NULL: none
 * so far). Call for each packet, in their order. @p is_late: the
 * capture had data of the connection before the first call. Returns true if the packet has a
 * segment within the window. For want of room what is kept may be dropped later, which sets
 * @p place to NULL.
 */
bool stream_head_add(stream_head_t **place, const packet_view_t *packet,
                     const conversation_t *conversation, bool is_late, stream_bytes_t *bytes);

/**
 * What the sender's direction begins with is behind the first @p skipped bytes of the packet's
 * payload: what was before them is not content of the connection, as a proxy's head is none.
 */
void stream_head_begin_behind(stream_head_t **place, const packet_view_t *packet,
                              const conversation_t *conversation, unsigned skipped);

/** True if one end has ended the connection, by a FIN or a RST within the window. */
bool stream_head_is_over(const stream_head_t *head);

/** True if copies of the same bytes have differed before any was acknowledged. */
bool stream_head_is_contradictory(const stream_head_t *head);

/** True if both directions are read as far as they will be. */
bool stream_head_is_read(const stream_head_t *head);

/** True if no byte that is kept may be sent again: each has been acknowledged. */
bool stream_head_is_acknowledged(const stream_head_t *head);

/** True if the first @p count bytes of both directions are kept. */
bool stream_head_has_both(const stream_head_t *head, unsigned count);

/** Frees what is kept. */
void stream_head_free(stream_head_t **place);

#endif /* __SMSRC_STREAM_HEAD_H__ */
