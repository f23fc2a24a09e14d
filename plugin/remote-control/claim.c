/* claim.c
 * What is claimed as SMS Remote Control, and on what ground
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * 1025 to 5000 was the range of Windows's client ports up to 2003, so a port of 2701-2704 proves
 * nothing by itself: it is as likely the client's end of anything at all. The grounds, in order:
 *
 *  - content: one of the protocol's magics, on any port;
 *  - session: the agent's port is one of ours, and the same two hosts have a session that was
 *    proven by content (chat and file transfer have no known framing of their own);
 *  - user: Decode As;
 *  - port: one of ours is the *server's* side, by the SYN, or because the other side is no
 *    known service's port; and the bytes are not those of another known protocol.
 */

#define WS_LOG_DOMAIN "smsrc"

#include "claim.h"

#include <epan/conversation.h>

#include "cm-frame.h"
#include "netbios.h"
#include "service-detect.h"
#include "session-connection.h"
#include "session-events.h"
#include "tcp-state.h"

/* What is remembered of a conversation, from the first pass on. */
typedef struct {
    uint16_t server_port;   /* 0: not known yet */
    uint32_t server_frame;  /* the frame that showed it */
    uint32_t foreign_frame; /* from here on its content is another protocol's; 0: it is not */
    uint32_t proof_frame;   /* from here on it is Remote Control by its own content; 0: it is not */
    uint32_t cm_frame;      /* from here on it is ConfigMgr's; 0: it is not */
} claim_state_t;

/* Services of the matrix for whose port Wireshark has no dissector of its own. */
static const uint16_t listed_ports[] = { 3269 /* Global Catalog over TLS */ };

static int proto_smsrc_flow = -1;
static dissector_table_t tcp_ports;
static dissector_table_t udp_ports;

void
claim_init(int proto)
{
    proto_smsrc_flow = proto;
    tcp_ports = find_dissector_table("tcp.port");
    udp_ports = find_dissector_table("udp.port");
}

/* The beginning of ConfigMgr's greeting: the agent may send it in several segments. */
static bool
is_greeting_start(tvbuff_t *tvb)
{
    static const uint8_t start[] = { 0x22, 0, 0, 0x80, 0x20, 0, 'S', 0, 'T', 0, 'A', 0 };
    unsigned captured = tvb_captured_length(tvb);

    return captured < CM_GREETING_LENGTH &&
           tvb_memeql(tvb, 0, start, MIN(captured, sizeof start)) == 0;
}

content_e
claim_content(tvbuff_t *tvb, unsigned offset, bool stream)
{
    static const struct {
        content_e content;
        const char *start, *end;
    } headers[] = {
        { CONTENT_RCH, "RCH0", "RCHE" },
        { CONTENT_TNMP, "TNMP", "TNME" },
    };
    int captured = tvb_captured_length_remaining(tvb, (int)offset);
    const uint8_t *bytes;

    if (captured <= 0)
        return CONTENT_NONE;
    captured = MIN(captured, SMSRC_HEADER_LENGTH);
    bytes = tvb_get_ptr(tvb, (int)offset, captured);

    for (unsigned i = 0; i < array_length(headers); i++) {
        if (memcmp(bytes, headers[i].start, (size_t)MIN(captured, 4)) != 0)
            continue;
        if (captured > 8 && memcmp(bytes + 8, headers[i].end, (size_t)captured - 8) != 0)
            continue;
        return captured == SMSRC_HEADER_LENGTH ? headers[i].content : CONTENT_PARTIAL;
    }
    if (!stream && captured >= 8 && memcmp(bytes, "\0\0\0\0USER", 8) == 0)
        return CONTENT_USER;
    if (stream && offset == 0 && captured > 3 && bytes[3] == 0x80 &&
        service_detect_tvb(tvb, TRANSPORT_TCP) == SERVICE_CM_REMOTE_CONTROL)
        return CONTENT_CM;
    if (stream && offset == 0 && is_greeting_start(tvb))
        return CONTENT_PARTIAL;
    return CONTENT_NONE;
}

/*
 * Who sends a message of this content: the viewer sends RCH0 (both Snort rules and the Nessus
 * check go to the agent) and TNMP requests, the agent TNMP replies, the bare record, and the
 * ConfigMgr greeting.
 */
static direction_e
direction_by_content(tvbuff_t *tvb, content_e content)
{
    switch (content) {
    case CONTENT_RCH:
        return DIRECTION_TO_AGENT;
    case CONTENT_TNMP:
        if (tvb_captured_length(tvb) < SMSRC_HEADER_LENGTH + 4)
            return DIRECTION_UNKNOWN;
        return tvb_get_letohs(tvb, SMSRC_HEADER_LENGTH + 2) == 4 ? DIRECTION_TO_AGENT
                                                                 : DIRECTION_TO_VIEWER;
    case CONTENT_USER:
    case CONTENT_CM:
        return DIRECTION_TO_VIEWER;
    case CONTENT_NONE:
    case CONTENT_PARTIAL:
        break;
    }
    return DIRECTION_UNKNOWN;
}

