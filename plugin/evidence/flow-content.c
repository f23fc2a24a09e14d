/* flow-content.c
 * Per-conversation state of the evidence: what the content of a flow has shown
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * Wireshark's conversations are the flows, and their state is proto data of the conversation, which
 * lives as long as the capture. Which packets of a connection the capture has is Wireshark's TCP
 * dissector's fact (tcp.completeness); the port of the first SYN is tcp-state.c's. Where a
 * dissector makes another conversation within a connection, both have the same flow.
 */

#include "flow-content.h"

#include "conversation-cache.h"
#include "shared-value.h"
#include "tcp-state.h"

static int proto_flow = -1;

/* What flows share in one capture. */
static shared_values_t shared_roles = SHARED_VALUES_INIT(content_roles_t);
static shared_values_t shared_uris = SHARED_VALUES_INIT(asked_uri_t);
static const content_roles_t no_roles;
static const asked_uri_t no_uri;

void
flow_content_init(int proto)
{
    proto_flow = proto;
}

void
flow_content_reset(void)
{
    shared_values_reset(&shared_roles);
    shared_values_reset(&shared_uris);
}

void
flow_content_set_roles(flow_content_t *flow, const content_roles_t *roles)
{
    if (memcmp(flow->roles, roles, sizeof *roles) != 0)
        flow->roles = (const content_roles_t *)shared_value(&shared_roles, roles);
}

void
flow_content_set_uri(flow_content_t *flow, const asked_uri_t *uri)
{
    if (memcmp(flow->uri, uri, sizeof *uri) != 0)
        flow->uri = (const asked_uri_t *)shared_value(&shared_uris, uri);
}

/*
 * True if a dissector has made the conversation, and not the beginning of a connection: TCP knows
 * it from the next packet on.
 */
static bool
is_made_within(const conversation_t *conversation, const packet_info *pinfo)
{
    return pinfo->ptype == PT_TCP && !PINFO_FD_VISITED(pinfo) &&
           (!tcp_state_is_known(conversation) || (conversation_cache_is_new_stream() &&
                                                  conversation->setup_frame < pinfo->num));
}

/*
 * The flow of a connection of which the rest has become another conversation, as VNC's heuristics
 * make one at the greeting of the server; NULL if there was none before. The flow goes on: its ends
 * are those that it had.
 */
static flow_content_t *
join_rest(conversation_t *conversation, const packet_info *pinfo)
{
    conversation_t *before = find_conversation(conversation->setup_frame - 1, &pinfo->src,
                                               &pinfo->dst, CONVERSATION_TCP, pinfo->srcport,
                                               pinfo->destport, 0);
    flow_content_t *flow =
        before != NULL && before != conversation ? flow_content_of(before) : NULL;

    if (flow == NULL || (flow_content_completeness(flow) & (SEEN_FIN | SEEN_RST)) != 0)
        return NULL;
    flow->rest = conversation;
    conversation_add_proto_data(conversation, proto_flow, flow);
    return flow;
}

flow_content_t *
flow_content_get(packet_info *pinfo, bool create)
{
    conversation_t *conversation = conversation_cache_find(pinfo);
    flow_content_t *flow;

    if (conversation == NULL) {
        if (!create)
            return NULL;
        conversation = conversation_cache_create(pinfo);
    }
    flow = (flow_content_t *)conversation_get_proto_data(conversation, proto_flow);
    if (flow == NULL && is_made_within(conversation, pinfo))
        flow = join_rest(conversation, pinfo);
    if (flow == NULL && create) {
        flow = wmem_new0(wmem_file_scope(), flow_content_t);
        flow->conversation = conversation;
        flow->roles = &no_roles;
        flow->uri = &no_uri;
        conversation_add_proto_data(conversation, proto_flow, flow);
    }
    if (flow != NULL && flow->server_port == 0)
        flow->server_port = tcp_state_server_port(flow->conversation);
    return flow;
}

flow_content_t *
flow_content_of(const conversation_t *conversation)
{
    return (flow_content_t *)conversation_get_proto_data(conversation, proto_flow);
}

flow_content_t *
flow_content_find_by_ends(packet_info *pinfo, const address *src, const address *dst, bool tcp,
                          uint16_t src_port, uint16_t dst_port)
{
    conversation_t *conversation = find_conversation(
        pinfo->num, src, dst, tcp ? CONVERSATION_TCP : CONVERSATION_UDP, src_port, dst_port, 0);

    return conversation == NULL
               ? NULL
               : (flow_content_t *)conversation_get_proto_data(conversation, proto_flow);
}

static bool
is_first_end(const flow_content_t *flow, const address *addr, uint32_t port)
{
    return conversation_cache_is_first_end(flow->conversation, addr, port);
}

bool
flow_content_is_initiator(const flow_content_t *flow, const address *addr, uint32_t port,
                          bool *sure)
{
    const conversation_element_t *key = flow->conversation->key_ptr;

    *sure = flow->has_ends;
    if (flow->has_ends)
        return is_first_end(flow, addr, port) != flow->second_initiates;
    *sure = flow->server_port != 0 && conversation_key_port1(key) != conversation_key_port2(key);
    return *sure ? port != flow->server_port : is_first_end(flow, addr, port);
}

void
flow_content_set_ends(flow_content_t *flow, const packet_info *pinfo, bool to_responder)
{
    bool sure;

    if (flow->has_ends || pinfo->ptype == PT_IPX)
        return;
    flow->was_turned =
        flow_content_is_initiator(flow, &pinfo->src, pinfo->srcport, &sure) != to_responder;
    flow->second_initiates =
        is_first_end(flow, &pinfo->src, pinfo->srcport) != to_responder;
    flow->has_ends = true;
}

bool
flow_content_is_first_end(const flow_content_t *flow, const packet_info *pinfo)
{
    return is_first_end(flow, &pinfo->src, pinfo->srcport);
}

unsigned
flow_content_completeness(const flow_content_t *flow)
{
    return tcp_state_seen(flow->conversation) |
           (flow->rest != NULL ? tcp_state_seen(flow->rest) : 0);
}
