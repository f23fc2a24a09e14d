/* cm-session-report.c
 * ConfigMgr's connections in the log of remote-control sessions
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#define WS_LOG_DOMAIN "smsrc"

#include "cm-session-report.h"

#include "session-events.h"


static const char *
or_empty(const char *name)
{
    return name != NULL ? name : "";
}

void
cm_session_report_names(packet_info *pinfo, const cm_connection_t *session)
{
    const char *host = session->service != NULL ? strchr(session->service, '/') : NULL;

    if (host != NULL)
        session_events_report_name(pinfo, SESSION_NAME_HOST, host + 1);
    if (session->user == NULL)
        return;
    if (session->mechanism == CM_MECHANISM_NTLM) {
        session_events_report_account(pinfo, or_empty(session->domain), session->user,
                            or_empty(session->workstation));
        return;
    }
    session_events_report_name(pinfo, SESSION_NAME_DOMAIN, or_empty(session->domain));
    session_events_report_name(pinfo, SESSION_NAME_ACCOUNT, session->user);
}

void
cm_session_report_result(packet_info *pinfo, const cm_connection_t *session)
{
    uint32_t now = pinfo->num;

    if (session->result == CM_RESULT_UNKNOWN ||
        (session->result_frame != now && session->in_use_frame != now &&
         session->take_over_frame != now && session->curtain_on_frame != now))
        return;
    if (session->machine != NULL)
        session_events_report_name(pinfo, SESSION_NAME_VIEWER, session->machine);
    session_events_report_reply(pinfo,
                     cm_result_is_denial(session->result) ? SESSION_REPLY_REFUSED
                                                          : SESSION_REPLY_ANSWERED,
                     wmem_strdup_printf(pinfo->pool, "%s%s%s", cm_result_name(session->result),
                                        session->take_over_frame != 0 ? ", taken over"
                                        : session->in_use_frame != 0  ? ", host in use"
                                                                      : "",
                                        session->curtain_on_frame != 0 ? ", curtain" : ""));
}

void
cm_log_ambiguous(packet_info *pinfo)
{
    session_events_report_possible_refusal(pinfo, cm_result_name(CM_RESULT_ACCESS_DENIED));
}
