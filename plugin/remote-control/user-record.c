/* user-record.c
 * The USER record of SMS Remote Control: the agent's product, host and user
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * The body of an information reply: version, product, the machine's name, who is logged on and who
 * is controlling it. The strings are at offsets that the record itself has. It was derived from
 * the replies to nmap's LANDesk-RC probe: Wuser32 shares LANDesk's code (Q193280, Q224574).
 */

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

/* A record that is being dissected. */
typedef struct {
    tvbuff_t *tvb;
    packet_info *pinfo;
    proto_tree *tree;
    uint32_t code_page;  /* 0: the record shows none */
    wmem_strbuf_t *info; /* for the Info column */
} record_t;

/* One of the record's offsets. */
typedef struct {
    proto_item *item;
    unsigned value;
    bool is_valid;
} record_offset_t;

/* The names of the record, in the order in which they are found. */
enum { NAME_CONTROLLER, NAME_HOST, NAME_USER, NUM_NAMES };

typedef struct {
    struct {
        unsigned at, size;
    } names[NUM_NAMES];
    unsigned count;
    unsigned zeros; /* NULs after the last one, with its own */
    unsigned tail;  /* where the bytes after the names begin */
} name_list_t;

/* Shows the bytes from @p at to @p end, which have no known meaning. */
static void
add_opaque(const record_t *record, unsigned at, unsigned end)
{
    opaque_data_dissect(record->tvb, record->pinfo, record->tree, at, (int)(end - at),
                        OPAQUE_DATA_MIN_TEXT);
}

/*
 * Returns the length of a NUL-terminated string between @p offset and @p end, with the NUL; 0
 * where it does not end before @p end or its bytes were not captured.
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
 * Shows a text of the record, of @p size bytes with its NUL, in the code page that the record
 * shows: in ASCII where it shows none, or one that is not known here. Bytes that are not text are
 * U+FFFD.
 */
static const char *
add_text(const record_t *record, int hf, unsigned at, unsigned size)
{
    wmem_allocator_t *pool = record->pinfo->pool;
    const char *text = NULL;

    if (size > 0) { /* of no bytes, what tvb_get_ptr() gives may be NULL */
        const char *bytes = (const char *)tvb_get_ptr(record->tvb, (int)at, (int)size);

        text = code_page_to_utf8(pool, record->code_page, (const uint8_t *)bytes,
                                 strnlen(bytes, size));
    }

    if (text == NULL)
        text = (const char *)tvb_get_string_enc(pool, record->tvb, (int)at, (int)size, ENC_ASCII);
    proto_tree_add_string(record->tree, hf, record->tvb, (int)at, (int)size,
                          text_shown(pool, text));
    return text;
}

/* Returns where the next name begins, or @p end. Counts the NULs before it. */
static unsigned
find_name(tvbuff_t *tvb, unsigned at, unsigned end, unsigned *zeros)
{
    for (; at < end && !is_name_start(tvb_get_uint8(tvb, (int)at)); at++)
        *zeros = tvb_get_uint8(tvb, (int)at) == 0 ? *zeros + 1 : 0;
    return at;
}

/* Finds the names from @p offset on, and shows the bytes before and between them. */
static void
find_names(const record_t *record, const record_offset_t *offset, name_list_t *list)
{
    unsigned end = tvb_reported_length(record->tvb);

    memset(list, 0, sizeof *list);
    list->tail = end;
    for (unsigned at = offset->value; at < end;) {
        unsigned filler = at, size;

        at = find_name(record->tvb, at, end, &list->zeros);
        if (at == end && list->count > 0) {
            /* The first of three NULs or more is an empty user's. */
            list->tail = list->zeros >= 3 ? filler + 1 : filler;
            return;
        }
        add_opaque(record, filler, at);
        if (at == end)
            return;
        size = string_size(record->tvb, at, end);
        if (size == 0 || list->count == NUM_NAMES) {
            message_add_mismatch(record->pinfo, offset->item,
                                 "The names do not end inside the record");
            add_opaque(record, at, end);
            return;
        }
        list->names[list->count].at = at;
        list->names[list->count].size = size;
        list->count++;
        at += size;
        list->zeros = 1;
    }
}

/* Returns which name the first one found is: the user is the last, unless it is empty. */
static unsigned
first_name(const name_list_t *list)
{
    if (list->count == 1)
        return NAME_HOST;
    return list->zeros >= 3 ? NAME_CONTROLLER : NUM_NAMES - list->count;
}

