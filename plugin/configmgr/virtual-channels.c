/* virtual-channels.c
 * Virtual channels of ConfigMgr in its RDP: sessarb and curtain
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * The events are known from sccm-rc-viewer (its protocol page, 6 and 7, and rdp.rs), which connects
 * to real agents; plugin/doc/protocol.md has its address:
 *
 *   sessarb: u32 tag 2, u32 length 16, u32 type, u32 argument: 1 host in use, 4 host allowed
 *            u32 tag 2, u32 length 1036, u32 type 5, 1024 bytes UTF-16LE with zeros after it:
 *            the viewer takes a host over that is in use, by its own machine's name
 *   curtain: u32 tag 1, u32 length 12, u32 type: 5 on, 6 off
 *
 * Wireshark's RDP dissector shows the channel PDU (MS-RDPBCGR 2.2.6.1) and has no place for the
 * channels of others, so this file parses what is needed to find them: the names that the client
 * requests (2.2.1.3.4), the numbers that the server assigns in the same order (2.2.1.4.4), and
 * MCS's send data PDUs (T.125) without the security header, which RDP without encryption does not
 * have.
 */

#include "virtual-channels.h"

#include "bounds.h"
#include "text.h"

/* Length of TPKT and X.224's data header, before every MCS PDU. */
#define MCS_OFFSET 7

#define MCS_CONNECT_INITIAL 0x7f65
#define MCS_CONNECT_RESPONSE 0x7f66
#define MCS_SEND_DATA_REQUEST 0x64
#define MCS_SEND_DATA_INDICATION 0x68

/* User data blocks of the connect PDUs. */
#define CS_NET 0xc003
#define SC_NET 0x0c03
#define BLOCK_HEADER_LENGTH 4
#define CHANNEL_DEF_LENGTH 12

#define CHANNEL_HEADER_LENGTH 8
#define CHANNEL_FLAG_FIRST 0x00000001
#define CHANNEL_FLAG_COMPRESSED 0x00200000

#define EVENT_TYPE 8
#define EVENT_ARGUMENT 12

enum { SESSARB_IN_USE = 1, SESSARB_ALLOWED = 4, SESSARB_TAKE_OVER = 5 };
enum { CURTAIN_ON = 5, CURTAIN_OFF = 6 };

static int hf_cm_channel = -1;
static int hf_cm_sessarb = -1;
static int hf_cm_sessarb_tag = -1;
static int hf_cm_sessarb_length = -1;
static int hf_cm_sessarb_type = -1;
static int hf_cm_sessarb_arg = -1;
static int hf_cm_sessarb_machine = -1;
static int hf_cm_curtain = -1;
static int hf_cm_curtain_tag = -1;
static int hf_cm_curtain_length = -1;
static int hf_cm_curtain_type = -1;

static int ett_cm_sessarb = -1;
static int ett_cm_curtain = -1;

static const value_string sessarb_type_vals[] = {
    { SESSARB_IN_USE, "Host in use" },
    { SESSARB_ALLOWED, "Host allowed" },
    { SESSARB_TAKE_OVER, "Take over" },
    { 0, NULL },
};

static const value_string curtain_type_vals[] = {
    { CURTAIN_ON, "On" },
    { CURTAIN_OFF, "Off" },
    { 0, NULL },
};

/* --- The connect PDUs ------------------------------------------------------------------------ */

/* Returns the offset of the user data block @p type after GCC's key @p key; 0: none. */
static unsigned
find_block(tvbuff_t *tvb, const char *key, unsigned type, unsigned *length)
{
    unsigned captured = tvb_captured_length(tvb);
    const uint8_t *bytes = tvb_get_ptr(tvb, 0, (int)captured);
    const uint8_t *found = ws_memmem(bytes, captured, (const uint8_t *)key, strlen(key));
    unsigned at;

    if (found == NULL)
        return 0;
    /* After the key is the length of all blocks, of one byte or two (PER). */
    at = (unsigned)(found - bytes) + 4;
    if (at < captured)
        at += bytes[at] & 0x80 ? 2 : 1;
    while (at < captured && captured - at >= BLOCK_HEADER_LENGTH) {
        unsigned block_type = tvb_get_letohs(tvb, (int)at);
        unsigned block_length = tvb_get_letohs(tvb, (int)at + 2);

        if (block_length < BLOCK_HEADER_LENGTH || block_length > captured - at)
            return 0;
        if (block_type == type) {
            *length = block_length;
            return at;
        }
        at += block_length;
    }
    return 0;
}

static void
learn_names(tvbuff_t *tvb, cm_connection_t *connection)
{
    unsigned length, at = find_block(tvb, "Duca", CS_NET, &length);
    unsigned count;

    if (at == 0 || length < BLOCK_HEADER_LENGTH + 4)
        return;
    count = bounds_cut(BOUND_CM_CHANNELS, tvb_get_letohl(tvb, (int)at + 4), CM_MAX_CHANNELS);
    count = MIN(count, (length - BLOCK_HEADER_LENGTH - 4) / CHANNEL_DEF_LENGTH);
    memset(connection->channels, 0, sizeof connection->channels);
    connection->num_channels = count;
    for (unsigned i = 0; i < count; i++)
        tvb_memcpy(tvb, connection->channels[i].name, (int)(at + 8 + i * CHANNEL_DEF_LENGTH), 8);
}

