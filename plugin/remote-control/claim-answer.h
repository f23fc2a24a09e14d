/* claim-answer.h
 * What a conversation has shown so far, and whether an agent or another service answers
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_CLAIM_ANSWER_H__
#define __SMSRC_CLAIM_ANSWER_H__

#include "claim.h"

/* The most bytes of a request by which its echo is known. */
#define MAX_REQUEST 32

/* The most bytes of an answer by which another protocol is known. */
#define MAX_ANSWER 32

/* State of a conversation, from the first pass on. What a frame showed counts from it on. */
typedef struct {
    uint16_t deciding_port; /* the server's, by content that only one end sends; 0: none so far */
    uint16_t server_port;   /* 0: not known yet */
    uint32_t server_frame;  /* the frame that showed it */
    uint32_t foreign_frame; /* from here on its content is another protocol's; 0: it is not */
    uint32_t proof_frame;   /* from here on it is Remote Control by its own content; 0: it is not */
    uint32_t cm_frame;      /* from here on it is ConfigMgr's; 0: it is not */
    uint32_t first_frame;   /* the first payload; 0: none so far */
    uint32_t answer_frame;  /* the agent's own content; 0: none so far */
    bool has_request;       /* the viewer's content */
    content_e request_content;
    unsigned request_length;
    uint8_t request[MAX_REQUEST]; /* its first bytes */
    uint8_t answer_length;
    uint8_t answer[MAX_ANSWER]; /* the first bytes of what answers without a known framing */
} claim_state_t;

/** First pass: sets what the agent's end answers to the viewer's content (claim->findings). */
void claim_answer_set(const claim_input_t *input, const claim_state_t *state, claim_t *claim);

/** The payload is another dissector's: where it is an answer, the conversation is refuted. */
void claim_answer_is_of_others(claim_t *claim);

/** True where the first payload of a connection is another protocol's. */
bool claim_answer_begins_foreign(const claim_input_t *input, const claim_state_t *state);

/** Keeps the first bytes of what the viewer has sent: nothing but an echo repeats them. */
void claim_answer_record_request(claim_state_t *state, tvbuff_t *tvb, const claim_t *claim);

/** Keeps the first bytes of an answer, which may come in pieces. */
void claim_answer_record(claim_state_t *state, tvbuff_t *tvb, const claim_t *claim);

#endif /* __SMSRC_CLAIM_ANSWER_H__ */
