/* uat-file.h
 * A user's table, read from its file line by line
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_UAT_FILE_H__
#define __SMSRC_UAT_FILE_H__

#include "smsrc-compat.h"

#include <epan/uat.h>

/** The longest text that a field of a table may hold, in bytes. */
#define TABLE_MAX_TEXT 1024

/** A table; its members but the last two are what uat_new() has been given. */
typedef struct {
    const char *name;    /**< of the table and of its file */
    uat_field_t *fields; /**< with UAT_END_FIELDS at the end */
    size_t record_size;
    void (*free_record)(void *record); /**< frees what the record holds, not the record */
    void (*take)(const void *record);  /**< called for each good line */
    char *last_problems;               /**< those reported last; NULL at first */
} uat_file_t;

/**
 * Call take() for each line of the table: first for the @p count @p records that Wireshark has of
 * it, then for the good lines of the file in the user's configuration folder. The problems of the
 * other lines are reported by report_failure(), with the number of the line, and not again while
 * they stay the same. No file is not a problem.
 *
 * Wireshark has read this file too. Its reader ends at a line that it cannot parse, leaves out a
 * last line that has no end, keeps only the last reason of several wrong fields, and numbers a
 * line by one too many if the wrong field is its last. So take() gets most lines twice, and has to
 * ignore the second.
 */
void uat_file_read(uat_file_t *table, const void *records, unsigned count);

/**
 * Returns why @p text is not allowed in any field of a table (a control character, another
 * encoding than UTF-8, its length), to be freed with g_free(); or NULL if it is allowed.
 */
char *uat_file_bad_text(const char *text, unsigned length);

/** Returns @p error, which may quote a field and is freed, fit to be shown; free with g_free(). */
char *uat_file_shown(char *error);

/** The check (epan/uat.h) of a field that may have any text that uat_file_bad_text() allows. */
ws_uat_bool uat_file_check_text(void *record, const char *text, unsigned length,
                                const void *check_data, const void *field_data, char **error);

#endif /* __SMSRC_UAT_FILE_H__ */
