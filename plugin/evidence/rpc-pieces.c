/* rpc-pieces.c
 * Messages to and from the endpoint mapper in short segments, and in fragments of DCE/RPC
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * Wireshark recognizes DCE/RPC by a whole header (16 bytes, C706 12.6.3.1), so that it never sees a
 * connection that begins with less, and a tower may be cut between two fragments. Such messages are
 * reassembled here, on the mapper's own port and in their order: a gap ends one. A message is kept
 * with the header of its first fragment and the stubs of all.
 */

#include "rpc-pieces.h"

#include <wsutil/pint.h>

#include "bounds.h"
#include "conversation-cache.h"
#include "endpoint-mapper.h"

#define MAX_BYTES 4096U
#define MAX_STREAMS 128U

/* Of a header: its length, that of a response, and what is in it. */
enum { HEADER = 16, RESPONSE_HEADER = 24, VERSION = 5, KIND = 2, FLAGS = 3, REPRESENTATION = 4,
       LITTLE_ENDIAN_BIT = 0x10, LENGTH = 8, RESPONSE = 2, LAST_FRAGMENT = 0x02 };

/* Where TCP's header has the sequence number. */
#define SEQUENCE 4

/* One direction of a connection. */
typedef struct {
    const conversation_t *conversation;
    bool of_first_end;
    uint32_t next;   /* the sequence number that follows */
    unsigned length; /* of what is kept; 0: nothing */
    unsigned at;     /* where the fragment at hand begins */
    uint8_t bytes[MAX_BYTES];
} stream_t;

/* Rebuilt for every capture; NULL: not used so far. */
static stream_t *streams[MAX_STREAMS];
static bool is_used;

void
rpc_pieces_reset(void)
{
    memset(streams, 0, sizeof streams);
    is_used = false;
}

/* True for what Wireshark does not reassemble: less than a header, or a fragment with others. */
static bool
is_piece(const uint8_t *bytes, unsigned length)
{
    if (length == 0 || bytes[0] != VERSION)
        return false;
    return length < HEADER ||
           (bytes[KIND] == RESPONSE && (bytes[FLAGS] & LAST_FRAGMENT) == 0);
}

static bool
is_kept(const stream_t *stream, const conversation_t *conversation, bool of_first_end)
{
    return stream != NULL && stream->length > 0 && stream->conversation == conversation &&
           stream->of_first_end == of_first_end;
}

/*
 * The place of a direction: its own, else the first that is free; NULL if there is none. Places
 * that were never used come behind all others.
 */
static stream_t **
find_place(const conversation_t *conversation, bool of_first_end)
{
    stream_t **free_place = NULL;

    for (unsigned i = 0; i < MAX_STREAMS; i++) {
        stream_t **place = &streams[(conversation->conv_index + i) % MAX_STREAMS];

        if (is_kept(*place, conversation, of_first_end))
            return place;
        if (free_place == NULL && (*place == NULL || (*place)->length == 0))
            free_place = place;
        if (*place == NULL)
            break;
    }
    return free_place;
}

/* What is kept of the packet's direction, which may begin with this packet; NULL if nothing is. */
static stream_t *
find_stream(const packet_view_t *packet)
{
    const packet_info *pinfo = packet->pinfo;
    const conversation_t *conversation = conversation_cache_find(pinfo);
    stream_t **place;
    bool of_first_end;

    if (conversation == NULL)
        return NULL;
    of_first_end = conversation_cache_is_first_end(conversation, &pinfo->src, pinfo->srcport);
    place = find_place(conversation, of_first_end);
    if (place != NULL && is_kept(*place, conversation, of_first_end))
        return *place;
    if (!is_piece(packet->payload, packet->length))
        return NULL;
    if (place == NULL) {
        bounds_exceed(BOUND_RPC_PIECES, MAX_STREAMS);
        return NULL;
    }
    is_used = true;
    if (*place == NULL)
        *place = wmem_new(wmem_file_scope(), stream_t);
    (*place)->conversation = conversation;
    (*place)->of_first_end = of_first_end;
    (*place)->next = pntohu32(packet->network + SEQUENCE);
    (*place)->length = (*place)->at = 0;
    return *place;
}

/* Adds the bytes that follow. False if there is a gap before them, or no room for them. */
static bool
append(stream_t *stream, const packet_view_t *packet)
{
    const uint32_t known = stream->next - pntohu32(packet->network + SEQUENCE);
    unsigned more;

    if ((int32_t)known < 0)
        return false;
    if (known >= packet->length)
        return true; /* sent again */
    more = packet->length - known;
    if (more > MAX_BYTES - stream->length) {
        bounds_exceed(BOUND_RPC_BYTES, MAX_BYTES);
        return false;
    }
    memcpy(stream->bytes + stream->length, packet->payload + known, more);
    stream->length += more;
    stream->next += more;
    return packet->length == packet->reported;
}

/* Returns the length of the fragment at hand; 0 if it is not whole, HEADER - 1 if it is none. */
static unsigned
fragment_length(const stream_t *stream)
{
    const uint8_t *header = stream->bytes + stream->at;
    unsigned length;

    if (stream->length - stream->at < HEADER)
        return 0;
    length = (header[REPRESENTATION] & LITTLE_ENDIAN_BIT) != 0 ? pletohu16(header + LENGTH)
                                                                : pntohu16(header + LENGTH);
    if (header[0] != VERSION || length < (stream->at > 0 ? RESPONSE_HEADER : HEADER))
        return HEADER - 1;
    return length <= stream->length - stream->at ? length : 0;
}

/* Reads the message that ends where the stream is, and begins with what follows. */
static void
read_message(stream_t *stream, const packet_view_t *packet)
{
    packet_view_t message = *packet;

    message.payload = stream->bytes;
    message.length = message.reported = stream->at;
    message.network = NULL;
    message.network_length = 0;
    endpoint_mapper_read(&message);
    stream->length -= stream->at;
    memmove(stream->bytes, stream->bytes + stream->at, stream->length);
    stream->at = 0;
}

static void
read_fragments(stream_t *stream, const packet_view_t *packet)
{
    for (unsigned length = fragment_length(stream); length != 0;
         length = fragment_length(stream)) {
        uint8_t *fragment = stream->bytes + stream->at;
        const bool is_last = (fragment[FLAGS] & LAST_FRAGMENT) != 0;

        if (length < HEADER) {
            stream->length = 0;
            return;
        }
        if (stream->at > 0) {
            length -= RESPONSE_HEADER;
            stream->length -= RESPONSE_HEADER;
            memmove(fragment, fragment + RESPONSE_HEADER, stream->length - stream->at);
        }
        stream->at += length;
        if (is_last)
            read_message(stream, packet);
    }
}

void
rpc_pieces_read(const packet_view_t *packet)
{
    stream_t *stream;

    if (packet->payload == NULL || packet_view_tcp_header(packet) == NULL ||
        (!is_used && !is_piece(packet->payload, packet->length)))
        return;
    stream = find_stream(packet);
    if (stream == NULL)
        return;
    if (append(stream, packet))
        read_fragments(stream, packet);
    else
        stream->length = 0;
}
