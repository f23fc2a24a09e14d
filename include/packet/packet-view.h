/* packet-view.h
 * Zero-copy view of the current packet: its layers and its bytes
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_PACKET_VIEW_H__
#define __SMSRC_PACKET_VIEW_H__

#include <epan/ipproto.h>

#include "service-detect.h"

/* The layers that any room may ask for; packet_view_watch() gives the bits of others. */
enum {
    LAYER_ICMP = 1 << 0,
    LAYER_ICMPV6 = 1 << 1,
};

/** A packet, of which layers and bytes are read when they are needed. */
typedef struct {
    tvbuff_t *tvb;           /* the frame */
    packet_info *pinfo;
    proto_tree *tree;        /* NULL if no tree is built */
    bool has_layers;
    bool has_bytes;
    uint8_t protocol;        /* of IP, with the bytes; 0 if it is not known */
    unsigned layers;         /* LAYER_ bits, after packet_view_read_layers() */
    /* After packet_view_read_bytes(): */
    const uint8_t *network;  /* the bytes that follow the IP header; NULL if it is not known */
    unsigned network_length; /* as captured */
    const uint8_t *payload;  /* of TCP or UDP; NULL if there is none */
    unsigned length;         /* as captured, PACKET_MAX_PAYLOAD at most */
    unsigned reported;       /* as it was on the wire */
} packet_view_t;

/** Limit of the bytes of a payload that are read. */
#define PACKET_MAX_PAYLOAD 16384

/** Length of TCP's header without options, and the place of the flags in it. */
#define PACKET_TCP_LENGTH 20U
#define PACKET_TCP_FLAGS 13

/** Limit of the parts of a packet that are read. */
#define PACKET_MAX_PARTS 64

/** Looks up Wireshark's protocols. Call from a handoff routine. */
void packet_view_init(void);

/** Returns a view of which nothing has been read yet; @p tvb is the frame. */
static inline packet_view_t
packet_view_open(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree)
{
    return (packet_view_t){ .tvb = tvb, .pinfo = pinfo, .tree = tree };
}

/**
 * Has @p protocol, a filter name, among the layers of each packet. Returns its bit in them. Call
 * after packet_view_init(), and with a string that lives as long as the program.
 */
unsigned packet_view_watch(const char *protocol);

/** Returns the bits of the watched protocols that Wireshark found in a packet, from pinfo alone. */
unsigned packet_view_layers(const packet_info *pinfo);

/**
 * Returns the same and keeps it in the view. Costs less if the bytes have been read before: a bare
 * segment has no such layer.
 */
unsigned packet_view_read_layers(packet_view_t *packet);

/** Finds the bytes of the packet, once. Reads captured bytes only and never throws. */
void packet_view_read_bytes(packet_view_t *packet);

/**
 * Returns the header of a TCP segment, or NULL where its first 20 bytes are not in the frame. Call
 * it after packet_view_read_bytes().
 */
static inline const uint8_t *
packet_view_tcp_header(const packet_view_t *packet)
{
    return packet->protocol == IP_PROTO_TCP && packet->network_length >= PACKET_TCP_LENGTH
               ? packet->network
               : NULL;
}

/**
 * True for UDP where the ports are those of a tunnel, and the addresses those of a packet in it
 * that has no ports.
 */
bool packet_view_has_other_ports(packet_view_t *packet);

/** True for IPv4 to all hosts of a network, by its address or by what carried it. */
bool packet_view_is_broadcast(const packet_view_t *packet);

/**
 * The same packet with other bytes as its payload: part 1 and all further ones are what Wireshark
 * has reassembled, decrypted or decompressed. False if the packet has no part @p i. Call it after
 * packet_view_read_bytes().
 */
bool packet_view_part(const packet_view_t *packet, unsigned i, packet_view_t *part);

/** Returns the service that the first bytes of the payload show. */
service_e packet_view_service(const packet_view_t *packet);

/** Returns @p length bytes of the payload from @p at on, or NULL if they were not captured. */
const uint8_t *packet_view_bytes(const packet_view_t *packet, unsigned at, unsigned length);

#endif /* __SMSRC_PACKET_VIEW_H__ */
