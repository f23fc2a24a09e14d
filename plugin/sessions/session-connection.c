/* session-connection.c
 * Conversations of remote-control sessions, and how they join a session
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "session-connection.h"

#include "conversation-cache.h"
#include "name-lookup.h"
#include "session-log-internal.h"
#include "tcp-state.h"

static int proto_session_connection = -1;

void
session_connection_init(int proto)
{
    proto_session_connection = proto;
}

/*
 * State of a conversation
 */

/* Sets the first frame and its time, by what Wireshark's own dissectors keep. */
static void
set_first_frame(session_connection_t *connection, const conversation_t *conversation,
                const packet_info *pinfo)
{
    const nstime_t *first = pinfo->ptype == PT_TCP || pinfo->ptype == PT_UDP
                                ? tcp_state_first_time(conversation)
                                : NULL;

    connection->first_frame = connection->last_frame = pinfo->num;
    connection->first_time = connection->last_time = session_log_time(pinfo);
    if (first != NULL && conversation->setup_frame < pinfo->num) {
        connection->first_frame = conversation->setup_frame;
        /* They keep a frame without a time as one of 1970. */
        if (nstime_is_zero(first))
            nstime_set_unset(&connection->first_time);
        else
            connection->first_time = *first;
    }
}

session_connection_t *
session_connection_find(const conversation_t *conversation)
{
    return (session_connection_t *)conversation_get_proto_data(conversation,
                                                               proto_session_connection);
}

session_connection_t *
session_connection_get_or_create(conversation_t *conversation, const packet_info *pinfo)
{
    session_connection_t *connection = session_connection_find(conversation);

    if (connection == NULL) {
        connection = wmem_new0(wmem_file_scope(), session_connection_t);
        set_first_frame(connection, conversation, pinfo);
        conversation_add_proto_data(conversation, proto_session_connection, connection);
    }
    return connection;
}

conversation_t *
session_connection_find_conversation(packet_info *pinfo)
{
    return pinfo->ptype == PT_IPX ? find_conversation_pinfo(pinfo, 0)
                                  : conversation_cache_find(pinfo);
}

session_connection_t *
session_connection_find_by_packet(packet_info *pinfo)
{
    const conversation_t *conversation = session_connection_find_conversation(pinfo);

    return conversation != NULL ? session_connection_find(conversation) : NULL;
}

session_t *
session_connection_get_session(const session_connection_t *connection, uint32_t frame,
                               bool early)
{
    session_t *session = connection->later != NULL
                             ? (session_t *)wmem_tree_lookup32_le(connection->later, frame)
                             : NULL;

    if (session == NULL && (early || connection->since <= frame))
        session = connection->session;
    return session != NULL && session->is_void ? NULL : session;
}

bool
session_connection_is_proven(const session_connection_t *connection)
{
    return connection->newest != NULL && session_log_is_proven(connection->newest);
}

bool
session_connection_has_ends(const session_connection_t *connection)
{
    return connection->ends_are_fixed;
}

bool
session_connection_has_session(const session_connection_t *connection)
{
    return connection->session != NULL;
}

const address *
session_connection_get_viewer(const session_connection_t *connection)
{
    return connection->viewer;
}

bool
session_connection_get_called_name(const session_connection_t *connection,
                                   session_called_name_t *called)
{
    called->channel = connection->channel;
    called->server_port = connection->server_port;
    return connection->called_by_name;
}

/*
 * Joining a session
 */

static void
join(session_connection_t *connection, session_t *session, uint32_t frame)
{
    if (connection->newest == session)
        return;
    if (connection->newest != NULL && connection->is_open)
        connection->newest->open--;
    if (connection->session == NULL) {
        connection->session = session;
        connection->since = frame;
        session_log_include_begin(session, connection->first_frame, &connection->first_time);
        session_log_include_end(session, connection->last_frame, &connection->last_time);
        for (unsigned side = 0; side < 2; side++)
            session_log_add_bytes(session, connection->channel, side == 1,
                                  connection->bytes[side]);
        if (connection->has_ended && !connection->has_failed)
            session_log_count_end(session, connection->was_reset);
    } else {
        if (connection->later == NULL)
            connection->later = wmem_tree_new(wmem_file_scope());
        wmem_tree_insert32(connection->later, frame, session);
    }
    connection->newest = session;
    if (connection->is_open) {
        session->open++;
        session_log_count_call(session, connection->channel, false);
    }
    session_log_use_transport(session, connection->transport, connection->legacy_port);
}

static void
add_pending(session_pair_t *pair, session_connection_t *connection)
{
    if (connection->pending || connection->session != NULL)
        return;
    connection->pending = true;
    connection->next_pending = pair->pending;
    pair->pending = connection;
}

