/* tnmp.c
 * The TNMP messages of SMS Remote Control: information request, its replies, refusals
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * "TNMP", the length of the body, "TNME", then a body that begins with a word and a code. It was
 * derived from nmap's LANDesk-RC probe and its replies: the viewer requests the agent's
 * information, and the agent replies, is busy with another viewer, or refuses.
 */

#include "tnmp.h"

#include <wsutil/str_util.h>

#include "magic.h"
#include "message-tap.h"
#include "opaque-data.h"
#include "session-events.h"
#include "text.h"
#include "user-record.h"

/* A TNMP length above this is not waited for: the bodies known are below 200 bytes. */
#define TNMP_MAX_LENGTH 65535

/* Word 0 and the code. */
#define TNMP_MIN_LENGTH 4

static int hf_smsrc_tnmp = -1;
static int hf_smsrc_tnmp_start = -1;
static int hf_smsrc_tnmp_length = -1;
static int hf_smsrc_tnmp_end = -1;
static int hf_smsrc_tnmp_word0 = -1;
static int hf_smsrc_tnmp_code = -1;
static int hf_smsrc_tnmp_type = -1;
static int hf_smsrc_busy_controller = -1;
static int hf_smsrc_busy_port = -1;

static int ett_smsrc_tnmp = -1;

static expert_field ei_smsrc_busy = EI_INIT;
static expert_field ei_smsrc_refused = EI_INIT;

/* TNMP's message types, by word 0 and the code of a body. */
static const struct {
    const char *name;
    uint16_t word0;
    int16_t code;
    bool word0_counts;
} tnmp_types[] = {
    { "Information request", 0x0000, 4, true },
    { "Information reply", 0x0000, 0, false },
    { "Busy", 0x0080, -2, true },
    { "Refused", 0x0000, -2, true },
};

enum { TNMP_REQUEST, TNMP_REPLY, TNMP_BUSY, TNMP_REFUSED, TNMP_UNKNOWN };

void
tnmp_extent(tvbuff_t *tvb, unsigned offset, message_extent_t *extent)
{
    unsigned available = tvb_reported_length(tvb) - offset - MAGIC_HEADER_LENGTH;
    uint32_t length = tvb_get_letohl(tvb, (int)offset + 4);

    memset(extent, 0, sizeof *extent);
    extent->body = MIN(length, available);
    if (length > available && length <= TNMP_MAX_LENGTH)
        extent->missing = length - available;
}

/* Dissects Busy: two unknown bytes, then the controller and a digit; its port is 1760 + digit. */
static void
dissect_busy(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, proto_item *type_item)
{
    int length = tvb_reported_length_remaining(tvb, 6);
    int colon = -1;
    const uint8_t *controller;
    uint8_t digit = 0;

    opaque_data_dissect(tvb, pinfo, tree, 4, 2, OPAQUE_DATA_MIN_TEXT);
    for (int at = length - 1; at > 0 && colon < 0; at--) {
        if (tvb_get_uint8(tvb, 6 + at) == ':')
            colon = at;
    }
    if (colon > 0 && colon == length - 2)
        digit = tvb_get_uint8(tvb, 6 + colon + 1);
    session_events_report_reply(pinfo, SESSION_REPLY_BUSY, "");
    if (!g_ascii_isdigit(digit)) {
        expert_add_info(pinfo, type_item, &ei_smsrc_busy);
        opaque_data_dissect(tvb, pinfo, tree, 6, -1, OPAQUE_DATA_MIN_TEXT);
        message_add_info(pinfo, "Busy");
        return;
    }
    text_add_string(tree, hf_smsrc_busy_controller, tvb, 6, colon, ENC_ASCII, pinfo->pool,
                    &controller);
    session_events_report_reply(pinfo, SESSION_REPLY_BUSY, (const char *)controller);
    proto_tree_add_uint(tree, hf_smsrc_busy_port, tvb, 6 + colon + 1, 1, 1760U + digit - '0');
    text_add_expert(pinfo, type_item, &ei_smsrc_busy, "The agent is being controlled by %s",
                    (const char *)controller);
    message_add_info(pinfo, wmem_strdup_printf(pinfo->pool, "Busy, controlled by %s, port %u",
                                               (const char *)controller, 1760U + digit - '0'));
}

/*
 * Dissects the body of the message at @p offset of its payload; one that is none of the four known
 * is shown as bytes.
 */
