/* test-firewall-rules.c
 * Flows and the firewall rules they need, without a packet
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "firewall-fixture.h"

static const char *const nft_files[] = { "smsrc,rules.nft", "smsrc,rules.nft.drop" };

static void
assert_hosts(unsigned rule, const char *from, const char *to)
{
    const char *wanted[2] = { from, to };

    for (unsigned end = INITIATOR; end < NUM_ENDS; end++) {
        char *hosts = host_set_to_short_str(firewall_rules_at(rules, rule)->hosts[end], 2);

        g_assert_cmpstr(hosts, ==, wanted[end]);
        g_free(hosts);
    }
}

static void
test_one_rule_for_a_pair_of_roles(void)
{
    flow(0, "E1", CLIENT, MP, 9, 1);
    flow(1, "E1", CLIENT, MP, 10, 1);
    flow(2, "E1", CLIENT, MP, 9, 1);
    flow(3, "E1", CLIENT, MP, 2, 1);
    for (unsigned i = 0; i < 4; i++)
        g_assert_true(seen(i));
    g_assert_false(seen(0));
    g_assert_cmpuint(firewall_rules_count(rules), ==, 1);
    g_assert_cmpuint(firewall_rules_at(rules, 0)->flows, ==, 4);
    assert_hosts(0, "10.0.0.2, 10.0.0.9 and 1 more", "10.0.1.1");
    assert_in_file("        ip saddr { 10.0.0.2, 10.0.0.9, 10.0.0.10 } ip daddr { 10.0.1.1 } "
                   "tcp dport 80 ct state new accept comment "
                   "\"E1 Advanced Client to Management point\"\n",
                   true);
}

static void
test_a_flow_takes_its_hosts_along(void)
{
    verdict_t wrong = { VERDICT_WRONG_SERVICE, row_named("E1"), true, false,
                          VERDICT_WRONG_SERVICE };

    flow(0, "E1", CLIENT, MP, 1, 1);
    flow(1, "E1", CLIENT, MP, 2, 1);
    seen(0);
    seen(1);
    flows[1].reach = REACH_BLOCKED;
    g_assert_true(seen(1));
    g_assert_cmpuint(firewall_rules_at(rules, 0)->blocked, ==, 1);
    g_assert_true(packet(1, &wrong, true));
    assert_hosts(0, "10.0.0.1", "10.0.1.1");
    g_assert_cmpuint(firewall_rules_at(rules, 0)->blocked, ==, 0);
    g_assert_cmpuint(firewall_rules_left_out(rules, VERDICT_WRONG_SERVICE), ==, 1);
    assert_in_file("# Left out: 1 flow, Wrong service\n", true);

    /* firewall_rules_remove() keeps a rule with flows; one without is in no file. */
    firewall_rules_remove(rules, 0);
    g_assert_cmpuint(firewall_rules_count(rules), ==, 1);
    packet(0, &wrong, false);
    assert_in_file("saddr", false);
    firewall_rules_remove(rules, 0);
    g_assert_cmpuint(firewall_rules_count(rules), ==, 0);

    /* And back. */
    g_assert_true(seen(0));
    assert_hosts(0, "10.0.0.1", "10.0.1.1");
    g_assert_cmpuint(firewall_rules_left_out(rules, VERDICT_WRONG_SERVICE), ==, 1);
}

static void
test_from_client_to_server_whoever_was_seen_first(void)
{
    /* The server was seen first, and its verdict is for the other direction. */
    flow(0, "E1", MP, CLIENT, 1, 1);
    questions[0].initiator_port = 80;
    questions[0].responder_port = 1100;
    verdicts[0].reversed = true;
    seen(0);
    assert_hosts(0, "10.0.1.1", "10.0.0.1");
    g_assert_cmpuint(firewall_rules_at(rules, 0)->port, ==, 80);
    g_assert_cmpuint(firewall_rules_at(rules, 0)->roles[INITIATOR], ==, CLIENT);
    firewall_rules_clear(rules);

    /* An answer is a packet of the same flow. */
    flow(0, "E1", CLIENT, MP, 1, 1);
    packet(0, &verdicts[0], true);
    assert_hosts(0, "10.0.0.1", "10.0.1.1");
    firewall_rules_clear(rules);

    /* The verdict is for a call to 80, and the tap has the ends of the packet reversed. */
    flow(0, "E1", CLIENT, MP, 1, 1);
    {
        audit_tap_t tap = tap_of(0, &verdicts[0]);
        packet_info pinfo;

        tap.ends[INITIATOR].host = &ends[0][1];
        tap.ends[RESPONDER].host = &ends[0][0];
        memset(&pinfo, 0, sizeof pinfo);
        copy_address_shallow(&pinfo.src, &ends[0][0]);
        copy_address_shallow(&pinfo.dst, &ends[0][1]);
        pinfo.layers = no_layers;
        pinfo.srcport = 1100;
        pinfo.destport = 80;
        firewall_rules_update(rules, &pinfo, &tap);
    }
    assert_hosts(0, "10.0.0.1", "10.0.1.1");
}

