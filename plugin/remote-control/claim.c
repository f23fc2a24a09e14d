/* claim.c
 * Classification of packets as SMS Remote Control
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * 1025 to 5000 was the range of Windows's client ports up to 2003, so a port of 2701-2704 proves
 * nothing: the client of any other service may have it. A claim has one of these bases, in order:
 *
 *  - content: one of the protocol's magics, on any port;
 *  - session: the agent's port is a channel's, and the same two hosts have a session that was
 *    proven by content (chat and file transfer have no known framing);
 *  - user: Decode As;
 *  - port: a channel's port is the *server's* side, by the SYN, or because the other side has no
 *    port of a known service; and the bytes are not those of another known protocol.
 */

#include "claim.h"

#include "addresses.h"
#include "claim-answer.h"
#include "cm-frame.h"
#include "service-detect.h"
#include "session-connection.h"
#include "session-events.h"
#include "tcp-state.h"

/* Services of the matrix for whose port Wireshark has no dissector. */
static const uint16_t listed_ports[] = { 3269 /* Global Catalog over TLS */ };

static int proto_claim = -1;
static dissector_table_t tcp_ports;
static dissector_table_t udp_ports;

/* The last frame in which another service has answered; rebuilt for every capture. */
static uint32_t refuted_frame;

void
claim_init(int proto)
{
    proto_claim = proto;
    tcp_ports = find_dissector_table("tcp.port");
    udp_ports = find_dissector_table("udp.port");
}

static claim_state_t *
find_state(const conversation_t *conversation)
{
    return (claim_state_t *)conversation_get_proto_data(conversation, proto_claim);
}

static claim_state_t *
get_or_create_state(conversation_t *conversation)
{
    claim_state_t *state = find_state(conversation);

    if (state == NULL) {
        state = wmem_new0(wmem_file_scope(), claim_state_t);
        conversation_add_proto_data(conversation, proto_claim, state);
    }
    return state;
}

/* True where something that was first seen in @p frame (0: never) holds for the packet. */
static bool
holds_since(uint32_t frame, const packet_info *pinfo)
{
    return frame != 0 && pinfo->num >= frame;
}

/*
 * The server's port
 */

/* True where @p port is a well-known service's, or one that Wireshark or the article names. */
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

static bool
is_channel_port(uint16_t port, uint16_t user_port)
{
    generation_e generation;

    return port == user_port || channel_by_port(port, &generation) != CHANNEL_UNKNOWN;
}

/*
 * Returns the server's port where neither SYN nor content shows it; 0 where it is not known. Over
 * UDP the first sender is the client. Over TCP, where exactly one port is a channel's, it is the
 * other one if that is a service's, else the channel's. @p user_port is the port of Decode As; 0:
 * none.
 */
static uint16_t
server_by_port(const packet_info *pinfo, uint16_t user_port)
{
    bool udp = pinfo->ptype == PT_UDP;
    uint16_t source = (uint16_t)pinfo->srcport, destination = (uint16_t)pinfo->destport;
    bool from_channel = is_channel_port(source, user_port);
    bool to_channel = is_channel_port(destination, user_port);

    if (pinfo->ptype == PT_IPX)
        return channel_by_ipx_socket(destination) != CHANNEL_UNKNOWN ? destination : source;
    if (udp)
        return is_service_port(source, udp) && source != user_port ? source : destination;
    if (from_channel == to_channel)
        return 0;
    if (to_channel)
        return is_service_port(source, udp) ? source : destination;
    return is_service_port(destination, udp) ? destination : source;
}

/* Returns the server's port by content or ports. */
static uint16_t
infer_server(const claim_input_t *input, content_e content)
{
    const packet_info *pinfo = input->pinfo;
    uint16_t user_port = input->limit == CLAIM_BY_USER ? (uint16_t)pinfo->match_uint : 0;

    switch (content_direction(input->tvb, content)) {
    case DIRECTION_TO_AGENT:
        return (uint16_t)pinfo->destport;
    case DIRECTION_TO_VIEWER:
        return (uint16_t)pinfo->srcport;
    case DIRECTION_UNKNOWN:
        break;
    }
    return server_by_port(pinfo, user_port);
}

