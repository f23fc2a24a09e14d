/* ber.c
 * Elements of BER, one after the other
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "ber.h"

bool
ber_take(ber_t *from, uint8_t tag, ber_t *content)
{
    const uint8_t *at = from->at;
    size_t length, count;

    if (from->end - at < 2 || at[0] != tag)
        return false;
    length = at[1];
    at += 2;
    if (length > 0x80) {
        count = length & 0x7f;
        if (count > 4 || (size_t)(from->end - at) < count)
            return false;
        for (length = 0; count > 0; count--)
            length = length << 8 | *at++;
    } else if (length == 0x80) {
        return false;
    }
    content->is_cut = from->is_cut || length > (size_t)(from->end - at);
    content->at = at;
    content->end = at + MIN(length, (size_t)(from->end - at));
    from->at = content->end;
    return true;
}

/* Fields are in the order of their numbers, and each number is there once at most. */
bool
ber_take_field(ber_t *sequence, uint8_t number, ber_t *content)
{
    while (sequence->at < sequence->end && *sequence->at < (BER_CONTEXT | number)) {
        ber_t skipped;

        if (!ber_take(sequence, *sequence->at, &skipped))
            return false;
    }
    return ber_take(sequence, BER_CONTEXT | number, content);
}
