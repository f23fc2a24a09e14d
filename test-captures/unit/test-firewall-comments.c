/* test-firewall-comments.c
 * Flows that make no rule, because a role is unconfirmed
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "firewall-fixture.h"

static void
test_what_is_unconfirmed_is_a_comment(void)
{
    static const char addition[] = "#     \"10.0.0.1\",\"Advanced Client\" or \"Client\",\"\"\n";
    verdict_t none = { VERDICT_NONE, NULL, false, false, VERDICT_NONE };

    confirmed = MP;
    flow(0, "E1", CLIENT, MP, 1, 1);
    verdicts[0].verdict = VERDICT_UNCONFIRMED;
    g_assert_true(seen(0));
    g_assert_cmpuint(firewall_rules_count(rules), ==, 1);
    g_assert_true(firewall_rules_at(rules, 0)->unconfirmed);
    g_assert_cmpuint(firewall_rules_left_out(rules, VERDICT_UNCONFIRMED), ==, 1);
    assert_in_file("# Left out: 1 flow, Unconfirmed\n", true);
    assert_in_file("# E1 Advanced Client to Management point, TCP 80, from 10.0.0.1 to 10.0.1.1\n",
                   true);
    assert_in_file(addition, true);
    assert_in_file("\"10.0.1.1\"", false); /* which the table need not have */
    assert_in_file("saddr", false);

    /* Beside a rule of the same row and roles. */
    flow(1, "E1", CLIENT, MP, 2, 1);
    seen(1);
    g_assert_cmpuint(firewall_rules_count(rules), ==, 2);
    g_assert_false(firewall_rules_at(rules, 0)->unconfirmed);
    assert_in_file("saddr { 10.0.0.2 } ip daddr", true);
    assert_in_file(addition, true);

    /* It is confirmed, and another one has no verdict any more. */
    verdicts[0].verdict = VERDICT_LISTED;
    g_assert_true(packet(0, &(verdict_t){ VERDICT_LISTED, verdicts[0].row, false, false,
                                          VERDICT_LISTED }, false));
    assert_in_file("saddr { 10.0.0.1, 10.0.0.2 } ip daddr", true);
    assert_in_file("# Left out", false);
    g_assert_true(packet(1, &none, false));
    assert_in_file("saddr { 10.0.0.1 } ip daddr", true);
    g_assert_false(packet(1, &none, false));
}

static void
test_what_a_comment_says_to_add(void)
{
    static const struct {
        const char *row;
        role_set_t initiator, responder, confirmed;
        const char *missing[NUM_ENDS];
    } cases[] = {
        { "F3", BIT(REMOTE_CONTROL_VIEWER), BIT(CLIENT), 0,
          { "\"Administrator console\" or \"Remote Control viewer\"",
            "\"Advanced Client\" or \"Legacy Client\" or \"Client\"" } },
        { "F3", BIT(REMOTE_CONTROL_VIEWER), BIT(ADVANCED_CLIENT), BIT(ADVANCED_CLIENT),
          { "\"Administrator console\" or \"Remote Control viewer\"", "" } },
        { "E2", CLIENT, BIT(BITS_DISTRIBUTION_POINT), CLIENT,
          { "", "\"BITS distribution point\"" } },
        { "H3", BIT(CLIENT), BIT(SITE_SERVER), BIT(SITE_SERVER), { "\"Client\"", "" } },
        { "C5", BIT(REPORTING_POINT), BIT(SQL_SERVER), BIT(SQL_SERVER),
          { "\"Reporting point\"", "" } },
    };

    for (unsigned i = 0; i < array_length(cases); i++) {
        confirmed = cases[i].confirmed;
        flow(0, cases[i].row, cases[i].initiator, cases[i].responder, 1, 1);
        verdicts[0].verdict = VERDICT_UNCONFIRMED;
        firewall_rules_clear(rules);
        seen(0);
        for (unsigned end = INITIATOR; end < NUM_ENDS; end++) {
            char *text = firewall_rules_missing_to_str(firewall_rules_at(rules, 0), end);

            g_assert_cmpstr(text, ==, cases[i].missing[end]);
            g_free(text);
        }
    }
}

/* A client of the database may be any of those that the row lists. */
static void
test_any_client_of_the_database(void)
{
    char *text;

    confirmed = BIT(SQL_SERVER);
    flow(0, "I1", ROLES_SQL_CLIENT, BIT(SQL_SERVER), 1, 1);
    verdicts[0].verdict = VERDICT_UNCONFIRMED;
    seen(0);
    text = firewall_rules_missing_to_str(firewall_rules_at(rules, 0), INITIATOR);
    g_assert_true(g_str_has_prefix(text, "\"Site server\" or "));
    g_assert_nonnull(strstr(text, "\"Reporting point\" or \"SMS Provider\""));
    g_free(text);
}

/* Comments have their own places: forged packets take no rule's. */
static void
test_comments_take_no_place_of_a_rule(void)
{
    static const char *const rows[] = { "E1", "E2", "E3", "E4" };

    confirmed = 0;
    for (unsigned i = 0; i < array_length(rows); i++) {
        flow(i, rows[i], CLIENT, MP, (uint8_t)(i + 1), (uint8_t)(i + 1));
        verdicts[i].verdict = VERDICT_UNCONFIRMED;
        seen(i);
    }
    g_assert_cmpuint(firewall_rules_count(rules), ==, 3);
    g_assert_cmpuint(firewall_rules_left_out(rules, LEFT_OUT_FULL), ==, 1);
    flow(4, "E1", CLIENT, MP, 9, 9);
    seen(4);
    g_assert_cmpuint(firewall_rules_count(rules), ==, 4);
    assert_in_file("saddr { 10.0.0.9 } ip daddr { 10.0.1.9 }", true);
}

static const firewall_test_t tests[] = {
    { test_what_is_unconfirmed_is_a_comment, "/firewall-comments/unconfirmed" },
    { test_what_a_comment_says_to_add, "/firewall-comments/what-to-add" },
    { test_any_client_of_the_database, "/firewall-comments/client-of-the-database" },
    { test_comments_take_no_place_of_a_rule, "/firewall-comments/places-of-comments" },
};

int
main(int argc, char **argv)
{
    return run_tests(argc, argv, tests, array_length(tests));
}
