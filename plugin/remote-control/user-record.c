/* user-record.c
 * The USER record: what an agent of SMS Remote Control tells of itself
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * The body of an information reply: version, product, the machine's name, who is logged on and who
 * is controlling it. The strings stand at offsets that the record itself gives. It was read off
 * the replies to nmap's LANDesk-RC probe: Wuser32 shares LANDesk's code (Q193280, Q224574).
 */

#define WS_LOG_DOMAIN "smsrc"

#include "user-record.h"

#include "code-page.h"
#include "magic.h"
#include "message.h"
#include "opaque-data.h"
#include "session-events.h"
#include "text.h"

/* Offsets in the record, from the start of the body of its message. */
#define USER_VERSION 8
#define USER_ECHO 10
#define USER_PRODUCT_OFFSET 22
#define USER_BLOCK_OFFSET 24
#define USER_NAMES_OFFSET 28
#define USER_FIXED_LENGTH 32
#define USER_CODE_PAGE 58

static int hf_smsrc_user = -1;
static int hf_smsrc_user_version = -1;
static int hf_smsrc_user_product_offset = -1;
static int hf_smsrc_user_block_offset = -1;
static int hf_smsrc_user_names_offset = -1;
static int hf_smsrc_user_code_page = -1;
static int hf_smsrc_user_product = -1;
static int hf_smsrc_user_controller = -1;
static int hf_smsrc_user_host = -1;
static int hf_smsrc_user_user = -1;

static int ett_smsrc_user = -1;

bool
user_record_is(tvbuff_t *tvb)
{
    return tvb_memeql(tvb, MAGIC_USER_OFFSET, (const uint8_t *)MAGIC_USER, MAGIC_LENGTH) == 0;
}

/*
 * A NUL-terminated string of the record between @p offset and @p end: its length with the
 * NUL, or 0 where it does not end before @p end or its bytes were not captured.
 */
static unsigned
string_size(tvbuff_t *tvb, unsigned offset, unsigned end)
{
    for (unsigned at = offset; at < end; at++) {
        if (tvb_get_uint8(tvb, (int)at) == 0)
            return at + 1 - offset;
    }
    return 0;
}

static bool
is_name_start(uint8_t c)
{
    return g_ascii_isalnum(c) || c == '_' || c >= 0x80;
}

/*
 * A text of the record, of @p size bytes with its NUL, in the code page that the record shows: in
 * ASCII where it shows none (0), or one that is not known here. Bytes that are no text are U+FFFD.
 */
static const char *
add_text(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, int hf, unsigned at, unsigned size,
         unsigned code_page)
{
    const char *text = NULL;

    if (size > 0) { /* of no bytes, what tvb_get_ptr() gives may be NULL */
        const char *bytes = (const char *)tvb_get_ptr(tvb, (int)at, (int)size);

        text = code_page_to_utf8(pinfo->pool, code_page, (const uint8_t *)bytes,
                                 strnlen(bytes, size));
    }

    if (text == NULL)
        text = (const char *)tvb_get_string_enc(pinfo->pool, tvb, (int)at, (int)size, ENC_ASCII);
    proto_tree_add_string(tree, hf, tvb, (int)at, (int)size, text_shown(pinfo->pool, text));
    return text;
}

/*
 * The names: bytes that are no name, then controller (only while controlled), host and user, each
 * with its NUL, then one NUL more. An empty user leaves three NULs behind the host instead of
 * two behind the user, which is how nmap's expressions tell them apart.
 */
