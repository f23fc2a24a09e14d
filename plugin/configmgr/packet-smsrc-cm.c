/* packet-smsrc-cm.c
 * Remote control of ConfigMgr 2012 and later, on the port SMS used before it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * ConfigMgr took TCP 2701 over from SMS, with a protocol of its own in which the agent speaks
 * first. Known from nmap's cmrcservice, Greenbone's banner check and two independent clients:
 *
 *   greeting      the agent, in clear: START_HANDSHAKE, or why there is no session
 *   handshake     tokens of SSPI (SPNEGO with Kerberos, or NTLMSSP), to Wireshark's dissectors
 *   sealed        the agent's first message: SUCCESS_FULL_CONTROL, SUCCESS_VIEW_ONLY or
 *                 ERROR_ACCESS_DENIED, UTF-16LE without a length; then RDP, now and then with
 *                 such a word between (START_..., STOP_HANDSHAKE)
 *
 * cm-frame.c has the frames, gss-wrap.c the handshake and the seal, rdp-stream.c what is inside,
 * virtual-channels.c ConfigMgr's own channels in it, cm-connection.c what is known of a connection.
 *
 * What a frame does to its connection is decided once, on the first pass, and kept with the
 * packet. ConfigMgr 2007's framing is not known.
 */

#define WS_LOG_DOMAIN "smsrc"

#include "smsrc-compat.h"

#include <epan/dissectors/packet-tcp.h>
#include <epan/expert.h>
#include <epan/proto_data.h>

#include "cm-connection.h"
#include "cm-frame.h"
#include "cm-session-report.h"
#include "gss-wrap.h"
#include "message-tap.h"
#include "opaque-data.h"
#include "packet-smsrc-cm.h"
#include "rdp-stream.h"
#include "session-events.h"
#include "text.h"
#include "virtual-channels.h"

/* Under these, with the packet: how many frames it has had so far, and what is kept of each. */
#define KEY_COUNT 0
#define KEY_RECORDS 1

/* A word of control is upper case with underscores; the longest known has 22 letters. */
#define MAX_CONTROL_WORD 64

/* What stands before a text in the label of the protocol's item. */
#define MAX_TITLE 100

/* What is kept of a frame from the first pass on. */
typedef struct {
    cm_connection_t *session;
    cm_result_e result; /* by the length of a sealed message, or by what follows one */
    bool ambiguous;     /* its length fits two results */
    bool is_word;       /* the plaintext is a word of control, not RDP */
    gss_wrap_t seal;
    pdu_fragments_t pieces;
} record_t;

static int proto_smsrc_cm = -1;

static int hf_smsrc_cm_length = -1;
static int hf_smsrc_cm_type = -1;
static int hf_smsrc_cm_text_length = -1;
static int hf_smsrc_cm_text = -1;
static int hf_smsrc_cm_token_length = -1;
static int hf_smsrc_cm_token = -1;
static int hf_smsrc_cm_sealed_length = -1;
static int hf_smsrc_cm_sealed = -1;
static int hf_smsrc_cm_unsealed = -1;
static int hf_smsrc_cm_result = -1;
static int hf_smsrc_cm_user = -1;
static int hf_smsrc_cm_workstation = -1;
static int hf_smsrc_cm_service = -1;

static int ett_smsrc_cm = -1;
static int ett_smsrc_cm_token = -1;
static int ett_smsrc_cm_sealed = -1;

static expert_field ei_smsrc_cm_denied = EI_INIT;

static const value_string smsrc_cm_type_vals[] = {
    { CM_TYPE_DATA, "Handshake or sealed data" },
    { CM_TYPE_CONTROL, "Control" },
    { 0, NULL },
};

/* For the statistics. */
static const char *const frame_names[] = {
    [CM_FRAME_CONTROL] = "ConfigMgr control",
    [CM_FRAME_TOKEN] = "ConfigMgr handshake",
    [CM_FRAME_SEALED] = "ConfigMgr sealed message",
};

/* The beginnings of the words of control (sccm-rc-viewer, docs/PROTOCOL.md 3). */
static const char *const word_starts[] = { "SUCCESS_", "ERROR_", "START_", "STOP_" };

