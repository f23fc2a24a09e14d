/* rule-format.c
 * The files of firewall rules: what differs from one firewall to another
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * Sources: nft(8); iptables-extensions(8) and iptables-restore(8); New-NetFirewallRule of the
 * PowerShell module NetSecurity; "ip access-list" and "ipv6 access-list" of Cisco's IOS command
 * reference; pf.conf(5) of OpenBSD, which FreeBSD's agrees with in all that is used here.
 */

#include "rule-format.h"

static void
append_nft(GString *file, const rule_line_t *line)
{
    const char *family = line->ipv6 ? "ip6" : "ip";

    g_string_append_printf(file,
                           "        %s saddr { %s } %s daddr { %s } %s dport %u ct state new "
                           "accept comment \"%s\"\n",
                           family, line->from, family, line->to, line->protocol, line->port,
                           line->comment);
}

/* With -4 or -6 the program for the other family skips the line. */
static void
append_iptables(GString *file, const rule_line_t *line)
{
    g_string_append_printf(file,
                           "-%c -A smsrc-listed -s %s -d %s -p %s -m %s --dport %u -m conntrack "
                           "--ctstate NEW -m comment --comment \"%s\" -j ACCEPT\n",
                           line->ipv6 ? '6' : '4', line->from, line->to, line->protocol,
                           line->protocol, line->port, line->comment);
}

static void
append_windows(GString *file, const rule_line_t *line)
{
    g_string_append_printf(file,
                           "New-NetFirewallRule -Group 'smsrc' -DisplayName 'SMS %s' -Direction "
                           "Inbound -Action Allow -Protocol %s -LocalAddress '%s' -LocalPort %u "
                           "-RemoteAddress '%s'\n",
                           line->comment, line->protocol, line->to, line->port, line->from);
}

static void
append_cisco(GString *file, const rule_line_t *line)
{
    g_string_append_printf(file, " permit %s host %s host %s eq %u\n", line->protocol, line->from,
                           line->to, line->port);
}

static void
append_pf(GString *file, const rule_line_t *line)
{
    g_string_append_printf(file, "pass quick %s proto %s from { %s } to { %s } port %u\n",
                           line->ipv6 ? "inet6" : "inet", line->protocol, line->from, line->to,
                           line->port);
}

#define BY_CONNECTION "answers pass as parts of their connections."

/*
 * The first line creates the table that the second deletes, so that a file loads repeatedly. A
 * comment may have 128 bytes.
 */
#define NFT \
    .firewall = "nftables", .note = "# ", .answers = BY_CONNECTION, .indent = "        ", \
    .open = "table inet smsrc\n" \
            "delete table inet smsrc\n" \
            "table inet smsrc {\n" \
            "    chain listed {\n", \
    .separator = ", ", .max_comment = 120, .append = append_nft

static const rule_format_t formats[] = {
    {
        NFT,
        .command = "smsrc,rules.nft",
        .advice = "# No packet comes to the chain \"listed\" by itself. Take it into your own "
                  "table, and\n"
                  "# jump to it behind \"ct state established,related accept\".\n",
        .close = "    }\n"
                 "}\n",
    },
    {
        NFT,
        .command = "smsrc,rules.nft.drop",
        .advice = "# \"policy drop\" stops all else that this host forwards: add what is yours.\n",
        .close = "    }\n"
                 "    chain forward {\n"
                 "        type filter hook forward priority 0; policy drop;\n"
                 "        ct state established,related accept\n"
                 "        jump listed\n"
                 "    }\n"
                 "}\n",
    },
    /* An option of iptables-restore has at most 1023 characters: sixteen addresses of IPv6 fit. */
    {
        .command = "smsrc,rules.iptables",
        .firewall = "iptables",
        .note = "# ",
        .answers = BY_CONNECTION,
        .advice = "# Load it with both \"iptables-restore --noflush\" and \"ip6tables-restore "
                  "--noflush\": each skips the\n"
                  "# lines of the other family. Without --noflush they empty the table that you "
                  "have.\n"
                  "# No packet comes to the chain \"smsrc-listed\" by itself: jump to it behind\n"
                  "# \"-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\".\n",
        .open = "*filter\n"
                ":smsrc-listed - [0:0]\n",
        .close = "COMMIT\n",
        .indent = "",
        .separator = ",",
        .max_comment = 120,
        .max_hosts = 16,
        .append = append_iptables,
    },
    {
        .command = "smsrc,rules.windows",
        .firewall = "Windows Firewall",
        .note = "# ",
        .answers = BY_CONNECTION,
        .advice = "# For PowerShell as administrator, Windows 8 or Server 2012 and later; not run "
                  "on Windows.\n"
                  "# Windows Firewall filters what a host itself receives, and nothing that it "
                  "forwards: a line is\n"
                  "# for the responders, whose addresses are behind -LocalAddress. Run the whole "
                  "file on each of them:\n"
                  "# a line for other hosts allows nothing there. What initiators send is allowed "
                  "unless you block it.\n"
                  "# The first command removes what an earlier run has added.\n",
        .open = "Remove-NetFirewallRule -Group 'smsrc' -ErrorAction SilentlyContinue\n",
        .close = "",
        .indent = "",
        .separator = "','",
        .max_comment = 120,
        .append = append_windows,
    },
    /* A remark has at most 100 characters. */
    {
        .command = "smsrc,rules.cisco",
        .firewall = "an access list of IP",
        .note = "! ",
        .answers = "an access list knows no connections,\n"
                   "! and answers need lines of their own, or inspection.",
        .advice = "! For the configuration of IOS; not run on a Cisco device. Each list ends with "
                  "an implicit deny:\n"
                  "! bound to an interface it stops all else, answers too. Where traffic is "
                  "inspected (class-map type\n"
                  "! inspect, match access-group name smsrc-listed) answers pass. A list that is "
                  "there already gets\n"
                  "! longer: remove it first (no ip access-list extended smsrc-listed,\n"
                  "! no ipv6 access-list smsrc-listed-ipv6).\n",
        .open = "ip access-list extended smsrc-listed\n",
        .open_ipv6 = "ipv6 access-list smsrc-listed-ipv6\n",
        .close = "",
        .indent = "",
        .title = " remark ",
        .escaped = '?',
        .max_comment = 100,
        .max_hosts = 1,
        .append = append_cisco,
    },
    {
        .command = "smsrc,rules.pf",
        .firewall = "pf",
        .note = "# ",
        .answers = BY_CONNECTION,
        .advice = "# For pf of OpenBSD and FreeBSD; not loaded by either. \"pfctl -nf FILE\" "
                  "checks it, and\n"
                  "# \"pfctl -a smsrc -f FILE\" loads it into an anchor, which counts where "
                  "pf.conf has the line\n"
                  "# 'anchor \"smsrc\"'. It blocks nothing.\n",
        .open = "",
        .close = "",
        .indent = "",
        .title = "# ",
        .separator = ", ",
        .max_comment = 120,
        .append = append_pf,
    },
};

const rule_format_t *
rule_format_of(const char *command)
{
    for (unsigned i = 0; i < array_length(formats); i++) {
        if (strcmp(formats[i].command, command) == 0)
            return &formats[i];
    }
    return NULL;
}
