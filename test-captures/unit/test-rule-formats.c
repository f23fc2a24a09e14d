/* test-rule-formats.c
 * A rule in the file of each firewall
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "firewall-fixture.h"

/* The file of the statistic @p name, to be g_free()d. */
static char *
file_of(const char *name, const char *filter)
{
    char *command = g_strdup_printf("smsrc,rules.%s", name);
    char *file = ruleset_to_str(rules, rule_format_of(command), filter);

    g_free(command);
    return file;
}

static void
assert_file_has(const char *name, const char *text)
{
    char *file = file_of(name, NULL);

    if (strstr(file, text) == NULL)
        g_error("%s: %s not in\n%s", name, text, file);
    g_free(file);
}

static unsigned
count_in(const char *file, const char *text)
{
    unsigned count = 0;

    for (const char *at = strstr(file, text); at != NULL; at = strstr(at + 1, text))
        count++;
    return count;
}

/* Adds @p count hosts to an end of the only rule. */
static void
add_hosts(unsigned end, int type, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        uint8_t host[16] = { 0x20, 0x01, 0x0d, 0xb8, 0xaa, 0xaa, 0xaa, 0xaa,
                             0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, (uint8_t)(0xa0 + end),
                             (uint8_t)i };
        address addr;

        set_address(&addr, type, type == AT_IPv6 ? 16 : 4, host + (type == AT_IPv6 ? 0 : 12));
        host_set_add_flow(firewall_rules_at(rules, 0)->hosts[end], &addr);
    }
}

static void
two_clients_and_both_families(void)
{
    flow(0, "E1", CLIENT, MP, 1, 1);
    flow(1, "E1", CLIENT, MP, 2, 1);
    flow(2, "H5", CLIENT, BIT(WINS_SERVER), 3, 3);
    for (unsigned end = 0; end < 2; end++) {
        memset(bytes[2][end], 0, 16);
        bytes[2][end][0] = 0x20;
        bytes[2][end][15] = (uint8_t)(end + 1);
        set_address(&ends[2][end], AT_IPv6, 16, bytes[2][end]);
    }
    for (unsigned i = 0; i < 3; i++)
        seen(i);
}

static void
test_a_rule_in_each_format(void)
{
    two_clients_and_both_families();
    assert_file_has("iptables",
                    "\n*filter\n:smsrc-listed - [0:0]\n"
                    "-4 -A smsrc-listed -s 10.0.0.1,10.0.0.2 -d 10.0.1.1 -p tcp -m tcp --dport 80 "
                    "-m conntrack --ctstate NEW -m comment --comment \"E1 Advanced Client to "
                    "Management point\" -j ACCEPT\n"
                    "-6 -A smsrc-listed -s 2000::1 -d 2000::2 -p udp -m udp --dport 138 "
                    "-m conntrack --ctstate NEW -m comment --comment \"H5 Advanced Client to WINS "
                    "server\" -j ACCEPT\n"
                    "COMMIT\n");
    assert_file_has("windows",
                    "\nRemove-NetFirewallRule -Group 'smsrc' -ErrorAction SilentlyContinue\n"
                    "New-NetFirewallRule -Group 'smsrc' -DisplayName 'SMS E1 Advanced Client to "
                    "Management point' -Direction Inbound -Action Allow -Protocol tcp "
                    "-LocalAddress '10.0.1.1' -LocalPort 80 -RemoteAddress "
                    "'10.0.0.1','10.0.0.2'\n"
                    "New-NetFirewallRule -Group 'smsrc' -DisplayName 'SMS H5 Advanced Client to "
                    "WINS server' -Direction Inbound -Action Allow -Protocol udp -LocalAddress "
                    "'2000::2' -LocalPort 138 -RemoteAddress '2000::1'\n");
    assert_file_has("cisco",
                    "\nip access-list extended smsrc-listed\n"
                    " remark E1 Advanced Client to Management point\n"
                    " permit tcp host 10.0.0.1 host 10.0.1.1 eq 80\n"
                    " permit tcp host 10.0.0.2 host 10.0.1.1 eq 80\n"
                    "ipv6 access-list smsrc-listed-ipv6\n"
                    " remark H5 Advanced Client to WINS server\n"
                    " permit udp host 2000::1 host 2000::2 eq 138\n");
    assert_file_has("pf",
                    "\n# E1 Advanced Client to Management point\n"
                    "pass quick inet proto tcp from { 10.0.0.1, 10.0.0.2 } to { 10.0.1.1 } port "
                    "80\n"
                    "# H5 Advanced Client to WINS server\n"
                    "pass quick inet6 proto udp from { 2000::1 } to { 2000::2 } port 138\n");
    assert_in_file("ip6 saddr { 2000::1 } ip6 daddr { 2000::2 } udp dport 138", true);
}

