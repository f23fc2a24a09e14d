/* post-dissector.c
 * The one post-dissector, in which session log and audit see every packet
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * Wireshark's own work for a post-dissector is more than what the two do for most packets: so
 * there is one for both. And it is a protocol in name only, because for any other Wireshark
 * keeps a list of layers at each call; it shows nothing under its own name.
 */

#define WS_LOG_DOMAIN "smsrc"

#include "post-dissector.h"

#include "audit-tap.h"
#include "conversation-cache.h"
#include "session-tap.h"

static int proto_smsrc_post = -1;
static dissector_handle_t smsrc_post_handle;

static int
dissect_smsrc_post(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data _U_)
{
    /* What is shown is each one's own, and the first such layer of the packet. */
    pinfo->curr_proto_layer_num = 1;
    conversation_memo_follow(pinfo);
    smsrc_log_packet(tvb, pinfo, tree);
    smsrc_audit_packet(tvb, pinfo, tree);
    return 0;
}

bool
smsrc_post_is_enabled(void)
{
    return proto_is_protocol_enabled(find_protocol_by_id(proto_smsrc_post));
}

void
proto_register_smsrc_post(void)
{
    proto_smsrc_post = proto_register_protocol_in_name_only(
        "Microsoft SMS Sessions and Port Audit, asked of every packet", "SMSRC-POST",
        "smsrc.post", proto_get_id_by_filter_name("smsrc.log"), FT_PROTOCOL);
    register_init_routine(conversation_memo_reset);
}

void
proto_reg_handoff_smsrc_post(void)
{
    smsrc_post_handle = create_dissector_handle(dissect_smsrc_post, proto_smsrc_post);
    register_postdissector(smsrc_post_handle);
}
