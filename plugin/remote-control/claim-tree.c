/* claim-tree.c
 * The fields of a claim: channel, direction, generation, and why it is shown as SMS
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "claim-tree.h"

#include "message.h"
#include "session-tap.h"

static int hf_smsrc_channel = -1;
static int hf_smsrc_channel_iana = -1;
static int hf_smsrc_direction = -1;
static int hf_smsrc_generation = -1;
static int hf_smsrc_claimed_by = -1;

static expert_field ei_smsrc_udp = EI_INIT;

/*
 * What the plugin concludes, rather than reads, is shown by strings: users type them in a filter,
 * and tshark -T fields prints them where it would print a number.
 */
static const char *const generation_names[] = {
    [GENERATION_OLDER] = "SMS 1.x or 2.0 before SP2",
    [GENERATION_NEWER] = "SMS 2.0 SP2 or 2003",
};

static const char *const basis_names[] = {
    [BASIS_CONTENT] = "Content",
    [BASIS_SESSION] = "Session",
    [BASIS_USER] = "User",
    [BASIS_PORT] = "Port",
};

static const char *const basis_explanations[] = {
    [BASIS_CONTENT] = "the protocol's own signature",
    [BASIS_SESSION] = "these two hosts have a session proven by its content",
    [BASIS_USER] = "Decode As, or a port added in the preferences",
    [BASIS_PORT] = "known by its port alone",
};

void
claim_tree_add(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, proto_item *top,
               const claim_t *claim)
{
    const char *iana_name = channel_iana_name(claim->server_port);
    proto_item *item;

    if (claim->channel != CHANNEL_UNKNOWN) {
        proto_item_append_text(top, ", %s", channel_name(claim->channel));
        message_add_conclusion(tree, hf_smsrc_channel, tvb, channel_name(claim->channel));
        if (iana_name != NULL)
            message_add_conclusion(tree, hf_smsrc_channel_iana, tvb, iana_name);
    }
    if (claim->direction != DIRECTION_UNKNOWN) {
        proto_item_append_text(top, ", %s", channel_direction_name(claim->direction));
        message_add_conclusion(tree, hf_smsrc_direction, tvb,
                               channel_direction_name(claim->direction));
    }
    if (claim->generation != GENERATION_UNKNOWN && !claim->configmgr)
        message_add_conclusion(tree, hf_smsrc_generation, tvb, generation_names[claim->generation]);
    item = message_add_conclusion(tree, hf_smsrc_claimed_by, tvb, basis_names[claim->basis]);
    proto_item_append_text(item, " (%s)", basis_explanations[claim->basis]);
    if (claim->basis == BASIS_PORT)
        proto_item_append_text(top, ", known by its port alone");
    if (claim->session != NULL)
        session_tap_add_session(pinfo, tree, tvb, claim->session);
    if (claim->transport == SESSION_TRANSPORT_UDP && claim->basis != BASIS_PORT)
        expert_add_info(pinfo, top, &ei_smsrc_udp);
}

void
claim_tree_register(int proto, expert_module_t *expert)
{
    static hf_register_info hf[] = {
        { &hf_smsrc_channel,
          { "Channel", "smsrc.channel", FT_STRING, BASE_NONE, NULL, 0x0,
            "Purpose of the connection, as named in KB 826852: Control, Data, Chat, File "
            "transfer", HFILL } },
        { &hf_smsrc_channel_iana,
          { "Port name at IANA", "smsrc.channel.iana", FT_STRING, BASE_NONE, NULL, 0x0,
            "Name of the port at IANA, also in Wireshark's port column; 2702 and 2704 are "
            "swapped", HFILL } },
        { &hf_smsrc_direction,
          { "Direction", "smsrc.direction", FT_STRING, BASE_NONE, NULL, 0x0,
            "Viewer to agent or Agent to viewer: the viewer is the machine of the administrator, "
            "the agent the controlled one", HFILL } },
        { &hf_smsrc_generation,
          { "Generation", "smsrc.generation", FT_STRING, BASE_NONE, NULL, 0x0,
            "The versions of SMS that use this port: SMS 1.x or 2.0 before SP2, SMS 2.0 SP2 or "
            "2003", HFILL } },
        { &hf_smsrc_claimed_by,
          { "Claimed by", "smsrc.claimed_by", FT_STRING, BASE_NONE, NULL, 0x0,
            "Why this is shown as SMS Remote Control: Content, Session, User (Decode As) or Port",
            HFILL } },
    };
    static ei_register_info ei[] = {
        { &ei_smsrc_udp,
          { "smsrc.udp", PI_PROTOCOL, PI_NOTE,
            "SMS 2.0-compatible transport: SMS 2003 clients listen on TCP only", EXPFILL } },
    };

    proto_register_field_array(proto, hf, array_length(hf));
    expert_register_field_array(expert, ei, array_length(ei));
}
