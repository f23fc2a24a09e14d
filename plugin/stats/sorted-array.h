/* sorted-array.h
 * Arrays of pointers that are kept in order, each place by its number
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_SORTED_ARRAY_H__
#define __SMSRC_SORTED_ARRAY_H__

#include "smsrc-compat.h"

/** Compares two numbers as a GCompareFunc does: negative, 0 or positive. */
static inline int
sorted_array_compare_numbers(uint64_t a, uint64_t b)
{
    return a < b ? -1 : a > b;
}

/**
 * Finds the @p place of an element that @p compare takes for equal to @p wanted. Returns false
 * where there is none: then the place is where to insert it. The comparison gets @p wanted first,
 * and the elements themselves.
 */
bool sorted_array_find(const GPtrArray *array, const void *wanted, GCompareFunc compare,
                       unsigned *place);

#endif /* __SMSRC_SORTED_ARRAY_H__ */
