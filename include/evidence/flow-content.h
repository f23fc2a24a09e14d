/* flow-content.h
 * What the content of a conversation has shown
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_FLOW_CONTENT_H__
#define __SMSRC_FLOW_CONTENT_H__

#include <epan/conversation.h>

#include "role-signatures.h"
#include "service.h"

/* A request that would give a role once it is answered as such a server would. */
typedef struct {
    const role_signature_t *signature;
    char site_code[4];
    char reason[100];
    const char *told; /* the reason while its packet is at hand; then NULL */
    uint32_t frame;
    bool needs_corroboration; /* the share's name is not enough: a file in it has to agree */
} pending_t;

#define FLOW_MAX_PENDING 4

/* Payload-bearing packets whose first bytes are looked at before content is given up on. */
#define FLOW_MAX_SNIFFS 5

/* What the content of a conversation has shown. Lives as long as the capture. */
typedef struct {
    conversation_t *conversation;
    pending_t *pending; /* FLOW_MAX_PENDING of them, from the first request on */
    uint8_t num_pending;
    service_e service;
    role_set_t inferred_initiator; /* what the content itself says of the two ends */
    role_set_t inferred_responder;
    bool proxied;
    bool forwarded;     /* by a proxy, for a client that is not the initiator */
    role_set_t passed_on; /* that client's roles, which an answered request has shown */
    uint16_t uri_port;  /* a proxied request is judged by its URI's port; 0: not proxied */
    uint8_t sniffs;

    uint32_t attack_frame; /* the first message of CVE-2004-0728; 0: none */
    struct flow *judged;   /* what the audit has found of it (flow-audit.h); NULL: nothing so far */
} flow_content_t;

/** Prepare for registering: under @p proto flows are kept with their conversations. */
void flow_content_init(int proto);

/** The flow of the packet, made where @p create says so; NULL where there is none. */
flow_content_t *flow_content_get(packet_info *pinfo, bool create);

/** The flow of these ends, for a packet that an ICMP error quotes; NULL where there is none. */
flow_content_t *flow_content_find_by_ends(packet_info *pinfo, const address *src,
                                          const address *dst, bool tcp, uint16_t src_port,
                                          uint16_t dst_port);

/** True where @p addr and @p port are the initiator's, as far as conversation and SYN tell. */
bool flow_content_is_initiator(const flow_content_t *flow, const address *addr, uint32_t port,
                               bool *sure);

/** What was seen of the flow's TCP connection, the bits of tcp-state.h; 0 for UDP. */
unsigned flow_content_completeness(const flow_content_t *flow);

#endif /* __SMSRC_FLOW_CONTENT_H__ */
