/* test-role-standing.c
 * How far roles can be trusted, and who can hold none
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "role-book-fixture.h"

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

static bool
learn_if_alone(const address *addr, role_e role)
{
    role_finding_t finding = { .role = role, .standing = STANDING_UNCONFIRMED, .reason = "a list",
                               .frame = 1, .if_alone = true };

    return role_book_learn(addr, &finding);
}

/* What servers do as well shows a client only while nothing else shows a server, in any order. */
static void
test_a_role_of_a_host_that_has_no_other(void)
{
    const role_e server = ROLE_SITE_SERVER, client = ROLE_ADVANCED_CLIENT;
    const char *one = "10.0.0.1", *two = "10.0.0.2", *three = "10.0.0.3", *four = "10.0.0.4";

    unit_table_add(TABLE, "\"10.0.0.4\",\"SQL Server\",\"\"");
    open_book();
    learn_at(host(one), server, STANDING_PROVEN, NULL, 1, "x");
    g_assert_false(learn_if_alone(host(one), client));
    g_assert_cmpuint(role_book_roles(host(one)), ==, BIT(SITE_SERVER));
    g_assert_true(learn_if_alone(host(two), client));
    learn_at(host(two), ROLE_DNS_SERVER, STANDING_PROVEN, NULL, 2, "of any network");
    g_assert_cmpuint(role_book_roles(host(two)), ==, BIT(ADVANCED_CLIENT) | BIT(DNS_SERVER));
    learn_at(host(two), server, STANDING_UNCONFIRMED, NULL, 3, "x");
    g_assert_cmpuint(role_book_roles(host(two)), ==, BIT(SITE_SERVER) | BIT(DNS_SERVER));
    learn_if_alone(host(three), client);
    learn_at(host(three), client, STANDING_UNCONFIRMED, NULL, 3, "a policy");
    learn_at(host(three), server, STANDING_PROVEN, NULL, 4, "x");
    g_assert_cmpuint(role_book_roles(host(three)), ==, BIT(SITE_SERVER) | BIT(ADVANCED_CLIENT));
    g_assert_false(learn_if_alone(host(four), client));
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

/* Where the table has consoles no other host is one, proof included. */
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
        { "10.5.0.255", false }, /* its own line */
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
        g_assert_cmpint(role_book_is_broadcast(addr, false), ==, cases[i].broadcast);
        /* A host that the table names is one, whatever carried its packet. */
        g_assert_cmpint(role_book_is_broadcast(addr, true), ==,
                        strcmp(cases[i].addr, "10.5.0.255") != 0);
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

int
main(int argc, char **argv)
{
    int result;

    g_test_init(&argc, &argv, NULL);
    unit_epan_start(role_book_register);
    g_test_add_func("/names-of-standings", test_names_of_standings);
    g_test_add_func("/standing-rises", test_standing_rises);
    g_test_add_func("/standing-of-each-role", test_standing_of_each_role);
    g_test_add_func("/while-alone", test_a_role_of_a_host_that_has_no_other);
    g_test_add_func("/kinds", test_kinds);
    g_test_add_func("/strangers", test_a_stranger_is_no_console);
    g_test_add_func("/strangers-by-preference", test_a_stranger_by_preference);
    g_test_add_func("/broadcasts", test_a_broadcast_has_no_role);
    result = g_test_run();
    unit_epan_stop();
    return result;
}
