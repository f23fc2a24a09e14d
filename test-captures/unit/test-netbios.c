/* test-netbios.c
 * NetBIOS names of Remote Tools: whole, with a scope, and damaged in every way
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "netbios.h"

#include "unit-epan.h"

/* RFC 1001 14.1: a length of 32, two letters for each byte, and the empty label. */
static unsigned
encode(uint8_t *bytes, const char *text, uint8_t suffix)
{
    uint8_t plain[16];

    memset(plain, ' ', sizeof plain);
    memcpy(plain, text, MIN(strlen(text), 15));
    plain[15] = suffix;
    bytes[0] = 32;
    for (unsigned i = 0; i < 16; i++) {
        bytes[1 + 2 * i] = 'A' + (plain[i] >> 4);
        bytes[2 + 2 * i] = 'A' + (plain[i] & 15);
    }
    bytes[33] = 0;
    return 34;
}

static void
test_a_name_is_read(void)
{
    uint8_t bytes[80];
    netbios_name_t name;

    g_assert_cmpuint(netbios_name_decode(bytes, encode(bytes, "wks17", 0x43), &name), ==, 34);
    g_assert_cmpstr(name.text, ==, "WKS17");
    g_assert_cmpuint(name.suffix, ==, 0x43);
    g_assert_cmpuint(netbios_name_decode(bytes, encode(bytes, "ABCDEFGHIJKLMNO", 0x46), &name), ==,
                     34);
    g_assert_cmpstr(name.text, ==, "ABCDEFGHIJKLMNO");
    encode(bytes, "", 0x45);
    g_assert_cmpuint(netbios_name_decode(bytes, 34, &name), ==, 34);
    g_assert_cmpstr(name.text, ==, "");
}

static void
test_a_scope_belongs_to_it(void)
{
    uint8_t bytes[80];
    netbios_name_t name;

    encode(bytes, "WKS17", 0x43);
    memcpy(bytes + 33, "\3sms\5local", 11); /* and the NUL */
    g_assert_cmpuint(netbios_name_decode(bytes, 44, &name), ==, 44);
    g_assert_cmpstr(name.text, ==, "WKS17");
    g_assert_cmpuint(netbios_name_decode(bytes, 43, &name), ==, 0);
}

static void
test_what_is_no_name_is_none(void)
{
    uint8_t bytes[80];
    netbios_name_t name;

    encode(bytes, "WKS17", 0x43);
    for (unsigned length = 0; length < 34; length++)
        g_assert_cmpuint(netbios_name_decode(bytes, length, &name), ==, 0);
    for (unsigned at = 0; at < 33; at++) {
        encode(bytes, "WKS17", 0x43);
        bytes[at] = 'a';
        g_assert_cmpuint(netbios_name_decode(bytes, 34, &name), ==, 0);
    }
    encode(bytes, "WKS17", 0x43);
    bytes[33] = 0xc0; /* a pointer does not end a name */
    g_assert_cmpuint(netbios_name_decode(bytes, 80, &name), ==, 0);
}

static void
test_what_does_not_print_is_a_dot(void)
{
    uint8_t plain[16];
    netbios_name_t name;

    memset(plain, ' ', sizeof plain);
    memcpy(plain, "A\n|\x80", 4);
    plain[15] = 0x43;
    netbios_name_plain(plain, &name);
    g_assert_cmpstr(name.text, ==, "A.|.");
}

static void
test_the_16th_byte_tells_the_channel(void)
{
    for (unsigned suffix = 0; suffix < 256; suffix++) {
        channel_e channel = channel_by_netbios_suffix((uint8_t)suffix);

        g_assert_cmpint(channel, ==,
                        suffix == 0x43   ? CHANNEL_DATA
                        : suffix == 0x45 ? CHANNEL_CHAT
                        : suffix == 0x46 ? CHANNEL_TRANSFER
                                         : CHANNEL_UNKNOWN);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/netbios/name", test_a_name_is_read);
    g_test_add_func("/netbios/scope", test_a_scope_belongs_to_it);
    g_test_add_func("/netbios/no-name", test_what_is_no_name_is_none);
    g_test_add_func("/netbios/print", test_what_does_not_print_is_a_dot);
    g_test_add_func("/netbios/channel", test_the_16th_byte_tells_the_channel);
    return g_test_run();
}