/* Sets which end is the viewer. Before, the bytes were kept by the order of the addresses. */
static void
set_ends(session_connection_t *connection, const session_pair_t *pair)
{
    const address *viewer = connection->viewer;
    uint64_t from_first = connection->bytes[0];
    bool same = viewer != NULL ? addresses_equal(viewer, &pair->hosts.first)
                               : cmp_address(&pair->hosts.first, &pair->hosts.second) <= 0;

    connection->viewer = &pair->hosts.first;
    connection->agent = &pair->hosts.second;
    if (!same) {
        connection->bytes[0] = connection->bytes[1];
        connection->bytes[1] = from_first;
    }
}

static void
join_pending(session_connection_t *connection, const session_pair_t *pair, session_t *session,
             const packet_info *pinfo)
{
    connection->pending = false;
    if (connection->session != NULL || session_log_is_silent(&connection->last_time, pinfo))
        return;
    if (connection->is_foreign)
        return;
    if (connection->viewer == NULL)
        set_ends(connection, pair);
    join(connection, session, pinfo->num);
}

/* Joins what is pending for the two hosts in the other direction, and may be of either. */
static void
join_undirected(const session_pair_t *pair, session_t *session, const packet_info *pinfo)
{
    session_pair_t *other = session_log_find_pair(&pair->hosts.second, &pair->hosts.first);

    if (other == NULL)
        return;
    for (session_connection_t **at = &other->pending; *at != NULL;) {
        session_connection_t *one = *at;

        if (one->viewer != NULL && !addresses_equal(one->viewer, &pair->hosts.first)) {
            at = &one->next_pending;
            continue;
        }
        *at = one->next_pending;
        join_pending(one, pair, session, pinfo);
    }
}

/* Joins what the two hosts did on the ports of Remote Tools shortly before the proof. */
static void
join_all_pending(session_pair_t *pair, session_t *session, const packet_info *pinfo)
{
    session_connection_t *one = pair->pending;

    pair->pending = NULL;
    while (one != NULL) {
        session_connection_t *next = one->next_pending;

        /* Content has shown since that it is of the other direction. */
        if (one->viewer == NULL || addresses_equal(one->viewer, &pair->hosts.first))
            join_pending(one, pair, session, pinfo);
        one = next;
    }
    join_undirected(pair, session, pinfo);
    session_log_note_first_frame(session, pinfo);
}

void
session_connection_wait(session_connection_t *connection, const session_event_t *event)
{
    session_pair_t *pair;

    if (connection->pending || connection->viewer != NULL || connection->session != NULL)
        return;
    pair = session_log_pair(event->viewer, event->agent, false);
    if (pair == NULL)
        return;
    connection->channel = event->channel;
    connection->transport = event->transport;
    connection->legacy_port = event->legacy_port;
    connection->server_port = event->server_port;
    add_pending(pair, connection);
}

bool
session_connection_resolve(session_t *session, session_pair_t *pair, const packet_info *pinfo)
{
    if (session->agent.type != AT_NONE ||
        (pair->current != NULL && !pair->current->is_void &&
         !session_log_is_over(pair->current, pinfo)))
        return false;
    copy_address_wmem(wmem_file_scope(), &session->agent, &pair->hosts.second);
    session->reason[0] = '\0';
    pair->current = session;
    join_all_pending(pair, session, pinfo);
    return true;
}

/* True where the pair's session goes on with the event. */
static bool
continues(const session_t *session, const session_event_t *event, const packet_info *pinfo)
{
    return event->kind == SESSION_SMS && !session->is_void &&
           !(event->starts_session && session_log_is_over(session, pinfo)) &&
           !(event->proof && session_log_is_silent(&session->last_time, pinfo));
}

/* Returns the session of the pair that the event belongs to; a new one where it begins one. */
static session_t *
find_or_begin_session(session_pair_t *pair, const session_event_t *event,
                      const packet_info *pinfo)
{
    session_t *session = pair->current;
    bool known = session != NULL && session->kind == event->kind;

    if (known && continues(session, event, pinfo))
        return session;
    if (!event->proof && !(known && event->kind == SESSION_SMS && session_log_is_proven(session)))
        return NULL;
    session = session_log_new(event, pinfo);
    if (session == NULL) {
        session_log_count_unlisted(pair);
        return NULL;
    }
    name_lookup_agent_known(session, pinfo);
    pair->current = session;
    return session;
}

/* Sets which end is the viewer, and what the connection is for. */
static void
set_properties(session_connection_t *connection, const session_event_t *event,
               session_pair_t *pair)
{
    if (!event->legacy_port && (event->transport == SESSION_TRANSPORT_TCP ||
                                event->transport == SESSION_TRANSPORT_UDP))
        pair->tried_newer = true;
    if (connection->viewer == NULL || (event->fixes_ends && !connection->ends_are_fixed)) {
        connection->server_port = event->server_port;
        set_ends(connection, pair);
    }
    if (event->fixes_ends)
        connection->ends_are_fixed = true;
    if (connection->session == NULL) {
        connection->transport = event->transport;
        connection->legacy_port = event->legacy_port;
    }
    if (connection->channel == CHANNEL_UNKNOWN || event->kind == SESSION_CONFIGMGR)
        connection->channel = event->channel;
}

