/* packet-smsrc-audit.c
 * The audit: every flow of an SMS role judged against KB 826852
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * Asked by the post-dissector. A packet goes through four stations, one file each:
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

#include <epan/prefs.h>
#include <epan/proto_data.h>
#include <epan/tap.h>

#include "addresses.h"
#include "attack.h"
#include "audit-tap.h"
#include "audit-tree.h"
#include "bounds.h"
#include "evidence.h"
#include "flow-judge.h"
#include "reachability.h"
#include "role-book.h"
#include "user-rows.h"

static int proto_smsrc_audit = -1;

static int audit_tap = -1;
static int roles_tap = -1;
static int overflow_tap = -1;

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

/* As it was when the capture was opened: a changed preference counts from the next one on. */
static int scope_in_force = SCOPE_BOTH;

/* Rebuilt for every capture. */
static bool audit_active;
static bool audit_has_roles; /* or may learn some; without any, attacks alone are judged */

/*
 * Judging, on the first pass
 */

/* Show a packet of a judged flow, and pass it to the statistics. */
static void
audit_add_tree(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, const flow_t *flow,
     const flow_verdict_t *judged, const address *initiator, const address *responder)
{
    const verdict_t *judgement = &judged->judgement;

    audit_tree_add(tvb, pinfo, tree, flow, judged, initiator, responder);
    if (have_tap_listener(audit_tap)) {
        audit_tap_t *tap = wmem_new(pinfo->pool, audit_tap_t);

        tap->flow = flow;
        tap->judgement = judgement;
        tap->about = &judged->about;
        tap->initiator = judgement->swapped ? responder : initiator;
        tap->responder = judgement->swapped ? initiator : responder;
        tap->bytes = pinfo->fd->pkt_len;
        tap_queue_packet(audit_tap, pinfo, tap);
    }
}

/* An ICMP error belongs to no flow; it shows that the flow it quotes is blocked. */
static void
dissect_icmp_error(packet_view_t *packet)
{
    packet_info *pinfo = packet->pinfo;
    flow_t *flow;
    const flow_verdict_t *judged;
    const conversation_element_t *key;

    if (!PINFO_FD_VISITED(pinfo)) {
        flow = reachability_icmp(packet);
        if (flow == NULL || flow->num_verdicts == 0)
            return;
        p_add_proto_data(wmem_file_scope(), pinfo, proto_smsrc_audit, 0, flow);
    } else {
        flow = (flow_t *)p_get_proto_data(wmem_file_scope(), pinfo, proto_smsrc_audit, 0);
        if (flow == NULL)
            return;
    }
    judged = flow_judge_at(flow, pinfo);
    if (judged == NULL)
        return;
    key = flow->content->conversation->key_ptr;
    audit_add_tree(packet->tvb, pinfo, packet->tree, flow, judged, conversation_key_addr1(key),
                   conversation_key_addr2(key));
}