static void
dissect_names(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, proto_item *offset_item,
              unsigned offset, unsigned end, unsigned code_page, wmem_strbuf_t *info)
{
    struct {
        unsigned at, size;
    } names[3];
    static int *const fields[] = { &hf_smsrc_user_controller, &hf_smsrc_user_host,
                                   &hf_smsrc_user_user };
    const char *values[3] = { NULL, NULL, NULL };
    unsigned count = 0, first, zeros = 0, tail = end;

    for (unsigned at = offset; at < end;) {
        unsigned size, filler = at;

        while (at < end && !is_name_start(tvb_get_uint8(tvb, (int)at))) {
            zeros = tvb_get_uint8(tvb, (int)at) == 0 ? zeros + 1 : 0;
            at++;
        }
        if (at == end && count > 0) {
            /* An empty user's NUL is its own. */
            tail = zeros >= 3 ? filler + 1 : filler;
            break;
        }
        opaque_data_dissect(tvb, pinfo, tree, filler, (int)(at - filler), OPAQUE_DATA_MIN_TEXT);
        if (at == end)
            break;
        size = string_size(tvb, at, end);
        if (size == 0 || count == array_length(names)) {
            message_add_mismatch(pinfo, offset_item, "The names do not end inside the record");
            opaque_data_dissect(tvb, pinfo, tree, at, (int)(end - at), OPAQUE_DATA_MIN_TEXT);
            break;
        }
        names[count].at = at;
        names[count].size = size;
        count++;
        at += size;
        zeros = 1;
    }
    if (count == 0) {
        message_add_mismatch(pinfo, offset_item,
                             "There is no host name where the record points to");
        return;
    }
    /* Which of the three the first one is: the user is the last, unless it is empty. */
    first = zeros >= 3 || count == 1 ? (count == 1 ? 1 : 0) : 3 - count;
    for (unsigned i = 0; i < count && first + i < array_length(fields); i++) {
        values[first + i] = add_text(tvb, pinfo, tree, *fields[first + i], names[i].at,
                                      names[i].size, code_page);
    }
    if (values[2] == NULL && zeros >= 3)
        proto_tree_add_item(tree, hf_smsrc_user_user, tvb,
                            (int)(names[count - 1].at + names[count - 1].size), 1, ENC_ASCII);
    opaque_data_dissect(tvb, pinfo, tree, tail, (int)(end - tail), OPAQUE_DATA_MIN_TEXT);
    for (unsigned i = 0; i < array_length(values); i++) {
        static const session_name_e which[] = { SESSION_NAME_CONTROLLER, SESSION_NAME_HOST,
                                                SESSION_NAME_USER };

        if (values[i] != NULL)
            session_events_report_name(pinfo, which[i], values[i]);
    }
    if (values[1] != NULL)
        wmem_strbuf_append_printf(info, ", host %s", values[1]);
    if (values[2] != NULL)
        wmem_strbuf_append_printf(info, ", user %s", values[2]);
    else
        wmem_strbuf_append(info, ", no user");
    if (values[0] != NULL)
        wmem_strbuf_append_printf(info, ", controlled by %s", values[0]);
}

/* One of the record's own offsets: shown, and checked to lie between @p low and the end. */
static bool
dissect_offset(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, int hf, unsigned at,
               unsigned low, unsigned *value, proto_item **item)
{
    unsigned length = tvb_reported_length(tvb);
    uint32_t offset;

    *item = proto_tree_add_item_ret_uint(tree, hf, tvb, (int)at, 2, ENC_LITTLE_ENDIAN, &offset);
    *value = offset;
    if (offset < low || offset > length) {
        message_add_mismatch(pinfo, *item,
                             "Offset %u is outside of %u to %u, where it has to point", offset, low,
                             length);
        return false;
    }
    return true;
}

