/* rules-table.h
 * The firewall rules as statistics: -z smsrc,rules, smsrc,rules.nft and smsrc,rules.nft.drop
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_RULES_TABLE_H__
#define __SMSRC_RULES_TABLE_H__

#include <stdbool.h>

/**
 * Register -z smsrc,rules for tshark, Wireshark and sharkd, and -z smsrc,rules.nft and
 * smsrc,rules.nft.drop, which print a file, for tshark: call from a handoff routine.
 */
void rules_table_register(void);

/**
 * Show the file of -z smsrc,rules.nft, or with @p drop of smsrc,rules.nft.drop, in a window of
 * Wireshark's; there must be one.
 */
void rules_table_show_nft(bool drop);

#endif /* __SMSRC_RULES_TABLE_H__ */
