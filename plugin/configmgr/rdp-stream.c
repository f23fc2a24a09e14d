/* rdp-stream.c
 * RDP in the plaintext of ConfigMgr's remote control
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * The plaintext is a stream of ordinary RDP without RDP's encryption (MS-RDPBCGR): TPKT with X.224
 * and MCS, and fast-path. A message may hold several PDUs, or a fragment of one.
 *
 *   TPKT:      u8 3, u8 0, u16 BE length of the PDU with these
 *   fast-path: u8 of which the lowest two bits are 0, then a length of one byte, or of two where
 *              the highest bit of the first is set; the length includes these bytes
 *
 * The first pass finds where the PDUs begin and end and keeps that with the message. Fragments are
 * reassembled by epan, and Wireshark's dissector gets every whole PDU.
 */

#include "rdp-stream.h"

#include <epan/exceptions.h>
#include <epan/reassemble.h>
#include <epan/show_exception.h>
#include <wsutil/pint.h>

#include "opaque-data.h"
#include "text.h"
#include "virtual-channels.h"

#define TPKT_VERSION 3
#define TPKT_HEADER_LENGTH 4
#define FAST_PATH_ACTION 0x03

static int hf_cm_rdp_fragments = -1;
static int hf_cm_rdp_fragment = -1;
static int hf_cm_rdp_fragment_overlap = -1;
static int hf_cm_rdp_fragment_overlap_conflict = -1;
static int hf_cm_rdp_fragment_multiple_tails = -1;
static int hf_cm_rdp_fragment_too_long = -1;
static int hf_cm_rdp_fragment_error = -1;
static int hf_cm_rdp_fragment_count = -1;
static int hf_cm_rdp_reassembled_in = -1;
static int hf_cm_rdp_reassembled_length = -1;

static int ett_cm_rdp_fragment = -1;
static int ett_cm_rdp_fragments = -1;

static const fragment_items fragment_fields = {
    &ett_cm_rdp_fragment,
    &ett_cm_rdp_fragments,
    &hf_cm_rdp_fragments,
    &hf_cm_rdp_fragment,
    &hf_cm_rdp_fragment_overlap,
    &hf_cm_rdp_fragment_overlap_conflict,
    &hf_cm_rdp_fragment_multiple_tails,
    &hf_cm_rdp_fragment_too_long,
    &hf_cm_rdp_fragment_error,
    &hf_cm_rdp_fragment_count,
    &hf_cm_rdp_reassembled_in,
    &hf_cm_rdp_reassembled_length,
    NULL,
    "pieces",
};

static reassembly_table fragments_table;

static dissector_handle_t tpkt_handle;

/* Unlike an address and a port, the number identifies one PDU in the whole capture. */
static uint32_t last_id;

typedef enum { PDU_OK, PDU_SHORT, PDU_FOREIGN } pdu_e;

/* Finds the length of the PDU whose first @p have bytes are @p header. */
static pdu_e
pdu_length(const uint8_t *header, unsigned have, unsigned *length)
{
    if (have == 0)
        return PDU_SHORT;
    if (header[0] == TPKT_VERSION) {
        if (have < TPKT_HEADER_LENGTH)
            return PDU_SHORT;
        *length = pntohu16(header + 2);
        return *length > TPKT_HEADER_LENGTH ? PDU_OK : PDU_FOREIGN;
    }
    if ((header[0] & FAST_PATH_ACTION) != 0)
        return PDU_FOREIGN;
    if (have < 2 || (header[1] & 0x80 && have < 3))
        return PDU_SHORT;
    if (header[1] & 0x80) {
        *length = pntohu16(header + 1) & 0x7fff;
        return *length > 3 ? PDU_OK : PDU_FOREIGN;
    }
    *length = header[1];
    return *length > 2 ? PDU_OK : PDU_FOREIGN;
}

/* Finds the length of the PDU at @p offset of @p plain; @p header gets its first bytes. */
static pdu_e
pdu_at(tvbuff_t *plain, unsigned offset, uint8_t header[TPKT_HEADER_LENGTH], unsigned *have,
       unsigned *length)
{
    *have = MIN(tvb_captured_length(plain) - offset, TPKT_HEADER_LENGTH);
    tvb_memcpy(plain, header, (int)offset, *have);
    return pdu_length(header, *have, length);
}

/* Finds how many bytes of @p plain belong to the PDU that the stream has begun. */
static void
plan_lead(tvbuff_t *plain, cm_stream_t *stream, pdu_fragments_t *fragments)
{
    unsigned captured = tvb_captured_length(plain), taken = 0;
    pdu_e state = PDU_OK;

    /* Its header is completed byte by byte, until its length is known. */
    while (stream->need == 0 && taken < captured && state != PDU_FOREIGN) {
        stream->header[stream->have++] = tvb_get_uint8(plain, (int)taken++);
        state = pdu_length(stream->header, stream->have, &stream->need);
        if (state != PDU_OK)
            stream->need = 0;
    }
    if (state == PDU_FOREIGN) {
        stream->id = 0;
        return;
    }
    fragments->lead_id = stream->id;
    if (stream->need == 0) {
        fragments->lead_length = taken;
        fragments->lead_more = true;
        return;
    }
    fragments->lead_length = taken + MIN(stream->need - stream->have, captured - taken);
    stream->have += fragments->lead_length - taken;
    fragments->lead_more = stream->have < stream->need;
    if (!fragments->lead_more)
        stream->id = 0;
}