/* --- What is kept ---------------------------------------------------------------------------- */

/*
 * The record of the packet's next frame. On the first pass a new one, of the connection that the
 * packet belongs to; NULL where nothing was kept, and what is said of the frame is its own.
 */
static record_t *
next_record(packet_info *pinfo)
{
    unsigned *count = (unsigned *)p_get_proto_data(pinfo->pool, pinfo, proto_smsrc_cm, KEY_COUNT);
    wmem_array_t *records = (wmem_array_t *)p_get_proto_data(wmem_file_scope(), pinfo,
                                                             proto_smsrc_cm, KEY_RECORDS);
    record_t *record;

    if (count == NULL) {
        count = wmem_new0(pinfo->pool, unsigned);
        p_add_proto_data(pinfo->pool, pinfo, proto_smsrc_cm, KEY_COUNT, count);
    }
    if (PINFO_FD_VISITED(pinfo)) {
        if (records == NULL || *count >= wmem_array_get_count(records))
            return NULL;
        return *(record_t **)wmem_array_index(records, (*count)++);
    }
    if (records == NULL) {
        records = wmem_array_new(wmem_file_scope(), sizeof(record_t *));
        p_add_proto_data(wmem_file_scope(), pinfo, proto_smsrc_cm, KEY_RECORDS, records);
    }
    record = wmem_new0(wmem_file_scope(), record_t);
    record->session = cm_connection_of_packet(pinfo);
    wmem_array_append_one(records, record);
    return record;
}

/* --- Frames ---------------------------------------------------------------------------------- */

static void
add_name(wmem_allocator_t *scope, tvbuff_t *tvb, proto_tree *tree, int hf, const char *name)
{
    if (name != NULL)
        proto_item_set_generated(
            proto_tree_add_string(tree, hf, tvb, 0, 0, text_shown(scope, name)));
}

/* What came of it, and for whom, as far as the handshake told. @p session may be NULL. */
static void
dissect_result(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, const cm_connection_t *session,
               cm_result_e result, bool by_length)
{
    proto_item *item;

    if (result == CM_RESULT_UNKNOWN)
        return;
    if (session != NULL) {
        add_name(pinfo->pool, tvb, tree, hf_smsrc_cm_user,
                 cm_connection_user(pinfo->pool, session));
        add_name(pinfo->pool, tvb, tree, hf_smsrc_cm_workstation, session->workstation);
        add_name(pinfo->pool, tvb, tree, hf_smsrc_cm_service, session->service);
    }
    item = proto_tree_add_string(tree, hf_smsrc_cm_result, tvb, 0, 0, cm_result_name(result));
    proto_item_set_generated(item);
    if (by_length)
        proto_item_append_text(item, " (inferred from the length of the sealed message)");
    if (cm_result_is_denial(result))
        expert_add_info_format(pinfo, item, &ei_smsrc_cm_denied, "%s", cm_result_name(result));
}

static void
dissect_control(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, proto_item *top, bool fresh)
{
    uint32_t text_length;
    const uint8_t *text;
    cm_result_e result;

    proto_tree_add_item_ret_uint(tree, hf_smsrc_cm_text_length, tvb, CM_HEADER_LENGTH, 2,
                                 ENC_LITTLE_ENDIAN, &text_length);
    text_add_string(tree, hf_smsrc_cm_text, tvb, CM_FIRST_PART, (int)text_length,
                     ENC_UTF_16 | ENC_LITTLE_ENDIAN, pinfo->pool, &text);
    proto_item_append_text(top, ", %s", text_label(pinfo->pool, (const char *)text, MAX_TITLE));
    col_append_sep_fstr(pinfo->cinfo, COL_INFO, "; ", "ConfigMgr remote control: %s",
                        text_shown(pinfo->pool, (const char *)text));
    result = cm_result_of_text((const char *)text);
    if (fresh && strcmp((const char *)text, "START_HANDSHAKE") == 0)
        cm_connection_greeted(pinfo);
    if (fresh && result != CM_RESULT_UNKNOWN) {
        cm_connection_t *session = cm_connection_of_packet(pinfo);

        cm_connection_set_agent(session, pinfo, true, true);
        if (cm_connection_from_agent(session, pinfo))
            cm_connection_set_result(session, result, false, pinfo->num);
    }
    dissect_result(tvb, pinfo, tree, NULL, result, false);
    opaque_data_dissect(tvb, pinfo, tree, CM_FIRST_PART + text_length, -1, OPAQUE_DATA_MIN_TEXT);
}

