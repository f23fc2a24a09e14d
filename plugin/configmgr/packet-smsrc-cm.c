/* packet-smsrc-cm.c
 * Remote control of ConfigMgr 2012 and later, on the port SMS used before it
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * ConfigMgr took TCP 2701 over from SMS, with another protocol in which the agent sends first. It
 * is known from nmap's cmrcservice, Greenbone's banner check and two independent clients:
 *
 *   greeting      the agent, in clear: START_HANDSHAKE, or why there is no session
 *   handshake     tokens of SSPI (SPNEGO with Kerberos, or NTLMSSP), to Wireshark's dissectors
 *   sealed        the agent's first message: SUCCESS_FULL_CONTROL, SUCCESS_VIEW_ONLY or
 *                 ERROR_ACCESS_DENIED, UTF-16LE without a length; then RDP, now and then with
 *                 such a string between (START_..., STOP_HANDSHAKE)
 *
 * cm-frame.c has the frames, gss-wrap.c handshake and decryption, rdp-stream.c the plaintext,
 * virtual-channels.c ConfigMgr's own channels in it, cm-connection.c the state of a connection,
 * cm-result.c what the agent granted.
 *
 * What a frame changes in its connection is decided once, on the first pass, and kept with the
 * packet. ConfigMgr 2007's framing is not known.
 */

#include "smsrc-compat.h"

#include <epan/dissectors/packet-tcp.h>
#include <epan/expert.h>
#include <epan/proto_data.h>

#include "cm-connection.h"
#include "cm-exchange.h"
#include "cm-frame.h"
#include "cm-result.h"
#include "cm-session-report.h"
#include "gss-wrap.h"
#include "message-tap.h"
#include "opaque-data.h"
#include "packet-smsrc-cm.h"
#include "rdp-stream.h"
#include "session-events.h"
#include "text.h"
#include "virtual-channels.h"

/* Keys of the packet's data: its frames so far in this pass, and the record of each. */
#define KEY_COUNT 0
#define KEY_RECORDS 1

/* Bytes before a text in the label of the protocol's item. */
#define MAX_TITLE 100

