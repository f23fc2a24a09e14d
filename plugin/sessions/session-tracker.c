/* session-tracker.c
 * First pass of the session log: what TCP, NetBIOS and ICMP errors show
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * Dissectors report what they decode (session-events.c). What no dissector of Remote Control sees
 * is tracked here: a handshake, an acknowledgement, a FIN, a NetBIOS name, an ICMP error that
 * quotes a packet of a session.
 */

#include "session-tracker.h"

#include <epan/proto_data.h>

#include "addresses.h"
#include "icmp-error.h"
#include "name-lookup.h"
#include "session-connection.h"
#include "session-diagnosis.h"
#include "session-events.h"
#include "session-log-internal.h"
#include "tcp-state.h"

static int proto_session_tracker = -1;

void
session_tracker_init(int proto)
{
    proto_session_tracker = proto;
}

/*
 * Connections
 */

static bool
is_from_agent(const session_connection_t *connection, const packet_info *pinfo)
{
    return addresses_equal(&pinfo->src, connection->agent) &&
           (pinfo->srcport == connection->server_port ||
            !addresses_equal(&pinfo->src, &pinfo->dst));
}

/* The port of the control channel is known to be unreachable by the third SYN, or by an answer. */
static void
track_unanswered_syn(packet_info *pinfo, session_connection_t *connection)
{
    bool is_control = connection->channel == CHANNEL_CONTROL && !connection->legacy_port;

    if (++connection->syns == (is_control ? 3 : 2))
        session_diagnosis_add_failure(pinfo, connection,
                                      "the SYN was repeated, nothing had answered it");
}

/* Tracks the state of a connection, by what Wireshark's TCP dissector has seen of it so far. */
static void
track_tcp(packet_view_t *packet, session_connection_t *connection,
          const conversation_t *conversation)
{
    packet_info *pinfo = packet->pinfo;
    unsigned seen = tcp_state_seen(conversation);
    bool from_agent = is_from_agent(connection, pinfo);
    bool had_ended = connection->has_ended;
    session_t *session = connection->newest;

    if ((seen & (SEEN_SYN_ACK | SEEN_DATA)) != 0) {
        session_traffic_set_established(connection);
        session_diagnosis_drop_unreachable(connection);
    } else if ((seen & (SEEN_SYN | SEEN_RST)) == SEEN_SYN && !from_agent &&
               packet_copy_find(&connection->copies, packet) != PACKET_COPY) {
        track_unanswered_syn(pinfo, connection);
    }
    if ((seen & (SEEN_FIN | SEEN_RST)) == 0 || had_ended)
        return;
    session_traffic_set_ended(connection, (seen & SEEN_FIN) == 0);
    if (connection->has_failed) {
        if (from_agent)
            session_diagnosis_add_failure(pinfo, connection, "the connection was reset");
    } else if (from_agent && session != NULL && session->account_sent &&
               connection->channel == CHANNEL_CONTROL) {
        session_log_set_reply(session, SESSION_REPLY_REFUSED, "closed after the account");
        session_diagnosis_add(
            pinfo, DIAGNOSIS_NTLM_REFUSED,
            "The agent closed the connection as its answer to the viewer's account");
    }
}

static unsigned
payload_length(packet_view_t *packet)
{
    unsigned length, reported = 0;

    if (packet->pinfo->ptype == PT_IPX) {
        netbios_ipx_payload(packet->tvb, packet->pinfo, &length, &reported);
        return reported;
    }
    packet_view_read_bytes(packet);
    return packet->payload != NULL ? packet->reported : 0;
}

/* Tracks the response to a NetBIOS call. */
static void
track_call(const packet_view_t *packet, session_connection_t *connection)
{
    session_t *session = connection->newest;
    uint8_t error;
    uint8_t response = netbios_session_response(packet, &error);
    if (session == NULL || response == 0 || session->reply != SESSION_REPLY_NONE)
        return;
    if (response == NBSS_POSITIVE)
        session->answered = true;
    else
        session_log_set_reply(session, SESSION_REPLY_REFUSED, netbios_error_name(error));
}

