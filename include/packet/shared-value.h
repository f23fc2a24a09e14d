/* shared-value.h
 * Values of which equal ones have one place
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_SHARED_VALUE_H__
#define __SMSRC_SHARED_VALUE_H__

#include "smsrc-compat.h"

#define SHARED_PLACES 512 /* a power of two */

/**
 * The values of one type that flows of a capture share. The owner has it as a static variable, set
 * to SHARED_VALUES_INIT(type).
 */
typedef struct {
    size_t size; /* of a value, in bytes */
    bool is_used;
    const void *newest;
    const void *places[SHARED_PLACES];
} shared_values_t;

#define SHARED_VALUES_INIT(type) { .size = sizeof(type) }

/** Forgets all values. Call it for every capture: they live as long as that. */
void shared_values_reset(shared_values_t *values);

/**
 * Returns a place with this value, which nothing may write to. Values are compared as bytes, so
 * they must not have undefined padding. Nearly all equal values have one place: two of which the
 * digests meet have a new one whenever they take turns.
 */
const void *shared_value(shared_values_t *values, const void *value);

#endif /* __SMSRC_SHARED_VALUE_H__ */
