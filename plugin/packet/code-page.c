/* code-page.c
 * Text in a code page of Windows as UTF-8
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * GLib converts by the system's iconv. Only code pages that contain ASCII are allowed: a packet
 * must not choose any converter of iconv, of which some are stateful.
 */

#include "code-page.h"

#include <errno.h>

#include "smsrc-compat.h"

/* Code pages that Windows has as OEM or ANSI code page. */
static const uint16_t code_pages[] = {
    437, 720, 737, 775, 850, 852, 855, 857, 858, 860, 861, 862, 863, 864, 865, 866, 869,
    874, 932, 936, 949, 950, 1250, 1251, 1252, 1253, 1254, 1255, 1256, 1257, 1258,
};

#define REPLACEMENT_CHARACTER 0xFFFD
#define NO_CONVERTER ((GIConv)-1)

static GIConv
open_code_page(unsigned code_page)
{
    char name[8];

    for (unsigned i = 0; i < array_length(code_pages); i++) {
        if (code_page == code_pages[i]) {
            (void)snprintf(name, sizeof name, "CP%u", code_page);
            return g_iconv_open("UTF-8", name);
        }
    }
    return NO_CONVERTER;
}

/* Appends the converted text, up to a byte that is not a character: then it returns false. */
static bool
convert_part(GIConv converter, char **from, size_t *left, wmem_strbuf_t *text)
{
    char part[128];
    char *to = part;
    size_t room = sizeof part;
    bool done = g_iconv(converter, from, left, &to, &room) != (size_t)-1 || errno == E2BIG;

    wmem_strbuf_append_len(text, part, (size_t)(to - part));
    return done;
}

char *
code_page_to_utf8(wmem_allocator_t *scope, unsigned code_page, const uint8_t *bytes, size_t length)
{
    GIConv converter = open_code_page(code_page);
    char *from = (char *)(uintptr_t)bytes; /* iconv changes none of them */
    wmem_strbuf_t *text;

    if (converter == NO_CONVERTER)
        return NULL;
    text = wmem_strbuf_new(scope, "");
    while (length > 0) {
        if (convert_part(converter, &from, &length, text))
            continue;
        wmem_strbuf_append_unichar(text, REPLACEMENT_CHARACTER);
        from++;
        length--;
    }
    g_iconv_close(converter);
    return wmem_strbuf_finalize(text);
}
