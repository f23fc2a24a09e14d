/* not-judged-sum.h
 * What the audit has not judged, as the statistics end with it
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_NOT_JUDGED_SUM_H__
#define __SMSRC_NOT_JUDGED_SUM_H__

#include "json-line.h"
#include "not-judged.h"

/** Called when a sum may have changed. */
typedef void (*not_judged_sum_cb)(void);

/** Begin to listen. Call when a statistic starts; only the first call counts. */
void not_judged_sum_start(not_judged_sum_cb changed);

/** Count again: call before a statistic is printed. */
void not_judged_sum_update(void);

/** Returns the sum of all captures since the last reset. tshark -M has several. */
const not_judged_t *not_judged_sum(void);

/** Append a sentence for each count that is not 0, to be g_free()d, to @p texts. */
void not_judged_sum_add_texts(GPtrArray *texts);

/** Put the object "not_judged" into a line of JSON. */
void not_judged_sum_put(json_dumper *line);

#endif /* __SMSRC_NOT_JUDGED_SUM_H__ */