static void
dissect_token(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, proto_item *top,
              const cm_frame_t *frame, const record_t *record, bool fresh)
{
    proto_item *item;
    tvbuff_t *token;

    proto_item_append_text(top, ", Handshake");
    col_append_sep_fstr(pinfo->cinfo, COL_INFO, "; ",
                        "ConfigMgr remote control: handshake, %u bytes", frame->first_length);
    proto_tree_add_item(tree, hf_smsrc_cm_token_length, tvb, CM_HEADER_LENGTH, 2,
                        ENC_LITTLE_ENDIAN);
    item = proto_tree_add_item(tree, hf_smsrc_cm_token, tvb, CM_FIRST_PART,
                               (int)frame->first_length, ENC_NA);
    token = tvb_new_subset_length(tvb, CM_FIRST_PART, (int)frame->first_length);
    gss_wrap_handshake(token, pinfo, proto_item_add_subtree(item, ett_smsrc_cm_token),
                      fresh ? record->session : NULL);
    if (fresh)
        cm_session_report_names(pinfo, record->session);
}

/* True where the unsealed @p plain is a word of control as a whole: UTF-16LE without a length. */
static bool
is_control_word(tvbuff_t *plain, packet_info *pinfo)
{
    unsigned length = tvb_captured_length(plain);
    const char *word;

    if (length % 2 != 0 || length > 2 * MAX_CONTROL_WORD)
        return false;
    for (unsigned i = 0; i < length; i += 2) {
        uint8_t c = tvb_get_uint8(plain, (int)i);

        if (!(g_ascii_isupper(c) || c == '_') || tvb_get_uint8(plain, (int)i + 1) != 0)
            return false;
    }
    word = (const char *)tvb_get_string_enc(pinfo->pool, plain, 0, (int)length,
                                            ENC_UTF_16 | ENC_LITTLE_ENDIAN);
    for (unsigned i = 0; i < array_length(word_starts); i++) {
        if (g_str_has_prefix(word, word_starts[i]))
            return true;
    }
    return false;
}

static void
dissect_word(tvbuff_t *plain, packet_info *pinfo, proto_tree *tree, proto_item *top,
             cm_connection_t *session, bool fresh)
{
    const uint8_t *word;
    cm_result_e result;

    text_add_string(tree, hf_smsrc_cm_text, plain, 0, (int)tvb_captured_length(plain),
                     ENC_UTF_16 | ENC_LITTLE_ENDIAN, pinfo->pool, &word);
    proto_item_append_text(top, ", %s", (const char *)word);
    col_append_sep_fstr(pinfo->cinfo, COL_INFO, "; ", "ConfigMgr remote control: %s, sealed",
                        (const char *)word);
    result = cm_result_of_text((const char *)word);
    if (fresh && result != CM_RESULT_UNKNOWN && cm_connection_from_agent(session, pinfo))
        cm_connection_set_result(session, result, false, pinfo->num);
    dissect_result(plain, pinfo, tree, session, result, false);
}

/* First pass: what a sealed message tells although nobody can open it. */
static void
learn_from_seal(packet_info *pinfo, const cm_frame_t *frame, tvbuff_t *token, record_t *record)
{
    cm_connection_t *session = record->session;
    bool handshaken = session->greeted || session->mechanism != CM_MECHANISM_UNKNOWN;
    cm_mechanism_e mechanism = gss_wrap_mechanism(token);
    const session_dissected_t *shown = session_events_get_dissected(pinfo);

    if (mechanism == CM_MECHANISM_KERBEROS)
        cm_connection_set_agent(session, pinfo, gss_wrap_by_acceptor(token), true);
    else if (shown != NULL && shown->direction != DIRECTION_UNKNOWN)
        cm_connection_set_agent(session, pinfo, shown->direction == DIRECTION_TO_VIEWER, false);
    if (session->mechanism == CM_MECHANISM_UNKNOWN)
        session->mechanism = mechanism;
    if (cm_connection_from_agent(session, pinfo)) {
        if (handshaken && !session->agent_sealed)
            record->result = cm_result_of_length(frame->first_length, &record->ambiguous);
        if (record->ambiguous)
            session->ambiguous = true;
        session->agent_sealed = true;
    } else if (session->ambiguous && !cm_is_length_of(frame->first_length, "STOP_HANDSHAKE")) {
        /* The viewer does not end what was refused, but goes on: it was let in. */
        record->result = CM_RESULT_FULL_CONTROL;
        session->ambiguous = false;
    }
}

