/* session-log.h
 * The remote-control sessions of a capture, each across all of its channels
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_SESSION_LOG_H__
#define __SMSRC_SESSION_LOG_H__

#include <epan/address.h>

#include "smsrc-compat.h"

/**
 * A session: one viewer and one agent between whom some frame proved by its content that they
 * speak Remote Control. Lives as long as the capture.
 */
typedef struct {
    uint32_t number;      /* from 1, in the order of the proofs */
    uint32_t first_frame; /* the frame of the proof */
    address viewer;
    address agent;
} session_t;

/** Forget all sessions: call from an init routine, once a capture. */
void session_log_reset(void);

/** Drop what was allocated: call from a cleanup routine. */
void session_log_cleanup(void);

/**
 * The session of @p viewer and @p agent, or NULL while nothing has proven one by @p frame. The
 * answer for a frame is the same in every pass.
 */
const session_t *session_log_find(const address *viewer, const address *agent, uint32_t frame);

/**
 * @p frame proved a session by its content. Returns that session, or a new one. NULL past the
 * bound of SESSION_LOG_MAX sessions: the frame is shown all the same, without a number.
 */
const session_t *session_log_prove(const address *viewer, const address *agent, uint32_t frame);

#define SESSION_LOG_MAX 65536

#endif /* __SMSRC_SESSION_LOG_H__ */
