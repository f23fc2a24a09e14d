/* cache.c
 * A cache of fixed size, two-way set-associative
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * A key has two possible entries, so that two keys in turn do not displace each other. If both
 * are taken, the hash decides which of them goes: then of three keys in turn one stays.
 */

#include "cache.h"

void
cache_reset(const cache_t *cache)
{
    cache_clear_used(cache->entries, (size_t)cache->num_entries * cache->entry_size,
                     cache->is_used);
}

static bool
is_free(const uint8_t *entry)
{
    return *(const uint32_t *)(const void *)entry == 0;
}

/* The entry of the two that a new key takes. */
static uint8_t *
choose_entry(const cache_t *cache, uint32_t hash)
{
    uint8_t *first = cache_pair_of(cache, hash), *second = first + cache->entry_size;

    if (is_free(first))
        return first;
    return is_free(second) || hash >> 31 != 0 ? second : first;
}

void *
cache_add(const cache_t *cache, uint32_t hash, const void *key, size_t key_size)
{
    uint8_t *entry = (uint8_t *)cache_find(cache, hash, key, key_size);
    uint32_t tag = cache_tag(hash);

    if (entry == NULL) {
        *cache->is_used = true;
        entry = choose_entry(cache, hash);
        memcpy(entry, &tag, sizeof tag);
        memcpy(entry + cache->key_offset, key, key_size);
    }
    return entry;
}
