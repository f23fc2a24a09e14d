/* text-lines.h
 * The width of a text on a terminal, and its lines
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_TEXT_LINES_H__
#define __SMSRC_TEXT_LINES_H__

#include "smsrc-compat.h"

/** Returns the cells of a terminal that @p text, which is valid UTF-8, takes. */
unsigned text_lines_width(const char *text);

/** Returns the same of its longest word. */
unsigned text_lines_longest_word(const char *text);

/**
 * Breaks a text into lines of no more than @p width cells, between words where that is possible.
 * Free the array of strings with g_ptr_array_free().
 */
GPtrArray *text_lines_wrap(const char *text, unsigned width);

#endif /* __SMSRC_TEXT_LINES_H__ */
