/* flow-facts.c
 * The facts of a flow on which its verdict depends
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "flow-facts.h"

flow_facts_t
flow_facts_reverse(const flow_facts_t *flow)
{
    flow_facts_t other = *flow;

    other.initiator = flow->responder;
    other.responder = flow->initiator;
    other.unconfirmed_initiator = flow->unconfirmed_responder;
    other.unconfirmed_responder = flow->unconfirmed_initiator;
    other.strange_initiator = flow->strange_responder;
    other.strange_responder = flow->strange_initiator;
    other.initiator_port = flow->responder_port;
    other.responder_port = flow->initiator_port;
    memset(&other.handed_out, 0, sizeof other.handed_out);
    return other;
}

flow_facts_t
flow_facts_confirmed(const flow_facts_t *flow)
{
    flow_facts_t confirmed = *flow;

    confirmed.initiator &= ~flow->unconfirmed_initiator;
    confirmed.responder &= ~flow->unconfirmed_responder;
    confirmed.unconfirmed_initiator = confirmed.unconfirmed_responder = 0;
    confirmed.strange_initiator = confirmed.strange_responder = 0;
    return confirmed;
}

bool
flow_facts_are_confirmed(const flow_facts_t *flow)
{
    return (flow->initiator == 0 || (flow->initiator & ~flow->unconfirmed_initiator) != 0) &&
           (flow->responder == 0 || (flow->responder & ~flow->unconfirmed_responder) != 0);
}
