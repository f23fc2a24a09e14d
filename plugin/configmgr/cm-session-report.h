/* cm-session-report.h
 * ConfigMgr's connections in the log of remote-control sessions
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_CM_SESSION_REPORT_H__
#define __SMSRC_CM_SESSION_REPORT_H__

#include "cm-connection.h"

/** First pass: reports the names that a token of the handshake has shown. */
void cm_session_report_names(packet_info *pinfo, const cm_connection_t *connection);

/** First pass: reports what was granted, or what was done with it, if this packet shows it. */
void cm_session_report_result(packet_info *pinfo, const cm_connection_t *connection);

/**
 * First pass: reports a reply that fits Access denied and Full control. It is the former if the
 * connection ends before the viewer continues (inferred).
 */
void cm_session_report_ambiguous(packet_info *pinfo);

#endif /* __SMSRC_CM_SESSION_REPORT_H__ */
