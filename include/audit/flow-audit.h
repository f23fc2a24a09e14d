/* flow-audit.h
 * What the audit has found of a flow: its verdicts, and whether it got through
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_FLOW_AUDIT_H__
#define __SMSRC_FLOW_AUDIT_H__

#include "flow-content.h"
#include "verdict.h"

/* How a TCP flow stands with the firewall. */
typedef enum {
    REACH_OPEN,    /* answered, or seen from its middle on, or without connections */
    REACH_ASKED,   /* a SYN, and no answer so far */
    REACH_BLOCKED, /* asked again without an answer, reset, or an ICMP error */
} reach_e;

/* A judgement and the frame from which on it holds. */
typedef struct {
    uint32_t frame;
    verdict_t judgement;
    flow_facts_t about;
} flow_verdict_t;

/*
 * A flow is judged again when its content is recognized or a role is learned, up to this many
 * times. One more place is reserved for an attack, so that earlier verdicts cannot hide it.
 */
#define FLOW_MAX_VERDICTS 8

/* A judged flow. Lives as long as the capture. */
typedef struct flow {
    flow_content_t *content;
    unsigned book_version; /* of the last judgement */
    service_e verdict_service;
    uint8_t num_verdicts;
    flow_verdict_t verdicts[FLOW_MAX_VERDICTS + 1];
    uint32_t first_frame;    /* the first frame that was judged */
    uint32_t expert_frames[NUM_VERDICTS]; /* where the verdict was first told */
    uint32_t discouraged_frame;
    reach_e reach;
    uint32_t reach_frame;    /* the frame that showed that it is blocked */
    const char *reach_reason; /* static */
    unsigned packets;        /* from the initiator, while nothing answered */
    const struct flow *scan_of; /* the first of several unanswered tries of the same two hosts,
                                 * when this is a later one; NULL where it is none */
} flow_t;

/** "Open", "No answer" or "Blocked". Static. */
const char *flow_audit_reach_name(reach_e reach);

/** The audit's record of a flow, made where there is none. */
flow_t *flow_audit_of(flow_content_t *content);

#endif /* __SMSRC_FLOW_AUDIT_H__ */
