/* shared-value.c
 * Values of which equal ones have one place
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * A capture has many flows and few kinds of them: what flows have in common is kept once, and each
 * has a pointer to it.
 */

#include "shared-value.h"

#include <epan/wmem_scopes.h>

#include "bytes-digest.h"
#include "cache.h"

void
shared_values_reset(shared_values_t *values)
{
    cache_clear_used(values->places, sizeof values->places, &values->is_used);
    values->newest = NULL;
}

const void *
shared_value(shared_values_t *values, const void *value)
{
    const void **place;

    /* One after the other is often the same. */
    if (values->newest != NULL && memcmp(values->newest, value, values->size) == 0)
        return values->newest;
    place = &values->places[bytes_digest(value, values->size) % array_length(values->places)];
    if (*place == NULL || memcmp(*place, value, values->size) != 0) {
        values->is_used = true;
        *place = wmem_memdup(wmem_file_scope(), value, values->size);
    }
    values->newest = *place;
    return *place;
}
