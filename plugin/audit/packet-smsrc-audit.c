/* packet-smsrc-audit.c
 * The protocol smsrc.audit: verdicts on the flows of SMS roles, by a port matrix
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * The post-dissector calls this for each packet, which goes through four steps, one file each:
 *
 *   evidence      what in it shows a role            writes the role book
 *   role book     the roles of its two ends          only read here
 *   verdict       the verdict on its flow            a pure function
 *   reachability  whether the flow got through
 *
 * Their results become fields, expert infos and taps. Most packets return early: a packet between
 * hosts without a role costs a test of pinfo and two lookups.
 *
 * A flow has a verdict if both ends hold a role (by preference one is enough), or if its content
 * shows their roles. The first pass finds verdicts and shows them from the frame on in which they
 * are final; a later pass shows them on all frames, and judges flows whose roles were learned
 * later.
 *
 * A flow with a message of CVE-2004-0728 is an attack, whatever roles its ends hold and whether
 * or not roles are learned: from that message on, and in a later pass from its first frame on.
 */

#include "packet-smsrc-audit.h"

#include <epan/prefs.h>

#include "addresses.h"
#include "attack.h"
#include "audit-info.h"
#include "audit-tap-queue.h"
#include "audit-tree.h"
#include "bounds.h"
#include "evidence.h"
#include "flow-judge.h"
#include "flow-port.h"
#include "internet-ends.h"
#include "not-judged-packet.h"
#include "own-networks.h"
#include "product.h"
#include "reachability.h"
#include "role-book.h"
#include "tcp-state.h"
#include "user-rows.h"

static int proto_smsrc_audit = -1;

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

static const enum_val_t matrix_vals[] = {
#define MATRIX(id, name, title, own) { #name, title, MATRIX_##id },
    MATRIX_LIST(MATRIX)
#undef MATRIX
    { NULL, NULL, 0 },
};

static ws_bool audit_learn = true;
static int audit_matrix = MATRIX_DEFAULT;
static ws_bool audit_site_server_calls;
static int audit_scope = SCOPE_BOTH;
static int audit_flag = FLAG_ONCE;
static ws_bool audit_info = true;
static range_t *audit_sql_ports;
static range_t *audit_http_ports;
static range_t *audit_named_ports[NUM_PORT_NAMES];

/* Rebuilt for every capture. */
static bool audit_active;
static bool other_product_is_shown; /* in this frame */
static bool audit_has_roles; /* or may learn some; without any, only attacks have verdicts */

/* Show a packet of a flow with a verdict, and pass it to the statistics. */
static void
report_flow(packet_view_t *packet, const flow_t *flow, const address *initiator,
            const address *responder)
{
    const bool shown = flow_judge_is_shown(flow, packet->pinfo);
    const bool listened_to = audit_tap_is_listened_to();
    const flow_verdict_t *judged;
    flow_end_t ends[NUM_ENDS];

    if (!shown && !listened_to)
        return;
    judged = flow_judge_find(flow, packet->pinfo);
    if (judged == NULL)
        return;
    if (shown && judged->judgment->verdict.verdict != VERDICT_NONE &&
        audit_tree_has_something(packet->pinfo, packet->tree, flow, judged)) {
        audit_tap_set_ends(ends, judged, initiator, responder);
        audit_tree_add(packet->tvb, packet->pinfo, packet->tree, flow, judged, ends);
    }
    if (!listened_to)
        return;
    judged = flow_judge_worst(flow, judged);
    audit_tap_set_ends(ends, judged, initiator, responder);
    audit_tap_queue_flow(packet->pinfo, flow, judged, ends);
}

/*
 * Makes the packet at hand one from the first end of the flow's conversation, whose two addresses
 * are in @p ends, and live as long as the capture.
 */
static flow_packet_t
packet_of(const flow_t *flow, packet_info *made, const address *ends[NUM_ENDS])
{
    const conversation_element_t *key = flow->content->conversation->key_ptr;
    const address *first = conversation_key_addr1(key), *second = conversation_key_addr2(key);
    flow_packet_t packet = { .pinfo = made };

    copy_address_shallow(&made->src, first);
    copy_address_shallow(&made->dst, second);
    internet_ends_read_roles(&packet);
    made->srcport = conversation_key_port1(key);
    made->destport = conversation_key_port2(key);
    made->ptype = tcp_state_is_known(flow->content->conversation) ? PT_TCP : PT_UDP;
    packet.from_initiator =
        flow_content_is_initiator(flow->content, first, made->srcport, &packet.sure);
    ends[INITIATOR] = packet.from_initiator ? first : second;
    ends[RESPONDER] = packet.from_initiator ? second : first;
    return packet;
}

