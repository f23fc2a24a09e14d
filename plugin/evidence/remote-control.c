/* remote-control.c
 * Remote Control as evidence: which host is the viewer, and which the agent
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "reader.h"

#include "inference.h"
#include "product.h"
#include "packet-smsrc.h"

/* True if the flow's streams have begun with another service's content. */
static bool
is_of_another(const flow_content_t *flow)
{
    return flow->service != SERVICE_UNKNOWN && flow->service != SERVICE_REMOTE_CONTROL &&
           flow->service != SERVICE_CM_REMOTE_CONTROL;
}

/* An agent's own content over TCP, where the viewer's SYN was answered, shows the product. */
static void
note_sign(const packet_view_t *packet, const claim_t *claim)
{
    if (claim->direction != DIRECTION_TO_AGENT && claim->basis == BASIS_CONTENT &&
        packet->pinfo->ptype == PT_TCP)
        product_note_sign(packet->pinfo->num,
                          claim->configmgr
                              ? PRODUCT_BIT(PRODUCT_CONFIGMGR)
                              : PRODUCT_BIT(PRODUCT_SMS_2003) | PRODUCT_BIT(PRODUCT_SMS_2),
                          claim->configmgr ? "Remote Control of Configuration Manager"
                                           : "Remote Control of SMS");
}

static void
read_packet(const packet_view_t *packet)
{
    const claim_t *claim = smsrc_claim_of_packet(packet->pinfo);
    flow_content_t *flow;

    /* Decode As and the port alone are not evidence, and an echo of the request is none. */
    if (claim == NULL || claim->findings.is_echo || claim->findings.may_be_echo ||
        claim->direction == DIRECTION_UNKNOWN ||
        (claim->basis != BASIS_CONTENT && claim->basis != BASIS_SESSION))
        return;
    flow = flow_content_get(packet->pinfo, true);
    if (claim->basis == BASIS_SESSION && is_of_another(flow))
        return;
    if (claim->basis == BASIS_CONTENT)
        flow_content_set_ends(flow, packet->pinfo, claim->direction == DIRECTION_TO_AGENT);
    /* The flow's own content is stronger than what other flows of the two hosts have shown. */
    if (claim->basis == BASIS_CONTENT)
        flow->is_by_session = false;
    else if (flow->service == SERVICE_UNKNOWN)
        flow->is_by_session = true;
    if (claim->configmgr)
        flow->service = SERVICE_CM_REMOTE_CONTROL;
    else if (claim->basis == BASIS_CONTENT || flow->service == SERVICE_UNKNOWN)
        flow->service = SERVICE_REMOTE_CONTROL;
    note_sign(packet, claim);
    inference_add_textless_fact(packet, claim->direction == DIRECTION_TO_AGENT
                                            ? FACT_VIEWER_TO_AGENT
                                            : FACT_AGENT_TO_VIEWER);
}

const evidence_reader_t remote_control_reader = {
    .protocol = "smsrc",
    .reads_packet = true,
    .is_always_read = true,
    .read = read_packet,
};
