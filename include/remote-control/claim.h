/* claim.h
 * What is claimed as SMS Remote Control, and on what ground
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_CLAIM_H__
#define __SMSRC_CLAIM_H__

#include "channel.h"
#include "session-log.h"
#include "smsrc-compat.h"

/** Why a packet is shown as SMS, the strongest ground first. */
typedef enum {
    BASIS_CONTENT, /* a magic of the protocol */
    BASIS_SESSION, /* the same two hosts have a session proven by content */
    BASIS_USER,    /* Decode As, or a port the user added */
    BASIS_PORT,    /* nothing but the server's port */
} claim_basis_e;

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
    claim_basis_e ground;
    content_e content; /* at the start of the payload */
    channel_e channel;
    direction_e direction;
    generation_e generation;
    session_transport_e carrier;
    uint16_t server_port;     /* the agent's; 0 where the direction is not known */
    const session_t *session; /* NULL: none proven */
    bool configmgr;           /* the connection is ConfigMgr's: its greeting, or a sealed frame */
} claim_t;

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
bool claim_classify(tvbuff_t *tvb, packet_info *pinfo, channel_e channel, claim_limit_e limit,
                claim_t *claim);

/**
 * The same for what a NetBIOS session or datagram carries: by content, or by a name of Remote
 * Tools. No port tells anything there.
 */
bool claim_classify_netbios(tvbuff_t *tvb, packet_info *pinfo, claim_t *claim);

#endif /* __SMSRC_CLAIM_H__ */
