/* flow-judge.c
 * The verdicts of a flow over time
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * A flow has a new verdict when its content, or the roles of its ends, have changed. Until it is
 * final no frame shows it: the content has to show first, or its bound be reached, the connection
 * be over, or nothing answer it. A later pass shows the last verdict on all frames, and its expert
 * info in the frame of the first pass in which it was final; of a flow that was undecided at the
 * end of the capture that is its last frame. Statistics judge such a flow as it is by then.
 *
 * A flow that had no roles in the first pass is read again by a later one, and shows its verdict
 * from the frame on that shows the content.
 */

#include "flow-judge.h"

#include "audit-tap.h"
#include "bounds.h"
#include "evidence.h"
#include "internet-ends.h"
#include "packet-facts.h"
#include "reachability.h"
#include "role-book.h"
#include "tcp-state.h"
#include "uris-asked.h"

/* Rebuilt for every capture. */
static bool one_end_is_enough;
static bool roles_are_known; /* or may be learned; without any, only attacks have verdicts */

void
flow_judge_reset(bool one_end, bool has_roles)
{
    one_end_is_enough = one_end;
    roles_are_known = has_roles;
}

bool
flow_judge_has_roles(const flow_packet_t *packet)
{
    if (one_end_is_enough)
        return (packet->src_roles | packet->dst_roles) != 0;
    return packet->src_roles != 0 && packet->dst_roles != 0;
}

static bool
is_audited(const flow_facts_t *facts)
{
    if (facts->attack || !roles_are_known)
        return facts->attack;
    if (one_end_is_enough)
        return ((facts->initiator | facts->responder) & ~ROLES_BROADCAST) != 0;
    return facts->initiator != 0 && facts->responder != 0;
}

/*
 * Makes a place for one more verdict. Most flows have one or two. What statistics point to stays
 * where it is.
 */
static void
make_place(flow_t *flow)
{
    enum { FEW = 2, ALL = FLOW_MAX_VERDICTS + 1 };
    flow_verdict_t *places;

    if (flow->verdicts != NULL && flow->num_verdicts < flow->max_verdicts)
        return;
    flow->max_verdicts = flow->max_verdicts == 0 ? FEW : ALL;
    places = (flow_verdict_t *)wmem_alloc0(wmem_file_scope(),
                                           flow->max_verdicts * sizeof *places);
    if (flow->verdicts != NULL)
        memcpy(places, flow->verdicts, flow->num_verdicts * sizeof *places);
    flow->verdicts = places;
}

static const flow_verdict_t *
last_verdict(const flow_t *flow)
{
    return flow->num_verdicts > 0 ? &flow->verdicts[flow->num_verdicts - 1] : NULL;
}

/* No one but the receiver knows which copy of its bytes it took, so such content shows no row. */
static void
contradict(verdict_t *verdict)
{
    if (!verdict_is_listed(verdict))
        return;
    verdict->verdict = verdict->without_attack = VERDICT_WRONG_SERVICE;
    verdict->nearest = true;
}

/*
 * The verdict on what no row has and an end of which is on the Internet alone: none, or that on any
 * other host where one role is enough. What carries an SMS service has its verdict in any case.
 */
static void
judge_beside_rows(const flow_facts_t *facts, verdict_t *verdict)
{
    const flow_facts_t other = internet_ends_remove(facts);

    if (!verdict->nearest || facts->is_sms || facts->attack || !internet_ends_are_in(facts))
        return;
    memset(verdict, 0, sizeof *verdict);
    if (one_end_is_enough)
        *verdict = verdict_find(audit_tap_matrix(), &other);
}

/*
 * Returns false if the audit has no verdict: for want of roles that are confirmed, or on a foreign
 * broadcast.
 */
static bool
find_verdict(const flow_facts_t *facts, verdict_t *verdict)
{
    const matrix_t *matrix = audit_tap_matrix();
    flow_facts_t confirmed;

    if (!is_audited(facts))
        return false;
    *verdict = verdict_find(matrix, facts);
    judge_beside_rows(facts, verdict);
    if (verdict->verdict == VERDICT_NONE && one_end_is_enough) {
        confirmed = flow_facts_confirmed(facts);
        if (is_audited(&confirmed))
            *verdict = verdict_find(matrix, &confirmed);
    }
    if (verdict->verdict == VERDICT_NONE)
        return false;
    if (facts->contradictory)
        contradict(verdict);
    return facts->responder != ROLES_BROADCAST || facts->attack ||
           verdict_counts_for_broadcast(verdict, matrix, facts->service);
}

