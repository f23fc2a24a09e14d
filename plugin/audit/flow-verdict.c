/* flow-verdict.c
 * A verdict of a flow, which many flows share
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "flow-verdict.h"

#include "shared-value.h"

/* Rebuilt for every capture. */
static shared_values_t judgments = SHARED_VALUES_INIT(judgment_t);

void
flow_verdict_reset(void)
{
    shared_values_reset(&judgments);
}

/* What many flows share: each has its own ports. */
static flow_facts_t
remove_ports(const flow_facts_t *facts)
{
    flow_facts_t shared = *facts;

    shared.initiator_port = shared.responder_port = 0;
    return shared;
}

/* Not all bytes of @p verdict are its members. */
flow_verdict_t
flow_verdict_share(const flow_facts_t *facts, const verdict_t *verdict, uint32_t frame)
{
    judgment_t judgment;

    memset(&judgment, 0, sizeof judgment);
    judgment.facts = remove_ports(facts);
    judgment.verdict.verdict = verdict->verdict;
    judgment.verdict.row = verdict->row;
    judgment.verdict.nearest = verdict->nearest;
    judgment.verdict.reversed = verdict->reversed;
    judgment.verdict.without_attack = verdict->without_attack;
    return (flow_verdict_t){
        .judgment = (const judgment_t *)shared_value(&judgments, &judgment),
        .frame = frame,
        .initiator_port = facts->initiator_port,
        .responder_port = facts->responder_port,
    };
}

bool
flow_verdict_is_on(const flow_verdict_t *judged, const flow_facts_t *facts)
{
    const flow_facts_t shared = remove_ports(facts);

    return judged->initiator_port == facts->initiator_port &&
           judged->responder_port == facts->responder_port &&
           memcmp(&judged->judgment->facts, &shared, sizeof shared) == 0;
}
