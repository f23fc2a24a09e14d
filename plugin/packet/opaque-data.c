/* opaque-data.c
 * Undocumented payload: raw bytes, printable text, NTLMSSP tokens
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * The encodings of screen, keyboard, chat and file transfer of SMS Remote Tools are not publicly
 * documented, so their bytes are shown as bytes. Two things can be recognized in them:
 *
 *  - Printable text, ASCII or UTF-16LE, is a generated field, because it may be text by chance.
 *    (The permission prompt is an ASCII string, KB article Q166837; chat sends raw 8-bit
 *    characters, a small packet for each keystroke, Q214889.)
 *  - NTLM SSP is required (Q259740), but the place of its tokens is not documented. They are found
 *    by their signature and passed to Wireshark's dissector.
 */

#include "opaque-data.h"

#include "ntlmssp-auth.h"
#include "text.h"

/* Limit of texts in a tree; one item then reports that there are more. */
#define MAX_TEXTS 64

static int hf_smsrc_data = -1;
static int hf_smsrc_text = -1;
static int hf_smsrc_text_more = -1;

static int ett_smsrc_data = -1;

static dissector_handle_t ntlmssp_handle;
static opaque_data_account_f on_account;

static const uint8_t ntlmssp_signature[] = NTLMSSP_SIGNATURE;

/* Signature, type 1 to 3, and a security buffer, which all three have. */
#define NTLMSSP_MIN_LENGTH 16

static bool
is_text(uint8_t c)
{
    return g_ascii_isprint(c) || c == '\t' || c == '\r' || c == '\n';
}

/* The length in bytes of the printable characters of @p width bytes each at @p at. */
static unsigned
text_run(const uint8_t *bytes, unsigned length, unsigned at, unsigned width)
{
    unsigned end = at;

    /* The first character must be visible: a single 0x0a may be a number. */
    if (at < length && !g_ascii_isprint(bytes[at]))
        return 0;
    while (end + width <= length && is_text(bytes[end]) && (width == 1 || bytes[end + 1] == 0))
        end += width;
    return end - at;
}

static const char *
dissect_texts(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, unsigned offset,
              unsigned captured, unsigned min_text)
{
    const uint8_t *bytes = tvb_get_ptr(tvb, (int)offset, (int)captured);
    const char *first = NULL;
    unsigned at = 0, found = 0;

    while (at < captured) {
        unsigned narrow = text_run(bytes, captured, at, 1);
        unsigned wide = text_run(bytes, captured, at, 2);
        unsigned run = narrow;
        unsigned encoding = ENC_ASCII;
        proto_item *item;
        const char *text;

        if (wide >= 2 * MAX(min_text, OPAQUE_DATA_MIN_TEXT)) {
            run = wide;
            encoding = ENC_UTF_16 | ENC_LITTLE_ENDIAN;
        } else if (narrow > 1 && text_run(bytes, captured, at + narrow - 1, 2) >=
                                     2 * OPAQUE_DATA_MIN_TEXT) {
            /* The last letter belongs to the UTF-16 text that follows. */
            run = narrow - 1;
        }
        if (run < min_text) {
            at += MAX(run, 1);
            continue;
        }
        if (found++ == MAX_TEXTS) {
            item = proto_tree_add_item(tree, hf_smsrc_text_more, tvb, (int)(offset + at),
                                       (int)(captured - at), ENC_NA);
            proto_item_set_generated(item);
            break;
        }
        text = (const char *)tvb_get_string_enc(pinfo->pool, tvb, (int)(offset + at), (int)run,
                                                encoding);
        item = proto_tree_add_string(tree, hf_smsrc_text, tvb, (int)(offset + at), (int)run,
                                     text_shown(pinfo->pool, text));
        proto_item_set_generated(item);
        if (first == NULL)
            first = text;
        at += run;
    }
    return first;
}

static void
dissect_ntlmssp_tokens(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, unsigned offset,
                       unsigned captured)
{
    const uint8_t *bytes = tvb_get_ptr(tvb, (int)offset, (int)captured);
    const uint8_t *end = bytes + captured;
    const uint8_t *token = ws_memmem(bytes, captured, ntlmssp_signature, sizeof ntlmssp_signature);

    while (token != NULL) {
        const uint8_t *next = ws_memmem(token + 1, (size_t)(end - token - 1), ntlmssp_signature,
                                        sizeof ntlmssp_signature);
        unsigned length = (unsigned)((next != NULL ? next : end) - token);

        if (length >= NTLMSSP_MIN_LENGTH && token[8] >= 1 && token[8] <= 3 && token[9] == 0 &&
            token[10] == 0 && token[11] == 0) {
            tvbuff_t *token_tvb = tvb_new_subset_length(
                tvb, (int)(offset + (unsigned)(token - bytes)), (int)length);
            ntlmssp_auth_t names;

            if (ntlmssp_auth_read(token_tvb, pinfo, &names))
                on_account(pinfo, names.domain, names.user, names.workstation);
            text_call_dissector(ntlmssp_handle, token_tvb, pinfo, tree);
        }
        token = next;
    }
}

const char *
opaque_data_dissect(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, unsigned offset,
                    int length, unsigned min_text)
{
    int reported = tvb_reported_length_remaining(tvb, (int)offset);
    int captured = tvb_captured_length_remaining(tvb, (int)offset);
    const char *text;
    proto_item *item;
    proto_tree *data_tree;

    if (length < 0 || length > reported)
        length = reported;
    if (captured > length)
        captured = length;
    if (length <= 0)
        return NULL;
    item = proto_tree_add_item(tree, hf_smsrc_data, tvb, (int)offset, MAX(captured, 0), ENC_NA);
    data_tree = proto_item_add_subtree(item, ett_smsrc_data);
    if (captured <= 0)
        return NULL;
    /* The search is expensive: only if its result is used. */
    if (min_text >= OPAQUE_DATA_MIN_TEXT && !proto_field_is_referenced(tree, hf_smsrc_text))
        text = NULL;
    else
        text = dissect_texts(tvb, pinfo, data_tree, offset, (unsigned)captured, min_text);
    dissect_ntlmssp_tokens(tvb, pinfo, tree, offset, (unsigned)captured);
    return text;
}

void
opaque_data_register(int proto, opaque_data_account_f report_account)
{
    static hf_register_info hf[] = {
        { &hf_smsrc_data,
          { "Data", "smsrc.data", FT_BYTES, BASE_NONE, NULL, 0x0,
            "Bytes whose meaning is not publicly known", HFILL } },
        { &hf_smsrc_text,
          { "Text", "smsrc.text", FT_STRING, BASE_NONE, NULL, 0x0,
            "Printable characters found in bytes whose meaning is not known", HFILL } },
        { &hf_smsrc_text_more,
          { "More text, not searched", "smsrc.text.more", FT_NONE, BASE_NONE, NULL, 0x0,
            "The bytes from here on were not searched for text", HFILL } },
    };
    static int *ett[] = { &ett_smsrc_data };

    on_account = report_account;
    proto_register_field_array(proto, hf, array_length(hf));
    proto_register_subtree_array(ett, array_length(ett));
}

void
opaque_data_handoff(void)
{
    ntlmssp_handle = find_dissector("ntlmssp");
}
