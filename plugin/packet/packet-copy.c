/* packet-copy.c
 * Packets that a capture has twice, and packets that were sent again
 *
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

#include <epan/ipproto.h>
#include <wsutil/pint.h>

#define COPY_MICROSECONDS 100000U

/* Where the header of a transport has its checksum. */
enum { TCP_CHECKSUM = 16, UDP_CHECKSUM = 6, CHECKSUM_LENGTH = 2 };

static uint32_t
hash_bytes(const packet_view_t *packet)
{
    unsigned at = packet->pinfo->ptype == PT_TCP ? TCP_CHECKSUM : UDP_CHECKSUM;
    const uint8_t *bytes = packet->network;
    unsigned after = at + CHECKSUM_LENGTH, length = packet->network_length;

    /* Of a packet that was cut, the checksum is all that is known of its end. */
    if (packet->pinfo->fd->cap_len < packet->pinfo->fd->pkt_len)
        return wmem_strong_hash(bytes, length);
    if (length <= after)
        return wmem_strong_hash(bytes, MIN(length, at));
    return wmem_strong_hash(bytes, at) * 31 + wmem_strong_hash(bytes + after, length - after);
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
    bytes = hash_bytes(&whole);
    for (unsigned i = 0; i < PACKET_COPY_KEPT; i++) {
        if (!copies->packets[i].used || copies->packets[i].bytes != bytes)
            continue;
        /* Without times the identification alone decides. */
        if (copies->packets[i].id == id &&
            (!copies->packets[i].has_time || !pinfo->fd->has_ts ||
             packet_copy_is_at_once(copies->packets[i].time, now)))
            return PACKET_COPY;
        if (found != PACKET_RESENT)
            found = i == newest ? PACKET_RESENT : PACKET_REPEATED;
    }
    copies->packets[copies->next].time = now;
    copies->packets[copies->next].bytes = bytes;
    copies->packets[copies->next].id = id;
    copies->packets[copies->next].has_time = pinfo->fd->has_ts;
    copies->packets[copies->next].used = true;
    copies->next = (uint8_t)((copies->next + 1) % PACKET_COPY_KEPT);
    return found;
}
