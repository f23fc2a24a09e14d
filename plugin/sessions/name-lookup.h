/* name-lookup.h
 * NetBIOS name queries of Remote Tools, and the sessions that they lead to
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_NAME_LOOKUP_H__
#define __SMSRC_NAME_LOOKUP_H__

#include "packet-view.h"
#include "session-log.h"

/**
 * A query for a NetBIOS name of Remote Tools and its response. It is part of the session that the
 * response, or the agent's own report of its name, leads to. Lives as long as the capture.
 */
typedef struct name_lookup name_lookup_t;

/*
 * All of these are for the first pass.
 */

/**
 * Records that @p viewer queried for @p name. Returns NULL past the bound. @p repeated gets whether
 * the name was queried before without a response, which a copy of the query does not show; then a
 * session that knows its agent by name only begins.
 */
name_lookup_t *name_lookup_query(const address *viewer, const char *name, packet_view_t *packet,
                                 bool *repeated);

/** Records that there is no such name. Returns NULL where @p viewer has not queried for it. */
name_lookup_t *name_lookup_not_found(const address *viewer, const char *name,
                                     const packet_info *pinfo);

/** Returns the lookup that a positive response belongs to. NULL past the bound. */
name_lookup_t *name_lookup_get_or_create(const address *viewer, const char *name,
                                         const packet_info *pinfo);

/** Records that the name was found. */
void name_lookup_set_found(name_lookup_t *lookup, const packet_info *pinfo);

/** Makes the lookup part of @p session, unless it is part of another; names the host after it. */
void name_lookup_join(name_lookup_t *lookup, session_t *session, const packet_info *pinfo);

/**
 * Records that @p agent registers a name of Remote Tools. It is the beginning of the first session
 * with this agent, if that comes before SESSION_LOG_SILENCE seconds of silence. Returns NULL past
 * the bound.
 */
name_lookup_t *name_lookup_registered(const address *agent, const packet_info *pinfo);

/** Call when a session has begun and the address of its agent is known. */
void name_lookup_agent_known(session_t *session, const packet_info *pinfo);

/** Call when the host name of a session is new. */
void name_lookup_host_known(session_t *session, const packet_info *pinfo);

/** Returns the session that @p lookup has led to by now, or NULL. */
session_t *name_lookup_session(const name_lookup_t *lookup);

/** Call with session_log_reset() and session_log_cleanup(). */
void name_lookup_reset(void);
void name_lookup_cleanup(void);

#endif /* __SMSRC_NAME_LOOKUP_H__ */
