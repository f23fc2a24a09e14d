/* row-usage.h
 * Which rows of the matrix were used, which never, and what was used that no row has
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_ROW_USAGE_H__
#define __SMSRC_ROW_USAGE_H__

#include "flow-choice.h"
#include "usage-lines.h"

typedef struct row_usage row_usage_t;

/** Begin with no row. @p ops are called with @p data; NULL: no listener. */
row_usage_t *row_usage_new(const usage_lines_ops_t *ops, void *data);
void row_usage_free(row_usage_t *usage);

/** Forget all flows and all rows, without a call. */
void row_usage_clear(row_usage_t *usage);

/** Add the rows of the matrix of all verdicts. Call after row_usage_new() and row_usage_clear(). */
void row_usage_add_matrix(row_usage_t *usage);

/** A flow is this now: call it as flow_choice_ops_t.show. */
void row_usage_update(row_usage_t *usage, const whole_flow_t *flow);

/** All flows end; lines stay. */
void row_usage_settle(row_usage_t *usage);

/**
 * Bring times up to date. A flow whose verdict changes leaves its line, which keeps the flow's
 * times until this is called.
 */
void row_usage_complete(row_usage_t *usage);

/** The lines. */
const usage_lines_t *row_usage_lines(const row_usage_t *usage);

/** The number of flows that are in no line, because there are too many lines or hosts. */
unsigned row_usage_not_kept(const row_usage_t *usage);

#endif /* __SMSRC_ROW_USAGE_H__ */
