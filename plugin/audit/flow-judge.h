/* flow-judge.h
 * The verdicts of a flow over time
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_FLOW_JUDGE_H__
#define __SMSRC_FLOW_JUDGE_H__

#include "packet-facts.h"

/**
 * Call at the beginning of a capture. @p one_end: a role at one end is enough for a verdict.
 * @p has_roles: some host has a role or may get one; without any, only attacks have verdicts.
 */
void flow_judge_reset(bool one_end, bool has_roles);

/** True if the roles of the two ends are enough for a verdict. */
bool flow_judge_has_roles(const flow_packet_t *packet);

/**
 * Call in the first pass for each packet: adds a verdict if content or roles have changed since
 * the last one. Notes the frame in which a verdict has its expert info.
 */
void flow_judge_update(flow_t *flow, const flow_packet_t *packet);

/**
 * Call in the first pass for a flow that something else than its own packets has shown to be
 * blocked, in this frame: its verdict is final.
 */
void flow_judge_settle(flow_t *flow, const packet_info *pinfo);

/**
 * Call in the first pass for a flow of whose roles a packet of another flow has taken some back:
 * adds a verdict. It has no expert info: no packet of the flow shows it.
 */
void flow_judge_doubt(flow_t *flow, const flow_packet_t *packet);

/**
 * Call in a later pass: adds a verdict if the flow has none because its roles were learned after
 * its last packet, and replaces Unconfirmed where a role was confirmed after it. Settles a flow
 * that was undecided at the end of the capture.
 */
void flow_judge_update_late(flow_t *flow, const flow_packet_t *packet);

/**
 * Returns the verdict in force at this frame: in a later pass the final one, of proxied requests
 * each frame's own. NULL if the flow has none.
 */
const flow_verdict_t *flow_judge_find(const flow_t *flow, const packet_info *pinfo);

/** True if this frame shows the verdict: it is final there, or a later pass knows it. */
bool flow_judge_is_shown(const flow_t *flow, const packet_info *pinfo);

/**
 * Returns the verdict of the flow, where the one in force is that of the last URI asked for: the
 * worst of all URIs. @p in_force for any other flow.
 */
const flow_verdict_t *flow_judge_worst(const flow_t *flow, const flow_verdict_t *in_force);

#endif /* __SMSRC_FLOW_JUDGE_H__ */
