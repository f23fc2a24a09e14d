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

/** The roles of a flow's two ends by its content. Flows share equal ones (shared-value.h). */
typedef struct {
    role_set_t inferred_initiator;
    role_set_t inferred_responder;
    role_set_t proven_initiator; /* those of them that an answer has proven */
    role_set_t proven_responder;
} content_roles_t;

/** What a proxy was asked for. Flows share equal ones. Without padding: it is compared as bytes. */
typedef struct {
    role_set_t roles;    /* of the URI's host by the path asked for, where nothing is learned */
    uint8_t host[16];    /* the address in the URI */
    uint32_t host_length; /* of that address; 0: the URI has a name */
    uint32_t port;       /* a proxied request is judged by it; 0: not proxied */
} asked_uri_t;

/** The state of a flow. Lives as long as the capture. */
typedef struct flow_content {
    conversation_t *conversation;
    conversation_t *rest; /* a dissector has made another one of the same connection; NULL: none */
    struct pending *pending; /* requests without a response so far (inference.c), or NULL */
    stream_head_t *stream;  /* the first bytes of both directions; NULL: none is kept */
    struct flow *judged;   /* the audit's own state (flow-audit.h); NULL: none so far */
    const content_roles_t *roles; /* never NULL */
    const asked_uri_t *uri; /* the last one; never NULL */
    handed_out_t handed_out; /* what another service has handed this flow's port out for */
    uint32_t tunnel_frame; /* that asked for it, or granted it: what follows is its content */
    uint32_t attack_frame; /* the first message of CVE-2004-0728; 0: none */
    uint32_t mp_missing_frame; /* the first answer that there is no such name; 0: none */
    char mp_site[4];     /* of a management point whose NetBIOS name is asked for; "" for none */
    uint16_t uri_number; /* how many the URIs were, one after the other on other hosts or ports */
    uint16_t server_port; /* of the first SYN; 0: none so far */
    uint8_t service;     /* service_e */
    uint8_t num_pending;
    uint8_t sniffs;      /* single packets inspected for the service so far */
    uint8_t port_looks;  /* packets by whose ports what was handed out has been looked up */
    bool is_sms : 1;        /* the content is that of an SMS service */
    bool is_by_session : 1; /* nothing but a proven session of its hosts shows its service */
    bool proxied : 1;
    bool is_tunnel : 1;  /* a proxy was asked to connect to the URI's port: this is for it */
    bool is_tunnel_made : 1; /* an answer has decided that, where nothing is learned */
    bool forwarded : 1;  /* by a proxy, for a client that is not the initiator */
    bool is_sniffed : 1; /* a packet was inspected */
    bool is_late : 1;    /* data had passed before the first that was inspected */
    bool is_read : 1;    /* nothing more will be inspected */
    bool is_over : 1;    /* one end has ended the connection while it was inspected */
    bool is_read_again : 1;    /* a later pass inspects it: the first had no roles, or too late */
    bool is_contradictory : 1; /* copies of its first bytes differ */
    bool has_ends : 1;   /* content has shown the ends: nothing changes them any more */
    bool second_initiates : 1; /* by that content: the second end of the conversation's key */
    bool was_turned : 1; /* content has shown other ends than SYN or first sender */
} flow_content_t;

/** Sets what the content of a flow has shown of the roles of its ends. */
void flow_content_set_roles(flow_content_t *flow, const content_roles_t *roles);

/** Sets what a proxy was asked for in the flow. */
void flow_content_set_uri(flow_content_t *flow, const asked_uri_t *uri);

/** Call at the beginning of a capture. */
void flow_content_reset(void);

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
