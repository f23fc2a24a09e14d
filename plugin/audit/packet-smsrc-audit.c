/* packet-smsrc-audit.c
 * The audit: every flow of an SMS role judged against KB 826852
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * Asked by the post-dissector. A packet goes through four stations, each a file of its own:
 *
 *   evidence   what in it shows a role            writes the role book
 *   role book  the roles of its two ends          read here
 *   judge      the verdict on its flow            a pure function
 *   reach      whether the flow got through
 *
 * and what they say becomes fields, expert infos and taps. Most packets leave early: a packet
 * neither of whose ends holds a role costs a look at pinfo and two lookups.
 *
 * Both ends have to hold a role (by preference one end is enough), or the content itself says
 * what they are. Verdicts are found on the first pass and kept with the frame from which on they
 * hold, so that a second pass repeats the first and only adds verdicts to frames before a role
 * was learned.
 *
 * A flow with a message of CVE-2004-0728 is an attack, whatever roles its ends hold and whether
 * or not roles are learned: from that message on, and in a second pass from its first frame on.
 */

#define WS_LOG_DOMAIN "smsrc"

#include "smsrc-compat.h"

#include <epan/expert.h>
#include <epan/prefs.h>
#include <epan/proto_data.h>
#include <epan/tap.h>
#include <epan/to_str.h>

#include "attack.h"
#include "audit-tap.h"
#include "bounds.h"
#include "evidence.h"
#include "inference.h"
#include "reachability.h"
#include "reader.h"
#include "role-book.h"
#include "text.h"
#include "user-rows.h"

static int proto_smsrc_audit = -1;

static int hf_smsrc_audit_verdict = -1;
static int hf_smsrc_audit_row = -1;
static int hf_smsrc_audit_row_text = -1;
static int hf_smsrc_audit_service = -1;
static int hf_smsrc_audit_server_port = -1;
static int hf_smsrc_audit_initiator_role = -1;
static int hf_smsrc_audit_responder_role = -1;
static int hf_smsrc_audit_site_code = -1;
static int hf_smsrc_audit_evidence = -1;
static int hf_smsrc_audit_evidence_frame = -1;
static int hf_smsrc_audit_first_frame = -1;

static int ett_smsrc_audit = -1;
static int ett_smsrc_audit_evidence = -1;

static expert_field ei_smsrc_audit_off_matrix = EI_INIT;
static expert_field ei_smsrc_audit_wrong_service = EI_INIT;
static expert_field ei_smsrc_audit_wrong_direction = EI_INIT;
static expert_field ei_smsrc_audit_kb_gap = EI_INIT;
static expert_field ei_smsrc_audit_later_product = EI_INIT;
static expert_field ei_smsrc_audit_legacy_product = EI_INIT;
static expert_field ei_smsrc_audit_discouraged = EI_INIT;
static expert_field ei_smsrc_audit_blocked = EI_INIT;
static expert_field ei_smsrc_audit_overflow = EI_INIT;

static int audit_tap = -1;
static int roles_tap = -1;
static int overflow_tap = -1;
static int expert_tap = -1;
static int proto_expert_info = -1; /* Wireshark's own "_ws.expert" */

/* Preferences */
enum { SCOPE_BOTH, SCOPE_ONE };
enum { FLAG_ONCE, FLAG_EVERY };

static const enum_val_t scope_vals[] = {
    { "both", "Both ends hold a role", SCOPE_BOTH },
    { "one", "One end is enough", SCOPE_ONE },
    { NULL, NULL, 0 },
};
static const enum_val_t flag_vals[] = {
    { "once", "Once a flow", FLAG_ONCE },
    { "every", "Every packet of it", FLAG_EVERY },
    { NULL, NULL, 0 },
};

static ws_bool audit_learn = true;
static int audit_scope = SCOPE_BOTH;
static int audit_flag = FLAG_ONCE;
static range_t *audit_sql_ports;
static range_t *audit_http_ports;

/* As they were when the capture was opened: a changed preference counts from the next one on. */
static int scope_in_force = SCOPE_BOTH;
static int flag_in_force = FLAG_ONCE;

/* Rebuilt for every capture. */
static bool audit_active;
static bool audit_has_roles; /* or may learn some; without any, attacks alone are judged */

