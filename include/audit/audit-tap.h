/* audit-tap.h
 * The audit: every flow of an SMS role judged against KB 826852
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_AUDIT_TAP_H__
#define __SMSRC_AUDIT_TAP_H__

#include "flow-audit.h"
#include "packet-view.h"

void proto_register_smsrc_audit(void);
void proto_reg_handoff_smsrc_audit(void);

/** The capture ends: call from a cleanup routine, after all that reads the audit. */
void smsrc_audit_cleanup(void);

/** Audits a packet. Call once for each packet, after smsrc_log_packet(). */
void smsrc_audit_packet(packet_view_t *packet);

/** Tap "smsrc_audit": a packet of a judged flow. Lives as long as the packet. */
typedef struct {
    const flow_t *flow;            /* lives as long as the capture */
    const verdict_t *judgement;  /* lives as long as the capture */
    const flow_facts_t *about;     /* what was judged; lives as long as the capture */
    const address *initiator;
    const address *responder;
    unsigned bytes;                /* length of the frame on the wire */
} audit_tap_t;

/** Tap "smsrc_roles": a packet of which an end or both hold a role. */
typedef struct {
    const address *ends[2];
    unsigned bytes;
} roles_tap_t;

/** Tap without data: a frame after which bounds.h has more to report than before. */
#define OVERFLOW_TAP "smsrc_overflow"

#endif /* __SMSRC_AUDIT_TAP_H__ */
