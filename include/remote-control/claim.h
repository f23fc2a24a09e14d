/* claim.h
 * Classification of packets as SMS Remote Control
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_CLAIM_H__
#define __SMSRC_CLAIM_H__

#include <epan/conversation.h>

#include "channel.h"
#include "content.h"
#include "netbios.h"
#include "session-log.h"
#include "smsrc-compat.h"

/** Why a packet is shown as SMS, the strongest basis first. */
typedef enum {
    BASIS_CONTENT, /* a magic of the protocol */
    BASIS_SESSION, /* the same two hosts have a session proven by content */
    BASIS_USER,    /* Decode As, or a port the user added */
    BASIS_PORT,    /* only the server's port */
} claim_basis_e;

/** The weakest basis that the caller accepts. */
typedef enum {
    CLAIM_BY_CONTENT, /* a heuristic */
    CLAIM_BY_SESSION, /* a heuristic on a port of a channel, a socket of IPX, or the preference
                       * "port_ground" is off */
    CLAIM_BY_PORT,
    CLAIM_BY_USER, /* chosen by Decode As: the packet is claimed in any case */
} claim_limit_e;

/** What the agent's end has answered to the viewer's content. */
typedef enum {
    ANSWER_NONE,    /* nothing that decides, as the beginning of a header */
    ANSWER_OWN,     /* the agent's own content, or bytes that may be */
    ANSWER_FOREIGN, /* another service's, or the request itself */
} claim_answer_e;

/** What a packet shows of its conversation, for claim_record(). */
typedef struct {
    bool is_candidate;            /* false: it shows nothing */
    conversation_t *conversation; /* NULL: it has none yet */
    uint16_t deciding_server_port; /* by content that only one end sends; 0: it shows none */
    claim_answer_e answer;
    bool is_unknown_answer;       /* it has no framing of the agent's: others are asked */
    bool is_echo;                 /* the answer is what the viewer has sent */
    bool may_be_echo;             /* so far: the rest follows */
    uint16_t inferred_server_port; /* by content or ports; 0: it was known, or it is not known */
    bool is_foreign;              /* the content is another protocol's */
    bool asks_others;             /* nothing shows yet that it is none: other dissectors decide */
    bool known_port;              /* the server's port is a channel's */
    bool known_channel;           /* by its port, or by the user */
} claim_findings_t;

typedef struct {
    claim_basis_e basis;
    content_e content; /* at the start of the payload */
    channel_e channel;
    direction_e direction;
    generation_e generation;
    session_transport_e transport;
    uint16_t server_port;     /* the agent's; 0 where the direction is not known */
    const session_t *session; /* NULL: none proven so far */
    bool configmgr;           /* the connection is ConfigMgr's: its greeting, or a sealed frame */
    unsigned prefix;          /* bytes of the message that came in earlier segments */
    bool has_seq;             /* over TCP: */
    uint32_t seq;             /* the number of the first byte of the message */
    claim_findings_t findings;
} claim_t;

/** A payload to classify. */
typedef struct {
    tvbuff_t *tvb;
    packet_info *pinfo;
    channel_e channel; /* the channel the user chose with Decode As, or CHANNEL_UNKNOWN */
    claim_limit_e limit;
} claim_input_t;

/** A payload over NetBIOS. */
typedef struct {
    claim_t claim;
    netbios_packet_t datagram; /* NETBIOS_NOTHING for a session's message */
    bool is_new;               /* the session log has nothing of it yet */
} claim_netbios_t;

/** Looks up Wireshark's own tables. Conversations keep their state under @p proto. Call once. */
void claim_init(int proto);

/**
 * Returns whether the payload is shown as SMS Remote Control; @p claim gets why, but for the
 * session, which claim_record() sets. Changes no state: no conversation or session is created.
 */
bool claim_classify(const claim_input_t *input, claim_t *claim);

/** Another dissector has claimed the payload of @p claim. Call it before claim_record(). */
void claim_set_foreign(claim_t *claim);

/**
 * Records what the packet shows of its conversation, and sets the session of @p claim, which its
 * content may begin. Call it with every result of claim_classify(): traffic that is not claimed
 * shows whose server it is too, or that it is another protocol's.
 */
void claim_record(tvbuff_t *tvb, packet_info *pinfo, claim_t *claim);

/**
 * First pass: true where this packet is what another service has answered to a viewer's content, so
 * that its conversation is not remote control. Costs one comparison.
 */
bool claim_is_refuted(const packet_info *pinfo);

/** Call it for every capture. */
void claim_reset(void);

/**
 * claim_classify() for the payload of a NetBIOS session or datagram: by
 * content, or by a name of Remote Tools. Ports show nothing there. Call
 * claim_netbios_record() where it is claimed.
 */
bool claim_netbios_classify(tvbuff_t *tvb, packet_info *pinfo, claim_netbios_t *netbios);
void claim_netbios_record(packet_info *pinfo, claim_netbios_t *netbios);

#endif /* __SMSRC_CLAIM_H__ */
