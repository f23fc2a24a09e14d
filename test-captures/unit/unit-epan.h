/* unit-epan.h
 * libwireshark for unit tests: its scopes and its tables of the user's, without any capture
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_UNIT_EPAN_H__
#define __SMSRC_UNIT_EPAN_H__

#include "smsrc-compat.h"

#include <epan/prefs.h>

/** Start libwireshark with a protocol "smsrc"; @p register_table, or NULL, gets its preferences. */
void unit_epan_start(void (*register_table)(module_t *module));
void unit_epan_stop(void);

/** Start libwireshark with the plugin itself, the module at @p path, as Wireshark loads it. */
void unit_epan_start_plugin(const char *path);

/** Between these two, wmem_file_scope() lives, as it does while a capture is open. */
void unit_capture_open(void);
void unit_capture_close(void);

/** Empty the table of the user's named @p table ("smsrc_roles"). */
void unit_table_clear(const char *table);

/** Add @p line (quoted fields and commas) as "-o uat:table:line" does. It is a good one. */
void unit_table_add(const char *table, const char *line);

/** The same for a bad one: the message for the user has @p named in it. */
void unit_table_refuse(const char *table, const char *line, const char *named);

/** Read @p text as the table's file; NULL, or the message for the user, for g_free(). */
char *unit_table_load(const char *table, const char *text);

#endif /* __SMSRC_UNIT_EPAN_H__ */
