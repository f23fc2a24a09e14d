/* test-network-table.c
 * The longest prefix wins, and two tables know nothing of each other
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "network-table.h"

#include "unit-epan.h"

static prefix_t
prefix(const char *text)
{
    prefix_t network;

    g_assert_true(network_table_prefix_from_text(&network, text));
    return network;
}

static void
insert(network_table_t *table, const char *network, const char *value)
{
    const prefix_t key = prefix(network);

    g_assert_null(network_table_get(table, &key));
    network_table_insert(table, &key, (void *)value);
    g_assert_cmpstr((const char *)network_table_get(table, &key), ==, value);
}

static const char *
find(const network_table_t *table, const char *host)
{
    const prefix_t key = prefix(host);

    return (const char *)network_table_find(table, &key);
}

static void
test_longest_prefix(void)
{
    network_table_t *table = network_table_new(wmem_file_scope());

    g_assert_true(network_table_is_empty(table));
    g_assert_null(find(table, "10.1.2.3"));
    insert(table, "10.1.0.0/16", "sixteen");
    insert(table, "10.1.2.3", "host");
    insert(table, "0.0.0.0/0", "any");
    insert(table, "10.0.0.0/8", "eight");
    insert(table, "10.2.255.255/16", "sixteen too");
    insert(table, "2001:db8::/32", "IPv6");
    g_assert_false(network_table_is_empty(table));
    g_assert_cmpuint(table->num_lengths[0], ==, 4);
    g_assert_cmpuint(table->num_lengths[1], ==, 1);
    g_assert_cmpstr(find(table, "10.1.2.3"), ==, "host");
    g_assert_cmpstr(find(table, "10.1.2.4"), ==, "sixteen");
    g_assert_cmpstr(find(table, "10.2.0.1"), ==, "sixteen too");
    g_assert_cmpstr(find(table, "10.3.0.1"), ==, "eight");
    g_assert_cmpstr(find(table, "11.0.0.1"), ==, "any");
    g_assert_cmpstr(find(table, "2001:db8:1::"), ==, "IPv6");
    g_assert_null(find(table, "2001:db9::"));
}

static void
test_two_tables(void)
{
    network_table_t *one = network_table_new(wmem_file_scope());
    network_table_t *two = network_table_new(wmem_file_scope());

    insert(one, "10.0.0.0/8", "one");
    g_assert_true(network_table_is_empty(two));
    g_assert_null(find(two, "10.1.2.3"));
    insert(two, "10.0.0.0/8", "two");
    insert(two, "10.1.0.0/16", "two, longer");
    g_assert_cmpstr(find(one, "10.1.2.3"), ==, "one");
    g_assert_cmpstr(find(two, "10.1.2.3"), ==, "two, longer");
    g_assert_cmpstr(find(two, "10.2.2.3"), ==, "two");
}

/* All lengths of both families fit. */
static void
test_all_lengths(void)
{
    network_table_t *table = network_table_new(wmem_file_scope());

    for (unsigned length = 0; length <= 128; length++) {
        char *text = g_strdup_printf("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/%u", length);

        insert(table, text, "x");
        g_free(text);
    }
    g_assert_cmpuint(table->num_lengths[1], ==, 129);
    for (unsigned i = 0; i <= 128; i++)
        g_assert_cmpuint(table->lengths[1][i], ==, 128 - i);
}

static void
test_addresses(void)
{
    static const uint8_t bytes[16] = { 10, 1, 2, 3 };
    static const uint8_t types[] = { AT_IPX, AT_ETHER };
    const prefix_t expected = prefix("10.1.2.3");
    prefix_t network;
    address addr;

    set_address(&addr, AT_IPv4, 4, bytes);
    g_assert_true(network_table_prefix_from_address(&network, &addr));
    g_assert_cmpmem(&network, sizeof network, &expected, sizeof expected);
    set_address(&addr, AT_IPv6, 16, bytes);
    g_assert_true(network_table_prefix_from_address(&network, &addr));
    g_assert_cmpuint(network.prefix_length, ==, 128);
    for (unsigned i = 0; i < array_length(types); i++) {
        set_address(&addr, types[i], 6, bytes);
        g_assert_false(network_table_prefix_from_address(&network, &addr));
    }
    clear_address(&addr);
    g_assert_false(network_table_prefix_from_address(&network, &addr));
}

int
main(int argc, char **argv)
{
    int result;

    g_test_init(&argc, &argv, NULL);
    unit_epan_start(NULL);
    unit_capture_open();
    g_test_add_func("/longest-prefix", test_longest_prefix);
    g_test_add_func("/two-tables", test_two_tables);
    g_test_add_func("/all-lengths", test_all_lengths);
    g_test_add_func("/addresses", test_addresses);
    result = g_test_run();
    unit_capture_close();
    unit_epan_stop();
    return result;
}
