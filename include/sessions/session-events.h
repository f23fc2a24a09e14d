/* session-events.h
 * What dissectors report of a packet to the log of sessions
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_SESSION_EVENTS_H__
#define __SMSRC_SESSION_EVENTS_H__

#include "session-log.h"

/*
 * All of session_events_report_...() concern the session of the packet at hand. They do nothing
 * where it has none, and nothing on later passes.
 */

/** Reports a name. */
void session_events_report_name(packet_info *pinfo, session_name_e which, const char *name);

/** Reports the agent's reply, and why it refused, who has it, or what it granted. */
void session_events_report_reply(packet_info *pinfo, session_reply_e reply, const char *reason);

/** Reports a message of CVE-2004-0728. */
void session_events_report_attack(packet_info *pinfo);

/**
 * Reports that the agent's reply may be a refusal, for the static @p reason. It was one where the
 * session's connection ends before there is another reply.
 */
void session_events_report_possible_refusal(packet_info *pinfo, const char *reason);

/** Reports the account that the viewer has sent for its authentication. */
void session_events_report_account(packet_info *pinfo, const char *domain, const char *account,
                                   const char *viewer);

/**
 * Returns the packet's session: its conversation's, or the one it was set to, on the first pass
 * and for all passes. NULL where it has none.
 */
session_t *session_events_find_session(packet_info *pinfo);

/** Makes @p session the packet's, for all passes. The first call for a packet counts. */
void session_events_set_session(packet_info *pinfo, session_t *session);

/** Sets a name of a session at hand, on the first pass. */
void session_events_set_name(session_t *session, session_name_e which, const char *name,
                             const packet_info *pinfo);

/** What a dissector has shown of a packet. */
typedef struct {
    direction_e direction;
    bool has_session; /* its tree has the session's fields */
} session_dissected_t;

/**
 * Call on every pass for a packet that is shown as Remote Control. Of several messages in a packet
 * the last one counts.
 */
void session_events_set_dissected(packet_info *pinfo, direction_e direction, bool has_session);

/** Returns NULL where no dissector has shown the packet. Lives as long as the packet. */
const session_dissected_t *session_events_get_dissected(packet_info *pinfo);

#endif /* __SMSRC_SESSION_EVENTS_H__ */
