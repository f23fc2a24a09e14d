/* test-role-book.c
 * The longest prefix of the table wins, evidence is added to it, and both stay bounded
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "role-book.h"

#include <wsutil/inet_addr.h>

#include "bounds.h"
#include "unit-epan.h"

#define TABLE "smsrc_roles"
#define BIT(role) ROLE_BIT(ROLE_##role)
#define MAX_HOSTS 65536 /* role-book.h */

/* A copy of @p text's address; one at a time. */
static const address *
host(const char *text)
{
    static uint8_t bytes[16];
    static address addr;

    if (strchr(text, ':')) {
        g_assert_true(ws_inet_pton6(text, (ws_in6_addr *)bytes));
        set_address(&addr, AT_IPv6, 16, bytes);
    } else {
        ws_in4_addr ipv4;

        g_assert_true(ws_inet_pton4(text, &ipv4));
        memcpy(bytes, &ipv4, 4);
        set_address(&addr, AT_IPv4, 4, bytes);
    }
    return &addr;
}

static bool
learn_at(const address *addr, role_e role, standing_e standing, const char *site_code,
         uint32_t frame, const char *reason)
{
    role_finding_t finding = { role, standing, site_code, frame, reason, false };

    return role_book_learn(addr, &finding);
}

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
open_book(void)
{
    bounds_reset();
    unit_capture_open();
    role_book_reset();
}

