/* conversation-cache.c
 * Wireshark's conversation of a packet, cached
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * Looking a conversation up costs more than all else that log and audit do for a packet of a known
 * one. An entry has the youngest conversation of its ends, for both directions. A younger one is in
 * the "next" of the entry's if it was made in the same direction. The TCP dissector makes them in
 * the other direction too, when ports are reused, and then it counts one stream more. A
 * conversation whose other end is a wildcard is not cached: a better match may follow.
 */

#include "conversation-cache.h"

#include <epan/dissectors/packet-tcp.h>

#include "addresses.h"
#include "cache.h"

#define WILDCARDS (NO_ADDR2 | NO_PORT2 | NO_PORT2_FORCE)

typedef struct {
    uint32_t address;
    uint32_t port;
} end_t;

/* The same key for both directions. */
typedef struct {
    end_t ends[2];
    uint32_t type; /* port_type */
} ends_key_t;

typedef struct {
    uint32_t tag;
    ends_key_t key;
    conversation_t *conversation;
} cached_conversation_t;

/* Rebuilt for every capture. */
static cached_conversation_t cached_conversations[1024];
static uint32_t tcp_streams;
static bool is_new_stream; /* of the packet at hand */

static bool is_cache_used;
static const cache_t cache = { cached_conversations, array_length(cached_conversations),
                               sizeof cached_conversations[0],
                               offsetof(cached_conversation_t, key), &is_cache_used };

void
conversation_cache_reset(void)
{
    cache_reset(&cache);
    tcp_streams = 0;
}

/* Builds the key of a packet; false if its conversation is not cached. */
static bool
build_key(const packet_info *pinfo, ends_key_t *key)
{
    unsigned src = 0;

    if (pinfo->src.type != AT_IPv4 || pinfo->dst.type != AT_IPv4 || pinfo->ptype == PT_IPX)
        return false;
    memcpy(&key->ends[0].address, pinfo->src.data, sizeof key->ends[0].address);
    memcpy(&key->ends[1].address, pinfo->dst.data, sizeof key->ends[1].address);
    if (key->ends[0].address > key->ends[1].address ||
        (key->ends[0].address == key->ends[1].address && pinfo->srcport > pinfo->destport)) {
        uint32_t first = key->ends[0].address;

        key->ends[0].address = key->ends[1].address;
        key->ends[1].address = first;
        src = 1;
    }
    key->ends[src].port = pinfo->srcport;
    key->ends[!src].port = pinfo->destport;
    key->type = (uint32_t)pinfo->ptype;
    return true;
}

static uint32_t
hash_key(const ends_key_t *key)
{
    const end_t *ends = key->ends;

    return (ends[0].address ^ ends[1].address * 31) * 2654435761U + ends[0].port * 61 +
           ends[1].port * 67 + key->type;
}

void
conversation_cache_drop(const packet_info *pinfo)
{
    ends_key_t key;

    if (build_key(pinfo, &key))
        cache_remove(&cache, hash_key(&key), &key, sizeof key);
}

void
conversation_cache_update(const packet_info *pinfo)
{
    uint32_t streams = get_tcp_stream_count();

    is_new_stream = streams != tcp_streams;
    if (!is_new_stream)
        return;
    tcp_streams = streams;
    conversation_cache_drop(pinfo);
}

bool
conversation_cache_is_new_stream(void)
{
    return is_new_stream;
}

/* The port by which Wireshark has the conversation. */
static uint32_t
key_port(const packet_info *pinfo, uint32_t port)
{
    return pinfo->ptype == PT_IPX ? 0 : port;
}

static conversation_t *
search(const packet_info *pinfo, uint32_t frame)
{
    return find_conversation(frame, &pinfo->src, &pinfo->dst,
                             conversation_pt_to_conversation_type(pinfo->ptype),
                             key_port(pinfo, pinfo->srcport), key_port(pinfo, pinfo->destport), 0);
}

/* True if no younger conversation of the ends exists; on the first pass none does. */
static bool
is_youngest(const conversation_t *conversation, const packet_info *pinfo)
{
    return !PINFO_FD_VISITED(pinfo) || search(pinfo, UINT32_MAX) == conversation;
}

conversation_t *
conversation_cache_find(const packet_info *pinfo)
{
    conversation_t *conversation;
    cached_conversation_t *cached;
    ends_key_t key;
    bool has_key = build_key(pinfo, &key);
    uint32_t hash = has_key ? hash_key(&key) : 0;

    if (has_key) {
        cached = (cached_conversation_t *)cache_find(&cache, hash, &key, sizeof key);
        if (cached != NULL && cached->conversation->next == NULL &&
            cached->conversation->setup_frame <= pinfo->num)
            return cached->conversation;
    }
    conversation = search(pinfo, pinfo->num);
    if (has_key && conversation != NULL && (conversation->options & WILDCARDS) == 0 &&
        is_youngest(conversation, pinfo)) {
        cached = (cached_conversation_t *)cache_add(&cache, hash, &key, sizeof key);
        cached->conversation = conversation;
    }
    return conversation;
}

bool
conversation_cache_is_first_end(const conversation_t *conversation, const address *addr,
                                uint32_t port)
{
    const conversation_element_t *key = conversation->key_ptr;

    return (addr->type == AT_IPX || port == conversation_key_port1(key)) &&
           addresses_equal(addr, conversation_key_addr1(key));
}

conversation_t *
conversation_cache_create(const packet_info *pinfo)
{
    return conversation_new(pinfo->num, &pinfo->src, &pinfo->dst,
                            conversation_pt_to_conversation_type(pinfo->ptype),
                            key_port(pinfo, pinfo->srcport), key_port(pinfo, pinfo->destport), 0);
}