/*
 * True if nothing on which the verdict of @p flow depends has changed since it was judged. The URI
 * of a proxied request may be another in each packet.
 */
static bool
is_up_to_date(const flow_t *flow)
{
    const judge_basis_t *basis = &flow->basis;
    const flow_content_t *content = flow->content;

    return !content->proxied && basis->book_version == role_book_version() &&
           basis->handed_out == content->handed_out.by &&
           basis->seeks_mp == (content->mp_site[0] != '\0') &&
           basis->service == content->service && basis->is_sms == content->is_sms &&
           basis->attack_frame == content->attack_frame &&
           basis->is_contradictory == content->is_contradictory &&
           basis->inferred[INITIATOR] == content->inferred_initiator &&
           basis->inferred[RESPONDER] == content->inferred_responder &&
           basis->proven[INITIATOR] == content->proven_initiator &&
           basis->proven[RESPONDER] == content->proven_responder;
}

static void
set_basis(flow_t *flow)
{
    const flow_content_t *content = flow->content;

    flow->basis = (judge_basis_t){
        .inferred = { content->inferred_initiator, content->inferred_responder },
        .proven = { content->proven_initiator, content->proven_responder },
        .book_version = role_book_version(),
        .service = content->service,
        .handed_out = content->handed_out.by,
        .attack_frame = content->attack_frame,
        .is_sms = content->is_sms,
        .is_contradictory = content->is_contradictory,
        .seeks_mp = content->mp_site[0] != '\0',
    };
}

/*
 * True where what follows shows that the flow has no verdict: no row fits what an unconfirmed role
 * seemed to do, or the content is not that of an SMS service after all.
 */
static bool
may_be_withdrawn(const flow_verdict_t *last, const flow_verdict_t *next)
{
  return last->verdict.verdict == VERDICT_UNCONFIRMED ||
         (last->facts.is_sms && !next->facts.is_sms);
}

/* In a later pass no frame of the flow has one. */
static void
withdraw(flow_t *flow, const flow_verdict_t *next)
{
    flow->verdicts[0] = *next;
    memset(&flow->verdicts[0].verdict, 0, sizeof flow->verdicts[0].verdict);
    flow->num_verdicts = 1;
    flow->discouraged_frame = 0;
    memset(flow->expert_frames, 0, sizeof flow->expert_frames);
}

/*
 * Keeps the last verdict, that of a URI for which nothing more follows, if it is worse than those
 * of the URIs before. What statistics point to stays where it is.
 */
static void
keep_worst(flow_t *flow, const flow_verdict_t *next)
{
    const flow_verdict_t *last = last_verdict(flow);

    if (last == NULL || last->facts.via_proxy == 0 || last->uri_number == next->uri_number ||
        (flow->worst != NULL && flow->worst->verdict.verdict >= last->verdict.verdict))
        return;
    if (flow->worst == NULL)
        flow->worst = wmem_new(wmem_file_scope(), flow_verdict_t);
    *flow->worst = *last;
}

/* The newest verdicts are kept, and the worst is by itself: the frames of the oldest have none. */
static void
drop_oldest(flow_t *flow)
{
    if (flow->verdicts == NULL)
        return;
    bounds_exceed(BOUND_VERDICTS, FLOW_MAX_VERDICTS);
    flow->has_dropped = true;
    flow->num_verdicts--;
    memmove(flow->verdicts, flow->verdicts + 1, flow->num_verdicts * sizeof *flow->verdicts);
}

/*
 * Adds the verdict by @p content, which is the flow's, or what it was. Returns it; NULL if there is
 * none.
 */
