/* uat-file.h
 * A table of the user's, read from its file line by line
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_UAT_FILE_H__
#define __SMSRC_UAT_FILE_H__

#include "smsrc-compat.h"

#include <epan/uat.h>

/** The longest text that a field of a table may hold, in bytes. */
#define TABLE_MAX_TEXT 1024

/** A table; what it is made of is what uat_new() has of it. */
typedef struct {
    const char *name;    /**< of the table and of its file */
    uat_field_t *fields; /**< with UAT_END_FIELDS behind them */
    size_t record_size;
    void (*free_record)(void *record); /**< frees what the record holds, not the record */
    void (*take)(const void *record);  /**< called for each good line */
    char *told;                        /**< what was last said of the file: NULL to begin with */
} uat_file_t;

/**
 * Gives take() the table's lines: first the @p count @p records that Wireshark has of it, then the
 * good lines of the file in the user's configuration folder. Says of the
 * others what is wrong with them: by report_failure(), with the number of the line, and only once
 * for the same complaints. Where there is no file nothing is said.
 *
 * Wireshark has read this file too. Its reader ends at a line that it cannot take apart, leaves out
 * a last line that has no end, keeps of several wrong fields the last one's reason, and numbers
 * its line by one too many where the field is the line's last. So take() gets lines twice, from
 * Wireshark and from the file, and has to look past the second.
 */
void uat_file_read(uat_file_t *table, const void *records, unsigned count);

/**
 * Why @p text is no text for any field of a table: a control character (a NUL, say), another
 * encoding than UTF-8, its length. NULL where it is one; else to be freed with g_free().
 */
char *uat_file_bad_text(const char *text, unsigned length);

/** @p error, which may quote a field, is freed; as it may be shown, to be freed with g_free(). */
char *uat_file_shown(char *error);

/** The check (epan/uat.h) of a field for any text against which uat_file_bad_text() has nothing. */
ws_uat_bool uat_file_check_text(void *record, const char *text, unsigned length,
                             const void *check_data, const void *field_data, char **error);

#endif /* __SMSRC_UAT_FILE_H__ */
