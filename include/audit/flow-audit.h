/* flow-audit.h
 * Per-conversation state of the audit: verdicts, and whether the flow got through
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_FLOW_AUDIT_H__
#define __SMSRC_FLOW_AUDIT_H__

#include "flow-content.h"
#include "verdict.h"

/* Whether the responder was reached. */
typedef enum {
    REACH_OPEN,         /* answered, or nothing was asked, or captured from its middle on */
    REACH_PENDING,      /* asked once, without an answer so far */
    REACH_BLOCKED,      /* asked again without an answer, a reset of the SYN, or an ICMP error */
    REACH_RESET,        /* reset after the handshake, before an answer */
    REACH_NOT_ANSWERED, /* data after the handshake that nothing has acknowledged */
    REACH_ANSWER_LOST,  /* the initiator does not get the answer to its SYN */
    NUM_REACHES
} reach_e;

/* A verdict, the facts that it is on, and the frame from which on it holds. */
typedef struct {
    uint32_t frame;
    uint16_t uri_number; /* of a request to a proxy */
    verdict_t verdict;
    flow_facts_t facts;
} flow_verdict_t;

/*
 * A flow has a new verdict when its content is recognized, a role is learned or a proxy is asked
 * for another URI. The newest are kept, at most this many. One more place is reserved for an
 * attack, so that earlier verdicts cannot hide it.
 */
#define FLOW_MAX_VERDICTS 8

/* What a verdict rests on: while it is the same, the verdict is. */
typedef struct {
    role_set_t inferred[2]; /* the roles by the flow's own content, of initiator and responder */
    role_set_t proven[2];
    unsigned book_version;  /* of the role book; 0: never judged */
    service_e service;
    handed_out_e handed_out;
    uint32_t attack_frame;
    bool is_sms;
    bool is_contradictory;
    bool seeks_mp;
} judge_basis_t;

/* A flow that the audit has seen. Lives as long as the capture. */
typedef struct flow {
    flow_content_t *content;
    judge_basis_t basis;       /* of the last verdict, or of its lack */
    uint8_t num_verdicts;
    bool has_dropped;          /* older ones than these */
    uint8_t max_verdicts;      /* for which there are places */
    flow_verdict_t *verdicts;
    flow_verdict_t *worst;     /* of the URIs that a proxy was asked for before; NULL: none */
    uint32_t first_frame;      /* the first frame that was judged, if only for the time being */
    uint32_t last_frame;       /* of the first pass */
    uint32_t final_frame;      /* from which on nothing but roles and attacks change the verdict */
    uint32_t expert_frames[NUM_VERDICTS]; /* the frame that has the verdict's expert info */
    uint32_t discouraged_frame;
    reach_e reach;
    uint32_t reach_frame;      /* the frame that showed that it is blocked; 0: it is not */
    const char *reach_reason;  /* static */
    uint8_t reach_run;         /* which pass has the reach (reachability.c) */
    bool is_answered;          /* REACH_OPEN, whatever follows */
    uint32_t reach_packets;    /* of the flow, on which the reach is */
    struct reach_state *reach_state; /* NULL once it is answered */
    const struct flow *scan_of; /* the first of several unanswered tries between the same two
                                 * hosts, if this is a later one */
} flow_t;

/** "Open", "No answer" and so on, as users type it. Static. */
const char *flow_audit_reach_name(reach_e reach);

/**
 * Returns the audit's record of a flow. Creates it if there is none. What it had found drops out
 * where content has shown that the ends are in the opposite direction.
 */
flow_t *flow_audit_get(flow_content_t *content);

#endif /* __SMSRC_FLOW_AUDIT_H__ */
