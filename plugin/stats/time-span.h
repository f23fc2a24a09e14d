/* time-span.h
 * From the first time to the latest, in whatever order they come
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_TIME_SPAN_H__
#define __SMSRC_TIME_SPAN_H__

#include <wsutil/nstime.h>

/**
 * Extends the span from @p start to @p end, both unset where it is empty, to the times from
 * @p first to @p last. An unset @p first changes nothing.
 */
static inline void
time_span_include(nstime_t *start, nstime_t *end, const nstime_t *first, const nstime_t *last)
{
    if (nstime_is_unset(first))
        return;
    if (nstime_is_unset(start) || nstime_cmp(first, start) < 0)
        *start = *first;
    if (nstime_is_unset(end) || nstime_cmp(last, end) > 0)
        *end = *last;
}

#endif /* __SMSRC_TIME_SPAN_H__ */
