/* name-lookup.h
 * The questions for NetBIOS names of Remote Tools, and the sessions that they lead to
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_NAME_LOOKUP_H__
#define __SMSRC_NAME_LOOKUP_H__

#include "session-log.h"

/**
 * A question for a NetBIOS name of Remote Tools and its answer. A name that is asked for is part
 * of the session that the answer or the agent's own word leads to.
 */
typedef struct name_lookup name_lookup_t;

/**
 * The first pass: @p viewer asked for @p name. NULL past the bound. @p repeated: it was asked
 * before and nothing has answered; then a session that knows its agent by name only begins.
 */
name_lookup_t *name_lookup_query(const address *viewer, const char *name,
                                   const packet_info *pinfo, bool *repeated);

/** The first pass: no such name. NULL where nobody asked. */
name_lookup_t *name_lookup_not_found(const address *viewer, const char *name,
                                       const packet_info *pinfo);

/** The first pass: @p name is at @p agent. NULL where nobody asked. */
name_lookup_t *name_lookup_found(const address *viewer, const char *name, const address *agent,
                                   const packet_info *pinfo);

/**
 * The first pass: @p agent makes a name of Remote Tools known. It is the beginning of the first
 * session with this agent, where that comes before SESSION_LOG_SILENCE seconds of neither. NULL
 * past the bound.
 */
name_lookup_t *name_lookup_registered(const address *agent, const packet_info *pinfo);

/** The session that @p lookup has led to by now, or NULL. */
session_t *name_lookup_session(const name_lookup_t *lookup);

/** Observe the session log: call from a handoff routine. */
void session_names_init(void);

/** Call with session_log_reset() and session_log_cleanup(). */
void name_lookup_reset(void);
void name_lookup_cleanup(void);

#endif /* __SMSRC_NAME_LOOKUP_H__ */
