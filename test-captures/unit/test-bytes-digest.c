/* test-bytes-digest.c
 * The digest of bytes: the same for the same, and others for what differs by little
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "bytes-digest.h"

#define LENGTH 40

static void
test_same_bytes(void)
{
    uint8_t one[LENGTH + 1] = { 0 }, other[LENGTH] = { 0 };

    for (unsigned i = 0; i < LENGTH; i++)
        one[i + 1] = other[i] = (uint8_t)(7 * i);
    /* Wherever they lie. */
    for (unsigned length = 0; length <= LENGTH; length++)
        g_assert_cmpuint(bytes_digest(one + 1, length), ==, bytes_digest(other, length));
}

static void
test_lengths(void)
{
    static const uint8_t zeros[LENGTH];
    GHashTable *found = g_hash_table_new(g_direct_hash, g_direct_equal);

    for (unsigned length = 0; length <= LENGTH; length++)
        g_hash_table_add(found, GUINT_TO_POINTER(bytes_digest(zeros, length)));
    g_assert_cmpuint(g_hash_table_size(found), ==, LENGTH + 1);
    g_hash_table_destroy(found);
}

/* One bit, and two: what a digest without a secret can be made to overlook. */
static void
test_few_bits(void)
{
    GHashTable *found = g_hash_table_new(g_direct_hash, g_direct_equal);
    uint8_t bytes[LENGTH] = { 0 };
    unsigned count = 0;

    for (unsigned i = 0; i < 8 * LENGTH; i++) {
        for (unsigned k = 0; k <= i; k++) {
            bytes[i / 8] ^= (uint8_t)(1 << i % 8);
            bytes[k / 8] ^= k < i ? (uint8_t)(1 << k % 8) : 0;
            g_hash_table_add(found, GUINT_TO_POINTER(bytes_digest(bytes, LENGTH)));
            memset(bytes, 0, sizeof bytes);
            count++;
        }
    }
    /* Of 51,360 digests of 32 bits 0.3 pairs are equal by chance. */
    g_assert_cmpuint(g_hash_table_size(found), >=, count - 5);
    g_hash_table_destroy(found);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/bytes-digest/same", test_same_bytes);
    g_test_add_func("/bytes-digest/lengths", test_lengths);
    g_test_add_func("/bytes-digest/few-bits", test_few_bits);
    return g_test_run();
}