/* True where @p port is a well-known service's, or one that Wireshark or the KB has a name for. */
static bool
is_service_port(uint16_t port, bool udp)
{
    generation_e generation;

    if (port < 1024)
        return true;
    if (channel_by_port(port, &generation) != CHANNEL_UNKNOWN)
        return false;
    for (unsigned i = 0; i < array_length(listed_ports); i++) {
        if (port == listed_ports[i])
            return true;
    }
    return dissector_get_uint_handle(udp ? udp_ports : tcp_ports, port) != NULL;
}

/*
 * The server's port where neither SYN nor content tells it. Over UDP the first sender is the
 * client. Over TCP it is the port that is ours, when the other side's is no service's and not
 * ours too. @p match is a port that is ours by the user's word. 0: not known.
 */
static uint16_t
server_by_port(const packet_info *pinfo, bool udp, uint16_t match)
{
    uint16_t source = (uint16_t)pinfo->srcport, destination = (uint16_t)pinfo->destport;
    generation_e generation;
    bool source_ours = source == match ||
                       channel_by_port(source, &generation) != CHANNEL_UNKNOWN;
    bool destination_ours = destination == match ||
                            channel_by_port(destination, &generation) != CHANNEL_UNKNOWN;

    if (pinfo->ptype == PT_IPX)
        return channel_by_ipx_socket(destination) != CHANNEL_UNKNOWN ? destination : source;
    if (udp)
        return is_service_port(source, udp) && source != match ? source : destination;
    if (source_ours == destination_ours)
        return 0;
    if (destination_ours)
        return is_service_port(source, udp) ? source : destination;
    return is_service_port(destination, udp) ? destination : source;
}

/* The port the SYN went to, as Wireshark's TCP dissector remembers it. 0: no SYN was seen. */
static uint16_t
server_by_syn(const packet_info *pinfo, conversation_t *conversation)
{
    return pinfo->ptype == PT_TCP ? tcp_state_server_port(conversation) : 0;
}

static claim_state_t *
claim_state(conversation_t *conversation)
{
    claim_state_t *flow =
        (claim_state_t *)conversation_get_proto_data(conversation, proto_smsrc_flow);

    if (flow == NULL) {
        flow = wmem_new0(wmem_file_scope(), claim_state_t);
        conversation_add_proto_data(conversation, proto_smsrc_flow, flow);
    }
    return flow;
}

/*
 * The server's port: by the SYN, by what an earlier frame showed, by content, by the ports. What
 * a frame showed counts from that frame on, so that every pass says the same.
 */
static uint16_t
server_of(tvbuff_t *tvb, const packet_info *pinfo, conversation_t *conversation,
          claim_state_t *flow, content_e content, uint16_t match)
{
    uint16_t server = server_by_syn(pinfo, conversation);
    direction_e direction;

    if (server != 0)
        return server;
    if (flow->server_port != 0 && pinfo->num >= flow->server_frame)
        return flow->server_port;
    direction = direction_by_content(tvb, content);
    if (direction != DIRECTION_UNKNOWN)
        server = (uint16_t)(direction == DIRECTION_TO_AGENT ? pinfo->destport : pinfo->srcport);
    else
        server = server_by_port(pinfo, pinfo->ptype == PT_UDP, match);
    if (server != 0 && flow->server_port == 0) {
        flow->server_port = server;
        flow->server_frame = pinfo->num;
    }
    return server;
}

/* True where the content is the protocol's own, whole. */
static bool
is_proof(content_e content)
{
    return content != CONTENT_NONE && content != CONTENT_PARTIAL;
}

/* Content of its own proves a session; other content only belongs to one that is proven. */
static const session_t *
session_of(const packet_info *pinfo, conversation_t *conversation, const claim_t *claim,
           bool known_channel, bool known_port)
{
    bool proof = is_proof(claim->content);
    bool to_agent = claim->direction == DIRECTION_TO_AGENT;
    session_event_t event = {
        .kind = claim->configmgr ? SESSION_CONFIGMGR : SESSION_SMS,
        .viewer = to_agent ? &pinfo->src : &pinfo->dst,
        .agent = to_agent ? &pinfo->dst : &pinfo->src,
        .channel = claim->configmgr ? CHANNEL_CONTROL : claim->channel,
        .transport = claim->carrier,
        .server_port = claim->server_port,
        .legacy_port = claim->generation == GENERATION_OLDER,
        .proof = proof,
        .nonstandard_port = !known_port,
        .starts_session = claim->channel == CHANNEL_CONTROL,
    };
    session_connection_t *connection;

    if (claim->direction == DIRECTION_UNKNOWN)
        return NULL;
    connection = proof || known_channel
                     ? session_connection_get_or_create(conversation, pinfo)
                     : session_connection_find(conversation);
    if (connection == NULL || (!proof && !known_channel && !session_connection_has_session(connection)))
        return NULL;
    return session_connection_report(connection, pinfo, &event);
}

