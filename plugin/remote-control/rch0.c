/* rch0.c
 * The RCH0 message of SMS Remote Control, and CVE-2004-0728
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * "RCH0", a length, "RCHE" and a body whose contents are not known, from the viewer to the agent.
 * It was derived from the checks for CVE-2004-0728, where a length crashes the agent of SMS 2003:
 * the Snort rules 1:3673 and 3:15148 and the Nessus check.
 */

#include "rch0.h"

#include <wsutil/str_util.h>

#include "attack.h"
#include "magic.h"
#include "message-tap.h"
#include "opaque-data.h"

/* RCH0 bodies of CVE-2004-0728: rule 3:15148 flags from 130 bytes on, rule 1:3673 above 131. */
#define RCH_CVE_LENGTH 130
#define RCH_CVE_LENGTH_3673 131

static int hf_smsrc_rch = -1;
static int hf_smsrc_rch_start = -1;
static int hf_smsrc_rch_length = -1;
static int hf_smsrc_rch_length_low = -1;
static int hf_smsrc_rch_length_high = -1;
static int hf_smsrc_rch_end = -1;
static int hf_smsrc_rch_body = -1;

static int ett_smsrc_rch = -1;
static int ett_smsrc_rch_length = -1;
static int ett_smsrc_rch_body = -1;

static expert_field ei_smsrc_cve_2004_0728 = EI_INIT;

/*
 * Whether the length has 16 or 32 bits is not publicly known; the Snort rules read the low half. A
 * body of a length that is an attack is not waited for, so that the attack is shown at once.
 */
void
rch0_extent(tvbuff_t *tvb, unsigned offset, bool stream, message_extent_t *extent)
{
    unsigned available = tvb_reported_length(tvb) - offset - MAGIC_HEADER_LENGTH;
    unsigned low = tvb_get_letohs(tvb, (int)offset + 4);
    uint32_t full = tvb_get_letohl(tvb, (int)offset + 4);
    unsigned want = full != low && full <= available ? full : low;
    unsigned body = offset + MAGIC_HEADER_LENGTH;
    unsigned next = message_next(tvb, body, stream);

    memset(extent, 0, sizeof *extent);
    extent->body = MIN(want, available);
    if (next < body + extent->body) {
        extent->cut_short = true;
        extent->body = next - body;
        return;
    }
    if (want > available) {
        if (full == low && low < RCH_CVE_LENGTH)
            extent->missing = want - available;
        return;
    }
    switch (content_detect(tvb, body + extent->body, stream)) {
    case CONTENT_RCH:
    case CONTENT_TNMP:
    case CONTENT_PARTIAL:
        break;
    default:
        /* Nothing, when the body ends the segment, or was cut off by the capture. */
        if (body + extent->body <= tvb_captured_length(tvb))
            extent->trailing = MIN(next, tvb_reported_length(tvb)) - body - extent->body;
        break;
    }
}

/* Detects CVE-2004-0728 as the three public signatures do; all go from viewer to agent. */
static void
check_cve(packet_info *pinfo, proto_item *item, const claim_t *claim, unsigned low, unsigned high,
          bool mismatch)
{
    if (claim->direction != DIRECTION_TO_AGENT)
        return;
    if (low > RCH_CVE_LENGTH_3673)
        expert_add_info_format(pinfo, item, &ei_smsrc_cve_2004_0728,
                               "CVE-2004-0728: length %u is above 131 (as Snort 1:3673 and "
                               "3:15148 have it)", low);
    else if (low >= RCH_CVE_LENGTH)
        expert_add_info_format(pinfo, item, &ei_smsrc_cve_2004_0728,
                               "CVE-2004-0728: length %u is 130 or more (as Snort 3:15148 has it)",
                               low);
    else if (mismatch)
        expert_add_info_format(pinfo, item, &ei_smsrc_cve_2004_0728,
                               "CVE-2004-0728: length %u does not match what follows (as Snort "
                               "3:15148 has it)%s", low,
                               high != 0 ? "; read as 32 bits it is beyond the agent's memory, as "
                                           "in the Nessus check" : "");
    else
        return;
    attack_mark_packet(pinfo);
}

