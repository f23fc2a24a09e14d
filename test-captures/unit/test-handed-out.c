/* test-handed-out.c
 * The table of the ports that were handed out, up to its bound of three
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "handed-out.h"

#include "bounds.h"
#include "unit-epan.h"

static const uint8_t bytes[3][4] = { { 10, 1, 1, 20 }, { 10, 1, 1, 12 }, { 10, 1, 3, 17 } };
static const uint8_t long_bytes[16] = { 0xfd, [15] = 0x20 };
static address hosts[3], ipv6;
static packet_info pinfo;

static void
begin(void)
{
    memset(&pinfo, 0, sizeof pinfo);
    for (unsigned i = 0; i < array_length(hosts); i++)
        set_address(&hosts[i], AT_IPv4, 4, bytes[i]);
    set_address(&ipv6, AT_IPv6, 16, long_bytes);
    bounds_reset();
    handed_out_reset();
    pinfo.num = 1;
}

static void
add(const address *host, uint16_t port, handed_out_e by)
{
    const handed_out_t out = { .by = by };

    handed_out_add(&pinfo, host, TRANSPORT_TCP, port, out);
}

static handed_out_e
find(const address *host, uint16_t port)
{
    return handed_out_find(&pinfo, host, TRANSPORT_TCP, port).by;
}

static void
test_ports(void)
{
    begin();
    g_assert_true(handed_out_is_empty());
    g_assert_cmpint(find(&hosts[0], 5010), ==, HANDED_OUT_NONE);
    add(&hosts[0], 0, HANDED_OUT_RPC);
    g_assert_true(handed_out_is_empty());
    add(&hosts[0], 5010, HANDED_OUT_RPC);
    add(&ipv6, 5010, HANDED_OUT_SQL);
    g_assert_cmpint(find(&hosts[0], 5010), ==, HANDED_OUT_RPC);
    g_assert_cmpint(find(&ipv6, 5010), ==, HANDED_OUT_SQL);
    g_assert_cmpint(find(&hosts[1], 5010), ==, HANDED_OUT_NONE);
    g_assert_cmpint(find(&hosts[0], 5011), ==, HANDED_OUT_NONE);
    g_assert_cmpint(handed_out_find(&pinfo, &hosts[0], TRANSPORT_UDP, 5010).by, ==,
                    HANDED_OUT_NONE);
}

/* What is handed out belongs to the flow that follows, and to none before it. */
static void
test_order(void)
{
    begin();
    pinfo.num = 7;
    add(&hosts[0], 5010, HANDED_OUT_RPC);
    pinfo.num = 6;
    g_assert_cmpint(find(&hosts[0], 5010), ==, HANDED_OUT_NONE);
    pinfo.num = 7;
    g_assert_cmpint(find(&hosts[0], 5010), ==, HANDED_OUT_RPC);
}

static void
test_oldest(void)
{
    begin();
    for (uint16_t port = 5000; port < 5003; port++)
        add(&hosts[0], port, HANDED_OUT_RPC);
    add(&hosts[0], 5000, HANDED_OUT_RPC);
    g_assert_false(bounds_are_reached());
    add(&hosts[1], 50123, HANDED_OUT_SQL);
    g_assert_cmpuint(bounds_count(BOUND_HANDED_OUT), ==, 1);
    g_assert_cmpint(find(&hosts[0], 5000), ==, HANDED_OUT_NONE);
    g_assert_cmpint(find(&hosts[0], 5001), ==, HANDED_OUT_RPC);
    g_assert_cmpint(find(&hosts[1], 50123), ==, HANDED_OUT_SQL);
    for (uint16_t port = 6000; port < 6003; port++)
        add(&hosts[0], port, HANDED_OUT_RPC);
    g_assert_cmpint(find(&hosts[1], 50123), ==, HANDED_OUT_NONE);
    g_assert_cmpint(find(&hosts[0], 6000), ==, HANDED_OUT_RPC);
    g_assert_cmpuint(bounds_count(BOUND_HANDED_OUT), ==, 4);
}

/* A transfer is between the two hosts, and to the port that asked. */
static void
test_transfers(void)
{
    const handed_out_t out = { HANDED_OUT_TFTP, 69 };
    handed_out_t found;

    begin();
    copy_address_shallow(&pinfo.src, &hosts[2]);
    copy_address_shallow(&pinfo.dst, &hosts[1]);
    pinfo.srcport = 2070;
    handed_out_add_transfer(&pinfo, out);
    found = handed_out_find_transfer(&pinfo, &hosts[1], &hosts[2], 2070);
    g_assert_cmpint(found.by, ==, HANDED_OUT_TFTP);
    g_assert_cmpuint(found.as, ==, 69);
    g_assert_cmpint(handed_out_find_transfer(&pinfo, &hosts[0], &hosts[2], 2070).by, ==,
                    HANDED_OUT_NONE);
    g_assert_cmpint(handed_out_find_transfer(&pinfo, &hosts[1], &hosts[2], 2071).by, ==,
                    HANDED_OUT_NONE);
    g_assert_cmpint(handed_out_find(&pinfo, &hosts[1], TRANSPORT_UDP, 2070).by, ==,
                    HANDED_OUT_NONE);
}

int
main(int argc, char **argv)
{
    int result;

    g_test_init(&argc, &argv, NULL);
    unit_epan_start(NULL);
    unit_capture_open();
    g_test_add_func("/handed-out/ports", test_ports);
    g_test_add_func("/handed-out/order", test_order);
    g_test_add_func("/handed-out/oldest", test_oldest);
    g_test_add_func("/handed-out/transfers", test_transfers);
    result = g_test_run();
    unit_capture_close();
    unit_epan_stop();
    return result;
}
