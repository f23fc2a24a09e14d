/* claim-netbios.c
 * Classification of payloads of NetBIOS as SMS Remote Control
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "claim.h"

#include "session-connection.h"
#include "session-events.h"

/* Sets channel and direction by the names of the connection or of the datagram, else by content. */
static void
set_netbios_ends(tvbuff_t *tvb, packet_info *pinfo, const session_connection_t *connection,
                 claim_netbios_t *netbios)
{
    claim_t *claim = &netbios->claim;
    session_called_name_t called;

    if (connection != NULL && session_connection_get_called_name(connection, &called)) {
        claim->channel = called.channel;
        claim->direction = pinfo->destport == called.server_port ? DIRECTION_TO_AGENT
                                                                 : DIRECTION_TO_VIEWER;
        claim->session = session_connection_get_session(connection, pinfo->num, false);
        return;
    }
    if (netbios->datagram.act == NETBIOS_DATAGRAM) {
        claim->channel = netbios->datagram.channel;
        claim->direction = netbios->datagram.from_agent ? DIRECTION_TO_VIEWER
                                                        : DIRECTION_TO_AGENT;
    } else {
        claim->channel = content_channel(claim->content);
        claim->direction = content_direction(tvb, claim->content);
    }
    if (PINFO_FD_VISITED(pinfo))
        claim->session = session_events_find_session(pinfo);
    else
        netbios->is_new = claim->direction != DIRECTION_UNKNOWN;
}

bool
claim_netbios_classify(tvbuff_t *tvb, packet_info *pinfo, claim_netbios_t *netbios)
{
    packet_view_t packet = packet_view_open(tvb_get_ds_tvb(tvb), pinfo, NULL);
    const session_connection_t *connection = NULL;
    claim_t *claim = &netbios->claim;

    memset(netbios, 0, sizeof *netbios);
    netbios->datagram.act = NETBIOS_NOTHING;
    if (tvb_reported_length(tvb) == 0 || pinfo->flags.in_error_pkt)
        return false;
    claim->transport = SESSION_TRANSPORT_NETBIOS;
    claim->content = content_detect(tvb, 0, false);
    if (pinfo->ptype == PT_TCP)
        connection = session_connection_find_by_packet(pinfo);
    else
        netbios_parse(&packet, &netbios->datagram);
    set_netbios_ends(tvb, pinfo, connection, netbios);
    claim->basis = content_is_proof(claim->content) ? BASIS_CONTENT : BASIS_SESSION;
    return claim->basis == BASIS_CONTENT || claim->channel != CHANNEL_UNKNOWN;
}

void
claim_netbios_record(packet_info *pinfo, claim_netbios_t *netbios)
{
    claim_t *claim = &netbios->claim;
    bool to_agent = claim->direction == DIRECTION_TO_AGENT;
    session_event_t event = {
        .kind = SESSION_SMS,
        .viewer = to_agent ? &pinfo->src : &pinfo->dst,
        .agent = to_agent ? &pinfo->dst : &pinfo->src,
        .channel = claim->channel,
        .transport = SESSION_TRANSPORT_NETBIOS,
        .proof = true,
    };
    session_t *session;

    if (!netbios->is_new)
        return;
    claim->session = session = session_connection_report_packet(pinfo, &event);
    if (session == NULL)
        return;
    session_events_set_session(pinfo, session);
    if (netbios->datagram.act == NETBIOS_DATAGRAM) {
        session_events_set_name(session, SESSION_NAME_HOST, netbios->datagram.agent.text, pinfo);
        session_events_set_name(session, SESSION_NAME_VIEWER, netbios->datagram.viewer.text,
                                pinfo);
    }
}