static void
dissect_sealed(tvbuff_t *tvb, packet_info *pinfo, proto_tree *parent, proto_tree *tree,
               proto_item *top, const cm_frame_t *frame, record_t *record, bool fresh)
{
    unsigned token_offset = CM_FIRST_PART + frame->first_length + 2;
    gss_wrap_t no_seal = { NULL };
    cm_connection_t *session = NULL; /* to learn for */
    proto_item *item, *token_item;
    tvbuff_t *data, *token, *plain;
    cm_stream_t *stream = NULL;

    proto_item_append_text(top, ", Sealed");
    proto_tree_add_item(tree, hf_smsrc_cm_sealed_length, tvb, CM_HEADER_LENGTH, 2,
                        ENC_LITTLE_ENDIAN);
    item = proto_tree_add_item(tree, hf_smsrc_cm_sealed, tvb, CM_FIRST_PART,
                               (int)frame->first_length, ENC_NA);
    proto_tree_add_item(tree, hf_smsrc_cm_token_length, tvb, (int)token_offset - 2, 2,
                        ENC_LITTLE_ENDIAN);
    token_item = proto_tree_add_item(tree, hf_smsrc_cm_token, tvb, (int)token_offset,
                                     (int)frame->token_length, ENC_NA);
    data = tvb_new_subset_length(tvb, CM_FIRST_PART, (int)frame->first_length);
    token = tvb_new_subset_length(tvb, (int)token_offset, (int)frame->token_length);
    if (fresh && record != NULL) {
        session = record->session;
        learn_from_seal(pinfo, frame, token, record);
    }
    plain = gss_wrap_open(data, token, pinfo,
                         proto_item_add_subtree(token_item, ett_smsrc_cm_token),
                         session,
                         record != NULL ? &record->seal : &no_seal);
    if (plain == NULL || record == NULL) {
        col_append_sep_fstr(pinfo->cinfo, COL_INFO, "; ",
                            "ConfigMgr remote control: sealed, %u bytes", frame->first_length);
        if (record != NULL && record->ambiguous) {
            proto_item_append_text(item, " (Full control or Access denied, by its length: what "
                                         "follows decides)");
            if (fresh)
                cm_log_ambiguous(pinfo);
        }
        if (record == NULL || record->result == CM_RESULT_UNKNOWN)
            return;
        if (fresh)
            cm_connection_set_result(record->session, record->result, true, pinfo->num);
        proto_item_append_text(top, ", %s", cm_result_name(record->result));
        col_append_fstr(pinfo->cinfo, COL_INFO, " (%s)", cm_result_name(record->result));
        dissect_result(tvb, pinfo, tree, record->session, record->result, true);
        return;
    }
    proto_tree_add_item(proto_item_add_subtree(item, ett_smsrc_cm_sealed), hf_smsrc_cm_unsealed,
                        plain, 0, -1, ENC_NA);
    if (fresh) {
        stream = cm_connection_stream(record->session, pinfo);
        record->is_word = stream->id == 0 && is_control_word(plain, pinfo);
    }
    if (record->is_word) {
        dissect_word(plain, pinfo, tree, top, record->session, fresh);
        return;
    }
    if (stream != NULL)
        rdp_stream_plan(plain, stream, &record->pieces);
    rdp_stream_dissect(plain, pinfo, parent, tree, record->session, &record->pieces, fresh);
}

/* What a run over a packet's frames needs to know. */
typedef struct {
    bool fresh; /* the first pass, and no segment that came before */
} run_t;

