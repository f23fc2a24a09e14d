/* test-own-networks.c
 * Which addresses are the Internet's, and the preference of those that are not
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "own-networks.h"

#include <wsutil/inet_addr.h>

#include "unit-epan.h"

static bool
are_internet(const char *text)
{
    ws_in4_addr ipv4;
    ws_in6_addr ipv6;
    address addr;

    if (ws_inet_pton4(text, &ipv4)) {
        set_address(&addr, AT_IPv4, 4, &ipv4);
    } else {
        g_assert_true(ws_inet_pton6(text, &ipv6));
        set_address(&addr, AT_IPv6, 16, &ipv6);
    }
    return own_networks_are_internet(&addr);
}

/* The first and the last address of each range, and the public ones before and after it. */
static void
test_public_addresses(void)
{
    static const char *const ranges[][4] = {
        { NULL, "0.0.0.0", "0.255.255.255", "1.0.0.0" },
        { "9.255.255.255", "10.0.0.0", "10.255.255.255", "11.0.0.0" },
        { "100.63.255.255", "100.64.0.0", "100.127.255.255", "100.128.0.0" },
        { "126.255.255.255", "127.0.0.0", "127.255.255.255", "128.0.0.0" },
        { "169.253.255.255", "169.254.0.0", "169.254.255.255", "169.255.0.0" },
        { "172.15.255.255", "172.16.0.0", "172.31.255.255", "172.32.0.0" },
        { "192.167.255.255", "192.168.0.0", "192.168.255.255", "192.169.0.0" },
        { "223.255.255.255", "224.0.0.0", "255.255.255.255", NULL },
        { NULL, "::", "1fff:ffff::", "2000::" },
        { "3fff:ffff::", "4000::", "ffff:ffff::", NULL },
    };

    g_assert_null(own_networks_read(""));
    for (unsigned i = 0; i < array_length(ranges); i++) {
        g_assert_true(ranges[i][0] == NULL || are_internet(ranges[i][0]));
        g_assert_false(are_internet(ranges[i][1]));
        g_assert_false(are_internet(ranges[i][2]));
        g_assert_true(ranges[i][3] == NULL || are_internet(ranges[i][3]));
    }
}

static void
test_own_networks(void)
{
    char *problems = own_networks_read(" 198.51.100.0/24,203.0.113.7\t2001:db8::/32 , 10.1.2.0/24");

    g_assert_null(problems);
    g_assert_false(are_internet("198.51.100.255"));
    g_assert_true(are_internet("198.51.101.0"));
    g_assert_false(are_internet("203.0.113.7"));
    g_assert_true(are_internet("203.0.113.8"));
    g_assert_false(are_internet("2001:db8:ffff::1"));
    g_assert_true(are_internet("2001:db9::1"));
    g_assert_null(own_networks_read(""));
    g_assert_true(are_internet("203.0.113.7"));
}

/* The rest counts. */
static void
test_broken_text(void)
{
    char *problems = own_networks_read("198.51.100.0/33,nets,203.0.113.7");
    GString *many = g_string_new(NULL);

    g_assert_nonnull(strstr(problems, "\"198.51.100.0/33\" is not an address"));
    g_assert_nonnull(strstr(problems, "smsrc.audit.own_networks: \"nets\""));
    g_assert_false(are_internet("203.0.113.7"));
    g_assert_true(are_internet("198.51.100.1"));
    g_free(problems);

    for (unsigned i = 0; i < 100; i++)
        g_string_append(many, "x ");
    problems = own_networks_read(many->str);
    g_assert_true(g_str_has_suffix(problems, ": and 80 more"));
    g_assert_cmpuint(strlen(problems), <, 4000);
    g_free(problems);
    g_string_free(many, TRUE);
}

int
main(int argc, char **argv)
{
    int result;

    g_test_init(&argc, &argv, NULL);
    unit_epan_start(NULL);
    unit_capture_open();
    g_test_add_func("/public-addresses", test_public_addresses);
    g_test_add_func("/own-networks", test_own_networks);
    g_test_add_func("/broken-text", test_broken_text);
    result = g_test_run();
    unit_capture_close();
    unit_epan_stop();
    return result;
}