/* Sets the server's port by content that only one end sends, of this frame or of an earlier one. */
static void
set_deciding_server(const claim_input_t *input, const claim_state_t *state, claim_t *claim)
{
    const packet_info *pinfo = input->pinfo;
    direction_e direction = content_deciding_direction(input->tvb, claim->content);

    claim->server_port = state->deciding_port;
    if (claim->server_port != 0 || direction == DIRECTION_UNKNOWN ||
        pinfo->srcport == pinfo->destport)
        return;
    claim->server_port = (uint16_t)(direction == DIRECTION_TO_AGENT ? pinfo->destport
                                                                    : pinfo->srcport);
    claim->findings.deciding_server_port = claim->server_port;
}

/*
 * Sets the server's port: by content that only one end sends, by the first SYN, by what an earlier
 * frame showed, else inferred.
 */
static void
set_server(const claim_input_t *input, const claim_state_t *state, claim_t *claim)
{
    const packet_info *pinfo = input->pinfo;
    const conversation_t *conversation = claim->findings.conversation;

    set_deciding_server(input, state, claim);
    if (claim->server_port == 0 && pinfo->ptype == PT_TCP && conversation != NULL)
        claim->server_port = tcp_state_server_port(conversation);
    if (claim->server_port == 0 && state->server_port != 0 && pinfo->num >= state->server_frame)
        claim->server_port = state->server_port;
    if (claim->server_port == 0)
        claim->server_port = claim->findings.inferred_server_port =
            infer_server(input, claim->content);
}

/*
 * Classification
 */

static session_transport_e
transport_of_packet(const packet_info *pinfo)
{
    return pinfo->ptype == PT_UDP   ? SESSION_TRANSPORT_UDP
           : pinfo->ptype == PT_IPX ? SESSION_TRANSPORT_IPX
                                    : SESSION_TRANSPORT_TCP;
}

/* Returns the direction where both ports are the same: by content, or by the known viewer. */
static direction_e
direction_by_ends(const claim_input_t *input, const claim_t *claim)
{
    const packet_info *pinfo = input->pinfo;
    const session_connection_t *connection =
        claim->findings.conversation != NULL
            ? session_connection_find(claim->findings.conversation)
            : NULL;
    direction_e direction = content_direction(input->tvb, claim->content);
    bool has_session =
        connection != NULL &&
        session_connection_get_session(connection, pinfo->num, false) != NULL;
    /* What a later frame shows does not claim an earlier one. */
    bool has_ends = connection != NULL && session_connection_has_ends(connection) &&
                    (!PINFO_FD_VISITED(pinfo) || has_session);
    const address *viewer = NULL;

    if (!has_ends && direction != DIRECTION_UNKNOWN)
        return direction;
    if (has_ends || has_session)
        viewer = session_connection_get_viewer(connection);
    else if (!PINFO_FD_VISITED(pinfo))
        viewer = session_log_find_viewer(&pinfo->src, &pinfo->dst);
    if (viewer == NULL)
        return DIRECTION_UNKNOWN;
    return addresses_equal(&pinfo->src, viewer) ? DIRECTION_TO_AGENT : DIRECTION_TO_VIEWER;
}

static void
set_direction(const claim_input_t *input, claim_t *claim)
{
    const packet_info *pinfo = input->pinfo;

    if (claim->server_port == 0 || pinfo->srcport == pinfo->destport)
        claim->direction = direction_by_ends(input, claim);
    else
        claim->direction = claim->server_port == pinfo->destport ? DIRECTION_TO_AGENT
                                                                 : DIRECTION_TO_VIEWER;
}

static void
set_channel(const claim_input_t *input, claim_t *claim)
{
    claim->channel = input->pinfo->ptype == PT_IPX
                         ? channel_by_ipx_socket(claim->server_port)
                         : channel_by_port(claim->server_port, &claim->generation);
    claim->findings.known_port = claim->channel != CHANNEL_UNKNOWN;
    claim->findings.known_channel = claim->findings.known_port || input->limit == CLAIM_BY_USER;
    if (input->channel != CHANNEL_UNKNOWN)
        claim->channel = input->channel;
    else if (claim->channel == CHANNEL_UNKNOWN)
        claim->channel = content_channel(claim->content);
}

/*
 * A connection is ConfigMgr's from its greeting on. Where that was not captured, it is from the
 * first sealed frame on that begins a segment: too little to claim a connection by, enough to
 * distinguish the two protocols of one port.
 */
