/* json-line.c
 * An object of JSON on a line, as the statistics print it
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "json-line.h"

#include <epan/to_str.h>

#include "bounds.h"
#include "stat-text.h"
#include "text.h"

/* A string of JSON with escapes for what is not printable: a terminal may take it for commands. */
static char *
quote(const char *text)
{
    GString *json = g_string_new("\"");

    for (; *text != '\0'; text = g_utf8_next_char(text)) {
        gunichar c = g_utf8_get_char(text);

        if (c == '"' || c == '\\')
            g_string_append_printf(json, "\\%c", (char)c);
        else if (g_unichar_isprint(c))
            g_string_append_unichar(json, c);
        else if (c < 0x10000)
            g_string_append_printf(json, "\\u%04x", c);
        else /* RFC 8259 7: a surrogate pair */
            g_string_append_printf(json, "\\u%04x\\u%04x", 0xd7c0 + (c >> 10),
                                   0xdc00 + (c & 0x3ff));
    }
    g_string_append_c(json, '"');
    return g_string_free(json, FALSE);
}

void
json_line_put_text(json_dumper *line, const char *name, const char *text)
{
    char *valid = g_utf8_make_valid(text, -1), *quoted;

    json_dumper_set_member_name(line, name);
    if (text_is_shown(valid)) {
        json_dumper_value_string(line, valid);
    } else {
        quoted = quote(valid);
        json_dumper_value_anyf(line, "%s", quoted);
        g_free(quoted);
    }
    g_free(valid);
}

void
json_line_put_number(json_dumper *line, const char *name, uint64_t number)
{
    json_dumper_set_member_name(line, name);
    json_dumper_value_anyf(line, "%" PRIu64, number);
}

void
json_line_put_literal(json_dumper *line, const char *name, const char *literal)
{
    json_dumper_set_member_name(line, name);
    json_dumper_value_anyf(line, "%s", literal);
}

void
json_line_put_host(json_dumper *line, const char *name, const address *host)
{
    char *text;

    if (host->type == AT_NONE) {
        json_line_put_literal(line, name, "null");
        return;
    }
    text = address_to_str(NULL, host);
    json_line_put_text(line, name, text);
    wmem_free(NULL, text);
}

void
json_line_put_roles(json_dumper *line, const char *name, role_set_t roles)
{
    json_dumper_set_member_name(line, name);
    json_dumper_begin_array(line);
    for (const value_string *role = role_vals; role->strptr != NULL; role++) {
        if ((roles & ROLE_BIT(role->value)) != 0)
            json_dumper_value_string(line, role->strptr);
    }
    json_dumper_end_array(line);
}

void
json_line_put_time(json_dumper *line, const char *name, const nstime_t *when)
{
    char *said = stat_text_time(when, "%Y-%m-%dT%H:%M:%S"), *text;

    if (said == NULL) {
        json_line_put_literal(line, name, "null");
        return;
    }
    text = g_strdup_printf("%sZ", said);
    json_line_put_text(line, name, text);
    g_free(text);
    g_free(said);
}

json_dumper
json_line_begin(const char *type)
{
    json_dumper line = { .output_file = stdout };

    json_dumper_begin_object(&line);
    json_line_put_text(&line, "type", type);
    return line;
}

void
json_line_end(json_dumper *line)
{
    json_dumper_end_object(line);
    json_dumper_finish(line);
}

void
json_line_put_filter(json_dumper *line, const char *filter)
{
    if (filter != NULL)
        json_line_put_text(line, "filter", filter);
}

void
json_line_put_overflow(json_dumper *line)
{
    if (!bounds_are_reached())
        return;
    json_dumper_set_member_name(line, "overflow");
    json_dumper_begin_array(line);
    for (bound_e bound = bounds_next(BOUND_NONE); bound < NUM_BOUNDS; bound = bounds_next(bound)) {
        json_dumper_begin_object(line);
        json_line_put_text(line, "bound", bounds_name(bound));
        json_line_put_number(line, "limit", bounds_limit(bound));
        json_line_put_number(line, "first_frame", bounds_frame(bound));
        json_line_put_number(line, "times", bounds_count(bound));
        json_dumper_end_object(line);
    }
    json_dumper_end_array(line);
}
