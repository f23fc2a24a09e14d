/* cm-session-report.c
 * ConfigMgr's connections in the log of remote-control sessions
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "cm-session-report.h"

#include "cm-result.h"
#include "session-events.h"


static const char *
or_empty(const char *name)
{
    return name != NULL ? name : "";
}

void
cm_session_report_names(packet_info *pinfo, const cm_connection_t *connection)
{
    const char *host = connection->service != NULL ? strchr(connection->service, '/') : NULL;

    if (host != NULL)
        session_events_report_name(pinfo, SESSION_NAME_HOST, host + 1);
    if (connection->user == NULL)
        return;
    if (connection->mechanism == CM_MECHANISM_NTLM) {
        session_events_report_account(pinfo, or_empty(connection->domain), connection->user,
                                      or_empty(connection->workstation));
        return;
    }
    session_events_report_name(pinfo, SESSION_NAME_DOMAIN, or_empty(connection->domain));
    session_events_report_name(pinfo, SESSION_NAME_ACCOUNT, connection->user);
}

void
cm_session_report_result(packet_info *pinfo, const cm_connection_t *connection)
{
    uint32_t now = pinfo->num;

    if (connection->result == CM_RESULT_UNKNOWN ||
        (connection->result_frame != now && connection->in_use_frame != now &&
         connection->take_over_frame != now && connection->curtain_on_frame != now))
        return;
    if (connection->machine != NULL)
        session_events_report_name(pinfo, SESSION_NAME_VIEWER, connection->machine);
    session_events_report_reply(pinfo,
                                cm_result_is_denial(connection->result) ? SESSION_REPLY_REFUSED
                                                          : SESSION_REPLY_ANSWERED,
                     wmem_strdup_printf(pinfo->pool, "%s%s%s", cm_result_name(connection->result),
                                        connection->take_over_frame != 0 ? ", taken over"
                                        : connection->in_use_frame != 0  ? ", host in use"
                                                                      : "",
                                        connection->curtain_on_frame != 0 ? ", curtain" : ""));
}

void
cm_session_report_ambiguous(packet_info *pinfo)
{
    session_events_report_possible_refusal(pinfo, cm_result_name(CM_RESULT_ACCESS_DENIED));
}