static void
dissect_body(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, unsigned offset,
             const claim_t *claim)
{
    uint32_t word0;
    int32_t code;
    unsigned type = 0;
    proto_item *item;

    if (tvb_reported_length(tvb) < TNMP_MIN_LENGTH) {
        message_add_conclusion(tree, hf_smsrc_tnmp_type, tvb, "Unknown");
        message_dissect_unknown(tvb, pinfo, tree, 0, -1, claim);
        return;
    }
    proto_tree_add_item_ret_uint(tree, hf_smsrc_tnmp_word0, tvb, 0, 2, ENC_LITTLE_ENDIAN, &word0);
    proto_tree_add_item_ret_int(tree, hf_smsrc_tnmp_code, tvb, 2, 2, ENC_LITTLE_ENDIAN, &code);
    while (type < TNMP_UNKNOWN &&
           (code != tnmp_types[type].code ||
            (tnmp_types[type].word0_counts && word0 != tnmp_types[type].word0)))
        type++;
    if (type == TNMP_REPLY && !user_record_is(tvb))
        type = TNMP_UNKNOWN;
    item = message_add_conclusion(tree, hf_smsrc_tnmp_type, tvb,
                                  type < TNMP_UNKNOWN ? tnmp_types[type].name : "Unknown");
    message_tap_queue(pinfo, claim->channel, claim->direction,
                      type < TNMP_UNKNOWN ? tnmp_types[type].name : "Unknown control message");
    if (type < TNMP_UNKNOWN)
        message_add_links(tvb, pinfo, tree, offset, claim, type != TNMP_REQUEST);
    switch (type) {
    case TNMP_REQUEST:
        message_add_info(pinfo, "Information request");
        opaque_data_dissect(tvb, pinfo, tree, 4, -1, OPAQUE_DATA_MIN_TEXT);
        break;
    case TNMP_REPLY:
        user_record_dissect(tvb, pinfo, tree);
        break;
    case TNMP_BUSY:
        dissect_busy(tvb, pinfo, tree, item);
        break;
    case TNMP_REFUSED:
        session_events_report_reply(pinfo, SESSION_REPLY_REFUSED, "");
        expert_add_info(pinfo, item, &ei_smsrc_refused);
        message_add_info(pinfo, "Refused");
        opaque_data_dissect(tvb, pinfo, tree, 4, -1, OPAQUE_DATA_MIN_TEXT);
        break;
    default:
        message_dissect_unknown(tvb, pinfo, tree, 4, -1, claim);
        break;
    }
}

void
tnmp_dissect(tvbuff_t *tvb, packet_info *pinfo, proto_tree *parent, unsigned offset,
             const message_extent_t *extent, const claim_t *claim)
{
    unsigned body = extent->body;
    proto_item *item, *length_item;
    proto_tree *tree;
    uint32_t length;

    item = proto_tree_add_item(parent, hf_smsrc_tnmp, tvb, (int)offset,
                               (int)(MAGIC_HEADER_LENGTH + body), ENC_NA);
    tree = proto_item_add_subtree(item, ett_smsrc_tnmp);
    proto_tree_add_item(tree, hf_smsrc_tnmp_start, tvb, (int)offset, 4, ENC_ASCII);
    length_item = proto_tree_add_item_ret_uint(tree, hf_smsrc_tnmp_length, tvb, (int)offset + 4, 4,
                                               ENC_LITTLE_ENDIAN, &length);
    proto_tree_add_item(tree, hf_smsrc_tnmp_end, tvb, (int)offset + 8, 4, ENC_ASCII);
    if (length != body)
        message_add_mismatch(pinfo, length_item, "The length is %u, the body has %u byte%s", length,
                             body, plurality(body, "", "s"));
    else if (body < TNMP_MIN_LENGTH)
        message_add_mismatch(pinfo, length_item,
                             "The length is %u, a body has a word and a code at least", length);
    dissect_body(tvb_new_subset_length(tvb, (int)offset + MAGIC_HEADER_LENGTH, (int)body), pinfo,
                 tree, offset, claim);
}

void
tnmp_register(int proto, expert_module_t *expert)
{
    static hf_register_info hf[] = {
        { &hf_smsrc_tnmp,
          { "Control message", "smsrc.tnmp", FT_NONE, BASE_NONE, NULL, 0x0,
            "The TNMP message of control", HFILL } },
        { &hf_smsrc_tnmp_start,
          { "Start", "smsrc.tnmp.start", FT_STRING, BASE_NONE, NULL, 0x0,
            "TNMP, the mark that a message begins with", HFILL } },
        { &hf_smsrc_tnmp_length,
          { "Length", "smsrc.tnmp.length", FT_UINT32, BASE_DEC, NULL, 0x0, "Bytes of the body",
            HFILL } },
        { &hf_smsrc_tnmp_end,
          { "End of header", "smsrc.tnmp.end", FT_STRING, BASE_NONE, NULL, 0x0,
            "TNME, the mark that ends the header; the body follows", HFILL } },
        { &hf_smsrc_tnmp_word0,
          { "First word", "smsrc.tnmp.word0", FT_UINT16, BASE_HEX, NULL, 0x0,
            "0x0080 where the text of a controller follows (inferred)", HFILL } },
        { &hf_smsrc_tnmp_code,
          { "Code", "smsrc.tnmp.code", FT_INT16, BASE_DEC, NULL, 0x0,
            "4: request, 0: reply, -2: refused (inferred)", HFILL } },
        { &hf_smsrc_tnmp_type,
          { "Type", "smsrc.tnmp.type", FT_STRING, BASE_NONE, NULL, 0x0,
            "From the first word and the code: Information request, Information reply, Busy, "
            "Refused, Unknown", HFILL } },
        { &hf_smsrc_busy_controller,
          { "Controlled by", "smsrc.busy.controller", FT_STRING, BASE_NONE, NULL, 0x0,
            "Address or name of the viewer that controls the agent", HFILL } },
        { &hf_smsrc_busy_port,
          { "Port in use", "smsrc.busy.port", FT_UINT16, BASE_DEC, NULL, 0x0,
            "1760 plus the digit in the message", HFILL } },
    };
    static int *ett[] = { &ett_smsrc_tnmp };
    static ei_register_info ei[] = {
        { &ei_smsrc_busy,
          { "smsrc.busy", PI_RESPONSE_CODE, PI_NOTE, "The agent is being controlled by another "
            "viewer", EXPFILL } },
        { &ei_smsrc_refused,
          { "smsrc.refused", PI_RESPONSE_CODE, PI_NOTE, "The agent refused", EXPFILL } },
    };

    proto_register_field_array(proto, hf, array_length(hf));
    proto_register_subtree_array(ett, array_length(ett));
    expert_register_field_array(expert, ei, array_length(ei));
}
