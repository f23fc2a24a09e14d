/* flow-content.h
 * What is remembered of a conversation, for the evidence and for the audit
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_FLOW_CONTENT_H__
#define __SMSRC_FLOW_CONTENT_H__

#include <epan/conversation.h>

#include "role-signatures.h"
#include "verdict.h"

/* A request that would give a role once it is answered as such a server would. */
typedef struct {
    const signature_t *signature;
    char site_code[4];
    char reason[100];
    const char *told; /* the reason while its packet is at hand; then NULL */
    uint32_t frame;
    bool needs_hint; /* the share's name is not enough: a file in it has to agree */
} pending_t;

/* How a TCP flow stands with the firewall. */
typedef enum {
    REACH_OPEN,    /* answered, or seen from its middle on, or without connections */
    REACH_ASKED,   /* a SYN, and no answer so far */
    REACH_BLOCKED, /* asked again without an answer, reset, or an ICMP error */
} reach_e;

#define FLOW_MAX_PENDING 4

/* A judgement and the frame from which on it holds. */
typedef struct {
    uint32_t frame;
    judgement_t judgement;
    judge_flow_t about;
} flow_judgement_t;

/*
 * A flow is judged anew when its content shows or a role is learned: that is bounded. There is one
 * place more, which only an attack takes: no number of judgements before it hides it.
 */
#define FLOW_MAX_JUDGEMENTS 8

/* Payload-bearing packets whose first bytes are looked at before content is given up on. */
#define FLOW_MAX_SNIFFS 5

typedef struct flow {
    conversation_t *conversation;

    /* Written by the evidence. */
    pending_t *pending; /* FLOW_MAX_PENDING of them, from the first request on */
    uint8_t num_pending;
    service_e service;
    smsrc_role_set_t implied_initiator; /* what the content itself says of the two ends */
    smsrc_role_set_t implied_responder;
    bool proxied;
    bool forwarded;     /* by a proxy, for a client that is not the initiator */
    smsrc_role_set_t passed_on; /* that client's roles, which an answered request has shown */
    uint16_t uri_port;  /* a proxied request is judged by its URI's port; 0: not proxied */
    uint8_t sniffs;

    /* Written by the audit. */
    uint32_t attack_frame; /* the first message of CVE-2004-0728; 0: none */
    unsigned book_version; /* of the last judgement */
    service_e judged_service;
    uint8_t num_judgements;
    flow_judgement_t judgements[FLOW_MAX_JUDGEMENTS + 1];
    uint32_t first_frame;    /* the first frame that was judged */
    uint32_t expert_frames[NUM_VERDICTS]; /* where the verdict was first told */
    uint32_t discouraged_frame;
    reach_e reach;
    uint32_t reach_frame;    /* the frame that showed that it is blocked */
    const char *reach_reason; /* static */
    unsigned packets;        /* from the initiator, while nothing answered */
    const struct flow *scan_of; /* the first of several unanswered tries of the same two hosts,
                                 * when this is a later one; NULL where it is none */
} flow_t;

/** Prepare for registering: under @p proto flows are kept with their conversations. */
void flow_init(int proto);

/** The flow of the packet, made where @p create says so; NULL where there is none. */
flow_t *flow_of_packet(packet_info *pinfo, bool create);

/** The flow of these ends, for a packet that an ICMP error quotes; NULL where there is none. */
flow_t *flow_of_ends(packet_info *pinfo, const address *src, const address *dst, bool tcp,
                     uint16_t src_port, uint16_t dst_port);

/** True where @p addr and @p port are the initiator's, as far as conversation and SYN tell. */
bool flow_is_initiator(const flow_t *flow, const address *addr, uint32_t port, bool *sure);

/** What was seen of the flow's TCP connection, the bits of tcp-state.h; 0 for UDP. */
unsigned flow_completeness(const flow_t *flow);

#endif /* __SMSRC_FLOW_CONTENT_H__ */
