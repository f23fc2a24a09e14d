/* http-alike.c
 * Servers that give the same answer to all
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * A server that has given the same response to requests of two kinds shows nothing by it. The last
 * responses of a server are kept in a table of fixed size, by their hashes, with what they seemed
 * to prove: that is taken back when the same response answers a path of other servers.
 * Two kinds of ours may be on one server, which asks for accounts for both.
 */

#include "http-alike.h"

#include "bounds.h"
#include "cache.h"
#include "role-book.h"

#define NUM_SERVERS 1024 /* a power of two */
#define NUM_ANSWERS 8
#define MAX_PROOFS 65536 /* of an answer: each client has one at least */

/* What an answer may have proven, of the two ends of the flow. */
typedef struct {
    flow_content_t *flow;
    uint32_t frame; /* of the request, which the book has with the roles */
} proof_t;

typedef struct {
    uint32_t hash; /* 0: none */
    unsigned kind : 8;
    unsigned num_proofs : 24;
    proof_t *proofs;
} given_t;

typedef struct {
    given_t answers[NUM_ANSWERS];
    uint32_t server; /* hash of address and port; 0: a free place */
    uint8_t next;
} server_t;

static server_t servers[NUM_SERVERS];
static bool has_servers;
static given_t *last; /* the answer that was noted last; NULL: none */
static wmem_array_t *doubted; /* proof_t: what was taken back */
static unsigned num_doubted, next_doubted;

void
http_alike_reset(void)
{
    doubted = wmem_array_new(wmem_file_scope(), sizeof(proof_t));
    num_doubted = next_doubted = 0;
    cache_clear_used(servers, sizeof servers, &has_servers);
    last = NULL;
}

static inline uint32_t
mix_word(uint32_t hash, uint32_t word)
{
    hash = (hash ^ word) * 0x9e3779b1U;
    return hash ^ hash >> 15;
}

/* Mixes bytes into a hash: all are of one server, which cannot hide from itself. */
static uint32_t
mix(uint32_t hash, const void *bytes, size_t length)
{
    const uint8_t *at = (const uint8_t *)bytes;
    uint32_t word;

    for (; length >= sizeof word; length -= sizeof word, at += sizeof word) {
        memcpy(&word, at, sizeof word);
        hash = mix_word(hash, word);
    }
    if (length > 0) {
        word = 0;
        memcpy(&word, at, length);
        hash = mix_word(hash, word);
    }
    return hash;
}

static uint32_t
hash_answer(const http_answer_t *answer)
{
    const uint32_t key[] = { answer->code, answer->asks_windows, answer->body_length,
                             answer->code / 100 == 2 && answer->is_to_message };

    return mix(mix(0, key, sizeof key), answer->body, MIN(answer->length, HTTP_ANSWER_HASHED)) | 1;
}

/* Nothing is known of an answer any more. */
static void
forget(given_t *given)
{
    wmem_free(wmem_file_scope(), given->proofs);
    memset(given, 0, sizeof *given);
}

static server_t *
find_server(const packet_info *pinfo)
{
    uint32_t hash = mix(pinfo->srcport, pinfo->src.data, (size_t)MAX(pinfo->src.len, 0)) | 1;
    server_t *server = &servers[hash / 2 % NUM_SERVERS];

    if (server->server != hash) {
        for (unsigned i = 0; i < NUM_ANSWERS; i++)
            forget(&server->answers[i]);
        server->next = 0;
    }
    server->server = hash;
    has_servers = true;
    return server;
}

/* What the answer seemed to prove is Unconfirmed. */
static void
take_back(given_t *given)
{
    for (unsigned i = 0; i < given->num_proofs; i++) {
        const proof_t *proof = &given->proofs[i];
        const conversation_element_t *ends = proof->flow->conversation->key_ptr;
        content_roles_t roles = *proof->flow->roles;

        role_book_doubt(conversation_key_addr1(ends), proof->frame);
        role_book_doubt(conversation_key_addr2(ends), proof->frame);
        roles.proven_initiator = roles.proven_responder = 0;
        flow_content_set_roles(proof->flow, &roles);
    }
    if (given->num_proofs > 0)
        wmem_array_append(doubted, given->proofs, given->num_proofs);
    num_doubted += given->num_proofs;
    wmem_free(wmem_file_scope(), given->proofs);
    given->proofs = NULL;
    given->num_proofs = 0;
}

flow_content_t *
http_alike_next_doubted(void)
{
    const proof_t *proof;

    if (next_doubted == num_doubted)
        return NULL;
    proof = (const proof_t *)wmem_array_index(doubted, next_doubted++);
    return proof->flow;
}

bool
http_alike_is_for_all(const packet_view_t *packet, const http_answer_t *answer, uint8_t kind)
{
    server_t *server = find_server(packet->pinfo);
    uint32_t hash = hash_answer(answer);
    bool for_all = false;

    last = NULL;
    for (unsigned i = 0; i < NUM_ANSWERS; i++) {
        given_t *given = &server->answers[i];

        if (given->hash != hash)
            continue;
        if (given->kind == kind)
            last = given;
        else if (kind == HTTP_KIND_FOREIGN)
            take_back(given);
        for_all = for_all || given->kind != kind || kind == HTTP_KIND_UNFIT;
    }
    if (last == NULL) {
        last = &server->answers[server->next];
        forget(last);
        last->hash = hash;
        last->kind = kind;
        server->next = (server->next + 1) % NUM_ANSWERS;
    }
    return for_all;
}

void
http_alike_note_proof(const packet_view_t *packet, uint32_t frame)
{
    flow_content_t *flow = last != NULL ? flow_content_get(packet->pinfo, false) : NULL;
    const unsigned taken = last != NULL ? last->num_proofs : 0;

    /* What is known already, as of most requests, waits for no answer: the flow alone counts. */
    if (flow == NULL ||
        (taken > 0 && last->proofs[taken - 1].flow == flow &&
         (flow->num_pending == 0 || last->proofs[taken - 1].frame == frame)))
        return;
    if (taken == MAX_PROOFS) {
        if (flow->num_pending > 0)
            bounds_exceed(BOUND_HTTP_PROOFS, MAX_PROOFS);
        return;
    }
    if ((taken & (taken - 1)) == 0)
        last->proofs = (proof_t *)wmem_realloc(wmem_file_scope(), last->proofs,
                                               MAX(1, 2 * taken) * sizeof *last->proofs);
    last->proofs[taken] = (proof_t){ .flow = flow, .frame = frame };
    last->num_proofs++;
}