static bool
is_configmgr(const claim_input_t *input, const claim_state_t *state, content_e content)
{
    if (state->cm_frame != 0)
        return holds_since(state->cm_frame, input->pinfo);
    return input->pinfo->ptype == PT_TCP &&
           (content == CONTENT_CM ||
            (state->proof_frame == 0 && cm_frame_is_sealed(input->tvb, 0)));
}

/* The protocol's own content proves a session; other content only belongs to a proven one. */
static session_event_t
event_of_claim(const packet_info *pinfo, const claim_t *claim)
{
    bool to_agent = claim->direction == DIRECTION_TO_AGENT;

    return (session_event_t){
        .kind = claim->configmgr ? SESSION_CONFIGMGR : SESSION_SMS,
        .viewer = to_agent ? &pinfo->src : &pinfo->dst,
        .agent = to_agent ? &pinfo->dst : &pinfo->src,
        .channel = claim->configmgr ? CHANNEL_CONTROL : claim->channel,
        .transport = claim->transport,
        .server_port = claim->server_port,
        .legacy_port = claim->generation == GENERATION_OLDER,
        .proof = content_is_proof(claim->content) && !claim->findings.is_echo &&
                 !claim->findings.may_be_echo,
        .by_viewer = to_agent && content_is_proof(claim->content),
        .fixes_ends = claim->findings.deciding_server_port != 0 ||
                      (pinfo->srcport == pinfo->destport && content_is_proof(claim->content)),
        .nonstandard_port = !claim->findings.known_port,
        .starts_session = claim->channel == CHANNEL_CONTROL,
    };
}

/* True where the packet belongs to a session that content has proven before. */
static bool
joins_session(const packet_info *pinfo, const claim_t *claim)
{
    const conversation_t *conversation = claim->findings.conversation;
    session_event_t event = event_of_claim(pinfo, claim);

    if (!claim->findings.known_channel || claim->direction == DIRECTION_UNKNOWN)
        return false;
    return session_connection_has_session_for(
        conversation != NULL ? session_connection_find(conversation) : NULL, pinfo, &event);
}

/* True where the server's port alone may be the basis. */
static bool
may_be_by_port(const claim_input_t *input, const claim_state_t *state, const claim_t *claim)
{
    const packet_info *pinfo = input->pinfo;
    /* FTP in active mode calls from 20: a client on a well-known port is not a viewer. */
    uint32_t viewer_port = claim->direction == DIRECTION_TO_AGENT ? pinfo->srcport
                                                                  : pinfo->destport;

    return input->limit != CLAIM_BY_SESSION && viewer_port >= 1024 &&
           claim->direction != DIRECTION_UNKNOWN && claim->generation != GENERATION_UNKNOWN &&
           !holds_since(state->foreign_frame, pinfo);
}

static bool
find_basis(const claim_input_t *input, const claim_state_t *state, claim_t *claim)
{
    bool udp = input->pinfo->ptype == PT_UDP;

    if (content_is_proof(claim->content)) {
        claim->basis = BASIS_CONTENT;
        return true;
    }
    if (claim->findings.answer == ANSWER_FOREIGN)
        claim->findings.is_foreign = true;
    else if (!holds_since(state->foreign_frame, input->pinfo) &&
             (holds_since(state->proof_frame, input->pinfo) ||
              joins_session(input->pinfo, claim))) {
        claim->basis = BASIS_SESSION;
        claim->findings.is_foreign = claim_answer_begins_foreign(input, state);
        claim->findings.asks_others =
            state->first_frame == 0 || claim->findings.is_unknown_answer;
        return !claim->findings.is_foreign || input->limit == CLAIM_BY_USER;
    }
    if (input->limit == CLAIM_BY_USER) {
        claim->basis = BASIS_USER;
        return true;
    }
    if (claim->findings.is_foreign)
        return false;
    if (!may_be_by_port(input, state, claim))
        return false;
    claim->basis = BASIS_PORT;
    claim->findings.asks_others = true;
    claim->findings.is_foreign =
        service_detect_tvb(input->tvb, udp ? TRANSPORT_UDP : TRANSPORT_TCP) != SERVICE_UNKNOWN;
    return !claim->findings.is_foreign;
}