/*
 * Reports the flow that an ICMP error quotes: by its conversation, as the packet is none of it. In
 * a later pass the error may be the first frame of the flow that is asked for.
 */
static void
report_quoted_flow(packet_view_t *view, flow_t *flow)
{
    const address *ends[NUM_ENDS];
    packet_info quoted = *view->pinfo;
    flow_packet_t packet = packet_of(flow, &quoted, ends);

    if (PINFO_FD_VISITED(view->pinfo))
        flow_judge_update_late(flow, &packet);
    report_flow(view, flow, ends[INITIATOR], ends[RESPONDER]);
}

/* Judges a flow again after a packet of another one has taken roles of its ends back. */
static void
judge_doubted(packet_view_t *view, flow_t *flow)
{
    packet_info *pinfo = view->pinfo, quoted = *pinfo;
    const address *hosts[NUM_ENDS];
    flow_packet_t packet = packet_of(flow, &quoted, hosts);
    const flow_verdict_t *judged;
    flow_end_t ends[NUM_ENDS];

    flow_judge_doubt(flow, &packet);
    audit_tap_queue_evidence(pinfo, hosts);
    judged = flow_judge_find(flow, pinfo);
    if (judged == NULL || !audit_tap_is_listened_to())
        return;
    audit_tap_set_ends(ends, judged, hosts[INITIATOR], hosts[RESPONDER]);
    audit_tap_queue_change(pinfo, flow, judged, ends);
}

/* The next packets go on where there are many: Wireshark queues only so much for statistics. */
static void
judge_all_doubted(packet_view_t *view)
{
    enum { MAX_OF_PACKET = 512 };
    flow_content_t *content;

    for (unsigned i = 0;
         i < MAX_OF_PACKET && (content = evidence_next_doubted()) != NULL; i++) {
        if (content->judged != NULL && content->judged->num_verdicts > 0)
            judge_doubted(view, content->judged);
    }
}

/* An ICMP error belongs to no flow. It may show that the flow that it quotes is blocked. */
static void
dissect_icmp_error(packet_view_t *packet)
{
    flow_t *flow = reachability_icmp(packet);

    if (flow != NULL && flow->num_verdicts > 0 && !PINFO_FD_VISITED(packet->pinfo))
        flow_judge_settle(flow, packet->pinfo);
    if (flow != NULL && (flow->num_verdicts > 0 || PINFO_FD_VISITED(packet->pinfo)))
        report_quoted_flow(packet, flow);
}

/* True if some flow may have a verdict that the roles of its two ends do not give it. */
static bool
has_flows_without_roles(void)
{
    return evidence_inferred_flows() != 0 || attack_was_seen();
}

static void
sniff(packet_view_t *view, flow_content_t *content)
{
    packet_view_read_bytes(view);
    evidence_sniff(view, content);
}

/* Not inline: nearly no packet comes here. */
static G_GNUC_NO_INLINE void
show_other_product(packet_view_t *packet)
{
    if (other_product_is_shown)
        return;
    other_product_is_shown = true;
    audit_tree_add_other_product(packet->tvb, packet->pinfo, packet->tree);
}

/*
 * Reports that an answer in this frame speaks for another product than the list that is chosen.
 * Before the verdict, whose severity is to be that of the packet list: there the last one counts.
 */
static inline void
report_other_product(packet_view_t *packet)
{
    if (product_other_frame() == packet->pinfo->num)
        show_other_product(packet);
}

/* Find the flow of a packet, update its verdicts, and report it. */
static void
audit_flow(packet_view_t *view, flow_packet_t *packet)
{
    packet_info *pinfo = view->pinfo;
    bool first_pass = !PINFO_FD_VISITED(pinfo), has_roles = flow_judge_has_roles(packet);
    flow_content_t *content;
    flow_t *flow;

    if ((!has_roles && !has_flows_without_roles()) ||
        (pinfo->ptype == PT_UDP && packet_view_has_other_ports(view)))
        return;
    content = flow_content_get(pinfo, has_roles);
    if (content == NULL)
        return;
    flow_port_find(view, content);
    if (first_pass || !content->is_sniffed || content->is_read_again || content->is_late)
        sniff(view, content);
    flow = flow_audit_get(content);
    packet->from_initiator = flow_content_is_initiator(content, &pinfo->src, pinfo->srcport,
                                                       &packet->sure);
    if (pinfo->ptype != PT_IPX && packet->dst_roles != ROLES_BROADCAST)
        reachability_update(flow, view, packet->from_initiator);
    if (first_pass)
        flow_judge_update(flow, packet);
    else
        flow_judge_update_late(flow, packet);
    report_other_product(view);
    report_flow(view, flow, packet->from_initiator ? &pinfo->src : &pinfo->dst,
                packet->from_initiator ? &pinfo->dst : &pinfo->src);
}

