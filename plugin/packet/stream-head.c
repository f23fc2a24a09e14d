/* stream-head.c
 * The first bytes of each direction of a TCP connection
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * What a flow carries is what its streams begin with, however they are cut into segments, in
 * whatever order these come, and whatever else has the same ports. Wireshark reassembles only what
 * a dissector asks for, and on odd ports none does. So this file reassembles the first bytes of
 * each direction by their sequence numbers: bytes outside the window are ignored, of two copies the
 * first counts, and copies that differ before the receiver has acknowledged any of them contradict
 * each other.
 *
 * Only flows that are judged have a head, from their first payload on, until their service is known
 * and what is kept was acknowledged, or until both directions have been read. A head has 128 bytes
 * each way, and the places of four more pieces that came before their turn. All of them together
 * are 8,192 at most, of some 450 bytes (under 4 MB); past that the oldest one is dropped.
 */

#include "stream-head.h"

#include <wsutil/pint.h>

#include "bounds.h"
#include "conversation-cache.h"
#include "tcp-state.h"

/* The most heads that are kept at the same time. */
#ifndef STREAM_HEAD_MAX
#define STREAM_HEAD_MAX 8192
#endif

/* The segments of a direction that are ahead of their turn. */
#define MAX_AHEAD 4

/*
 * How far a direction is read: no signature needs more than its first bytes, but some compare the
 * length in their header with that of the message.
 */
#define REACH 1024

/* How far from its turn a segment may be: without an option, the window of TCP (RFC 9293 3.1). */
#define WINDOW 65535

/* Bytes by their offset from the first one. */
typedef struct {
    uint32_t begin, end;
} span_t;

/* One direction. All numbers but "first" are offsets. */
typedef struct {
    uint32_t first;  /* the sequence number of the first byte */
    uint32_t total;  /* bytes without a gap */
    uint32_t acked;  /* bytes that the receiver has acknowledged */
    uint16_t length; /* bytes that are kept without a gap */
    bool is_known;   /* "first" is set */
    bool is_cut;     /* the capture lacks the beginning */
    bool had_gap;    /* bytes were kept behind a gap */
    uint8_t num_ahead;
    span_t ahead[MAX_AHEAD];
    uint8_t kept[STREAM_HEAD_BYTES / 8]; /* a bit for each byte that is kept behind a gap */
    uint8_t bytes[STREAM_HEAD_BYTES];
} direction_t;

struct stream_head {
    direction_t directions[2]; /* of the conversation's first and second end */
    bool is_late; /* data of the connection had passed before */
    bool is_contradictory;
    bool is_over; /* a FIN or a RST was within the window */
    const conversation_t *conversation;
    stream_head_t **place;
    stream_head_t *older, *younger;
};

/* The header of a segment (RFC 9293 3.1). */
typedef struct {
    uint32_t seq;
    uint32_t ack;
    bool has_ack;
    bool ends; /* has FIN or RST */
    bool is_new; /* of the first pass */
    const uint8_t *payload;
    unsigned captured;
    unsigned reported;
} segment_t;

/* Rebuilt for every capture: all heads in the order in which they were made. */
static stream_head_t *oldest, *youngest;
static unsigned num_heads;

void
stream_head_reset(void)
{
    oldest = youngest = NULL;
    num_heads = 0;
}

static void
unlink_head(const stream_head_t *head)
{
    *(head->older != NULL ? &head->older->younger : &oldest) = head->younger;
    *(head->younger != NULL ? &head->younger->older : &youngest) = head->older;
    num_heads--;
}

void
stream_head_free(stream_head_t **place)
{
    if (*place == NULL)
        return;
    unlink_head(*place);
    wmem_free(wmem_file_scope(), *place);
    *place = NULL;
}

/* Makes room for one more. A connection that is over has nothing to show, and is not reported. */
static void
drop_oldest(bool first_pass)
{
    if (first_pass && (tcp_state_seen(oldest->conversation) & (SEEN_FIN | SEEN_RST)) == 0)
        bounds_exceed(BOUND_STREAM_HEADS, STREAM_HEAD_MAX);
    stream_head_free(oldest->place);
}

static stream_head_t *
make_head(stream_head_t **place, const conversation_t *conversation, bool first_pass)
{
    stream_head_t *head;

    if (num_heads == STREAM_HEAD_MAX)
        drop_oldest(first_pass);
    head = wmem_new0(wmem_file_scope(), stream_head_t);
    head->conversation = conversation;
    head->place = place;
    head->older = youngest;
    *(youngest != NULL ? &youngest->younger : &oldest) = head;
    youngest = head;
    num_heads++;
    *place = head;
    return head;
}

