/* uat-file.c
 * A second reader of a table's file, because epan/uat_load.l (Wireshark 4.0 to 4.6) stops at the
 * first bad line; unneeded when that continues after a bad line and reports each
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * The format is that of Wireshark's reader: a line is a record, its fields are in quotation marks
 * with commas between them, \xNN, \" and \\ stand for bytes, # begins a comment, and a field may
 * be left empty. Different from there, a bad line costs no other line, and a file in UTF-16 or with
 * a byte order mark is read.
 */

#include "uat-file.h"

#include <glib/gstdio.h>
#include <wsutil/filesystem.h>
#include <wsutil/report_message.h>

#include "text.h"

/* A table of 100 000 lines has some 5 MB; a larger file than this is not a table. */
#define MAX_FILE G_GINT64_CONSTANT(67108864)
/* A line's fields, with every byte escaped, and what is between them. */
#define MAX_LINE ((size_t)8 * 4 * TABLE_MAX_TEXT)
/* The most problems that one message lists. */
#define MAX_PROBLEMS 20

/* Byte order marks: their name for users, and the character set for g_convert(), NULL for UTF-8. */
static const struct {
    const char *bytes;
    size_t length;
    const char *name;
    const char *charset;
} marks[] = {
    { "\xef\xbb\xbf", 3, "UTF-8 with a byte order mark", NULL },
    { "\xff\xfe", 2, "UTF-16", "UTF-16LE" },
    { "\xfe\xff", 2, "UTF-16", "UTF-16BE" },
};

typedef struct {
    uat_file_t *table;
    GString *problems;
    unsigned num_problems;
    GHashTable *seen; /* the text of a good line to its number */
} reading_t;

char *
uat_file_bad_text(const char *text, unsigned length)
{
    if (length > TABLE_MAX_TEXT)
        return g_strdup_printf("a field of %u bytes; it can have %d", length, TABLE_MAX_TEXT);
    for (unsigned i = 0; i < length; i++) {
        if (g_ascii_iscntrl(text[i]))
            return g_strdup_printf("a field with the control character 0x%02x", text[i]);
    }
    if (length > 0 && !g_utf8_validate(text, (gssize)length, NULL))
        return g_strdup("a field that is not UTF-8");
    return NULL;
}

char *
uat_file_shown(char *error)
{
    char *shown = text_shown(NULL, error);

    g_free(error);
    return shown;
}

ws_uat_bool
uat_file_check_text(void *record _U_, const char *text, unsigned length, const void *check_data _U_,
                    const void *field_data _U_, char **error)
{
    *error = uat_file_bad_text(text, length);
    return *error == NULL;
}

static void G_GNUC_PRINTF(3, 4)
add_problem(reading_t *reading, unsigned line, const char *format, ...)
{
    va_list arguments;
    char *text;

    if (reading->num_problems++ >= MAX_PROBLEMS)
        return;
    if (reading->problems->len > 0)
        g_string_append_c(reading->problems, '\n');
    g_string_append_printf(reading->problems, "%s:%u: ", reading->table->name, line);
    va_start(arguments, format);
    text = uat_file_shown(g_strdup_vprintf(format, arguments));
    va_end(arguments);
    g_string_append(reading->problems, text);
    g_free(text);
}

static const char *
skip_blanks(const char *at, const char *end)
{
    while (at < end && (*at == ' ' || *at == '\t'))
        at++;
    return at;
}

/* The end of the quoted field that begins at @p at, after its quotation mark; or NULL. */
static const char *
end_of_quoted(const char *at, const char *end)
{
    for (at++; at < end; at++) {
        if (*at == '"' && at[-1] != '\\')
            return at + 1;
    }
    return NULL;
}

/* The text between the quotation marks, without the escapes that Wireshark writes. */
static char *
unescape(const char *at, const char *end, unsigned *length)
{
    GString *text = g_string_sized_new((size_t)(end - at));

    while (at < end) {
        if (*at == '\\' && end - at >= 2) {
            at++;
            if (*at == 'x' && end - at >= 3 && g_ascii_isxdigit(at[1]) && g_ascii_isxdigit(at[2])) {
                g_string_append_c(text, (char)(g_ascii_xdigit_value(at[1]) * 16 +
                                               g_ascii_xdigit_value(at[2])));
                at += 3;
                continue;
            }
        }
        g_string_append_c(text, *at++);
    }
    *length = (unsigned)text->len;
    return g_string_free(text, FALSE);
}

/*
 * Reads the next field of a line, and moves @p at to its end. Returns its text, to be freed with
 * g_free(), or NULL and the reason in @p error.
 */
static char *
read_field(const char **at, const char *end, unsigned *length, char **error)
{
    const char *start = skip_blanks(*at, end);
    const char *field_end = start;
    char *text;

    *length = 0;
    if (start < end && *start == '"') {
        field_end = end_of_quoted(start, end);
        if (field_end == NULL) {
            *error = g_strdup("a quotation mark is not closed");
            return NULL;
        }
        text = unescape(start + 1, field_end - 1, length);
    } else if (start == end || *start == ',') {
        text = g_strdup("");
    } else {
        *error = g_strdup("fields are written in quotation marks, with commas between them");
        return NULL;
    }
    *at = skip_blanks(field_end, end);
    return text;
}

/* Sets a field of @p record. Returns NULL, or why not, to be freed with g_free(). */
static char *
set_field(void *record, const uat_field_t *field, const char *text, unsigned length)
{
    char *error = uat_file_bad_text(text, length);

    if (error == NULL &&
        field->cb.chk(record, text, length, field->cbdata.chk, field->fld_data, &error))
        field->cb.set(record, text, length, field->cbdata.set, field->fld_data);
    return error;
}

