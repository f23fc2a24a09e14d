/* cache.h
 * A cache of fixed size, two-way set-associative
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_CACHE_H__
#define __SMSRC_CACHE_H__

#include "smsrc-compat.h"

/**
 * The layout of a cache. The owner has the entries as a static array of its structure:
 * first a uint32_t, which the cache uses and which is 0 in a free entry, then the key and the
 * value in any order. Keys are compared as bytes, so a key must not have undefined padding. A key
 * may be shorter than its place if no key is the beginning of another one.
 *
 * A constant, static cache_t lets the compiler fold the sizes into cache_find().
 */
typedef struct {
    void *entries;
    unsigned num_entries; /* a power of two, 2 at least */
    unsigned entry_size;  /* bytes */
    unsigned key_offset;  /* bytes, from the beginning of an entry */
    bool *is_used;        /* set when an entry is taken; false at first */
} cache_t;

/**
 * Clears a static table, for which @p is_used was set when something was written to it. Of no cost
 * for others: clearing all of them is much of what a start would cost.
 */
static inline void
cache_clear_used(void *table, size_t size, bool *is_used)
{
    if (*is_used)
        memset(table, 0, size);
    *is_used = false;
}

/** Frees all entries. Of no cost where none was taken. */
void cache_reset(const cache_t *cache);

/**
 * Returns the entry with the key, to which the caller writes the value. If there is none, it
 * takes a free entry of the two for this hash, or else displaces one of them.
 */
void *cache_add(const cache_t *cache, uint32_t hash, const void *key, size_t key_size);

/** Returns the first of the two entries for this hash; the other one is directly after it. */
static inline uint8_t *
cache_pair_of(const cache_t *cache, uint32_t hash)
{
    return (uint8_t *)cache->entries +
           (size_t)(hash % (cache->num_entries / 2)) * 2 * cache->entry_size;
}

/** Returns what the first member of an entry with this hash is. */
static inline uint32_t
cache_tag(uint32_t hash)
{
    return hash | 1;
}

/** True if the entry has the key. */
static inline bool
cache_has_key(const cache_t *cache, const uint8_t *entry, uint32_t hash, const void *key,
              size_t key_size)
{
    return *(const uint32_t *)(const void *)entry == cache_tag(hash) &&
           memcmp(entry + cache->key_offset, key, key_size) == 0;
}

/** Returns the entry with the key, or NULL. Inline, because it is called for every packet. */
static inline void *
cache_find(const cache_t *cache, uint32_t hash, const void *key, size_t key_size)
{
    uint8_t *entry = cache_pair_of(cache, hash);

    if (cache_has_key(cache, entry, hash, key, key_size))
        return entry;
    entry += cache->entry_size;
    return cache_has_key(cache, entry, hash, key, key_size) ? entry : NULL;
}

/** Frees the entry with the key, if there is one. */
static inline void
cache_remove(const cache_t *cache, uint32_t hash, const void *key, size_t key_size)
{
    uint32_t *entry = (uint32_t *)cache_find(cache, hash, key, key_size);

    if (entry != NULL)
        *entry = 0;
}

#endif /* __SMSRC_CACHE_H__ */