static void
learn_numbers(tvbuff_t *tvb, cm_connection_t *connection)
{
    unsigned length, at = find_block(tvb, "McDn", SC_NET, &length);
    unsigned count;

    if (at == 0 || length < BLOCK_HEADER_LENGTH + 4)
        return;
    count = MIN(tvb_get_letohs(tvb, (int)at + 6), connection->num_channels);
    count = MIN(count, (length - BLOCK_HEADER_LENGTH - 4) / 2);
    for (unsigned i = 0; i < count; i++)
        connection->channels[i].id = tvb_get_letohs(tvb, (int)(at + 8 + i * 2));
}

/* --- The events ------------------------------------------------------------------------------ */

/* One of the two channels; their events have the same header. */
typedef struct {
    const char *name;
    int *hf_event, *hf_tag, *hf_length, *hf_type;
    int *ett;
    const value_string *types;
    /* Dissects what follows the header, if anything, and learns from it. Returns the text of the
     * event for the Info column; @p words is the name of @p type. */
    const char *(*dissect_rest)(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, uint32_t type,
                                const char *words, cm_connection_t *connection, bool learn);
} own_channel_t;

static const char *
dissect_sessarb_rest(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, uint32_t type,
                     const char *words, cm_connection_t *connection, bool learn)
{
    const uint8_t *machine;

    if (type != SESSARB_TAKE_OVER) {
        proto_tree_add_item(tree, hf_cm_sessarb_arg, tvb, EVENT_ARGUMENT, 4,
                            ENC_LITTLE_ENDIAN);
        if (learn && type == SESSARB_IN_USE && connection->in_use_frame == 0)
            connection->in_use_frame = pinfo->num;
        return words;
    }
    text_add_string(tree, hf_cm_sessarb_machine, tvb, EVENT_ARGUMENT,
                    tvb_reported_length_remaining(tvb, EVENT_ARGUMENT),
                    ENC_UTF_16 | ENC_LITTLE_ENDIAN, pinfo->pool, &machine);
    proto_item_append_text(proto_tree_get_parent(tree), " by %s",
                           text_label(pinfo->pool, (const char *)machine, 100));
    if (learn && connection->take_over_frame == 0) {
        connection->take_over_frame = pinfo->num;
        cm_connection_set_name(&connection->machine, (const char *)machine);
    }
    return wmem_strdup_printf(pinfo->pool, "%s by %s", words,
                              text_shown(pinfo->pool, (const char *)machine));
}

static const char *
dissect_curtain_rest(tvbuff_t *tvb _U_, packet_info *pinfo, proto_tree *tree _U_, uint32_t type,
                     const char *words, cm_connection_t *connection, bool learn)
{
    if (learn && type == CURTAIN_ON && connection->curtain_on_frame == 0)
        connection->curtain_on_frame = pinfo->num;
    return words;
}

static const own_channel_t own_channels[] = {
    { "sessarb", &hf_cm_sessarb, &hf_cm_sessarb_tag, &hf_cm_sessarb_length, &hf_cm_sessarb_type,
      &ett_cm_sessarb, sessarb_type_vals, dissect_sessarb_rest },
    { "curtain", &hf_cm_curtain, &hf_cm_curtain_tag, &hf_cm_curtain_length, &hf_cm_curtain_type,
      &ett_cm_curtain, curtain_type_vals, dissect_curtain_rest },
};

static const char *
dissect_event(tvbuff_t *tvb, packet_info *pinfo, proto_tree *parent, const own_channel_t *channel,
              cm_connection_t *connection, bool learn)
{
    proto_item *item = proto_tree_add_item(parent, *channel->hf_event, tvb, 0, -1, ENC_NA);
    proto_tree *tree = proto_item_add_subtree(item, *channel->ett);
    uint32_t type;
    const char *words;

    proto_tree_add_item(tree, *channel->hf_tag, tvb, 0, 4, ENC_LITTLE_ENDIAN);
    proto_tree_add_item(tree, *channel->hf_length, tvb, 4, 4, ENC_LITTLE_ENDIAN);
    proto_tree_add_item_ret_uint(tree, *channel->hf_type, tvb, EVENT_TYPE, 4, ENC_LITTLE_ENDIAN,
                                 &type);
    words = val_to_str_const(type, channel->types, "Unknown");
    proto_item_append_text(item, ": %s", words);
    return channel->dissect_rest(tvb, pinfo, tree, type, words, connection, learn);
}

/* --- MCS ------------------------------------------------------------------------------------- */

