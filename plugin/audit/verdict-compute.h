/* verdict-compute.h
 * The verdict on a flow, computed
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_VERDICT_COMPUTE_H__
#define __SMSRC_VERDICT_COMPUTE_H__

#include "verdict.h"

/** The verdict of verdict_find(), but that an attack is none. Costs many times as much. */
verdict_t verdict_compute(const matrix_t *matrix, const flow_facts_t *flow);

#endif /* __SMSRC_VERDICT_COMPUTE_H__ */