/* State of a frame, from the first pass on. */
typedef struct {
    cm_connection_t *connection;
    cm_result_e result; /* by the length of a wrapped message, or by what follows one */
    bool ambiguous;     /* its length fits two results */
    bool is_word;       /* the plaintext is a control string, not RDP */
    cm_exchange_e exchange;
    gss_wrap_t wrap;
    pdu_fragments_t fragments;
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

static int ett_smsrc_cm = -1;
static int ett_smsrc_cm_token = -1;
static int ett_smsrc_cm_sealed = -1;

static const value_string smsrc_cm_type_vals[] = {
    { CM_TYPE_DATA, "Handshake or sealed data" },
    { CM_TYPE_CONTROL, "Control" },
    { 0, NULL },
};

/* --- Records --------------------------------------------------------------------------------- */

/*
 * Returns the record of the packet's next frame: on the first pass a new one, of the connection
 * that the packet belongs to; later NULL where none was kept, and only the frame itself is shown.
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
    record->connection = cm_connection_of_packet(pinfo);
    wmem_array_append_one(records, record);
    return record;
}

/* --- Frames ---------------------------------------------------------------------------------- */

/* A frame that is being dissected. */
typedef struct {
    const cm_segment_t *segment;
    tvbuff_t *tvb;
    packet_info *pinfo;
    proto_tree *parent; /* for the RDP in it */
    proto_tree *tree;
    proto_item *top;
    cm_frame_t frame;
    record_t *record; /* NULL on a later pass, where nothing was kept of the frame */
    record_t *fresh;  /* the same on the first pass, unless the segment came before; or NULL */
} frame_context_t;

static void
dissect_control(const frame_context_t *context)
{
    packet_info *pinfo = context->pinfo;
    uint32_t text_length;
    const uint8_t *text;
    cm_result_e result;

    proto_tree_add_item_ret_uint(context->tree, hf_smsrc_cm_text_length, context->tvb,
                                 CM_HEADER_LENGTH, 2, ENC_LITTLE_ENDIAN, &text_length);
    text_add_string(context->tree, hf_smsrc_cm_text, context->tvb, CM_FIRST_PART,
                    (int)text_length, ENC_UTF_16 | ENC_LITTLE_ENDIAN, pinfo->pool, &text);
    proto_item_append_text(context->top, ", %s",
                           text_label(pinfo->pool, (const char *)text, MAX_TITLE));
    col_append_sep_fstr(pinfo->cinfo, COL_INFO, "; ", "ConfigMgr remote control: %s",
                        text_shown(pinfo->pool, (const char *)text));
    result = cm_result_of_text((const char *)text);
    if (context->fresh != NULL && strcmp((const char *)text, "START_HANDSHAKE") == 0)
        cm_connection_greeted(pinfo);
    if (context->fresh != NULL && result != CM_RESULT_UNKNOWN) {
        cm_connection_t *connection = cm_connection_of_packet(pinfo);

        cm_connection_set_agent(connection, pinfo, true, true);
        if (cm_connection_from_agent(connection, pinfo))
            cm_connection_set_result(connection, result, false, pinfo->num);
    }
    cm_result_dissect(context->tvb, pinfo, context->tree, NULL, result, false);
    opaque_data_dissect(context->tvb, pinfo, context->tree, CM_FIRST_PART + text_length, -1,
                        OPAQUE_DATA_MIN_TEXT);
}

static void
dissect_token(const frame_context_t *context)
{
    packet_info *pinfo = context->pinfo;
    unsigned length = context->frame.first_length;
    proto_item *item;
    tvbuff_t *token;

    proto_item_append_text(context->top, ", Handshake");
    col_append_sep_fstr(pinfo->cinfo, COL_INFO, "; ",
                        "ConfigMgr remote control: handshake, %u bytes", length);
    proto_tree_add_item(context->tree, hf_smsrc_cm_token_length, context->tvb, CM_HEADER_LENGTH, 2,
                        ENC_LITTLE_ENDIAN);
    item = proto_tree_add_item(context->tree, hf_smsrc_cm_token, context->tvb, CM_FIRST_PART,
                               (int)length, ENC_NA);
    token = tvb_new_subset_length(context->tvb, CM_FIRST_PART, (int)length);
    gss_wrap_handshake(token, pinfo, proto_item_add_subtree(item, ett_smsrc_cm_token),
                       context->fresh != NULL ? context->fresh->connection : NULL);
    if (context->fresh != NULL)
        cm_session_report_names(pinfo, context->fresh->connection);
}

static void
dissect_control_string(const frame_context_t *context, tvbuff_t *plain)
{
    packet_info *pinfo = context->pinfo;
    cm_connection_t *connection = context->record->connection;
    const uint8_t *word;
    cm_result_e result;

    text_add_string(context->tree, hf_smsrc_cm_text, plain, 0, (int)tvb_captured_length(plain),
                    ENC_UTF_16 | ENC_LITTLE_ENDIAN, pinfo->pool, &word);
    proto_item_append_text(context->top, ", %s", (const char *)word);
    col_append_sep_fstr(pinfo->cinfo, COL_INFO, "; ", "ConfigMgr remote control: %s, sealed",
                        (const char *)word);
    result = cm_result_of_text((const char *)word);
    if (context->fresh != NULL && result != CM_RESULT_UNKNOWN &&
        cm_connection_from_agent(connection, pinfo))
        cm_connection_set_result(connection, result, false, pinfo->num);
    cm_result_dissect(plain, pinfo, context->tree, connection, result, false);
}

/* First pass: derives what an encrypted message shows without its plaintext. */
static void
learn_from_sealed(const frame_context_t *context, tvbuff_t *token)
{
    packet_info *pinfo = context->pinfo;
    record_t *record = context->fresh;
    cm_connection_t *connection = record->connection;
    unsigned length = context->frame.first_length;
    bool handshaken = connection->greeted || connection->mechanism != CM_MECHANISM_UNKNOWN;
    cm_mechanism_e mechanism = gss_wrap_mechanism(token);
    const session_dissected_t *dissected = session_events_get_dissected(pinfo);

    if (mechanism == CM_MECHANISM_KERBEROS)
        cm_connection_set_agent(connection, pinfo, gss_wrap_by_acceptor(token), true);
    else if (dissected != NULL && dissected->direction != DIRECTION_UNKNOWN)
        cm_connection_set_agent(connection, pinfo, dissected->direction == DIRECTION_TO_VIEWER,
                                false);
    if (connection->mechanism == CM_MECHANISM_UNKNOWN)
        connection->mechanism = mechanism;
    if (cm_connection_from_agent(connection, pinfo)) {
        if (handshaken && !connection->agent_sealed)
            record->result = cm_result_of_length(length, &record->ambiguous);
        if (record->ambiguous)
            connection->ambiguous = true;
        connection->agent_sealed = true;
    } else if (connection->ambiguous && !cm_result_is_length_of(length, "STOP_HANDSHAKE")) {
        /* A viewer that was refused ends the handshake; this one continues, so it has control. */
        record->result = CM_RESULT_FULL_CONTROL;
        connection->ambiguous = false;
    }
}

/* Shows a message that could not be unwrapped, and the result that its length indicates. */
static void
show_encrypted(const frame_context_t *context, proto_item *item)
{
    packet_info *pinfo = context->pinfo;
    const record_t *record = context->record;

    col_append_sep_fstr(pinfo->cinfo, COL_INFO, "; ",
                        "ConfigMgr remote control: sealed, %u bytes",
                        context->frame.first_length);
    if (record != NULL && record->ambiguous) {
        proto_item_append_text(item, " (Full control or Access denied, by its length: what "
                                     "follows decides)");
        if (context->fresh != NULL)
            cm_session_report_ambiguous(pinfo);
    }
    if (record == NULL || record->result == CM_RESULT_UNKNOWN)
        return;
    if (context->fresh != NULL)
        cm_connection_set_result(record->connection, record->result, true, pinfo->num);
    proto_item_append_text(context->top, ", %s", cm_result_name(record->result));
    col_append_fstr(pinfo->cinfo, COL_INFO, " (%s)", cm_result_name(record->result));
    cm_result_dissect(context->tvb, pinfo, context->tree, record->connection, record->result, true);
}

static void
dissect_plaintext(const frame_context_t *context, tvbuff_t *plain)
{
    packet_info *pinfo = context->pinfo;
    record_t *record = context->record;
    cm_stream_t *stream = NULL;

    if (context->fresh != NULL) {
        stream = cm_connection_stream(record->connection, pinfo);
        record->is_word = stream->id == 0 && cm_result_is_control_string(plain, pinfo);
    }
    if (record->is_word) {
        dissect_control_string(context, plain);
        return;
    }
    if (stream != NULL)
        rdp_stream_plan(plain, stream, &record->fragments);
    rdp_stream_dissect(plain, pinfo, context->parent, context->tree, record->connection,
                       &record->fragments, context->fresh != NULL);
}

static void
dissect_sealed(const frame_context_t *context)
{
    tvbuff_t *tvb = context->tvb;
    proto_tree *tree = context->tree;
    int length = (int)context->frame.first_length;
    int token_length = (int)context->frame.token_length;
    int token_offset = CM_FIRST_PART + length + 2;
    gss_wrap_t not_kept = { NULL };
    proto_item *item, *token_item;
    tvbuff_t *data, *token, *plain;

    proto_item_append_text(context->top, ", Sealed");
    proto_tree_add_item(tree, hf_smsrc_cm_sealed_length, tvb, CM_HEADER_LENGTH, 2,
                        ENC_LITTLE_ENDIAN);
    item = proto_tree_add_item(tree, hf_smsrc_cm_sealed, tvb, CM_FIRST_PART, length, ENC_NA);
    proto_tree_add_item(tree, hf_smsrc_cm_token_length, tvb, token_offset - 2, 2,
                        ENC_LITTLE_ENDIAN);
    token_item = proto_tree_add_item(tree, hf_smsrc_cm_token, tvb, token_offset, token_length,
                                     ENC_NA);
    data = tvb_new_subset_length(tvb, CM_FIRST_PART, length);
    token = tvb_new_subset_length(tvb, token_offset, token_length);
    if (context->fresh != NULL)
        learn_from_sealed(context, token);
    plain = gss_wrap_unwrap(data, token, context->pinfo,
                            proto_item_add_subtree(token_item, ett_smsrc_cm_token),
                            context->fresh != NULL ? context->fresh->connection : NULL,
                            context->record != NULL ? &context->record->wrap : &not_kept);
    if (plain == NULL || context->record == NULL) {
        show_encrypted(context, item);
        return;
    }
    proto_tree_add_item(proto_item_add_subtree(item, ett_smsrc_cm_sealed), hf_smsrc_cm_unsealed,
                        plain, 0, -1, ENC_NA);
    dissect_plaintext(context, plain);
}

/* Where no frame begins, the bytes up to the next one count as a frame. */
static unsigned
get_smsrc_cm_pdu_len(packet_info *pinfo, tvbuff_t *tvb, int offset, void *data _U_)
{
    cm_frame_t frame;

    if (tvb_captured_length_remaining(tvb, offset) < CM_FIRST_PART) {
        /* Request more where TCP can deliver it and the capture did not cut it. */
        if (pinfo->can_desegment && tvb_captured_length(tvb) == tvb_reported_length(tvb))
            return 0;
        return MAX((unsigned)tvb_reported_length_remaining(tvb, offset), CM_HEADER_LENGTH);
    }
    if (cm_frame_read(tvb, (unsigned)offset, &frame) != CM_FRAME_NONE)
        return frame.length;
    return cm_frame_find(tvb, (unsigned)offset + CM_HEADER_LENGTH) - (unsigned)offset;
}

/* Shows bytes that begin no frame. */
static void
dissect_unframed(const frame_context_t *context)
{
    proto_item_append_text(context->top, ", no start of a frame");
    col_append_sep_fstr(context->pinfo->cinfo, COL_INFO, "; ",
                        "ConfigMgr remote control, %u bytes without a start of a frame",
                        tvb_reported_length(context->tvb));
    if (context->fresh != NULL)
        cm_connection_broken(context->fresh->connection, context->pinfo);
    opaque_data_dissect(context->tvb, context->pinfo, context->tree, 0, -1, OPAQUE_DATA_MIN_TEXT);
}

static void
dissect_frame(const frame_context_t *context)
{
    packet_info *pinfo = context->pinfo;
    direction_e direction = DIRECTION_UNKNOWN;

    proto_tree_add_item(context->tree, hf_smsrc_cm_length, context->tvb, 0, 3, ENC_LITTLE_ENDIAN);
    proto_tree_add_item(context->tree, hf_smsrc_cm_type, context->tvb, 3, 1, ENC_LITTLE_ENDIAN);
    if (context->record != NULL)
        direction = cm_connection_from_agent(context->record->connection, pinfo)
                        ? DIRECTION_TO_VIEWER
                        : DIRECTION_TO_AGENT;
    message_tap_queue(pinfo, CHANNEL_CONTROL, direction, cm_frame_name(context->frame.kind));
    if (context->record != NULL && !PINFO_FD_VISITED(pinfo))
        context->record->exchange = cm_exchange_of_frame(context->record->connection, pinfo,
                                                         context->frame.kind);
    if (context->record != NULL)
        cm_exchange_add(context->record->exchange, context->tvb, pinfo, context->tree,
                        context->segment);
    switch (context->frame.kind) {
    case CM_FRAME_CONTROL:
        dissect_control(context);
        break;
    case CM_FRAME_TOKEN:
        dissect_token(context);
        break;
    case CM_FRAME_SEALED:
        dissect_sealed(context);
        break;
    case CM_FRAME_NONE:
        break;
    }
    if (context->fresh != NULL)
        cm_session_report_result(pinfo, cm_connection_of_packet(pinfo));
}

static int
dissect_smsrc_cm_pdu(tvbuff_t *tvb, packet_info *pinfo, proto_tree *parent, void *data)
{
    const cm_segment_t *segment = (const cm_segment_t *)data;
    frame_context_t context = { segment, .tvb = tvb, .pinfo = pinfo, .parent = parent };

    context.top = proto_tree_add_item(parent, proto_smsrc_cm, tvb, 0, -1, ENC_NA);
    context.tree = proto_item_add_subtree(context.top, ett_smsrc_cm);
    context.record = next_record(pinfo);
    context.fresh = segment->is_fresh ? context.record : NULL;
    col_set_str(pinfo->cinfo, COL_PROTOCOL, "SMSRC-CM");
    if (cm_frame_read(tvb, 0, &context.frame) == CM_FRAME_NONE)
        dissect_unframed(&context);
    else
        dissect_frame(&context);
    col_set_fence(pinfo->cinfo, COL_INFO);
    return (int)tvb_reported_length(tvb);
}

static int
dissect_smsrc_cm(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    cm_segment_t segment = { tvb, (const struct tcpinfo *)data, !PINFO_FD_VISITED(pinfo) };

    if (segment.is_fresh) {
        cm_progress_e progress = cm_connection_progress(pinfo, segment.tcp);

        segment.is_fresh = progress != CM_PROGRESS_AGAIN;
        if (progress == CM_PROGRESS_GAP)
            cm_connection_broken(cm_connection_of_packet(pinfo), pinfo);
    }
    col_clear(pinfo->cinfo, COL_INFO);
    tcp_dissect_pdus(tvb, pinfo, tree, TRUE, CM_HEADER_LENGTH, get_smsrc_cm_pdu_len,
                     dissect_smsrc_cm_pdu, &segment);
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
            "Control string: in clear, or decrypted", HFILL } },
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
            "Encrypted with the key of the handshake", HFILL } },
        { &hf_smsrc_cm_unsealed,
          { "Unsealed data", "smsrc.cm.unsealed", FT_BYTES, BASE_NONE, NULL, 0x0,
            "Decrypted data, if the preferences of Wireshark contain the keytab or the password",
            HFILL } },
    };
    static int *ett[] = { &ett_smsrc_cm, &ett_smsrc_cm_token, &ett_smsrc_cm_sealed };

    proto_smsrc_cm = proto_register_protocol("Microsoft ConfigMgr Remote Control", "SMSRC-CM",
                                             "smsrc.cm");
    proto_register_field_array(proto_smsrc_cm, hf, array_length(hf));
    proto_register_subtree_array(ett, array_length(ett));
    cm_result_register(proto_smsrc_cm, expert_register_protocol(proto_smsrc_cm));
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