void
user_record_dissect(tvbuff_t *tvb, packet_info *pinfo, proto_tree *parent)
{
    proto_item *item, *product_item, *block_item, *names_item;
    proto_tree *tree;
    uint32_t version;
    unsigned length = tvb_reported_length(tvb);
    unsigned product, block, names, fixed_end;
    uint32_t code_page = 0;
    bool product_ok, block_ok, names_ok;
    wmem_strbuf_t *info = wmem_strbuf_new(pinfo->pool, "Information reply");

    session_events_report_reply(pinfo, SESSION_REPLY_ANSWERED, "");
    item = proto_tree_add_item(parent, hf_smsrc_user, tvb, MAGIC_USER_OFFSET, -1, ENC_NA);
    tree = proto_item_add_subtree(item, ett_smsrc_user);
    if (length < USER_FIXED_LENGTH) {
        message_add_mismatch(pinfo, item, "The record needs %u bytes, its message has %u",
                             USER_FIXED_LENGTH, length);
        opaque_data_dissect(tvb, pinfo, tree, USER_VERSION, -1, OPAQUE_DATA_MIN_TEXT);
        message_add_info(pinfo, wmem_strbuf_get_str(info));
        return;
    }
    proto_tree_add_item_ret_uint(tree, hf_smsrc_user_version, tvb, USER_VERSION, 2,
                                 ENC_LITTLE_ENDIAN, &version);
    opaque_data_dissect(tvb, pinfo, tree, USER_ECHO, USER_PRODUCT_OFFSET - USER_ECHO,
                        OPAQUE_DATA_MIN_TEXT);
    product_ok = dissect_offset(tvb, pinfo, tree, hf_smsrc_user_product_offset, USER_PRODUCT_OFFSET,
                                USER_FIXED_LENGTH, &product, &product_item);
    block_ok = dissect_offset(tvb, pinfo, tree, hf_smsrc_user_block_offset, USER_BLOCK_OFFSET,
                              product_ok ? product + 1 : USER_FIXED_LENGTH, &block, &block_item);
    opaque_data_dissect(tvb, pinfo, tree, USER_BLOCK_OFFSET + 2,
                    USER_NAMES_OFFSET - USER_BLOCK_OFFSET - 2, OPAQUE_DATA_MIN_TEXT);
    names_ok = dissect_offset(tvb, pinfo, tree, hf_smsrc_user_names_offset, USER_NAMES_OFFSET,
                              block_ok ? block : USER_FIXED_LENGTH, &names, &names_item);
    opaque_data_dissect(tvb, pinfo, tree, USER_NAMES_OFFSET + 2,
                    USER_FIXED_LENGTH - USER_NAMES_OFFSET - 2, OPAQUE_DATA_MIN_TEXT);

    /* Between the offsets and the product: only variant 08 has a code page at a known place. */
    fixed_end = product_ok ? product : names_ok ? names : length;
    if (version >> 8 == 8 && fixed_end >= USER_CODE_PAGE + 2) {
        opaque_data_dissect(tvb, pinfo, tree, USER_FIXED_LENGTH, USER_CODE_PAGE - USER_FIXED_LENGTH,
                        OPAQUE_DATA_MIN_TEXT);
        proto_tree_add_item_ret_uint(tree, hf_smsrc_user_code_page, tvb, USER_CODE_PAGE, 2,
                                     ENC_LITTLE_ENDIAN, &code_page);
        opaque_data_dissect(tvb, pinfo, tree, USER_CODE_PAGE + 2,
                        (int)(fixed_end - USER_CODE_PAGE - 2), OPAQUE_DATA_MIN_TEXT);
    } else {
        opaque_data_dissect(tvb, pinfo, tree, USER_FIXED_LENGTH,
                            (int)(fixed_end - USER_FIXED_LENGTH), OPAQUE_DATA_MIN_TEXT);
    }
    if (product_ok) {
        unsigned end = block_ok ? block : length;
        unsigned size = string_size(tvb, product, end);
        const char *name;

        if (size == 0) {
            message_add_mismatch(pinfo, product_item,
                                 "The product string does not end before offset %u", end);
            size = end - product;
        } else if (block_ok && product + size != block) {
            message_add_mismatch(pinfo, block_item, "The product string ends at offset %u",
                                 product + size);
        }
        name = add_text(tvb, pinfo, tree, hf_smsrc_user_product, product, size, code_page);
        if (*name != '\0')
            wmem_strbuf_append_printf(info, ", %s", name);
        if (product + size < (names_ok ? names : length) && (names_ok || !block_ok))
            opaque_data_dissect(tvb, pinfo, tree, product + size,
                            (int)((names_ok ? names : length) - product - size),
                            OPAQUE_DATA_MIN_TEXT);
    }
    if (names_ok)
        dissect_names(tvb, pinfo, tree, names_item, names, length, code_page, info);
    message_add_info(pinfo, wmem_strbuf_get_str(info));
}

void
user_record_register(int proto)
{
    static hf_register_info hf[] = {
        { &hf_smsrc_user,
          { "Agent information", "smsrc.user", FT_NONE, BASE_NONE, NULL, 0x0,
            "The USER record, by which an agent tells of itself", HFILL } },
        { &hf_smsrc_user_version,
          { "Version", "smsrc.user.version", FT_UINT16, BASE_HEX, NULL, 0x0,
            "Its high byte goes with the record's layout", HFILL } },
        { &hf_smsrc_user_product_offset,
          { "Offset of the product", "smsrc.user.product_offset", FT_UINT16, BASE_DEC, NULL, 0x0,
            "From the start of the message's body", HFILL } },
        { &hf_smsrc_user_block_offset,
          { "Offset behind the product", "smsrc.user.block_offset", FT_UINT16, BASE_DEC, NULL,
            0x0, "From the start of the message's body", HFILL } },
        { &hf_smsrc_user_names_offset,
          { "Offset of the names", "smsrc.user.names_offset", FT_UINT16, BASE_DEC, NULL, 0x0,
            "From the start of the message's body", HFILL } },
        { &hf_smsrc_user_code_page,
          { "Code page", "smsrc.user.code_page", FT_UINT16, BASE_DEC, NULL, 0x0,
            "OEM code page (inferred)", HFILL } },
        { &hf_smsrc_user_product,
          { "Product", "smsrc.user.product", FT_STRINGZ, BASE_NONE, NULL, 0x0,
            "Name and version of the agent's software, as the agent tells them", HFILL } },
        { &hf_smsrc_user_controller,
          { "Controlled by", "smsrc.user.controller", FT_STRINGZ, BASE_NONE, NULL, 0x0,
            "Who is controlling the agent now", HFILL } },
        { &hf_smsrc_user_host,
          { "Host", "smsrc.user.host", FT_STRINGZ, BASE_NONE, NULL, 0x0,
            "Name of the agent's machine", HFILL } },
        { &hf_smsrc_user_user,
          { "User", "smsrc.user.user", FT_STRINGZ, BASE_NONE, NULL, 0x0,
            "Who is logged on at the agent; empty for nobody", HFILL } },
    };
    static int *ett[] = { &ett_smsrc_user };

    proto_register_field_array(proto, hf, array_length(hf));
    proto_register_subtree_array(ett, array_length(ett));
}
