/* post-dissector.c
 * The post-dissector: passes every packet to the session log and to the audit
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * For most packets a post-dissector costs Wireshark more than session log and audit do, so both
 * share one. It is a protocol in name only: for any other, Wireshark adds a layer at each call. A
 * protocol in name only is disabled with its parent, and neither of the two may disable the other,
 * so the parent is a protocol that is always enabled. Each of the two checks whether the user has
 * disabled it.
 */

#include "post-dissector.h"

#include "packet-smsrc-audit.h"
#include "conversation-cache.h"
#include "packet-view.h"
#include "session-tap.h"
#include "tcp-state.h"

static int proto_smsrc_post = -1;
static dissector_handle_t smsrc_post_handle;

static int
dissect_smsrc_post(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data _U_)
{
    packet_view_t packet = packet_view_open(tvb, pinfo, tree);

    /* Session log and audit add their own protocols, each the first of its kind. */
    pinfo->curr_proto_layer_num = 1;
    conversation_cache_update(pinfo);
    smsrc_log_packet(&packet);
    smsrc_audit_packet(&packet);
    return 0;
}

static void
reset(void)
{
    conversation_cache_reset();
    tcp_state_reset();
}

void
proto_register_smsrc_post(void)
{
    int parent = proto_register_protocol("Microsoft SMS Sessions and Port Audit", "SMSRC-POST",
                                         "smsrc.post");

    proto_set_cant_toggle(parent);
    proto_smsrc_post = proto_register_protocol_in_name_only(
        "Microsoft SMS Sessions and Port Audit, called for every packet", "SMSRC-POST-PACKET",
        "smsrc.post.packet", parent, FT_PROTOCOL);
    register_init_routine(reset);
}

void
proto_reg_handoff_smsrc_post(void)
{
    packet_view_init();
    tcp_state_init(proto_smsrc_post);
    smsrc_post_handle = create_dissector_handle(dissect_smsrc_post, proto_smsrc_post);
    register_postdissector(smsrc_post_handle);
}