/*
 * Verdict to the expert info that tells it; NULL where there is nothing to tell. An attack has
 * smsrc.cve_2004_0728, and what the flow would have without it.
 */
static expert_field *const verdict_experts[NUM_VERDICTS] = {
    [VERDICT_LEGACY_PRODUCT] = &ei_smsrc_audit_legacy_product,
    [VERDICT_LATER_PRODUCT] = &ei_smsrc_audit_later_product,
    [VERDICT_KB_GAP] = &ei_smsrc_audit_kb_gap,
    [VERDICT_WRONG_DIRECTION] = &ei_smsrc_audit_wrong_direction,
    [VERDICT_WRONG_SERVICE] = &ei_smsrc_audit_wrong_service,
    [VERDICT_OFF_MATRIX] = &ei_smsrc_audit_off_matrix,
};

static const char *const verdict_texts[NUM_VERDICTS] = {
    [VERDICT_LEGACY_PRODUCT] = "a port of SMS 1.x and 2.0 before SP2",
    [VERDICT_LATER_PRODUCT] = "a port of ConfigMgr 2007 and later, not of SMS 2003",
    [VERDICT_KB_GAP] = "SMS 2003 uses it, KB 826852 does not list it",
    [VERDICT_WRONG_DIRECTION] = "listed the other way round",
    [VERDICT_WRONG_SERVICE] = "the port is listed for another service",
    [VERDICT_OFF_MATRIX] = "on no row of KB 826852",
};

/*
 * Judging, on the first pass
 */

