/* reach-tcp.c
 * Whether a connection got through: by its handshake, its first data and its resets
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * A firewall drops or resets the SYN, lets the SYN pass and drops its answer, or lets the handshake
 * pass and stops what follows. So a connection is open when the responder has acknowledged or
 * answered the initiator's data, or when there is none. Wireshark's tcp.completeness has no
 * directions and no copies: this reads the headers. Source: RFC 9293 3.4, 3.5.
 */

#include "reach-state.h"

#include <epan/ipproto.h>
#include <wsutil/pint.h>

#include "tcp-state.h"

enum { FIN = 0x01, SYN = 0x02, RST = 0x04, ACK = 0x10 };

typedef struct {
    uint32_t frame;
    uint32_t seq, ack;
    unsigned length;  /* of the data, on the wire */
    uint64_t when;
    uint8_t flags;
    bool has_time;
    packet_copy_e copy;
} segment_t;

static bool
read_segment(reach_state_t *state, packet_view_t *packet, segment_t *segment)
{
    enum { SEQ = 4, ACK_SEQ = 8, OFFSET = 12, FLAGS = 13, LENGTH = 20 };
    const uint8_t *tcp;
    unsigned header;

    segment->copy = packet_copy_find(&state->copies, packet);
    segment->when = packet_copy_time(packet->pinfo);
    segment->has_time = packet->pinfo->fd->has_ts;
    tcp = packet->network;
    if (tcp == NULL || packet->protocol != IP_PROTO_TCP || packet->network_length < LENGTH)
        return false;
    header = (tcp[OFFSET] >> 4) * 4U;
    segment->frame = packet->pinfo->num;
    segment->seq = pntohu32(tcp + SEQ);
    segment->ack = pntohu32(tcp + ACK_SEQ);
    segment->flags = tcp[FLAGS];
    /* What is reported is IP's, where the capture has nothing of the data. */
    if (packet->payload != NULL)
        segment->length = packet->reported;
    else
        segment->length = packet->reported > header ? packet->reported - header : 0;
    return true;
}

/* True if @p one is after @p other in the sequence, which wraps. */
static bool
is_after(uint32_t one, uint32_t other)
{
    return (int32_t)(one - other) > 0;
}

/*
 * The initiator
 */

static void
call(reach_state_t *state, const segment_t *segment)
{
    if (state->phase <= PHASE_CALLED) {
        state->phase = PHASE_CALLED;
        state->first_byte = state->next_byte = segment->seq + 1;
        reach_state_count_try(state, segment->frame,
                              "the SYN was repeated, nothing had answered it");
    } else if (state->tries == 0) {
        state->tries = 1;
    } else if (state->phase == PHASE_SYN_ACK) {
        state->reach = REACH_ANSWER_LOST;
    }
}

/* True for bytes that were sent before. Of segments in a burst, a later one may come first. */
static bool
is_sent_again(const reach_state_t *state, const segment_t *segment)
{
    if (!is_after(state->next_byte, segment->seq))
        return false;
    return segment->copy != PACKET_NEW ||
           (segment->has_time && !packet_copy_is_at_once(state->asked_at, segment->when));
}

/* Data: a keep-alive's byte is none, because it is before the first. */
static void
request(reach_state_t *state, const segment_t *segment)
{
    uint32_t end = segment->seq + segment->length;

    if (segment->length == 0 || !is_after(end, state->first_byte) ||
        state->phase < PHASE_CONNECTED)
        return;
    if (state->phase == PHASE_REQUESTED && is_sent_again(state, segment) &&
        state->reach == REACH_OPEN)
        state->reach = REACH_NOT_ANSWERED;
    if (state->phase == PHASE_CONNECTED)
        state->phase = is_after(state->acked_byte, state->first_byte) ? PHASE_ACKED
                                                                      : PHASE_REQUESTED;
    if (is_after(end, state->next_byte))
        state->next_byte = end;
    state->asked_at = segment->when;
}

