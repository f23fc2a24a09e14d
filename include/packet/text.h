/* text.h
 * Text from captures, users' tables and file names: escaped, validated, cut
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_TEXT_H__
#define __SMSRC_TEXT_H__

#include "smsrc-compat.h"

#include <epan/expert.h>

/**
 * Returns @p text as valid UTF-8 of printable characters; others are escaped as Wireshark escapes
 * them in its tree (format_text(): \n, \033, \u202E). Free it with wmem_free(@p scope, ...).
 */
char *text_shown(wmem_allocator_t *scope, const char *text);

/** True if text_shown() would change nothing. */
bool text_is_shown(const char *text);

/**
 * Returns how many bytes of @p text are valid UTF-8, whole characters only and at most @p max
 * bytes.
 */
size_t text_valid_length(const char *text, size_t max);

/**
 * Copies @p text to @p kept as valid UTF-8, with a '.' for each control character of ASCII. False
 * if it was cut, between characters, because @p kept has only @p size bytes.
 */
bool text_keep(char *kept, size_t size, const char *text);

/**
 * Returns @p length bytes as text, with a '.' for each that is not a printable character of
 * ASCII.
 */
char *text_ascii(wmem_allocator_t *scope, const char *text, size_t length);

/** The same, copied to @p copy as far as it has room in its @p size bytes. */
void text_copy_ascii(char *copy, size_t size, const char *text, size_t length);

/**
 * Returns text_shown() for an expert info or the end of an item's label, which Wireshark cuts to
 * ITEM_LABEL_LENGTH, even within a character. Longer text is cut here, and ends in "...". @p others
 * is the length of other text in the same label.
 */
const char *text_label(wmem_allocator_t *scope, const char *text, unsigned others);

/** Calls expert_add_info_format() for a text that may contain text of the capture: text_label(). */
void text_add_expert(packet_info *pinfo, proto_item *item, expert_field *expert,
                     const char *format, ...) G_GNUC_PRINTF(4, 5);

/**
 * Adds an item as proto_tree_add_item_ret_string() does. The field has the escaped text, because
 * -T fields and -T json print it as it is; @p value is the text itself.
 */
proto_item *text_add_string(proto_tree *tree, int hf, tvbuff_t *tvb, int start, int length,
                            unsigned encoding, wmem_allocator_t *scope, const uint8_t **value);

/** Calls a dissector that may write unescaped text to the Info column, and escapes that. */
void text_call_dissector(dissector_handle_t handle, tvbuff_t *tvb, packet_info *pinfo,
                         proto_tree *tree);

#endif /* __SMSRC_TEXT_H__ */