/* iptables refuses an option of 1024 characters. */
static void
test_many_hosts_are_several_lines_for_iptables(void)
{
    char *file, **words;

    flow(0, "E1", CLIENT, MP, 1, 1);
    seen(0);
    add_hosts(INITIATOR, AT_IPv6, 33);
    add_hosts(RESPONDER, AT_IPv6, 2);
    file = file_of("iptables", NULL);
    g_assert_cmpuint(count_in(file, "-6 -A "), ==, 3);
    g_assert_cmpuint(count_in(file, "-4 -A "), ==, 1);
    g_assert_cmpuint(count_in(file, "2001:db8:"), ==, 33 + 3 * 2);
    words = g_strsplit_set(file, " \n", -1);
    for (char **word = words; *word != NULL; word++)
        g_assert_cmpuint(strlen(*word), <, 1024);
    g_strfreev(words);
    g_free(file);
    file = file_of("pf", NULL);
    g_assert_cmpuint(count_in(file, "pass quick inet6 "), ==, 1);
    g_free(file);
}

/* CMakeLists.txt has the bound: 99 pairs. The rule of IPv4 fits, that of IPv6 does not. */
static void
test_more_pairs_than_are_written_are_said(void)
{
    flow(0, "E1", CLIENT, MP, 1, 1);
    seen(0);
    add_hosts(INITIATOR, AT_IPv6, 20);
    add_hosts(RESPONDER, AT_IPv6, 5);
    for (unsigned i = 0; i < 2; i++) {
        const char *note = i == 0 ? "\n! Too many pairs of hosts, not written: E1 Advanced Client "
                                    "to Management point, TCP 80, 20 by 5\n"
                                  : "\n# Too many pairs of hosts, not written: E1 Advanced Client "
                                    "to Management point, TCP 80, 20 by 5\n";
        const char *line = i == 0 ? " host 10.0.0.1 host 10.0.1.1 " : " -s 10.0.0.1 -d 10.0.1.1 ";
        char *file = file_of(i == 0 ? "cisco" : "iptables", NULL);

        g_assert_nonnull(strstr(file, note));
        g_assert_nonnull(strstr(file, line));
        g_assert_cmpuint(count_in(file, "2001:db8:"), ==, 0);
        g_free(file);
    }
    assert_in_file("Too many", false);
}

/* A remark of IOS has at most 100 characters. */
static void
test_a_remark_is_bounded(void)
{
    char *file, *remark;

    flow(0, "E1", ROLE_BIT(NUM_ROLES) - 1, MP, 1, 1);
    seen(0);
    file = file_of("cisco", NULL);
    remark = strstr(file, " remark ") + strlen(" remark ");
    *strchr(remark, '\n') = '\0';
    g_assert_cmpuint(strlen(remark), ==, 100);
    g_assert_true(g_str_has_suffix(remark, "..."));
    g_free(file);
}

static void
test_a_filter_stays_a_comment(void)
{
    static const struct {
        const char *name, *filter, *line;
    } cases[] = {
        { "cisco", "a ?\r\nend", "! Of the flows that this filter chooses, and no others: "
                                 "a \\x3f\\r\\nend\n" },
        { "pf", "a ?\\", "# Of the flows that this filter chooses, and no others: a ?\\ \n" },
        { "windows", "'\"#>\n", "# Of the flows that this filter chooses, and no others: "
                                "'\"#>\\n\n" },
        { "iptables", "\nCOMMIT", "# Of the flows that this filter chooses, and no others: "
                                  "\\nCOMMIT\n" },
    };

    for (unsigned i = 0; i < array_length(cases); i++) {
        char *file = file_of(cases[i].name, cases[i].filter);

        g_assert_nonnull(strstr(file, cases[i].line));
        for (char **lines = g_strsplit(file, "\n", 0), **line = lines;; line++) {
            if (*line == NULL) {
                g_strfreev(lines);
                break;
            }
            g_assert_true(**line == *cases[i].line || **line == '\0');
        }
        g_free(file);
    }
}

static void
test_ipx_is_a_comment_of_each_format(void)
{
    flow(0, "G4", BIT(ADMIN_CONSOLE), CLIENT, 3, 3);
    for (unsigned end = 0; end < 2; end++)
        set_address(&ends[0][end], AT_IPX, 10, bytes[0][end]);
    seen(0);
    assert_file_has("nft", "# G4 Administrator console to Advanced Client: IPX, which nftables "
                           "does not filter\n");
    assert_file_has("iptables", "\n# G4 Administrator console to Advanced Client: IPX, which "
                                "iptables does not filter\n");
    assert_file_has("cisco", "\n! G4 Administrator console to Advanced Client: IPX, which an "
                             "access list of IP does not filter\n");
    assert_in_file("table inet", false);
}

static const firewall_test_t tests[] = {
    { test_a_rule_in_each_format, "/rule-formats/lines" },
    { test_many_hosts_are_several_lines_for_iptables, "/rule-formats/many-hosts" },
    { test_more_pairs_than_are_written_are_said, "/rule-formats/too-many" },
    { test_a_remark_is_bounded, "/rule-formats/remark" },
    { test_a_filter_stays_a_comment, "/rule-formats/filter" },
    { test_ipx_is_a_comment_of_each_format, "/rule-formats/ipx" },
};

int
main(int argc, char **argv)
{
    return run_tests(argc, argv, tests, array_length(tests));
}
