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

enum { IPV4_LENGTH = 4, IPV6_LENGTH = 16 };

/* The same key for both directions. That of IPv4 ends after the first word of each address. */
typedef struct {
    uint32_t type; /* port_type, and above it the length of the addresses */
    uint32_t ports; /* of the lower address above that of the other */
    uint32_t addresses[2 * IPV6_LENGTH / 4];
} ends_key_t;

#define KEY_SIZE(length) (offsetof(ends_key_t, addresses) + 2 * (length))

typedef struct {
    uint32_t tag;
    ends_key_t key;
    conversation_t *conversation;
} cached_conversation_t;

/*
 * Rebuilt for every capture. So many, because the flows of a busy link come in turn; those that are
 * not taken are not touched.
 */
static cached_conversation_t cached_conversations[8192];
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

/*
 * These get the length of the addresses as a constant, so that IPv4's key, which nearly every
 * packet has, is built and compared without a call.
 */

static inline uint32_t
first_word(const address *addr)
{
    uint32_t word;

    memcpy(&word, addr->data, sizeof word);
    return word;
}

static inline void
build_key(const packet_info *pinfo, ends_key_t *key, size_t length)
{
    const address *first = &pinfo->src, *second = &pinfo->dst;
    uint32_t first_port = pinfo->srcport, second_port = pinfo->destport;
    const uint32_t one = first_word(first), other = first_word(second);
    int order = one < other ? -1 : one > other;

    if (length != IPV4_LENGTH && order == 0)
        order = memcmp(first->data, second->data, length);
    if (order > 0 || (order == 0 && first_port > second_port)) {
        first = &pinfo->dst;
        second = &pinfo->src;
        first_port = pinfo->destport;
        second_port = pinfo->srcport;
    }
    key->type = (uint32_t)pinfo->ptype | (uint32_t)length << 16;
    key->ports = first_port << 16 | second_port;
    memcpy(key->addresses, first->data, length);
    memcpy(key->addresses + length / 4, second->data, length);
}

/* Addresses differ most in their last bytes, and the hash's lowest bits choose an entry. */
static inline uint32_t
hash_key(const ends_key_t *key, size_t length)
{
    uint32_t hash = (key->ports ^ key->type) * 0x85ebca6bU;

    for (size_t i = 0; i < 2 * length / 4; i++)
        hash = (hash >> 7 | hash << 25) ^ key->addresses[i];
    hash = (hash ^ hash >> 16) * 0x9e3779b1U;
    return hash ^ hash >> 15;
}

static inline void
drop(const packet_info *pinfo, size_t length)
{
    ends_key_t key;

    build_key(pinfo, &key, length);
    cache_remove(&cache, hash_key(&key, length), &key, KEY_SIZE(length));
}

/* Returns the length of the addresses of the packet's ends; 0 if its conversation is not cached. */
static inline size_t
cached_length(const packet_info *pinfo)
{
    if (pinfo->src.type != pinfo->dst.type || (pinfo->ptype != PT_TCP && pinfo->ptype != PT_UDP))
        return 0;
    if (pinfo->src.type == AT_IPv4)
        return IPV4_LENGTH;
    return pinfo->src.type == AT_IPv6 ? IPV6_LENGTH : 0;
}

void
conversation_cache_drop(const packet_info *pinfo)
{
    const size_t length = cached_length(pinfo);

    if (length == IPV4_LENGTH)
        drop(pinfo, IPV4_LENGTH);
    else if (length == IPV6_LENGTH)
        drop(pinfo, IPV6_LENGTH);
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

/* Not inlined: few packets come here. */
static G_GNUC_NO_INLINE conversation_t *
search_and_add(const packet_info *pinfo, const ends_key_t *key, uint32_t hash, size_t key_size)
{
    conversation_t *conversation = search(pinfo, pinfo->num);
    cached_conversation_t *cached;

    if (conversation != NULL && (conversation->options & WILDCARDS) == 0 &&
        is_youngest(conversation, pinfo)) {
        cached = (cached_conversation_t *)cache_add(&cache, hash, key, key_size);
        cached->conversation = conversation;
    }
    return conversation;
}

static inline conversation_t *
find(const packet_info *pinfo, size_t length)
{
    const cached_conversation_t *cached;
    ends_key_t key;
    uint32_t hash;

    build_key(pinfo, &key, length);
    hash = hash_key(&key, length);
    cached = (const cached_conversation_t *)cache_find(&cache, hash, &key, KEY_SIZE(length));
    if (cached != NULL && cached->conversation->next == NULL &&
        cached->conversation->setup_frame <= pinfo->num)
        return cached->conversation;
    return search_and_add(pinfo, &key, hash, KEY_SIZE(length));
}

conversation_t *
conversation_cache_find(const packet_info *pinfo)
{
    const size_t length = cached_length(pinfo);

    if (length == IPV4_LENGTH)
        return find(pinfo, IPV4_LENGTH);
    return length == IPV6_LENGTH ? find(pinfo, IPV6_LENGTH) : search(pinfo, pinfo->num);
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
