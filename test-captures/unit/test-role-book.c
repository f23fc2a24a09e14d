/* test-role-book.c
 * The longest prefix of the table wins, evidence is added to it, and both stay bounded
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "role-book-fixture.h"

#define MAX_HOSTS 65536 /* role-book.h */

static bool
learn(const address *addr, role_e role, const char *site_code, uint32_t frame, const char *reason)
{
    return learn_at(addr, role, STANDING_PROVEN, site_code, frame, reason);
}

static bool
learn_reported(const address *addr, role_e role)
{
    role_finding_t finding = { .role = role, .standing = STANDING_UNCONFIRMED, .frame = 1,
                               .reason = "x", .reported = true };

    return role_book_learn(addr, &finding);
}

static void
test_empty(void)
{
    unsigned count = 7;

    open_book();
    g_assert_true(role_book_is_empty());
    g_assert_cmpuint(role_book_roles(host("10.1.2.3")), ==, 0);
    g_assert_null(role_book_evidence(wmem_file_scope(), host("10.1.2.3"), &count));
    g_assert_cmpuint(count, ==, 0);
    g_assert_cmpstr(role_book_site_code(host("10.1.2.3")), ==, "");
    close_book();
}

static void
test_longest_prefix(void)
{
    unit_table_add(TABLE, "\"10.0.0.0/8\",\"Advanced Client\",\"ABC\"");
    unit_table_add(TABLE, "\"10.1.0.0/16\",\"Management point\",\"\"");
    /* The same network. */
    unit_table_add(TABLE, "\"10.1.255.255/16\",\"bits distribution POINT\",\"X01\"");
    unit_table_add(TABLE, "\"10.1.2.3\",\"Site server\",\"\"");
    unit_table_add(TABLE, "\"10.1.2.128/25\",\"Reporting point\",\"\"");
    unit_table_add(TABLE, "\"2001:db8::/32\",\"Legacy Client\",\"V6X\"");
    unit_table_add(TABLE, "\"2001:db8::1\",\"SQL Server\",\"\"");
    open_book();

    g_assert_false(role_book_is_empty());
    for (unsigned again = 0; again < 2; again++) { /* the second time from the cache */
        g_assert_cmpuint(role_book_roles(host("10.200.0.1")), ==, BIT(ADVANCED_CLIENT));
        g_assert_cmpuint(role_book_roles(host("10.1.9.9")), ==,
                         BIT(MANAGEMENT_POINT) | BIT(BITS_DISTRIBUTION_POINT));
        g_assert_cmpuint(role_book_roles(host("10.1.2.3")), ==, BIT(SITE_SERVER));
        g_assert_cmpuint(role_book_roles(host("10.1.2.128")), ==, BIT(REPORTING_POINT));
        g_assert_cmpuint(role_book_roles(host("10.1.2.127")), ==,
                         BIT(MANAGEMENT_POINT) | BIT(BITS_DISTRIBUTION_POINT));
        g_assert_cmpuint(role_book_roles(host("11.0.0.0")), ==, 0);
        g_assert_cmpuint(role_book_roles(host("2001:db8:ffff::9")), ==, BIT(LEGACY_CLIENT));
        g_assert_cmpuint(role_book_roles(host("2001:db8::1")), ==, BIT(SQL_SERVER));
        g_assert_cmpuint(role_book_roles(host("2001:db9::1")), ==, 0);
        g_assert_cmpuint(role_book_roles(host("a01:203::")), ==, 0); /* 10.1.2.3's bytes */
    }
    g_assert_cmpstr(role_book_site_code(host("10.200.0.1")), ==, "ABC");
    g_assert_cmpstr(role_book_site_code(host("10.1.9.9")), ==, "X01");
    g_assert_cmpstr(role_book_site_code(host("10.1.2.3")), ==, "");
    close_book();
}

static void
test_default_route(void)
{
    unit_table_add(TABLE, "\"0.0.0.0/0\",\"Client\",\"\"");
    open_book();
    g_assert_cmpuint(role_book_roles(host("203.0.113.7")), ==, BIT(CLIENT));
    g_assert_cmpuint(role_book_roles(host("2001:db8::1")), ==, 0);
    close_book();
}

