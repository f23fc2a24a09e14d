/* reach.c
 * Whether a flow got through, or a firewall breaks it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * People open KB 826852 to learn which port their firewall breaks. On the wire that is a SYN
 * that is sent again because nothing came back, a SYN answered by a reset, or an ICMP error.
 * Wireshark's TCP dissector keeps what a connection has shown (tcp.completeness); a SYN that
 * stands alone is only a question, because the answer may follow.
 */

#define WS_LOG_DOMAIN "smsrc"

#include "reach.h"

#include <epan/ipproto.h>
#include <wsutil/pint.h>

#include "address-key.h"

/* Two hosts, one of which tried ports of the other that did not answer. */
typedef struct {
    address initiator;
    address responder;
    const flow_t *first; /* the try that has the line */
} tries_t;

#define MAX_TRIES 65536

/* Rebuilt for every capture. */
static wmem_map_t *tries;

static unsigned
tries_hash(const void *key)
{
    const tries_t *pair = (const tries_t *)key;

    return address_key_hash(&pair->initiator) ^ 31 * address_key_hash(&pair->responder);
}

static gboolean
tries_equal(const void *a, const void *b)
{
    const tries_t *one = (const tries_t *)a, *other = (const tries_t *)b;

    return addresses_equal(&one->initiator, &other->initiator) &&
           addresses_equal(&one->responder, &other->responder);
}

void
reach_reset(void)
{
    tries = wmem_map_new(wmem_file_scope(), tries_hash, tries_equal);
}

static void
block(flow_t *flow, uint32_t frame, const char *reason)
{
    flow->reach = REACH_BLOCKED;
    if (flow->reach_frame == 0) {
        flow->reach_frame = frame;
        flow->reach_reason = reason;
    }
}

void
reach_update(flow_t *flow, const packet_info *pinfo, bool from_initiator, bool sure)
{
    unsigned seen = flow_completeness(flow);

    if (!sure || (seen & FLOW_SYN) == 0)
        return;
    if ((seen & (FLOW_SYN_ACK | FLOW_DATA)) != 0) {
        flow->reach = REACH_OPEN;
    } else if ((seen & FLOW_RST) != 0) {
        if (!from_initiator)
            block(flow, pinfo->num, "the connection was reset");
    } else if ((seen & FLOW_ACK) == 0 && from_initiator) {
        flow->reach = flow->reach == REACH_BLOCKED ? REACH_BLOCKED : REACH_ASKED;
        if (++flow->packets > 1)
            block(flow, pinfo->num, "the SYN was repeated, nothing had answered it");
    }
}

void
reach_late(flow_t *flow, uint32_t frame)
{
    unsigned seen = flow_completeness(flow);

    if ((seen & FLOW_SYN) == 0 || (seen & (FLOW_SYN_ACK | FLOW_ACK | FLOW_DATA)) != 0)
        return;
    block(flow, frame, (seen & FLOW_RST) != 0 ? "the connection was reset"
                                              : "nothing answered the SYN");
}

static const struct {
    unsigned layer;
    uint8_t type, code;
    const char *reason;
} unreachables[] = {
    { LAYER_ICMP, 3, 0, "ICMP: network unreachable" },
    { LAYER_ICMP, 3, 1, "ICMP: host unreachable" },
    { LAYER_ICMP, 3, 2, "ICMP: protocol unreachable" },
    { LAYER_ICMP, 3, 3, "ICMP: port unreachable" },
    { LAYER_ICMP, 3, 6, "ICMP: network unknown" },
    { LAYER_ICMP, 3, 7, "ICMP: host unknown" },
    { LAYER_ICMP, 3, 9, "ICMP: network administratively prohibited" },
    { LAYER_ICMP, 3, 10, "ICMP: host administratively prohibited" },
    { LAYER_ICMP, 3, 13, "ICMP: communication administratively prohibited" },
    { LAYER_ICMPV6, 1, 0, "ICMPv6: no route" },
    { LAYER_ICMPV6, 1, 1, "ICMPv6: communication administratively prohibited" },
    { LAYER_ICMPV6, 1, 3, "ICMPv6: address unreachable" },
    { LAYER_ICMPV6, 1, 4, "ICMPv6: port unreachable" },
    { LAYER_ICMPV6, 1, 5, "ICMPv6: source address failed policy" },
    { LAYER_ICMPV6, 1, 6, "ICMPv6: route rejected" },
};

/* The quoted packet begins behind the error's header of eight bytes. */
#define ICMP_QUOTE 8

/* The flow of the packet that an error quotes; NULL where it quotes none that is known. */
static flow_t *
quoted_flow(const packet_t *packet, bool ipv6)
{
    const uint8_t *quote = packet->network + ICMP_QUOTE;
    unsigned length = ipv6 ? 40 : (quote[0] & 0x0f) * 4U;
    unsigned protocol = quote[ipv6 ? 6 : 9];
    address src, dst;

    if (length < 20 || packet->network_length < ICMP_QUOTE + length + 4 ||
        (protocol != IP_PROTO_TCP && protocol != IP_PROTO_UDP))
        return NULL;
    set_address(&src, ipv6 ? AT_IPv6 : AT_IPv4, ipv6 ? 16 : 4, quote + (ipv6 ? 8 : 12));
    set_address(&dst, ipv6 ? AT_IPv6 : AT_IPv4, ipv6 ? 16 : 4, quote + (ipv6 ? 24 : 16));
    return flow_of_ends(packet->pinfo, &src, &dst, protocol == IP_PROTO_TCP,
                        pntohu16(quote + length), pntohu16(quote + length + 2));
}

flow_t *
reach_icmp(const packet_t *packet)
{
    bool ipv6 = (packet->layers & LAYER_ICMPV6) != 0;

    if (packet->network == NULL || packet->network_length < ICMP_QUOTE + 20)
        return NULL;
    for (unsigned i = 0; i < array_length(unreachables); i++) {
        flow_t *flow;

        if ((packet->layers & unreachables[i].layer) == 0 ||
            packet->network[0] != unreachables[i].type ||
            packet->network[1] != unreachables[i].code)
            continue;
        flow = quoted_flow(packet, ipv6);
        if (flow != NULL)
            block(flow, packet->pinfo->num, unreachables[i].reason);
        return flow;
    }
    return NULL;
}

bool
reach_is_scan(flow_t *flow, const packet_info *pinfo, bool from_initiator)
{
    tries_t key, *pair;

    flow->scan_of = NULL;
    if (flow->reach == REACH_OPEN)
        return false;
    copy_address_shallow(&key.initiator, from_initiator ? &pinfo->src : &pinfo->dst);
    copy_address_shallow(&key.responder, from_initiator ? &pinfo->dst : &pinfo->src);
    pair = (tries_t *)wmem_map_lookup(tries, &key);
    if (pair != NULL) {
        if (pair->first != flow)
            flow->scan_of = pair->first;
        return flow->scan_of != NULL;
    }
    if (wmem_map_size(tries) >= MAX_TRIES)
        return false;
    pair = wmem_new(wmem_file_scope(), tries_t);
    copy_address_wmem(wmem_file_scope(), &pair->initiator, &key.initiator);
    copy_address_wmem(wmem_file_scope(), &pair->responder, &key.responder);
    pair->first = flow;
    wmem_map_insert(tries, pair, pair);
    return false;
}
