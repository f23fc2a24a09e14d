/* claim-answer.c
 * Whether an agent or another service answers the viewer's content
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * Any scanner sends a request of Remote Control to any port, and something answers: an error of
 * HTTP, a line of text, the request itself. The control channel is framed, so that anything but its
 * messages is another service's; what the agent sends on the others is not known. In a proven
 * session all of it is the agent's.
 */

#include "claim-answer.h"

#include "service-detect.h"
#include "session-connection.h"

/* True where the payload, as far as it goes, is what the viewer has sent. */
static bool
has_request_bytes(const claim_input_t *input, const claim_state_t *state)
{
    unsigned length = MIN(tvb_captured_length(input->tvb), MIN(state->request_length, MAX_REQUEST));

    return tvb_memeql(input->tvb, 0, state->request, length) == 0;
}

/* Returns what a message of Remote Control's is that comes from the agent's end. */
static claim_answer_e
answer_by_content(const claim_input_t *input, const claim_state_t *state, claim_t *claim)
{
    if (!has_request_bytes(input, state))
        return ANSWER_OWN;
    claim->findings.may_be_echo =
        tvb_captured_length(input->tvb) < MIN(state->request_length, MAX_REQUEST);
    claim->findings.is_echo = !claim->findings.may_be_echo;
    return claim->findings.is_echo ? ANSWER_FOREIGN : ANSWER_NONE;
}

/* True where the payload is of a service that has a signature, or of one that sends lines. */
static bool
is_other_service(const claim_input_t *input)
{
    bool udp = input->pinfo->ptype == PT_UDP;

    return content_is_text(input->tvb) ||
           service_detect_tvb(input->tvb, udp ? TRANSPORT_UDP : TRANSPORT_TCP) != SERVICE_UNKNOWN;
}

void
claim_answer_set(const claim_input_t *input, const claim_state_t *state, claim_t *claim)
{
    const conversation_t *conversation = claim->findings.conversation;
    const session_connection_t *connection =
        conversation != NULL ? session_connection_find(conversation) : NULL;

    if (PINFO_FD_VISITED(input->pinfo) || !state->has_request || state->answer_frame != 0 ||
        claim->configmgr || claim->direction != DIRECTION_TO_VIEWER)
        return;
    if (content_is_proof(claim->content))
        claim->findings.answer = answer_by_content(input, state, claim);
    else if (claim->content == CONTENT_PARTIAL ||
             (connection != NULL && session_connection_is_proven(connection)))
        return;
    else
        claim->findings.answer = state->request_content == CONTENT_RCH &&
                                         claim->findings.known_port && !is_other_service(input)
                                     ? ANSWER_OWN
                                     : ANSWER_FOREIGN;
}

bool
claim_answer_begins_foreign(const claim_input_t *input, const claim_state_t *state)
{
    bool udp = input->pinfo->ptype == PT_UDP;
    service_e service;

    if (state->first_frame != 0 || input->pinfo->ptype == PT_IPX)
        return false;
    service = service_detect_tvb(input->tvb, udp ? TRANSPORT_UDP : TRANSPORT_TCP);
    /* RTP has no magic: in a session that is proven, its few bits prove nothing. */
    return service != SERVICE_UNKNOWN && service != SERVICE_RTP;
}

void
claim_answer_record_request(claim_state_t *state, tvbuff_t *tvb, const claim_t *claim)
{
    if (state->has_request || claim->direction != DIRECTION_TO_AGENT ||
        !content_is_proof(claim->content))
        return;
    state->has_request = true;
    state->request_content = claim->content;
    state->request_length = tvb_captured_length(tvb);
    tvb_memcpy(tvb, state->request, 0, MIN(state->request_length, MAX_REQUEST));
}
