/* verdict.h
 * The verdict on a flow: which row of the matrix it is, or how it departs from all of them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_VERDICT_H__
#define __SMSRC_VERDICT_H__

#include <epan/range.h>

#include "matrix.h"

typedef enum {
    VERDICT_NONE, /* not judged */
    VERDICT_LISTED,
    VERDICT_CORRECTED,
    VERDICT_LEGACY_PRODUCT,
    VERDICT_LATER_PRODUCT,
    VERDICT_KB_GAP,
    VERDICT_WRONG_DIRECTION,
    VERDICT_WRONG_SERVICE,
    VERDICT_OFF_MATRIX,
    VERDICT_ATTACK, /* the worst: the flow has a message of CVE-2004-0728 */
    NUM_VERDICTS
} verdict_e;

/** "Off matrix": as users type it (shared/design.md). Static. */
const char *verdict_name(verdict_e verdict);

/** What is known of a flow when it is judged. Compared as bytes: clear it before it is filled. */
typedef struct {
    role_set_t initiator; /* the roles of who called */
    role_set_t responder;
    transport_e transport;
    uint16_t initiator_port;
    uint16_t responder_port;
    service_e service;   /* by content; SERVICE_UNKNOWN while it has shown none */
    bool initiator_sure; /* by SYN; else the first sender, who may be the server answering */
    bool rpc_endpoint;   /* an endpoint mapper has named the responder's port */
    bool attack;         /* the flow has a message of CVE-2004-0728 */
} flow_facts_t;

typedef struct {
    verdict_e verdict;
    const matrix_row_t *row; /* the flow's row, or the nearest; NULL: no row is near */
    bool nearest;        /* the row is the nearest, not the flow's own */
    bool swapped;        /* the matrix knows the responder as who calls: judged the other way */
    verdict_e without_attack; /* the verdict of the same flow if it were no attack */
} verdict_t;

/**
 * Ports the user's site has moved (preferences): SQL Server's, by row I4, and HTTP's, which are
 * read as port 80. Either may be NULL. The ranges are copied; NULL for both frees the copies. Call
 * it for every capture, and whenever the user's rows have changed: it forgets what was judged.
 */
void verdict_set_ports(const range_t *sql, const range_t *http);

/** The verdict on @p flow. A pure function of it, the matrix, the user's rows and the ports. */
verdict_t verdict_find(const flow_facts_t *flow);

/**
 * The place of @p row among the rows of the list and of the user, those of the list first. A
 * supplementary row is after all of them.
 */
unsigned verdict_row_order(const matrix_row_t *row);

/**
 * A broadcast has no second end. It is the audit's where a row names it, or where its content is a
 * service of the matrix; the many others of a network are not.
 */
bool verdict_counts_for_broadcast(const verdict_t *judgement, service_e service);

/** True where a row of the matrix itself, or of the user, covers the verdict. */
bool verdict_is_listed(const verdict_t *judgement);

/** True where the row advises against what it lists. */
bool judgement_is_discouraged(const verdict_t *judgement);

#endif /* __SMSRC_VERDICT_H__ */
