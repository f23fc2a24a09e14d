/* packet-smsrc-cm.c
 * Remote control of ConfigMgr 2012 and later, on the port SMS used before it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * ConfigMgr took TCP 2701 over from SMS, with a protocol of its own in which the agent speaks
 * first. Known from nmap's cmrcservice, Greenbone's banner check and two independent clients:
 *
 *   u32 LE: bits 0..23 length of the body, bits 24..31 type
 *   type 0x80: u16 LE length of the text in bytes, with its NUL; the text, UTF-16LE
 *   type 0x00: the handshake's tokens, then sealed data
 *
 * What is shown here is the frame, the clear text, and NTLMSSP tokens. The handshake and what is
 * inside the seal are shown as bytes.
 */

#define WS_LOG_DOMAIN "smsrc"

#include "smsrc-compat.h"

#include <epan/dissectors/packet-tcp.h>
#include <epan/expert.h>

#include "packet-smsrc-cm.h"
#include "packet-smsrc-log.h"
#include "payload.h"

#define CM_HEADER_LENGTH 4
#define CM_TYPE_CONTROL 0x80
#define CM_TYPE_DATA 0x00

static int proto_smsrc_cm = -1;

static int hf_smsrc_cm_length = -1;
static int hf_smsrc_cm_type = -1;
static int hf_smsrc_cm_text_length = -1;
static int hf_smsrc_cm_text = -1;

static int hf_smsrc_cm_result = -1;

static int ett_smsrc_cm = -1;

static expert_field ei_smsrc_cm_denied = EI_INIT;

static const value_string smsrc_cm_type_vals[] = {
    { CM_TYPE_DATA, "Handshake or sealed data" },
    { CM_TYPE_CONTROL, "Control" },
    { 0, NULL },
};

/* The clear texts that end a session before it began, and what users call them. */
static const struct {
    const char *text, *result;
} results[] = {
    { "ERROR_ACCESS_DENIED", "Access denied" },
    { "ERROR_LOGON_DENIED", "Logon denied" },
    { "ERROR_NO_ACTIVE_USER", "No active user" },
    { "ERROR_EXISTING_SESSION", "Existing session" },
};

static unsigned
get_smsrc_cm_pdu_len(packet_info *pinfo _U_, tvbuff_t *tvb, int offset, void *data _U_)
{
    return CM_HEADER_LENGTH + tvb_get_letoh24(tvb, offset);
}

static int
dissect_smsrc_cm_pdu(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data _U_)
{
    proto_item *item = proto_tree_add_item(tree, proto_smsrc_cm, tvb, 0, -1, ENC_NA);
    proto_tree *cm_tree = proto_item_add_subtree(item, ett_smsrc_cm);
    uint32_t type, text_length;
    const uint8_t *text;
    unsigned offset = CM_HEADER_LENGTH;

    col_set_str(pinfo->cinfo, COL_PROTOCOL, "SMSRC-CM");
    proto_tree_add_item(cm_tree, hf_smsrc_cm_length, tvb, 0, 3, ENC_LITTLE_ENDIAN);
    proto_tree_add_item_ret_uint(cm_tree, hf_smsrc_cm_type, tvb, 3, 1, ENC_LITTLE_ENDIAN, &type);
    smsrc_log_message(pinfo, CHANNEL_CONTROL, DIRECTION_UNKNOWN,
                      type == CM_TYPE_CONTROL ? "ConfigMgr control" : "ConfigMgr data");
    if (type == CM_TYPE_CONTROL) {
        proto_tree_add_item_ret_uint(cm_tree, hf_smsrc_cm_text_length, tvb, (int)offset, 2,
                                     ENC_LITTLE_ENDIAN, &text_length);
        offset += 2;
        proto_tree_add_item_ret_string(cm_tree, hf_smsrc_cm_text, tvb, (int)offset,
                                       (int)text_length, ENC_UTF_16 | ENC_LITTLE_ENDIAN,
                                       pinfo->pool, &text);
        offset += text_length;
        for (unsigned i = 0; i < array_length(results); i++) {
            proto_item *result;

            if (strcmp((const char *)text, results[i].text) != 0)
                continue;
            result = proto_tree_add_string(cm_tree, hf_smsrc_cm_result, tvb, 0, 0,
                                           results[i].result);
            proto_item_set_generated(result);
            expert_add_info_format(pinfo, result, &ei_smsrc_cm_denied, "%s", results[i].result);
            session_log_word(pinfo, SESSION_WORD_REFUSED, results[i].result);
        }
        proto_item_append_text(item, ", %s", (const char *)text);
        col_append_sep_fstr(pinfo->cinfo, COL_INFO, "; ", "ConfigMgr remote control: %s",
                            (const char *)text);
    } else {
        col_append_sep_fstr(pinfo->cinfo, COL_INFO, "; ", "ConfigMgr remote control, %d bytes",
                            tvb_reported_length_remaining(tvb, (int)offset));
    }
    payload_dissect(tvb, pinfo, cm_tree, offset, -1, PAYLOAD_MIN_TEXT);
    col_set_fence(pinfo->cinfo, COL_INFO);
    return (int)tvb_reported_length(tvb);
}

static int
dissect_smsrc_cm(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    col_clear(pinfo->cinfo, COL_INFO);
    tcp_dissect_pdus(tvb, pinfo, tree, TRUE, CM_HEADER_LENGTH, get_smsrc_cm_pdu_len,
                     dissect_smsrc_cm_pdu, data);
    return (int)tvb_captured_length(tvb);
}

void
proto_register_smsrc_cm(void)
{
    static hf_register_info hf[] = {
        { &hf_smsrc_cm_length,
          { "Length", "smsrc.cm.length", FT_UINT24, BASE_DEC, NULL, 0x0,
            "Bytes of the frame after its header", HFILL } },
        { &hf_smsrc_cm_type,
          { "Type", "smsrc.cm.type", FT_UINT8, BASE_HEX, VALS(smsrc_cm_type_vals), 0x0, NULL,
            HFILL } },
        { &hf_smsrc_cm_text_length,
          { "Text length", "smsrc.cm.text.length", FT_UINT16, BASE_DEC, NULL, 0x0,
            "Bytes of the text with its final NUL", HFILL } },
        { &hf_smsrc_cm_text,
          { "Text", "smsrc.cm.text", FT_STRINGZ, BASE_NONE, NULL, 0x0, NULL, HFILL } },
        { &hf_smsrc_cm_result,
          { "Result", "smsrc.cm.result", FT_STRING, BASE_NONE, NULL, 0x0,
            "What came of the request for control", HFILL } },
    };
    static int *ett[] = { &ett_smsrc_cm };
    static ei_register_info ei[] = {
        { &ei_smsrc_cm_denied,
          { "smsrc.cm.denied", PI_RESPONSE_CODE, PI_NOTE, "The agent gave no control", EXPFILL } },
    };

    proto_smsrc_cm = proto_register_protocol("Microsoft ConfigMgr Remote Control", "SMSRC-CM",
                                             "smsrc.cm");
    proto_register_field_array(proto_smsrc_cm, hf, array_length(hf));
    proto_register_subtree_array(ett, array_length(ett));
    expert_register_field_array(expert_register_protocol(proto_smsrc_cm), ei, array_length(ei));
    register_dissector("smsrc.cm", dissect_smsrc_cm, proto_smsrc_cm);
}

void
proto_reg_handoff_smsrc_cm(void)
{
    dissector_add_for_decode_as("tcp.port", find_dissector("smsrc.cm"));
}
