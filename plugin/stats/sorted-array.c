/* sorted-array.c
 * Arrays of pointers that are kept in order, each place by its number
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/* GLib's g_array_binary_search() does not return where to insert what it has not found. */

#include "sorted-array.h"

bool
sorted_array_find(const GPtrArray *array, const void *wanted, GCompareFunc compare,
                  unsigned *place)
{
    unsigned low = 0, high = array->len;

    while (low < high) {
        unsigned middle = low + (high - low) / 2;
        int order = compare(wanted, array->pdata[middle]);

        if (order == 0) {
            *place = middle;
            return true;
        }
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    *place = low;
    return false;
}
