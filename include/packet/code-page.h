/* code-page.h
 * Text in a code page of Windows as UTF-8
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_CODE_PAGE_H__
#define __SMSRC_CODE_PAGE_H__

#include <wireshark.h>
#include <wsutil/wmem/wmem.h>

/**
 * Returns the @p length bytes as UTF-8 in @p scope, with U+FFFD for a byte that is not a character.
 * NULL if Windows does not have @p code_page as OEM or ANSI code page, or if this system's iconv
 * does not have it. List of the code pages: Microsoft, "Code Page Identifiers" (Win32).
 */
char *code_page_to_utf8(wmem_allocator_t *scope, unsigned code_page, const uint8_t *bytes,
                        size_t length);

#endif /* __SMSRC_CODE_PAGE_H__ */
