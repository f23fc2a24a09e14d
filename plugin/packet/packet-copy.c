/* packet-copy.c
 * Packets that a capture has twice, and packets that were sent again
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * A mirror port, a capture on all interfaces, and two captures that were merged have a packet more
 * than once: with the same bytes above IP and the same identification, a moment later. TTL differs
 * where a router is between the two points. A packet that is sent again has another identification
 * (RFC 791 3.2), or comes later: no system waits less than a tenth of a second for an answer.
 *
 * The checksum does not count: the sender's own capture has it as the network card gets it, which
 * is to compute it.
 */

#include "packet-copy.h"

#include "bytes-digest.h"

#include <epan/ipproto.h>
#include <wsutil/pint.h>

#define COPY_MICROSECONDS UINT64_C(100000)

/*
 * A segment of TCP is identified by its sender, its sequence numbers, its flags and its length. No
 * table is hashed by this.
 */
static uint32_t
mix_segment(const packet_view_t *packet)
{
    enum { SEQ = 4, ACK = 8, FLAGS = 12, LENGTH = 16 };
    const uint8_t *header = packet->network;
    uint32_t mixed = packet->payload != NULL ? packet->reported : 0;

    if (packet->network_length < LENGTH)
        return bytes_digest(header, packet->network_length);
    mixed = (mixed + pntohu32(header)) * 0x9e3779b1U;
    mixed = (mixed ^ pntohu32(header + SEQ)) * 0x85ebca6bU;
    mixed = (mixed ^ pntohu32(header + ACK)) * 0xc2b2ae35U;
    return (mixed ^ mixed >> 15 ^ pntohu32(header + FLAGS)) * 0x9e3779b1U;
}

static uint32_t
hash_datagram(const packet_view_t *packet)
{
    enum { CHECKSUM = 6, AFTER = 8 };
    const uint8_t *bytes = packet->network;
    unsigned length = packet->network_length;

    /* Of a packet that was cut, the checksum is all that is known of its end. */
    if (packet->pinfo->fd->cap_len < packet->pinfo->fd->pkt_len)
        return bytes_digest(bytes, length);
    if (length <= AFTER)
        return bytes_digest(bytes, MIN(length, CHECKSUM));
    return bytes_digest(bytes, CHECKSUM) * 31 + bytes_digest(bytes + AFTER, length - AFTER);
}

/* IPv4's identification, in the header that pinfo's address points into. */
static uint16_t
read_id(const packet_view_t *packet)
{
    enum { ID_BEFORE_SOURCE = 8, MIN_AFTER = 8, MAX_AFTER = 48 };
    const address *src = &packet->pinfo->src;
    uintptr_t after = (uintptr_t)packet->network - (uintptr_t)src->data;

    if (src->type != AT_IPv4 || after < MIN_AFTER || after > MAX_AFTER)
        return 0;
    return pntohu16((const uint8_t *)src->data - ID_BEFORE_SOURCE);
}

/* Of times as they are, which a capture may have beyond all bounds. */
bool
packet_copy_is_at_once(uint64_t one, uint64_t other)
{
    return one - other + COPY_MICROSECONDS <= 2 * COPY_MICROSECONDS;
}

uint64_t
packet_copy_time(const packet_info *pinfo)
{
    return (uint64_t)pinfo->abs_ts.secs * 1000000 + (uint64_t)pinfo->abs_ts.nsecs / 1000;
}

/* Returns the view that has the transport's header: a datagram may be reassembled. */
static bool
find_transport(packet_view_t *packet, packet_view_t *whole, uint16_t *id)
{
    packet_view_read_bytes(packet);
    *whole = *packet;
    *id = packet->network != NULL ? read_id(packet) : 0;
    return packet->network != NULL ||
           (packet_view_part(packet, 1, whole) && whole->network != NULL);
}

packet_copy_e
packet_copy_find(packet_copies_t *copies, packet_view_t *packet)
{
    const packet_info *pinfo = packet->pinfo;
    const unsigned newest = (copies->next + PACKET_COPY_KEPT - 1) % PACKET_COPY_KEPT;
    packet_copy_e found = PACKET_NEW;
    uint64_t now = packet_copy_time(pinfo);
    packet_view_t whole;
    uint32_t bytes;
    uint16_t id;

    if (!find_transport(packet, &whole, &id))
        return PACKET_NEW;
    bytes = pinfo->ptype == PT_TCP ? mix_segment(&whole) : hash_datagram(&whole);
    for (unsigned i = 0; i < PACKET_COPY_KEPT; i++) {
        if (!copies->packets[i].used || copies->packets[i].bytes != bytes)
            continue;
        /* Without times the identification alone decides. */
        if (copies->packets[i].id == id &&
            (!copies->packets[i].has_time || !pinfo->fd->has_ts ||
             packet_copy_is_at_once(copies->packets[i].when, now)))
            return PACKET_COPY;
        if (found != PACKET_RESENT)
            found = i == newest ? PACKET_RESENT : PACKET_REPEATED;
    }
    copies->packets[copies->next].when = now;
    copies->packets[copies->next].bytes = bytes;
    copies->packets[copies->next].id = id;
    copies->packets[copies->next].has_time = pinfo->fd->has_ts;
    copies->packets[copies->next].used = true;
    copies->next = (uint8_t)((copies->next + 1) % PACKET_COPY_KEPT);
    return found;
}