static const flow_verdict_t *
add_verdict(flow_t *flow, const flow_content_t *content, const flow_packet_t *packet)
{
    const flow_verdict_t *last = last_verdict(flow);
    flow_verdict_t next;

    memset(&next, 0, sizeof next);
    next.frame = packet->pinfo->num;
    next.facts = packet_facts_build(content, packet);
    if (last != NULL && memcmp(&last->facts, &next.facts, sizeof next.facts) == 0)
        return last;
    if (!find_verdict(&next.facts, &next.verdict)) {
        if (last != NULL && may_be_withdrawn(last, &next))
            withdraw(flow, &next);
        return NULL;
    }
    next.uri_number = content->uri_number;
    keep_worst(flow, &next);
    /* The last place is for an attack only. */
    if (flow->num_verdicts == FLOW_MAX_VERDICTS + (next.facts.attack ? 1 : 0))
        drop_oldest(flow);
    make_place(flow);
    flow->verdicts[flow->num_verdicts++] = next;
    if (flow->first_frame == 0)
        flow->first_frame = next.frame;
    return last_verdict(flow);
}

/*
 * Judges the flow by all URIs that a proxy was asked for in this packet. The frame shows the worst
 * verdict; those that follow have that of the last URI.
 */
static void
judge_each_uri(flow_t *flow, const flow_packet_t *packet, const uris_asked_t *asked)
{
    const flow_content_t *content = flow->content, *worst = NULL;
    const flow_verdict_t *found;
    unsigned verdict = 0;

    for (unsigned i = 0; i < asked->count; i++) {
        found = add_verdict(flow, &asked->before[i], packet);
        if (found != NULL && (unsigned)found->verdict.verdict > verdict) {
            verdict = (unsigned)found->verdict.verdict;
            worst = &asked->before[i];
        }
    }
    found = add_verdict(flow, content, packet);
    if (worst != NULL && (found == NULL || (unsigned)found->verdict.verdict < verdict))
        (void)add_verdict(flow, worst, packet);
}

static void
judge(flow_t *flow, const flow_packet_t *packet)
{
    const uris_asked_t *asked = uris_asked_get(packet->pinfo, flow->content, false);

    set_basis(flow);
    if (asked != NULL && asked->count > 0)
        judge_each_uri(flow, packet, asked);
    else
        (void)add_verdict(flow, flow->content, packet);
}

/*
 * True if the verdict is final: the content has shown, or its bound is reached, the connection is
 * over, or nothing answered it.
 */
static bool
is_final(const flow_t *flow, const packet_info *pinfo)
{
    const flow_content_t *content = flow->content;

    if (flow->final_frame != 0 || content->is_sms || content->attack_frame != 0 ||
        flow->reach_frame != 0 || evidence_is_sniffed(content))
        return true;
    if (pinfo->ptype != PT_TCP)
        return pinfo->ptype != PT_UDP;
    if (content->stream != NULL)
        return content->is_over;
    return (flow_content_completeness(content) & (SEEN_FIN | SEEN_RST)) != 0;
}

/* Note the frame of the last verdict's expert info. A scan's tries but the first have none. */
static void
update_expert_frames(flow_t *flow, const verdict_t *verdict, uint32_t frame)
{
    uint32_t *expert = &flow->expert_frames[verdict->without_attack];

    if (flow->final_frame == 0)
        flow->final_frame = frame;
    if (verdict_is_discouraged(verdict) && flow->discouraged_frame == 0)
        flow->discouraged_frame = frame;
    if (verdict_expert(verdict->without_attack) != NULL && *expert == 0 && flow->scan_of == NULL)
        *expert = frame;
}

/* Statistics show an attack by itself. */
static void
find_scan(flow_t *flow, const verdict_t *verdict, const flow_packet_t *packet)
{
    if (verdict->verdict == VERDICT_ATTACK)
        flow->scan_of = NULL;
    else if (verdict->verdict == VERDICT_OFF_MATRIX &&
             flow->expert_frames[VERDICT_OFF_MATRIX] == 0)
        (void)reachability_is_scan(flow, packet->pinfo, packet->from_initiator);
}

void
flow_judge_update(flow_t *flow, const flow_packet_t *packet)
{
    const flow_verdict_t *last;

    flow->last_frame = packet->pinfo->num;
    if (!is_up_to_date(flow))
        judge(flow, packet);
    last = last_verdict(flow);
    if (last == NULL)
        return;
    find_scan(flow, &last->verdict, packet);
    if (is_final(flow, packet->pinfo))
        update_expert_frames(flow, &last->verdict, packet->pinfo->num);
}

void
flow_judge_settle(flow_t *flow, const packet_info *pinfo)
{
    const flow_verdict_t *last = last_verdict(flow);

    if (last != NULL && flow->final_frame == 0)
        update_expert_frames(flow, &last->verdict, pinfo->num);
}

