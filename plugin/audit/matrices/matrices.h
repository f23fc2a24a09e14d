/* matrices.h
 * The rows of the port matrices
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Written by test-captures/generate/matrices.py from the tables beside it.
 * Do not edit.
 */

#ifndef __SMSRC_MATRICES_H__
#define __SMSRC_MATRICES_H__

#include "matrix.h"

extern const matrix_row_t configmgr_rows[236];
extern const matrix_row_t configmgr_supplements[39];
extern const matrix_row_t configmgr_relatives[100];
extern const matrix_row_t kb826852_rows[52];
extern const matrix_row_t kb826852_supplements[84];
extern const matrix_row_t sms2_rows[31];
extern const matrix_row_t sms2_relatives[95];

/* The lists of each matrix, as members of a matrix_t. */
#define configmgr_LISTS \
    .rows = configmgr_rows, .num_rows = 236, \
    .supplements = configmgr_supplements, .num_supplements = 39, \
    .relatives = configmgr_relatives, .num_relatives = 100, \
    .has_named_ports = true
#define kb826852_LISTS \
    .rows = kb826852_rows, .num_rows = 52, \
    .supplements = kb826852_supplements, .num_supplements = 84
#define sms2_LISTS \
    .rows = sms2_rows, .num_rows = 31, \
    .relatives = sms2_relatives, .num_relatives = 95, \
    .has_named_ports = true

#endif /* __SMSRC_MATRICES_H__ */
