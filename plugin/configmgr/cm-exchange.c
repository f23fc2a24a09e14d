/* cm-exchange.c
 * Requests and replies of the handshake of ConfigMgr's remote control
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * Each token of the viewer is a request. The next frame of the agent is its reply: a token, a
 * refusal in clear, or the first message that is sealed. What is sealed after it is RDP, which has
 * its own requests.
 */

#include "cm-exchange.h"

#include "request-reply.h"
#include "session-events.h"

/* Returns the direction of the packet: by what the connection has shown, else by the port. */
static direction_e
direction_of(const cm_connection_t *connection, packet_info *pinfo)
{
    const session_dissected_t *dissected = session_events_get_dissected(pinfo);

    if (connection->agent_port != 0)
        return cm_connection_from_agent(connection, pinfo) ? DIRECTION_TO_VIEWER
                                                           : DIRECTION_TO_AGENT;
    return dissected != NULL ? dissected->direction : DIRECTION_UNKNOWN;
}

cm_exchange_e
cm_exchange_of_frame(const cm_connection_t *connection, packet_info *pinfo, cm_frame_e kind)
{
    direction_e direction = direction_of(connection, pinfo);

    if (direction == DIRECTION_TO_VIEWER && !connection->agent_sealed)
        return CM_EXCHANGE_REPLY;
    return direction == DIRECTION_TO_AGENT && kind == CM_FRAME_TOKEN ? CM_EXCHANGE_REQUEST
                                                                     : CM_EXCHANGE_NONE;
}

void
cm_exchange_add(cm_exchange_e exchange, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree,
                const cm_segment_t *segment)
{
    exchanged_t message = { .is_reply = exchange == CM_EXCHANGE_REPLY, .how = SENT_IN_STREAM };

    if (exchange == CM_EXCHANGE_NONE)
        return;
    if (segment->tcp != NULL) {
        message.how = SENT_BY_TCP;
        message.seq = segment->tcp->seq +
                      (uint32_t)(tvb_raw_offset(tvb) - tvb_raw_offset(segment->tvb));
    }
    request_reply_add(pinfo, tree, tvb, &message);
}