/* Apart, as its registers need saving only where something has a role. */
static G_GNUC_NO_INLINE void
audit(packet_view_t *packet)
{
    packet_info *pinfo = packet->pinfo;
    role_set_t src, dst;
    const flow_verdict_t *judged;
    flow_content_t *content;
    flow_t *flow;
    bool first_pass = !PINFO_FD_VISITED(pinfo);
    bool broadcast = false;
    bool from_initiator, sure;

    if (first_pass)
        packet_view_read_bytes(packet);
    /* First: up to 4.2 an ICMP error has the ports of the packet that it quotes. */
    if ((packet_view_read_layers(packet) & (LAYER_ICMP | LAYER_ICMPV6)) != 0) {
        pinfo->current_proto = "SMSRC-AUDIT";
        dissect_icmp_error(packet);
        return;
    }
    if (pinfo->ptype != PT_TCP && pinfo->ptype != PT_UDP && pinfo->ptype != PT_IPX)
        return;
    pinfo->current_proto = "SMSRC-AUDIT";
    if (first_pass)
        evidence_scan(packet);

    if (role_book_is_empty() && evidence_inferred_flows() == 0 && !attack_was_seen())
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
    if (src != 0 && dst == 0 && pinfo->ptype == PT_UDP &&
        addresses_is_ipv4_broadcast(&pinfo->dst, &pinfo->dl_dst)) {
        broadcast = true;
        dst = ROLES_BROADCAST;
    }
    if ((src == 0 || dst == 0) && evidence_inferred_flows() == 0 && !attack_was_seen() &&
        (scope_in_force == SCOPE_BOTH || (src | dst) == 0))
        return;

    content = flow_content_get(pinfo, (src != 0 && dst != 0) ||
                                                (scope_in_force == SCOPE_ONE && (src | dst) != 0));
    if (content == NULL)
        return;
    flow = flow_audit_of(content);
    from_initiator = flow_content_is_initiator(content, &pinfo->src, pinfo->srcport, &sure);
    if (first_pass) {
        if (pinfo->ptype == PT_TCP)
            reachability_update(flow, pinfo, from_initiator, sure);
        evidence_sniff(packet, content);
        flow_judge_update(flow, pinfo, from_initiator || broadcast, sure || broadcast, src, dst);
        flow_judge_update_experts(flow, pinfo, from_initiator);
    } else if (flow->num_verdicts == 0) {
        flow_judge_late(flow, pinfo, from_initiator || broadcast, sure || broadcast, src, dst);
    }
    judged = flow_judge_at(flow, pinfo);
    if (judged == NULL)
        return;
    audit_add_tree(packet->tvb, pinfo, packet->tree, flow, judged,
         from_initiator ? &pinfo->src : &pinfo->dst,
         from_initiator ? &pinfo->dst : &pinfo->src);
}

/*
 * The frame that is the first past a bound, whatever else is in it. Any part of the plugin may
 * have reached one, so it is asked after all of them.
 */
static void
show_overflow(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree)
{
    bool first = bounds_end_frame(pinfo->num);

    if ((first || bounds_have_grown()) && have_tap_listener(overflow_tap))
        tap_queue_packet(overflow_tap, pinfo, NULL);
    if (first)
        audit_tree_add_overflow(tvb, pinfo, tree);
}

/* Without roles, and while there was no attack, no packet costs more than this. */
static bool
is_asked(void)
{
    return audit_active && (audit_has_roles || attack_was_seen());
}

void
smsrc_audit_packet(packet_view_t *packet)
{
    if (is_asked())
        audit(packet);
    if (bounds_are_reached())
        show_overflow(packet->tvb, packet->pinfo, packet->tree);
}

/* The tables and preferences are read again for every capture and every redissection. */
static void
init_smsrc_audit(void)
{
    bounds_reset();
    role_book_reset();
    user_rows_reset();
    evidence_reset(audit_learn);
    reachability_reset();
    verdict_set_ports(audit_sql_ports, audit_http_ports);
    scope_in_force = audit_scope;
    audit_has_roles = audit_learn || !role_book_is_empty();
    flow_judge_reset(scope_in_force == SCOPE_ONE, audit_has_roles);
    audit_tree_reset(audit_flag == FLAG_EVERY);
    audit_active = proto_is_protocol_enabled(find_protocol_by_id(proto_smsrc_audit));
}

void
smsrc_audit_cleanup(void)
{
    verdict_set_ports(NULL, NULL);
    role_book_cleanup();
}

void
proto_register_smsrc_audit(void)
{
    module_t *module;

    proto_smsrc_audit = proto_register_protocol("Microsoft SMS Port Audit (KB 826852)",
                                                "SMSRC-AUDIT", "smsrc.audit");
    audit_tree_register(proto_smsrc_audit);

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
    audit_tap = register_tap("smsrc_audit");
    roles_tap = register_tap("smsrc_roles");
    overflow_tap = register_tap(OVERFLOW_TAP);
}

void
proto_reg_handoff_smsrc_audit(void)
{
    evidence_init(proto_smsrc_audit);
}