/* Reports a SYN to a port of the channels: it joins a session before any content. */
static void
report_call(packet_info *pinfo, session_connection_t *connection,
            const conversation_t *conversation)
{
    /* The viewer sends the SYN, also if both ends have the same port. */
    uint16_t server_port = tcp_state_server_port(conversation);
    bool from_server = pinfo->srcport == server_port &&
                       (pinfo->srcport != pinfo->destport ||
                        (tcp_state_seen(conversation) & SEEN_SYN_ACK) != 0);
    generation_e generation;
    session_event_t event = {
        .kind = SESSION_SMS,
        .viewer = from_server ? &pinfo->dst : &pinfo->src,
        .agent = from_server ? &pinfo->src : &pinfo->dst,
        .channel = channel_by_port(server_port, &generation),
        .transport = SESSION_TRANSPORT_TCP,
        .server_port = server_port,
    };

    if (event.channel == CHANNEL_UNKNOWN)
        return;
    event.legacy_port = generation == GENERATION_OLDER;
    event.starts_session = event.channel == CHANNEL_CONTROL;
    session_connection_report(connection, pinfo, &event);
}

/* Tracks a packet of which neither end is known as the viewer so far. */
static void
track_undirected(packet_view_t *packet, session_connection_t *connection)
{
    packet_info *pinfo = packet->pinfo;
    generation_e generation = GENERATION_UNKNOWN;
    uint16_t port = (uint16_t)pinfo->srcport;
    session_event_t event = {
        .kind = SESSION_SMS,
        .viewer = &pinfo->src,
        .agent = &pinfo->dst,
        .channel = pinfo->ptype == PT_IPX ? channel_by_ipx_socket(port)
                                          : channel_by_port(port, &generation),
        .transport = pinfo->ptype == PT_IPX   ? SESSION_TRANSPORT_IPX
                     : pinfo->ptype == PT_UDP ? SESSION_TRANSPORT_UDP
                                              : SESSION_TRANSPORT_TCP,
        .server_port = port,
    };

    session_traffic_add_undirected_bytes(connection, pinfo, payload_length(packet));
    if (pinfo->srcport != pinfo->destport || event.channel == CHANNEL_UNKNOWN)
        return;
    event.legacy_port = generation == GENERATION_OLDER;
    session_connection_wait(connection, &event);
}

static void
track_directed(packet_view_t *packet, session_connection_t *connection,
               const conversation_t *conversation, bool is_tcp)
{
    packet_info *pinfo = packet->pinfo;
    bool from_agent = is_from_agent(connection, pinfo);
    session_t *session = connection->newest;

    session_traffic_add_bytes(connection, from_agent, payload_length(packet));
    if (session != NULL && session->account_refused) {
        session->account_refused = false;
        session_diagnosis_add(pinfo, DIAGNOSIS_NTLM_REFUSED,
                              "The agent refused after the viewer had sent its account");
    }
    if (connection->called_by_name && from_agent)
        track_call(packet, connection);
    if (is_tcp)
        track_tcp(packet, connection, conversation);
}

static void
track_conversation(packet_view_t *packet, session_connection_t *connection,
                   const conversation_t *conversation)
{
    packet_info *pinfo = packet->pinfo;
    bool is_tcp = pinfo->ptype == PT_TCP && tcp_state_is_known(conversation);

    if (is_tcp && connection->newest == NULL)
        report_call(pinfo, connection, conversation);
    if (session_events_get_dissected(pinfo) != NULL)
        connection->dissected = true;
    if (connection->viewer != NULL)
        track_directed(packet, connection, conversation, is_tcp);
    else
        track_undirected(packet, connection);
    session_traffic_add_frame(connection, connection->newest, pinfo);
}

