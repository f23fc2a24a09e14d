/* flow-verdict.h
 * A verdict of a flow, which many flows share
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_FLOW_VERDICT_H__
#define __SMSRC_FLOW_VERDICT_H__

#include "flow-audit.h"

/** Call at the beginning of a capture. */
void flow_verdict_reset(void);

/** Returns the verdict of a flow with these facts from @p frame on. */
flow_verdict_t flow_verdict_share(const flow_facts_t *facts, const verdict_t *verdict,
                                  uint32_t frame);

/** True if the verdict is on these facts. */
bool flow_verdict_is_on(const flow_verdict_t *judged, const flow_facts_t *facts);

/** Returns what the verdict is. */
static inline verdict_e
flow_verdict_get(const flow_verdict_t *judged)
{
    return judged->judgment->verdict.verdict;
}

#endif /* __SMSRC_FLOW_VERDICT_H__ */