/* The verdict of a flow that has had none in the first pass, for the time being. */
static void
add_late_verdict(flow_t *flow, const flow_verdict_t *only)
{
    uint32_t frame = flow->content->conversation->setup_frame;

    make_place(flow);
    flow->verdicts[0] = *only;
    flow->verdicts[0].frame = frame;
    flow->num_verdicts = 1;
    flow->first_frame = frame;
}

/*
 * The verdict of all frames of a flow that was Unconfirmed in the first pass, at last in @p frame,
 * or that lost that verdict there. What is read again counts from the frame that shows it.
 */
static void
replace_verdicts(flow_t *flow, const flow_verdict_t *only, uint32_t frame)
{
    flow->verdicts[0] = *only;
    flow->verdicts[0].frame = flow->first_frame;
    flow->num_verdicts = 1;
    if (flow->final_frame == 0)
        return;
    if (flow->content->is_read_again)
        flow->final_frame = MIN(flow->final_frame, frame);
    update_expert_frames(flow, &only->verdict, frame);
}

/* True if a later pass may give the flow another verdict. */
static bool
may_be_judged_late(const flow_t *flow)
{
    const flow_verdict_t *last = last_verdict(flow);

    return last == NULL || last->verdict.verdict == VERDICT_UNCONFIRMED ||
           last->verdict.verdict == VERDICT_NONE || flow->content->is_read_again;
}

static void
judge_late(flow_t *flow, const flow_packet_t *packet)
{
    const flow_verdict_t *last = last_verdict(flow);
    flow_verdict_t only;

    set_basis(flow);
    memset(&only, 0, sizeof only);
    only.facts = packet_facts_build(flow->content, packet);
    if (!find_verdict(&only.facts, &only.verdict))
        return;
    if (last == NULL)
        add_late_verdict(flow, &only);
    else
        replace_verdicts(flow, &only,
                         flow->content->is_read_again ? packet->pinfo->num : last->frame);
}

/*
 * The frame in which a flow that is read again is final: what shows its content, else its last one.
 * Where no packet has content, there is nothing to wait for.
 */
static bool
is_final_late(const flow_t *flow, const packet_info *pinfo)
{
    const flow_content_t *content = flow->content;

    return !content->is_read_again || evidence_is_sniffed(content) || content->is_sms ||
           flow->reach_frame != 0 || pinfo->num >= content->conversation->last_frame;
}

void
flow_judge_update_late(flow_t *flow, const flow_packet_t *packet)
{
    const flow_verdict_t *last;

    if (may_be_judged_late(flow) && !is_up_to_date(flow))
        judge_late(flow, packet);
    last = last_verdict(flow);
    if (last != NULL && flow->final_frame == 0 && is_final_late(flow, packet->pinfo))
        update_expert_frames(flow, &last->verdict, flow->content->is_read_again
                                                       ? packet->pinfo->num
                                                       : flow->last_frame);
}

const flow_verdict_t *
flow_judge_find(const flow_t *flow, const packet_info *pinfo)
{
    const uint32_t frame = MAX(pinfo->num, flow->final_frame);
    const flow_verdict_t *found = NULL;

    /* A later pass knows what was still to be shown. */
    if (PINFO_FD_VISITED(pinfo) && (!flow->content->proxied || flow->content->attack_frame != 0))
        return last_verdict(flow);
    /* Of those that were dropped, the worst one is left. */
    if (flow->has_dropped && frame < flow->verdicts[0].frame)
        return flow->worst != NULL && flow->worst->frame <= frame ? flow->worst : NULL;
    for (unsigned i = 0; i < flow->num_verdicts; i++) {
        if (found == NULL || flow->verdicts[i].frame <= frame)
            found = &flow->verdicts[i];
    }
    return found;
}

bool
flow_judge_is_shown(const flow_t *flow, const packet_info *pinfo)
{
    if (PINFO_FD_VISITED(pinfo) && !flow->content->is_read_again)
        return true;
    return flow->final_frame != 0 && pinfo->num >= flow->final_frame;
}

const flow_verdict_t *
flow_judge_worst(const flow_t *flow, const flow_verdict_t *in_force)
{
    return flow->worst != NULL && flow->worst->verdict.verdict > in_force->verdict.verdict
               ? flow->worst : in_force;
}