static void
test_left_out(void)
{
    flow(0, "E1", CLIENT, MP, 1, 1);
    contents[0].proxied = true;
    flow(1, "I3a", BIT(SITE_SERVER), ROLES_BROADCAST, 1, 255);
    flow(2, "H5", CLIENT, MP, 1, 1);
    bytes[2][1][0] = 224; /* a multicast address, whatever role it has */
    flow(3, "H2", CLIENT, BIT(DHCP_SERVER), 1, 1);
    memset(bytes[3][0], 0, 4);
    flow(4, "E1", CLIENT, MP, 1, 1);
    verdicts[4].verdict = VERDICT_KB_GAP;
    for (unsigned i = 0; i < 5; i++)
        seen(i);
    g_assert_cmpuint(firewall_rules_count(rules), ==, 0);
    g_assert_cmpuint(firewall_rules_left_out(rules, LEFT_OUT_PROXIED), ==, 1);
    g_assert_cmpuint(firewall_rules_left_out(rules, LEFT_OUT_BROADCAST), ==, 3);
    g_assert_cmpuint(firewall_rules_left_out(rules, VERDICT_KB_GAP), ==, 1);

    /* The proxy's own call is one on the wire, with another rule than a client's. */
    flow(5, "E1", CLIENT, MP, 2, 1);
    contents[5].forwarded = true;
    flow(6, "E1", CLIENT, MP, 3, 1);
    seen(5);
    seen(6);
    g_assert_cmpuint(firewall_rules_count(rules), ==, 2);
    assert_in_file("\"E1 Advanced Client, by a proxy to Management point\"", true);
}

static void
test_an_attack_takes_its_rule_along(void)
{
    verdict_t attack = { VERDICT_ATTACK, row_named("F5"), false, false, VERDICT_LISTED };

    flow(0, "F5", BIT(ADMIN_CONSOLE), CLIENT, 1, 1);
    seen(0);
    g_assert_true(packet(0, &attack, false));
    g_assert_cmpuint(firewall_rules_left_out(rules, VERDICT_ATTACK), ==, 1);
    assert_in_file("# Left out: 1 flow, Attack\n", true);
    assert_in_file("saddr", false);
}

static void
test_the_policy_is_in_one_file_and_a_file_without_rules_has_no_table(void)
{
    for (unsigned drop = 0; drop < 2; drop++) {
        char *file = ruleset_to_str(rules, rule_format_of(nft_files[drop]), NULL);

        g_assert_nonnull(strstr(file, "# No rule: "));
        for (char **lines = g_strsplit(file, "\n", 0), **line = lines;; line++) {
            if (*line == NULL) {
                g_strfreev(lines);
                break;
            }
            g_assert_true(**line == '#' || **line == '\0');
        }
        g_free(file);
    }
    flow(0, "E1", CLIENT, MP, 1, 1);
    seen(0);
    for (unsigned drop = 0; drop < 2; drop++) {
        char *file = ruleset_to_str(rules, rule_format_of(nft_files[drop]), NULL);

        g_assert_nonnull(strstr(file, "chain listed {"));
        g_assert_true((strstr(file, "policy drop") != NULL) == drop);
        g_assert_true(g_str_has_suffix(file, "    }\n}\n"));
        g_free(file);
    }
}

static void
test_one_line_for_two_rows_that_a_firewall_cannot_tell_apart(void)
{
    flow(0, "H5", CLIENT, BIT(WINS_SERVER), 1, 1);
    flow(1, "H4s", CLIENT, BIT(WINS_SERVER), 2, 2);
    seen(0);
    seen(1);
    g_assert_cmpuint(firewall_rules_count(rules), ==, 2);
    g_assert_cmpstr(firewall_rules_at(rules, 0)->row, ==, "H4s");
    assert_in_file("        ip saddr { 10.0.0.1, 10.0.0.2 } ip daddr { 10.0.1.1, 10.0.1.2 } udp "
                   "dport 138 ct state new accept comment \"H4s H5 Advanced Client to WINS "
                   "server\"\n    }\n",
                   true);
}

