/* audit-tree.c
 * The tree and the expert infos of the audit
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "audit-tree.h"

#include <epan/column-info.h>
#include <epan/expert.h>
#include <epan/tap.h>
#include <epan/to_str.h>

#include "audit-info.h"
#include "audit-words.h"
#include "bounds.h"
#include "product.h"
#include "role-book.h"
#include "text.h"

/* Why a flow is not listed whose content seems to be. */

static int proto_smsrc_audit = -1;

static int hf_smsrc_audit_verdict = -1;
static int hf_smsrc_audit_matrix = -1;
static int hf_smsrc_audit_row = -1;
static int hf_smsrc_audit_row_shown = -1;
static int hf_smsrc_audit_row_text = -1;
static int hf_smsrc_audit_service = -1;
static int hf_smsrc_audit_server_port = -1;
static int hf_smsrc_audit_via_proxy = -1;
static int hf_smsrc_audit_initiator_role = -1;
static int hf_smsrc_audit_responder_role = -1;
static int hf_smsrc_audit_src_role = -1;
static int hf_smsrc_audit_dst_role = -1;
static int hf_smsrc_audit_site_code = -1;
static int hf_smsrc_audit_evidence = -1;
static int hf_smsrc_audit_evidence_frame = -1;
static int hf_smsrc_audit_evidence_basis = -1;
static int hf_smsrc_audit_reach = -1;
static int hf_smsrc_audit_first_frame = -1;

static int ett_smsrc_audit = -1;
static int ett_smsrc_audit_evidence = -1;

/* Expert infos of verdicts; a verdict without one registers none. */
static expert_field ei_smsrc_audit_verdict[NUM_VERDICTS] = {
#define VERDICT(name, title, text, filter, group, severity, summary) EI_INIT,
    VERDICT_LIST(VERDICT)
#undef VERDICT
};
static expert_field ei_smsrc_audit_discouraged = EI_INIT;
static expert_field ei_smsrc_audit_blocked = EI_INIT;
static expert_field ei_smsrc_audit_overflow = EI_INIT;
static expert_field ei_smsrc_audit_other_product = EI_INIT;

static int expert_tap = -1;
static int proto_expert_info = -1; /* Wireshark's "_ws.expert" */

/* Rebuilt for every capture. */
static bool flag_every_packet;
static expert_field *counted[NUM_VERDICTS + 2]; /* whose severities Wireshark has */
static unsigned num_counted;

static proto_item *
add_text(proto_tree *tree, int hf, tvbuff_t *tvb, const char *text)
{
    proto_item *item = proto_tree_add_string(tree, hf, tvb, 0, 0, text);

    proto_item_set_generated(item);
    return item;
}

static void
add_number(proto_tree *tree, int hf, tvbuff_t *tvb, uint32_t number)
{
    proto_item_set_generated(proto_tree_add_uint(tree, hf, tvb, 0, 0, number));
}

static void
add_roles(proto_tree *tree, int hf, tvbuff_t *tvb, role_set_t roles, bool hidden)
{
    for (unsigned role = 0; role < NUM_ROLES; role++) {
        proto_item *item;

        if ((roles & ROLE_BIT(role)) == 0)
            continue;
        item = add_text(tree, hf, tvb, val_to_str_const(role, role_vals, ""));
        if (hidden)
            proto_item_set_hidden(item);
    }
}

/*
 * The roles of the host that sent the packet, or that it was sent to, for columns beside its
 * address: hidden, because the tree has them by initiator and responder. None for the sender of
 * an ICMP error that does not end the flow.
 */
static void
add_roles_of_host(proto_tree *tree, int hf, tvbuff_t *tvb, const address *host,
                  const flow_end_t ends[NUM_ENDS])
{
    for (unsigned end = 0; end < NUM_ENDS; end++) {
        if (addresses_equal(host, ends[end].host))
            add_roles(tree, hf, tvb, ends[end].roles, true);
    }
}

