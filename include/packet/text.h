/* text.h
 * Text of a capture, of the user's tables or of file names, fit to be shown
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_TEXT_H__
#define __SMSRC_TEXT_H__

#include "smsrc-compat.h"

#include <epan/expert.h>

/**
 * @p text as valid UTF-8 of printable characters: all others are escaped as Wireshark escapes
 * them in its tree (format_text(): \n, \033, \u202E). To be freed with wmem_free(@p scope, ...).
 */
char *text_shown(wmem_allocator_t *scope, const char *text);

/** True where text_shown() would change nothing. */
bool text_is_shown(const char *text);

/**
 * The same for an expert info or the end of an item's label, which Wireshark cuts to
 * ITEM_LABEL_LENGTH, be it in the middle of a character: what is longer is cut here, and ends in
 * "...". @p others: how many bytes of other text are in the same label.
 */
const char *text_label(wmem_allocator_t *scope, const char *text, unsigned others);

/** expert_add_info_format(), whose text may hold what a capture says: text_label(). */
void shown_add_expert(packet_info *pinfo, proto_item *item, expert_field *expert,
                      const char *format, ...) G_GNUC_PRINTF(4, 5);

/**
 * proto_tree_add_item_ret_string(), of which the field has the text to be shown, because -T fields
 * and -T json print it as it is, and @p value the text itself.
 */
proto_item *text_add_string(proto_tree *tree, int hf, tvbuff_t *tvb, int start, int length,
                             unsigned encoding, wmem_allocator_t *scope, const uint8_t **value);

/** call_dissector() for one that writes names to the Info column as they are: they are escaped. */
void text_call_dissector(dissector_handle_t handle, tvbuff_t *tvb, packet_info *pinfo,
                         proto_tree *tree);

#endif /* __SMSRC_TEXT_H__ */
