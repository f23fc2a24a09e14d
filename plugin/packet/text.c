/* text.c
 * Text from captures, users' tables and file names: escaped, validated, cut
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * Output may reach a terminal, which takes ESC, BEL and U+009B for commands and reverses the rest
 * of a line at U+202E. Wireshark escapes the values of fields in its tree, but neither columns nor
 * expert infos nor tables.
 */

#include "text.h"

#include <epan/column-utils.h>
#include <epan/exceptions.h>
#include <epan/strutil.h>
#include <wsutil/str_util.h>

char *
text_shown(wmem_allocator_t *scope, const char *text)
{
    /* The parameter's bytes are unsigned up to 4.0. */
    return format_text(scope, (const void *)text, strlen(text));
}

bool
text_is_shown(const char *text)
{
    const char *at = text;

    while (g_ascii_isprint(*at))
        at++;
    if (*at == '\0')
        return true;
    if (!g_utf8_validate(text, -1, NULL))
        return false;
    for (; *at != '\0'; at = g_utf8_next_char(at)) {
        if (!g_unichar_isprint(g_utf8_get_char(at)))
            return false;
    }
    return true;
}

size_t
text_valid_length(const char *text, size_t max)
{
    const char *end;

    g_utf8_validate(text, (gssize)strnlen(text, max), &end);
    return (size_t)(end - text);
}

bool
text_keep(char *kept, size_t size, const char *text)
{
    char *valid = g_utf8_make_valid(text, -1);
    size_t length = text_valid_length(valid, size - 1);
    bool whole = valid[length] == '\0';

    memcpy(kept, valid, length);
    kept[length] = '\0';
    for (char *at = kept; *at != '\0'; at++) {
        if (g_ascii_iscntrl(*at))
            *at = '.';
    }
    g_free(valid);
    return whole;
}

char *
text_ascii(wmem_allocator_t *scope, const char *text, size_t length)
{
    char *ascii = (char *)wmem_alloc(scope, length + 1);

    text_copy_ascii(ascii, length + 1, text, length);
    return ascii;
}

void
text_copy_ascii(char *copy, size_t size, const char *text, size_t length)
{
    size_t i;

    for (i = 0; i < MIN(length, size - 1) && text[i] != '\0'; i++)
        copy[i] = g_ascii_isprint(text[i]) ? text[i] : '.';
    copy[i] = '\0';
}

const char *
text_label(wmem_allocator_t *scope, const char *text, unsigned others)
{
    static const char dots[] = "...";
    unsigned room = ITEM_LABEL_LENGTH - 1 - others;
    char *shown = text_shown(scope, text);

    if (strlen(shown) <= room)
        return shown;
    shown[text_valid_length(shown, room - strlen(dots))] = '\0';
    return wmem_strconcat(scope, shown, dots, NULL);
}

void
text_add_expert(packet_info *pinfo, proto_item *item, expert_field *expert, const char *format,
                ...)
{
    va_list arguments;
    const char *text;

    va_start(arguments, format);
    text = wmem_strdup_vprintf(pinfo->pool, format, arguments);
    va_end(arguments);
    expert_add_info_format(pinfo, item, expert, "%s", text_label(pinfo->pool, text, 0));
}

proto_item *
text_add_string(proto_tree *tree, int hf, tvbuff_t *tvb, int start, int length, unsigned encoding,
                wmem_allocator_t *scope, const uint8_t **value)
{
    *value = tvb_get_string_enc(scope, tvb, start, length, encoding);
    return proto_tree_add_string(tree, hf, tvb, start, length,
                                 text_shown(scope, (const char *)*value));
}

/* Escapes the Info column, to which a dissector of Wireshark's has written. */
static void
escape_info(packet_info *pinfo)
{
    const char *info = col_get_text(pinfo->cinfo, COL_INFO);
    char *shown;

    if (info == NULL || text_is_shown(info))
        return;
    shown = text_shown(pinfo->pool, info);
    col_clear_fence(pinfo->cinfo, COL_INFO);
    col_add_str(pinfo->cinfo, COL_INFO, shown);
    col_set_fence(pinfo->cinfo, COL_INFO);
}

void
text_call_dissector(dissector_handle_t handle, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree)
{
    TRY {
        call_dissector(handle, tvb, pinfo, tree);
    }
    FINALLY {
        escape_info(pinfo);
    }
    ENDTRY;
}