/* The evidence for the roles of a host. A broadcast is none. */
static void
add_evidence(proto_tree *tree, packet_info *pinfo, tvbuff_t *tvb, const flow_end_t *end)
{
    const address *host = end->host;
    unsigned count = 0;
    const role_evidence_t *const *claims = role_book_evidence(pinfo->pool, host, &count);

    for (unsigned i = 0; i < count && (end->roles & ROLES_BROADCAST) == 0; i++) {
        proto_tree *subtree;
        proto_item *item = add_text(
            tree, hf_smsrc_audit_evidence, tvb,
            wmem_strdup_printf(pinfo->pool, "%s: %s (%s)", address_to_str(pinfo->pool, host),
                               val_to_str_const(claims[i]->role, role_vals, ""),
                               claims[i]->reason));

        subtree = proto_item_add_subtree(item, ett_smsrc_audit_evidence);
        add_text(subtree, hf_smsrc_audit_evidence_basis, tvb,
                 role_standing_name(claims[i]->standing));
        if (claims[i]->frame != 0)
            add_number(subtree, hf_smsrc_audit_evidence_frame, tvb, claims[i]->frame);
    }
}

/* "TCP 8080, Advanced Client to Management point (HTTP): on no row ...; nearest E1: ..." */
static void
add_expert(packet_info *pinfo, proto_item *item, expert_field *expert,
           const flow_verdict_t *judged, const flow_end_t ends[NUM_ENDS], const char *what)
{
    const verdict_t *verdict = &judged->judgment->verdict;
    const matrix_row_t *row = verdict->row;
    const char *before_row = row == NULL ? "" : verdict->nearest ? "; nearest " : "; ";

    text_add_expert(pinfo, item, expert, "%s: %s%s%s",
                    audit_words_flow(pinfo->pool, &judged->judgment->facts, ends), what, before_row,
                    row == NULL ? "" : matrix_row_to_str(pinfo->pool, row));
}

/* The default matrix is hidden, for trees that are read. */
static void
add_matrix(proto_tree *tree, tvbuff_t *tvb)
{
    const matrix_t *matrix = audit_tap_matrix();
    proto_item *item = add_text(tree, hf_smsrc_audit_matrix, tvb, matrix->name);

    if (matrix_is_default(matrix))
        proto_item_set_hidden(item);
    else
        proto_item_append_text(item, " (%s)", matrix->title);
}

static void
add_row(proto_tree *tree, packet_info *pinfo, tvbuff_t *tvb, const verdict_t *verdict)
{
    proto_item *item;

    if (verdict->row == NULL)
        return;
    item = add_text(tree, hf_smsrc_audit_row, tvb, verdict->row->id);
    if (verdict->nearest)
        proto_item_append_text(item, " (the nearest row)");
    add_text(tree, hf_smsrc_audit_row_text, tvb, matrix_row_to_str(pinfo->pool, verdict->row));
    if (proto_field_is_referenced(tree, hf_smsrc_audit_row_shown))
        proto_item_set_hidden(add_text(tree, hf_smsrc_audit_row_shown, tvb,
                                       verdict_row_name(pinfo->pool, verdict)));
}

/* Two tries at the end of a capture are Blocked: in a single pass more of it may follow. */
static reach_e
reach_so_far(const flow_t *flow, const packet_info *pinfo)
{
    return flow->reach == REACH_BLOCKED && flow->reach_frame == 0 && !PINFO_FD_VISITED(pinfo)
               ? REACH_PENDING : (reach_e)flow->reach;
}

/* The item of the audit: by which list, and what it found. */
static proto_item *
add_audit(proto_tree *parent, tvbuff_t *tvb, const char *found)
{
    proto_item *item = proto_tree_add_protocol_format(
        parent, proto_smsrc_audit, tvb, 0, 0, "Microsoft SMS Port Audit (%s), %s",
        audit_tap_matrix()->title, found);

    proto_item_set_generated(item);
    return item;
}

