/* bytes-digest.c
 * A digest by which long texts are compared
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * wmem_strong_hash() takes 17 instructions a byte, of which a message of SMB has more than a
 * thousand. Here eight bytes are one product of their two halves, each with a secret added to it
 * (NH, RFC 4418 5.2), and the products are a polynomial in a secret.
 */

#include "bytes-digest.h"

static uint64_t
random_number(void)
{
    return (uint64_t)g_random_int() << 32 | g_random_int();
}

uint32_t
bytes_digest(const void *bytes, size_t length)
{
    static uint64_t keys[3]; /* of this process; the last one is odd, so none is 0 */
    const uint8_t *at = (const uint8_t *)bytes;
    uint64_t digest = length;

    if (keys[2] == 0) {
        keys[0] = random_number();
        keys[1] = random_number();
        keys[2] = random_number() | 1;
    }
    while (length > 0) {
        const size_t taken = MIN(length, sizeof(uint64_t));
        uint32_t halves[2] = { 0, 0 };

        memcpy(halves, at, taken);
        halves[0] += (uint32_t)keys[0];
        halves[1] += (uint32_t)keys[1];
        digest = digest * keys[2] + (uint64_t)halves[0] * halves[1];
        at += taken;
        length -= taken;
    }
    digest = (digest ^ keys[0]) * keys[2];
    return (uint32_t)(digest >> 32);
}
