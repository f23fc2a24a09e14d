/* text-lines.c
 * The width of a text on a terminal, and its lines
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "text-lines.h"

static unsigned
char_width(gunichar c)
{
    return g_unichar_iszerowidth(c) ? 0 : g_unichar_iswide(c) ? 2 : 1;
}

unsigned
text_lines_width(const char *text)
{
    unsigned width = 0;

    for (; *text != '\0'; text = g_utf8_next_char(text))
        width += char_width(g_utf8_get_char(text));
    return width;
}

GPtrArray *
text_lines_wrap(const char *text, unsigned width)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);

    while (*text != '\0') {
        const char *end = text, *space = NULL;
        unsigned used = 0;

        while (*end != '\0' && used + char_width(g_utf8_get_char(end)) <= width) {
            used += char_width(g_utf8_get_char(end));
            if (*end == ' ')
                space = end;
            end = g_utf8_next_char(end);
        }
        if (*end == ' ')
            space = end;
        if (end == text)
            end = g_utf8_next_char(end); /* too narrow for a single character */
        if (*end != '\0' && space != NULL && space != text)
            end = space;
        g_ptr_array_add(lines, g_strndup(text, (size_t)(end - text)));
        for (text = end; *text == ' '; text++)
            ;
    }
    return lines;
}

unsigned
text_lines_longest_word(const char *text)
{
    char **words = g_strsplit(text, " ", -1);
    unsigned longest = 0;

    for (char **word = words; *word != NULL; word++)
        longest = MAX(longest, text_lines_width(*word));
    g_strfreev(words);
    return longest;
}