/* The audit's tree for a packet of a judged flow. Returns the item of the verdict. */
static proto_item *
add_flow(tvbuff_t *tvb, packet_info *pinfo, proto_tree *parent, const flow_t *flow,
         const flow_verdict_t *judged, const flow_end_t ends[NUM_ENDS])
{
    const flow_facts_t *facts = &judged->judgment->facts;
    const verdict_t *verdict = &judged->judgment->verdict;
    const char *name = verdict_name(verdict->verdict);
    /* Evidence and site code are in the order of the flow's first packet, whatever the verdict. */
    const flow_end_t *first = &ends[verdict->reversed ? RESPONDER : INITIATOR];
    const flow_end_t *second = &ends[verdict->reversed ? INITIATOR : RESPONDER];
    const char *code = audit_tap_site_code(first->host, second->host);
    proto_item *verdict_item, *item = add_audit(parent, tvb, name);
    proto_tree *tree = proto_item_add_subtree(item, ett_smsrc_audit);

    verdict_item = add_text(tree, hf_smsrc_audit_verdict, tvb, name);
    if (flow->content->mp_missing_frame == pinfo->num)
        proto_item_append_text(verdict_item, " (MP_%s<1a> is not found%s)",
                               flow->content->mp_site, audit_words_remedy(pinfo->pool, flow));
    add_matrix(tree, tvb);
    add_row(tree, pinfo, tvb, verdict);
    item = add_text(tree, hf_smsrc_audit_service, tvb, service_name(facts->service));
    if (facts->contradictory)
        proto_item_append_text(item, " (" AUDIT_WORDS_CONTRADICTORY ")");
    if (facts->transport != TRANSPORT_IPX)
        add_number(tree, hf_smsrc_audit_server_port, tvb, ends[RESPONDER].port);
    if (facts->via_proxy != 0)
        add_number(tree, hf_smsrc_audit_via_proxy, tvb, facts->via_proxy);
    add_roles(tree, hf_smsrc_audit_initiator_role, tvb, ends[INITIATOR].roles, false);
    add_roles(tree, hf_smsrc_audit_responder_role, tvb, ends[RESPONDER].roles, false);
    add_roles_of_host(tree, hf_smsrc_audit_src_role, tvb, &pinfo->src, ends);
    add_roles_of_host(tree, hf_smsrc_audit_dst_role, tvb, &pinfo->dst, ends);
    if (*code != '\0')
        add_text(tree, hf_smsrc_audit_site_code, tvb, code);
    add_evidence(tree, pinfo, tvb, first);
    add_evidence(tree, pinfo, tvb, second);
    if (facts->transport != TRANSPORT_IPX)
        add_text(tree, hf_smsrc_audit_reach, tvb, flow_audit_reach_name(reach_so_far(flow, pinfo)));
    add_number(tree, hf_smsrc_audit_first_frame, tvb, flow->first_frame);
    return verdict_item;
}

/* The expert infos of a flow that belong to one packet of it; NULL where none does. */
typedef struct {
    expert_field *verdict;
    expert_field *discouraged;
    expert_field *blocked;
} flow_experts_t;

static flow_experts_t
experts_of_packet(const packet_info *pinfo, const flow_t *flow, const verdict_t *verdict)
{
    static const expert_frames_t no_frames;
    const expert_frames_t *frames = flow->expert_frames != NULL ? flow->expert_frames : &no_frames;
    flow_experts_t experts = { NULL, NULL, NULL };

    if (verdict_expert(verdict->without_attack) != NULL &&
        (flag_every_packet || frames->verdicts[verdict->without_attack] == pinfo->num))
        experts.verdict = &ei_smsrc_audit_verdict[verdict->without_attack];
    if (verdict_is_discouraged(verdict) &&
        (flag_every_packet || frames->discouraged == pinfo->num))
        experts.discouraged = &ei_smsrc_audit_discouraged;
    /* What the matrix, the user's rows or the gaps have should pass. */
    if (flow->reach_frame == pinfo->num &&
        (verdict_may_be_listed(verdict) || verdict->verdict == VERDICT_KB_GAP))
        experts.blocked = &ei_smsrc_audit_blocked;
    return experts;
}