static void
test_bad_fields(void)
{
    static const struct {
        const char *line;
        const char *named;
    } cases[] = {
        { "\"10.0.0.0/33\",\"Client\",\"\"", "\"10.0.0.0/33\"" },
        { "\"10.0.0\",\"Client\",\"\"", "\"10.0.0\"" },
        { "\"10.0.0.1/\",\"Client\",\"\"", "\"10.0.0.1/\"" },
        { "\"10.0.0.1/-1\",\"Client\",\"\"", "\"10.0.0.1/-1\"" },
        { "\"10.0.0.1/8/8\",\"Client\",\"\"", "\"10.0.0.1/8/8\"" },
        { "\"2001:db8::/129\",\"Client\",\"\"", "\"2001:db8::/129\"" },
        { "\"\",\"Client\",\"\"", "\"\"" },
        { "\"srv01\",\"Client\",\"\"", "\"srv01\"" },
        { "\"10.0.0.1\",\"Clients\",\"\"", "\"Clients\"" },
        { "\"10.0.0.1\",\"any\",\"\"", "\"any\"" },
        { "\"10.0.0.1\",\"Client\",\"AB\"", "\"AB\"" },
        { "\"10.0.0.1\",\"Client\",\"abc\"", "\"abc\"" },
        { "\"10.0.0.1\",\"Client\",\"A-C\"", "\"A-C\"" },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++)
        unit_table_refuse(TABLE, cases[i].line, cases[i].named);
    open_book();
    g_assert_true(role_book_is_empty());
    close_book();
}

static void
test_bad_line_spoils_no_good_one(void)
{
    char *error = unit_table_load(TABLE, "\"10.0.0.1\",\"Client\",\"\"\n"
                                  "\"10.0.0.2/99\",\"Client\",\"\"\n"
                                  "\"10.0.0.3\",\"No one\",\"\"\n"
                                  "\"10.0.0.4\",\"Client\",\"toolong\"\n"
                                  "\"10.0.0.5\",\"Client\",\"\"\n");

    g_assert_nonnull(error);
    g_free(error);
    open_book();
    g_assert_cmpuint(role_book_roles(host("10.0.0.1")), ==, BIT(CLIENT));
    g_assert_cmpuint(role_book_roles(host("10.0.0.2")), ==, 0);
    g_assert_cmpuint(role_book_roles(host("10.0.0.3")), ==, 0);
    g_assert_cmpuint(role_book_roles(host("10.0.0.4")), ==, 0);
    g_assert_cmpuint(role_book_roles(host("10.0.0.5")), ==, BIT(CLIENT));
    close_book();
}

static void
test_learn(void)
{
    unsigned version;
    unsigned count;
    char reason[] = "HTTP request";
    const role_evidence_t *const *claims;

    unit_table_add(TABLE, "\"10.0.0.0/8\",\"Advanced Client\",\"ABC\"");
    open_book();
    g_assert_cmpuint(role_book_roles(host("10.0.0.1")), ==, BIT(ADVANCED_CLIENT));

    version = role_book_version();
    g_assert_true(learn(host("10.0.0.1"), ROLE_MANAGEMENT_POINT, NULL, 7, reason));
    reason[0] = '!'; /* it was copied */
    g_assert_cmpuint(role_book_version(), >, version);
    g_assert_cmpuint(role_book_roles(host("10.0.0.1")), ==,
                     BIT(ADVANCED_CLIENT) | BIT(MANAGEMENT_POINT)); /* not the old, cached one */
    g_assert_cmpuint(role_book_roles(host("10.0.0.2")), ==, BIT(ADVANCED_CLIENT));

    version = role_book_version();
    g_assert_false(learn(host("10.0.0.1"), ROLE_MANAGEMENT_POINT, "", 8, "later"));
    g_assert_true(learn(host("10.0.0.1"), ROLE_MANAGEMENT_POINT, "xyz", 9, "x"));
    g_assert_false(learn(host("10.0.0.1"), ROLE_MANAGEMENT_POINT, "QQQ", 10, "x"));
    g_assert_cmpuint(role_book_version(), ==, version);

    claims = role_book_evidence(wmem_file_scope(), host("10.0.0.1"), &count);
    g_assert_cmpuint(count, ==, 2);
    g_assert_cmpint(claims[0]->role, ==, ROLE_ADVANCED_CLIENT);
    g_assert_cmpuint(claims[0]->frame, ==, 0);
    g_assert_cmpstr(claims[0]->reason, ==, "table smsrc_roles");
    g_assert_cmpint(claims[1]->role, ==, ROLE_MANAGEMENT_POINT);
    g_assert_cmpuint(claims[1]->frame, ==, 7);
    g_assert_cmpstr(claims[1]->reason, ==, "HTTP request");
    g_assert_cmpstr(claims[1]->site_code, ==, "XYZ");
    g_assert_cmpstr(role_book_site_code(host("10.0.0.1")), ==, "ABC"); /* the table's first */

    role_book_reset();
    g_assert_cmpuint(role_book_version(), >, version);
    g_assert_cmpuint(role_book_roles(host("10.0.0.1")), ==, BIT(ADVANCED_CLIENT));
    close_book();
}

