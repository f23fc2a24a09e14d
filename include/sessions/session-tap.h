/* session-tap.h
 * Protocol smsrc.log and its tap: the frames of remote-control sessions
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_SESSION_TAP_H__
#define __SMSRC_SESSION_TAP_H__

#include "packet-view.h"
#include "session-log.h"

void proto_register_smsrc_log(void);
void proto_reg_handoff_smsrc_log(void);

/** Drops the session log. Call from a cleanup routine, after that of all its readers. */
void smsrc_log_cleanup(void);

/** Tracks a packet. Call once for each packet, after all dissectors. */
void smsrc_log_packet(packet_view_t *packet);

/** Adds the session's number, first frame, viewer and agent to @p tree, as generated fields. */
void session_tap_add_session(packet_info *pinfo, proto_tree *tree, tvbuff_t *tvb,
                             const session_t *session);

/** Room for a reason of SESSION_NAME_SIZE and an attack before it. */
#define SESSION_REASON_SIZE (SESSION_NAME_SIZE + 16)

/** What statistics print of a session. The addresses' data live as long as the capture. */
typedef struct {
    uint32_t number;      /* from 1, in the order in which sessions were proven; 0: it is none */
    const char *protocol; /* "SMS Remote Control", ...: static */
    const char *outcome;  /* "Closed", "Busy", ...: as far as the capture has shown; static */
    char reason[SESSION_REASON_SIZE]; /* why it was refused, who has the agent; an attack first */
    bool has_attack;      /* a message of CVE-2004-0728 */
    address viewer;
    address agent;        /* AT_NONE: only its name is known */
    char names[NUM_SESSION_NAMES][SESSION_NAME_SIZE]; /* empty: not known */
    uint32_t begin_frame;
    uint32_t end_frame;
    nstime_t begin_time;  /* of its first frame that has a time; unset: no frame has one */
    nstime_t end_time;    /* the latest of its frames': never before begin_time, as clocks step */
    double seconds;       /* from begin_time to end_time; 0 where they are unset */
    uint64_t bytes[NUM_CHANNELS][2]; /* payload of TCP, UDP and IPX; [1]: from the agent */
    uint8_t channels;     /* a bit for each channel_e that was used */
    uint8_t transports;   /* a bit for each session_transport_e */
    uint8_t legacy_transports; /* the same for the ports of SMS 1.x, 1761-1764 */
} session_summary_t;

/** Numbers the sessions of viewers that nothing has answered. Call where a capture ends. */
void session_tap_settle(void);

/** Returns the state of @p session now: later frames of it may change what is returned. */
session_summary_t session_tap_summary(const session_t *session);

/** Tap "smsrc": a frame of a session, or shown as Remote Control. Lives as long as the packet. */
typedef struct {
    const session_t *session; /* NULL: none; lives as long as the capture */
} smsrc_tap_t;

/** Queues a frame for the statistics. */
void session_tap_queue(packet_info *pinfo, const session_t *session);

/** Registers the fields of session_tap_add_session() and the tap. Call once. */
void session_tap_register(int proto);

#endif /* __SMSRC_SESSION_TAP_H__ */
