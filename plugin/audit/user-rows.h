/* user-rows.h
 * Rows that the user adds to the matrix: the table smsrc_rows
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_USER_ROWS_H__
#define __SMSRC_USER_ROWS_H__

#include <epan/prefs.h>

#include "matrix.h"

/** Register the table smsrc_rows as a preference of @p module. Call once. */
void user_rows_register(module_t *module);

/**
 * Builds the rows from the table again. Call at the beginning of each capture, because Wireshark
 * does not call the post-update callback of a table with a bad line.
 */
void user_rows_reset(void);

/** Returns the user's rows, and how many they are: class ROW_USER_ROW, ids USER1, USER2, ... */
const matrix_row_t *user_rows(unsigned *count);

#endif /* __SMSRC_USER_ROWS_H__ */
