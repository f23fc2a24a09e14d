/* flow-judge.c
 * The verdicts of a flow over time
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * A flow is judged when its content, or the roles of its ends, have changed. Each verdict is kept
 * with the frame from which on it holds, so that a later pass repeats the first.
 */

#define WS_LOG_DOMAIN "smsrc"

#include "flow-judge.h"

#include "audit-tap.h"
#include "bounds.h"
#include "evidence.h"
#include "reachability.h"
#include "role-book.h"

/* Rebuilt for every capture. */
static bool one_end_is_enough;
static bool roles_are_known; /* or may be learned; without any, attacks alone are judged */

void
flow_judge_reset(bool one_end, bool has_roles)
{
    one_end_is_enough = one_end;
    roles_are_known = has_roles;
}

static role_set_t
roles_in_flow(role_set_t book, role_set_t implied)
{
    return book != 0 ? book : implied;
}

/* The question that the judge is asked about this packet's flow. */
static flow_facts_t
ask(const flow_t *flow, const packet_info *pinfo, bool from_initiator, bool sure,
    role_set_t src, role_set_t dst)
{
    flow_facts_t about;

    memset(&about, 0, sizeof about);
    about.initiator = roles_in_flow(from_initiator ? src : dst, flow->content->inferred_initiator);
    about.responder = roles_in_flow(from_initiator ? dst : src, flow->content->inferred_responder);
    about.service = flow->content->service;
    about.initiator_sure = sure;
    about.attack = flow->content->attack_frame != 0;
    switch (pinfo->ptype) {
    case PT_TCP:
        about.transport = TRANSPORT_TCP;
        break;
    case PT_UDP:
        about.transport = TRANSPORT_UDP;
        break;
    default:
        about.transport = TRANSPORT_IPX;
        return about;
    }
    about.initiator_port = (uint16_t)(from_initiator ? pinfo->srcport : pinfo->destport);
    about.responder_port = (uint16_t)(from_initiator ? pinfo->destport : pinfo->srcport);
    about.rpc_endpoint = evidence_is_rpc_endpoint(from_initiator ? &pinfo->dst : &pinfo->src,
                                                  about.responder_port);
    if (flow->content->proxied) {
        about.responder = flow->content->inferred_responder;
        about.responder_port = flow->content->uri_port;
    }
    return about;
}

static bool
is_audited(const flow_facts_t *about)
{
    if (about->attack || !roles_are_known)
        return about->attack;
    if (one_end_is_enough)
        return ((about->initiator | about->responder) & ~ROLES_BROADCAST) != 0;
    return about->initiator != 0 && about->responder != 0;
}

static const flow_verdict_t *
last_verdict(const flow_t *flow)
{
    return flow->num_verdicts > 0 ? &flow->verdicts[flow->num_verdicts - 1] : NULL;
}

/* The verdict on such a flow. False where the audit has none: no roles, or another's broadcast. */
static bool
judge_audited(const flow_facts_t *about, verdict_t *judgement)
{
    if (!is_audited(about))
        return false;
    *judgement = verdict_find(audit_tap_matrix(), about);
    return about->responder != ROLES_BROADCAST || about->attack ||
           verdict_counts_for_broadcast(judgement, audit_tap_matrix(), about->service);
}

void
flow_judge_update(flow_t *flow, const packet_info *pinfo, bool from_initiator, bool sure,
                  role_set_t src, role_set_t dst)
{
    const flow_verdict_t *last = last_verdict(flow);
    flow_verdict_t *next;
    verdict_t judgement;
    flow_facts_t about;

    if (last != NULL && flow->book_version == role_book_version() &&
        flow->verdict_service == flow->content->service && !flow->content->proxied &&
        last->about.attack == (flow->content->attack_frame != 0))
        return;
    about = ask(flow, pinfo, from_initiator, sure, src, dst);
    flow->book_version = role_book_version();
    flow->verdict_service = flow->content->service;
    if ((last != NULL && memcmp(&last->about, &about, sizeof about) == 0) ||
        !judge_audited(&about, &judgement))
        return;
    /* The last place is an attack's alone. */
    if (flow->num_verdicts == FLOW_MAX_VERDICTS + (about.attack ? 1 : 0)) {
        bounds_exceed(BOUND_JUDGEMENTS, FLOW_MAX_VERDICTS);
        return;
    }
    next = &flow->verdicts[flow->num_verdicts++];
    next->frame = pinfo->num;
    next->about = about;
    next->judgement = judgement;
    if (flow->first_frame == 0)
        flow->first_frame = pinfo->num;
}

void
flow_judge_late(flow_t *flow, const packet_info *pinfo, bool from_initiator, bool sure,
                role_set_t src, role_set_t dst)
{
    uint32_t frame = flow->content->conversation->setup_frame;
    flow_verdict_t *only = &flow->verdicts[0];

    only->about = ask(flow, pinfo, from_initiator, sure, src, dst);
    if (!judge_audited(&only->about, &only->judgement))
        return;
    flow->num_verdicts = 1;
    flow->first_frame = frame;
    only->frame = frame;
    flow->expert_frames[only->judgement.without_attack] = frame;
    if (verdict_is_discouraged(&only->judgement))
        flow->discouraged_frame = frame;
    reachability_update_late(flow, frame);
}

void
flow_judge_update_experts(flow_t *flow, const packet_info *pinfo, bool from_initiator)
{
    const flow_verdict_t *last = last_verdict(flow);
    const verdict_t *judgement;
    uint32_t *frame;

    if (last == NULL)
        return;
    judgement = &last->judgement;
    frame = &flow->expert_frames[judgement->without_attack];
    if (verdict_is_discouraged(judgement) && flow->discouraged_frame == 0)
        flow->discouraged_frame = pinfo->num;
    if (judgement->verdict == VERDICT_ATTACK)
        flow->scan_of = NULL; /* it has a line for itself */
    if (verdict_expert(judgement->without_attack) == NULL || *frame != 0)
        return;
    if (judgement->verdict == VERDICT_OFF_MATRIX &&
        reachability_is_scan(flow, pinfo, from_initiator))
        return;
    *frame = pinfo->num;
}

const flow_verdict_t *
flow_judge_at(const flow_t *flow, const packet_info *pinfo)
{
    const flow_verdict_t *at = NULL;
    uint32_t frame = pinfo->num;

    if (flow->content->attack_frame != 0 && PINFO_FD_VISITED(pinfo))
        return last_verdict(flow);
    for (unsigned i = 0; i < flow->num_verdicts; i++) {
        if (at == NULL || flow->verdicts[i].frame <= frame)
            at = &flow->verdicts[i];
    }
    return at;
}
