/* cm-session-report.h
 * ConfigMgr's connections in the log of remote-control sessions
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_CM_SESSION_REPORT_H__
#define __SMSRC_CM_SESSION_REPORT_H__

#include "cm-connection.h"

/** The first pass: a token of the handshake has told names. */
void cm_session_report_names(packet_info *pinfo, const cm_connection_t *session);

/** The first pass: the packet may have told what was granted, or what was done with it. */
void cm_session_report_result(packet_info *pinfo, const cm_connection_t *session);

/**
 * The agent's answer fits Access denied and Full control. It is the former where the connection
 * ends before the viewer goes on (inferred).
 */
void cm_log_ambiguous(packet_info *pinfo);

#endif /* __SMSRC_CM_SESSION_REPORT_H__ */