static void
close_book(void)
{
    role_book_cleanup();
    unit_capture_close();
    g_assert_cmpuint(role_book_roles(host("10.1.2.3")), ==, 0);
    unit_table_clear(TABLE);
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
    for (unsigned again = 0; again < 2; again++) { /* the second time from the memo */
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
                                         "\"10.0.0.3\",\"Nobody\",\"\"\n"
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
test_names_of_standings(void)
{
    g_assert_cmpstr(role_standing_name(STANDING_NONE), ==, "");
    g_assert_cmpstr(role_standing_name(STANDING_UNCONFIRMED), ==, "Unconfirmed");
    g_assert_cmpstr(role_standing_name(STANDING_PROVEN), ==, "Proven");
    g_assert_cmpstr(role_standing_name(STANDING_TABLE), ==, "Table");
    g_assert_cmpstr(role_standing_name(NUM_STANDINGS), ==, "");
}

/* Better evidence replaces what it is better than; other evidence does not. */
static void
test_standing_rises(void)
{
    const address *one = host("10.0.0.1");
    const role_evidence_t *const *evidence;
    unsigned version;

    open_book();
    g_assert_false(learn_at(one, ROLE_CLIENT, STANDING_NONE, "ABC", 1, "nothing"));
    g_assert_cmpuint(role_book_roles(one), ==, 0);
    g_assert_true(learn_at(one, ROLE_CLIENT, STANDING_UNCONFIRMED, "BAD", 1, "a name"));
    g_assert_cmpuint(role_book_roles_at(one, STANDING_UNCONFIRMED), ==, BIT(CLIENT));
    g_assert_cmpuint(role_book_roles_at(one, STANDING_PROVEN), ==, 0);

    version = role_book_version();
    g_assert_true(learn_at(one, ROLE_CLIENT, STANDING_PROVEN, NULL, 2, "an answer"));
    g_assert_cmpuint(role_book_version(), >, version);
    g_assert_cmpuint(role_book_roles_at(one, STANDING_PROVEN), ==, BIT(CLIENT));
    evidence = role_book_evidence(wmem_file_scope(), one, NULL);
    g_assert_cmpint(evidence[0]->standing, ==, STANDING_PROVEN);
    g_assert_cmpstr(evidence[0]->reason, ==, "an answer");
    g_assert_cmpuint(evidence[0]->frame, ==, 2);
    g_assert_cmpstr(evidence[0]->site_code, ==, "BAD"); /* as long as no better one is known */

    version = role_book_version();
    g_assert_false(learn_at(one, ROLE_CLIENT, STANDING_UNCONFIRMED, "ABC", 3, "another name"));
    g_assert_false(learn_at(one, ROLE_CLIENT, STANDING_PROVEN, "ABC", 4, "another answer"));
    g_assert_cmpuint(role_book_version(), ==, version);
    g_assert_cmpstr(evidence[0]->reason, ==, "an answer");
    close_book();
}

/* Standing is that of one role of a host, and the table's is the best. */
static void
test_standing_of_each_role(void)
{
    const char *one = "10.0.0.1", *two = "10.0.0.2";
    unsigned version;

    unit_table_add(TABLE, "\"10.0.0.1\",\"Client\",\"\"");
    open_book();
    version = role_book_version();
    learn_at(host(one), ROLE_CLIENT, STANDING_PROVEN, NULL, 1, "x");
    g_assert_cmpuint(role_book_version(), ==, version); /* the table has it already */
    learn_at(host(one), ROLE_SQL_SERVER, STANDING_PROVEN, NULL, 1, "x");
    learn_at(host(one), ROLE_DNS_SERVER, STANDING_UNCONFIRMED, NULL, 1, "x");
    learn_at(host(two), ROLE_DNS_SERVER, STANDING_PROVEN, NULL, 1, "x");
    g_assert_cmpuint(role_book_roles_at(host(one), STANDING_TABLE), ==, BIT(CLIENT));
    g_assert_cmpuint(role_book_roles_at(host(one), STANDING_PROVEN), ==,
                     BIT(CLIENT) | BIT(SQL_SERVER));
    g_assert_cmpuint(role_book_roles_at(host(one), STANDING_UNCONFIRMED), ==,
                     role_book_roles(host(one)));
    g_assert_cmpuint(role_book_learned_roles(host(one), STANDING_PROVEN), ==,
                     BIT(CLIENT) | BIT(SQL_SERVER));
    g_assert_cmpuint(role_book_learned_roles(host(one), STANDING_TABLE), ==, 0);
    g_assert_cmpuint(role_book_roles_at(host(two), STANDING_PROVEN), ==, BIT(DNS_SERVER));
    close_book();
}

/* A console is a kind of viewer, and a client's kind one of Client. */
static void
test_kinds(void)
{
    g_assert_cmpint(role_kind(ROLE_ADMIN_CONSOLE), ==, ROLE_REMOTE_CONTROL_VIEWER);
    g_assert_cmpint(role_kind(ROLE_REMOTE_CONTROL_VIEWER), ==, ROLE_REMOTE_CONTROL_VIEWER);
    g_assert_cmpint(role_kind(ROLE_LEGACY_CLIENT), ==, ROLE_CLIENT);
    g_assert_cmpint(role_kind(ROLE_SQL_SERVER), ==, ROLE_SQL_SERVER);
    g_assert_cmpuint(role_set_general(BIT(ADMIN_CONSOLE)), ==, BIT(REMOTE_CONTROL_VIEWER));
}

static role_set_t
strange(const char *addr, role_e role)
{
    return role_book_strange_roles(host(addr), ROLE_BIT(role));
}

/* Where the table has consoles nobody else is one, proof included. */
static void
test_a_stranger_is_no_console(void)
{
    const char *stranger = "10.9.0.1";

    open_book();
    g_assert_cmpuint(strange(stranger, ROLE_ADMIN_CONSOLE), ==, 0);
    g_assert_true(learn_at(host(stranger), ROLE_ADMIN_CONSOLE, STANDING_PROVEN, NULL, 1, "x"));
    close_book();

    unit_table_add(TABLE, "\"10.0.0.1\",\"Administrator console\",\"\"");
    unit_table_add(TABLE, "\"10.0.0.2\",\"Remote Control viewer\",\"\"");
    unit_table_add(TABLE, "\"10.0.0.3\",\"Management point\",\"\"");
    open_book();
    g_assert_cmpuint(strange("10.0.0.1", ROLE_ADMIN_CONSOLE), ==, 0);
    g_assert_cmpuint(strange("10.0.0.1", ROLE_REMOTE_CONTROL_VIEWER), ==, 0);
    g_assert_cmpuint(strange("10.0.0.2", ROLE_REMOTE_CONTROL_VIEWER), ==, 0);
    g_assert_cmpuint(strange("10.0.0.2", ROLE_ADMIN_CONSOLE), !=, 0);
    g_assert_cmpuint(strange(stranger, ROLE_REMOTE_CONTROL_VIEWER), !=, 0);
    g_assert_cmpuint(strange(stranger, ROLE_MANAGEMENT_POINT), ==, 0); /* by preference alone */
    g_assert_false(learn_at(host(stranger), ROLE_ADMIN_CONSOLE, STANDING_PROVEN, NULL, 1, "x"));
    g_assert_true(learn_at(host(stranger), ROLE_REMOTE_CONTROL_VIEWER, STANDING_UNCONFIRMED, NULL,
                           1, "x")); /* which is shown, and fits no row */
    g_assert_true(learn_at(host(stranger), ROLE_MANAGEMENT_POINT, STANDING_PROVEN, NULL, 1, "x"));
    close_book();
}

static void
set_strangers(const char *value)
{
    char *pref = g_strdup_printf("smsrc.audit.strangers:%s", value), *error = NULL;

    g_assert_cmpint(prefs_set_pref(pref, &error), ==, PREFS_SET_OK);
    g_free(pref);
}

/* By the preference that is so for each role that the table gives, and for those of its kind. */
static void
test_a_stranger_by_preference(void)
{
    const char *stranger = "10.9.0.1";

    unit_table_add(TABLE, "\"10.0.0.3\",\"Management point\",\"\"");
    unit_table_add(TABLE, "\"10.0.1.0/24\",\"Advanced Client\",\"\"");
    set_strangers("TRUE");
    open_book();
    g_assert_false(learn_at(host(stranger), ROLE_MANAGEMENT_POINT, STANDING_PROVEN, NULL, 1, "x"));
    g_assert_false(learn_at(host(stranger), ROLE_CLIENT, STANDING_PROVEN, NULL, 1, "x"));
    g_assert_false(learn_at(host(stranger), ROLE_LEGACY_CLIENT, STANDING_PROVEN, NULL, 1, "x"));
    g_assert_true(learn_at(host(stranger), ROLE_SQL_SERVER, STANDING_PROVEN, NULL, 1, "x"));
    g_assert_true(learn_at(host(stranger), ROLE_ADMIN_CONSOLE, STANDING_PROVEN, NULL, 1, "x"));
    g_assert_true(learn_at(host("10.0.1.1"), ROLE_CLIENT, STANDING_PROVEN, NULL, 1, "x"));
    g_assert_cmpuint(strange(stranger, ROLE_REMOTE_CONTROL_VIEWER), ==, 0);
    close_book();
    set_strangers("FALSE");
}

/* The last address of a network in the table is all of its hosts, and holds no role. */
static void
test_a_broadcast_has_no_role(void)
{
    static const struct {
        const char *addr;
        bool broadcast;
    } cases[] = {
        { "10.1.3.255", true },  { "10.1.3.254", false }, { "10.1.3.0", false },
        { "10.2.255.255", true }, { "10.2.3.255", false }, /* a host of a larger network */
        { "10.3.0.3", true },    { "10.3.0.2", false },
        { "10.4.0.1", false },   /* of two hosts */
        { "10.5.0.255", false }, /* a line of its own */
        { "10.9.9.255", false }, /* in no network of the table */
    };
    static const char *const networks[] = { "10.1.3.0/24", "10.2.0.0/16", "10.3.0.0/30",
                                            "10.4.0.0/31", "10.5.0.0/24", "10.5.0.255" };

    for (unsigned i = 0; i < array_length(networks); i++) {
        char *line = g_strdup_printf("\"%s\",\"Advanced Client\",\"\"", networks[i]);

        unit_table_add(TABLE, line);
        g_free(line);
    }
    open_book();
    for (unsigned i = 0; i < array_length(cases); i++) {
        const address *addr = host(cases[i].addr);

        g_test_message("%s", cases[i].addr);
        g_assert_cmpint(role_book_is_broadcast(addr), ==, cases[i].broadcast);
        g_assert_cmpuint(role_book_roles(addr), ==,
                         cases[i].broadcast || g_str_has_prefix(cases[i].addr, "10.9")
                             ? 0 : BIT(ADVANCED_CLIENT));
        if (cases[i].broadcast) {
            g_assert_null(role_book_evidence(wmem_file_scope(), addr, NULL));
            g_assert_false(learn_at(addr, ROLE_CLIENT, STANDING_PROVEN, "ABC", 1, "x"));
        }
    }
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
                     BIT(ADVANCED_CLIENT) | BIT(MANAGEMENT_POINT)); /* not the memo's old one */
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

    /* More addresses than the memo holds: it is emptied, and the answers stay right. */
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

/* Names that only others report, forged ones say, leave the last half to hosts that show a role. */
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
    bounds_exceed(BOUND_RPC_ENDPOINTS, 4096);
    g_assert_true(bounds_are_reached());
    g_assert_true(bounds_end_frame(7));
    g_assert_true(bounds_have_grown());
    g_assert_false(bounds_end_frame(8));
    g_assert_false(bounds_have_grown());
    bounds_exceed(BOUND_RPC_ENDPOINTS, 4096);
    bounds_exceed(BOUND_TRIES, 65536);
    g_assert_true(bounds_end_frame(9));
    bounds_exceed(BOUND_RPC_ENDPOINTS, 4096);
    g_assert_false(bounds_end_frame(10));
    g_assert_true(bounds_have_grown());
    text = bounds_to_str(NULL, BOUND_RPC_ENDPOINTS);
    g_assert_cmpstr(text, ==, "more than 4096 RPC endpoints, first in frame 7, 3 times");
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
    g_test_add_func("/evidence/names-of-standings", test_names_of_standings);
    g_test_add_func("/evidence/standing-rises", test_standing_rises);
    g_test_add_func("/evidence/standing-of-each-role", test_standing_of_each_role);
    g_test_add_func("/evidence/kinds", test_kinds);
    g_test_add_func("/evidence/strangers", test_a_stranger_is_no_console);
    g_test_add_func("/evidence/strangers-by-preference", test_a_stranger_by_preference);
    g_test_add_func("/evidence/broadcasts", test_a_broadcast_has_no_role);
    g_test_add_func("/evidence/hostile", test_hostile_evidence);
    g_test_add_func("/evidence/no-host", test_no_host);
    g_test_add_func("/bounds", test_bounds);
    g_test_add_func("/bounds/reported", test_reported);
    g_test_add_func("/bounds/frames", test_frames);
    result = g_test_run();
    unit_epan_stop();
    return result;
}
