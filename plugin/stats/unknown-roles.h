/* unknown-roles.h
 * The roles of a row of the matrix that no host is known to hold
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_UNKNOWN_ROLES_H__
#define __SMSRC_UNKNOWN_ROLES_H__

#include "audit-tap.h"

/** An end of a row of the matrix. */
typedef struct {
    role_set_t roles;
    char name[48];
} row_end_t;

/** Copy the ends of @p row. */
void unknown_roles_set_ends(row_end_t ends[NUM_ENDS], const matrix_row_t *row);

/**
 * The names of the ends whose roles are none of @p held, the roles that some host holds, separated
 * by ", " and with "(table only)" where no traffic shows them: to be g_free()d, "" for none.
 */
char *unknown_roles_to_str(const row_end_t ends[NUM_ENDS], role_set_t held);

#endif /* __SMSRC_UNKNOWN_ROLES_H__ */