/* The initiator breaks off. It may do so before it has asked for anything. */
static void
give_up(reach_state_t *state)
{
    if (state->phase == PHASE_REQUESTED && state->reach == REACH_OPEN)
        state->reach = REACH_NOT_ANSWERED;
}

/* It has the responder's answer to its SYN, which the capture may lack. */
static void
acknowledge(reach_state_t *state)
{
    if (state->phase == PHASE_CALLED) {
        state->is_answered = true;
    } else if (state->phase == PHASE_SYN_ACK) {
        state->phase = PHASE_CONNECTED;
        if (state->reach == REACH_ANSWER_LOST)
            state->reach = REACH_OPEN;
    }
}

static void
add_from_initiator(reach_state_t *state, const segment_t *segment)
{
    if ((segment->flags & RST) != 0) {
        give_up(state);
    } else if ((segment->flags & (SYN | ACK)) == SYN) {
        call(state, segment);
    } else if ((segment->flags & ACK) != 0) {
        acknowledge(state);
        request(state, segment);
        /* It has asked for nothing: whatever ends the connection now refuses nothing. */
        if ((segment->flags & FIN) != 0 && state->phase == PHASE_CONNECTED)
            state->is_answered = true;
    }
}

/*
 * The responder
 */

/* A reset that answers a SYN, which the capture may lack, has no sequence number (3.10.7.1). */
static void
reset(reach_state_t *state, const segment_t *segment)
{
    bool answers_syn = state->phase == PHASE_NONE && segment->seq == 0 &&
                       (segment->flags & ACK) != 0;

    if (state->phase == PHASE_NONE && !answers_syn)
        state->is_answered = true;
    else if (state->phase == PHASE_CALLED || answers_syn)
        reach_state_block(state, segment->frame, "the connection was reset");
    else if (state->reach != REACH_ANSWER_LOST && state->reach != REACH_BLOCKED)
        state->reach = REACH_RESET;
}

static void
answer_call(reach_state_t *state, const segment_t *segment)
{
    if (state->phase <= PHASE_CALLED) {
        state->phase = PHASE_SYN_ACK;
        state->first_byte = state->next_byte = state->acked_byte = segment->ack;
        reach_state_open(state);
    } else if (state->phase == PHASE_SYN_ACK) {
        state->reach = REACH_ANSWER_LOST;
    }
}

static void
answer(reach_state_t *state, const segment_t *segment)
{
    if (is_after(segment->ack, state->acked_byte))
        state->acked_byte = segment->ack;
    if (state->phase == PHASE_REQUESTED && is_after(segment->ack, state->first_byte)) {
        state->phase = PHASE_ACKED;
        if (state->reach != REACH_RESET)
            reach_state_open(state);
    }
    if (segment->length > 0 || state->phase <= PHASE_CALLED ||
        ((segment->flags & FIN) != 0 && state->phase != PHASE_REQUESTED))
        state->is_answered = true;
}

static void
add_from_responder(reach_state_t *state, const segment_t *segment)
{
    if ((segment->flags & RST) != 0)
        reset(state, segment);
    else if ((segment->flags & SYN) != 0)
        answer_call(state, segment);
    else
        answer(state, segment);
}

void
reach_tcp_update(reach_state_t *state, packet_view_t *packet, bool from_initiator, unsigned seen)
{
    segment_t segment;

    if (!read_segment(state, packet, &segment)) {
        /* Wireshark has read what this cannot. */
        state->is_answered = (seen & (SEEN_SYN_ACK | SEEN_DATA)) != 0;
        return;
    }
    if (segment.copy == PACKET_COPY)
        return;
    if (from_initiator)
        add_from_initiator(state, &segment);
    else
        add_from_responder(state, &segment);
}

bool
reach_tcp_is_unanswered(const reach_state_t *state, const icmp_error_t *error)
{
    if (state->phase <= PHASE_CALLED)
        return true;
    return error->has_seq && !is_after(state->acked_byte, error->seq);
}
