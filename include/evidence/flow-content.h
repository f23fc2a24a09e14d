/* flow-content.h
 * Per-conversation state of the evidence: what the content of a flow has shown
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_FLOW_CONTENT_H__
#define __SMSRC_FLOW_CONTENT_H__

#include <epan/conversation.h>

#include "handed-out.h"
#include "role.h"
#include "service.h"
#include "stream-head.h"

/*
 * The most packets by whose first bytes the service of a flow is detected, where it is not a stream
 * whose beginning the capture has.
 */
#define FLOW_MAX_SNIFFS 5

/** The state of a flow. Lives as long as the capture. */
typedef struct flow_content {
    conversation_t *conversation;
    conversation_t *rest; /* a dissector has made another one of the same connection; NULL: none */
    struct pending *pending; /* requests without a response so far (inference.c), or NULL */
    uint8_t num_pending;
    service_e service;
    role_set_t inferred_initiator; /* the roles of the two ends by the content itself */
    role_set_t inferred_responder;
    role_set_t proven_initiator; /* those of them that an answer has proven */
    role_set_t proven_responder;
    bool is_sms;        /* the content is that of an SMS service */
    bool is_by_session; /* nothing but a proven session of its hosts shows its service */
    bool proxied;
    bool is_tunnel;     /* a proxy was asked to connect to uri_port: all that follows is for it */
    bool is_tunnel_made; /* an answer has decided that, where nothing is learned */
    uint32_t tunnel_frame; /* that asked for it, or granted it: what follows is its content */
    bool forwarded;     /* by a proxy, for a client that is not the initiator */
    uint16_t uri_port;  /* a proxied request is judged by its URI's port; 0: not proxied */
    uint16_t server_port; /* of the first SYN; 0: none so far */
    uint8_t sniffs;     /* single packets inspected for the service so far */
    stream_head_t *stream;  /* the first bytes of both directions; NULL: none is kept */
    bool is_sniffed;        /* a packet was inspected */
    bool is_late;           /* data had passed before the first that was inspected */
    bool is_read;           /* nothing more will be inspected */
    bool is_over;           /* one end has ended the connection while it was inspected */
    bool is_read_again;     /* a later pass inspects it: the first had no roles, or too late */
    bool is_contradictory;  /* copies of its first bytes differ */
    uint16_t uri_number; /* how many the URIs were, one after the other on other hosts or ports */
    uint8_t uri_host[16]; /* the address in the URI; a length of 0: a name */
    uint8_t uri_host_length;
    role_set_t uri_roles; /* of the URI's host by the path asked for, where nothing is learned */
    uint8_t port_looks; /* packets by whose ports what was handed out has been looked up */
    handed_out_t handed_out; /* what another service has handed this flow's port out for */
    bool has_ends;      /* content has shown the ends: nothing changes them any more */
    bool second_initiates; /* by that content: the second end of the conversation's key */
    bool was_turned;    /* content has shown other ends than SYN or first sender */

    char mp_site[4];        /* of a management point whose NetBIOS name is asked for; "" for none */
    uint32_t mp_missing_frame; /* the first answer that there is no such name; 0: none */

    uint32_t attack_frame; /* the first message of CVE-2004-0728; 0: none */
    struct flow *judged;   /* the audit's own state (flow-audit.h); NULL: none so far */
} flow_content_t;

/** Keep flows under @p proto of their conversations. Call from a handoff routine. */
void flow_content_init(int proto);

/** Returns the packet's flow, creating it if @p create is true; else NULL if there is none. */
flow_content_t *flow_content_get(packet_info *pinfo, bool create);

/** Returns the flow of a conversation; NULL if there is none. */
flow_content_t *flow_content_of(const conversation_t *conversation);

/** Returns the flow between these ends, as for a packet in an ICMP error; NULL if there is none. */
flow_content_t *flow_content_find_by_ends(packet_info *pinfo, const address *src,
                                          const address *dst, bool tcp, uint16_t src_port,
                                          uint16_t dst_port);

/**
 * The packet has content that only one end of such a flow sends: the initiator, if @p to_responder
 * is true. The first such content fixes the ends. Call on the first pass.
 */
void flow_content_set_ends(flow_content_t *flow, const packet_info *pinfo, bool to_responder);

/**
 * True if @p addr and @p port are the initiator's: by content that only one end sends, else by the
 * first SYN, else by the first packet. @p sure is set if content or a SYN has shown it.
 */
bool flow_content_is_initiator(const flow_content_t *flow, const address *addr, uint32_t port,
                               bool *sure);

/** True if the packet's sender has the first address and port of the flow's conversation. */
bool flow_content_is_first_end(const flow_content_t *flow, const packet_info *pinfo);

/** Returns what was seen of the TCP connection, as the bits of tcp-state.h; 0 for UDP. */
unsigned flow_content_completeness(const flow_content_t *flow);

#endif /* __SMSRC_FLOW_CONTENT_H__ */
