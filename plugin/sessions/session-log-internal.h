/* session-log-internal.h
 * Members and functions that the files of the session log share
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_SESSION_LOG_INTERNAL_H__
#define __SMSRC_SESSION_LOG_INTERNAL_H__

#include "addresses.h"
#include "packet-copy.h"
#include "session-connection.h"
#include "session-log.h"

/** A session. Written on the first pass only. */
struct session {
    uint32_t number;      /* from 1, in the order in which they were proven; 0: not so far */
    uint32_t first_frame; /* the first frame that was known when it got its number */
    uint32_t known_frame; /* the frame in which it got its number */
    session_kind_e kind;
    address viewer;
    address agent;        /* AT_NONE: only its name is known */

    uint32_t begin_frame; /* the first and the last frame of it, at the end of the capture */
    uint32_t end_frame;
    nstime_t begin_time;  /* of its first frame that has a time; unset: none has */
    nstime_t end_time;    /* the latest of its frames': never before begin_time, as clocks step */
    nstime_t last_time;   /* of its last frame that has one */
    uint64_t bytes[NUM_CHANNELS][2]; /* payload of TCP, UDP and IPX; [1]: from the agent */
    uint8_t channels;     /* a bit each: used, by payload or an answered connection */
    uint8_t transports;   /* a bit each */
    uint8_t legacy_transports; /* the same for the ports of SMS 1.x, 1761-1764 */

    uint32_t attack_frame; /* the first message of CVE-2004-0728; 0: none */
    session_reply_e reply;
    bool answered;        /* the agent has sent something */
    bool last_reset;      /* the connection that ended last was reset */
    bool account_sent;    /* the viewer has sent an account, the agent has not answered since */
    bool account_refused; /* the packet at hand refuses it */
    const char *refused_if_closed; /* static: the reason, where it ends without another reply */
    bool is_void;         /* another service has answered: it is not a session */
    unsigned waiting;     /* connections with a viewer's content that nothing has answered */
    session_t *next_unproven;
    unsigned calls[NUM_CHANNELS]; /* answered connections */
    unsigned open;        /* TCP connections that are established now */
    unsigned ended;       /* established ones that have ended */
    char reason[SESSION_NAME_SIZE]; /* busy with whom, why refused, or what was granted */
    char names[NUM_SESSION_NAMES][SESSION_NAME_SIZE];
    bool has_name[NUM_SESSION_NAMES];
};

/** State of a conversation. Written on the first pass only. */
struct session_connection {
    session_t *session;   /* of its frames from "since" on, and of those before; NULL: of none */
    uint32_t since;
    wmem_tree_t *later;   /* frame to session, where one conversation is in several; or NULL */
    session_t *newest;    /* the last of them */
    session_connection_t *next_pending;

    channel_e channel;
    session_transport_e transport;
    bool legacy_port;     /* a port of SMS 1.x */
    bool called_by_name;  /* NetBIOS, called by a name of Remote Tools */
    bool dissected;       /* some frame of it was shown as Remote Control */
    bool is_open, has_ended;
    bool is_foreign;      /* its content is another protocol's: it is of no session */
    bool ends_are_fixed;  /* content has shown the ends: nothing changes them any more */
    bool is_waiting;      /* it has the viewer's content, which nothing has answered */
    bool has_failed, was_reset; /* ended before it was established; ended by a reset */
    unsigned syns;        /* while nothing has answered */
    packet_copies_t copies; /* of the SYN */
    struct session_diagnoses *unreachable; /* of the frame that says so of its port; or NULL */
    bool pending;         /* until its two hosts prove a session */
    uint16_t server_port; /* the agent's */
    const address *viewer, *agent; /* NULL while it is not known which end is which */
    uint64_t bytes[2];    /* payload; [1]: from the agent, or from the higher of the two addresses
                             while it is not known which end is which */
    uint32_t first_frame, last_frame;
    nstime_t first_time, last_time; /* unset where those frames have none */
};

/** Two hosts, their last session, and their connections that no session has so far. */
typedef struct {
    addresses_pair_t hosts; /* viewer, agent */
    session_t *current;
    session_connection_t *pending;
    bool unlisted;    /* past the bound; counted as one session */
    const session_connection_t *unreachable; /* of which it was said; or NULL */
    bool tried_newer; /* a port of SMS 2.0 SP2 and later was called */
} session_pair_t;

/** Keys of what a packet keeps for the capture, under the protocol smsrc.log. */
enum { KEY_SESSION, KEY_CONNECTION, KEY_LOOKUP, KEY_DIAGNOSES, KEY_REQUESTS };

/*
 * session-log.c
 */

/** Drops all sessions. Call from an init routine, once for each capture. */
void session_log_reset(void);

/** Drops what was allocated. Call from a cleanup routine. */
void session_log_cleanup(void);

/**
 * Returns the pair of two hosts, made where there is none; NULL past the bound. A scan of the
 * ports (no @p proof) fills at most one half of the pairs.
 */
session_pair_t *session_log_pair(const address *viewer, const address *agent, bool proof);

/** Returns the pair of two hosts, or NULL. */
session_pair_t *session_log_find_pair(const address *viewer, const address *agent);

/** Returns a new session for an event; NULL past the bound. Its agent may be unknown (NULL). */
session_t *session_log_new(const session_event_t *event, const packet_info *pinfo);

