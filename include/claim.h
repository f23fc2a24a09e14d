/* claim.h
 * What is claimed as SMS Remote Control, and on what ground
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_CLAIM_H__
#define __SMSRC_CLAIM_H__

#include "session-log.h"
#include "smsrc-compat.h"

/** The channels by the names KB 826852 gives them (2701, 2702, 2703, 2704). */
typedef enum {
    CHANNEL_UNKNOWN,
    CHANNEL_CONTROL,
    CHANNEL_DATA,
    CHANNEL_CHAT,
    CHANNEL_TRANSFER,
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

/** Why a packet is shown as SMS, the strongest ground first. */
typedef enum {
    GROUND_CONTENT, /* a magic of the protocol */
    GROUND_SESSION, /* the same two hosts have a session proven by content */
    GROUND_USER,    /* Decode As, or a port the user added */
    GROUND_PORT,    /* nothing but the server's port */
} ground_e;

/** What the first bytes of a payload are. */
typedef enum {
    CONTENT_NONE,
    CONTENT_PARTIAL, /* they could be the start of a header of which more must follow */
    CONTENT_RCH,     /* "RCH0", length, "RCHE" */
    CONTENT_TNMP,    /* "TNMP", length, "TNME" */
    CONTENT_USER,    /* 00 00 00 00 "USER", the record alone, over UDP */
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
    uint16_t server_port;     /* the agent's; 0 where the direction is not known */
    const session_t *session; /* NULL: none proven */
} claim_t;

/** The content at @p offset of @p tvb. Reads captured bytes only, never throws. */
content_e claim_content(tvbuff_t *tvb, unsigned offset, bool udp);

/** Prepare for registering: look up Wireshark's own tables. Call from a handoff routine. */
void claim_init(int proto);

/**
 * Decide whether the payload @p tvb is shown as SMS Remote Control.
 *
 * @param channel the channel the user chose with Decode As, or CHANNEL_UNKNOWN
 * @param by_user true where Decode As chose the dissector
 * @param only_content true for a heuristic, which has no other ground
 * @param port_ground whether the last ground, the port alone, counts (a preference)
 * @return false where it is to be left to others; then @p claim is not to be used
 */
bool claim_make(tvbuff_t *tvb, packet_info *pinfo, channel_e channel, bool by_user,
                bool only_content, bool port_ground, claim_t *claim);

#endif /* __SMSRC_CLAIM_H__ */
