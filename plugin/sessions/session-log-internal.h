/* session-log-internal.h
 * What the parts of the session log tell each other, and nobody else
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_SESSION_LOG_INTERNAL_H__
#define __SMSRC_SESSION_LOG_INTERNAL_H__

#include "session-log.h"

/** A session. Written on the first pass only. */
struct session {
    uint32_t number;      /* from 1, in the order in which they were known */
    uint32_t first_frame; /* where it began, as far as it was known when it got its number */
    uint32_t known_frame; /* where it got it */
    session_kind_e kind;
    address viewer;
    address agent;        /* AT_NONE: nothing but its name is known */

    uint32_t begin_frame; /* the first and the last frame of it, at the end of the capture */
    uint32_t end_frame;
    nstime_t begin_time;  /* of its first frame that has a time; unset: none has */
    nstime_t end_time;    /* the latest of its frames': never before begin_time, as clocks step */
    nstime_t last_time;   /* of its last frame that has one */
    uint64_t bytes[NUM_CHANNELS][2]; /* payload of TCP, UDP and IPX; [1]: from the agent */
    uint8_t channels;     /* a bit each: used, by payload or an answered connection */
    uint8_t carriers;     /* a bit each */
    uint8_t old_carriers; /* the same for the ports of SMS 1.x, 1761-1764 */

    uint32_t attack_frame; /* the first message of CVE-2004-0728; 0: none */
    session_reply_e word;
    bool answered;        /* the agent has sent something */
    bool last_reset;      /* the connection that ended last was reset */
    bool account_sent;    /* the viewer has sent an account, the agent has not answered since */
    bool account_refused; /* the packet at hand refuses it */
    const char *refused_if_closed; /* static: the reason, where it ends without another answer */
    unsigned open;        /* TCP connections that are established, and those that have ended */
    unsigned ended;
    char reason[SESSION_NAME_SIZE]; /* busy with whom, why refused, or what was granted */
    char names[NUM_SESSION_NAMES][SESSION_NAME_SIZE];
    bool has_name[NUM_SESSION_NAMES];
};

/** What the session log reports on the first pass, each time that it happens. */
typedef struct {
    /* A session has begun, and the address of its agent is known. */
    void (*agent_known)(session_t *session, const packet_info *pinfo);
    /* The name of the agent's machine is known, or another one than before. */
    void (*host_known)(session_t *session, const packet_info *pinfo);
} session_observer_t;

/** The log's one observer, which has to be set before a capture is read. */
void session_log_set_observer(const session_observer_t *observer);

/** Two hosts, the last session of theirs, and their connections that no session has so far. */
typedef struct session_pair session_pair_t;

/** The pair of the two, made where there is none. NULL past the bound. */
session_pair_t *session_log_pair(const address *viewer, const address *agent);

/** A new session, whose agent is known by its name alone. NULL past the bound, which is noted. */
session_t *session_log_begin_unresolved(const address *viewer, const packet_info *pinfo);

/**
 * Such a session goes on as that of @p pair, where the two have none that is not over. False
 * where they have, or where the agent of @p session was known already.
 */
bool session_log_resolve(session_t *session, session_pair_t *pair, const packet_info *pinfo);

/** The packet's time; unset where the capture has none for it, as in a simple packet block. */
nstime_t session_log_time(const packet_info *pinfo);

/** True where SESSION_LOG_SILENCE seconds have passed since @p last, and both have a time. */
bool session_log_is_silent(const nstime_t *last, const packet_info *pinfo);

/** True where a control connection would begin another session: it is closed, or silent. */
bool session_log_is_over(const session_t *session, const packet_info *pinfo);

/** The session began with this frame, if it is before those known of it. */
void session_log_include_begin(session_t *session, uint32_t frame, const nstime_t *when);

/** What is found to have been before: the number's first frames must not be told another one. */
void session_log_note_first_frame(session_t *session, const packet_info *pinfo);

/** Something of it was carried by this; @p older: on a port of SMS 1.x. */
void session_log_use_carrier(session_t *session, session_transport_e carrier, bool older);

/** @p host is the viewer of a session, or is looking for an agent. */
void session_log_note_viewer(const address *host);

#endif /* __SMSRC_SESSION_LOG_INTERNAL_H__ */
