/* code-page.h
 * Text in a code page of Windows as UTF-8
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_CODE_PAGE_H__
#define __SMSRC_CODE_PAGE_H__

#include <wireshark.h>
#include <wsutil/wmem/wmem.h>

/**
 * The @p length bytes as UTF-8 in @p scope; a byte that stands for no character is U+FFFD. NULL
 * where @p code_page is none that Windows has as an OEM or ANSI code page, or where this system's
 * iconv lacks it. The list of them: Microsoft, "Code Page Identifiers" (Win32).
 */
char *code_page_to_utf8(wmem_allocator_t *scope, unsigned code_page, const uint8_t *bytes,
                        size_t length);

#endif /* __SMSRC_CODE_PAGE_H__ */
