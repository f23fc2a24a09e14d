/* test-code-page.c
 * Text in the code pages of Windows: letters, bytes that are none, and pages that are none
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "code-page.h"

static void
assert_text(unsigned code_page, const char *bytes, size_t length, const char *wanted)
{
    char *text = code_page_to_utf8(NULL, code_page, (const uint8_t *)bytes, length);

    g_assert_cmpstr(text, ==, wanted);
    wmem_free(NULL, text);
}

static void
test_letters_are_those_of_the_page(void)
{
    assert_text(437, "M\x81ller", 6, "Müller");
    assert_text(850, "W\x99RTER", 6, "WÖRTER");
    assert_text(1252, "M\xfcller", 6, "Müller");
    assert_text(866, "\x88\xa2\xa0\xad", 4, "Иван");
    assert_text(932, "\x93\x63\x92\x86", 4, "田中");
    assert_text(936, "\xc0\xee", 2, "李");
    assert_text(850, "", 0, "");
}

static void
test_what_is_no_character_is_replaced(void)
{
    assert_text(1252, "a\x81" "b", 3, "a\xef\xbf\xbd" "b");
    assert_text(932, "a\x93", 2, "a\xef\xbf\xbd");
    assert_text(1252, "\x81\x8d", 2, "\xef\xbf\xbd\xef\xbf\xbd");
}

static void
test_ascii_is_ascii_in_every_page(void)
{
    static const char letters[] = "ABCXYZabcxyz0189-_.$";
    unsigned known = 0;

    for (unsigned code_page = 0; code_page <= UINT16_MAX; code_page++) {
        char *text = code_page_to_utf8(NULL, code_page, (const uint8_t *)letters,
                                       sizeof letters - 1);

        if (text != NULL)
            g_assert_cmpstr(text, ==, letters);
        known += text != NULL;
        wmem_free(NULL, text);
    }
    g_assert_cmpuint(known, >=, 10);
}

static void
test_other_pages_are_none(void)
{
    static const unsigned others[] = { 0, 37, 500, 1200, 50220, 65000, 65535, 0x10000 + 850 };

    for (unsigned i = 0; i < G_N_ELEMENTS(others); i++)
        assert_text(others[i], "a", 1, NULL);
}

/* A packet's worth of any bytes comes to an end, and is UTF-8. */
static void
test_a_long_text_is_converted_whole(void)
{
    enum { LENGTH = 65536 };
    uint8_t *bytes = (uint8_t *)g_malloc(LENGTH);

    for (unsigned i = 0; i < LENGTH; i++)
        bytes[i] = (uint8_t)(i * 167 + i / 256) | 1;
    for (unsigned code_page = 1; code_page < 1300; code_page++) {
        char *text = code_page_to_utf8(NULL, code_page, bytes, LENGTH);

        if (text != NULL)
            g_assert_cmpuint(strlen(text), >=, LENGTH / 2);
        g_assert_true(text == NULL || g_utf8_validate(text, -1, NULL));
        wmem_free(NULL, text);
    }
    g_free(bytes);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/code-page/letters", test_letters_are_those_of_the_page);
    g_test_add_func("/code-page/replaced", test_what_is_no_character_is_replaced);
    g_test_add_func("/code-page/ascii", test_ascii_is_ascii_in_every_page);
    g_test_add_func("/code-page/others", test_other_pages_are_none);
    g_test_add_func("/code-page/long", test_a_long_text_is_converted_whole);
    return g_test_run();
}
