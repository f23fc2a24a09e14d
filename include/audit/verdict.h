/* verdict.h
 * The verdict on a flow: which row of the matrix it is, or how it departs from all of them
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_VERDICT_H__
#define __SMSRC_VERDICT_H__

#include <epan/range.h>

#include "flow-facts.h"
#include "matrix.h"

/** "Off matrix", as users type it. Static. */
const char *verdict_name(verdict_e verdict);

/** The expert info of a verdict. */
typedef struct {
    const char *filter; /* "smsrc.audit.off_matrix" */
    int group;
    int severity;
    const char *summary;
} verdict_expert_t;

/** The expert info of a verdict; NULL if it has none. Static. */
const verdict_expert_t *verdict_expert(verdict_e verdict);

/** What the expert info of a verdict reports, "on no row of KB 826852". Static. */
const char *verdict_text(const matrix_t *matrix, verdict_e verdict);

typedef struct {
    verdict_e verdict;
    const matrix_row_t *row; /* the flow's row, or the nearest; NULL: no row is near */
    bool nearest;        /* the row is the nearest, not the flow's own */
    bool reversed;        /* the flow is judged in reverse: the responder is the initiator */
    verdict_e without_attack; /* the verdict of the same flow without the attack */
} verdict_t;

/**
 * The row as tables show it: "E1", "near E1" for the nearest, "-" without one. The string is
 * allocated in @p scope.
 */
char *verdict_row_name(wmem_allocator_t *scope, const verdict_t *verdict);

/**
 * The ports that the user's site has moved (preferences): SQL Server's, by the row of class
 * ROW_CONFIGURABLE, and HTTP's, which are read as the matrix's HTTP port. Either may be NULL. The
 * ranges are copied; NULL for both frees the copies. Call it for every capture, and when the user's
 * rows have changed, because it clears the cache of verdicts.
 */
void verdict_set_ports(const range_t *sql, const range_t *http);

/**
 * The verdict on @p flow. A pure function of it, the matrix, the user's rows and the ports.
 * VERDICT_NONE where no row fits, the content is not that of an SMS service, and not both ends have
 * a role that is confirmed.
 */
verdict_t verdict_find(const matrix_t *matrix, const flow_facts_t *flow);

/**
 * True if the audit shows a broadcast with this verdict: a row names it, or its content is a
 * service of the matrix. A network has many others.
 */
bool verdict_counts_for_broadcast(const verdict_t *verdict, const matrix_t *matrix,
                                  service_e service);

/** True if a published row, or one of the user's, covers the verdict, by confirmed roles. */
bool verdict_is_listed(const verdict_t *verdict);

/** The same, or by roles that may be unconfirmed. */
bool verdict_may_be_listed(const verdict_t *verdict);

/** True if the row advises against what it lists. */
bool verdict_is_discouraged(const verdict_t *verdict);

#endif /* __SMSRC_VERDICT_H__ */
