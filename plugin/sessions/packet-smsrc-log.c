/* packet-smsrc-log.c
 * Every frame of a remote-control session, and what went wrong with it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * Asked by the post-dissector, because most frames of a session are none of Remote Control's
 * dissector: a handshake, an acknowledgement, a FIN carry nothing, NetBIOS names are Wireshark's
 * own, and an ICMP error only quotes. It returns at once where ports and hosts are no session's.
 *
 * On the first pass it tells the session log what TCP and NetBIOS show, and finds out why a
 * session fails: that is told in the frame at which it becomes known. On every pass it adds the
 * number of the session to the frames that belong to it. In one pass a frame before the proof of
 * its session has no number; a second pass adds it.
 */

#include "session-tap.h"

#include <epan/expert.h>
#include <epan/proto_data.h>
#include <epan/tap.h>

#include "icmp-error.h"
#include "name-lookup.h"
#include "netbios.h"
#include "session-log-internal.h"
#include "tcp-state.h"
#include "text.h"

static int proto_smsrc_log = -1;

static int hf_smsrc_session = -1;
static int hf_smsrc_session_first_frame = -1;
static int hf_smsrc_netbios_name = -1;
static int hf_smsrc_netbios_channel = -1;

static int ett_smsrc_log = -1;

static expert_field ei_smsrc_data_unreachable = EI_INIT;
static expert_field ei_smsrc_udp_unreachable = EI_INIT;
static expert_field ei_smsrc_name_not_resolved = EI_INIT;
static expert_field ei_smsrc_old_ports_only = EI_INIT;
static expert_field ei_smsrc_ntlm_refused = EI_INIT;

/* Rebuilt for every capture: false where the user has turned the protocol off. */
static bool log_active;

static int smsrc_tap = -1;
static int message_tap = -1;

/* What a frame keeps from the first pass on. */
enum { KEPT_CONNECTION = 1, KEPT_LOOKUP, KEPT_DIAGNOSES };

/* Why a session fails: the expert info and its words for a frame; KEPT_DIAGNOSES and its index. */
static expert_field *const diagnoses[] = {
    &ei_smsrc_data_unreachable, &ei_smsrc_udp_unreachable, &ei_smsrc_name_not_resolved,
    &ei_smsrc_old_ports_only,   &ei_smsrc_ntlm_refused,
};
enum { DATA_UNREACHABLE, UDP_UNREACHABLE, NAME_NOT_RESOLVED, OLD_PORTS_ONLY, NTLM_REFUSED };

static void
diagnose(packet_info *pinfo, unsigned which, const char *text)
{
    p_add_proto_data(wmem_file_scope(), pinfo, proto_smsrc_log, KEPT_DIAGNOSES + which,
                     wmem_strdup(wmem_file_scope(), text));
}

void
session_tap_add_session(proto_tree *tree, tvbuff_t *tvb, const session_t *session)
{
    proto_item_set_generated(
        proto_tree_add_uint(tree, hf_smsrc_session, tvb, 0, 0, session->number));
    proto_item_set_generated(proto_tree_add_uint(tree, hf_smsrc_session_first_frame, tvb, 0, 0,
                                                 session->first_frame));
}

void
message_tap_queue(packet_info *pinfo, channel_e channel, direction_e direction, const char *type)
{
    smsrc_message_tap_t *message;

    if (!have_tap_listener(message_tap))
        return;
    message = wmem_new(pinfo->pool, smsrc_message_tap_t);
    message->channel = channel;
    message->direction = direction;
    message->type = type;
    tap_queue_packet(message_tap, pinfo, message);
}

/*
 * The first pass: what connections do
 */

static bool
is_from_agent(const session_connection_t *connection, const packet_info *pinfo)
{
    return addresses_equal(&pinfo->src, connection->agent) &&
           (pinfo->srcport == connection->server_port ||
            !addresses_equal(&pinfo->src, &pinfo->dst));
}