/* True if the expert info was added without a tree before; it is from now on. */
static bool
is_counted(expert_field *expert)
{
    for (unsigned i = 0; i < num_counted; i++) {
        if (counted[i] == expert)
            return true;
    }
    counted[num_counted++] = expert;
    return false;
}

/*
 * The text of an expert info without a tree is not displayed. Its severity is, by a column and the
 * packet list's colors, where the last one added wins; and Wireshark has the highest one of the
 * capture, which each adds once.
 */
static void
add_severity(packet_info *pinfo, expert_field *expert)
{
    if (expert == NULL)
        return;
    if (!is_counted(expert) ||
        (pinfo->cinfo != NULL && pinfo->cinfo->col_first[COL_EXPERT] >= 0))
        expert_add_info(pinfo, NULL, expert);
}

static bool
is_tree_wanted(proto_tree *parent, bool has_expert)
{
    return proto_field_is_referenced(parent, proto_smsrc_audit) ||
           (has_expert && (proto_field_is_referenced(parent, proto_expert_info) ||
                           have_tap_listener(expert_tap)));
}

bool
audit_tree_has_something(const packet_info *pinfo, proto_tree *parent, const flow_t *flow,
                         const flow_verdict_t *judged)
{
    const flow_experts_t experts = experts_of_packet(pinfo, flow, &judged->judgment->verdict);

    return experts.verdict != NULL || experts.discouraged != NULL || experts.blocked != NULL ||
           proto_field_is_referenced(parent, proto_smsrc_audit);
}

void
audit_tree_add(tvbuff_t *tvb, packet_info *pinfo, proto_tree *parent, const flow_t *flow,
               const flow_verdict_t *judged, const flow_end_t ends[NUM_ENDS])
{
    flow_experts_t experts = experts_of_packet(pinfo, flow, &judged->judgment->verdict);
    const char *remedy;
    proto_item *item;

    if (experts.verdict != NULL)
        audit_info_add_verdict(pinfo, judged, ends);
    if (experts.blocked != NULL)
        audit_info_add_blocked(pinfo, &judged->judgment->verdict);
    if (!is_tree_wanted(parent, experts.verdict != NULL || experts.discouraged != NULL ||
                                    experts.blocked != NULL)) {
        add_severity(pinfo, experts.discouraged);
        add_severity(pinfo, experts.verdict);
        add_severity(pinfo, experts.blocked);
        return;
    }
    item = add_flow(tvb, pinfo, parent, flow, judged, ends);
    remedy = audit_words_remedy(pinfo->pool, flow);
    if (experts.verdict != NULL)
        add_expert(pinfo, item, experts.verdict, judged, ends, audit_words_verdict(judged));
    if (experts.discouraged != NULL)
        add_expert(pinfo, item, experts.discouraged, judged, ends,
                   wmem_strdup_printf(pinfo->pool, "advised against%s", remedy));
    if (experts.blocked != NULL)
        add_expert(pinfo, item, experts.blocked, judged, ends,
                   wmem_strdup_printf(pinfo->pool, "%s%s", flow->reach_reason, remedy));
}

void
audit_tree_add_overflow(tvbuff_t *tvb, packet_info *pinfo, proto_tree *parent)
{
    proto_item *item = add_audit(parent, tvb, "Overflow");

    for (bound_e bound = bounds_next(BOUND_NONE); bound < NUM_BOUNDS; bound = bounds_next(bound)) {
        if (bounds_frame(bound) == pinfo->num)
            expert_add_info_format(pinfo, item, &ei_smsrc_audit_overflow,
                                   "More than %u %s: the rest is not kept", bounds_limit(bound),
                                   bounds_name(bound));
    }
}

