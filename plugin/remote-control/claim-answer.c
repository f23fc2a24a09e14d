/* claim-answer.c
 * Whether an agent or another service answers the viewer's content
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * Any scanner sends a request of Remote Control to any port, and something answers: an error of
 * HTTP, a line of text, the request itself. The control channel is framed, so that anything but its
 * messages is another service's; what the agent sends on the others is not known, and so is the
 * agent's unless it begins as another protocol does or a heuristic of another dissector claims it.
 * In a proven session all of it is the agent's.
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

/*
 * How responses of other protocols begin that no service of the audit's is, or that may come in
 * pieces: the bytes, and a "." for each that may have any value. Sources: BEP 3 (BitTorrent), CORBA
 * 15.4 (GIOP), the protocols' own manuals (MySQL's greeting and error, AMQP, ZMTP, RTPS), RFC 9113
 * 6.5 (SETTINGS of HTTP/2), RFC 8446 5.1 (TLS), MS-SMB(2), C706 (DCE/RPC), RFC 1006 (TPKT), RFC
 * 8489 (STUN), MQTT 3.2 (CONNACK), RFC 854 (Telnet).
 */
static const struct {
    const char *bytes;
    const char *form;
} beginnings[] = {
    { "\x13" "BitTorrent", "xxxxxxxxxxx" },
    { "GIOP", "xxxx" },
    { "AMQP", "xxxx" },
    { "RTPS", "xxxx" },
    { "..\0\0\x0a", "..xxx" },
    { "..\0\0\xff", "..xxx" },
    { "\0\0.\x04\0\0\0\0\0", "xx.xxxxxx" },
    { "\x16\x03", "xx" },
    { "\x15\x03", "xx" },
    { "\0...\xffSMB", "x...xxxx" },
    { "\0...\xfeSMB", "x...xxxx" },
    { "\x05\0..\x10\0\0\0", "xx..xxxx" },
    { "\x03\0\0", "xxx" },
    { "\x01...\x21\x12\xa4\x42", "x...xxxx" },
    { "\x20\x02\0", "xxx" },
    { "\xff\0\0\0\0\0\0\0\x01\x7f", "xxxxxxxxxx" },
    { "\xff\xfb", "xx" },
    { "\xff\xfd", "xx" },
};

/* The first bytes that the agent's end has sent. */
typedef struct {
    uint8_t bytes[MAX_ANSWER];
    unsigned length;
} answer_t;

/* Appends what is new at the start of an answer, as far as there is room. */
static unsigned
append_answer(uint8_t *bytes, unsigned length, tvbuff_t *tvb)
{
    unsigned more = MIN(tvb_captured_length(tvb), MAX_ANSWER - length);

    tvb_memcpy(tvb, bytes + length, 0, more);
    return length + more;
}

static answer_t
answer_so_far(const claim_input_t *input, const claim_state_t *state)
{
    answer_t answer = { .length = state->answer_length };

    memcpy(answer.bytes, state->answer, sizeof answer.bytes);
    answer.length = append_answer(answer.bytes, answer.length, input->tvb);
    return answer;
}

/* True where the answer is like the beginning of @p form, as far as both go. */
static bool
is_like(const answer_t *answer, const char *bytes, const char *form)
{
    for (unsigned i = 0; i < answer->length && form[i] != '\0'; i++) {
        if (form[i] == 'x' && answer->bytes[i] != (uint8_t)bytes[i])
            return false;
    }
    return true;
}

/* Returns whose the answer is by how it begins: ANSWER_NONE where more of it has to follow. */
static claim_answer_e
answer_by_beginning(const answer_t *answer)
{
    claim_answer_e found = ANSWER_OWN;

    for (unsigned i = 0; i < array_length(beginnings); i++) {
        if (!is_like(answer, beginnings[i].bytes, beginnings[i].form))
            continue;
        if (answer->length >= strlen(beginnings[i].form))
            return ANSWER_FOREIGN;
        found = ANSWER_NONE;
    }
    return found;
}

/* True where no earlier segment of the answer has had another byte than those of text. */
static bool
is_text_so_far(const claim_state_t *state)
{
    for (unsigned i = 0; i < state->answer_length; i++) {
        if (!g_ascii_isprint(state->answer[i]) && !g_ascii_isspace(state->answer[i]))
            return false;
    }
    return true;
}

/* Returns whose bytes of no known framing are: those of a service, of lines, or the agent's. */
static claim_answer_e
answer_of_unknown(const claim_input_t *input, const claim_state_t *state)
{
    transport_e transport = input->pinfo->ptype == PT_UDP ? TRANSPORT_UDP : TRANSPORT_TCP;
    answer_t answer = answer_so_far(input, state);

    if ((content_is_text(input->tvb) && is_text_so_far(state)) ||
        service_detect_tvb(input->tvb, transport) != SERVICE_UNKNOWN ||
        service_detect_bytes(answer.bytes, answer.length, answer.length, transport) !=
            SERVICE_UNKNOWN)
        return ANSWER_FOREIGN;
    return answer_by_beginning(&answer);
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
    if (content_is_proof(claim->content)) {
        claim->findings.answer = answer_by_content(input, state, claim);
        return;
    }
    if (claim->content == CONTENT_PARTIAL ||
        (connection != NULL && session_connection_is_proven(connection)))
        return;
    claim->findings.is_unknown_answer =
        state->request_content == CONTENT_RCH && claim->findings.known_port;
    claim->findings.answer =
        claim->findings.is_unknown_answer ? answer_of_unknown(input, state) : ANSWER_FOREIGN;
}

void
claim_answer_is_of_others(claim_t *claim)
{
    if (claim->findings.is_unknown_answer)
        claim->findings.answer = ANSWER_FOREIGN;
}

void
claim_answer_record(claim_state_t *state, tvbuff_t *tvb, const claim_t *claim)
{
    if (claim->findings.is_unknown_answer)
        state->answer_length =
            (uint8_t)append_answer(state->answer, state->answer_length, tvb);
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

/* True for the request that is kept, of which more segments have come. */
static bool
is_longer_request(const claim_state_t *state, tvbuff_t *tvb)
{
    return state->answer_frame == 0 && tvb_captured_length(tvb) > state->request_length &&
           tvb_memeql(tvb, 0, state->request, MIN(state->request_length, MAX_REQUEST)) == 0;
}

void
claim_answer_record_request(claim_state_t *state, tvbuff_t *tvb, const claim_t *claim)
{
    if (claim->direction != DIRECTION_TO_AGENT || !content_is_proof(claim->content) ||
        (state->has_request && !is_longer_request(state, tvb)))
        return;
    state->has_request = true;
    state->request_content = claim->content;
    state->request_length = tvb_captured_length(tvb);
    tvb_memcpy(tvb, state->request, 0, MIN(state->request_length, MAX_REQUEST));
}
