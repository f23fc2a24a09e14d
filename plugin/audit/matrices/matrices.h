/* matrices.h
 * The rows of the port matrices
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Written by test-captures/generate/matrices.py from the tables beside it.
 * Do not edit.
 */

#ifndef __SMSRC_MATRICES_H__
#define __SMSRC_MATRICES_H__

#include "matrix.h"

extern const matrix_row_t kb826852_rows[52];
extern const matrix_row_t kb826852_supplements[84];

#endif /* __SMSRC_MATRICES_H__ */