bool
claim_classify(const claim_input_t *input, claim_t *claim)
{
    static const claim_state_t nothing_known;
    packet_info *pinfo = input->pinfo;
    const claim_state_t *state = NULL;

    memset(claim, 0, sizeof *claim);
    claim->transport = transport_of_packet(pinfo);
    claim->content = content_detect(input->tvb, 0, claim->transport == SESSION_TRANSPORT_TCP);
    if (input->limit == CLAIM_BY_CONTENT && !content_is_proof(claim->content))
        return false;
    /* What an ICMP error quotes was not sent now, and proves nothing. */
    if (tvb_reported_length(input->tvb) == 0 || pinfo->flags.in_error_pkt)
        return false;

    claim->findings.is_candidate = true;
    claim->findings.conversation = find_conversation_pinfo(pinfo, 0);
    if (claim->findings.conversation != NULL)
        state = find_state(claim->findings.conversation);
    if (state == NULL)
        state = &nothing_known;
    set_server(input, state, claim);
    set_direction(input, claim);
    set_channel(input, claim);
    claim->configmgr = is_configmgr(input, state, claim->content);
    claim_answer_set(input, state, claim);
    return find_basis(input, state, claim);
}

/*
 * Recording
 */

static void
record_state(claim_state_t *state, const packet_info *pinfo, const claim_t *claim)
{
    if (state->deciding_port == 0)
        state->deciding_port = claim->findings.deciding_server_port;
    if (state->first_frame == 0)
        state->first_frame = pinfo->num;
    if (claim->findings.answer == ANSWER_OWN ||
        (content_is_proof(claim->content) && claim->direction == DIRECTION_TO_VIEWER &&
         claim->findings.answer == ANSWER_NONE && !state->has_request))
        state->answer_frame = pinfo->num;
    if (state->server_port == 0 && claim->findings.inferred_server_port != 0) {
        state->server_port = claim->findings.inferred_server_port;
        state->server_frame = pinfo->num;
    }
    if (claim->configmgr && state->cm_frame == 0)
        state->cm_frame = pinfo->num;
    if (content_is_proof(claim->content) && state->proof_frame == 0)
        state->proof_frame = pinfo->num;
    if (claim->findings.is_foreign && state->foreign_frame == 0)
        state->foreign_frame = pinfo->num;
}

static const session_t *
report_event(conversation_t *conversation, const packet_info *pinfo, const claim_t *claim)
{
    session_event_t event = event_of_claim(pinfo, claim);
    session_connection_t *connection = session_connection_find(conversation);

    if (claim->findings.is_foreign || claim->findings.is_echo) {
        if (connection == NULL && claim->findings.is_foreign)
            connection = session_connection_get_or_create(conversation, pinfo);
        if (connection != NULL && !PINFO_FD_VISITED(pinfo))
            session_connection_leave(connection);
        return NULL;
    }
    if (claim->direction == DIRECTION_UNKNOWN)
        return NULL;
    if (claim->findings.answer == ANSWER_OWN && connection != NULL && !event.proof)
        session_connection_prove(connection, pinfo);
    if (event.proof || claim->findings.known_channel)
        return session_connection_report(
            session_connection_get_or_create(conversation, pinfo), pinfo, &event);
    if (connection == NULL || !session_connection_has_session(connection))
        return NULL;
    return session_connection_report(connection, pinfo, &event);
}

void
claim_set_foreign(claim_t *claim)
{
    claim->findings.is_foreign = true;
    claim_answer_is_of_others(claim);
}

bool
claim_is_refuted(const packet_info *pinfo)
{
    return pinfo->num == refuted_frame && !PINFO_FD_VISITED(pinfo);
}

void
claim_reset(void)
{
    refuted_frame = 0;
}

void
claim_record(tvbuff_t *tvb, packet_info *pinfo, claim_t *claim)
{
    conversation_t *conversation = claim->findings.conversation;
    claim_state_t *state;

    if (!claim->findings.is_candidate)
        return;
    if (conversation == NULL)
        conversation = find_or_create_conversation(pinfo);
    state = get_or_create_state(conversation);
    if (!PINFO_FD_VISITED(pinfo)) {
        record_state(state, pinfo, claim);
        claim_answer_record_request(state, tvb, claim);
        claim_answer_record(state, tvb, claim);
        if (claim->findings.answer == ANSWER_FOREIGN)
            refuted_frame = pinfo->num;
    }
    claim->session = report_event(conversation, pinfo, claim);
    if (claim->session != NULL && !session_log_is_proven(claim->session))
        claim->session = NULL;
}
