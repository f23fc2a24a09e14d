/* session-log-internal.h
 * What the parts of the session log tell each other, and nobody else
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_SESSION_LOG_INTERNAL_H__
#define __SMSRC_SESSION_LOG_INTERNAL_H__

#include "session-log.h"

/** What the session log reports on the first pass, each time that it happens. */
typedef struct {
    /* A session has begun, and the address of its agent is known. */
    void (*agent_known)(session_t *session, const packet_info *pinfo);
    /* The name of the agent's machine is known, or another one than before. */
    void (*host_known)(session_t *session, const packet_info *pinfo);
} session_observer_t;

/** The log's one observer, which has to be set before a capture is read. */
void session_log_set_observer(const session_observer_t *observer);

/** Two hosts, the last session of theirs, and their connections that no session has so far. */
typedef struct session_pair session_pair_t;

/** The pair of the two, made where there is none. NULL past the bound. */
session_pair_t *session_log_pair(const address *viewer, const address *agent);

/** A new session, whose agent is known by its name alone. NULL past the bound, which is noted. */
session_t *session_log_begin_unresolved(const address *viewer, const packet_info *pinfo);

/**
 * Such a session goes on as that of @p pair, where the two have none that is not over. False
 * where they have, or where the agent of @p session was known already.
 */
bool session_log_resolve(session_t *session, session_pair_t *pair, const packet_info *pinfo);

/** The packet's time; unset where the capture has none for it, as in a simple packet block. */
nstime_t session_log_time(const packet_info *pinfo);

/** True where SESSION_LOG_SILENCE seconds have passed since @p last, and both have a time. */
bool session_log_is_silent(const nstime_t *last, const packet_info *pinfo);

/** True where a control connection would begin another session: it is closed, or silent. */
bool session_log_is_over(const session_t *session, const packet_info *pinfo);

/** The session began with this frame, if it is before those known of it. */
void session_log_include_begin(session_t *session, uint32_t frame, const nstime_t *when);

/** What is found to have been before: the number's first frames must not be told another one. */
void session_log_note_first_frame(session_t *session, const packet_info *pinfo);

/** Something of it was carried by this; @p older: on a port of SMS 1.x. */
void session_log_use_carrier(session_t *session, session_transport_e carrier, bool older);

/** @p host is the viewer of a session, or is looking for an agent. */
void session_log_note_viewer(const address *host);

#endif /* __SMSRC_SESSION_LOG_INTERNAL_H__ */
