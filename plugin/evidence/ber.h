/* ber.h
 * Elements of BER, one after the other
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_BER_H__
#define __SMSRC_BER_H__

#include "reader.h"

/** Tags (X.690 8.1.2): the universal ones that several protocols have. */
enum {
    BER_INTEGER = 0x02,
    BER_OCTET_STRING = 0x04,
    BER_GENERAL_STRING = 0x1b,
    BER_SEQUENCE = 0x30,
    BER_CONTEXT = 0xa0, /* and the number of a field of a sequence, up to 30 */
};

/** Bytes from the next one that is read. */
typedef struct {
    const uint8_t *at;
    const uint8_t *end;
    bool is_cut; /* the content goes on behind the end */
} ber_t;

/** Takes the next element if it has this tag. @p content is what was captured of its content. */
bool ber_take(ber_t *from, uint8_t tag, ber_t *content);

/** Takes the field @p number of a sequence, and those before it. False if it has no such field. */
bool ber_take_field(ber_t *sequence, uint8_t number, ber_t *content);

#endif /* __SMSRC_BER_H__ */