/*
 * True where @p plain certainly begins with a PDU: TPKT with X.224's data header, or one fast-path
 * PDU that is all of it.
 */
static bool
begins_with_pdu(tvbuff_t *plain)
{
    static const uint8_t x224_data[] = { 0x02, 0xf0, 0x80 };
    uint8_t header[TPKT_HEADER_LENGTH];
    unsigned have, length;

    if (pdu_at(plain, 0, header, &have, &length) != PDU_OK)
        return false;
    if (header[0] != TPKT_VERSION)
        return length == tvb_captured_length(plain);
    return tvb_memeql(plain, TPKT_HEADER_LENGTH, x224_data, sizeof x224_data) == 0;
}

void
rdp_stream_plan(tvbuff_t *plain, cm_stream_t *stream, pdu_fragments_t *fragments)
{
    unsigned captured = tvb_captured_length(plain), offset = 0;

    memset(fragments, 0, sizeof *fragments);
    if (stream->lost && !begins_with_pdu(plain))
        return;
    stream->lost = false;
    fragments->known = true;
    if (stream->id != 0)
        plan_lead(plain, stream, fragments);
    offset = fragments->lead_length;
    while (offset < captured) {
        cm_stream_t next = { 0 };
        pdu_e state = pdu_at(plain, offset, next.header, &next.have, &next.need);

        if (state == PDU_FOREIGN)
            return;
        if (state == PDU_OK && next.need <= captured - offset) {
            offset += next.need;
            continue;
        }
        if (state == PDU_SHORT)
            next.need = 0;
        else
            next.have = captured - offset;
        next.id = ++last_id;
        next.ntlm_broken = stream->ntlm_broken;
        *stream = next;
        fragments->tail_id = next.id;
        fragments->tail_offset = offset;
        return;
    }
}

/* Dissects a whole PDU, by Wireshark's dissectors and by that of the virtual channels. */
static void
dissect_pdu(tvbuff_t *pdu, packet_info *pinfo, proto_tree *parent, proto_tree *tree,
            cm_connection_t *connection, bool learn)
{
    const char *volatile event = NULL;
    uint16_t can_desegment = pinfo->can_desegment;

    /* It is whole: no dissector may request more from TCP. */
    pinfo->can_desegment = 0;
    col_append_sep_str(pinfo->cinfo, COL_INFO, "; ", "");
    col_set_fence(pinfo->cinfo, COL_INFO);
    TRY {
        text_call_dissector(tpkt_handle, pdu, pinfo, parent);
    }
    CATCH_NONFATAL_ERRORS {
        show_exception(pdu, pinfo, parent, EXCEPT_CODE, GET_MESSAGE);
    }
    ENDTRY;
    TRY {
        event = virtual_channels_dissect(pdu, pinfo, tree, connection, learn);
    }
    CATCH_NONFATAL_ERRORS {
        show_exception(pdu, pinfo, tree, EXCEPT_CODE, GET_MESSAGE);
    }
    ENDTRY;
    if (event != NULL)
        col_append_fstr(pinfo->cinfo, COL_INFO, " (%s)", event);
    col_set_fence(pinfo->cinfo, COL_INFO);
    pinfo->can_desegment = can_desegment;
}

/* Adds a fragment of a PDU. Returns the PDU with its last one, else NULL. */
static tvbuff_t *
add_fragment(tvbuff_t *plain, packet_info *pinfo, proto_tree *tree, unsigned offset,
             unsigned length, uint32_t id, bool more)
{
    fragment_head *head = fragment_add_seq_next(&fragments_table, plain, (int)offset, pinfo, id,
                                                NULL, length, more);
    proto_item *item;
    tvbuff_t *whole;

    if (more || head == NULL || head->tvb_data == NULL) {
        if (head != NULL && head->reassembled_in != 0) {
            item = proto_tree_add_uint(tree, hf_cm_rdp_reassembled_in, plain, (int)offset,
                                       (int)length, head->reassembled_in);
            proto_item_set_generated(item);
        }
        return NULL;
    }
    whole = tvb_new_chain(plain, head->tvb_data);
    add_new_data_source(pinfo, whole, "Reassembled RDP");
    show_fragment_seq_tree(head, &fragment_fields, tree, pinfo, whole, &item);
    return whole;
}

