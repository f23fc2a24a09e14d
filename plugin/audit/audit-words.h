/* audit-words.h
 * What the expert infos of the audit say of a flow, in words
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_AUDIT_WORDS_H__
#define __SMSRC_AUDIT_WORDS_H__

#include "audit-tap.h"

#define AUDIT_WORDS_CONTRADICTORY "copies of its first bytes differ"

/** What the expert info of a verdict says of the flow. Static. */
const char *audit_words_verdict(const flow_verdict_t *judged);

/**
 * "TCP 8080, Advanced Client to Management point (HTTP)". The string is allocated in @p scope.
 */
const char *audit_words_flow(wmem_allocator_t *scope, const flow_facts_t *facts,
                             const flow_end_t ends[NUM_ENDS]);

/**
 * What KB 826852 has a client without WINS and directory do, for a lookup of a management point's
 * name that found none or should not have been broadcast; "" for any other flow. The string is
 * allocated in @p scope.
 */
const char *audit_words_remedy(wmem_allocator_t *scope, const flow_t *flow);

#endif /* __SMSRC_AUDIT_WORDS_H__ */