/* Reports the names to the session log and to the Info column. */
static void
report_names(const record_t *record, const char *const values[NUM_NAMES])
{
    static const session_name_e which[] = {
        [NAME_CONTROLLER] = SESSION_NAME_CONTROLLER,
        [NAME_HOST] = SESSION_NAME_HOST,
        [NAME_USER] = SESSION_NAME_USER,
    };

    for (unsigned i = 0; i < NUM_NAMES; i++) {
        if (values[i] != NULL)
            session_events_report_name(record->pinfo, which[i], values[i]);
    }
    if (values[NAME_HOST] != NULL)
        wmem_strbuf_append_printf(record->info, ", host %s", values[NAME_HOST]);
    if (values[NAME_USER] != NULL)
        wmem_strbuf_append_printf(record->info, ", user %s", values[NAME_USER]);
    else
        wmem_strbuf_append(record->info, ", no user");
    if (values[NAME_CONTROLLER] != NULL)
        wmem_strbuf_append_printf(record->info, ", controlled by %s", values[NAME_CONTROLLER]);
}

/*
 * The names: bytes that are not a name, then controller (only while controlled), host and user,
 * each with its NUL, then one NUL more. An empty user leaves three NULs after the host instead of
 * two after the user, which is how nmap's expressions distinguish them.
 */
static void
dissect_names(const record_t *record, const record_offset_t *offset)
{
    static int *const fields[] = { &hf_smsrc_user_controller, &hf_smsrc_user_host,
                                   &hf_smsrc_user_user };
    const char *values[NUM_NAMES] = { NULL };
    name_list_t list;
    unsigned first;

    find_names(record, offset, &list);
    if (list.count == 0) {
        message_add_mismatch(record->pinfo, offset->item,
                             "There is no host name where the record points to");
        return;
    }
    first = first_name(&list);
    for (unsigned i = 0; i < list.count && first + i < NUM_NAMES; i++)
        values[first + i] = add_text(record, *fields[first + i], list.names[i].at,
                                     list.names[i].size);
    if (values[NAME_USER] == NULL && list.zeros >= 3)
        proto_tree_add_item(record->tree, hf_smsrc_user_user, record->tvb,
                            (int)(list.names[list.count - 1].at + list.names[list.count - 1].size),
                            1, ENC_ASCII);
    add_opaque(record, list.tail, tvb_reported_length(record->tvb));
    report_names(record, values);
}

/* Shows one of the record's offsets, and checks that it is between @p low and the end. */
static record_offset_t
dissect_offset(const record_t *record, int hf, unsigned at, unsigned low)
{
    unsigned length = tvb_reported_length(record->tvb);
    uint32_t value;
    record_offset_t offset = {
        .item = proto_tree_add_item_ret_uint(record->tree, hf, record->tvb, (int)at, 2,
                                             ENC_LITTLE_ENDIAN, &value),
    };

    offset.value = value;
    offset.is_valid = value >= low && value <= length;
    if (!offset.is_valid)
        message_add_mismatch(record->pinfo, offset.item,
                             "Offset %u is outside of %u to %u, where it has to point", value,
                             low, length);
    return offset;
}

/* Shows what is between the offsets and @p end: variant 08 has a code page at a known place. */
static void
dissect_code_page(record_t *record, uint32_t version, unsigned end)
{
    unsigned after = USER_CODE_PAGE + 2;

    if (version >> 8 != 8 || end < after) {
        add_opaque(record, USER_FIXED_LENGTH, end);
        return;
    }
    add_opaque(record, USER_FIXED_LENGTH, USER_CODE_PAGE);
    proto_tree_add_item_ret_uint(record->tree, hf_smsrc_user_code_page, record->tvb,
                                 USER_CODE_PAGE, 2, ENC_LITTLE_ENDIAN, &record->code_page);
    add_opaque(record, after, end);
}

static void
dissect_product(const record_t *record, const record_offset_t *product,
                const record_offset_t *block, const record_offset_t *names)
{
    unsigned length = tvb_reported_length(record->tvb);
    unsigned end = block->is_valid ? block->value : length;
    unsigned next = names->is_valid ? names->value : length;
    unsigned size = string_size(record->tvb, product->value, end);
    const char *name;

    if (size == 0) {
        message_add_mismatch(record->pinfo, product->item,
                             "The product string does not end before offset %u", end);
        size = end - product->value;
    } else if (block->is_valid && product->value + size != block->value) {
        message_add_mismatch(record->pinfo, block->item, "The product string ends at offset %u",
                             product->value + size);
    }
    name = add_text(record, hf_smsrc_user_product, product->value, size);
    if (*name != '\0')
        wmem_strbuf_append_printf(record->info, ", %s", name);
    if (product->value + size < next && (names->is_valid || !block->is_valid))
        add_opaque(record, product->value + size, next);
}