void
rch0_dissect(tvbuff_t *tvb, packet_info *pinfo, proto_tree *parent, unsigned offset,
             const message_extent_t *extent, const claim_t *claim)
{
    proto_item *item, *length_item;
    proto_tree *tree, *length_tree;
    uint32_t length, low, high;
    unsigned body = offset + MAGIC_HEADER_LENGTH;
    bool mismatch;

    item = proto_tree_add_item(parent, hf_smsrc_rch, tvb, (int)offset,
                               (int)(MAGIC_HEADER_LENGTH + extent->body), ENC_NA);
    tree = proto_item_add_subtree(item, ett_smsrc_rch);
    proto_tree_add_item(tree, hf_smsrc_rch_start, tvb, (int)offset, 4, ENC_ASCII);
    length_item = proto_tree_add_item_ret_uint(tree, hf_smsrc_rch_length, tvb, (int)offset + 4, 4,
                                               ENC_LITTLE_ENDIAN, &length);
    length_tree = proto_item_add_subtree(length_item, ett_smsrc_rch_length);
    proto_tree_add_item_ret_uint(length_tree, hf_smsrc_rch_length_low, tvb, (int)offset + 4, 2,
                                 ENC_LITTLE_ENDIAN, &low);
    proto_tree_add_item_ret_uint(length_tree, hf_smsrc_rch_length_high, tvb, (int)offset + 6, 2,
                                 ENC_LITTLE_ENDIAN, &high);
    proto_tree_add_item(tree, hf_smsrc_rch_end, tvb, (int)offset + 8, 4, ENC_ASCII);
    message_tap_queue(pinfo, claim->channel, claim->direction, "Remote control message");
    message_add_info(pinfo, wmem_strdup_printf(pinfo->pool, "Remote control message, %u byte%s",
                                               extent->body, plurality(extent->body, "", "s")));

    mismatch = (extent->body != low && extent->body != length) || extent->trailing > 0;
    if (extent->cut_short)
        message_add_mismatch(pinfo, length_item, "The next message begins after %u of %u bytes",
                             extent->body, low);
    else if (extent->trailing > 0)
        message_add_mismatch(pinfo, length_item,
                             "The length is %u, but the body is followed by %u byte%s of no "
                             "message", low, extent->trailing,
                             plurality(extent->trailing, "", "s"));
    else if (mismatch)
        message_add_mismatch(pinfo, length_item, "The length is %u, the body has %u byte%s", low,
                             extent->body, plurality(extent->body, "", "s"));
    else if (high != 0 && extent->body != length)
        message_add_mismatch(pinfo, length_item,
                             "The length fits with its low half only; read as 32 bits it is %u",
                             length);
    check_cve(pinfo, length_item, claim, low, high, mismatch);

    if (extent->body > 0) {
        proto_item *body_item;

        body_item = proto_tree_add_item(tree, hf_smsrc_rch_body, tvb, (int)body,
                                        (int)extent->body, ENC_NA);
        opaque_data_dissect(tvb, pinfo, proto_item_add_subtree(body_item, ett_smsrc_rch_body), body,
                            (int)extent->body, OPAQUE_DATA_MIN_TEXT);
    }
}

void
rch0_register(int proto, expert_module_t *expert)
{
    static hf_register_info hf[] = {
        { &hf_smsrc_rch,
          { "Remote control message", "smsrc.rch", FT_NONE, BASE_NONE, NULL, 0x0,
            "The RCH0 message of remote control data, from the viewer to the agent", HFILL } },
        { &hf_smsrc_rch_start,
          { "Start", "smsrc.rch.start", FT_STRING, BASE_NONE, NULL, 0x0,
            "RCH0, the mark that a message begins with", HFILL } },
        { &hf_smsrc_rch_length,
          { "Length", "smsrc.rch.length", FT_UINT32, BASE_DEC_HEX, NULL, 0x0,
            "Bytes of the body; whether 16 or 32 bits of it count is not known", HFILL } },
        { &hf_smsrc_rch_length_low,
          { "Low half", "smsrc.rch.length.low", FT_UINT16, BASE_DEC, NULL, 0x0,
            "The length as public signatures read it", HFILL } },
        { &hf_smsrc_rch_length_high,
          { "High half", "smsrc.rch.length.high", FT_UINT16, BASE_DEC, NULL, 0x0,
            "Upper bits of the length, or a second number", HFILL } },
        { &hf_smsrc_rch_end,
          { "End of header", "smsrc.rch.end", FT_STRING, BASE_NONE, NULL, 0x0,
            "RCHE, the mark that ends the header; the body follows", HFILL } },
        { &hf_smsrc_rch_body,
          { "Body", "smsrc.rch.body", FT_BYTES, BASE_NONE, NULL, 0x0,
            "Contents are not publicly known", HFILL } },
    };
    static int *ett[] = { &ett_smsrc_rch, &ett_smsrc_rch_length, &ett_smsrc_rch_body };
    static ei_register_info ei[] = {
        { &ei_smsrc_cve_2004_0728,
          { "smsrc.cve_2004_0728", PI_SECURITY, PI_ERROR,
            "CVE-2004-0728: message that crashes the agent of SMS 2003", EXPFILL } },
    };

    proto_register_field_array(proto, hf, array_length(hf));
    proto_register_subtree_array(ett, array_length(ett));
    expert_register_field_array(expert, ei, array_length(ei));
}