static session_transport_e
transport_of_packet(const packet_info *pinfo)
{
    return pinfo->ptype == PT_UDP   ? SESSION_TRANSPORT_UDP
           : pinfo->ptype == PT_IPX ? SESSION_TRANSPORT_IPX
                                    : SESSION_TRANSPORT_TCP;
}

/* What nobody but the content can tell: the channel that it is known from. */
static channel_e
channel_by_content(content_e content)
{
    switch (content) {
    case CONTENT_RCH:
        return CHANNEL_DATA;
    case CONTENT_TNMP:
    case CONTENT_USER:
        return CHANNEL_CONTROL;
    case CONTENT_CM:
    case CONTENT_NONE:
    case CONTENT_PARTIAL:
        break;
    }
    return CHANNEL_UNKNOWN;
}

/* Where both ports are the same: by the content, or by who is known to be the viewer. */
static direction_e
direction_by_ends(tvbuff_t *tvb, const packet_info *pinfo, conversation_t *conversation,
                  content_e content)
{
    const session_connection_t *connection = session_connection_find(conversation);
    direction_e direction = direction_by_content(tvb, content);
    const address *viewer = NULL;

    if (direction != DIRECTION_UNKNOWN)
        return direction;
    if (connection != NULL && session_connection_get_session(connection, pinfo->num, false) != NULL)
        viewer = session_connection_get_viewer(connection);
    else if (!PINFO_FD_VISITED(pinfo))
        viewer = session_log_find_viewer(&pinfo->src, &pinfo->dst);
    if (viewer == NULL)
        return DIRECTION_UNKNOWN;
    return addresses_equal(&pinfo->src, viewer) ? DIRECTION_TO_AGENT : DIRECTION_TO_VIEWER;
}

/*
 * ConfigMgr's from its greeting on. Where that was not captured, from the first sealed frame on
 * that begins a segment: too little to claim a connection by, enough to tell the two protocols
 * of one port apart.
 */
static bool
is_configmgr(tvbuff_t *tvb, const packet_info *pinfo, claim_state_t *flow, content_e content)
{
    if (flow->cm_frame == 0 && pinfo->ptype == PT_TCP &&
        (content == CONTENT_CM || (flow->proof_frame == 0 && cm_frame_is_sealed(tvb, 0))))
        flow->cm_frame = pinfo->num;
    return flow->cm_frame != 0 && pinfo->num >= flow->cm_frame;
}

