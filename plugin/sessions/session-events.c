/* session-events.c
 * What dissectors report of a packet to the log of sessions
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "session-events.h"

#include <epan/proto_data.h>

#include "name-lookup.h"
#include "session-connection.h"
#include "session-log-internal.h"

/* In file scope the packet's session; in the packet's own what a dissector has shown of it. */
static int proto_session_events = -1;

void
session_events_init(int proto)
{
    proto_session_events = proto;
}

static session_t *
find_set_session(packet_info *pinfo)
{
    return (session_t *)p_get_proto_data(wmem_file_scope(), pinfo, proto_session_events,
                                         KEY_SESSION);
}

session_t *
session_events_find_session(packet_info *pinfo)
{
    session_t *session = find_set_session(pinfo);
    const session_connection_t *connection;

    if (PINFO_FD_VISITED(pinfo))
        session_log_settle();
    if (!session_log_has_any() || session != NULL)
        return session;
    connection = session_connection_find_by_packet(pinfo);
    return connection != NULL ? session_connection_get_session(connection, pinfo->num, false)
                              : NULL;
}

void
session_events_set_session(packet_info *pinfo, session_t *session)
{
    if (find_set_session(pinfo) == NULL)
        p_add_proto_data(wmem_file_scope(), pinfo, proto_session_events, KEY_SESSION, session);
}

/* Returns the packet's session on the first pass; NULL later. */
static session_t *
find_reported(packet_info *pinfo)
{
    return PINFO_FD_VISITED(pinfo) ? NULL : session_events_find_session(pinfo);
}

void
session_events_set_name(session_t *session, session_name_e which, const char *name,
                        const packet_info *pinfo)
{
    if (session_log_set_name(session, which, name))
        name_lookup_host_known(session, pinfo);
}

/* Anyone can forge a datagram: it changes nothing of what a connection has shown. */
static bool
is_overruled(const session_t *session, const packet_info *pinfo)
{
    return pinfo->ptype != PT_TCP && (session->open > 0 || session->ended > 0);
}

void
session_events_report_name(packet_info *pinfo, session_name_e which, const char *name)
{
    session_t *session = find_reported(pinfo);

    if (session != NULL && !(session->has_name[which] && is_overruled(session, pinfo)))
        session_events_set_name(session, which, name, pinfo);
}

void
session_events_report_reply(packet_info *pinfo, session_reply_e reply, const char *reason)
{
    session_t *session = find_reported(pinfo);

    if (session != NULL && !is_overruled(session, pinfo))
        session_log_set_reply(session, reply, reason);
}

void
session_events_report_attack(packet_info *pinfo)
{
    session_t *session = find_reported(pinfo);

    if (session != NULL && session->attack_frame == 0)
        session->attack_frame = pinfo->num;
}

void
session_events_report_possible_refusal(packet_info *pinfo, const char *reason)
{
    session_t *session = find_reported(pinfo);

    if (session != NULL && session->reply == SESSION_REPLY_NONE)
        session->refused_if_closed = reason;
}

void
session_events_report_account(packet_info *pinfo, const char *domain, const char *account,
                              const char *viewer)
{
    session_t *session = find_reported(pinfo);

    if (session == NULL)
        return;
    session_events_set_name(session, SESSION_NAME_DOMAIN, domain, pinfo);
    session_events_set_name(session, SESSION_NAME_ACCOUNT, account, pinfo);
    if (*viewer != '\0')
        session_events_set_name(session, SESSION_NAME_VIEWER, viewer, pinfo);
    session->account_sent = true;
}

void
session_events_set_dissected(packet_info *pinfo, direction_e direction, bool has_session)
{
    session_dissected_t *dissected = wmem_new(pinfo->pool, session_dissected_t);

    dissected->direction = direction;
    dissected->has_session = has_session;
    p_remove_proto_data(pinfo->pool, pinfo, proto_session_events, 0);
    p_add_proto_data(pinfo->pool, pinfo, proto_session_events, 0, dissected);
}

const session_dissected_t *
session_events_get_dissected(packet_info *pinfo)
{
    return (const session_dissected_t *)p_get_proto_data(pinfo->pool, pinfo,
                                                         proto_session_events, 0);
}
