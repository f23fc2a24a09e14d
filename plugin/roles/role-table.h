/* role-table.h
 * The user's table of roles, smsrc_roles
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_ROLE_TABLE_H__
#define __SMSRC_ROLE_TABLE_H__

#include <epan/prefs.h>

#include "network-table.h"
#include "role.h"

/** The length of a site code (KB 182420). */
#define SITE_CODE_LENGTH 3

/** Register the table as a preference of @p module. Call once. */
void role_table_register(module_t *module);

/**
 * Calls @p take for each good line of the table, once for lines that are the same. The site code
 * is "" where the line has none.
 */
void role_table_read(void (*take)(const prefix_t *network, role_e role, const char *site_code));

/** True if @p text is a site code: three capital letters or digits. */
bool role_table_is_site_code(const char *text);

#endif /* __SMSRC_ROLE_TABLE_H__ */