const session_t *
session_tracker_update(packet_view_t *packet, bool is_channel)
{
    packet_info *pinfo = packet->pinfo;
    bool first_pass = !PINFO_FD_VISITED(pinfo);
    conversation_t *conversation = session_connection_find_conversation(pinfo);
    session_connection_t *connection;

    if (conversation == NULL)
        return NULL;
    if (!first_pass)
        session_log_settle();
    if (first_pass && is_channel &&
        (pinfo->ptype == PT_TCP || pinfo->srcport == pinfo->destport))
        connection = session_connection_get_or_create(conversation, pinfo);
    else
        connection = session_connection_find(conversation);
    if (connection == NULL)
        return NULL;
    if (first_pass)
        track_conversation(packet, connection, conversation);
    return session_connection_get_session(connection, pinfo->num, !first_pass);
}

/*
 * NetBIOS
 */

/* Tracks a positive response: the agent's address is known. */
static name_lookup_t *
track_found(const packet_info *pinfo, const netbios_packet_t *netbios)
{
    session_event_t event = {
        .kind = SESSION_SMS,
        .viewer = &pinfo->dst,
        .agent = &netbios->owner,
        .transport = SESSION_TRANSPORT_NETBIOS,
        .proof = true,
        .starts_session = true,
    };
    session_pair_t *pair = session_log_pair(event.viewer, event.agent, true);
    name_lookup_t *lookup = name_lookup_get_or_create(event.viewer, netbios->agent.text, pinfo);
    session_t *session;

    if (lookup == NULL || pair == NULL)
        return lookup;
    name_lookup_set_found(lookup, pinfo);
    session = name_lookup_session(lookup);
    if (session != NULL && session_connection_resolve(session, pair, pinfo))
        return lookup;
    session = session_connection_report_packet(pinfo, &event);
    if (session != NULL)
        name_lookup_join(lookup, session, pinfo);
    return lookup;
}

/* Tracks a query: a repeated one has had no response. */
static name_lookup_t *
track_query(packet_view_t *packet, const netbios_packet_t *netbios)
{
    packet_info *pinfo = packet->pinfo;
    bool repeated;
    name_lookup_t *lookup = name_lookup_query(&pinfo->src, netbios->agent.text, packet, &repeated);

    if (repeated)
        session_diagnosis_add(pinfo, DIAGNOSIS_NAME_NOT_RESOLVED,
                              wmem_strdup_printf(pinfo->pool,
                                                 "Nothing has answered the question for %s<%02x>",
                                                 netbios->agent.text, netbios->agent.suffix));
    return lookup;
}

static name_lookup_t *
track_not_found(packet_info *pinfo, const netbios_packet_t *netbios)
{
    session_diagnosis_add(pinfo, DIAGNOSIS_NAME_NOT_RESOLVED,
                          wmem_strdup_printf(pinfo->pool, "There is no name %s<%02x>",
                                             netbios->agent.text, netbios->agent.suffix));
    return name_lookup_not_found(&pinfo->dst, netbios->agent.text, pinfo);
}

static name_lookup_t *
track_name(packet_view_t *packet, const netbios_packet_t *netbios)
{
    packet_info *pinfo = packet->pinfo;

    switch (netbios->act) {
    case NETBIOS_QUERY:
        return track_query(packet, netbios);
    case NETBIOS_FOUND:
        return track_found(pinfo, netbios);
    case NETBIOS_NOT_FOUND:
        return track_not_found(pinfo, netbios);
    case NETBIOS_REGISTER:
        return name_lookup_registered(&pinfo->src, pinfo);
    case NETBIOS_NOTHING:
    case NETBIOS_CALL:
    case NETBIOS_DATAGRAM:
        break;
    }
    return NULL;
}

static void
track_lookup(packet_view_t *packet, const netbios_packet_t *netbios)
{
    packet_info *pinfo = packet->pinfo;
    name_lookup_t *lookup = track_name(packet, netbios);

    if (lookup == NULL)
        return;
    p_add_proto_data(wmem_file_scope(), pinfo, proto_session_tracker, KEY_LOOKUP, lookup);
    session_traffic_add_frame(NULL, name_lookup_session(lookup), pinfo);
}

