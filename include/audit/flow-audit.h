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

/* A verdict and the facts that it is on, without the flow's ports: many flows share it. */
typedef struct {
    verdict_t verdict;
    flow_facts_t facts;
} judgment_t;

/* A flow's verdict, and the frame from which on it holds. */
typedef struct {
    const judgment_t *judgment; /* shared (shared-value.h); NULL: none */
    uint32_t frame;
    uint16_t uri_number; /* of a request to a proxy */
    uint16_t initiator_port;
    uint16_t responder_port;
} flow_verdict_t;

/*
 * A flow has a new verdict when its content is recognized, a role is learned or a proxy is asked
 * for another URI. The newest are kept, at most this many. One more place is reserved for an
 * attack, so that earlier verdicts cannot hide it.
 */
#define FLOW_MAX_VERDICTS 8

/* What a verdict rests on: while it is the same, the verdict is. */
typedef struct {
    const content_roles_t *roles; /* the content's */
    unsigned book_version;        /* of the role book; 0: never judged */
    uint32_t attack_frame;
    uint8_t service;
    uint8_t handed_out;
    bool is_sms : 1;
    bool is_contradictory : 1;
    bool seeks_mp : 1;
} judge_basis_t;

/* The frames that have a flow's expert infos: of each verdict, and of a row's advice. */
typedef struct {
    uint32_t verdicts[NUM_VERDICTS];
    uint32_t discouraged;
} expert_frames_t;

/* Most flows have one verdict or two. */
#define FLOW_FEW_VERDICTS 2

/* A flow that the audit has seen. Lives as long as the capture. */
typedef struct flow {
    flow_content_t *content;
    judge_basis_t basis;       /* of the last verdict, or of its lack */
    flow_verdict_t few[FLOW_FEW_VERDICTS];
    flow_verdict_t *more;      /* all of them, in place of those; NULL: they are enough */
    flow_verdict_t *worst;     /* of the URIs that a proxy was asked for before; NULL: none */
    expert_frames_t *expert_frames; /* NULL: no frame has any */
    const char *reach_reason;  /* static */
    struct reach_state *reach_state; /* NULL once it is answered */
    const struct flow *scan_of; /* the first of several unanswered tries between the same two
                                 * hosts, if this is a later one */
    uint32_t first_frame;      /* the first frame that was judged, if only for the time being */
    uint32_t last_frame;       /* of the first pass */
    uint32_t final_frame;      /* from which on nothing but roles and attacks change the verdict */
    uint32_t reach_frame;      /* the frame that showed that it is blocked; 0: it is not */
    uint32_t reach_packets;    /* of the flow, on which the reach is */
    uint8_t reach;             /* reach_e */
    uint8_t reach_run;         /* which pass has the reach (reachability.c) */
    uint8_t num_verdicts;
    bool has_dropped : 1;      /* older ones than these */
    bool is_answered : 1;      /* REACH_OPEN, whatever follows */
} flow_t;

/** The verdicts of a flow, num_verdicts of them, the newest at the end. */
static inline flow_verdict_t *
flow_audit_verdicts(const flow_t *flow)
{
    return flow->more != NULL ? flow->more : (flow_verdict_t *)flow->few;
}

/** "Open", "No answer" and so on, as users type it. Static. */
const char *flow_audit_reach_name(reach_e reach);

/**
 * Returns the audit's record of a flow. Creates it if there is none. What it had found drops out
 * where content has shown that the ends are in the opposite direction.
 */
flow_t *flow_audit_get(flow_content_t *content);

#endif /* __SMSRC_FLOW_AUDIT_H__ */
