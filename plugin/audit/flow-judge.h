/* flow-judge.h
 * The verdicts of a flow over time
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_FLOW_JUDGE_H__
#define __SMSRC_FLOW_JUDGE_H__

#include "flow-audit.h"

/**
 * A capture begins. @p one_end: a flow is judged where one of its ends holds a role. @p has_roles:
 * some host has a role or may be shown to have one; without any, attacks alone are judged.
 */
void flow_judge_reset(bool one_end, bool has_roles);

/**
 * The first pass: judge the flow where something that counts has changed since the last time.
 * @p src, @p dst: the roles of the packet's sender and receiver; @p sure: it is known who called.
 */
void flow_judge_update(flow_t *flow, const packet_info *pinfo, bool from_initiator, bool sure,
                       role_set_t src, role_set_t dst);

/**
 * The first pass, after flow_judge_update(): note where a verdict's expert info belongs. Nothing
 * where there is no verdict.
 */
void flow_judge_update_experts(flow_t *flow, const packet_info *pinfo, bool from_initiator);

/**
 * A later pass: judge a flow whose roles were learned only after its last packet, from its first
 * frame on, without what only the first pass reads (its content).
 */
void flow_judge_late(flow_t *flow, const packet_info *pinfo, bool from_initiator, bool sure,
                     role_set_t src, role_set_t dst);

/**
 * The verdict in force at this frame, or, before the flow was judged, its first one. A later pass
 * knows an attack from the flow's first frame on. NULL where the flow was never judged.
 */
const flow_verdict_t *flow_judge_at(const flow_t *flow, const packet_info *pinfo);

#endif /* __SMSRC_FLOW_JUDGE_H__ */