/* Where no frame begins, the bytes up to the next one count as one. */
static unsigned
get_smsrc_cm_pdu_len(packet_info *pinfo, tvbuff_t *tvb, int offset, void *data _U_)
{
    cm_frame_t frame;

    if (tvb_captured_length_remaining(tvb, offset) < CM_FIRST_PART) {
        /* More of it is asked for, where TCP can bring it and the recording did not cut it. */
        if (pinfo->can_desegment && tvb_captured_length(tvb) == tvb_reported_length(tvb))
            return 0;
        return MAX((unsigned)tvb_reported_length_remaining(tvb, offset), CM_HEADER_LENGTH);
    }
    if (cm_frame_read(tvb, (unsigned)offset, &frame) != CM_FRAME_NONE)
        return frame.length;
    return cm_frame_find(tvb, (unsigned)offset + CM_HEADER_LENGTH) - (unsigned)offset;
}

static int
dissect_smsrc_cm_pdu(tvbuff_t *tvb, packet_info *pinfo, proto_tree *parent, void *data)
{
    proto_item *item = proto_tree_add_item(parent, proto_smsrc_cm, tvb, 0, -1, ENC_NA);
    proto_tree *tree = proto_item_add_subtree(item, ett_smsrc_cm);
    record_t *record = next_record(pinfo);
    bool fresh = record != NULL && ((const run_t *)data)->fresh; /* the first pass has a record */
    cm_frame_t frame;

    col_set_str(pinfo->cinfo, COL_PROTOCOL, "SMSRC-CM");
    if (cm_frame_read(tvb, 0, &frame) == CM_FRAME_NONE) {
        proto_item_append_text(item, ", no start of a frame");
        col_append_sep_fstr(pinfo->cinfo, COL_INFO, "; ",
                            "ConfigMgr remote control, %u bytes without a start of a frame",
                            tvb_reported_length(tvb));
        if (fresh)
            cm_connection_broken(record->session, pinfo);
        opaque_data_dissect(tvb, pinfo, tree, 0, -1, OPAQUE_DATA_MIN_TEXT);
        col_set_fence(pinfo->cinfo, COL_INFO);
        return (int)tvb_reported_length(tvb);
    }
    proto_tree_add_item(tree, hf_smsrc_cm_length, tvb, 0, 3, ENC_LITTLE_ENDIAN);
    proto_tree_add_item(tree, hf_smsrc_cm_type, tvb, 3, 1, ENC_LITTLE_ENDIAN);
    message_tap_queue(pinfo, CHANNEL_CONTROL,
                      record == NULL ? DIRECTION_UNKNOWN
                      : cm_connection_from_agent(record->session, pinfo) ? DIRECTION_TO_VIEWER
                                                                      : DIRECTION_TO_AGENT,
                      frame_names[frame.kind]);
    switch (frame.kind) {
    case CM_FRAME_CONTROL:
        dissect_control(tvb, pinfo, tree, item, fresh);
        break;
    case CM_FRAME_TOKEN:
        dissect_token(tvb, pinfo, tree, item, &frame, record, fresh);
        break;
    case CM_FRAME_SEALED:
        dissect_sealed(tvb, pinfo, parent, tree, item, &frame, record, fresh);
        break;
    case CM_FRAME_NONE:
        break;
    }
    if (fresh)
        cm_session_report_result(pinfo, cm_connection_of_packet(pinfo));
    col_set_fence(pinfo->cinfo, COL_INFO);
    return (int)tvb_reported_length(tvb);
}

