/* packet-view.h
 * The packet at hand, as cheaply as it can be looked at: its layers and its bytes
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_PACKET_VIEW_H__
#define __SMSRC_PACKET_VIEW_H__

#include "service-detect.h"

/* The layers that any room may ask for; packet_view_watch() gives the bits of others. */
enum {
    LAYER_ICMP = 1 << 0,
    LAYER_ICMPV6 = 1 << 1,
};

typedef struct {
    tvbuff_t *tvb;           /* the frame */
    packet_info *pinfo;
    proto_tree *tree;        /* NULL where nobody wants one */
    unsigned layers;         /* LAYER_ bits of the protocols that Wireshark found in it */
    uint8_t protocol;        /* of IP; 0 where it is not known */
    const uint8_t *network;  /* what follows the IP header; NULL where it is not known */
    unsigned network_length; /* as captured */
    const uint8_t *payload;  /* of TCP or UDP; NULL where there is none */
    unsigned length;         /* as captured, PACKET_MAX_PAYLOAD at most */
    unsigned reported;       /* as it was on the wire */
} packet_view_t;

/** How much of a payload is looked at. */
#define PACKET_MAX_PAYLOAD 16384

/** How many parts of a packet are looked at. */
#define PACKET_MAX_PARTS 64

/** Look up Wireshark's protocols: call from a handoff routine. */
void packet_view_init(void);

/**
 * Have @p protocol, a filter name, among the layers of each packet. Returns its bit in them. Call
 * after packet_view_init(), and with a string that lives as long as the program.
 */
unsigned packet_view_watch(const char *protocol);

/** The layers of the packet, from pinfo alone. */
unsigned packet_view_layers(const packet_info *pinfo);

/** The packet with its bytes; @p tvb is the frame. Reads captured bytes only, never throws. */
packet_view_t packet_view_open(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree,
                               unsigned layers);

/**
 * True for a TCP segment that is nothing but its header: no layer above TCP is in it. (Not so at a
 * connection's end, where what was gathered until then may be dissected.)
 */
bool packet_view_is_bare(const packet_view_t *packet);

/**
 * The same packet with other bytes as its payload: part 1 and all further ones are what Wireshark
 * put together from several packets, decrypted or unpacked. False where it has no part @p i.
 */
bool packet_view_part(const packet_view_t *packet, unsigned i, packet_view_t *part);

/** What the payload is by its first bytes. */
service_e packet_view_service(const packet_view_t *packet);

/** @p length bytes of the payload from @p at on, or NULL where they were not captured. */
const uint8_t *packet_view_bytes(const packet_view_t *packet, unsigned at, unsigned length);

#endif /* __SMSRC_PACKET_VIEW_H__ */
