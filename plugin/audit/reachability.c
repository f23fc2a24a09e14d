/* reachability.c
 * Detection of blocked flows
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * Administrators read KB 826852 to find the port that their firewall blocks. In a capture that is
 * a SYN that is repeated because nothing answered, a SYN answered by a reset, or an ICMP error.
 * Wireshark's tcp.completeness has the SYN and the reset; repetitions are counted here, and
 * icmp-error.c reads ICMP errors. A single SYN is pending, because the answer may follow.
 */

#include "reachability.h"

#include "addresses.h"
#include "bounds.h"
#include "icmp-error.h"
#include "tcp-state.h"

/* The pair of an initiator and a responder that did not answer on the ports tried. */
typedef struct {
    addresses_pair_t hosts;
    const flow_t *first; /* the try that has the line */
} tries_t;

#ifndef REACH_MAX_TRIES
#define REACH_MAX_TRIES 65536
#endif

/* Rebuilt for every capture. */
static wmem_map_t *tries;

void
reachability_reset(void)
{
    tries = wmem_map_new(wmem_file_scope(), addresses_pair_hash, addresses_pair_equal);
}

static void
set_blocked(flow_t *flow, uint32_t frame, const char *reason)
{
    flow->reach = REACH_BLOCKED;
    if (flow->reach_frame == 0) {
        flow->reach_frame = frame;
        flow->reach_reason = reason;
    }
}

void
reachability_update(flow_t *flow, const packet_info *pinfo, bool from_initiator, bool sure)
{
    unsigned seen = flow_content_completeness(flow->content);

    if (!sure || (seen & SEEN_SYN) == 0)
        return;
    if ((seen & (SEEN_SYN_ACK | SEEN_DATA)) != 0) {
        flow->reach = REACH_OPEN;
    } else if ((seen & SEEN_RST) != 0) {
        if (!from_initiator)
            set_blocked(flow, pinfo->num, "the connection was reset");
    } else if ((seen & SEEN_ACK) == 0 && from_initiator) {
        flow->reach = flow->reach == REACH_BLOCKED ? REACH_BLOCKED : REACH_PENDING;
        if (++flow->syns > 1)
            set_blocked(flow, pinfo->num, "the SYN was repeated, nothing had answered it");
    }
}

void
reachability_update_late(flow_t *flow, uint32_t frame)
{
    unsigned seen = flow_content_completeness(flow->content);

    if ((seen & SEEN_SYN) == 0 || (seen & (SEEN_SYN_ACK | SEEN_ACK | SEEN_DATA)) != 0)
        return;
    set_blocked(flow, frame, (seen & SEEN_RST) != 0 ? "the connection was reset"
                                              : "nothing answered the SYN");
}

flow_t *
reachability_icmp(const packet_view_t *packet)
{
    icmp_error_t error;
    flow_content_t *content;
    flow_t *flow;

    if (!icmp_error_read(packet, &error))
        return NULL;
    content = flow_content_find_by_ends(packet->pinfo, &error.src, &error.dst, error.tcp,
                                        error.src_port, error.dst_port);
    if (content == NULL)
        return NULL;
    flow = flow_audit_get(content);
    set_blocked(flow, packet->pinfo->num, error.reason);
    return flow;
}

bool
reachability_is_scan(flow_t *flow, const packet_info *pinfo, bool from_initiator)
{
    addresses_pair_t key;
    tries_t *pair;

    flow->scan_of = NULL;
    if (flow->reach == REACH_OPEN)
        return false;
    key = from_initiator ? addresses_pair(&pinfo->src, &pinfo->dst)
                         : addresses_pair(&pinfo->dst, &pinfo->src);
    pair = (tries_t *)wmem_map_lookup(tries, &key);
    if (pair != NULL) {
        if (pair->first != flow)
            flow->scan_of = pair->first;
        return flow->scan_of != NULL;
    }
    if (bounds_full(BOUND_TRIES, wmem_map_size(tries), REACH_MAX_TRIES))
        return false;
    pair = wmem_new(wmem_file_scope(), tries_t);
    pair->hosts = addresses_pair_copy(&key);
    pair->first = flow;
    wmem_map_insert(tries, &pair->hosts, pair);
    return false;
}
