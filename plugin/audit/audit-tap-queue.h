/* audit-tap-queue.h
 * How the audit fills its taps
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_AUDIT_TAP_QUEUE_H__
#define __SMSRC_AUDIT_TAP_QUEUE_H__

#include "audit-tap.h"

/** Register the taps. Call once, when protocols are registered. */
void audit_tap_register(void);

/**
 * Set what reads the preferences of the matrix and calls audit_tap_set_matrix(): it is called where
 * a statistic asks for the matrix between captures. Call once.
 */
void audit_tap_set_reader(void (*read_preferences)(void));

/** Set the matrix by which the flows of a capture are judged. */
void audit_tap_set_matrix(matrix_e matrix);

/** Call in an init routine (true) and at the end of a capture (false). */
void audit_tap_set_in_capture(bool in_capture);

/**
 * Fill @p ends with hosts, roles and ports as the verdict @p judged has them. @p initiator and
 * @p responder are the hosts as the flow's first packets have them.
 */
void audit_tap_set_ends(flow_end_t ends[NUM_ENDS], const flow_verdict_t *judged,
                        const address *initiator, const address *responder);

/** True if a statistic listens to flows. */
bool audit_tap_is_listened_to(void);

/** Queue a packet of a flow with a verdict, for statistics that listen. */
void audit_tap_queue_flow(packet_info *pinfo, const flow_t *flow, const flow_verdict_t *judged,
                          const flow_end_t ends[NUM_ENDS]);

/** Queue that the flow has another verdict, by a packet of another one. */
void audit_tap_queue_change(packet_info *pinfo, const flow_t *flow, const flow_verdict_t *judged,
                            const flow_end_t ends[NUM_ENDS]);

/**
 * Queue that what shows the roles of these hosts has changed by a packet of others. They live as
 * long as the packet.
 */
void audit_tap_queue_evidence(packet_info *pinfo, const address *const hosts[NUM_ENDS]);

/** Queue a packet if its sender has roles, @p src, or its receiver, @p dst. */
void audit_tap_queue_roles(packet_info *pinfo, role_set_t src, role_set_t dst);

/** Queue a packet in which a bound (bounds.h) was exceeded. */
void audit_tap_queue_overflow(packet_info *pinfo);

#endif /* __SMSRC_AUDIT_TAP_QUEUE_H__ */