/* False if the header was not captured. */
static bool
read_segment(const packet_view_t *packet, segment_t *segment)
{
    enum { SEQ = 4, ACK = 8, FLAGS = 13, LENGTH = 20, FIN = 0x01, SYN = 0x02, RST = 0x04,
           HAS_ACK = 0x10 };
    const uint8_t *header = packet->network;

    if (packet->protocol != 6 || packet->network_length < LENGTH)
        return false;
    segment->seq = pntohu32(header + SEQ) + ((header[FLAGS] & SYN) != 0 ? 1 : 0);
    segment->ack = pntohu32(header + ACK);
    segment->has_ack = (header[FLAGS] & HAS_ACK) != 0;
    segment->is_new = !PINFO_FD_VISITED(packet->pinfo);
    segment->ends = (header[FLAGS] & (FIN | RST)) != 0;
    segment->payload = packet->payload;
    segment->captured = packet->payload != NULL ? packet->length : 0;
    segment->reported = packet->payload != NULL ? packet->reported : 0;
    return true;
}

static void
begin_at(direction_t *direction, uint32_t first, bool is_cut)
{
    memset(direction, 0, sizeof *direction);
    direction->first = first;
    direction->is_known = true;
    direction->is_cut = is_cut;
}

/* Sets where a direction begins: behind its SYN, else where the capture has its first byte. */
static void
find_first(direction_t *direction, const conversation_t *conversation, bool of_sender,
           uint32_t otherwise)
{
    uint32_t first;

    if (direction->is_known)
        return;
    if (tcp_state_find_first_byte(conversation, of_sender, &first))
        begin_at(direction, first, false);
    else
        begin_at(direction, otherwise, true);
}

/* What the receiver has acknowledged is settled. If the capture lacks it, the beginning is lost. */
static void
acknowledge(direction_t *direction, uint32_t ack)
{
    uint32_t at = ack - direction->first;

    if (at > direction->acked && at - direction->acked <= WINDOW)
        direction->acked = at;
    if (direction->length == 0 && direction->acked > direction->total)
        direction->is_cut = true;
}

static bool
is_kept(const direction_t *direction, uint32_t at)
{
    return at < direction->length || (direction->kept[at / 8] >> at % 8 & 1) != 0;
}

/* Keeps a byte. False if another one was there, and the receiver may take either. */
static bool
keep_byte(direction_t *direction, uint32_t at, uint8_t byte)
{
    if (is_kept(direction, at))
        return direction->bytes[at] == byte || at < direction->acked;
    direction->kept[at / 8] |= (uint8_t)(1U << at % 8);
    direction->bytes[at] = byte;
    return true;
}

/* A keep-alive has one old byte, of no meaning (RFC 9293 3.8.4). */
static bool
is_keep_alive(const direction_t *direction, uint32_t at, const segment_t *segment)
{
    return segment->reported == 1 && at + 1 == direction->total && segment->captured == 1 &&
           segment->payload[0] == 0;
}

/* Keeps those bytes of a segment that are among the first. Returns false if copies differ. */
static bool
keep_bytes(direction_t *direction, int32_t at, const segment_t *segment)
{
    int32_t count = MIN((int32_t)segment->captured, STREAM_HEAD_BYTES - at);
    bool agree = true;

    if (at == direction->length && !direction->had_gap) {
        if (count > 0) {
            memcpy(direction->bytes + at, segment->payload, (size_t)count);
            direction->length = (uint16_t)(at + count);
        }
        return true;
    }
    direction->had_gap = direction->had_gap || at > direction->length;
    for (int32_t i = MAX(0, -at); i < count; i++)
        agree = keep_byte(direction, (uint32_t)(at + i), segment->payload[i]) && agree;
    while (direction->length < STREAM_HEAD_BYTES && is_kept(direction, direction->length))
        direction->length++;
    return agree;
}

/* The segments that were ahead, and now follow without a gap. */
static void
take_ahead(direction_t *direction)
{
    for (unsigned i = 0; i < direction->num_ahead;) {
        const span_t *span = &direction->ahead[i];

        if (span->begin > direction->total) {
            i++;
            continue;
        }
        direction->total = MAX(direction->total, span->end);
        direction->ahead[i] = direction->ahead[--direction->num_ahead];
        i = 0;
    }
}

/*
 * Keeps the place of a segment that is ahead, in one piece with all that it touches. Returns false
 * if there is no room for it. How far a direction is read needs none behind that.
 */
static bool
keep_ahead(direction_t *direction, uint32_t begin, uint32_t end)
{
    for (unsigned i = 0; i < direction->num_ahead;) {
        const span_t *span = &direction->ahead[i];

        if (begin > span->end || end < span->begin) {
            i++;
            continue;
        }
        begin = MIN(span->begin, begin);
        end = MAX(span->end, end);
        direction->ahead[i] = direction->ahead[--direction->num_ahead];
        i = 0;
    }
    if (direction->num_ahead == MAX_AHEAD)
        return begin >= REACH;
    direction->ahead[direction->num_ahead++] = (span_t){ begin, end };
    return true;
}