static void
track_session_request(packet_info *pinfo, const netbios_packet_t *netbios)
{
    session_connection_t *connection =
        session_connection_get_or_create(find_or_create_conversation(pinfo), pinfo);
    session_event_t event = {
        .kind = SESSION_SMS,
        .viewer = &pinfo->src,
        .agent = &pinfo->dst,
        .channel = netbios->channel,
        .transport = SESSION_TRANSPORT_NETBIOS,
        .server_port = (uint16_t)pinfo->destport,
        .proof = true,
        .starts_session = netbios->channel == CHANNEL_DATA,
    };
    session_t *session;

    connection->called_by_name = true;
    session = session_connection_report(connection, pinfo, &event);
    if (session == NULL)
        return;
    session_events_set_name(session, SESSION_NAME_HOST, netbios->agent.text, pinfo);
    session_events_set_name(session, SESSION_NAME_VIEWER, netbios->viewer.text, pinfo);
}

static void
track_datagram(packet_view_t *packet, const netbios_packet_t *netbios)
{
    session_t *session = session_events_find_session(packet->pinfo);

    if (session == NULL)
        return;
    session_log_add_bytes(session, netbios->channel, netbios->from_agent, payload_length(packet));
    session_traffic_add_frame(NULL, session, packet->pinfo);
}

void
session_tracker_update_netbios(packet_view_t *packet, const netbios_packet_t *netbios)
{
    if (netbios->act == NETBIOS_CALL)
        track_session_request(packet->pinfo, netbios);
    else if (netbios->act == NETBIOS_DATAGRAM)
        track_datagram(packet, netbios);
    else
        track_lookup(packet, netbios);
}

const session_t *
session_tracker_find_lookup_session(packet_info *pinfo)
{
    const name_lookup_t *lookup = (const name_lookup_t *)p_get_proto_data(
        wmem_file_scope(), pinfo, proto_session_tracker, KEY_LOOKUP);

    return lookup != NULL ? name_lookup_session(lookup) : NULL;
}

/*
 * ICMP errors
 */

/* An error may come late, or be for something else than what the agent has answered. */
static bool
is_answered(const session_connection_t *connection)
{
    return connection->is_open || connection->bytes[1] > 0 ||
           (connection->has_ended && !connection->has_failed);
}

static void
track_icmp_error(packet_view_t *packet)
{
    packet_info *pinfo = packet->pinfo;
    session_connection_t *connection;
    icmp_error_t error;
    const conversation_t *conversation;

    packet_view_read_bytes(packet);
    if (!icmp_error_read(packet, &error))
        return;
    conversation = find_conversation(pinfo->num, &error.src, &error.dst,
                                     error.tcp ? CONVERSATION_TCP : CONVERSATION_UDP,
                                     error.src_port, error.dst_port, 0);
    connection = conversation != NULL ? session_connection_find(conversation) : NULL;
    if (connection == NULL || connection->viewer == NULL)
        return;
    p_add_proto_data(wmem_file_scope(), pinfo, proto_session_tracker, KEY_CONNECTION, connection);
    if (addresses_equal(&error.dst, connection->agent) && !is_answered(connection))
        session_diagnosis_add_failure(pinfo, connection, error.reason);
    session_traffic_add_frame(connection, connection->newest, pinfo);
}

bool
session_tracker_update_icmp_error(packet_view_t *packet, const session_t **session)
{
    packet_info *pinfo = packet->pinfo;
    const session_connection_t *connection;

    if (!PINFO_FD_VISITED(pinfo))
        track_icmp_error(packet);
    connection = (const session_connection_t *)p_get_proto_data(
        wmem_file_scope(), pinfo, proto_session_tracker, KEY_CONNECTION);
    if (connection == NULL)
        return false;
    if (PINFO_FD_VISITED(pinfo))
        session_log_settle();
    *session = session_connection_get_session(connection, pinfo->num, PINFO_FD_VISITED(pinfo));
    return true;
}
