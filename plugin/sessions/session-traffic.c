/* session-traffic.c
 * Frames, payload and state of the conversations in a session
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "session-log-internal.h"

void
session_traffic_add_frame(session_connection_t *connection, session_t *session,
                          const packet_info *pinfo)
{
    nstime_t now = session_log_time(pinfo);

    if (connection != NULL) {
        connection->last_frame = pinfo->num;
        if (!nstime_is_unset(&now))
            connection->last_time = now;
    }
    if (session != NULL)
        session_log_include_end(session, pinfo->num, &now);
}

void
session_traffic_add_bytes(session_connection_t *connection, bool from_agent, unsigned length)
{
    if (connection->newest != NULL)
        session_log_add_bytes(connection->newest, connection->channel, from_agent, length);
    connection->bytes[from_agent] += length;
    if (length > 0 && from_agent && connection->is_waiting && connection->newest != NULL) {
        connection->is_waiting = false;
        session_log_end_waiting(connection->newest, false);
    }
}

void
session_traffic_add_undirected_bytes(session_connection_t *connection,
                                     const packet_info *pinfo, unsigned length)
{
    connection->bytes[cmp_address(&pinfo->src, &pinfo->dst) > 0] += length;
}

void
session_traffic_set_established(session_connection_t *connection)
{
    if (connection->is_open || connection->has_ended)
        return;
    connection->is_open = true;
    if (connection->newest != NULL) {
        connection->newest->open++;
        session_log_count_call(connection->newest, connection->channel, false);
    }
}

void
session_traffic_set_ended(session_connection_t *connection, bool by_reset)
{
    if (connection->has_ended)
        return;
    connection->has_ended = true;
    connection->has_failed = !connection->is_open;
    connection->was_reset = by_reset;
    if (connection->newest != NULL && connection->is_open) {
        session_t *session = connection->newest;

        session->open--;
        session_log_count_end(session, by_reset);
        if (session->refused_if_closed != NULL)
            session_log_set_reply(session, SESSION_REPLY_REFUSED, session->refused_if_closed);
    }
    connection->is_open = false;
}
