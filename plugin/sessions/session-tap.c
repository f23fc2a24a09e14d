/* session-tap.c
 * What taps and statistics see of a session
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "session-tap.h"

#include "session-log-internal.h"

static const char *
outcome_of(const session_t *session)
{
    if (session->word == SESSION_REPLY_BUSY)
        return "Busy";
    if (session->word == SESSION_REPLY_REFUSED)
        return "Refused";
    if (session->ended > 0 && session->open == 0) {
        if (session->last_reset)
            return "Reset";
        return session->answered ? "Closed" : "Unanswered";
    }
    return session->answered ? "Answered" : "Unanswered";
}

/* The capture's clock may have been set back: the result is never negative. */
static double
seconds_between(const nstime_t *begin, const nstime_t *end)
{
    if (nstime_is_unset(begin))
        return 0;
    return (double)((uint64_t)end->secs - (uint64_t)begin->secs) +
           (end->nsecs - begin->nsecs) / 1e9;
}

session_summary_t
session_tap_summary(const session_t *session)
{
    bool has_attack = session->attack_frame != 0;
    session_summary_t summary = {
        .number = session->number,
        .protocol = session->kind == SESSION_CONFIGMGR ? "ConfigMgr remote control"
                                                       : "SMS Remote Control",
        .outcome = outcome_of(session),
        .has_attack = has_attack,
        .viewer = session->viewer,
        .agent = session->agent,
        .begin_frame = session->begin_frame,
        .end_frame = session->end_frame,
        .begin_time = session->begin_time,
        .end_time = session->end_time,
        .seconds = seconds_between(&session->begin_time, &session->end_time),
        .channels = session->channels,
        .transports = session->carriers,
        .legacy_transports = session->old_carriers,
    };

    snprintf(summary.reason, sizeof summary.reason, "%s%s%s",
             has_attack ? "CVE-2004-0728" : "",
             has_attack && *session->reason != '\0' ? "; " : "", session->reason);
    memcpy(summary.names, session->names, sizeof summary.names);
    memcpy(summary.bytes, session->bytes, sizeof summary.bytes);
    return summary;
}
