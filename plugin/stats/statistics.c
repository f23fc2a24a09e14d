/* statistics.c
 * The list of the statistics
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "statistics.h"

#include "smsrc-compat.h"

#include "menu.h"
#include "stat-list.h"
#include "stat-settle.h"

/* In the order of the menu. */
static const statistic_t statistics[] = {
    { "smsrc,sessions", "SMS Remote Control Sessions",
      "Who controlled which machine, when and how it ended", sessions_table_register, NULL },
    { "smsrc,sessions.full", "SMS Remote Control Sessions in Full",
      "The same with names, functions, frames and bytes of each channel",
      sessions_table_register_full, NULL },
    { "smsrc,messages", "SMS Remote Control Messages",
      "Messages by channel, type and direction", messages_table_register, NULL },
    { "smsrc,chat", "SMS Remote Control Chats",
      "What was written in the chats of sessions: who, when, the line", chat_table_register, NULL },
    { "smsrc,roles", "SMS Roles",
      "Which host holds which role of SMS, and the frame that shows it", roles_table_register,
      NULL },
    { "smsrc,audit", "SMS Port Audit", "Each flow of the roles with its verdict",
      audit_table_register, NULL },
    { "smsrc,matrix", "SMS Port Matrix (KB 826852)",
      "Each row of the article: seen, blocked, never seen, no host known", matrix_table_register,
      NULL },
    { "smsrc,matrix.used", "SMS Rows Used and Never Used",
      "Which rows were used, by which hosts and ports, which never, and what no row has",
      matrix_used_register, NULL },
    { "smsrc,rules", "SMS Firewall Rules", "The rules that the listed flows need",
      rules_table_register, NULL },
    { "smsrc,rules.nft", "SMS Firewall Rules for nftables",
      "The same rules as a file for nft, to be copied", rules_file_register, rules_file_open },
    { "smsrc,rules.nft.drop", "SMS Firewall for nftables",
      "The same, and all else that the host forwards is dropped", rules_file_register,
      rules_file_open },
    { "smsrc,rules.iptables", "SMS Firewall Rules for iptables",
      "The same rules as a file for iptables-restore and ip6tables-restore", rules_file_register,
      rules_file_open },
    { "smsrc,rules.windows", "SMS Firewall Rules for Windows",
      "The same rules as PowerShell commands for the Windows Firewall of the responders",
      rules_file_register, rules_file_open },
    { "smsrc,rules.cisco", "SMS Firewall Rules for Cisco IOS",
      "The same rules as access lists for IPv4 and IPv6", rules_file_register, rules_file_open },
    { "smsrc,rules.pf", "SMS Firewall Rules for pf",
      "The same rules for pf of OpenBSD and FreeBSD", rules_file_register, rules_file_open },
    { "smsrc,tree", "SMS Remote Control Messages", NULL, messages_table_register_tree, NULL },
    { "smsrc,audit.json", NULL, NULL, audit_json_register, NULL },
    { "smsrc,matrix.json", NULL, NULL, matrix_json_register, NULL },
    { "smsrc,sessions.json", NULL, NULL, sessions_json_register, NULL },
    { "conv,smsrc", NULL, NULL, conversation_table_register, NULL },
    { "endpoints,smsrc", NULL, NULL, conversation_table_register_endpoints, NULL },
};

void
statistics_register(void)
{
    for (unsigned i = 0; i < array_length(statistics); i++)
        statistics[i].register_cb(&statistics[i]);
    menu_register(proto_get_id_by_filter_name("smsrc"), statistics, array_length(statistics));
}

void
statistics_end_capture(void)
{
    stat_settle();
}