static void
test_both_families_and_ipx(void)
{
    flow(0, "E1", CLIENT, MP, 1, 1);
    flow(1, "E1", CLIENT, MP, 2, 2);
    for (unsigned end = 0; end < 2; end++) {
        memset(bytes[1][end], 0, 16);
        bytes[1][end][0] = 0x20;
        bytes[1][end][15] = (uint8_t)(end + 1);
        set_address(&ends[1][end], AT_IPv6, 16, bytes[1][end]);
    }
    flow(2, "G4", BIT(ADMIN_CONSOLE), CLIENT, 3, 3);
    for (unsigned end = 0; end < 2; end++)
        set_address(&ends[2][end], AT_IPX, 10, bytes[2][end]);
    for (unsigned i = 0; i < 3; i++)
        seen(i);
    g_assert_cmpuint(firewall_rules_count(rules), ==, 2);
    assert_in_file("        ip saddr { 10.0.0.1 } ip daddr { 10.0.1.1 } tcp dport 80 ", true);
    assert_in_file("        ip6 saddr { 2000::1 } ip6 daddr { 2000::2 } tcp dport 80 ", true);
    assert_in_file("        # G4 Administrator console to Advanced Client: IPX", true);
}

static void
test_a_comment_is_bounded(void)
{
    char *file, *comment;

    flow(0, "E1", ROLE_BIT(NUM_ROLES) - 1, MP, 1, 1);
    seen(0);
    file = ruleset_to_str(rules, rule_format_of("smsrc,rules.nft"), NULL);
    comment = strstr(file, "comment \"") + strlen("comment \"");
    *strchr(comment, '"') = '\0';
    g_assert_cmpuint(strlen(comment), <=, 128);
    g_assert_true(g_str_has_suffix(comment, "..."));
    g_free(file);
}

/* CMakeLists.txt has the bounds: three rules, eight hosts. */
static void
test_bounds(void)
{
    static const char *const rows[] = { "E1", "E2", "E3", "E4" };

    for (unsigned i = 0; i < 4; i++) {
        flow(i, rows[i], CLIENT, MP, 1, 1);
        seen(i);
    }
    g_assert_cmpuint(firewall_rules_count(rules), ==, 3);
    g_assert_cmpuint(firewall_rules_left_out(rules, LEFT_OUT_FULL), ==, 1);

    /* Two hosts more are eight; a ninth is left out, the eight may still talk. */
    for (unsigned i = 4; i < 8; i++) {
        flow(i, "E1", CLIENT, MP, (uint8_t)(i / 2), (uint8_t)(i / 2));
        seen(i);
    }
    g_assert_cmpuint(firewall_rules_left_out(rules, LEFT_OUT_FULL), ==, 3);
    flow(8, "E1", CLIENT, MP, 2, 1);
    seen(8);
    g_assert_cmpuint(firewall_rules_left_out(rules, LEFT_OUT_FULL), ==, 3);
    g_assert_cmpuint(firewall_rules_at(rules, 0)->flows, ==, 4);
    assert_in_file("# Left out: 3 flows, Too many\n", true);
}

static const firewall_test_t tests[] = {
    { test_one_rule_for_a_pair_of_roles, "/firewall-rules/one-rule" },
    { test_a_flow_takes_its_hosts_along, "/firewall-rules/moves" },
    { test_from_client_to_server_whoever_was_seen_first, "/firewall-rules/direction" },
    { test_left_out, "/firewall-rules/left-out" },
    { test_an_attack_takes_its_rule_along, "/firewall-rules/attack" },
    { test_the_policy_is_in_one_file_and_a_file_without_rules_has_no_table,
      "/firewall-rules/files" },
    { test_one_line_for_two_rows_that_a_firewall_cannot_tell_apart, "/firewall-rules/merged" },
    { test_both_families_and_ipx, "/firewall-rules/families" },
    { test_a_comment_is_bounded, "/firewall-rules/comment" },
    { test_bounds, "/firewall-rules/bounds" },
};

int
main(int argc, char **argv)
{
    return run_tests(argc, argv, tests, array_length(tests));
}
