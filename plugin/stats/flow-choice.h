/* flow-choice.h
 * The judged flows that the filter of a statistic chooses, each of them whole
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_FLOW_CHOICE_H__
#define __SMSRC_FLOW_CHOICE_H__

#include "audit-tap.h"

/** A judged flow with all packets that the audit has passed on, whatever a filter chooses. */
typedef struct {
    audit_tap_t tap;         /* of the last packet; its hosts live as long as the capture */
    unsigned order;          /* by the first packet */
    unsigned packets;
    double bytes;
    nstime_t start;          /* of the first packet that has a time; unset: none has one */
    nstime_t end;            /* the latest: a clock may have been set back */
    bool answered;           /* the responder has sent a packet */
} whole_flow_t;

/** What a statistic does with its choice. Both get the data of flow_choice_new(). */
typedef struct {
    /** A chosen flow is this now. Called for each packet of it; @p pinfo is that packet. */
    void (*show)(void *data, packet_info *pinfo, const whole_flow_t *flow);
    /** All flows end: the capture does, or packets are read again. NULL: nothing to do. */
    void (*settle)(void *data);
} flow_choice_ops_t;

/** The choice of one instance of a statistic. */
typedef struct flow_choice flow_choice_t;

/** Begin to listen. @p all: no filter is set, so that every flow is chosen by itself. */
flow_choice_t *flow_choice_new(const flow_choice_ops_t *ops, void *data, bool all);
void flow_choice_free(flow_choice_t *choice);

/** Choose the flow of @p tap: call it for each packet that passes the filter. */
void flow_choice_add(flow_choice_t *choice, const audit_tap_t *tap);

/** Choose no flow any more. */
void flow_choice_clear(flow_choice_t *choice);

/** The number of flows that are not chosen. */
unsigned flow_choice_left_out(const flow_choice_t *choice);

#endif /* __SMSRC_FLOW_CHOICE_H__ */