static void
dissect_fields(record_t *record)
{
    unsigned length = tvb_reported_length(record->tvb);
    record_offset_t product, block, names;
    uint32_t version;

    proto_tree_add_item_ret_uint(record->tree, hf_smsrc_user_version, record->tvb, USER_VERSION, 2,
                                 ENC_LITTLE_ENDIAN, &version);
    add_opaque(record, USER_ECHO, USER_PRODUCT_OFFSET);
    product = dissect_offset(record, hf_smsrc_user_product_offset, USER_PRODUCT_OFFSET,
                             USER_FIXED_LENGTH);
    block = dissect_offset(record, hf_smsrc_user_block_offset, USER_BLOCK_OFFSET,
                           product.is_valid ? product.value + 1 : USER_FIXED_LENGTH);
    add_opaque(record, USER_BLOCK_OFFSET + 2, USER_NAMES_OFFSET);
    names = dissect_offset(record, hf_smsrc_user_names_offset, USER_NAMES_OFFSET,
                           block.is_valid ? block.value : USER_FIXED_LENGTH);
    add_opaque(record, USER_NAMES_OFFSET + 2, USER_FIXED_LENGTH);
    dissect_code_page(record, version,
                      product.is_valid ? product.value
                      : names.is_valid ? names.value
                                       : length);
    if (product.is_valid)
        dissect_product(record, &product, &block, &names);
    if (names.is_valid)
        dissect_names(record, &names);
}

void
user_record_dissect(tvbuff_t *tvb, packet_info *pinfo, proto_tree *parent)
{
    unsigned length = tvb_reported_length(tvb);
    record_t record = {
        .tvb = tvb,
        .pinfo = pinfo,
        .info = wmem_strbuf_new(pinfo->pool, "Information reply"),
    };
    proto_item *item;

    session_events_report_reply(pinfo, SESSION_REPLY_ANSWERED, "");
    item = proto_tree_add_item(parent, hf_smsrc_user, tvb, MAGIC_USER_OFFSET, -1, ENC_NA);
    record.tree = proto_item_add_subtree(item, ett_smsrc_user);
    if (length >= USER_FIXED_LENGTH) {
        dissect_fields(&record);
    } else {
        message_add_mismatch(pinfo, item, "The record needs %u bytes, its message has %u",
                             USER_FIXED_LENGTH, length);
        opaque_data_dissect(tvb, pinfo, record.tree, USER_VERSION, -1, OPAQUE_DATA_MIN_TEXT);
    }
    message_add_info(pinfo, wmem_strbuf_get_str(record.info));
}

void
user_record_register(int proto)
{
    static hf_register_info hf[] = {
        { &hf_smsrc_user,
          { "Agent information", "smsrc.user", FT_NONE, BASE_NONE, NULL, 0x0,
            "The USER record, in which an agent describes itself", HFILL } },
        { &hf_smsrc_user_version,
          { "Version", "smsrc.user.version", FT_UINT16, BASE_HEX, NULL, 0x0,
            "The high byte determines the layout of the record", HFILL } },
        { &hf_smsrc_user_product_offset,
          { "Offset of the product", "smsrc.user.product_offset", FT_UINT16, BASE_DEC, NULL, 0x0,
            "From the start of the message's body", HFILL } },
        { &hf_smsrc_user_block_offset,
          { "Offset after the product", "smsrc.user.block_offset", FT_UINT16, BASE_DEC, NULL,
            0x0, "From the start of the message's body", HFILL } },
        { &hf_smsrc_user_names_offset,
          { "Offset of the names", "smsrc.user.names_offset", FT_UINT16, BASE_DEC, NULL, 0x0,
            "From the start of the message's body", HFILL } },
        { &hf_smsrc_user_code_page,
          { "Code page", "smsrc.user.code_page", FT_UINT16, BASE_DEC, NULL, 0x0,
            "OEM code page (inferred)", HFILL } },
        { &hf_smsrc_user_product,
          { "Product", "smsrc.user.product", FT_STRINGZ, BASE_NONE, NULL, 0x0,
            "Name and version of the agent's software, as reported by the agent", HFILL } },
        { &hf_smsrc_user_controller,
          { "Controlled by", "smsrc.user.controller", FT_STRINGZ, BASE_NONE, NULL, 0x0,
            "The viewer that controls the agent", HFILL } },
        { &hf_smsrc_user_host,
          { "Host", "smsrc.user.host", FT_STRINGZ, BASE_NONE, NULL, 0x0,
            "Name of the agent's machine", HFILL } },
        { &hf_smsrc_user_user,
          { "User", "smsrc.user.user", FT_STRINGZ, BASE_NONE, NULL, 0x0,
            "User who is logged on at the agent; empty if there is none", HFILL } },
    };
    static int *ett[] = { &ett_smsrc_user };

    proto_register_field_array(proto, hf, array_length(hf));
    proto_register_subtree_array(ett, array_length(ett));
}
