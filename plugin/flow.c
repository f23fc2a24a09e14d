/* flow.c
 * What is remembered of a conversation, for the evidence and for the audit
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * Wireshark's own conversations are the flows; what the audit has to remember of one hangs on
 * it and lives as long as the capture. Two facts come from Wireshark's TCP dissector: the port
 * the SYN went to, and how much of a connection the capture has (tcp.completeness).
 */

#define WS_LOG_DOMAIN "smsrc"

#include "flow.h"

#include <epan/dissectors/packet-tcp.h>

static int proto_flow = -1;
static int proto_tcp = -1;

void
flow_init(int proto)
{
    proto_flow = proto;
    proto_tcp = proto_get_id_by_filter_name("tcp");
}

static conversation_type
type_of_packet(const packet_info *pinfo)
{
    switch (pinfo->ptype) {
    case PT_TCP:
        return CONVERSATION_TCP;
    case PT_UDP:
        return CONVERSATION_UDP;
    default:
        return CONVERSATION_IPX;
    }
}

/*
 * Conversations found last: looking one up costs more than all else the audit does for a packet
 * of a flow that it knows. An entry holds while no younger conversation of the same ends exists,
 * which is what "next" tells. Rebuilt for every capture.
 */
#define RECENT_SLOTS 1024

typedef struct {
    uint32_t src, dst;
    uint16_t src_port, dst_port;
    port_type type;
    conversation_t *conversation;
    flow_t *flow;
} recent_t;

static recent_t recent[RECENT_SLOTS];

void
flow_reset(void)
{
    memset(recent, 0, sizeof recent);
}

/* The place of this packet's ends, or NULL for ends that are not kept. */
static recent_t *
recent_slot(const packet_info *pinfo)
{
    uint32_t src, dst;

    if (pinfo->src.type != AT_IPv4 || pinfo->dst.type != AT_IPv4 || pinfo->ptype == PT_IPX)
        return NULL;
    memcpy(&src, pinfo->src.data, sizeof src);
    memcpy(&dst, pinfo->dst.data, sizeof dst);
    return &recent[((src ^ dst * 31) * 2654435761U + pinfo->srcport * 61 + pinfo->destport * 67 +
                    (unsigned)pinfo->ptype) %
                   RECENT_SLOTS];
}

static bool
recent_fits(const recent_t *slot, const packet_info *pinfo)
{
    return slot->conversation != NULL && slot->conversation->next == NULL &&
           slot->conversation->setup_frame <= pinfo->num &&
           memcmp(&slot->src, pinfo->src.data, sizeof slot->src) == 0 &&
           memcmp(&slot->dst, pinfo->dst.data, sizeof slot->dst) == 0 &&
           slot->src_port == pinfo->srcport && slot->dst_port == pinfo->destport &&
           slot->type == pinfo->ptype;
}

flow_t *
flow_of_packet(packet_info *pinfo, bool create)
{
    conversation_type type = type_of_packet(pinfo);
    uint32_t source = type == CONVERSATION_IPX ? 0 : pinfo->srcport;
    uint32_t destination = type == CONVERSATION_IPX ? 0 : pinfo->destport;
    recent_t *slot = recent_slot(pinfo);
    conversation_t *conversation;
    flow_t *flow;

    if (slot != NULL && recent_fits(slot, pinfo))
        return slot->flow;
    conversation = find_conversation(pinfo->num, &pinfo->src, &pinfo->dst, type, source,
                                     destination, 0);
    if (conversation == NULL) {
        if (!create)
            return NULL;
        conversation = conversation_new(pinfo->num, &pinfo->src, &pinfo->dst, type, source,
                                        destination, 0);
    }
    flow = (flow_t *)conversation_get_proto_data(conversation, proto_flow);
    if (flow == NULL && create) {
        flow = wmem_new0(wmem_file_scope(), flow_t);
        flow->conversation = conversation;
        conversation_add_proto_data(conversation, proto_flow, flow);
    }
    if (slot != NULL && flow != NULL) {
        memcpy(&slot->src, pinfo->src.data, sizeof slot->src);
        memcpy(&slot->dst, pinfo->dst.data, sizeof slot->dst);
        slot->src_port = (uint16_t)source;
        slot->dst_port = (uint16_t)destination;
        slot->type = pinfo->ptype;
        slot->conversation = conversation;
        slot->flow = flow;
    }
    return flow;
}

flow_t *
flow_of_ends(packet_info *pinfo, const address *src, const address *dst, bool tcp,
             uint16_t src_port, uint16_t dst_port)
{
    conversation_t *conversation = find_conversation(
        pinfo->num, src, dst, tcp ? CONVERSATION_TCP : CONVERSATION_UDP, src_port, dst_port, 0);

    return conversation == NULL
               ? NULL
               : (flow_t *)conversation_get_proto_data(conversation, proto_flow);
}

static const struct tcp_analysis *
tcp_of_flow(const flow_t *flow)
{
    return (const struct tcp_analysis *)conversation_get_proto_data(flow->conversation, proto_tcp);
}

bool
flow_is_initiator(const flow_t *flow, const address *addr, uint32_t port, bool *sure)
{
    const conversation_element_t *key = flow->conversation->key_ptr;
    const struct tcp_analysis *tcp = tcp_of_flow(flow);
    uint32_t first_port = conversation_key_port1(key), second_port = conversation_key_port2(key);

    *sure = tcp != NULL && tcp->server_port != 0 && first_port != second_port;
    if (*sure)
        return port != tcp->server_port;
    /* IPX's flows are those of two hosts, whatever their sockets. */
    return (addr->type == AT_IPX || port == first_port) &&
           addresses_equal(addr, conversation_key_addr1(key));
}

unsigned
flow_completeness(const flow_t *flow)
{
    const struct tcp_analysis *tcp = tcp_of_flow(flow);

    return tcp != NULL ? tcp->conversation_completeness : 0;
}
