/* session-connection.h
 * Conversations of remote-control sessions, and the events that join them to a session
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_SESSION_CONNECTION_H__
#define __SMSRC_SESSION_CONNECTION_H__

#include <epan/conversation.h>

#include "session-log.h"

/** State of a conversation. Its members are private to this room. Lives as long as the capture. */
typedef struct session_connection session_connection_t;

/** What a packet shows of the session that its conversation belongs to. */
typedef struct {
    session_kind_e kind;
    const address *viewer;
    const address *agent;
    channel_e channel;
    session_transport_e transport;
    uint16_t server_port;
    bool legacy_port;      /* a port of SMS 1.x */
    bool nonstandard_port; /* a port that is none of Remote Tools' own */
    bool proof;            /* the content proves the protocol; else it only joins a session */
    bool by_viewer;        /* the proof is the viewer's, so that another service may answer it */
    bool fixes_ends;       /* the proof is content that only one end sends */
    bool starts_session;   /* on its channel a session begins: control, or a NetBIOS name <43> */
} session_event_t;

/** The agent's side of a connection that was called by a NetBIOS name of Remote Tools. */
typedef struct {
    channel_e channel;
    uint16_t server_port;
} session_called_name_t;

/** Returns the state of @p conversation, or NULL where it has none. */
session_connection_t *session_connection_find(const conversation_t *conversation);

/** Returns the state of @p conversation, which the first frame to need it creates. */
session_connection_t *session_connection_get_or_create(conversation_t *conversation,
                                                       const packet_info *pinfo);

/** Returns the state of the packet's conversation, or NULL. */
session_connection_t *session_connection_find_by_packet(packet_info *pinfo);

/**
 * Returns the session of the conversation's frame @p frame, or NULL. The result for a frame is the
 * same in every pass; with @p early a frame before the session was known counts too.
 */
session_t *session_connection_get_session(const session_connection_t *connection, uint32_t frame,
                                          bool early);

/** True where some frame of the conversation belongs to a session. */
bool session_connection_has_session(const session_connection_t *connection);

/**
 * True where session_connection_report() would return a session for an @p event that is not proof.
 * Changes no state. @p connection may be NULL: the packet has none yet.
 */
bool session_connection_has_session_for(const session_connection_t *connection,
                                        const packet_info *pinfo, const session_event_t *event);

/** True where the two hosts of the connection have a session that is proven so far. */
bool session_connection_is_proven(const session_connection_t *connection);

/**
 * First pass: the content of the connection, or of what answered the viewer, is another
 * protocol's. It leaves its session, which is none without another connection.
 */
void session_connection_leave(session_connection_t *connection);

/**
 * First pass: the agent's payload, whose framing is not known, has answered the viewer's content:
 * it proves the session.
 */
void session_connection_prove(session_connection_t *connection, const packet_info *pinfo);

/** True where content has shown which end is the viewer. */
bool session_connection_has_ends(const session_connection_t *connection);

/** Returns the address of the viewer; NULL while it is not known which end is the viewer. */
const address *session_connection_get_viewer(const session_connection_t *connection);

/** True where the connection was called by a NetBIOS name; @p called gets what it was for. */
bool session_connection_get_called_name(const session_connection_t *connection,
                                        session_called_name_t *called);

/**
 * Reports an event of the packet at hand. On the first pass the conversation joins the session
 * that the event belongs to, or a new one where it begins one; later passes return the same.
 * Returns NULL where there is no session, or past the bound of SESSION_LOG_MAX sessions; a
 * conversation of no session so far is pending until its two hosts prove one.
 */
session_t *session_connection_report(session_connection_t *connection, const packet_info *pinfo,
                                     const session_event_t *event);

/**
 * First pass: does the same for a packet whose conversation carries other things too (NetBIOS
 * datagrams).
 */
session_t *session_connection_report_packet(const packet_info *pinfo,
                                            const session_event_t *event);

#endif /* __SMSRC_SESSION_CONNECTION_H__ */
