/* user-rows.h
 * Rows the user adds to the matrix: the table smsrc_rows
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_USER_ROWS_H__
#define __SMSRC_USER_ROWS_H__

#include <epan/prefs.h>

#include "matrix.h"

/** Register the table smsrc_rows as a preference of @p module. Call once. */
void user_rows_register(module_t *module);

/**
 * Build the rows anew from the table: call from an init routine, once a capture, because a
 * table with a bad line never reaches its post-update callback (wireshark-plugin-notes 2.8).
 */
void user_rows_reset(void);

/** The user's rows, class ROW_USER_ROW, ids USER1, USER2, ... @p count: how many. */
const matrix_row_t *user_rows(unsigned *count);

#endif /* __SMSRC_USER_ROWS_H__ */