void
audit_tree_add_other_product(tvbuff_t *tvb, packet_info *pinfo, proto_tree *parent)
{
    proto_item *item = add_audit(parent, tvb, "Other product");

    text_add_expert(pinfo, item, &ei_smsrc_audit_other_product,
                    "Evidence of %s; this audit is against %s. The preference "
                    "smsrc.audit.matrix chooses another list",
                    product_other_text(pinfo->pool), audit_tap_matrix()->title);
}

void
audit_tree_reset(bool every_packet)
{
    flag_every_packet = every_packet;
    num_counted = 0;
    /* Not when registering: Wireshark registers its own after those of plugins. */
    expert_tap = find_tap_id("expert");
    proto_expert_info = proto_registrar_get_id_byname("_ws.expert");
}

/* The worst verdict first. */
static void
register_verdict_experts(expert_module_t *module)
{
    static ei_register_info ei[NUM_VERDICTS];
    int count = 0;

    for (unsigned verdict = NUM_VERDICTS; verdict-- > 0;) {
        const verdict_expert_t *expert = verdict_expert((verdict_e)verdict);

        if (expert != NULL) {
            ei_register_info one = { &ei_smsrc_audit_verdict[verdict],
                                     { expert->filter, expert->group, expert->severity,
                                       expert->summary, EXPFILL } };

            ei[count++] = one;
        }
    }
    expert_register_field_array(module, ei, count);
}