bool
claim_classify(tvbuff_t *tvb, packet_info *pinfo, channel_e channel, claim_limit_e limit,
           claim_t *claim)
{
    bool udp = pinfo->ptype == PT_UDP;
    bool by_user = limit == CLAIM_BY_USER;
    bool known_channel, known_port;
    uint32_t viewer_port;
    conversation_t *conversation;
    claim_state_t *flow;

    memset(claim, 0, sizeof *claim);
    claim->carrier = transport_of_packet(pinfo);
    claim->content = claim_content(tvb, 0, claim->carrier == SESSION_TRANSPORT_TCP);
    if (limit == CLAIM_BY_CONTENT && !is_proof(claim->content))
        return false;
    /* What an ICMP error quotes was not sent now, and proves nothing. */
    if (tvb_reported_length(tvb) == 0 || pinfo->flags.in_error_pkt)
        return false;

    conversation = find_or_create_conversation(pinfo);
    flow = claim_state(conversation);

    claim->server_port = server_of(tvb, pinfo, conversation, flow, claim->content,
                                   by_user ? (uint16_t)pinfo->match_uint : 0);
    if (claim->server_port != 0 && pinfo->srcport != pinfo->destport)
        claim->direction = claim->server_port == pinfo->destport ? DIRECTION_TO_AGENT
                                                                 : DIRECTION_TO_VIEWER;
    else
        claim->direction = direction_by_ends(tvb, pinfo, conversation, claim->content);

    claim->channel = pinfo->ptype == PT_IPX
                         ? channel_by_ipx_socket(claim->server_port)
                         : channel_by_port(claim->server_port, &claim->generation);
    known_port = claim->channel != CHANNEL_UNKNOWN;
    known_channel = known_port || by_user;
    if (channel != CHANNEL_UNKNOWN)
        claim->channel = channel;
    else if (claim->channel == CHANNEL_UNKNOWN)
        claim->channel = channel_by_content(claim->content);
    claim->configmgr = is_configmgr(tvb, pinfo, flow, claim->content);
    claim->session = session_of(pinfo, conversation, claim, known_channel, known_port);

    if (is_proof(claim->content)) {
        claim->ground = BASIS_CONTENT;
        if (flow->proof_frame == 0)
            flow->proof_frame = pinfo->num;
        return true;
    }
    if ((flow->proof_frame != 0 && pinfo->num >= flow->proof_frame) ||
        (claim->session != NULL && known_channel)) {
        claim->ground = BASIS_SESSION;
        return true;
    }
    if (by_user) {
        claim->ground = BASIS_USER;
        return true;
    }
    /* FTP in active mode calls from 20: a client on a well-known port is no viewer. */
    viewer_port = claim->direction == DIRECTION_TO_AGENT ? pinfo->srcport : pinfo->destport;
    if (limit == CLAIM_BY_SESSION || viewer_port < 1024 ||
        claim->direction == DIRECTION_UNKNOWN || claim->generation == GENERATION_UNKNOWN ||
        (flow->foreign_frame != 0 && pinfo->num >= flow->foreign_frame))
        return false;
    if (service_detect_tvb(tvb, udp ? TRANSPORT_UDP : TRANSPORT_TCP) != SERVICE_UNKNOWN) {
        if (flow->foreign_frame == 0)
            flow->foreign_frame = pinfo->num;
        return false;
    }
    claim->ground = BASIS_PORT;
    return true;
}

/* The conversation's own name tells, or the datagram's; else the content has to. */
bool
claim_classify_netbios(tvbuff_t *tvb, packet_info *pinfo, claim_t *claim)
{
    session_connection_t *connection = NULL;
    session_called_name_t called;
    netbios_packet_t look = { .act = NETBIOS_NOTHING };
    packet_view_t packet = packet_view_open(tvb_get_ds_tvb(tvb), pinfo, NULL);
    session_event_t event = {
        .kind = SESSION_SMS, .transport = SESSION_TRANSPORT_NETBIOS, .proof = true};

    memset(claim, 0, sizeof *claim);
    if (tvb_reported_length(tvb) == 0 || pinfo->flags.in_error_pkt)
        return false;
    claim->carrier = SESSION_TRANSPORT_NETBIOS;
    claim->ground = BASIS_CONTENT;
    claim->content = claim_content(tvb, 0, false);
    if (pinfo->ptype == PT_TCP)
        connection = session_connection_find_by_packet(pinfo);
    else
        netbios_parse(&packet, &look);
    if (connection != NULL && session_connection_get_called_name(connection, &called)) {
        claim->channel = called.channel;
        claim->direction = pinfo->destport == called.server_port ? DIRECTION_TO_AGENT
                                                                      : DIRECTION_TO_VIEWER;
    } else if (look.act == NETBIOS_DATAGRAM) {
        claim->channel = look.channel;
        claim->direction = look.from_agent ? DIRECTION_TO_VIEWER : DIRECTION_TO_AGENT;
    } else {
        connection = NULL;
        claim->channel = channel_by_content(claim->content);
        claim->direction = direction_by_content(tvb, claim->content);
    }
    if (!is_proof(claim->content)) {
        claim->ground = BASIS_SESSION;
        if (claim->channel == CHANNEL_UNKNOWN)
            return false;
    }
    if (connection != NULL) {
        claim->session = session_connection_get_session(connection, pinfo->num, false);
    } else if (PINFO_FD_VISITED(pinfo)) {
        claim->session = session_events_find_session(pinfo);
    } else if (claim->direction != DIRECTION_UNKNOWN) {
        session_t *session;

        event.viewer = claim->direction == DIRECTION_TO_AGENT ? &pinfo->src : &pinfo->dst;
        event.agent = claim->direction == DIRECTION_TO_AGENT ? &pinfo->dst : &pinfo->src;
        event.channel = claim->channel;
        session = session_connection_report_packet(pinfo, &event);
        if (session != NULL) {
            session_events_set_session(pinfo, session);
            if (look.act == NETBIOS_DATAGRAM) {
                session_events_set_name(session, SESSION_NAME_HOST, look.agent.text, pinfo);
                session_events_set_name(session, SESSION_NAME_VIEWER, look.viewer.text, pinfo);
            }
        }
        claim->session = session;
    }
    return true;
}
