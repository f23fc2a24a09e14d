/* packet-copy.h
 * Packets that a capture has twice, and packets that were sent again
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_PACKET_COPY_H__
#define __SMSRC_PACKET_COPY_H__

#include "packet-view.h"

/** How many of a flow's packets are kept: the copy of one may come after others. */
#define PACKET_COPY_KEPT 4

/** What is kept of a flow's newest packets. 72 bytes; all zero before the first packet. */
typedef struct {
    struct {
        uint64_t when;  /* in microseconds */
        uint32_t bytes; /* hash of what is above IP */
        uint16_t id;    /* IP's identification; 0 for IPv6 */
        bool has_time;
        bool used;
    } packets[PACKET_COPY_KEPT];
    uint8_t next;
} packet_copies_t;

typedef enum {
    PACKET_NEW,      /* none of those kept has the same bytes above IP */
    PACKET_REPEATED, /* one of them has: it was sent again, */
    PACKET_RESENT,   /* and that is the newest one */
    PACKET_COPY,     /* the same packet, captured twice */
} packet_copy_e;

/**
 * Compares a packet of TCP or UDP with those kept, and keeps it unless it is a copy. Call it once
 * for each packet of the flow, in their order. Never throws.
 */
packet_copy_e packet_copy_find(packet_copies_t *copies, packet_view_t *packet);

/** Returns the packet's time in microseconds, which wraps. Of no use where the packet has none. */
uint64_t packet_copy_time(const packet_info *pinfo);

/** True if less time is between the two than any system waits for an answer. */
bool packet_copy_is_at_once(uint64_t one, uint64_t other);

#endif /* __SMSRC_PACKET_COPY_H__ */
