/* questions.c
 * Questions by datagram that wait for their answers
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * An answer by datagram belongs to a question with the same number between the same ends (RFC 1035
 * 4.1.1, RFC 1002 4.2.1.1, RFC 2131 4.1). A question that was broadcast has no flow with its
 * answer, so questions are kept by themselves: the last of each hash, in a table of fixed size.
 *
 * What a host gets from another one to whom it has said the same itself is an echo: no question,
 * and no answer. What was said is kept in the same way.
 */

#include "questions.h"

#include "addresses.h"

/* Powers of two. */
#define NUM_QUESTIONS 4096
#define NUM_SAID 2048

typedef struct {
    uint32_t asker;  /* hash of what the answer has as well; 0: a free place */
    uint32_t server; /* hash of the host that was asked; 0: all were */
} question_t;

static question_t questions[NUM_QUESTIONS];
static uint32_t said[NUM_SAID][2]; /* hashes of the last questions and answers, by their sender */
static bool is_anything_said;

void
questions_reset(void)
{
    if (!is_anything_said)
        return;
    memset(questions, 0, sizeof questions);
    memset(said, 0, sizeof said);
    is_anything_said = false;
}

static uint32_t
hash_address(const address *addr, uint32_t more)
{
    uint8_t key[20];
    size_t length = MIN((size_t)MAX(addr->len, 0), sizeof key - 4);

    memcpy(key, &more, 4);
    if (length > 0)
        memcpy(key + 4, addr->data, length);
    return wmem_strong_hash(key, 4 + length) | 1;
}

/*
 * DHCP's client has no address at first, and its number is random: it is known by that alone (RFC
 * 2131 4.1).
 */
static uint32_t
hash_asker(const address *addr, uint32_t port, question_e kind, uint32_t number)
{
    static const address none = ADDRESS_INIT_NONE;
    const uint32_t key[] = { port, (uint32_t)kind, number };

    return hash_address(kind == QUESTION_DHCP ? &none : addr,
                        wmem_strong_hash((const uint8_t *)key, sizeof key));
}

/* Which of the two ends sends, by an order of them: 1 or -1; 0 where both are one. */
static int
sending_end(const packet_info *pinfo)
{
    int by_address = cmp_address(&pinfo->src, &pinfo->dst);

    if (by_address != 0)
        return by_address;
    return (pinfo->srcport > pinfo->destport) - (pinfo->srcport < pinfo->destport);
}

/* The hash of what is said between two ends, whichever says it. */
static uint32_t
hash_said(const packet_info *pinfo, bool reversed, bool is_answer, question_e kind, uint32_t number)
{
    const address *one = reversed ? &pinfo->dst : &pinfo->src;
    const address *other = reversed ? &pinfo->src : &pinfo->dst;
    const uint32_t key[] = { reversed ? pinfo->destport : pinfo->srcport,
                             reversed ? pinfo->srcport : pinfo->destport, is_answer,
                             (uint32_t)kind, number };

    return hash_address(one,
                        hash_address(other, wmem_strong_hash((const uint8_t *)key, sizeof key)));
}

/* True if the other end has said the same to this sender: it is an echo. */
static bool
is_echo(const packet_info *pinfo, bool is_answer, question_e kind, uint32_t number)
{
    const int sender = sending_end(pinfo);
    const uint32_t hash = hash_said(pinfo, sender > 0, is_answer, kind, number);
    uint32_t *place = said[hash / 2 % NUM_SAID];

    is_anything_said = true;
    place[sender > 0] = hash;
    return place[sender < 0] == hash;
}

void
questions_ask(const packet_view_t *packet, question_e kind, uint32_t number)
{
    const packet_info *pinfo = packet->pinfo;
    uint32_t asker = hash_asker(&pinfo->src, pinfo->srcport, kind, number);
    question_t *place = &questions[asker % NUM_QUESTIONS];
    const bool all = packet_view_is_broadcast(packet);

    if (is_echo(pinfo, false, kind, number))
        return;
    place->asker = asker;
    place->server = all ? 0 : hash_address(&pinfo->dst, 0);
}

/* True if the question in @p place is one that the sender of this packet was asked. */
static bool
is_of_sender(const question_t *place, uint32_t asker, const packet_info *pinfo)
{
    return place->asker == asker &&
           (place->server == 0 || place->server == hash_address(&pinfo->src, 0)) &&
           !addresses_equal(&pinfo->src, &pinfo->dst);
}

bool
questions_answer(const packet_view_t *packet, question_e kind, uint32_t number)
{
    const packet_info *pinfo = packet->pinfo;
    uint32_t asker = hash_asker(&pinfo->dst, pinfo->destport, kind, number);
    question_t *place = &questions[asker % NUM_QUESTIONS];

    if (is_echo(pinfo, true, kind, number) || !is_of_sender(place, asker, pinfo))
        return false;
    place->asker = 0;
    return true;
}

bool
questions_is_asked(const packet_view_t *packet, question_e kind, uint32_t number)
{
    const packet_info *pinfo = packet->pinfo;
    uint32_t asker = hash_asker(&pinfo->dst, pinfo->destport, kind, number);

    return is_of_sender(&questions[asker % NUM_QUESTIONS], asker, pinfo);
}
