/* rule-format.c
 * The files of firewall rules: what differs from one firewall to another
 *
 * Copyright 2026 smsrc contributors
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

/* The program for the other family ignores a line with -4 or -6. */
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

#define BY_CONNECTION "replies pass as part of their connection."

/*
 * The first line creates the table that the second deletes, so that a file loads repeatedly. nft
 * accepts comments of up to 128 bytes.
 */
#define NFT \
    .rules = "nftables rules", .firewall = "nftables", .note = "# ", .replies = BY_CONNECTION, \
    .indent = "        ", \
    .open = "table inet smsrc\n" \
            "delete table inet smsrc\n" \
            "table inet smsrc {\n" \
            "    chain listed {\n", \
    .separator = ", ", .max_comment = 120, .append = append_nft

static const rule_format_t formats[] = {
    {
        NFT,
        .command = "smsrc,rules.nft",
        .advice = "# The chain \"listed\" takes effect once you jump to it: copy it into your "
                  "own table, and jump\n"
                  "# to it after \"ct state established,related accept\".\n",
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
    /* iptables-restore accepts options of up to 1023 characters: sixteen addresses of IPv6 fit. */
    {
        .command = "smsrc,rules.iptables",
        .rules = "iptables rules",
        .firewall = "iptables",
        .note = "# ",
        .replies = BY_CONNECTION,
        .advice = "# Load this file with both \"iptables-restore --noflush\" and "
                  "\"ip6tables-restore --noflush\";\n"
                  "# each ignores the lines for the other family. Without --noflush they flush "
                  "your table.\n"
                  "# The chain \"smsrc-listed\" takes effect once you jump to it, after the rule\n"
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
        .rules = "Windows Firewall rules",
        .firewall = "Windows Firewall",
        .note = "# ",
        .replies = BY_CONNECTION,
        .advice = "# Run it in PowerShell as administrator (Windows 8, Server 2012 or later). "
                  "Not tested on Windows.\n"
                  "# Windows Firewall filters the traffic of the host itself, not traffic that "
                  "the host forwards.\n"
                  "# Run the whole file on each responder (the hosts after -LocalAddress); rules "
                  "for other hosts\n"
                  "# have no effect there. Initiators need no rule: outbound connections are "
                  "allowed by default.\n"
                  "# The first command removes the rules that an earlier run has added.\n",
        .open = "Remove-NetFirewallRule -Group 'smsrc' -ErrorAction SilentlyContinue\n",
        .close = "",
        .indent = "",
        .separator = "','",
        .max_comment = 120,
        .append = append_windows,
    },
    /* A remark is at most 100 characters long. */
    {
        .command = "smsrc,rules.cisco",
        .rules = "Cisco IOS access lists",
        .firewall = "an access list of IP",
        .note = "! ",
        .replies = "access lists do not track connections,\n"
                   "! so replies need their own lines, or inspection.",
        .advice = "! For the configuration of an IOS router. Not tested on a Cisco device.\n"
                  "! Each list ends with an implicit deny: applied to an interface, it drops all "
                  "other traffic,\n"
                  "! replies included. Where the matched traffic is inspected (class-map type "
                  "inspect,\n"
                  "! match access-group name smsrc-listed), replies pass.\n"
                  "! IOS adds lines to a list that already exists, so remove the old one first\n"
                  "! (no ip access-list extended smsrc-listed, no ipv6 access-list "
                  "smsrc-listed-ipv6).\n",
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
        .rules = "pf rules",
        .firewall = "pf",
        .note = "# ",
        .replies = BY_CONNECTION,
        .advice = "# Rules for an anchor of pf (OpenBSD, FreeBSD). Not tested on either.\n"
                  "# \"pfctl -nf FILE\" checks the file, \"pfctl -a smsrc -f FILE\" loads it. "
                  "The anchor takes effect\n"
                  "# where pf.conf contains the line 'anchor \"smsrc\"'. It blocks nothing.\n",
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
