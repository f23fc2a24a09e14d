/* nearest-row.h
 * The row of a matrix that is nearest to a flow on none
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_NEAREST_ROW_H__
#define __SMSRC_NEAREST_ROW_H__

#include "flow-facts.h"
#include "matrix.h"

/** The row that is nearest to a flow on no row; NULL if none is near. */
const matrix_row_t *nearest_row_find(const matrix_t *matrix, const flow_facts_t *flow);

/**
 * The row that the flow would be on if the user gave its port: that of a login to the site database
 * on another port. NULL if there is none.
 */
const matrix_row_t *nearest_row_find_configurable(const matrix_t *matrix,
                                                  const flow_facts_t *flow);

#endif /* __SMSRC_NEAREST_ROW_H__ */
