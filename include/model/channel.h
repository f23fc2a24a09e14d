/* channel.h
 * The channels of Remote Control: names, ports, IPX sockets and NetBIOS names
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_CHANNEL_H__
#define __SMSRC_CHANNEL_H__

#include "smsrc-compat.h"

/** The channels, by their names in KB 826852 (2701, 2702, 2703, 2704). */
typedef enum {
    CHANNEL_UNKNOWN,
    CHANNEL_CONTROL,
    CHANNEL_DATA,
    CHANNEL_CHAT,
    CHANNEL_TRANSFER,
    NUM_CHANNELS
} channel_e;

typedef enum {
    DIRECTION_UNKNOWN,
    DIRECTION_TO_AGENT,  /* viewer to agent */
    DIRECTION_TO_VIEWER, /* agent to viewer */
} direction_e;

typedef enum {
    GENERATION_UNKNOWN,
    GENERATION_OLDER, /* 1761-1764: SMS 1.x, SMS 2.0 before SP2 (Q167128) */
    GENERATION_NEWER, /* 2701-2704: SMS 2.0 SP2, SMS 2003 (Q256884, KB 826852) */
} generation_e;

/** The transport of a packet of a session. */
typedef enum {
    SESSION_TRANSPORT_TCP,
    SESSION_TRANSPORT_UDP,
    SESSION_TRANSPORT_NETBIOS, /* a session or a datagram to a NetBIOS name, over TCP/IP or IPX */
    SESSION_TRANSPORT_IPX,     /* a socket of Remote Tools (Q167128) */
    NUM_SESSION_TRANSPORTS
} session_transport_e;

/** The ports of the first channel; those of the others follow (Q256884, Q167128). */
#define CHANNEL_NEWER_PORT 2701
#define CHANNEL_OLDER_PORT 1761
#define CHANNEL_NUM_PORTS 4U

/** True for 2701-2704 and 1761-1764. Called for every packet. */
static inline bool
channel_has_port(uint32_t port)
{
    return port - CHANNEL_NEWER_PORT < CHANNEL_NUM_PORTS ||
           port - CHANNEL_OLDER_PORT < CHANNEL_NUM_PORTS;
}

/** Returns the channel of a port and the generation that uses it; CHANNEL_UNKNOWN for others. */
channel_e channel_by_port(uint16_t port, generation_e *generation);

/** Returns the channel of an IPX socket (Q167128), or CHANNEL_UNKNOWN. */
channel_e channel_by_ipx_socket(uint32_t socket);

/**
 * Returns the channel of an agent's NetBIOS name with this 16th byte (Q129603, Q163409): 0x43 is
 * remote control, 0x45 chat, 0x46 file transfer. CHANNEL_UNKNOWN for others.
 */
channel_e channel_by_netbios_suffix(uint8_t suffix);

/** Returns the IPX socket of a channel (Q167128); 0 for CHANNEL_UNKNOWN. */
uint16_t channel_ipx_socket(channel_e channel);

/** "Control", "Agent to viewer", "NetBIOS": as users read and type them. Static. */
const char *channel_name(channel_e channel);
const char *channel_direction_name(direction_e direction);
const char *channel_transport_name(session_transport_e transport);

/** Returns the channel's key in JSON, "control"; NULL for CHANNEL_UNKNOWN. Static. */
const char *channel_json_name(channel_e channel);

/** Returns IANA's name of a port of 2701-2704, and its error; NULL for other ports. Static. */
const char *channel_iana_name(uint16_t port);

#endif /* __SMSRC_CHANNEL_H__ */