/* True for a packet to all hosts of a network. None of them answers for its roles. */
static bool
is_broadcast(const packet_view_t *view)
{
    return role_book_is_broadcast(&view->pinfo->dst, packet_view_is_broadcast(view));
}

/* The sender is on the same network, and not on the Internet. */
static void
set_broadcast(flow_packet_t *packet)
{
    packet->src_roles &= ~ROLE_BIT(ROLE_INTERNET);
    packet->dst_roles = ROLES_BROADCAST;
}

/* Not inline: its registers are saved only if some host has a role. */
static G_GNUC_NO_INLINE void
audit(packet_view_t *view)
{
    packet_info *pinfo = view->pinfo;
    bool first_pass = !PINFO_FD_VISITED(pinfo);
    flow_packet_t packet = { .pinfo = pinfo };

    if (first_pass)
        packet_view_read_bytes(view);
    else
        reachability_begin_frame(pinfo);
    /* First: up to 4.2 an ICMP error has the ports of the packet that it quotes. */
    if ((packet_view_read_layers(view) & (LAYER_ICMP | LAYER_ICMPV6)) != 0) {
        pinfo->current_proto = "SMSRC-AUDIT";
        dissect_icmp_error(view);
        return;
    }
    if (pinfo->ptype != PT_TCP && pinfo->ptype != PT_UDP && pinfo->ptype != PT_IPX)
        return;
    pinfo->current_proto = "SMSRC-AUDIT";
    tcp_state_update(view);
    if (first_pass) {
        evidence_scan(view);
        judge_all_doubted(view);
    }
    if (role_book_is_empty() && !has_flows_without_roles())
        return;
    internet_ends_read_roles(&packet);
    if ((packet.src_roles | packet.dst_roles) != 0 && pinfo->ptype == PT_UDP && is_broadcast(view))
        set_broadcast(&packet);
    audit_tap_queue_roles(pinfo, packet.src_roles & ~ROLE_BIT(ROLE_INTERNET),
                          packet.dst_roles & ~(ROLES_BROADCAST | ROLE_BIT(ROLE_INTERNET)));
    audit_flow(view, &packet);
}

/*
 * Report the bounds that were first exceeded in this frame. Called after everything else, because
 * any part of the plugin may have exceeded one.
 */
static void
report_overflow(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree)
{
    bool first = bounds_end_frame(pinfo->num);

    if (first || bounds_have_grown())
        audit_tap_queue_overflow(pinfo);
    if (first)
        audit_tree_add_overflow(tvb, pinfo, tree);
}

/* Called for every packet; must be cheap. False without roles, as long as there is no attack. */
static bool
is_needed(void)
{
    return audit_active && (audit_has_roles || attack_was_seen());
}

void
smsrc_audit_packet(packet_view_t *packet)
{
    other_product_is_shown = false;
    if (is_needed()) {
        audit_info_add_attack(packet->pinfo);
        audit(packet);
    }
    report_other_product(packet);
    if (bounds_are_reached())
        report_overflow(packet->tvb, packet->pinfo, packet->tree);
    not_judged_packet(packet->pinfo);
}

/* The product whose roles are learned: that of the matrix, or SMS 2003. */
static product_e
find_product(const matrix_t *matrix)
{
    if (strcmp(matrix->name, "configmgr") == 0)
        return PRODUCT_CONFIGMGR;
    return strcmp(matrix->name, "sms2") == 0 ? PRODUCT_SMS_2 : PRODUCT_SMS_2003;
}

/* The matrix of the capture, and what the user's preferences have its rows be. */
static void
set_matrix(void)
{
    audit_tap_set_matrix((matrix_e)audit_matrix);
    matrix_set_site_server_calls(audit_site_server_calls);
    for (unsigned name = PORT_NOT_NAMED + 1; name < NUM_PORT_NAMES; name++)
        named_port_set((port_name_e)name, audit_named_ports[name]);
    verdict_set_ports(audit_sql_ports, audit_http_ports);
}

