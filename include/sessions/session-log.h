/* session-log.h
 * Log of remote-control sessions: which viewer controlled which agent
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_SESSION_LOG_H__
#define __SMSRC_SESSION_LOG_H__

#include <epan/address.h>

#include "channel.h"
#include "smsrc-compat.h"

/** The protocols that a session can be of. */
typedef enum {
    SESSION_SMS,
    SESSION_CONFIGMGR,
} session_kind_e;

/** The names a session can show, each as the protocol has it. */
typedef enum {
    SESSION_NAME_HOST,       /* of the agent's machine */
    SESSION_NAME_USER,       /* logged on at the agent; may be known to be empty */
    SESSION_NAME_CONTROLLER, /* who had the agent already */
    SESSION_NAME_VIEWER,     /* of the viewer's machine */
    SESSION_NAME_DOMAIN,     /* of the account that the viewer proved, by NTLM or Kerberos */
    SESSION_NAME_ACCOUNT,
    NUM_SESSION_NAMES
} session_name_e;

/** The agent's reply to the viewer's request; the last one counts. */
typedef enum {
    SESSION_REPLY_NONE,
    SESSION_REPLY_ANSWERED,
    SESSION_REPLY_BUSY,
    SESSION_REPLY_REFUSED,
} session_reply_e;

/** A longer name is cut: memory for a session is fixed, whatever a capture holds. */
#define SESSION_NAME_SIZE 48

/**
 * A session: what one viewer does to one agent until all connections are closed, or nothing is seen
 * for SESSION_LOG_SILENCE seconds. Its members are private to this room. Lives as long as the
 * capture.
 */
typedef struct session session_t;

/**
 * Returns the number of sessions; @p unlisted (may be NULL) gets how many more there are, past the
 * bound of SESSION_LOG_MAX.
 */
unsigned session_log_count(unsigned *unlisted);

/**
 * True where both ends of the packet may have a session on a port that is none of Remote Tools'
 * own. A cheap filter: false positives are possible.
 */
bool session_log_is_candidate(const packet_info *pinfo);

/**
 * Returns which of two hosts controls the other, by their sessions so far; NULL where neither
 * does, or each does.
 */
const address *session_log_find_viewer(const address *one, const address *other);

/**
 * True where the session has a number: the agent's own content has proven it, or a viewer's that
 * nothing answered. Only then it is shown.
 */
bool session_log_is_proven(const session_t *session);

/** Seconds without a frame of a session; then a control connection or a proof begins a new one. */
#define SESSION_LOG_SILENCE 300

/** Sessions past this bound are counted only; statistics show how many. */
#ifndef SESSION_LOG_MAX
#define SESSION_LOG_MAX 65536
#endif

#endif /* __SMSRC_SESSION_LOG_H__ */