/* A try that the agent did not take. @p reason: how that was seen. */
static void
diagnose_failure(packet_info *pinfo, const session_connection_t *connection, const char *reason)
{
    const session_t *session = connection->newest;
    const char *carrier = channel_transport_name(connection->carrier);

    if (connection->carrier == SESSION_TRANSPORT_TCP && connection->channel != CHANNEL_CONTROL &&
        session != NULL && session->answered)
        diagnose(pinfo, DATA_UNREACHABLE,
                 wmem_strdup_printf(pinfo->pool,
                                    "The agent answers, but not on the port of %s, %s %u: %s",
                                    channel_name(connection->channel), carrier,
                                    connection->server_port, reason));
    else if (connection->older && !session_log_tried_newer(connection) &&
             (session != NULL ? !session->answered : session_log_is_viewer(connection->viewer)))
        diagnose(pinfo, OLD_PORTS_ONLY,
                 wmem_strdup_printf(pinfo->pool,
                                    "The viewer has tried the ports of SMS 1.x only: %s %u, %s; "
                                    "SMS 2.0 SP2 and later listen on 2701-2704", carrier,
                                    connection->server_port, reason));
    else if (connection->carrier == SESSION_TRANSPORT_UDP && (session != NULL || connection->shown))
        diagnose(pinfo, UDP_UNREACHABLE,
                 wmem_strdup_printf(pinfo->pool, "UDP %u does not reach the agent: %s",
                                    connection->server_port, reason));
}