static bool
is_broadcast(const packet_info *pinfo)
{
    static const uint8_t all[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
    const address *dst = &pinfo->dst;

    if (dst->type == AT_IPv4 && dst->len == 4 && memcmp(dst->data, all, 4) == 0)
        return true;
    return dst->type == AT_IPv4 && pinfo->dl_dst.type == AT_ETHER && pinfo->dl_dst.len == 6 &&
           memcmp(pinfo->dl_dst.data, all, 6) == 0;
}

static smsrc_role_set_t
roles_in_flow(smsrc_role_set_t book, smsrc_role_set_t implied)
{
    return book != 0 ? book : implied;
}

/* The question that the judge is asked about this packet's flow. */
static judge_flow_t
ask(const flow_t *flow, const packet_info *pinfo, bool from_initiator, bool sure,
    smsrc_role_set_t src, smsrc_role_set_t dst)
{
    judge_flow_t about;

    memset(&about, 0, sizeof about);
    about.initiator = roles_in_flow(from_initiator ? src : dst, flow->implied_initiator);
    about.responder = roles_in_flow(from_initiator ? dst : src, flow->implied_responder);
    about.service = flow->service;
    about.initiator_sure = sure;
    about.attack = flow->attack_frame != 0;
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
    if (flow->proxied) {
        about.responder = flow->implied_responder;
        about.responder_port = flow->uri_port;
    }
    return about;
}

static bool
is_judged(const judge_flow_t *about)
{
    if (about->attack || !audit_has_roles)
        return about->attack;
    if (scope_in_force == SCOPE_ONE)
        return ((about->initiator | about->responder) & ~SMSRC_ROLES_BROADCAST) != 0;
    return about->initiator != 0 && about->responder != 0;
}

static const flow_judgement_t *
last_judgement(const flow_t *flow)
{
    return flow->num_judgements > 0 ? &flow->judgements[flow->num_judgements - 1] : NULL;
}

/* A broadcast that is no business of the audit's. */
static bool
is_other_broadcast(const judge_flow_t *about, const judgement_t *judgement)
{
    return about->responder == SMSRC_ROLES_BROADCAST && !about->attack &&
           !judgement_counts_for_broadcast(judgement, about->service);
}

/* Judge the flow anew where something that counts has changed since the last time. */
static void
update_judgement(flow_t *flow, const packet_info *pinfo, bool from_initiator, bool sure,
                 smsrc_role_set_t src, smsrc_role_set_t dst)
{
    const flow_judgement_t *last = last_judgement(flow);
    flow_judgement_t *next;
    judgement_t judgement;
    judge_flow_t about;

    if (last != NULL && flow->book_version == role_book_version() &&
        flow->judged_service == flow->service && !flow->proxied &&
        last->about.attack == (flow->attack_frame != 0))
        return;
    about = ask(flow, pinfo, from_initiator, sure, src, dst);
    flow->book_version = role_book_version();
    flow->judged_service = flow->service;
    if (!is_judged(&about) || (last != NULL && memcmp(&last->about, &about, sizeof about) == 0))
        return;
    judgement = judge(&about);
    if (is_other_broadcast(&about, &judgement))
        return;
    /* The last place is an attack's alone. */
    if (flow->num_judgements == FLOW_MAX_JUDGEMENTS + (about.attack ? 1 : 0)) {
        bounds_exceed(BOUND_JUDGEMENTS, FLOW_MAX_JUDGEMENTS);
        return;
    }
    next = &flow->judgements[flow->num_judgements++];
    next->frame = pinfo->num;
    next->about = about;
    next->judgement = judgement;
    if (flow->first_frame == 0)
        flow->first_frame = pinfo->num;
}

/*
 * On a later pass, a flow whose roles were learned only after its last packet: judged now, as
 * from its first frame, without what only the first pass reads (its content).
 */
static void
judge_late(flow_t *flow, const packet_info *pinfo, bool from_initiator, bool sure,
           smsrc_role_set_t src, smsrc_role_set_t dst)
{
    uint32_t frame = flow->conversation->setup_frame;
    flow_judgement_t *only = &flow->judgements[0];

    only->about = ask(flow, pinfo, from_initiator, sure, src, dst);
    if (!is_judged(&only->about))
        return;
    only->judgement = judge(&only->about);
    if (is_other_broadcast(&only->about, &only->judgement))
        return;
    flow->num_judgements = 1;
    flow->first_frame = frame;
    only->frame = frame;
    flow->expert_frames[only->judgement.verdict] = frame;
    if (only->judgement.row != NULL && only->judgement.row->row_class == KB_DISCOURAGED)
        flow->discouraged_frame = frame;
    reach_late(flow, frame);
}

/* Note where a verdict is told for the first time. */
static void
update_experts(flow_t *flow, const packet_info *pinfo, bool from_initiator)
{
    const judgement_t *judgement = &last_judgement(flow)->judgement;
    uint32_t *frame = &flow->expert_frames[judgement->without_attack];

    if (judgement->row != NULL && judgement->row->row_class == KB_DISCOURAGED &&
        flow->discouraged_frame == 0)
        flow->discouraged_frame = pinfo->num;
    if (judgement->verdict == VERDICT_ATTACK)
        flow->scan_of = NULL; /* it has a line for itself */
    if (verdict_experts[judgement->without_attack] == NULL || *frame != 0)
        return;
    if (judgement->verdict == VERDICT_OFF_MATRIX && reach_is_scan(flow, pinfo, from_initiator))
        return;
    *frame = pinfo->num;
}

/*
 * What held for the flow at this frame; before it was judged, what it was judged first. A later
 * pass knows that the flow is an attack from its first frame on.
 */
static const flow_judgement_t *
judgement_at(const flow_t *flow, const packet_info *pinfo)
{
    const flow_judgement_t *at = NULL;
    uint32_t frame = pinfo->num;

    if (flow->attack_frame != 0 && PINFO_FD_VISITED(pinfo))
        return last_judgement(flow);
    for (unsigned i = 0; i < flow->num_judgements; i++) {
        if (at == NULL || flow->judgements[i].frame <= frame)
            at = &flow->judgements[i];
    }
    return at;
}

/*
 * Showing
 */

static proto_item *
add_text(proto_tree *tree, int hf, tvbuff_t *tvb, const char *text)
{
    proto_item *item = proto_tree_add_string(tree, hf, tvb, 0, 0, text);

    proto_item_set_generated(item);
    return item;
}

static void
add_frame(proto_tree *tree, int hf, tvbuff_t *tvb, uint32_t frame)
{
    proto_item_set_generated(proto_tree_add_uint(tree, hf, tvb, 0, 0, frame));
}

static void
add_roles(proto_tree *tree, int hf, tvbuff_t *tvb, smsrc_role_set_t roles)
{
    for (unsigned role = 0; role < SMSRC_NUM_ROLES; role++) {
        if ((roles & SMSRC_ROLE_BIT(role)) != 0)
            add_text(tree, hf, tvb, val_to_str_const(role, smsrc_role_vals, ""));
    }
}

/* Why the two ends are believed to hold their roles. */
static void
add_evidence(proto_tree *tree, packet_info *pinfo, tvbuff_t *tvb, const address *host)
{
    unsigned count = 0;
    const role_claim_t *const *claims = role_book_claims(pinfo->pool, host, &count);

    for (unsigned i = 0; i < count; i++) {
        proto_item *item = add_text(
            tree, hf_smsrc_audit_evidence, tvb,
            wmem_strdup_printf(pinfo->pool, "%s: %s (%s)", address_to_str(pinfo->pool, host),
                               val_to_str_const(claims[i]->role, smsrc_role_vals, ""),
                               claims[i]->reason));

        if (claims[i]->frame != 0)
            add_frame(proto_item_add_subtree(item, ett_smsrc_audit_evidence),
                      hf_smsrc_audit_evidence_frame, tvb, claims[i]->frame);
    }
}

/* "TCP 8080, Advanced Client to Management point (HTTP): on no row ..., nearest E1: ..." */
static const char *
describe(packet_info *pinfo, const flow_judgement_t *judged)
{
    const judge_flow_t *about = &judged->about;
    const judgement_t *judgement = &judged->judgement;
    wmem_strbuf_t *text = wmem_strbuf_new(pinfo->pool, transport_name(about->transport));
    const char *ends[2] = { smsrc_roles_to_str(pinfo->pool, about->initiator),
                            smsrc_roles_to_str(pinfo->pool, about->responder) };

    if (about->transport != TRANSPORT_IPX)
        wmem_strbuf_append_printf(text, " %u", judgement->swapped ? about->initiator_port
                                                                  : about->responder_port);
    for (unsigned i = 0; i < 2; i++) {
        if (*ends[i] == '\0')
            ends[i] = i == 1 && (about->responder & SMSRC_ROLES_BROADCAST) != 0 ? "broadcast"
                                                                                : "a host without "
                                                                                  "a role";
    }
    wmem_strbuf_append_printf(text, ", %s to %s", ends[judgement->swapped ? 1 : 0],
                              ends[judgement->swapped ? 0 : 1]);
    if (about->service != SERVICE_UNKNOWN)
        wmem_strbuf_append_printf(text, " (%s)", service_name(about->service));
    return wmem_strbuf_get_str(text);
}

static void
add_expert(packet_info *pinfo, proto_item *item, expert_field *expert,
           const flow_judgement_t *judged, const char *what)
{
    const kb_row_t *row = judged->judgement.row;
    const char *text = wmem_strdup_printf(
        pinfo->pool, "%s: %s%s%s", describe(pinfo, judged), what,
        row == NULL                  ? ""
        : judged->judgement.nearest ? "; nearest "
                                     : "; ",
        row == NULL ? "" : kb_row_to_str(pinfo->pool, row));

    expert_add_info_format(pinfo, item, expert, "%s", shown_label(pinfo->pool, text, 0));
}

/* Every fact about the packet's flow, and what of it is told in this very frame. */
static void
show(tvbuff_t *tvb, packet_info *pinfo, proto_tree *parent, const flow_t *flow,
     const flow_judgement_t *judged, const address *initiator, const address *responder)
{
    const judgement_t *judgement = &judged->judgement;
    const judge_flow_t *about = &judged->about;
    smsrc_role_set_t from = judgement->swapped ? about->responder : about->initiator;
    smsrc_role_set_t to = judgement->swapped ? about->initiator : about->responder;
    expert_field *expert = verdict_experts[judgement->without_attack];
    bool told = expert != NULL && (flag_in_force == FLAG_EVERY ||
                                   flow->expert_frames[judgement->without_attack] == pinfo->num);
    bool discouraged = judgement->row != NULL && judgement->row->row_class == KB_DISCOURAGED &&
                       (flag_in_force == FLAG_EVERY || flow->discouraged_frame == pinfo->num);
    bool blocked = flow->reach_frame == pinfo->num && judgement_is_listed(judgement);
    bool something = told || discouraged || blocked;
    proto_item *item, *verdict_item;

    if (proto_field_is_referenced(parent, proto_smsrc_audit) ||
        (something && (proto_field_is_referenced(parent, proto_expert_info) ||
                       have_tap_listener(expert_tap)))) {
        proto_tree *tree;
        const char *code = role_book_site_code(responder);

        item = proto_tree_add_item(parent, proto_smsrc_audit, tvb, 0, 0, ENC_NA);
        proto_item_set_generated(item);
        proto_item_append_text(item, ", %s", verdict_name(judgement->verdict));
        tree = proto_item_add_subtree(item, ett_smsrc_audit);
        verdict_item = add_text(tree, hf_smsrc_audit_verdict, tvb,
                                verdict_name(judgement->verdict));
        if (judgement->row != NULL) {
            proto_item *row_item = add_text(tree, hf_smsrc_audit_row, tvb, judgement->row->id);

            if (judgement->nearest)
                proto_item_append_text(row_item, " (the nearest row)");
            add_text(tree, hf_smsrc_audit_row_text, tvb,
                     kb_row_to_str(pinfo->pool, judgement->row));
        }
        add_text(tree, hf_smsrc_audit_service, tvb, service_name(about->service));
        if (about->transport != TRANSPORT_IPX)
            proto_item_set_generated(proto_tree_add_uint(
                tree, hf_smsrc_audit_server_port, tvb, 0, 0,
                judgement->swapped ? about->initiator_port : about->responder_port));
        add_roles(tree, hf_smsrc_audit_initiator_role, tvb, from);
        add_roles(tree, hf_smsrc_audit_responder_role, tvb, to);
        if (*code == '\0')
            code = role_book_site_code(initiator);
        if (*code != '\0')
            add_text(tree, hf_smsrc_audit_site_code, tvb, code);
        add_evidence(tree, pinfo, tvb, initiator);
        add_evidence(tree, pinfo, tvb, responder);
        add_frame(tree, hf_smsrc_audit_first_frame, tvb, flow->first_frame);
        if (told)
            add_expert(pinfo, verdict_item, expert, judged,
                       verdict_texts[judgement->without_attack]);
        if (discouraged)
            add_expert(pinfo, verdict_item, &ei_smsrc_audit_discouraged, judged,
                       "advised against");
        if (blocked)
            add_expert(pinfo, verdict_item, &ei_smsrc_audit_blocked, judged, flow->reach_reason);
    } else {
        /* Nobody reads it: the severity is enough, for the column, which has the last one's. */
        if (discouraged)
            expert_add_info(pinfo, NULL, &ei_smsrc_audit_discouraged);
        if (told)
            expert_add_info(pinfo, NULL, expert);
        if (blocked)
            expert_add_info(pinfo, NULL, &ei_smsrc_audit_blocked);
    }
    if (have_tap_listener(audit_tap)) {
        audit_tap_t *tap = wmem_new(pinfo->pool, audit_tap_t);

        tap->flow = flow;
        tap->judgement = judgement;
        tap->about = about;
        tap->initiator = judgement->swapped ? responder : initiator;
        tap->responder = judgement->swapped ? initiator : responder;
        tap->bytes = pinfo->fd->pkt_len;
        tap_queue_packet(audit_tap, pinfo, tap);
    }
}

/* An ICMP error is no flow of its own; it tells that the one it quotes is blocked. */
static void
dissect_icmp_error(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, unsigned layers)
{
    flow_t *flow;
    const flow_judgement_t *judged;
    const conversation_element_t *key;

    if (!PINFO_FD_VISITED(pinfo)) {
        packet_t packet = packet_open(tvb, pinfo, tree, layers);

        flow = reach_icmp(&packet);
        if (flow == NULL || flow->num_judgements == 0)
            return;
        p_add_proto_data(wmem_file_scope(), pinfo, proto_smsrc_audit, 0, flow);
    } else {
        flow = (flow_t *)p_get_proto_data(wmem_file_scope(), pinfo, proto_smsrc_audit, 0);
        if (flow == NULL)
            return;
    }
    judged = judgement_at(flow, pinfo);
    if (judged == NULL)
        return;
    key = flow->conversation->key_ptr;
    show(tvb, pinfo, tree, flow, judged, conversation_key_addr1(key), conversation_key_addr2(key));
}

/* The packet has a message of CVE-2004-0728. */
static void
note_attack(packet_info *pinfo)
{
    flow_t *flow = flow_of_packet(pinfo, true);

    if (flow != NULL && flow->attack_frame == 0)
        flow->attack_frame = pinfo->num;
}

static void
audit(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree)
{
    packet_t packet;
    unsigned layers;
    smsrc_role_set_t src, dst;
    const flow_judgement_t *judged;
    flow_t *flow;
    bool first_pass = !PINFO_FD_VISITED(pinfo);
    bool broadcast = false;
    bool from_initiator, sure;

    if (first_pass)
        packet = packet_open(tvb, pinfo, tree, 0);
    layers = first_pass && packet_is_bare(&packet) ? 0 : packet_layers(pinfo);
    /* First: up to 4.2 an ICMP error has the ports of the packet that it quotes. */
    if ((layers & (LAYER_ICMP | LAYER_ICMPV6)) != 0) {
        pinfo->current_proto = "SMSRC-AUDIT";
        dissect_icmp_error(tvb, pinfo, tree, layers);
        return;
    }
    if (pinfo->ptype != PT_TCP && pinfo->ptype != PT_UDP && pinfo->ptype != PT_IPX)
        return;
    pinfo->current_proto = "SMSRC-AUDIT";
    if (first_pass) {
        packet.layers = layers;
        if (attack_was_seen() && attack_is_marked(pinfo))
            note_attack(pinfo);
        evidence_scan(&packet);
    }

    if (role_book_is_empty() && evidence_implied_flows() == 0 && !attack_was_seen())
        return;
    src = role_book_roles(&pinfo->src);
    dst = role_book_roles(&pinfo->dst);
    if ((src | dst) != 0 && have_tap_listener(roles_tap)) {
        roles_tap_t *tap = wmem_new(pinfo->pool, roles_tap_t);

        tap->ends[0] = src != 0 ? &pinfo->src : NULL;
        tap->ends[1] = dst != 0 ? &pinfo->dst : NULL;
        tap->bytes = pinfo->fd->pkt_len;
        tap_queue_packet(roles_tap, pinfo, tap);
    }
    if (src != 0 && dst == 0 && pinfo->ptype == PT_UDP && is_broadcast(pinfo)) {
        broadcast = true;
        dst = SMSRC_ROLES_BROADCAST;
    }
    if ((src == 0 || dst == 0) && evidence_implied_flows() == 0 && !attack_was_seen() &&
        (scope_in_force == SCOPE_BOTH || (src | dst) == 0))
        return;

    flow = flow_of_packet(pinfo, (src != 0 && dst != 0) ||
                                     (scope_in_force == SCOPE_ONE && (src | dst) != 0));
    if (flow == NULL)
        return;
    from_initiator = flow_is_initiator(flow, &pinfo->src, pinfo->srcport, &sure);
    if (first_pass) {
        if (pinfo->ptype == PT_TCP)
            reach_update(flow, pinfo, from_initiator, sure);
        evidence_sniff(&packet, flow);
        update_judgement(flow, pinfo, from_initiator || broadcast, sure || broadcast, src, dst);
        if (flow->num_judgements > 0)
            update_experts(flow, pinfo, from_initiator);
    } else if (flow->num_judgements == 0) {
        judge_late(flow, pinfo, from_initiator || broadcast, sure || broadcast, src, dst);
    }
    judged = judgement_at(flow, pinfo);
    if (judged == NULL)
        return;
    show(tvb, pinfo, tree, flow, judged, from_initiator ? &pinfo->src : &pinfo->dst,
         from_initiator ? &pinfo->dst : &pinfo->src);
}

/* Without roles, and while there was no attack, no packet costs more than this. */
static bool
is_asked(void)
{
    return audit_active && (audit_has_roles || attack_was_seen());
}

/*
 * The frame that is the first past a bound, whatever else is in it. Any part of the plugin may
 * have reached one, so it is asked after all of them.
 */
static void
show_overflow(tvbuff_t *tvb, packet_info *pinfo, proto_tree *parent)
{
    bool first = bounds_end_frame(pinfo->num);
    proto_item *item;

    if ((first || bounds_have_grown()) && have_tap_listener(overflow_tap))
        tap_queue_packet(overflow_tap, pinfo, NULL);
    if (!first)
        return;
    item = proto_tree_add_item(parent, proto_smsrc_audit, tvb, 0, 0, ENC_NA);
    proto_item_set_generated(item);
    proto_item_append_text(item, ", Overflow");
    for (unsigned i = 0; i < NUM_BOUNDS; i++) {
        bound_e bound = (bound_e)i;

        if (bounds_count(bound) > 0 && bounds_frame(bound) == pinfo->num)
            expert_add_info_format(pinfo, item, &ei_smsrc_audit_overflow,
                                   "More than %u %s: the rest is not kept", bounds_limit(bound),
                                   bounds_name(bound));
    }
}

void
smsrc_audit_packet(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree)
{
    if (is_asked())
        audit(tvb, pinfo, tree);
    if (bounds_are_reached())
        show_overflow(tvb, pinfo, tree);
}

/* The tables and preferences are read anew for every capture and every redissection. */
static void
init_smsrc_audit(void)
{
    /* Wireshark's own come after all plugins' protocols. */
    expert_tap = find_tap_id("expert");
    proto_expert_info = proto_registrar_get_id_byname("_ws.expert");
    bounds_reset();
    role_book_reset();
    user_rows_reset();
    evidence_reset(audit_learn);
    reach_reset();
    judge_set_ports(audit_sql_ports, audit_http_ports);
    scope_in_force = audit_scope;
    flag_in_force = audit_flag;
    audit_has_roles = audit_learn || !role_book_is_empty();
    audit_active = proto_is_protocol_enabled(find_protocol_by_id(proto_smsrc_audit));
}

void
smsrc_audit_cleanup(void)
{
    judge_set_ports(NULL, NULL);
    role_book_cleanup();
}

void
proto_register_smsrc_audit(void)
{
    static hf_register_info hf[] = {
        { &hf_smsrc_audit_verdict,
          { "Verdict", "smsrc.audit.verdict", FT_STRING, BASE_NONE, NULL, 0x0,
            "What the flow is to KB 826852: Listed, Corrected, KB gap, Later product, Legacy "
            "product, Wrong direction, Wrong service, Off matrix, Attack", HFILL } },
        { &hf_smsrc_audit_row,
          { "Row", "smsrc.audit.row", FT_STRING, BASE_NONE, NULL, 0x0,
            "The row of KB 826852 or of a neighbouring list that the flow is, or the nearest",
            HFILL } },
        { &hf_smsrc_audit_row_text,
          { "Row in words", "smsrc.audit.row.text", FT_STRING, BASE_NONE, NULL, 0x0,
            "The same row in words: who calls whom, the service, transport and port", HFILL } },
        { &hf_smsrc_audit_service,
          { "Service", "smsrc.audit.service", FT_STRING, BASE_NONE, NULL, 0x0,
            "What the flow carries, by its content: HTTP, SMB2, SMS Remote Control, ...; Unknown "
            "where no content tells", HFILL } },
        { &hf_smsrc_audit_server_port,
          { "Server port", "smsrc.audit.server_port", FT_UINT16, BASE_DEC, NULL, 0x0,
            "The port the flow is judged by", HFILL } },
        { &hf_smsrc_audit_initiator_role,
          { "Initiator", "smsrc.audit.initiator_role", FT_STRING, BASE_NONE, NULL, 0x0,
            "Role of the host that called: Advanced Client, Site server, ...; one value for each "
            "role", HFILL } },
        { &hf_smsrc_audit_responder_role,
          { "Responder", "smsrc.audit.responder_role", FT_STRING, BASE_NONE, NULL, 0x0,
            "Role of the host that was called: Management point, ...; one value for each role",
            HFILL } },
        { &hf_smsrc_audit_site_code,
          { "Site code", "smsrc.audit.site_code", FT_STRING, BASE_NONE, NULL, 0x0,
            "Code of the SMS site that the hosts are of, three characters", HFILL } },
        { &hf_smsrc_audit_evidence,
          { "Evidence", "smsrc.audit.evidence", FT_STRING, BASE_NONE, NULL, 0x0,
            "Why a host is believed to hold a role", HFILL } },
        { &hf_smsrc_audit_evidence_frame,
          { "Shown in frame", "smsrc.audit.evidence.frame", FT_FRAMENUM, BASE_NONE, NULL, 0x0,
            "The frame that showed the role; absent where the table smsrc_roles gave it", HFILL } },
        { &hf_smsrc_audit_first_frame,
          { "First judged frame", "smsrc.audit.first_frame", FT_FRAMENUM, BASE_NONE, NULL, 0x0,
            "The first frame of the flow that was judged", HFILL } },
    };
    static int *ett[] = { &ett_smsrc_audit, &ett_smsrc_audit_evidence };
    static ei_register_info ei[] = {
        { &ei_smsrc_audit_off_matrix,
          { "smsrc.audit.off_matrix", PI_SECURITY, PI_WARN,
            "Traffic of an SMS role on no row of KB 826852", EXPFILL } },
        { &ei_smsrc_audit_wrong_service,
          { "smsrc.audit.wrong_service", PI_SECURITY, PI_WARN,
            "A port of KB 826852 carries another service", EXPFILL } },
        { &ei_smsrc_audit_wrong_direction,
          { "smsrc.audit.wrong_direction", PI_PROTOCOL, PI_NOTE,
            "KB 826852 has the connection the other way round", EXPFILL } },
        { &ei_smsrc_audit_kb_gap,
          { "smsrc.audit.kb_gap", PI_PROTOCOL, PI_NOTE,
            "SMS 2003 uses it, KB 826852 does not list it", EXPFILL } },
        { &ei_smsrc_audit_later_product,
          { "smsrc.audit.later_product", PI_PROTOCOL, PI_NOTE,
            "Port of ConfigMgr 2007 and later", EXPFILL } },
        { &ei_smsrc_audit_legacy_product,
          { "smsrc.audit.legacy_product", PI_PROTOCOL, PI_NOTE,
            "Port of SMS 1.x and 2.0 before SP2", EXPFILL } },
        { &ei_smsrc_audit_discouraged,
          { "smsrc.audit.discouraged", PI_PROTOCOL, PI_NOTE,
            "KB 826852 advises against it", EXPFILL } },
        { &ei_smsrc_audit_blocked,
          { "smsrc.audit.blocked", PI_SEQUENCE, PI_WARN,
            "A row of KB 826852 was asked for and refused", EXPFILL } },
        { &ei_smsrc_audit_overflow,
          { "smsrc.audit.overflow", PI_UNDECODED, PI_WARN,
            "A bound is reached: what is past it is not kept", EXPFILL } },
    };
    module_t *module;

    proto_smsrc_audit = proto_register_protocol("Microsoft SMS Port Audit (KB 826852)",
                                                "SMSRC-AUDIT", "smsrc.audit");
    proto_register_field_array(proto_smsrc_audit, hf, array_length(hf));
    proto_register_subtree_array(ett, array_length(ett));
    expert_register_field_array(expert_register_protocol(proto_smsrc_audit), ei,
                                array_length(ei));

    /* -o looks for the module by the name before the first dot, so these are smsrc's. */
    module = prefs_find_module("smsrc");
    role_book_register(module);
    user_rows_register(module);
    prefs_register_bool_preference(
        module, "audit.learn", "Learn roles from traffic",
        "Whether hosts get roles by what they say, as well as by the table of roles. Without a "
        "table and without learning nothing but attacks is judged.",
        &audit_learn);
    prefs_register_enum_preference(module, "audit.scope", "Flows to judge",
                                   "Whether both ends of a flow must hold a role", &audit_scope,
                                   scope_vals, FALSE);
    prefs_register_enum_preference(module, "audit.flag", "Flag",
                                   "How often a flow gets its expert info", &audit_flag, flag_vals,
                                   FALSE);
    range_convert_str(wmem_epan_scope(), &audit_sql_ports, "", 65535);
    range_convert_str(wmem_epan_scope(), &audit_http_ports, "", 65535);
    prefs_register_range_preference(
        module, "audit.sql_ports", "Custom SQL Server ports",
        "Ports of the site's SQL Servers beside 1433: a custom port has to be in the DSN (row I4)",
        &audit_sql_ports, 65535);
    prefs_register_range_preference(module, "audit.http_ports", "Custom HTTP ports",
                                    "Ports that are read as port 80 of the matrix",
                                    &audit_http_ports, 65535);

    register_init_routine(init_smsrc_audit);
    register_shutdown_routine(signatures_shutdown);
    audit_tap = register_tap("smsrc_audit");
    roles_tap = register_tap("smsrc_roles");
    overflow_tap = register_tap(OVERFLOW_TAP);
}

void
proto_reg_handoff_smsrc_audit(void)
{
    flow_init(proto_smsrc_audit);
    packet_look_init();
    evidence_init();
}
