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
#include "flow-verdict.h"
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
    flow_verdict_reset();
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

/* Makes a place for one more verdict. */
static void
make_place(flow_t *flow)
{
    if (flow->more != NULL || flow->num_verdicts < FLOW_FEW_VERDICTS)
        return;
    flow->more = wmem_alloc0_array(wmem_file_scope(), flow_verdict_t, FLOW_MAX_VERDICTS + 1);
    memcpy(flow->more, flow->few, sizeof flow->few);
}

static const flow_verdict_t *
last_verdict(const flow_t *flow)
{
    return flow->num_verdicts > 0 ? &flow_audit_verdicts(flow)[flow->num_verdicts - 1] : NULL;
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
           basis->roles == content->roles;
}

static void
set_basis(flow_t *flow)
{
    const flow_content_t *content = flow->content;

    flow->basis = (judge_basis_t){
        .roles = content->roles,
        .book_version = role_book_version(),
        .attack_frame = content->attack_frame,
        .service = (uint8_t)content->service,
        .handed_out = (uint8_t)content->handed_out.by,
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
may_be_withdrawn(const judgment_t *last, const flow_facts_t *next)
{
    return last->verdict.verdict == VERDICT_UNCONFIRMED || (last->facts.is_sms && !next->is_sms);
}

/* In a later pass no frame of the flow has one. */
static void
withdraw(flow_t *flow, const flow_facts_t *facts, uint32_t frame)
{
    const verdict_t none = { .verdict = VERDICT_NONE };

    flow_audit_verdicts(flow)[0] = flow_verdict_share(facts, &none, frame);
    flow->num_verdicts = 1;
    if (flow->expert_frames != NULL)
        memset(flow->expert_frames, 0, sizeof *flow->expert_frames);
}

/*
 * Keeps the last verdict, that of a URI for which nothing more follows, if it is worse than those
 * of the URIs before.
 */
static void
keep_worst(flow_t *flow, const flow_verdict_t *next)
{
    const flow_verdict_t *last = last_verdict(flow);

    if (last == NULL || last->judgment->facts.via_proxy == 0 ||
        last->uri_number == next->uri_number ||
        (flow->worst != NULL && flow_verdict_get(flow->worst) >= flow_verdict_get(last)))
        return;
    if (flow->worst == NULL)
        flow->worst = wmem_new(wmem_file_scope(), flow_verdict_t);
    *flow->worst = *last;
}

/* The newest verdicts are kept, and the worst is by itself: the frames of the oldest have none. */
static void
drop_oldest(flow_t *flow)
{
    flow_verdict_t *verdicts = flow_audit_verdicts(flow);

    bounds_exceed(BOUND_VERDICTS, FLOW_MAX_VERDICTS);
    flow->has_dropped = true;
    flow->num_verdicts--;
    memmove(verdicts, verdicts + 1, flow->num_verdicts * sizeof *verdicts);
}

/*
 * Adds the verdict by @p content, which is the flow's, or what it was. Returns it; NULL if there is
 * none.
 */
static const flow_verdict_t *
add_verdict(flow_t *flow, const flow_content_t *content, const flow_packet_t *packet)
{
    const flow_facts_t facts = packet_facts_build(content, packet);
    const flow_verdict_t *last = last_verdict(flow);
    flow_verdict_t next;
    verdict_t verdict;

    if (last != NULL && flow_verdict_is_on(last, &facts))
        return last;
    if (!find_verdict(&facts, &verdict)) {
        if (last != NULL && may_be_withdrawn(last->judgment, &facts))
            withdraw(flow, &facts, packet->pinfo->num);
        return NULL;
    }
    next = flow_verdict_share(&facts, &verdict, packet->pinfo->num);
    next.uri_number = content->uri_number;
    keep_worst(flow, &next);
    /* The last place is for an attack only. */
    if (flow->num_verdicts == FLOW_MAX_VERDICTS + (facts.attack ? 1 : 0))
        drop_oldest(flow);
    make_place(flow);
    flow_audit_verdicts(flow)[flow->num_verdicts++] = next;
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
    verdict_e verdict = VERDICT_NONE;

    for (unsigned i = 0; i < asked->count; i++) {
        found = add_verdict(flow, &asked->before[i], packet);
        if (found != NULL && flow_verdict_get(found) > verdict) {
            verdict = flow_verdict_get(found);
            worst = &asked->before[i];
        }
    }
    found = add_verdict(flow, content, packet);
    if (worst != NULL && (found == NULL || flow_verdict_get(found) < verdict))
        (void)add_verdict(flow, worst, packet);
}

static void
judge(flow_t *flow, const flow_packet_t *packet)
{
    /* Nearly no flow is asked for a URI as a proxy is. */
    const uris_asked_t *asked = flow->content->proxied || flow->content->uri_number != 0
                                    ? uris_asked_get(packet->pinfo, flow->content, false)
                                    : NULL;

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
    const bool is_discouraged = verdict_is_discouraged(verdict);
    const bool has_expert =
        verdict_expert(verdict->without_attack) != NULL && flow->scan_of == NULL;

    if (flow->final_frame == 0)
        flow->final_frame = frame;
    if (!is_discouraged && !has_expert)
        return;
    if (flow->expert_frames == NULL)
        flow->expert_frames = wmem_new0(wmem_file_scope(), expert_frames_t);
    if (is_discouraged && flow->expert_frames->discouraged == 0)
        flow->expert_frames->discouraged = frame;
    if (has_expert && flow->expert_frames->verdicts[verdict->without_attack] == 0)
        flow->expert_frames->verdicts[verdict->without_attack] = frame;
}

/* Statistics show an attack by itself. */
static void
find_scan(flow_t *flow, const verdict_t *verdict, const flow_packet_t *packet)
{
    if (verdict->verdict == VERDICT_ATTACK)
        flow->scan_of = NULL;
    else if (verdict->verdict == VERDICT_OFF_MATRIX &&
             (flow->expert_frames == NULL ||
              flow->expert_frames->verdicts[VERDICT_OFF_MATRIX] == 0))
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
    find_scan(flow, &last->judgment->verdict, packet);
    if (is_final(flow, packet->pinfo))
        update_expert_frames(flow, &last->judgment->verdict, packet->pinfo->num);
}

void
flow_judge_doubt(flow_t *flow, const flow_packet_t *packet)
{
    if (flow->num_verdicts > 0 && !is_up_to_date(flow))
        judge(flow, packet);
}

void
flow_judge_settle(flow_t *flow, const packet_info *pinfo)
{
    const flow_verdict_t *last = last_verdict(flow);

    if (last != NULL && flow->final_frame == 0)
        update_expert_frames(flow, &last->judgment->verdict, pinfo->num);
}

/* The verdict of a flow that has had none in the first pass, for the time being. */
static void
add_late_verdict(flow_t *flow, const flow_verdict_t *only)
{
    uint32_t frame = flow->content->conversation->setup_frame;

    flow_verdict_t *first = flow_audit_verdicts(flow);

    *first = *only;
    first->frame = frame;
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
    flow_verdict_t *first = flow_audit_verdicts(flow);

    *first = *only;
    first->frame = flow->first_frame;
    flow->num_verdicts = 1;
    if (flow->final_frame == 0)
        return;
    if (flow->content->is_read_again)
        flow->final_frame = MIN(flow->final_frame, frame);
    update_expert_frames(flow, &only->judgment->verdict, frame);
}

/* True if a later pass may give the flow another verdict. */
static bool
may_be_judged_late(const flow_t *flow)
{
    const flow_verdict_t *last = last_verdict(flow);

    return last == NULL || flow_verdict_get(last) == VERDICT_UNCONFIRMED ||
           flow_verdict_get(last) == VERDICT_NONE || flow->content->is_read_again;
}

static void
judge_late(flow_t *flow, const flow_packet_t *packet)
{
    const flow_facts_t facts = packet_facts_build(flow->content, packet);
    const flow_verdict_t *last = last_verdict(flow);
    flow_verdict_t only;
    verdict_t verdict;

    set_basis(flow);
    if (!find_verdict(&facts, &verdict))
        return;
    only = flow_verdict_share(&facts, &verdict, 0);
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
        update_expert_frames(flow, &last->judgment->verdict,
                             flow->content->is_read_again ? packet->pinfo->num
                                                          : flow->last_frame);
}

const flow_verdict_t *
flow_judge_find(const flow_t *flow, const packet_info *pinfo)
{
    const uint32_t frame = MAX(pinfo->num, flow->final_frame);
    const flow_verdict_t *verdicts = flow_audit_verdicts(flow), *found = NULL;

    /* A later pass knows what was still to be shown. */
    if (PINFO_FD_VISITED(pinfo) && (!flow->content->proxied || flow->content->attack_frame != 0))
        return last_verdict(flow);
    /* Of those that were dropped, the worst one is left. */
    if (flow->has_dropped && frame < verdicts[0].frame)
        return flow->worst != NULL && flow->worst->frame <= frame ? flow->worst : NULL;
    for (unsigned i = 0; i < flow->num_verdicts; i++) {
        if (found == NULL || verdicts[i].frame <= frame)
            found = &verdicts[i];
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
    const flow_verdict_t *worst = flow->worst;

    return worst != NULL && flow_verdict_get(worst) > flow_verdict_get(in_force) ? worst : in_force;
}