bool
session_connection_has_tried_newer(const session_connection_t *connection)
{
    const session_pair_t *pair =
        connection->viewer != NULL
            ? session_log_find_pair(connection->viewer, connection->agent)
            : NULL;

    return pair != NULL && pair->tried_newer;
}

/* True where the connection's newest session goes on with the event. */
static bool
has_current_session(const session_connection_t *connection, const session_event_t *event,
                    const packet_info *pinfo)
{
    const session_t *session = connection->newest;

    if (event->fixes_ends && !connection->ends_are_fixed && connection->viewer != NULL &&
        !addresses_equal(connection->viewer, event->viewer))
        return false;
    return session != NULL && !session->is_void &&
           (session->kind == event->kind || !event->proof) &&
           (session->kind == SESSION_CONFIGMGR ||
            connection->transport == SESSION_TRANSPORT_TCP || connection->called_by_name ||
            !event->starts_session || !session_log_is_silent(&session->last_time, pinfo));
}

bool
session_connection_has_session_for(const session_connection_t *connection,
                                   const packet_info *pinfo, const session_event_t *event)
{
    const session_pair_t *pair;

    if (connection != NULL && connection->is_foreign)
        return false;
    if (PINFO_FD_VISITED(pinfo)) {
        const session_t *session =
            connection != NULL ? session_connection_get_session(connection, pinfo->num, false)
                               : NULL;

        session_log_settle();
        return session != NULL && session->known_frame <= pinfo->num;
    }
    if (connection != NULL && session_connection_is_proven(connection))
        return true;
    pair = session_log_find_pair(event->viewer, event->agent);
    return pair != NULL && pair->current != NULL && pair->current->kind == event->kind &&
           event->kind == SESSION_SMS && session_log_is_proven(pair->current) &&
           (continues(pair->current, event, pinfo) || !session_log_is_full());
}

/* Joins the session that the event belongs to. Returns NULL where it is pending. */
static session_t *
join_by_event(session_connection_t *connection, const packet_info *pinfo,
              const session_event_t *event)
{
    session_t *session;
    session_pair_t *pair;

    if (has_current_session(connection, event, pinfo)) {
        if (event->fixes_ends)
            connection->ends_are_fixed = true;
        return connection->newest;
    }
    pair = session_log_pair(event->viewer, event->agent, event->proof);
    if (pair == NULL) {
        if (event->proof)
            session_log_count_unlisted(NULL);
        return connection->newest;
    }
    set_properties(connection, event, pair);
    session = find_or_begin_session(pair, event, pinfo);
    if (session == NULL) {
        add_pending(pair, connection);
        return connection->newest;
    }
    join(connection, session, pinfo->num);
    if (event->nonstandard_port) {
        session_log_note_host(event->viewer);
        session_log_note_host(event->agent);
    }
    if (event->kind == SESSION_SMS)
        join_all_pending(pair, session, pinfo);
    else
        session_log_note_first_frame(session, pinfo);
    return session;
}

session_t *
session_connection_report(session_connection_t *connection, const packet_info *pinfo,
                          const session_event_t *event)
{
    bool by_agent = event->proof && !event->by_viewer;
    session_t *session;

    if (PINFO_FD_VISITED(pinfo)) {
        session_log_settle();
        return session_connection_get_session(connection, pinfo->num, false);
    }
    if (connection->is_foreign && !by_agent)
        return NULL;
    connection->is_foreign = false;
    session = join_by_event(connection, pinfo, event);
    if (session == NULL || !event->proof)
        return session;
    if (by_agent) {
        session_log_prove(session, pinfo);
    } else if (!connection->is_waiting && session->number == 0) {
        connection->is_waiting = true;
        session->waiting++;
    }
    return session;
}

void
session_connection_prove(session_connection_t *connection, const packet_info *pinfo)
{
    if (!PINFO_FD_VISITED(pinfo) && connection->newest != NULL)
        session_log_prove(connection->newest, pinfo);
}

void
session_connection_leave(session_connection_t *connection)
{
    session_t *session = connection->newest;

    connection->is_foreign = true;
    if (session == NULL)
        return;
    if (connection->is_waiting)
        session_log_end_waiting(session, true);
    connection->is_waiting = false;
    session_log_remove_bytes(session, connection->channel, connection->bytes);
    if (connection->is_open) {
        session->open--;
        session_log_count_call(session, connection->channel, true);
    }
    connection->session = connection->newest = NULL;
    connection->later = NULL;
}

session_t *
session_connection_report_packet(const packet_info *pinfo, const session_event_t *event)
{
    session_pair_t *pair = session_log_pair(event->viewer, event->agent, true);
    session_t *session = pair != NULL ? find_or_begin_session(pair, event, pinfo) : NULL;

    if (pair == NULL)
        session_log_count_unlisted(NULL);
    if (session == NULL)
        return NULL;
    session_log_prove(session, pinfo);
    session_log_use_transport(session, event->transport, event->legacy_port);
    join_all_pending(pair, session, pinfo);
    return session;
}