void
rdp_stream_dissect(tvbuff_t *plain, packet_info *pinfo, proto_tree *parent, proto_tree *tree,
                   cm_connection_t *connection, const pdu_fragments_t *fragments, bool learn)
{
    unsigned captured = tvb_captured_length(plain);
    unsigned end = fragments->tail_id != 0 ? MIN(fragments->tail_offset, captured) : captured;
    unsigned offset = MIN(fragments->lead_length, end);

    if (!fragments->known) {
        col_append_sep_fstr(pinfo->cinfo, COL_INFO, "; ",
                            "ConfigMgr remote control: unsealed, %u bytes", captured);
        return;
    }
    if (fragments->lead_id != 0) {
        tvbuff_t *whole = add_fragment(plain, pinfo, tree, 0, offset, fragments->lead_id,
                                       fragments->lead_more);

        if (whole != NULL)
            dissect_pdu(whole, pinfo, parent, tree, connection, learn);
    }
    while (offset < end) {
        uint8_t header[TPKT_HEADER_LENGTH];
        unsigned have, length;

        if (pdu_at(plain, offset, header, &have, &length) != PDU_OK || length > end - offset) {
            opaque_data_dissect(plain, pinfo, tree, offset, (int)(end - offset),
                                OPAQUE_DATA_MIN_TEXT);
            col_append_sep_fstr(pinfo->cinfo, COL_INFO, "; ", "%u bytes that are not RDP",
                                end - offset);
            break;
        }
        dissect_pdu(tvb_new_subset_length(plain, (int)offset, (int)length), pinfo, parent, tree,
                    connection, learn);
        offset += length;
    }
    if (fragments->tail_id != 0)
        add_fragment(plain, pinfo, tree, end, captured - end, fragments->tail_id, true);
    if (fragments->tail_id != 0 || fragments->lead_more)
        col_append_sep_str(pinfo->cinfo, COL_INFO, "; ", "a piece of an RDP PDU");
}

static void
reset_ids(void)
{
    last_id = 0;
}

void
rdp_stream_register(int proto)
{
    static hf_register_info hf[] = {
        { &hf_cm_rdp_fragments,
          { "Fragments of an RDP PDU", "smsrc.cm.rdp.fragments", FT_NONE, BASE_NONE, NULL, 0x0,
            "Fragments of an RDP PDU in several encrypted messages", HFILL } },
        { &hf_cm_rdp_fragment,
          { "Fragment", "smsrc.cm.rdp.fragment", FT_FRAMENUM, BASE_NONE, NULL, 0x0,
            "Frame with a fragment of the PDU", HFILL } },
        { &hf_cm_rdp_fragment_overlap,
          { "Fragment overlap", "smsrc.cm.rdp.fragment.overlap", FT_BOOLEAN, BASE_NONE, NULL, 0x0,
            "The fragment overlaps another one", HFILL } },
        { &hf_cm_rdp_fragment_overlap_conflict,
          { "Overlap differs", "smsrc.cm.rdp.fragment.overlap.conflict", FT_BOOLEAN, BASE_NONE,
            NULL, 0x0, "The overlapping fragments contain different bytes", HFILL } },
        { &hf_cm_rdp_fragment_multiple_tails,
          { "Several ends", "smsrc.cm.rdp.fragment.multiple_tails", FT_BOOLEAN, BASE_NONE, NULL,
            0x0, "More than one fragment is marked as the last one", HFILL } },
        { &hf_cm_rdp_fragment_too_long,
          { "Fragment too long", "smsrc.cm.rdp.fragment.too_long", FT_BOOLEAN, BASE_NONE, NULL, 0x0,
            "The fragment extends beyond the end of the PDU", HFILL } },
        { &hf_cm_rdp_fragment_error,
          { "Reassembly error", "smsrc.cm.rdp.fragment.error", FT_FRAMENUM, BASE_NONE, NULL, 0x0,
            "Frame with a fragment that does not fit", HFILL } },
        { &hf_cm_rdp_fragment_count,
          { "Fragment count", "smsrc.cm.rdp.fragment.count", FT_UINT32, BASE_DEC, NULL, 0x0,
            "Number of fragments", HFILL } },
        { &hf_cm_rdp_reassembled_in,
          { "Reassembled RDP PDU in frame", "smsrc.cm.rdp.reassembled.in", FT_FRAMENUM, BASE_NONE,
            NULL, 0x0, "Frame in which the PDU is shown", HFILL } },
        { &hf_cm_rdp_reassembled_length,
          { "Length of the RDP PDU", "smsrc.cm.rdp.reassembled.length", FT_UINT32, BASE_DEC, NULL,
            0x0, "Bytes of the PDU", HFILL } },
    };
    static int *ett[] = { &ett_cm_rdp_fragment, &ett_cm_rdp_fragments };

    proto_register_field_array(proto, hf, array_length(hf));
    proto_register_subtree_array(ett, array_length(ett));
    reassembly_table_register(&fragments_table, &addresses_ports_reassembly_table_functions);
    register_init_routine(reset_ids);
}

void
rdp_stream_init(void)
{
    tpkt_handle = find_dissector("tpkt");
}
