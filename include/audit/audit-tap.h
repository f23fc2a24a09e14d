/* audit-tap.h
 * The taps of the audit: what statistics see of verdicts and roles
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_AUDIT_TAP_H__
#define __SMSRC_AUDIT_TAP_H__

#include "flow-audit.h"

/** The two ends of a flow. */
enum { INITIATOR, RESPONDER, NUM_ENDS };

/**
 * One end of a flow, as its verdict has it: if the flow was judged in reverse, the first sender is
 * the responder. Lives as long as the packet.
 */
typedef struct {
    const address *host;
    role_set_t roles;       /* in the verdict; ROLES_BROADCAST for a broadcast */
    role_set_t unconfirmed; /* those of them whose standing is Unconfirmed */
    role_set_t by_table;    /* those that the user's table gives */
    uint16_t port;         /* in the verdict: a proxied URI's, not the proxy's; 0 for IPX */
} flow_end_t;

/**
 * Tap "smsrc_audit": a packet of a flow with a verdict, the flow's, which is the worst of those of
 * a proxy's URIs. Lives as long as the packet. VERDICT_NONE:
 * the flow was Unconfirmed, and has no verdict any more.
 */
typedef struct {
    const flow_t *flow;            /* lives as long as the capture */
    const verdict_t *verdict;      /* lives as long as the capture */
    unsigned bytes;                /* length of the frame on the wire */
    bool is_change;                /* only that of the verdict, by a packet of another flow */
    flow_end_t ends[NUM_ENDS];
    transport_e transport;
    uint16_t via_proxy;            /* the responder's port on the wire, if its other is a URI's */
    service_e service;             /* by content */
    unsigned row_order;            /* of the verdict's row: the list's rows, then the user's */
    const matrix_row_t *user_rows; /* the user's rows for this capture */
    unsigned num_user_rows;
} audit_tap_t;

/** Returns the standing that @p role has at this end of the flow. */
standing_e audit_tap_standing(const flow_end_t *end, role_e role);

/** Gets the roles that the flow's row has for its ends, whichever of them called. */
void audit_tap_get_row_roles(const audit_tap_t *tap, role_set_t roles[NUM_ENDS]);

/** A host that holds a role, and the evidence for all of its roles. */
typedef struct {
    const address *host;
    const role_evidence_t *const *evidence; /* the table's first; lives as long as the packet */
    unsigned num_evidence;
} role_holder_t;

/** Tap "smsrc_roles": a packet of which an end or both hold a role. */
typedef struct {
    unsigned bytes;
    bool is_change; /* only that of what shows the roles, by a packet of other hosts */
    role_holder_t holders[NUM_ENDS];
    unsigned num_holders;           /* 1 for a host that sends to itself */
} roles_tap_t;

/**
 * Returns the matrix by which the flows of the capture are judged, between captures those of the
 * next one. Statistics may list its rows before any packet.
 */
const matrix_t *audit_tap_matrix(void);

/**
 * Returns the site code of a flow with these ends: the responder's, else the initiator's, else "".
 * It may be learned after the flow's last packet, so call this at the end of the capture, before
 * smsrc_audit_cleanup(). Lives as long as the capture.
 */
const char *audit_tap_site_code(const address *initiator, const address *responder);

/** Tap without data: a frame in which a bound (bounds.h) was exceeded. */
#define OVERFLOW_TAP "smsrc_overflow"

#endif /* __SMSRC_AUDIT_TAP_H__ */
