/* packet-smsrc-log.c
 * Protocol smsrc.log: the session's number and its failures, in the frames of a session
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * The post-dissector calls this, because Remote Control's own dissector does not see most frames
 * of a session: a handshake, an acknowledgement or a FIN has no payload, NetBIOS names are
 * Wireshark's own, and an ICMP error only quotes a packet. It returns at once where ports and
 * hosts belong to no session.
 *
 * On the first pass the tracker reports to the session log what TCP and NetBIOS show, and the
 * diagnosis finds why a session fails. On every pass the number of the session is added to the
 * frames that belong to it. In a single pass a frame before the proof of its session has no
 * number; a second pass adds it.
 */

#include "session-tap.h"

#include <epan/expert.h>

#include "message-tap.h"
#include "name-lookup.h"
#include "netbios.h"
#include "request-reply.h"
#include "session-diagnosis.h"
#include "session-events.h"
#include "session-log-internal.h"
#include "session-tracker.h"
#include "tcp-state.h"

static int proto_smsrc_log = -1;

static int hf_smsrc_netbios_name = -1;
static int hf_smsrc_netbios_channel = -1;

static int ett_smsrc_log = -1;

/* Rebuilt for every capture: false where the user has turned the protocol off. */
static bool log_active;

static void
show_netbios(packet_view_t *packet, proto_tree *tree, proto_item *top,
             const netbios_packet_t *netbios)
{
    const char *name = wmem_strdup_printf(packet->pinfo->pool, "%s<%02x>", netbios->agent.text,
                                          netbios->agent.suffix);

    proto_item_append_text(top, ", %s", name);
    proto_item_set_generated(
        proto_tree_add_string(tree, hf_smsrc_netbios_name, packet->tvb, 0, 0, name));
    proto_item_set_generated(proto_tree_add_string(tree, hf_smsrc_netbios_channel, packet->tvb, 0,
                                                   0, channel_name(netbios->channel)));
}

static void
show(packet_view_t *packet, const session_t *session, const netbios_packet_t *netbios)
{
    packet_info *pinfo = packet->pinfo;
    const session_dissected_t *dissected = session_events_get_dissected(pinfo);
    const session_diagnoses_t *diagnoses = session_diagnosis_find(pinfo);
    bool has_session = session == NULL || !session_log_is_proven(session) ||
                       (dissected != NULL && dissected->has_session);
    proto_item *item = NULL;
    proto_tree *tree = NULL;

    if (!has_session || diagnoses != NULL || netbios->act != NETBIOS_NOTHING) {
        item = proto_tree_add_item(packet->tree, proto_smsrc_log, packet->tvb, 0, 0, ENC_NA);
        proto_item_set_generated(item);
        tree = proto_item_add_subtree(item, ett_smsrc_log);
    }
    if (netbios->act != NETBIOS_NOTHING)
        show_netbios(packet, tree, item, netbios);
    if (!has_session) {
        proto_item_append_text(item, ", Session %u", session->number);
        session_tap_add_session(pinfo, tree, packet->tvb, session);
    }
    if (diagnoses != NULL)
        session_diagnosis_show(pinfo, item, diagnoses);
    if (session != NULL || dissected != NULL)
        session_tap_queue(pinfo, session);
}

static bool
has_channel_port(const packet_info *pinfo)
{
    if (pinfo->ptype == PT_IPX)
        return channel_by_ipx_socket(pinfo->destport) != CHANNEL_UNKNOWN ||
               channel_by_ipx_socket(pinfo->srcport) != CHANNEL_UNKNOWN;
    return channel_has_port(pinfo->destport) || channel_has_port(pinfo->srcport);
}

