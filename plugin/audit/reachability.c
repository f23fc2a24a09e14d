/* reachability.c
 * Detection of flows that do not get through
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * Administrators read KB 826852 to find the port that their firewall blocks. In a capture that is
 * a question that is repeated because nothing answered, a SYN answered by a reset, or an ICMP
 * error. reach-tcp.c and reach-udp.c have what a packet says; this keeps it, and finds the flow
 * that an ICMP error is for.
 *
 * The first pass follows each flow that it judges, until it is answered. A flow whose roles were
 * learned after its first packet is followed by later passes. Those may read frames in any order:
 * one that has read all frames from the flow's first on is a pass, and that counts which has read
 * most packets of the flow.
 */

#include "reachability.h"

#include "addresses.h"
#include "bounds.h"
#include "icmp-error.h"
#include "reach-state.h"
#include "tcp-state.h"

/* Which pass has the reach of a flow. */
enum {
    RUN_NONE,
    RUN_WHOLE, /* the first pass, from the flow's first packet on */
    RUN_PART,  /* the first pass, from a later packet on */
    RUN_LATER, /* a later pass */
};

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
static tries_t *last_tries; /* those that were asked for last: a scan asks again and again */
static uint32_t pass_frame; /* the last one that a later pass has read */
static uint32_t pass;       /* another number wherever frames were not read one after the other */

void
reachability_reset(void)
{
    pass_frame = pass = 0;
    last_tries = NULL;
    tries = wmem_map_new(wmem_file_scope(), addresses_pair_hash, addresses_pair_equal);
}

static void
drop_state(flow_t *flow)
{
    wmem_free(wmem_file_scope(), flow->reach_state);
    flow->reach_state = NULL;
}

/* Sets the reach of the flow to what the pass at hand has found so far. */
static void
publish(flow_t *flow)
{
    const reach_state_t *state = flow->reach_state;

    if (state->is_answered) {
        flow->is_answered = true;
        flow->reach = REACH_OPEN;
        flow->reach_frame = 0;
        drop_state(flow);
    } else if (state->packets >= flow->reach_packets) {
        flow->reach = state->reach;
        flow->reach_frame = state->frame;
        flow->reach_reason = state->reason;
        flow->reach_packets = state->packets;
    }
}

static void
begin(flow_t *flow, uint8_t run)
{
    if (flow->reach_state == NULL)
        flow->reach_state = wmem_new(wmem_file_scope(), reach_state_t);
    memset(flow->reach_state, 0, sizeof *flow->reach_state);
    if (flow->reach_run != run)
        flow->reach_packets = 0;
    flow->reach_run = run;
    flow->reach_state->pass = pass;
}

/* True if the later pass at hand has followed the flow from its first packet on. */
static bool
is_of_pass(const flow_t *flow)
{
    return flow->reach_run == RUN_LATER && flow->reach_state != NULL &&
           flow->reach_state->pass == pass;
}

void
reachability_begin_frame(const packet_info *pinfo)
{
    if (pinfo->num != pass_frame + 1)
        pass++;
    pass_frame = pinfo->num;
}

/*
 * True if the pass at hand follows the flow, which begins with this packet or has begun before.
 * What the first pass has followed from the beginning is known.
 */
static bool
is_followed(flow_t *flow, const packet_info *pinfo)
{
    bool later = PINFO_FD_VISITED(pinfo);
    bool is_first = pinfo->num == flow->content->conversation->setup_frame;

    if (flow->is_answered || (later && flow->reach_run == RUN_WHOLE))
        return false;
    if (later ? is_first : flow->reach_run == RUN_NONE)
        begin(flow, later ? RUN_LATER : is_first ? RUN_WHOLE : RUN_PART);
    return !later || is_of_pass(flow);
}

/* True if the first pass has missed the answer, so that a later one has to find it. */
static bool
has_missed_answer(const flow_t *flow, unsigned seen)
{
    return flow->reach_run == RUN_PART && flow->reach_state->packets == 0 &&
           (seen & (SEEN_SYN_ACK | SEEN_ACK | SEEN_DATA)) != 0;
}

/*
 * True if the first pass has seen the answer to a SYN that has none so far in this one: all frames
 * of a later pass show the reach that the flow has at last.
 */
static bool
is_answered_later(const flow_t *flow, const packet_info *pinfo, unsigned seen)
{
    return PINFO_FD_VISITED(pinfo) && pinfo->ptype == PT_TCP && (seen & SEEN_SYN_ACK) != 0 &&
           flow->reach_state->phase == PHASE_CALLED &&
           pinfo->num < flow->content->conversation->last_frame;
}

void
reachability_update(flow_t *flow, packet_view_t *packet, bool from_initiator)
{
    const packet_info *pinfo = packet->pinfo;
    unsigned seen;

    if (!is_followed(flow, pinfo))
        return;
    seen = flow_content_completeness(flow->content);
    if (has_missed_answer(flow, seen))
        return;
    flow->reach_state->packets++;
    if (pinfo->ptype == PT_TCP)
        reach_tcp_update(flow->reach_state, packet, from_initiator, seen);
    else
        reach_udp_update(flow->reach_state, packet, from_initiator, flow->content->service);
    if (!is_answered_later(flow, pinfo, seen))
        publish(flow);
}

/* True if the error is for a packet of the initiator that nothing has answered so far. */
static bool
is_for_unanswered(const flow_t *flow, const icmp_error_t *error)
{
    bool sure;

    return flow->reach_state != NULL && flow->reach_state->packets > 0 &&
           flow_content_is_initiator(flow->content, &error->src, error->src_port, &sure) &&
           (!error->tcp || reach_tcp_is_unanswered(flow->reach_state, error));
}

flow_t *
reachability_icmp(packet_view_t *packet)
{
    const packet_info *pinfo = packet->pinfo;
    icmp_error_t error;
    flow_content_t *content;
    flow_t *flow;

    packet_view_read_bytes(packet);
    if (!icmp_error_read(packet, &error))
        return NULL;
    content = flow_content_find_by_ends(packet->pinfo, &error.src, &error.dst, error.tcp,
                                        error.src_port, error.dst_port);
    if (content == NULL)
        return NULL;
    flow = flow_audit_get(content);
    if ((PINFO_FD_VISITED(pinfo) && !is_of_pass(flow)) ||
        !is_for_unanswered(flow, &error))
        return flow;
    reach_state_block(flow->reach_state, pinfo->num, error.reason);
    publish(flow);
    return flow;
}

/* True if the flow is a connection that was not established, as those of a port scan are. */
static bool
is_failed_call(const flow_t *flow, const packet_info *pinfo)
{
    return pinfo->ptype == PT_TCP &&
           (flow->reach == REACH_PENDING || flow->reach == REACH_BLOCKED);
}

/* The tries of a pair of hosts; NULL for none. */
static tries_t *
find_tries(const addresses_pair_t *hosts)
{
    if (last_tries == NULL || !addresses_pair_equal(&last_tries->hosts, hosts))
        last_tries = (tries_t *)wmem_map_lookup(tries, hosts);
    return last_tries;
}

bool
reachability_is_scan(flow_t *flow, const packet_info *pinfo, bool from_initiator)
{
    addresses_pair_t key;
    tries_t *pair;

    flow->scan_of = NULL;
    if (!is_failed_call(flow, pinfo))
        return false;
    key = from_initiator ? addresses_pair(&pinfo->src, &pinfo->dst)
                         : addresses_pair(&pinfo->dst, &pinfo->src);
    pair = find_tries(&key);
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