/* Registers fields, subtrees and expert infos; long because it is a list. */
void
audit_tree_register(int proto)
{
    static hf_register_info hf[] = {
        { &hf_smsrc_audit_verdict,
          { "Verdict", "smsrc.audit.verdict", FT_STRING, BASE_NONE, NULL, 0x0,
            "Result of the comparison with KB 826852: Listed, Corrected, KB gap, Later product, "
            "Legacy product, Unconfirmed, Wrong direction, Wrong service, Off matrix, Attack",
            HFILL } },
        { &hf_smsrc_audit_matrix,
          { "Matrix", "smsrc.audit.matrix", FT_STRING, BASE_NONE, NULL, 0x0,
            "The list of ports by which the flow is judged, from the preference of that name: "
            "kb826852 (hidden in trees), configmgr, sms2", HFILL } },
        { &hf_smsrc_audit_row,
          { "Row", "smsrc.audit.row", FT_STRING, BASE_NONE, NULL, 0x0,
            "The row that the flow matches, also of a related list, or the nearest", HFILL } },
        { &hf_smsrc_audit_row_shown,
          { "Row, or near a row", "smsrc.audit.row_shown", FT_STRING, BASE_NONE, NULL, 0x0,
            "The same for a column: E1, or near E1 where the flow matches no row", HFILL } },
        { &hf_smsrc_audit_row_text,
          { "Row description", "smsrc.audit.row.text", FT_STRING, BASE_NONE, NULL, 0x0,
            "Description of the row: roles of initiator and responder, service, transport and "
            "port", HFILL } },
        { &hf_smsrc_audit_service,
          { "Service", "smsrc.audit.service", FT_STRING, BASE_NONE, NULL, 0x0,
            "What the flow carries, by its content: HTTP, SMB2, SMS Remote Control, ...; Unknown "
            "where no content shows it", HFILL } },
        { &hf_smsrc_audit_server_port,
          { "Server port", "smsrc.audit.server_port", FT_UINT16, BASE_DEC, NULL, 0x0,
            "The port by which the flow is judged", HFILL } },
        { &hf_smsrc_audit_via_proxy,
          { "Port of the proxy", "smsrc.audit.via_proxy", FT_UINT16, BASE_DEC, NULL, 0x0,
            "The port on the wire, if the flow is judged by the port of a URI in a request to a "
            "proxy", HFILL } },
        { &hf_smsrc_audit_initiator_role,
          { "Initiator", "smsrc.audit.initiator_role", FT_STRING, BASE_NONE, NULL, 0x0,
            "Role of the host that opened the flow: Advanced Client, Site server, ...; one value "
            "for each role", HFILL } },
        { &hf_smsrc_audit_responder_role,
          { "Responder", "smsrc.audit.responder_role", FT_STRING, BASE_NONE, NULL, 0x0,
            "Role of the other host: Management point, ...; one value for each role",
            HFILL } },
        { &hf_smsrc_audit_src_role,
          { "Source", "smsrc.audit.src_role", FT_STRING, BASE_NONE, NULL, 0x0,
            "Role of the host that sent the packet, for a column; one value for each role",
            HFILL } },
        { &hf_smsrc_audit_dst_role,
          { "Destination", "smsrc.audit.dst_role", FT_STRING, BASE_NONE, NULL, 0x0,
            "Role of the host that the packet was sent to, for a column; one value for each role",
            HFILL } },
        { &hf_smsrc_audit_site_code,
          { "Site code", "smsrc.audit.site_code", FT_STRING, BASE_NONE, NULL, 0x0,
            "Code of the SMS site of the hosts, three characters", HFILL } },
        { &hf_smsrc_audit_evidence,
          { "Evidence", "smsrc.audit.evidence", FT_STRING, BASE_NONE, NULL, 0x0,
            "Evidence for a role of a host", HFILL } },
        { &hf_smsrc_audit_evidence_frame,
          { "Shown in frame", "smsrc.audit.evidence.frame", FT_FRAMENUM, BASE_NONE, NULL, 0x0,
            "The frame that showed the role; absent if the role is from the table smsrc_roles",
            HFILL } },
        { &hf_smsrc_audit_evidence_basis,
          { "Basis", "smsrc.audit.evidence.basis", FT_STRING, BASE_NONE, NULL, 0x0,
            "How far the role can be trusted: Table (assigned by the user), Proven (the host "
            "answered as only such a server does), Unconfirmed", HFILL } },
        { &hf_smsrc_audit_reach,
          { "Reach", "smsrc.audit.reach", FT_STRING, BASE_NONE, NULL, 0x0,
            "Whether the flow got through: Open, No answer, Blocked, Reset, Not answered, Answer "
            "lost", HFILL } },
        { &hf_smsrc_audit_first_frame,
          { "First audited frame", "smsrc.audit.first_frame", FT_FRAMENUM, BASE_NONE, NULL, 0x0,
            "The first frame of the flow that was judged", HFILL } },
    };
    static int *ett[] = { &ett_smsrc_audit, &ett_smsrc_audit_evidence };
    static ei_register_info ei[] = {
        { &ei_smsrc_audit_discouraged,
          { "smsrc.audit.discouraged", PI_PROTOCOL, PI_NOTE,
            "KB 826852 advises against it", EXPFILL } },
        { &ei_smsrc_audit_blocked,
          { "smsrc.audit.blocked", PI_SEQUENCE, PI_WARN,
            "A connection that KB 826852 or a gap lists was blocked", EXPFILL } },
        { &ei_smsrc_audit_other_product,
          { "smsrc.audit.other_product", PI_ASSUMPTION, PI_NOTE,
            "Evidence of another product than that of the selected list of ports",
            EXPFILL } },
        { &ei_smsrc_audit_overflow,
          { "smsrc.audit.overflow", PI_UNDECODED, PI_WARN,
            "A bound was reached: data beyond it is not kept", EXPFILL } },
    };

    expert_module_t *expert;

    proto_smsrc_audit = proto;
    proto_register_field_array(proto_smsrc_audit, hf, array_length(hf));
    proto_register_subtree_array(ett, array_length(ett));
    expert = expert_register_protocol(proto_smsrc_audit);
    register_verdict_experts(expert);
    expert_register_field_array(expert, ei, array_length(ei));
}
