/* claim.h
 * What is claimed as SMS Remote Control, and on what ground
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_CLAIM_H__
#define __SMSRC_CLAIM_H__

#include "session-log.h"
#include "smsrc-compat.h"

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

/** Why a packet is shown as SMS, the strongest ground first. */
typedef enum {
    GROUND_CONTENT, /* a magic of the protocol */
    GROUND_SESSION, /* the same two hosts have a session proven by content */
    GROUND_USER,    /* Decode As, or a port the user added */
    GROUND_PORT,    /* nothing but the server's port */
} ground_e;

/** The weakest ground that counts for who asks. */
typedef enum {
    CLAIM_BY_CONTENT, /* a heuristic */
    CLAIM_BY_SESSION, /* a heuristic on a port of ours, a socket of IPX, or the port ground is
                       * turned off */
    CLAIM_BY_PORT,
    CLAIM_BY_USER, /* Decode As chose: it is claimed in any case */
} claim_limit_e;

/** What the first bytes of a payload are. */
typedef enum {
    CONTENT_NONE,
    CONTENT_PARTIAL, /* they could be the start of a header of which more must follow */
    CONTENT_RCH,     /* "RCH0", length, "RCHE" */
    CONTENT_TNMP,    /* "TNMP", length, "TNME" */
    CONTENT_USER,    /* 00 00 00 00 "USER", the record alone, in a datagram */
    CONTENT_CM,      /* a clear control frame of ConfigMgr 2012 and later */
} content_e;

/** RCH0 and TNMP: magic, length, magic. */
#define SMSRC_HEADER_LENGTH 12

typedef struct {
    ground_e ground;
    content_e content; /* at the start of the payload */
    channel_e channel;
    direction_e direction;
    generation_e generation;
    carrier_e carrier;
    uint16_t server_port;     /* the agent's; 0 where the direction is not known */
    const session_t *session; /* NULL: none proven */
    bool configmgr;           /* the connection is ConfigMgr's: its greeting, or a sealed frame */
} claim_t;

/** Of each generation the four channels' ports follow each other (Q256884, Q167128). */
#define CLAIM_NEWER_PORT 2701
#define CLAIM_OLDER_PORT 1761
#define CLAIM_NUM_PORTS 4U

/** True for 2701-2704 and 1761-1764. Asked of every packet. */
static inline bool
claim_has_port(uint32_t port)
{
    return port - CLAIM_NEWER_PORT < CLAIM_NUM_PORTS || port - CLAIM_OLDER_PORT < CLAIM_NUM_PORTS;
}

/** The channel of a port, with the generation that uses it; CHANNEL_UNKNOWN for any other. */
channel_e claim_channel(uint16_t port, generation_e *generation);

/** The channel of an IPX socket (Q167128), or CHANNEL_UNKNOWN. */
channel_e claim_ipx_channel(uint32_t socket);

/** The IPX socket of a channel (Q167128); 0 for CHANNEL_UNKNOWN. */
uint16_t claim_ipx_socket(channel_e channel);

/**
 * The content at @p offset of @p tvb, in a @p stream or in a datagram or message of its own.
 * Reads captured bytes only, never throws.
 */
content_e claim_content(tvbuff_t *tvb, unsigned offset, bool stream);

/** Prepare for registering: look up Wireshark's own tables. Call from a handoff routine. */
void claim_init(int proto);

/**
 * Decide whether the payload @p tvb is shown as SMS Remote Control.
 *
 * @param channel the channel the user chose with Decode As, or CHANNEL_UNKNOWN
 * @param limit the weakest ground that counts
 * @return false where it is to be left to others; then @p claim is not to be used
 */
bool claim_make(tvbuff_t *tvb, packet_info *pinfo, channel_e channel, claim_limit_e limit,
                claim_t *claim);

/**
 * The same for what a NetBIOS session or datagram carries: by content, or by a name of Remote
 * Tools. No port tells anything there.
 */
bool claim_make_netbios(tvbuff_t *tvb, packet_info *pinfo, claim_t *claim);

#endif /* __SMSRC_CLAIM_H__ */