/* Where the capture lacks the beginning, what follows has no turn. */
static void
count_bytes(direction_t *direction, uint32_t begin, uint32_t end, bool is_new)
{
    if (begin <= direction->total) {
        direction->total = MAX(direction->total, end);
        take_ahead(direction);
    } else if (!keep_ahead(direction, begin, end) && is_new && !direction->is_cut) {
        bounds_exceed(BOUND_STREAM_SEGMENTS, MAX_AHEAD);
    }
}

static bool
is_direction_read(const direction_t *direction)
{
    return MAX(direction->total, direction->acked) >= REACH;
}

/* True if a segment is within the window: what is forged knows no number. */
static bool
is_in_window(const direction_t *direction, const segment_t *segment)
{
    int32_t at = (int32_t)(segment->seq - direction->first);
    uint32_t reach = MAX(direction->total, direction->acked);

    return at >= -WINDOW && at <= (int32_t)(reach + WINDOW);
}

/* Returns true if the segment is within the window. */
static bool
add_segment(stream_head_t *head, direction_t *direction, const segment_t *segment)
{
    int32_t at = (int32_t)(segment->seq - direction->first);
    uint32_t end;

    if (!is_in_window(direction, segment) ||
        (at >= STREAM_HEAD_BYTES && is_direction_read(direction)))
        return false;
    if (head->is_late && at > 0 && direction->length == 0)
        direction->is_cut = true;
    if (at + (int32_t)segment->reported <= 0 || is_keep_alive(direction, (uint32_t)at, segment))
        return direction->is_cut;
    end = (uint32_t)at + segment->reported;
    if (!keep_bytes(direction, at, segment))
        head->is_contradictory = true;
    count_bytes(direction, (uint32_t)MAX(at, 0), end, segment->is_new);
    return true;
}

/* What the direction begins with: all of its first segment, else what is kept. */
static void
set_bytes(stream_bytes_t *bytes, const direction_t *direction, const segment_t *segment)
{
    /* A later copy has what the first one had, and no more. */
    bool is_first = segment->seq == direction->first && segment->captured > direction->length &&
                    direction->total == segment->reported;

    bytes->bytes = is_first ? segment->payload : direction->bytes;
    bytes->length = is_first ? segment->captured : direction->length;
    bytes->reported = direction->total;
    bytes->is_cut = direction->is_cut;
}

/* Returns the head in @p place, making one if there is none. */
static stream_head_t *
get_head(stream_head_t **place, const packet_view_t *packet, const conversation_t *conversation,
         bool is_late)
{
    if (*place == NULL)
        make_head(place, conversation, !PINFO_FD_VISITED(packet->pinfo))->is_late = is_late;
    return *place;
}

static unsigned
side_of_sender(const packet_view_t *packet, const conversation_t *conversation)
{
    return conversation_cache_is_first_end(conversation, &packet->pinfo->src,
                                           packet->pinfo->srcport) ? 0 : 1;
}

bool
stream_head_add(stream_head_t **place, const packet_view_t *packet,
                const conversation_t *conversation, bool is_late, stream_bytes_t *bytes)
{
    segment_t segment;
    stream_head_t *head;
    direction_t *sender, *receiver;
    unsigned side;

    if (!read_segment(packet, &segment) ||
        (*place == NULL && segment.payload == NULL && !segment.ends))
        return false;
    head = get_head(place, packet, conversation, is_late);
    side = side_of_sender(packet, conversation);
    sender = &head->directions[side];
    receiver = &head->directions[!side];
    if (segment.has_ack) {
        find_first(receiver, conversation, false, segment.ack);
        acknowledge(receiver, segment.ack);
    }
    if (segment.payload != NULL || segment.ends)
        find_first(sender, conversation, true, segment.seq);
    if (segment.ends && is_in_window(sender, &segment))
        head->is_over = true;
    if (segment.payload == NULL)
        return false;
    if (!add_segment(head, sender, &segment))
        return false;
    set_bytes(bytes, sender, &segment);
    return true;
}

void
stream_head_begin_behind(stream_head_t **place, const packet_view_t *packet,
                         const conversation_t *conversation, unsigned skipped)
{
    segment_t segment;
    stream_head_t *head;

    if (packet->payload == NULL || !read_segment(packet, &segment))
        return;
    head = get_head(place, packet, conversation, false);
    begin_at(&head->directions[side_of_sender(packet, conversation)], segment.seq + skipped, false);
}

bool
stream_head_is_over(const stream_head_t *head)
{
    return head->is_over;
}

bool
stream_head_is_contradictory(const stream_head_t *head)
{
    return head->is_contradictory;
}

bool
stream_head_is_read(const stream_head_t *head)
{
    return is_direction_read(&head->directions[0]) && is_direction_read(&head->directions[1]);
}

bool
stream_head_is_acknowledged(const stream_head_t *head)
{
    for (unsigned side = 0; side < 2; side++) {
        const direction_t *direction = &head->directions[side];

        if (direction->length > direction->acked)
            return false;
    }
    return true;
}

bool
stream_head_has_both(const stream_head_t *head, unsigned count)
{
    return head->directions[0].length >= count && head->directions[1].length >= count;
}
