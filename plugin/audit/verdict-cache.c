/* verdict-cache.c
 * Verdicts by their flows: many flows have identical properties
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * Ports count by their kinds: the flows of a scan, each to another port, are one flow here, but for
 * those to ports that are on a row.
 */

#include "verdict.h"

#include "cache.h"
#include "row-fit.h"
#include "row-index.h"
#include "verdict-compute.h"

typedef struct {
    const matrix_t *matrix;
    flow_facts_t flow; /* without its ports */
    uint32_t initiator_port_kind;
    uint32_t responder_port_kind;
} verdict_key_t;

typedef struct {
    uint32_t tag;
    verdict_key_t key;
    verdict_t verdict;
} cached_verdict_t;

static cached_verdict_t cached_verdicts[1024];
static bool is_cache_used;
static const cache_t cache = { cached_verdicts, array_length(cached_verdicts),
                               sizeof cached_verdicts[0], offsetof(cached_verdict_t, key),
                               &is_cache_used };

void
verdict_set_ports(const range_t *sql, const range_t *http)
{
    row_fit_set_ports(sql, http);
    row_index_reset();
    cache_reset(&cache);
}

/*
 * The initiator's port counts only if the flow may run the other way. An attack has the verdict of
 * the flow without it, and the port of a proxy has none. The cache compares padding too.
 */
static void
set_key(verdict_key_t *key, const matrix_t *matrix, const flow_facts_t *flow)
{
    memset(key, 0, sizeof *key);
    key->matrix = matrix;
    memcpy(&key->flow, flow, sizeof *flow);
    key->flow.attack = false;
    key->flow.via_proxy = 0;
    key->flow.initiator_port = key->flow.responder_port = 0;
    if (!flow->initiator_sure)
        key->initiator_port_kind =
            row_index_port_kind(matrix, flow->transport, flow->initiator_port);
    key->responder_port_kind = row_index_port_kind(matrix, flow->transport, flow->responder_port);
}

static uint32_t
hash_key(const verdict_key_t *key)
{
    const flow_facts_t *flow = &key->flow;

    return (uint32_t)(flow->initiator * 31 + flow->responder * 37 +
                      (flow->unconfirmed_initiator ^ flow->strange_initiator) * 53 +
                      (flow->unconfirmed_responder ^ flow->strange_responder) * 59 +
                      key->responder_port_kind * UINT64_C(41) +
                      key->initiator_port_kind * UINT64_C(43) + (uint64_t)flow->service * 47 +
                      (uint64_t)flow->transport);
}

verdict_t
verdict_find(const matrix_t *matrix, const flow_facts_t *flow)
{
    verdict_key_t key;
    verdict_t verdict;
    cached_verdict_t *cached;
    uint32_t hash;

    set_key(&key, matrix, flow);
    hash = hash_key(&key);
    cached = (cached_verdict_t *)cache_find(&cache, hash, &key, sizeof key);
    if (cached == NULL) {
        cached = (cached_verdict_t *)cache_add(&cache, hash, &key, sizeof key);
        cached->verdict = verdict_compute(matrix, flow);
    }
    verdict = cached->verdict;
    verdict.without_attack = verdict.verdict;
    if (flow->attack)
        verdict.verdict = VERDICT_ATTACK;
    return verdict;
}
