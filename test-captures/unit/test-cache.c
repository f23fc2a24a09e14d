/* test-cache.c
 * The fixed-size cache: what it finds is what was added last under the key
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "cache.h"

typedef struct {
    uint32_t tag;
    uint16_t key;
    uint64_t value;
} entry_t;

static entry_t entries[8];
static bool is_used;
static const cache_t cache = { entries, array_length(entries), sizeof entries[0],
                               offsetof(entry_t, key), &is_used };

/* Guards around the entries would be overwritten by a wrong index. */
typedef struct {
    uint32_t tag;
    uint64_t value;
    uint8_t length;
    char text[7];
} text_entry_t;

static struct {
    uint64_t before;
    text_entry_t entries[2];
    uint64_t after;
} texts;
static bool is_text_used;
static const cache_t text_cache = { texts.entries, array_length(texts.entries),
                                    sizeof texts.entries[0], offsetof(text_entry_t, length),
                                    &is_text_used };

static void
add(uint32_t hash, uint16_t key, uint64_t value)
{
    ((entry_t *)cache_add(&cache, hash, &key, sizeof key))->value = value;
}

/* The value, or 0 for a key that is not cached. */
static uint64_t
find(uint32_t hash, uint16_t key)
{
    const entry_t *entry = (const entry_t *)cache_find(&cache, hash, &key, sizeof key);

    return entry != NULL ? entry->value : 0;
}

static void
test_add_and_find(void)
{
    cache_reset(&cache);
    g_assert_cmpuint(find(0, 0), ==, 0); /* a free entry has a key of zeros, and no tag */
    add(0, 0, 1);
    g_assert_cmpuint(find(0, 0), ==, 1);
    add(0, 0, 2);
    g_assert_cmpuint(find(0, 0), ==, 2);
    g_assert_cmpuint(find(1, 0), ==, 0);
    cache_reset(&cache);
    g_assert_cmpuint(find(0, 0), ==, 0);
}

/* Keys of the same set, also if all bits of their hashes are equal. */
static void
test_two_ways(void)
{
    cache_reset(&cache);
    add(4, 1, 11);
    add(4, 2, 22);
    g_assert_cmpuint(find(4, 1), ==, 11);
    g_assert_cmpuint(find(4, 2), ==, 22);
    add(4, 3, 33); /* displaces the first */
    g_assert_cmpuint(find(4, 1), ==, 0);
    g_assert_cmpuint(find(4, 2), ==, 22);
    g_assert_cmpuint(find(4, 3), ==, 33);
    add(0x80000004, 4, 44); /* displaces the second */
    g_assert_cmpuint(find(4, 2), ==, 0);
    g_assert_cmpuint(find(4, 3), ==, 33);
    g_assert_cmpuint(find(0x80000004, 4), ==, 44);
}

static void
remove_key(uint32_t hash, uint16_t key)
{
    cache_remove(&cache, hash, &key, sizeof key);
}

static void
test_remove(void)
{
    cache_reset(&cache);
    add(4, 1, 11);
    add(4, 2, 22);
    remove_key(4, 3);
    g_assert_cmpuint(find(4, 1), ==, 11);
    remove_key(4, 1);
    g_assert_cmpuint(find(4, 1), ==, 0);
    g_assert_cmpuint(find(4, 2), ==, 22);
    add(4, 3, 33); /* in the place that is free */
    g_assert_cmpuint(find(4, 2), ==, 22);
    g_assert_cmpuint(find(4, 3), ==, 33);
    add(4, 2, 222); /* once, however often it is added */
    remove_key(4, 2);
    g_assert_cmpuint(find(4, 2), ==, 0);
}

static void
add_text(const char *text, uint64_t value)
{
    text_entry_t key;
    size_t length = strlen(text);

    key.length = (uint8_t)length;
    memcpy(key.text, text, length);
    ((text_entry_t *)cache_add(&text_cache, 7, &key.length, 1 + length))->value = value;
}

static uint64_t
find_text(const char *text)
{
    text_entry_t key;
    size_t length = strlen(text);
    const text_entry_t *entry;

    key.length = (uint8_t)length;
    memcpy(key.text, text, length);
    entry = (const text_entry_t *)cache_find(&text_cache, 7, &key.length, 1 + length);
    return entry != NULL ? entry->value : 0;
}

/* Keys of different sizes, of which one text is the beginning of the other. */
static void
test_key_sizes(void)
{
    texts.before = texts.after = UINT64_MAX;
    cache_reset(&text_cache);
    add_text("abcdefg", 1);
    add_text("abc", 2);
    g_assert_cmpuint(find_text("abcdefg"), ==, 1);
    g_assert_cmpuint(find_text("abc"), ==, 2);
    g_assert_cmpuint(find_text("abcd"), ==, 0);
    g_assert_cmpuint(find_text(""), ==, 0);
    add_text("", 3);
    g_assert_cmpuint(find_text(""), ==, 3);
    g_assert_cmpuint(texts.before, ==, UINT64_MAX);
    g_assert_cmpuint(texts.after, ==, UINT64_MAX);
}

/* What is found is never another key's value, and not an old one. */
static void
test_random(void)
{
    enum { KEYS = 64 };
    uint64_t values[KEYS] = { 0 };

    cache_reset(&cache);
    for (uint64_t i = 1; i < 20000; i++) {
        uint16_t key = (uint16_t)g_test_rand_int_range(0, KEYS);
        uint32_t hash = (uint32_t)key * 2654435761U;
        uint64_t found = find(hash, key);

        g_assert_true(found == 0 || found == values[key]);
        if (g_test_rand_bit()) {
            values[key] = i;
            add(hash, key, i);
            g_assert_cmpuint(find(hash, key), ==, i);
        } else if (i % 7 == 0) {
            remove_key(hash, key);
            g_assert_cmpuint(find(hash, key), ==, 0);
        }
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/cache/add-and-find", test_add_and_find);
    g_test_add_func("/cache/two-ways", test_two_ways);
    g_test_add_func("/cache/remove", test_remove);
    g_test_add_func("/cache/key-sizes", test_key_sizes);
    g_test_add_func("/cache/random", test_random);
    return g_test_run();
}