/* Called at the beginning of a capture and of a redissection. Reads tables and preferences. */
static void
init_smsrc_audit(void)
{
    bounds_reset();
    role_book_reset();
    user_rows_reset();
    set_matrix();
    product_set_judged(find_product(audit_tap_matrix()));
    evidence_reset(audit_learn);
    reachability_reset();
    not_judged_reset();
    audit_tap_set_in_capture(true);
    internet_ends_reset(audit_tap_matrix());
    audit_has_roles = audit_learn || !role_book_is_empty();
    flow_judge_reset(audit_scope == SCOPE_ONE, audit_has_roles);
    audit_tree_reset(audit_flag == FLAG_EVERY);
    audit_info_reset(audit_info);
    audit_active = proto_is_protocol_enabled(find_protocol_by_id(proto_smsrc_audit));
}

void
smsrc_audit_cleanup(void)
{
    audit_tap_set_in_capture(false);
    verdict_set_ports(NULL, NULL);
    for (unsigned name = PORT_NOT_NAMED + 1; name < NUM_PORT_NAMES; name++)
        named_port_set((port_name_e)name, NULL);
    role_book_cleanup();
}

/* A preference for each port that rows have by name. */
static void
register_named_ports(module_t *module)
{
#define PORT(name, preference, title, ports)                                                     \
    range_convert_str(wmem_epan_scope(), &audit_named_ports[PORT_##name], ports, 65535);         \
    prefs_register_range_preference(                                                             \
        module, "audit.port." preference, "Ports of " title,                                     \
        title " in place of " ports ", in lists that name the port (not KB 826852)",             \
        &audit_named_ports[PORT_##name], 65535);
    PORT_NAME_LIST(PORT)
#undef PORT
}

/* Registers fields and preferences; long because it is a list. */
void
proto_register_smsrc_audit(void)
{
    module_t *module;

    proto_smsrc_audit = proto_register_protocol("Microsoft SMS Port Audit (KB 826852)",
                                                "SMSRC-AUDIT", "smsrc.audit");
    audit_tree_register(proto_smsrc_audit);

    /* Wireshark finds the module of -o by the name up to the first dot, so these are smsrc's. */
    module = prefs_find_module("smsrc");
    role_book_register(module);
    user_rows_register(module);
    prefs_register_bool_preference(
        module, "audit.learn", "Learn roles from traffic",
        "Whether hosts get roles from their traffic as well as from the table of roles. Without a "
        "table and without learning only attacks are judged.",
        &audit_learn);
    prefs_register_enum_preference(module, "audit.scope", "Flows to judge",
                                   "Whether both ends of a flow must hold a role", &audit_scope,
                                   scope_vals, FALSE);
    prefs_register_enum_preference(module, "audit.flag", "Flag",
                                   "How often a flow gets its expert info", &audit_flag, flag_vals,
                                   FALSE);
    prefs_register_bool_preference(
        module, "audit.info", "Show findings in the packet list",
        "Whether a packet that carries a finding (an attack, Off matrix, Wrong service, Wrong "
        "direction, Blocked) has it in the column Info",
        &audit_info);
    range_convert_str(wmem_epan_scope(), &audit_sql_ports, "", 65535);
    range_convert_str(wmem_epan_scope(), &audit_http_ports, "", 65535);
    prefs_register_range_preference(
        module, "audit.sql_ports", "Custom SQL Server ports",
        "Ports of the site's SQL Servers beside 1433: a custom port has to be in the DSN (row I4)",
        &audit_sql_ports, 65535);
    prefs_register_range_preference(module, "audit.http_ports", "Custom HTTP ports",
                                    "Ports that are read as port 80 of the matrix",
                                    &audit_http_ports, 65535);

    prefs_register_enum_preference(module, "audit.matrix", "Audit against",
                                   "The list of ports by which flows are judged", &audit_matrix,
                                   matrix_vals, FALSE);
    prefs_register_bool_preference(
        module, "audit.site_server_calls", "The site server starts all connections",
        "Whether the site's systems do not call the site server, which is an option of each site "
        "system of ConfigMgr (note 5 of its list)",
        &audit_site_server_calls);
    register_named_ports(module);
    own_networks_register(module);

    register_init_routine(init_smsrc_audit);
    audit_tap_register();
    audit_tap_set_reader(set_matrix);
    not_judged_register();
}

void
proto_reg_handoff_smsrc_audit(void)
{
    evidence_init(proto_smsrc_audit);
}
