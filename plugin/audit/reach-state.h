/* reach-state.h
 * What is known of a flow while nothing has answered it
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_REACH_STATE_H__
#define __SMSRC_REACH_STATE_H__

#include "flow-audit.h"
#include "icmp-error.h"
#include "packet-copy.h"

/* How far a connection has come. */
typedef enum {
    PHASE_NONE,      /* no SYN was captured */
    PHASE_CALLED,    /* the initiator's SYN */
    PHASE_SYN_ACK,   /* the responder's answer to it */
    PHASE_CONNECTED, /* the initiator has that answer */
    PHASE_REQUESTED, /* the initiator's data, which nothing has acknowledged */
    PHASE_ACKED,     /* some of the data is acknowledged */
} reach_phase_e;

/** 128 bytes, kept until the flow is answered. All zero before its first packet. */
typedef struct reach_state {
    packet_copies_t copies;
    const char *reason;    /* of REACH_BLOCKED; static */
    uint64_t asked_at;     /* when the last try of UDP, or the last data of TCP, was sent */
    uint32_t frame;        /* in which REACH_BLOCKED is said; 0: in none */
    uint32_t packets;      /* of the flow, that this pass has read */
    uint32_t pass;         /* the later pass that reads it */
    uint32_t first_byte;   /* TCP: sequence numbers of the initiator's first byte of data, */
    uint32_t next_byte;    /* of what it sends next, */
    uint32_t acked_byte;   /* and of what the responder expects */
    reach_e reach;
    uint8_t phase;
    uint8_t tries;         /* TRIES_BLOCKED at most */
    bool is_answered;      /* the flow is open, whatever follows */
} reach_state_t;

/** What is asked so often without an answer is blocked. */
#define REACH_TRIES_BLOCKED 3

/** Notes that the responder does not get the initiator's packets: @p frame has shown it. */
void reach_state_block(reach_state_t *state, uint32_t frame, const char *reason);

/** Counts a try that nothing has answered: the third says that the flow is blocked. */
void reach_state_count_try(reach_state_t *state, uint32_t frame, const char *reason);

/** Notes that the flow is open, as far as it is known by now. */
void reach_state_open(reach_state_t *state);

/** Updates the state by a packet of TCP; @p seen has the bits of tcp-state.h. */
void reach_tcp_update(reach_state_t *state, packet_view_t *packet, bool from_initiator,
                      unsigned seen);

/** True if the packet of TCP that an error quotes, which the initiator sent, was not answered. */
bool reach_tcp_is_unanswered(const reach_state_t *state, const icmp_error_t *error);

/** Updates the state by a datagram, which @p service is the content of, if it is known. */
void reach_udp_update(reach_state_t *state, packet_view_t *packet, bool from_initiator,
                      service_e service);

#endif /* __SMSRC_REACH_STATE_H__ */