/** Returns a new session whose agent is known by its name alone; NULL past the bound. */
session_t *session_log_begin_unresolved(const address *viewer, const packet_info *pinfo);

/** True where the capture has a session so far, proven or not. */
bool session_log_has_any(void);

/** True where session_log_new() would return NULL. */
bool session_log_is_full(void);

/** First pass: the packet proves a session that only the viewer's content has shown so far. */
void session_log_prove(session_t *session, const packet_info *pinfo);

/**
 * First pass: something has answered the viewer's content of one connection of the session.
 * @p is_foreign: it is another service's; without a connection that waits it was not a session.
 */
void session_log_end_waiting(session_t *session, bool is_foreign);

/** At the end of the first pass: what nothing has answered is a session, all else is none. */
void session_log_settle(void);

/** Counts a session that is past the bound; @p pair (may be NULL) counts once. */
void session_log_count_unlisted(session_pair_t *pair);

/** Returns the packet's time; unset where it has none, as in a simple packet block. */
nstime_t session_log_time(const packet_info *pinfo);

/** True where SESSION_LOG_SILENCE seconds have passed since @p last, and both have a time. */
bool session_log_is_silent(const nstime_t *last, const packet_info *pinfo);

/** True where a control connection would begin another session: it is closed, or silent. */
bool session_log_is_over(const session_t *session, const packet_info *pinfo);

/** Moves the session's first frame back to @p frame, where that is before those known of it. */
void session_log_include_begin(session_t *session, uint32_t frame, const nstime_t *when);

/** Moves the session's last frame on to @p frame, where that is after those known of it. */
void session_log_include_end(session_t *session, uint32_t frame, const nstime_t *when);

/**
 * Makes the first frame known so far the one that is shown. Does nothing after the frame in which
 * the session got its number, so that every pass shows the same.
 */
void session_log_note_first_frame(session_t *session, const packet_info *pinfo);

/** Records that the session used a transport; @p legacy_port: on a port of SMS 1.x. */
void session_log_use_transport(session_t *session, session_transport_e transport,
                               bool legacy_port);

/** Records that the session used a channel. */
void session_log_use_channel(session_t *session, channel_e channel);

/** Counts a connection of the channel that was answered; @p gone: it was none of the session's. */
void session_log_count_call(session_t *session, channel_e channel, bool gone);

/** Takes away payload of a connection that is none of the session's. */
void session_log_remove_bytes(session_t *session, channel_e channel, const uint64_t bytes[2]);

/** Adds payload to the session's. */
void session_log_add_bytes(session_t *session, channel_e channel, bool from_agent,
                           uint64_t length);

/** Counts an established connection of the session that has ended. */
void session_log_count_end(session_t *session, bool by_reset);

/** Sets a name: its text is made printable and cut. Returns true where a host name is new. */
bool session_log_set_name(session_t *session, session_name_e which, const char *name);

/** Sets the agent's reply. */
void session_log_set_reply(session_t *session, session_reply_e reply, const char *reason);

/** Records that @p host is the viewer of a session, or looks for an agent. */
void session_log_note_viewer(const address *host);

/** True where session_log_note_viewer() was called for @p host in this capture so far. */
bool session_log_is_viewer(const address *host);

/** Records that @p host has a session on a port that is none of Remote Tools' own. */
void session_log_note_host(const address *host);

/*
 * session-connection.c
 */

/** Sets the protocol under which conversations keep their state. Call from a handoff routine. */
void session_connection_init(int proto);

/** Returns the packet's conversation; IPX has one for each pair of sockets. NULL: none. */
conversation_t *session_connection_find_conversation(packet_info *pinfo);

/**
 * First pass: reports a packet of a channel that both ends have the same port for, so that only
 * content shows which end is the viewer (@p event has the sender in its place). The connection is
 * pending until the two hosts prove a session in either direction.
 */
void session_connection_wait(session_connection_t *connection, const session_event_t *event);

/**
 * Continues a session whose agent was unknown as that of @p pair. Returns false where the two
 * have one that is not over, or where the agent of @p session was known already.
 */
bool session_connection_resolve(session_t *session, session_pair_t *pair,
                                const packet_info *pinfo);

/** True where the viewer has called a port of SMS 2.0 SP2 and later at the same agent so far. */
bool session_connection_has_tried_newer(const session_connection_t *connection);

/*
 * session-traffic.c
 */

/** First pass: adds a frame, with payload or without, to both; either may be NULL. */
void session_traffic_add_frame(session_connection_t *connection, session_t *session,
                               const packet_info *pinfo);

/** First pass: adds payload. */
void session_traffic_add_bytes(session_connection_t *connection, bool from_agent,
                               unsigned length);

/** First pass: adds payload while it is not known which end is the viewer. */
void session_traffic_add_undirected_bytes(session_connection_t *connection,
                                          const packet_info *pinfo, unsigned length);

/** First pass: the connection is established, or has ended. Repeated calls do nothing. */
void session_traffic_set_established(session_connection_t *connection);
void session_traffic_set_ended(session_connection_t *connection, bool by_reset);

/*
 * session-events.c
 */

/** Sets the protocol under which packets keep their session. Call from a handoff routine. */
void session_events_init(int proto);

#endif /* __SMSRC_SESSION_LOG_INTERNAL_H__ */
