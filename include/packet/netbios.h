/* netbios.h
 * NetBIOS names of Remote Tools in name service, datagram and session packets
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_NETBIOS_H__
#define __SMSRC_NETBIOS_H__

#include "channel.h"
#include "packet-view.h"

/** A name without trailing spaces, and its 16th byte. */
typedef struct {
    char text[16];
    uint8_t suffix;
} netbios_name_t;

/**
 * Decodes a name of RFC 1001 14.1: two letters for each byte, then the scope if it has one.
 * @return the length of the name in bytes; 0 if @p length bytes do not contain one
 */
unsigned netbios_name_decode(const uint8_t *bytes, unsigned length, netbios_name_t *name);

/** The same for a name that is not encoded, as in NetBIOS over IPX. */
void netbios_name_plain(const uint8_t bytes[16], netbios_name_t *name);

typedef enum {
    NETBIOS_NOTHING,   /* the packet has no name of Remote Tools */
    NETBIOS_QUERY,
    NETBIOS_FOUND,
    NETBIOS_NOT_FOUND,
    NETBIOS_REGISTER,  /* an agent registers its name */
    NETBIOS_CALL,      /* session request (NBSS 0x81) */
    NETBIOS_DATAGRAM,  /* to the name of an agent, or from it */
} netbios_act_e;

typedef struct {
    netbios_act_e act;
    netbios_name_t agent;  /* the name of Remote Tools */
    netbios_name_t viewer; /* the other name, of a call or a datagram; else empty */
    channel_e channel;
    bool from_agent;       /* the agent has sent the datagram */
    address owner;         /* NETBIOS_FOUND: the host with the name; points into the packet */
} netbios_packet_t;

/** True if a packet with these ports can have such a name. Called for every packet; cheap. */
bool netbios_is_candidate(const packet_info *pinfo);

/** Parses a packet for which netbios_is_candidate() is true. Never throws. */
void netbios_parse(packet_view_t *packet, netbios_packet_t *parsed);

/**
 * Returns NBSS_POSITIVE, or NBSS_NEGATIVE with its @p error, for a session response; 0 for another
 * packet. Call it after packet_view_read_bytes().
 */
uint8_t netbios_session_response(const packet_view_t *packet, uint8_t *error);

/** Returns the text of an error code (RFC 1002 4.3.4): "Called name not present". Static. */
const char *netbios_error_name(uint8_t error);

/**
 * Returns the payload of an IPX packet, with its captured @p length and its length on the wire, or
 * NULL if it has none.
 */
const uint8_t *netbios_ipx_payload(tvbuff_t *frame, const packet_info *pinfo, unsigned *length,
                                   unsigned *reported);

/** Operations of NetBIOS over IPX. */
typedef enum {
    NETBIOS_IPX_NONE,
    NETBIOS_IPX_FIND,
    NETBIOS_IPX_RECOGNIZED,
    NETBIOS_IPX_CHECK,
    NETBIOS_IPX_DATAGRAM = 11, /* directed; two names, the destination's first */
} netbios_ipx_e;

/** Returns the operation and the first name of such a packet; NETBIOS_IPX_NONE if it has none. */
netbios_ipx_e netbios_ipx_name(tvbuff_t *frame, const packet_info *pinfo, netbios_name_t *name);

#define NBSS_POSITIVE 0x82
#define NBSS_NEGATIVE 0x83

#endif /* __SMSRC_NETBIOS_H__ */
