/* message.c
 * Common parts of SMS Remote Control's messages
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * RCH0, TNMP and the USER record have one file each. This one has what all of them show: a sentence
 * of the Info column, a conclusion in the tree, a length that does not fit, unknown bytes. It also
 * finds where the next message begins.
 */

#include "message.h"

#include <wsutil/str_util.h>

#include "magic.h"
#include "message-tap.h"
#include "opaque-data.h"
#include "request-reply.h"
#include "text.h"

static expert_field ei_smsrc_length_mismatch = EI_INIT;

void
message_add_info(packet_info *pinfo, const char *sentence)
{
    col_append_sep_str(pinfo->cinfo, COL_INFO, "; ", text_shown(pinfo->pool, sentence));
}

proto_item *
message_add_conclusion(proto_tree *tree, int hf, tvbuff_t *tvb, const char *text)
{
    proto_item *item = proto_tree_add_string(tree, hf, tvb, 0, 0, text);

    proto_item_set_generated(item);
    return item;
}

void
message_add_mismatch(packet_info *pinfo, proto_item *item, const char *format, ...)
{
    va_list arguments;
    const char *text;

    va_start(arguments, format);
    text = wmem_strdup_vprintf(pinfo->pool, format, arguments);
    va_end(arguments);
    text_add_expert(pinfo, item, &ei_smsrc_length_mismatch, "%s", text);
}

void
message_add_links(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, unsigned offset,
                  const claim_t *claim, bool is_reply)
{
    bool is_stream = claim->transport == SESSION_TRANSPORT_TCP ||
                     claim->transport == SESSION_TRANSPORT_NETBIOS;
    const exchanged_t message = {
        .is_reply = is_reply,
        .how = claim->has_seq ? SENT_BY_TCP : is_stream ? SENT_IN_STREAM : SENT_IN_DATAGRAM,
        .seq = claim->seq + offset,
    };

    request_reply_add(pinfo, tree, tvb, &message);
}

unsigned
message_next(tvbuff_t *tvb, unsigned offset, bool stream)
{
    unsigned end = tvb_captured_length(tvb);
    const uint8_t *bytes;

    if (offset >= end)
        return tvb_reported_length(tvb);
    bytes = tvb_get_ptr(tvb, 0, (int)end);
    /* One search for both magics: a search for a missing one would read all bytes each time. */
    for (; offset + MAGIC_HEADER_LENGTH <= end; offset++) {
        content_e content;

        if (memcmp(bytes + offset, MAGIC_RCH_START, MAGIC_LENGTH) != 0 &&
            memcmp(bytes + offset, MAGIC_TNMP_START, MAGIC_LENGTH) != 0)
            continue;
        content = content_detect(tvb, offset, stream);
        if (content == CONTENT_RCH || content == CONTENT_TNMP)
            return offset;
    }
    return tvb_reported_length(tvb);
}

void
message_queue_unknown(tvbuff_t *tvb, packet_info *pinfo, unsigned offset, unsigned length,
                      const claim_t *claim)
{
    smsrc_message_tap_t *message = message_tap_queue(pinfo, claim->channel, claim->direction,
                                                     "Bytes of unknown meaning");
    int captured = tvb_captured_length_remaining(tvb, (int)offset);

    if (message == NULL || claim->channel != CHANNEL_CHAT || captured <= 0)
        return;
    message->num_bytes = MIN((unsigned)captured, length);
    message->bytes = tvb_get_ptr(tvb, (int)offset, (int)message->num_bytes);
}

void
message_dissect_unknown(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, unsigned offset,
                        int length, const claim_t *claim)
{
    bool chat = claim->channel == CHANNEL_CHAT;
    const char *direction = claim->direction == DIRECTION_TO_AGENT     ? ", viewer to agent"
                            : claim->direction == DIRECTION_TO_VIEWER ? ", agent to viewer"
                                                                      : "";
    const char *channel = claim->channel == CHANNEL_UNKNOWN ? "Remote control"
                                                            : channel_name(claim->channel);
    const char *text;

    if (length < 0)
        length = tvb_reported_length_remaining(tvb, (int)offset);
    message_add_info(pinfo, wmem_strdup_printf(pinfo->pool, "%s, %d byte%s%s", channel, length,
                                               plurality(length, "", "s"), direction));
    text = opaque_data_dissect(tvb, pinfo, tree, offset, length, chat ? 1 : OPAQUE_DATA_MIN_TEXT);
    if (chat && text != NULL)
        col_append_fstr(pinfo->cinfo, COL_INFO, ": %s", text_shown(pinfo->pool, text));
}

void
message_register(expert_module_t *expert)
{
    static ei_register_info ei[] = {
        { &ei_smsrc_length_mismatch,
          { "smsrc.length_mismatch", PI_PROTOCOL, PI_WARN,
            "A length or offset does not match the data", EXPFILL } },
    };

    expert_register_field_array(expert, ei, array_length(ei));
}