/* How the connection stands, by what Wireshark's TCP dissector has seen of it so far. */
static void
follow_tcp(packet_info *pinfo, session_connection_t *connection, const conversation_t *conversation)
{
    unsigned seen = tcp_state_seen(conversation);
    bool from_agent = is_from_agent(connection, pinfo);
    bool had_ended = connection->has_ended;
    session_t *session = connection->newest;

    if ((seen & (SEEN_SYN_ACK | SEEN_DATA)) != 0)
        session_log_established(connection);
    else if ((seen & (SEEN_SYN | SEEN_RST)) == SEEN_SYN && !from_agent && ++connection->syns == 2)
        diagnose_failure(pinfo, connection, "the SYN was repeated, nothing had answered it");
    if ((seen & (SEEN_FIN | SEEN_RST)) == 0 || had_ended)
        return;
    session_log_ended(connection, (seen & SEEN_FIN) == 0);
    if (connection->has_failed) {
        if (from_agent)
            diagnose_failure(pinfo, connection, "the connection was reset");
    } else if (from_agent && session != NULL && session->account_sent &&
               connection->channel == CHANNEL_CONTROL) {
        session_log_set_reply(session, SESSION_REPLY_REFUSED, "closed after the account");
        diagnose(pinfo, NTLM_REFUSED,
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

/* The answer to a NetBIOS call. */
static void
follow_call(const packet_view_t *packet, session_connection_t *connection)
{
    session_t *session = connection->newest;
    uint8_t error;
    uint8_t answer = netbios_session_response(packet, &error);

    if (session == NULL || answer == 0 || session->word != SESSION_REPLY_NONE)
        return;
    if (answer == NBSS_POSITIVE)
        session->answered = true;
    else
        session_log_set_reply(session, SESSION_REPLY_REFUSED, netbios_error_name(error));
}

/* A port of the channels, called by a SYN: no content has to show before it belongs. */
static void
report_call(packet_info *pinfo, session_connection_t *connection,
            const conversation_t *conversation)
{
    /* A SYN comes from the viewer, also where both have the same port. */
    uint16_t server_port = tcp_state_server_port(conversation);
    bool from_server = pinfo->srcport == server_port &&
                       (pinfo->srcport != pinfo->destport ||
                        (tcp_state_seen(conversation) & SEEN_SYN_ACK) != 0);
    generation_e generation;
    session_event_t offer = {
        .kind = SESSION_SMS,
        .viewer = from_server ? &pinfo->dst : &pinfo->src,
        .agent = from_server ? &pinfo->src : &pinfo->dst,
        .channel = channel_by_port(server_port, &generation),
        .carrier = SESSION_TRANSPORT_TCP,
        .server_port = server_port,
    };

    if (offer.channel == CHANNEL_UNKNOWN)
        return;
    offer.older = generation == GENERATION_OLDER;
    offer.opens = offer.channel == CHANNEL_CONTROL;
    session_log_report(connection, pinfo, &offer);
}

/* Who is the viewer is not known yet: its content may show it later, or another connection. */
static void
follow_undirected(packet_view_t *packet, session_connection_t *connection)
{
    packet_info *pinfo = packet->pinfo;
    generation_e generation = GENERATION_UNKNOWN;
    uint16_t port = (uint16_t)pinfo->srcport;
    session_event_t offer = {
        .kind = SESSION_SMS,
        .viewer = &pinfo->src,
        .agent = &pinfo->dst,
        .channel = pinfo->ptype == PT_IPX ? channel_by_ipx_socket(port)
                                          : channel_by_port(port, &generation),
        .carrier = pinfo->ptype == PT_IPX   ? SESSION_TRANSPORT_IPX
                   : pinfo->ptype == PT_UDP ? SESSION_TRANSPORT_UDP
                                            : SESSION_TRANSPORT_TCP,
        .server_port = port,
    };

    session_log_undirected_bytes(connection, pinfo, payload_length(packet));
    if (pinfo->srcport != pinfo->destport || offer.channel == CHANNEL_UNKNOWN)
        return;
    offer.older = generation == GENERATION_OLDER;
    session_log_wait(connection, &offer);
}

static void
follow(packet_view_t *packet, session_connection_t *connection, conversation_t *conversation)
{
    packet_info *pinfo = packet->pinfo;
    bool tcp = pinfo->ptype == PT_TCP && tcp_state_is_known(conversation);
    session_t *session;

    if (tcp && connection->newest == NULL)
        report_call(pinfo, connection, conversation);
    if (session_log_shown(pinfo) != NULL)
        connection->shown = true;
    if (connection->viewer != NULL) {
        bool from_agent = is_from_agent(connection, pinfo);

        session = connection->newest;
        session_log_bytes(connection, from_agent, payload_length(packet));
        if (session != NULL && session->account_refused) {
            session->account_refused = false;
            diagnose(pinfo, NTLM_REFUSED,
                     "The agent refused after the viewer had sent its account");
        }
        if (connection->named && from_agent)
            follow_call(packet, connection);
        if (tcp)
            follow_tcp(pinfo, connection, conversation);
    } else {
        follow_undirected(packet, connection);
    }
    session_log_note_frame(connection, connection->newest, pinfo);
}

/*
 * The first pass: what NetBIOS does
 */

static void
follow_names(packet_info *pinfo, const netbios_packet_t *look)
{
    const name_lookup_t *lookup = NULL;
    bool repeated = false;

    if (look->act == NETBIOS_QUERY) {
        lookup = name_lookup_query(&pinfo->src, look->agent.text, pinfo, &repeated);
        if (repeated)
            diagnose(pinfo, NAME_NOT_RESOLVED,
                     wmem_strdup_printf(pinfo->pool,
                                        "Nothing has answered the question for %s<%02x>",
                                        look->agent.text, look->agent.suffix));
    } else if (look->act == NETBIOS_FOUND) {
        lookup = name_lookup_found(&pinfo->dst, look->agent.text, &look->owner, pinfo);
    } else if (look->act == NETBIOS_NOT_FOUND) {
        lookup = name_lookup_not_found(&pinfo->dst, look->agent.text, pinfo);
        diagnose(pinfo, NAME_NOT_RESOLVED,
                 wmem_strdup_printf(pinfo->pool, "There is no name %s<%02x>", look->agent.text,
                                    look->agent.suffix));
    }
    if (look->act == NETBIOS_REGISTER)
        lookup = name_lookup_registered(&pinfo->src, pinfo);
    if (lookup == NULL)
        return;
    p_add_proto_data(wmem_file_scope(), pinfo, proto_smsrc_log, KEPT_LOOKUP, (void *)lookup);
    session_log_note_frame(NULL, name_lookup_session(lookup), pinfo);
}

static void
follow_netbios(packet_view_t *packet, const netbios_packet_t *look)
{
    packet_info *pinfo = packet->pinfo;
    session_t *session;

    if (look->act == NETBIOS_CALL) {
        session_connection_t *connection =
            session_log_connection(find_or_create_conversation(pinfo), pinfo, true);
        session_event_t offer = {
            .kind = SESSION_SMS,
            .viewer = &pinfo->src,
            .agent = &pinfo->dst,
            .channel = look->channel,
            .carrier = SESSION_TRANSPORT_NETBIOS,
            .server_port = (uint16_t)pinfo->destport,
            .proof = true,
            .opens = look->channel == CHANNEL_DATA,
        };

        connection->named = true;
        session = session_log_report(connection, pinfo, &offer);
        if (session != NULL) {
            session_log_set_name(session, SESSION_NAME_HOST, look->agent.text, pinfo);
            session_log_set_name(session, SESSION_NAME_VIEWER, look->viewer.text, pinfo);
        }
    } else if (look->act == NETBIOS_DATAGRAM) {
        session = session_log_of_packet(pinfo);
        if (session != NULL) {
            session_log_packet_bytes(session, look->channel, look->from_agent,
                                     payload_length(packet));
            session_log_note_frame(NULL, session, pinfo);
        }
    } else {
        follow_names(pinfo, look);
    }
}

/*
 * Showing
 */

static void
show(tvbuff_t *tvb, packet_info *pinfo, proto_tree *parent, const session_t *session,
     const netbios_packet_t *look)
{
    const session_shown_t *dissected = session_log_shown(pinfo);
    bool shown = session == NULL || (dissected != NULL && dissected->has_session);
    const char *texts[array_length(diagnoses)];
    proto_item *item = NULL;
    proto_tree *tree = NULL;
    bool told = false;

    for (unsigned i = 0; i < array_length(diagnoses); i++) {
        texts[i] = (const char *)p_get_proto_data(wmem_file_scope(), pinfo, proto_smsrc_log,
                                                  KEPT_DIAGNOSES + i);
        told = told || texts[i] != NULL;
    }
    if (!shown || told || look->act != NETBIOS_NOTHING) {
        item = proto_tree_add_item(parent, proto_smsrc_log, tvb, 0, 0, ENC_NA);
        proto_item_set_generated(item);
        tree = proto_item_add_subtree(item, ett_smsrc_log);
    }
    if (look->act != NETBIOS_NOTHING) {
        const char *name = wmem_strdup_printf(pinfo->pool, "%s<%02x>", look->agent.text,
                                              look->agent.suffix);

        proto_item_append_text(item, ", %s", name);
        proto_item_set_generated(
            proto_tree_add_string(tree, hf_smsrc_netbios_name, tvb, 0, 0, name));
        proto_item_set_generated(proto_tree_add_string(tree, hf_smsrc_netbios_channel, tvb, 0, 0,
                                                       channel_name(look->channel)));
    }
    if (!shown) {
        proto_item_append_text(item, ", Session %u", session->number);
        session_tap_add_session(tree, tvb, session);
    }
    for (unsigned i = 0; i < array_length(diagnoses); i++) {
        if (texts[i] != NULL)
            text_add_expert(pinfo, item, diagnoses[i], "%s", texts[i]);
    }
    if ((session != NULL || dissected != NULL) && have_tap_listener(smsrc_tap)) {
        smsrc_tap_t *tap = wmem_new(pinfo->pool, smsrc_tap_t);

        tap->session = session;
        tap_queue_packet(smsrc_tap, pinfo, tap);
    }
}

/* An error belongs to the session of the packet that it quotes. */
static void
dissect_icmp_error(packet_view_t *packet)
{
    static const netbios_packet_t nothing;
    packet_info *pinfo = packet->pinfo;
    session_connection_t *connection;

    if (!PINFO_FD_VISITED(pinfo)) {
        icmp_error_t error;
        conversation_t *conversation;

        packet_view_read_bytes(packet);
        if (!icmp_error_read(packet, &error))
            return;
        conversation = find_conversation(pinfo->num, &error.src, &error.dst,
                                         error.tcp ? CONVERSATION_TCP : CONVERSATION_UDP,
                                         error.src_port, error.dst_port, 0);
        connection = conversation != NULL ? session_log_connection(conversation, pinfo, false)
                                          : NULL;
        if (connection == NULL || connection->viewer == NULL)
            return;
        p_add_proto_data(wmem_file_scope(), pinfo, proto_smsrc_log, KEPT_CONNECTION, connection);
        if (addresses_equal(&error.dst, connection->agent))
            diagnose_failure(pinfo, connection, error.reason);
        session_log_note_frame(connection, connection->newest, pinfo);
    }
    connection = (session_connection_t *)p_get_proto_data(wmem_file_scope(), pinfo, proto_smsrc_log,
                                                  KEPT_CONNECTION);
    if (connection != NULL)
        show(packet->tvb, pinfo, packet->tree,
             session_log_at(connection, pinfo->num, PINFO_FD_VISITED(pinfo)), &nothing);
}

/* Of a conversation: TCP and UDP, and IPX on the sockets of Remote Tools. */
static const session_t *
session_of_conversation(packet_view_t *packet, bool ours)
{
    packet_info *pinfo = packet->pinfo;
    bool first_pass = !PINFO_FD_VISITED(pinfo);
    conversation_t *conversation = session_log_conversation(pinfo);
    session_connection_t *connection;

    if (conversation == NULL)
        return NULL;
    connection = session_log_connection(
        conversation, pinfo,
        first_pass && ours && (pinfo->ptype == PT_TCP || pinfo->srcport == pinfo->destport));
    if (connection == NULL)
        return NULL;
    if (first_pass)
        follow(packet, connection, conversation);
    return session_log_at(connection, pinfo->num, !first_pass);
}

static const session_t *
session_of_lookup(packet_info *pinfo)
{
    const name_lookup_t *lookup = (const name_lookup_t *)p_get_proto_data(
        wmem_file_scope(), pinfo, proto_smsrc_log, KEPT_LOOKUP);

    return lookup != NULL ? name_lookup_session(lookup) : NULL;
}

static bool
has_port_of_ours(const packet_info *pinfo)
{
    if (pinfo->ptype == PT_IPX)
        return channel_by_ipx_socket(pinfo->destport) != CHANNEL_UNKNOWN ||
               channel_by_ipx_socket(pinfo->srcport) != CHANNEL_UNKNOWN;
    return channel_has_port(pinfo->destport) || channel_has_port(pinfo->srcport);
}

/* A packet of ours, or one that may be: apart, as its registers need saving for few packets. */
static G_GNUC_NO_INLINE void
look_at(packet_view_t *packet)
{
    packet_info *pinfo = packet->pinfo;
    bool carried = pinfo->ptype == PT_TCP || pinfo->ptype == PT_UDP || pinfo->ptype == PT_IPX;
    bool ours = carried && has_port_of_ours(pinfo);
    bool netbios = carried && netbios_is_candidate(pinfo);
    bool datagram = netbios && pinfo->ptype != PT_TCP;
    unsigned layers;
    const session_t *session;
    netbios_packet_t look;

    pinfo->current_proto = "SMSRC-LOG";
    /* Up to 4.2 an ICMP error has the ports of the packet that it quotes. */
    layers = packet_view_read_layers(packet);
    if ((layers & (LAYER_ICMP | LAYER_ICMPV6)) != 0)
        dissect_icmp_error(packet);
    if (!carried || (layers & (LAYER_ICMP | LAYER_ICMPV6)) != 0)
        return;
    look.act = NETBIOS_NOTHING;
    if (netbios) {
        netbios_parse(packet, &look);
        if (look.act != NETBIOS_NOTHING && !PINFO_FD_VISITED(pinfo))
            follow_netbios(packet, &look);
    }
    if (datagram)
        session = look.act == NETBIOS_DATAGRAM ? session_log_of_packet(pinfo)
                                               : session_of_lookup(pinfo);
    else
        session = session_of_conversation(packet, ours);
    if (session != NULL || look.act != NETBIOS_NOTHING ||
        session_log_shown(pinfo) != NULL || ours)
        show(packet->tvb, pinfo, packet->tree, session, &look);
}

void
smsrc_log_packet(packet_view_t *packet)
{
    const packet_info *pinfo = packet->pinfo;

    /* Every packet of a capture comes here, and nearly all of them go no further. */
    if (!log_active)
        return;
    if ((pinfo->ptype != PT_TCP && pinfo->ptype != PT_UDP && pinfo->ptype != PT_IPX) ||
        has_port_of_ours(pinfo) || netbios_is_candidate(pinfo) || session_log_is_candidate(pinfo))
        look_at(packet);
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
        { &hf_smsrc_session,
          { "Session", "smsrc.session", FT_UINT32, BASE_DEC, NULL, 0x0,
            "Number of the session of this viewer and this agent, across all channels", HFILL } },
        { &hf_smsrc_session_first_frame,
          { "First frame of the session", "smsrc.session.first_frame", FT_FRAMENUM, BASE_NONE,
            NULL, 0x0, "The frame that the session began with", HFILL } },
        { &hf_smsrc_netbios_name,
          { "NetBIOS name", "smsrc.netbios.name", FT_STRING, BASE_NONE, NULL, 0x0,
            "The agent's name, with its 16th byte in hexadecimal", HFILL } },
        { &hf_smsrc_netbios_channel,
          { "What the name is for", "smsrc.netbios.channel", FT_STRING, BASE_NONE, NULL, 0x0,
            "Told by the 16th byte: 43 data, 45 chat, 46 file transfer", HFILL } },
    };
    static int *ett[] = { &ett_smsrc_log };
    static ei_register_info ei[] = {
        { &ei_smsrc_data_unreachable,
          { "smsrc.data_unreachable", PI_SEQUENCE, PI_WARN,
            "The agent answers, but not on the port of this function", EXPFILL } },
        { &ei_smsrc_udp_unreachable,
          { "smsrc.udp_unreachable", PI_SEQUENCE, PI_WARN, "UDP does not reach the agent",
            EXPFILL } },
        { &ei_smsrc_name_not_resolved,
          { "smsrc.name_not_resolved", PI_SEQUENCE, PI_WARN,
            "The agent's NetBIOS name was not resolved", EXPFILL } },
        { &ei_smsrc_old_ports_only,
          { "smsrc.old_ports_only", PI_SEQUENCE, PI_WARN,
            "The viewer has tried the ports of SMS 1.x only", EXPFILL } },
        { &ei_smsrc_ntlm_refused,
          { "smsrc.ntlm_refused", PI_RESPONSE_CODE, PI_WARN,
            "The agent did not take the viewer's account", EXPFILL } },
    };

    proto_smsrc_log = proto_register_protocol("Microsoft SMS Remote Control Session",
                                              "SMSRC-LOG", "smsrc.log");
    proto_register_field_array(proto_smsrc_log, hf, array_length(hf));
    proto_register_subtree_array(ett, array_length(ett));
    expert_register_field_array(expert_register_protocol(proto_smsrc_log), ei, array_length(ei));

    register_init_routine(init_smsrc_log);
    smsrc_tap = register_tap("smsrc");
    message_tap = register_tap("smsrc_message");
}

void
proto_reg_handoff_smsrc_log(void)
{
    session_log_init(proto_smsrc_log);
    session_names_init();
}