static int
dissect_smsrc_cm(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    run_t run = { !PINFO_FD_VISITED(pinfo) };

    if (run.fresh) {
        cm_progress_e progress = cm_connection_progress(pinfo, (const struct tcpinfo *)data);

        run.fresh = progress != CM_PROGRESS_AGAIN;
        if (progress == CM_PROGRESS_GAP)
            cm_connection_broken(cm_connection_of_packet(pinfo), pinfo);
    }
    col_clear(pinfo->cinfo, COL_INFO);
    tcp_dissect_pdus(tvb, pinfo, tree, TRUE, CM_HEADER_LENGTH, get_smsrc_cm_pdu_len,
                     dissect_smsrc_cm_pdu, &run);
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
          { "Type", "smsrc.cm.type", FT_UINT8, BASE_HEX, VALS(smsrc_cm_type_vals), 0x0,
            "Highest byte of the frame's header", HFILL } },
        { &hf_smsrc_cm_text_length,
          { "Text length", "smsrc.cm.text.length", FT_UINT16, BASE_DEC, NULL, 0x0,
            "Bytes of the text with its final NUL", HFILL } },
        { &hf_smsrc_cm_text,
          { "Text", "smsrc.cm.text", FT_STRINGZ, BASE_NONE, NULL, 0x0,
            "The words of control: in clear, or unsealed", HFILL } },
        { &hf_smsrc_cm_token_length,
          { "Token length", "smsrc.cm.token.length", FT_UINT16, BASE_DEC, NULL, 0x0,
            "Bytes of the token", HFILL } },
        { &hf_smsrc_cm_token,
          { "Token", "smsrc.cm.token", FT_BYTES, BASE_NONE, NULL, 0x0,
            "GSS-API token (SPNEGO, Kerberos, NTLMSSP) of the handshake, or of the seal of one "
            "message", HFILL } },
        { &hf_smsrc_cm_sealed_length,
          { "Sealed length", "smsrc.cm.sealed.length", FT_UINT16, BASE_DEC, NULL, 0x0,
            "Bytes of the sealed data", HFILL } },
        { &hf_smsrc_cm_sealed,
          { "Sealed data", "smsrc.cm.sealed", FT_BYTES, BASE_NONE, NULL, 0x0,
            "Encrypted with the key of the handshake: unreadable without keys", HFILL } },
        { &hf_smsrc_cm_unsealed,
          { "Unsealed data", "smsrc.cm.unsealed", FT_BYTES, BASE_NONE, NULL, 0x0,
            "What was sealed, where a keytab or a password in Wireshark's preferences opens it",
            HFILL } },
        { &hf_smsrc_cm_result,
          { "Result", "smsrc.cm.result", FT_STRING, BASE_NONE, NULL, 0x0,
            "What came of the request for control; without keys inferred from a length: Full "
            "control, View only, Access denied, Logon denied, No active user, Existing session",
            HFILL } },
        { &hf_smsrc_cm_user,
          { "User", "smsrc.cm.user", FT_STRING, BASE_NONE, NULL, 0x0,
            "Who asked for control, as the handshake tells it", HFILL } },
        { &hf_smsrc_cm_workstation,
          { "Workstation", "smsrc.cm.workstation", FT_STRING, BASE_NONE, NULL, 0x0,
            "The viewer's machine, as NTLM tells it", HFILL } },
        { &hf_smsrc_cm_service,
          { "Service", "smsrc.cm.service", FT_STRING, BASE_NONE, NULL, 0x0,
            "Whom the viewer asked Kerberos for", HFILL } },
    };
    static int *ett[] = { &ett_smsrc_cm, &ett_smsrc_cm_token, &ett_smsrc_cm_sealed };
    static ei_register_info ei[] = {
        { &ei_smsrc_cm_denied,
          { "smsrc.cm.denied", PI_RESPONSE_CODE, PI_NOTE, "The agent gave no control", EXPFILL } },
    };

    proto_smsrc_cm = proto_register_protocol("Microsoft ConfigMgr Remote Control", "SMSRC-CM",
                                             "smsrc.cm");
    proto_register_field_array(proto_smsrc_cm, hf, array_length(hf));
    proto_register_subtree_array(ett, array_length(ett));
    expert_register_field_array(expert_register_protocol(proto_smsrc_cm), ei, array_length(ei));
    virtual_channels_register(proto_smsrc_cm);
    rdp_stream_register(proto_smsrc_cm);
    register_dissector("smsrc.cm", dissect_smsrc_cm, proto_smsrc_cm);
}

void
proto_reg_handoff_smsrc_cm(void)
{
    cm_connection_init(proto_smsrc_cm);
    gss_wrap_init();
    rdp_stream_init();
    dissector_add_for_decode_as("tcp.port", find_dissector("smsrc.cm"));
}