/* Reads a line into @p record. Returns as set_field() does. */
static char *
read_fields(const uat_file_t *table, void *record, const char *at, const char *end)
{
    char *error = NULL;

    for (const uat_field_t *field = table->fields; field->name != NULL; field++) {
        unsigned length;
        char *text = read_field(&at, end, &length, &error);

        if (text != NULL)
            error = set_field(record, field, text, length);
        g_free(text);
        if (error != NULL)
            return error;
        if (field[1].name != NULL) {
            if (at == end)
                return g_strdup_printf("the field \"%s\" is missing", field[1].title);
            if (*at != ',')
                return g_strdup("fields are written in quotation marks, with commas between them");
            at++;
        }
    }
    /* Wireshark warns of further fields, and ignores them. */
    if (at < end && *at != ',')
        return g_strdup("something is behind the last field");
    return NULL;
}

static void
read_line(reading_t *reading, void *record, unsigned number, const char *line, size_t length)
{
    const uat_file_t *table = reading->table;
    const char *end = line + length;
    const char *at = skip_blanks(line, end);
    char *error = NULL;
    char *key;
    unsigned before;

    if (at == end || *at == '#')
        return;
    if (memchr(line, '\0', length) != NULL) {
        add_problem(reading, number, "a NUL byte; the line is not used");
        return;
    }
    if (length > MAX_LINE) {
        add_problem(reading, number, "a line of %zu bytes is too long; it is not used", length);
        return;
    }

    memset(record, 0, table->record_size);
    error = read_fields(table, record, at, end);
    if (error != NULL) {
        add_problem(reading, number, "%s; the line is not used", error);
        g_free(error);
    } else {
        key = g_strndup(at, (size_t)(end - at));
        before = GPOINTER_TO_UINT(g_hash_table_lookup(reading->seen, key));
        if (before > 0) {
            add_problem(reading, number, "the same as line %u; it counts once", before);
            g_free(key);
        } else {
            g_hash_table_insert(reading->seen, key, GUINT_TO_POINTER(number));
            table->take(record);
        }
    }
    table->free_record(record);
}

static void
read_lines(reading_t *reading, const char *text, size_t length)
{
    void *record = g_malloc0(reading->table->record_size);
    const char *end = text + length;
    unsigned number = 1;

    while (text < end) {
        const char *stop = text;

        while (stop < end && *stop != '\n' && *stop != '\r')
            stop++;
        read_line(reading, record, number, text, (size_t)(stop - text));
        if (stop + 1 < end && stop[0] == '\r' && stop[1] == '\n')
            stop++;
        text = stop + 1;
        number++;
    }
    g_free(record);
}

/* Returns @p text, which it takes over, as UTF-8 without a mark; NULL if it cannot be converted. */
static char *
as_utf8(reading_t *reading, char *text, size_t *length)
{
    for (unsigned i = 0; i < array_length(marks); i++) {
        const size_t mark = marks[i].length;
        char *rest = NULL;

        if (*length < mark || memcmp(text, marks[i].bytes, mark) != 0)
            continue;
        add_problem(reading, 1, "the file is %s: its lines are used, but Wireshark's own reader "
                    "stumbles over it; save it as UTF-8", marks[i].name);
        if (marks[i].charset != NULL)
            rest = g_convert(text + mark, (gssize)(*length - mark), "UTF-8", marks[i].charset,
                             NULL, length, NULL);
        else
            rest = (char *)memmove(text, text + mark, *length -= mark);
        if (rest == NULL)
            add_problem(reading, 1, "it is damaged and nothing of it is used");
        if (rest != text)
            g_free(text);
        return rest;
    }
    return text;
}

/* Reports the problems of the file, unless they are the same as those reported last. */
static void
report_reading(reading_t *reading)
{
    uat_file_t *table = reading->table;

    if (reading->num_problems > MAX_PROBLEMS)
        g_string_append_printf(reading->problems, "\n%s: and %u more", table->name,
                               reading->num_problems - MAX_PROBLEMS);
    if (reading->problems->len > 0 && g_strcmp0(table->last_problems, reading->problems->str) != 0)
        report_failure("%s", reading->problems->str);
    g_free(table->last_problems);
    table->last_problems = g_string_free(reading->problems, FALSE);
}

/* The file's bytes, to be freed with g_free(), or NULL where there are none to read. */
static char *
load(reading_t *reading, size_t *length)
{
    char *path = get_persconffile_path(reading->table->name, TRUE);
    GError *error = NULL;
    char *text = NULL;
    GStatBuf about;

    if (g_stat(path, &about) == 0) {
        if (!S_ISREG(about.st_mode))
            add_problem(reading, 1, "%s is not a file", path);
        else if (about.st_size > MAX_FILE)
            add_problem(reading, 1, "%s has more than %" G_GINT64_FORMAT " bytes", path,
                        MAX_FILE);
        else if (!g_file_get_contents(path, &text, length, &error))
            add_problem(reading, 1, "%s", error->message);
    }
    g_clear_error(&error);
    g_free(path);
    return text;
}

void
uat_file_read(uat_file_t *table, const void *records, unsigned count)
{
    reading_t reading = { .table = table, .problems = g_string_new(NULL) };
    size_t length = 0;
    char *text = load(&reading, &length);

    for (unsigned i = 0; i < count; i++)
        table->take((const char *)records + i * table->record_size);
    if (text != NULL)
        text = as_utf8(&reading, text, &length);
    if (text != NULL) {
        reading.seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        read_lines(&reading, text, length);
        g_hash_table_destroy(reading.seen);
        g_free(text);
    }
    report_reading(&reading);
}