/* Dissects a send data PDU: after its header is the PDU of the channel with this number. */
static const char *
dissect_send_data(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, cm_connection_t *connection,
                  bool learn)
{
    unsigned id = tvb_get_ntohs(tvb, MCS_OFFSET + 3);
    unsigned at = MCS_OFFSET + (tvb_get_uint8(tvb, MCS_OFFSET + 6) & 0x80 ? 8 : 7);
    const cm_channel_t *channel = NULL;
    uint32_t flags;

    for (unsigned i = 0; i < connection->num_channels; i++) {
        if (connection->channels[i].id == id && id != 0)
            channel = &connection->channels[i];
    }
    if (channel == NULL)
        return NULL;
    flags = tvb_get_letohl(tvb, (int)at + 4);
    at += CHANNEL_HEADER_LENGTH;
    for (unsigned i = 0; i < array_length(own_channels); i++) {
        proto_item *item;
        const char *words;

        if (g_ascii_strcasecmp(channel->name, own_channels[i].name) != 0)
            continue;
        item = proto_tree_add_string(tree, hf_cm_channel, tvb, 0, 0, channel->name);
        proto_item_set_generated(item);
        /* Later fragments of an event, and compressed ones, are not dissected. */
        if (!(flags & CHANNEL_FLAG_FIRST) || flags & CHANNEL_FLAG_COMPRESSED)
            return NULL;
        words = dissect_event(tvb_new_subset_remaining(tvb, (int)at), pinfo, tree,
                              &own_channels[i], connection, learn);
        return wmem_strdup_printf(pinfo->pool, "%s: %s", channel->name, words);
    }
    return NULL;
}

const char *
virtual_channels_dissect(tvbuff_t *pdu, packet_info *pinfo, proto_tree *tree,
                         cm_connection_t *connection, bool learn)
{
    unsigned type;

    if (tvb_captured_length(pdu) < MCS_OFFSET + 2 || tvb_get_uint8(pdu, 0) != 3 ||
        tvb_get_ntoh24(pdu, 4) != 0x02f080)
        return NULL;
    type = tvb_get_ntohs(pdu, MCS_OFFSET);
    if (type == MCS_CONNECT_INITIAL && learn)
        learn_names(pdu, connection);
    else if (type == MCS_CONNECT_RESPONSE && learn)
        learn_numbers(pdu, connection);
    type >>= 8;
    if (type == MCS_SEND_DATA_REQUEST || type == MCS_SEND_DATA_INDICATION)
        return dissect_send_data(pdu, pinfo, tree, connection, learn);
    return NULL;
}

void
virtual_channels_register(int proto)
{
    static hf_register_info hf[] = {
        { &hf_cm_channel,
          { "Virtual channel", "smsrc.cm.channel", FT_STRING, BASE_NONE, NULL, 0x0,
            "Virtual RDP channel of ConfigMgr (sessarb, curtain), by the number that the agent "
            "assigned", HFILL } },
        { &hf_cm_sessarb,
          { "Session arbitration", "smsrc.cm.sessarb", FT_NONE, BASE_NONE, NULL, 0x0,
            "An event of session arbitration", HFILL } },
        { &hf_cm_sessarb_tag,
          { "Tag", "smsrc.cm.sessarb.tag", FT_UINT32, BASE_DEC, NULL, 0x0,
            "The number that an event begins with", HFILL } },
        { &hf_cm_sessarb_length,
          { "Length", "smsrc.cm.sessarb.length", FT_UINT32, BASE_DEC, NULL, 0x0,
            "Bytes of the event from its tag on", HFILL } },
        { &hf_cm_sessarb_type,
          { "Type", "smsrc.cm.sessarb.type", FT_UINT32, BASE_DEC, VALS(sessarb_type_vals), 0x0,
            "Type of the event", HFILL } },
        { &hf_cm_sessarb_arg,
          { "Argument", "smsrc.cm.sessarb.arg", FT_UINT32, BASE_DEC, NULL, 0x0,
            "Its meaning is not known", HFILL } },
        { &hf_cm_sessarb_machine,
          { "Machine", "smsrc.cm.sessarb.machine", FT_STRINGZ, BASE_NONE, NULL, 0x0,
            "The machine of the viewer that takes over the host", HFILL } },
        { &hf_cm_curtain,
          { "Screen curtain", "smsrc.cm.curtain", FT_NONE, BASE_NONE, NULL, 0x0,
            "An event of the curtain, which blanks the screen of the agent", HFILL } },
        { &hf_cm_curtain_tag,
          { "Tag", "smsrc.cm.curtain.tag", FT_UINT32, BASE_DEC, NULL, 0x0,
            "The number that an event begins with", HFILL } },
        { &hf_cm_curtain_length,
          { "Length", "smsrc.cm.curtain.length", FT_UINT32, BASE_DEC, NULL, 0x0,
            "Bytes of the event from its tag on", HFILL } },
        { &hf_cm_curtain_type,
          { "Type", "smsrc.cm.curtain.type", FT_UINT32, BASE_DEC, VALS(curtain_type_vals), 0x0,
            "Type of the event", HFILL } },
    };
    static int *ett[] = { &ett_cm_sessarb, &ett_cm_curtain };

    proto_register_field_array(proto, hf, array_length(hf));
    proto_register_subtree_array(ett, array_length(ett));
}
