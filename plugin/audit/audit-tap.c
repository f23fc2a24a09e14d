/* audit-tap.c
 * The taps of the audit: what statistics see of verdicts and roles
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "audit-tap.h"

#include <epan/tap.h>

#include "audit-tap-queue.h"
#include "role-book.h"
#include "user-rows.h"

static int audit_tap = -1;
static int roles_tap = -1;
static int overflow_tap = -1;

static void (*read_matrix_preferences)(void);
static matrix_e matrix_in_use = MATRIX_DEFAULT;
static bool is_in_capture;

void
audit_tap_register(void)
{
    audit_tap = register_tap("smsrc_audit");
    roles_tap = register_tap("smsrc_roles");
    overflow_tap = register_tap(OVERFLOW_TAP);
}

void
audit_tap_set_ends(flow_end_t ends[NUM_ENDS], const flow_verdict_t *judged,
                   const address *initiator, const address *responder)
{
    const flow_facts_t *facts = &judged->judgment->facts;
    bool reversed = judged->judgment->verdict.reversed;

    memset(ends, 0, NUM_ENDS * sizeof *ends);
    ends[INITIATOR].host = reversed ? responder : initiator;
    ends[INITIATOR].roles = reversed ? facts->responder : facts->initiator;
    ends[INITIATOR].unconfirmed = reversed ? facts->unconfirmed_responder
                                           : facts->unconfirmed_initiator;
    ends[INITIATOR].port = reversed ? judged->responder_port : judged->initiator_port;
    ends[RESPONDER].host = reversed ? initiator : responder;
    ends[RESPONDER].roles = reversed ? facts->initiator : facts->responder;
    ends[RESPONDER].unconfirmed = reversed ? facts->unconfirmed_initiator
                                           : facts->unconfirmed_responder;
    ends[RESPONDER].port = reversed ? judged->initiator_port : judged->responder_port;
}

bool
audit_tap_is_listened_to(void)
{
    return have_tap_listener(audit_tap);
}

static audit_tap_t *
queue_flow(packet_info *pinfo, const flow_t *flow, const flow_verdict_t *judged,
           const flow_end_t ends[NUM_ENDS])
{
    audit_tap_t *tap = wmem_new0(pinfo->pool, audit_tap_t);

    tap->flow = flow;
    tap->bytes = pinfo->fd->pkt_len;
    tap->verdict = &judged->judgment->verdict;
    for (unsigned end = INITIATOR; end < NUM_ENDS; end++) {
        tap->ends[end] = ends[end];
        tap->ends[end].by_table = ends[end].roles & ~ends[end].unconfirmed &
                                  (role_book_roles_at(ends[end].host, STANDING_TABLE) |
                                   ROLE_BIT(ROLE_INTERNET));
    }
    tap->transport = judged->judgment->facts.transport;
    tap->via_proxy = judged->judgment->facts.via_proxy;
    tap->service = judged->judgment->facts.service;
    if (tap->verdict->row != NULL)
        tap->row_order = matrix_row_order(audit_tap_matrix(), tap->verdict->row);
    tap->user_rows = user_rows(&tap->num_user_rows);
    tap_queue_packet(audit_tap, pinfo, tap);
    return tap;
}

void
audit_tap_queue_flow(packet_info *pinfo, const flow_t *flow, const flow_verdict_t *judged,
                     const flow_end_t ends[NUM_ENDS])
{
    (void)queue_flow(pinfo, flow, judged, ends);
}

standing_e
audit_tap_standing(const flow_end_t *end, role_e role)
{
    if ((end->roles & ROLE_BIT(role)) == 0)
        return STANDING_NONE;
    if ((end->unconfirmed & ROLE_BIT(role)) != 0)
        return STANDING_UNCONFIRMED;
    return (end->by_table & ROLE_BIT(role)) != 0 ? STANDING_TABLE : STANDING_PROVEN;
}

void
audit_tap_get_row_roles(const audit_tap_t *tap, role_set_t wanted[NUM_ENDS])
{
    const matrix_row_t *row = tap->verdict->row;
    bool back = matrix_row_runs_back(row, tap->ends[INITIATOR].roles, tap->ends[RESPONDER].roles);

    wanted[INITIATOR] = back ? row->responder_roles : row->initiator_roles;
    wanted[RESPONDER] = back ? row->initiator_roles : row->responder_roles;
}

static void
add_holder(roles_tap_t *tap, packet_info *pinfo, const address *host)
{
    role_holder_t *holder = &tap->holders[tap->num_holders++];

    holder->host = host;
    holder->evidence = role_book_evidence(pinfo->pool, host, &holder->num_evidence);
}

void
audit_tap_queue_change(packet_info *pinfo, const flow_t *flow, const flow_verdict_t *judged,
                       const flow_end_t ends[NUM_ENDS])
{
    queue_flow(pinfo, flow, judged, ends)->is_change = true;
}

void
audit_tap_queue_evidence(packet_info *pinfo, const address *const hosts[NUM_ENDS])
{
    roles_tap_t *tap;

    if (!have_tap_listener(roles_tap))
        return;
    tap = wmem_new0(pinfo->pool, roles_tap_t);
    tap->is_change = true;
    for (unsigned end = INITIATOR; end < NUM_ENDS; end++)
        add_holder(tap, pinfo, hosts[end]);
    tap_queue_packet(roles_tap, pinfo, tap);
}

void
audit_tap_queue_roles(packet_info *pinfo, role_set_t src, role_set_t dst)
{
    roles_tap_t *tap;

    if ((src | dst) == 0 || !have_tap_listener(roles_tap))
        return;
    tap = wmem_new0(pinfo->pool, roles_tap_t);
    tap->bytes = pinfo->fd->pkt_len;
    if (src != 0)
        add_holder(tap, pinfo, &pinfo->src);
    if (dst != 0 && (src == 0 || !addresses_equal(&pinfo->src, &pinfo->dst)))
        add_holder(tap, pinfo, &pinfo->dst);
    tap_queue_packet(roles_tap, pinfo, tap);
}

void
audit_tap_queue_overflow(packet_info *pinfo)
{
    if (have_tap_listener(overflow_tap))
        tap_queue_packet(overflow_tap, pinfo, NULL);
}

void
audit_tap_set_reader(void (*read_preferences)(void))
{
    read_matrix_preferences = read_preferences;
}

void
audit_tap_set_in_capture(bool in_capture)
{
    is_in_capture = in_capture;
}

void
audit_tap_set_matrix(matrix_e matrix)
{
    matrix_in_use = matrix;
}

const matrix_t *
audit_tap_matrix(void)
{
    if (!is_in_capture && read_matrix_preferences != NULL)
        read_matrix_preferences();
    return &matrix_list[matrix_in_use];
}
