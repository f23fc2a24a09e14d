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

/** The two ends of a flow. */
enum { INITIATOR, RESPONDER, NUM_ENDS };

/**
 * One end of a judged flow, as the verdict has it: where the flow was judged in reverse, the first
 * sender is the responder. Lives as long as the packet.
 */
typedef struct {
    const address *host;
    role_set_t roles;      /* by which the flow was judged; ROLES_BROADCAST for a broadcast */
    role_set_t firm_roles; /* of the host, those on which a rule of a firewall may rest */
    uint16_t port;         /* by which it was judged: a proxied URI's, not the proxy's; 0 for IPX */
} flow_end_t;

/** Tap "smsrc_audit": a packet of a judged flow. Lives as long as the packet. */
typedef struct {
    /* To be removed: the members that follow bytes replace them. */
    const flow_t *flow;            /* lives as long as the capture; stays */
    const verdict_t *judgement;  /* verdict */
    const flow_facts_t *about;     /* ends, transport, service */
    const address *initiator;      /* ends[INITIATOR].host */
    const address *responder;
    unsigned bytes;                /* length of the frame on the wire; stays */

    const verdict_t *verdict;      /* lives as long as the capture */
    flow_end_t ends[NUM_ENDS];
    transport_e transport;
    service_e service;             /* by content */
    unsigned row_order;            /* of the verdict's row: the list's rows, then the user's */
    const matrix_row_t *user_rows; /* the user's rows for this capture */
    unsigned num_user_rows;
    unsigned firm_version;         /* changes whenever firm_roles of any host may have changed */
} audit_tap_t;

/** A host that holds a role, and the evidence for all of its roles. */
typedef struct {
    const address *host;
    const role_evidence_t *const *evidence; /* the table's first; lives as long as the packet */
    unsigned num_evidence;
} role_holder_t;

/** Tap "smsrc_roles": a packet of which an end or both hold a role. */
typedef struct {
    /* To be removed: holders replaces it. */
    const address *ends[2];
    unsigned bytes;                 /* stays */

    role_holder_t holders[NUM_ENDS];
    unsigned num_holders;           /* a host that sends to itself is one */
} roles_tap_t;

/** The matrix by which flows are judged, for statistics that list its rows before any packet. */
const matrix_t *audit_tap_matrix(void);

/**
 * The site code that is known by now of a flow with these ends: the responder's, else the
 * initiator's, else "". It may be learned after the flow's last packet, so call this when the
 * capture ends, before smsrc_audit_cleanup(). Lives as long as the capture.
 */
const char *audit_tap_site_code(const address *initiator, const address *responder);

/** Tap without data: a frame after which bounds.h has more to report than before. */
#define OVERFLOW_TAP "smsrc_overflow"

#endif /* __SMSRC_AUDIT_TAP_H__ */