/* A packet that may be of a session. Not inlined: its registers need saving for few packets. */
static G_GNUC_NO_INLINE void
dissect_packet(packet_view_t *packet)
{
    packet_info *pinfo = packet->pinfo;
    bool has_ports = pinfo->ptype == PT_TCP || pinfo->ptype == PT_UDP || pinfo->ptype == PT_IPX;
    bool is_channel = has_ports && has_channel_port(pinfo);
    bool may_be_netbios = has_ports && netbios_is_candidate(pinfo);
    netbios_packet_t netbios = { .act = NETBIOS_NOTHING };
    const session_t *session;

    pinfo->current_proto = "SMSRC-LOG";
    /* Up to 4.2 an ICMP error has the ports of the packet that it quotes. */
    if ((packet_view_read_layers(packet) & (LAYER_ICMP | LAYER_ICMPV6)) != 0) {
        if (session_tracker_update_icmp_error(packet, &session))
            show(packet, session, &netbios);
        return;
    }
    if (!has_ports)
        return;
    tcp_state_update(packet);
    if (may_be_netbios) {
        netbios_parse(packet, &netbios);
        if (netbios.act != NETBIOS_NOTHING && !PINFO_FD_VISITED(pinfo))
            session_tracker_update_netbios(packet, &netbios);
    }
    if (!may_be_netbios || pinfo->ptype == PT_TCP)
        session = session_tracker_update(packet, is_channel);
    else if (netbios.act == NETBIOS_DATAGRAM)
        session = session_events_find_session(pinfo);
    else
        session = session_tracker_find_lookup_session(pinfo);
    if (session != NULL || netbios.act != NETBIOS_NOTHING || is_channel ||
        session_events_get_dissected(pinfo) != NULL)
        show(packet, session, &netbios);
}

void
smsrc_log_packet(packet_view_t *packet)
{
    const packet_info *pinfo = packet->pinfo;

    /* This is called for every packet of a capture, and nearly all of them are passed over. */
    if (log_active &&
        ((pinfo->ptype != PT_TCP && pinfo->ptype != PT_UDP && pinfo->ptype != PT_IPX) ||
         has_channel_port(pinfo) || netbios_is_candidate(pinfo) || session_log_is_candidate(pinfo)))
        dissect_packet(packet);
    /* Statistics of messages wait for it: these are of no session. */
    if (message_tap_is_waiting(pinfo))
        session_tap_queue(packet->pinfo, NULL);
}

static void
init_smsrc_log(void)
{
    session_log_reset();
    name_lookup_reset();
    log_active = proto_is_protocol_enabled(find_protocol_by_id(proto_smsrc_log));
}

void
smsrc_log_cleanup(void)
{
    session_log_cleanup();
    name_lookup_cleanup();
}

void
proto_register_smsrc_log(void)
{
    static hf_register_info hf[] = {
        { &hf_smsrc_netbios_name,
          { "NetBIOS name", "smsrc.netbios.name", FT_STRING, BASE_NONE, NULL, 0x0,
            "The agent's name, with its 16th byte in hexadecimal", HFILL } },
        { &hf_smsrc_netbios_channel,
          { "Channel of the name", "smsrc.netbios.channel", FT_STRING, BASE_NONE, NULL, 0x0,
            "From the 16th byte: 43 data, 45 chat, 46 file transfer", HFILL } },
    };
    static int *ett[] = { &ett_smsrc_log };

    proto_smsrc_log = proto_register_protocol("Microsoft SMS Remote Control Session",
                                              "SMSRC-LOG", "smsrc.log");
    session_tap_register(proto_smsrc_log);
    request_reply_register(proto_smsrc_log);
    proto_register_field_array(proto_smsrc_log, hf, array_length(hf));
    proto_register_subtree_array(ett, array_length(ett));
    session_diagnosis_register(proto_smsrc_log, expert_register_protocol(proto_smsrc_log));
    message_tap_register();

    register_init_routine(init_smsrc_log);
}

void
proto_reg_handoff_smsrc_log(void)
{
    session_connection_init(proto_smsrc_log);
    session_events_init(proto_smsrc_log);
    session_tracker_init(proto_smsrc_log);
}
