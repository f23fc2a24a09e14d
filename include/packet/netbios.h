/* netbios.h
 * NetBIOS names of Remote Tools, in the packets that ask for them, call them or go to them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_NETBIOS_H__
#define __SMSRC_NETBIOS_H__

#include "channel.h"
#include "packet-view.h"

/** A name without the spaces behind it, and its 16th byte. */
typedef struct {
    char text[16];
    uint8_t suffix;
} netbios_name_t;

/**
 * A name as RFC 1001 14.1 writes it, two letters for each byte, with its scope if it has one.
 * @return the bytes it takes; 0 where there is no such name in @p length bytes
 */
unsigned netbios_name_decode(const uint8_t *bytes, unsigned length, netbios_name_t *name);

/** The same for the 16 bytes themselves, as NetBIOS over IPX has them. */
void netbios_name_plain(const uint8_t bytes[16], netbios_name_t *name);

typedef enum {
    NETBIOS_NOTHING,   /* no packet with a name of Remote Tools */
    NETBIOS_QUERY,     /* who has the name? */
    NETBIOS_FOUND,
    NETBIOS_NOT_FOUND,
    NETBIOS_REGISTER,  /* an agent makes its name known */
    NETBIOS_CALL,      /* a session is asked for (NBSS 0x81) */
    NETBIOS_DATAGRAM,  /* to the name of an agent, or from it */
} netbios_act_e;

typedef struct {
    netbios_act_e act;
    netbios_name_t agent;  /* the name of Remote Tools */
    netbios_name_t viewer; /* the other name, of a call or a datagram; else empty */
    channel_e channel;
    bool from_agent;       /* a datagram of the agent's */
    address owner;         /* NETBIOS_FOUND: who has the name; points into the packet */
} netbios_packet_t;

/** True where a packet with these ports can have such a name. Costs next to nothing. */
bool netbios_is_candidate(const packet_info *pinfo);

/** Parses a packet for which netbios_is_candidate() is true. Never throws. */
void netbios_parse(packet_view_t *packet, netbios_packet_t *look);

/** NBSS's answer to a call: 0x82 positive, 0x83 negative; 0: none. @p error: of a negative. */
uint8_t netbios_session_response(const packet_view_t *packet, uint8_t *error);

/** "Called name not present" (RFC 1002 4.3.4). Static. */
const char *netbios_error_name(uint8_t error);

/** Bytes behind the header of an IPX packet; NULL where it is none. @p reported: on the wire. */
const uint8_t *netbios_ipx_payload(tvbuff_t *frame, const packet_info *pinfo, unsigned *length,
                                   unsigned *reported);

/** What a NetBIOS packet over IPX is about. */
typedef enum {
    NETBIOS_IPX_NONE,
    NETBIOS_IPX_FIND,
    NETBIOS_IPX_RECOGNIZED,
    NETBIOS_IPX_CHECK,
    NETBIOS_IPX_DATAGRAM = 11, /* directed: two names, of which the first is its target */
} netbios_ipx_e;

/** The first name that such a packet has; NETBIOS_IPX_NONE where there is none. */
netbios_ipx_e netbios_ipx_name(tvbuff_t *frame, const packet_info *pinfo, netbios_name_t *name);

#define NBSS_POSITIVE 0x82
#define NBSS_NEGATIVE 0x83

#endif /* __SMSRC_NETBIOS_H__ */