static void
test_hostile_evidence(void)
{
    char *long_reason = g_strnfill(5000, 'x');
    const role_evidence_t *const *claims;
    unsigned count;

    open_book();
    g_assert_true(learn(host("10.0.0.1"), ROLE_CLIENT, "A\"B", 1, long_reason));
    g_assert_true(learn(host("10.0.0.1"), ROLE_SITE_SERVER, "TOOLONG", 2,
                        "not \xff UTF-8"));
    g_assert_false(learn(host("10.0.0.1"), NUM_ROLES, NULL, 3, "no role"));
    claims = role_book_evidence(wmem_file_scope(), host("10.0.0.1"), &count);
    g_assert_cmpuint(count, ==, 2);
    g_assert_cmpstr(claims[0]->site_code, ==, "");
    g_assert_cmpuint(strlen(claims[0]->reason), ==, 256);
    g_assert_cmpstr(claims[1]->site_code, ==, "");
    g_assert_true(g_utf8_validate(claims[1]->reason, -1, NULL));
    close_book();
    g_free(long_reason);
}

static void
test_no_host(void)
{
    static const char *const no_hosts[] = {
        "0.0.0.0", "224.0.0.1", "239.255.255.250", "255.255.255.255", "::", "ff02::1",
    };
    static const uint8_t ipx_host[10] = { 0, 0, 0, 1, 0, 0x10, 0x5a, 1, 2, 3 };
    static const uint8_t ipx_all[10] = { 0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
    address addr;

    open_book();
    for (unsigned i = 0; i < G_N_ELEMENTS(no_hosts); i++)
        g_assert_false(learn(host(no_hosts[i]), ROLE_CLIENT, NULL, 1, "x"));
    clear_address(&addr);
    g_assert_false(learn(&addr, ROLE_CLIENT, NULL, 1, "x"));
    g_assert_cmpuint(role_book_roles(&addr), ==, 0);
    set_address(&addr, AT_IPX, 10, ipx_all);
    g_assert_false(learn(&addr, ROLE_CLIENT, NULL, 1, "x"));
    g_assert_true(role_book_is_empty());

    set_address(&addr, AT_IPX, 10, ipx_host);
    g_assert_true(learn(&addr, ROLE_CLIENT, "ABC", 1, "NetBIOS over IPX"));
    g_assert_cmpuint(role_book_roles(&addr), ==, BIT(CLIENT));
    g_assert_cmpstr(role_book_site_code(&addr), ==, "ABC");
    close_book();
}

static void
test_bounds(void)
{
    uint8_t bytes[4] = { 10, 0, 0, 0 };
    address addr;

    unit_table_add(TABLE, "\"10.0.0.9\",\"SQL Server\",\"\"");
    open_book();
    set_address(&addr, AT_IPv4, 4, bytes);
    for (unsigned i = 0; i < MAX_HOSTS; i++) {
        bytes[1] = (uint8_t)(i >> 16);
        bytes[2] = (uint8_t)(i >> 8);
        bytes[3] = (uint8_t)i;
        g_assert_false(bounds_are_reached());
        g_assert_true(learn(&addr, ROLE_CLIENT, NULL, 1, "x"));
    }
    g_assert_false(bounds_are_reached());
    g_assert_false(learn(host("11.0.0.1"), ROLE_CLIENT, NULL, 1, "x"));
    g_assert_true(bounds_are_reached());
    g_assert_cmpuint(role_book_roles(host("11.0.0.1")), ==, 0);
    /* Known hosts still learn. */
    g_assert_true(learn(host("10.0.0.1"), ROLE_SITE_SERVER, NULL, 1, "x"));

    /* More addresses than the cache holds: it is emptied, and the answers stay right. */
    bytes[0] = 12;
    for (unsigned i = 0; i < 2 * MAX_HOSTS; i++) {
        bytes[1] = (uint8_t)(i >> 16);
        bytes[2] = (uint8_t)(i >> 8);
        bytes[3] = (uint8_t)i;
        g_assert_cmpuint(role_book_roles(&addr), ==, 0);
    }
    g_assert_cmpuint(role_book_roles(host("10.0.255.255")), ==, BIT(CLIENT));
    g_assert_cmpuint(role_book_roles(host("10.0.0.1")), ==, BIT(CLIENT) | BIT(SITE_SERVER));
    g_assert_cmpuint(role_book_roles(host("10.0.0.9")), ==, BIT(CLIENT) | BIT(SQL_SERVER));
    close_book();
}

/* Names that only others report, which may be forged, leave the last half to hosts that show a
 * role. */
static void
test_reported(void)
{
    uint8_t bytes[4] = { 12, 0, 0, 0 };
    address addr;

    open_book();
    set_address(&addr, AT_IPv4, 4, bytes);
    for (unsigned i = 0; i < MAX_HOSTS; i++) {
        bytes[1] = (uint8_t)(i >> 16);
        bytes[2] = (uint8_t)(i >> 8);
        bytes[3] = (uint8_t)i;
        g_assert_true(learn_reported(&addr, ROLE_MANAGEMENT_POINT) == (i < MAX_HOSTS / 2));
    }
    g_assert_cmpuint(bounds_count(BOUND_REPORTED_HOSTS), ==, MAX_HOSTS / 2);
    g_assert_cmpuint(bounds_limit(BOUND_REPORTED_HOSTS), ==, MAX_HOSTS / 2);
    g_assert_cmpuint(bounds_count(BOUND_ROLE_HOSTS), ==, 0);
    bytes[0] = 13;
    for (unsigned i = 0; i < MAX_HOSTS / 2; i++) {
        bytes[1] = (uint8_t)(i >> 16);
        bytes[2] = (uint8_t)(i >> 8);
        bytes[3] = (uint8_t)i;
        g_assert_true(learn(&addr, ROLE_CLIENT, NULL, 1, "x"));
    }
    g_assert_false(learn(host("11.0.0.1"), ROLE_CLIENT, NULL, 1, "x"));
    g_assert_cmpuint(bounds_count(BOUND_ROLE_HOSTS), ==, 1);
    /* A host that is in the book may have another role by what others report. */
    g_assert_true(learn_reported(&addr, ROLE_SITE_SERVER));
    close_book();
}

/* The frame is that whose end comes next, and the first past a bound stays so. */
static void
test_frames(void)
{
    char *text;

    bounds_reset();
    g_assert_false(bounds_are_reached());
    bounds_exceed(BOUND_HANDED_OUT, 4096);
    g_assert_true(bounds_are_reached());
    g_assert_true(bounds_end_frame(7));
    g_assert_true(bounds_have_grown());
    g_assert_false(bounds_end_frame(8));
    g_assert_false(bounds_have_grown());
    bounds_exceed(BOUND_HANDED_OUT, 4096);
    bounds_exceed(BOUND_TRIES, 65536);
    g_assert_true(bounds_end_frame(9));
    bounds_exceed(BOUND_HANDED_OUT, 4096);
    g_assert_false(bounds_end_frame(10));
    g_assert_true(bounds_have_grown());
    text = bounds_to_str(NULL, BOUND_HANDED_OUT);
    g_assert_cmpstr(text, ==, "more than 4096 ports that a service has handed out, "
                    "first in frame 7, 3 times");
    wmem_free(NULL, text);
    g_assert_cmpuint(bounds_frame(BOUND_TRIES), ==, 9);
    /* A later pass. */
    g_assert_true(bounds_end_frame(7));
    g_assert_false(bounds_have_grown());
    for (unsigned i = 0; i < NUM_BOUNDS; i++)
        g_assert_nonnull(bounds_name((bound_e)i));
    bounds_reset();
    g_assert_false(bounds_are_reached());
}

int
main(int argc, char **argv)
{
    int result;

    g_test_init(&argc, &argv, NULL);
    unit_epan_start(role_book_register);
    g_test_add_func("/empty", test_empty);
    g_test_add_func("/table/longest-prefix", test_longest_prefix);
    g_test_add_func("/table/default-route", test_default_route);
    g_test_add_func("/table/bad-fields", test_bad_fields);
    g_test_add_func("/table/bad-line-spoils-no-good-one", test_bad_line_spoils_no_good_one);
    g_test_add_func("/evidence/learn", test_learn);
    g_test_add_func("/evidence/hostile", test_hostile_evidence);
    g_test_add_func("/evidence/no-host", test_no_host);
    g_test_add_func("/bounds", test_bounds);
    g_test_add_func("/bounds/reported", test_reported);
    g_test_add_func("/bounds/frames", test_frames);
    result = g_test_run();
    unit_epan_stop();
    return result;
}
