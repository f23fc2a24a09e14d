/* audit-tree.c
 * The tree and the expert infos of the audit
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#define WS_LOG_DOMAIN "smsrc"

#include "audit-tree.h"

#include <epan/expert.h>
#include <epan/tap.h>
#include <epan/to_str.h>

#include "bounds.h"
#include "role-book.h"
#include "text.h"

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

static int expert_tap = -1;
static int proto_expert_info = -1; /* Wireshark's own "_ws.expert" */

/* Rebuilt for every capture. */
static bool flag_every_packet;

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
add_roles(proto_tree *tree, int hf, tvbuff_t *tvb, role_set_t roles)
{
    for (unsigned role = 0; role < NUM_ROLES; role++) {
        if ((roles & ROLE_BIT(role)) != 0)
            add_text(tree, hf, tvb, val_to_str_const(role, role_vals, ""));
    }
}

/* Why the two ends are believed to hold their roles. */
static void
add_evidence(proto_tree *tree, packet_info *pinfo, tvbuff_t *tvb, const address *host)
{
    unsigned count = 0;
    const role_evidence_t *const *claims = role_book_evidence(pinfo->pool, host, &count);

    for (unsigned i = 0; i < count; i++) {
        proto_item *item = add_text(
            tree, hf_smsrc_audit_evidence, tvb,
            wmem_strdup_printf(pinfo->pool, "%s: %s (%s)", address_to_str(pinfo->pool, host),
                               val_to_str_const(claims[i]->role, role_vals, ""),
                               claims[i]->reason));

        if (claims[i]->frame != 0)
            add_frame(proto_item_add_subtree(item, ett_smsrc_audit_evidence),
                      hf_smsrc_audit_evidence_frame, tvb, claims[i]->frame);
    }
}

/* "TCP 8080, Advanced Client to Management point (HTTP): on no row ..., nearest E1: ..." */
static const char *
describe(packet_info *pinfo, const flow_verdict_t *judged)
{
    const flow_facts_t *about = &judged->about;
    const verdict_t *judgement = &judged->judgement;
    wmem_strbuf_t *text = wmem_strbuf_new(pinfo->pool, transport_name(about->transport));
    const char *ends[2] = { role_set_to_str(pinfo->pool, about->initiator),
                            role_set_to_str(pinfo->pool, about->responder) };

    if (about->transport != TRANSPORT_IPX)
        wmem_strbuf_append_printf(text, " %u", judgement->swapped ? about->initiator_port
                                                                  : about->responder_port);
    for (unsigned i = 0; i < 2; i++) {
        if (*ends[i] == '\0')
            ends[i] = i == 1 && (about->responder & ROLES_BROADCAST) != 0 ? "broadcast"
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
           const flow_verdict_t *judged, const char *what)
{
    const matrix_row_t *row = judged->judgement.row;

    text_add_expert(pinfo, item, expert, "%s: %s%s%s", describe(pinfo, judged), what,
                     row == NULL                 ? ""
                     : judged->judgement.nearest ? "; nearest "
                                                 : "; ",
                     row == NULL ? "" : matrix_row_to_str(pinfo->pool, row));
}

bool
audit_tree_has_expert(verdict_e verdict)
{
    return verdict_experts[verdict] != NULL;
}

/* Every fact about the packet's flow, and what of it is told in this very frame. */
void
audit_tree_add(tvbuff_t *tvb, packet_info *pinfo, proto_tree *parent, const flow_t *flow,
               const flow_verdict_t *judged, const address *initiator, const address *responder)
{
    const verdict_t *judgement = &judged->judgement;
    const flow_facts_t *about = &judged->about;
    role_set_t from = judgement->swapped ? about->responder : about->initiator;
    role_set_t to = judgement->swapped ? about->initiator : about->responder;
    expert_field *expert = verdict_experts[judgement->without_attack];
    bool told = expert != NULL && (flag_every_packet ||
                                   flow->expert_frames[judgement->without_attack] == pinfo->num);
    bool discouraged = judgement_is_discouraged(judgement) &&
                       (flag_every_packet || flow->discouraged_frame == pinfo->num);
    bool blocked = flow->reach_frame == pinfo->num && verdict_is_listed(judgement);
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
                     matrix_row_to_str(pinfo->pool, judgement->row));
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
}

void
audit_tree_add_overflow(tvbuff_t *tvb, packet_info *pinfo, proto_tree *parent)
{
    proto_item *item = proto_tree_add_item(parent, proto_smsrc_audit, tvb, 0, 0, ENC_NA);
    proto_item_set_generated(item);
    proto_item_append_text(item, ", Overflow");
    for (bound_e bound = bounds_next(BOUND_NONE); bound < NUM_BOUNDS; bound = bounds_next(bound)) {
        if (bounds_frame(bound) == pinfo->num)
            expert_add_info_format(pinfo, item, &ei_smsrc_audit_overflow,
                                   "More than %u %s: the rest is not kept", bounds_limit(bound),
                                   bounds_name(bound));
    }
}

void
audit_tree_reset(bool every_packet)
{
    flag_every_packet = every_packet;
    /* Wireshark's own come after all plugins' protocols. */
    expert_tap = find_tap_id("expert");
    proto_expert_info = proto_registrar_get_id_byname("_ws.expert");
}

void
audit_tree_register(int proto)
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

    proto_smsrc_audit = proto;
    proto_register_field_array(proto_smsrc_audit, hf, array_length(hf));
    proto_register_subtree_array(ett, array_length(ett));
    expert_register_field_array(expert_register_protocol(proto_smsrc_audit), ei,
                                array_length(ei));
}
