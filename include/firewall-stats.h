/* firewall-stats.h
 * The firewall rules as statistics: -z smsrc,rules and -z smsrc,rules.nft
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_FIREWALL_STATS_H__
#define __SMSRC_FIREWALL_STATS_H__

/**
 * Register -z smsrc,rules for tshark, Wireshark and sharkd, and -z smsrc,rules.nft, which prints
 * a file, for tshark: call from a handoff routine.
 */
void firewall_stats_register(void);

/** Show the file of -z smsrc,rules.nft in a window of Wireshark's; there must be one. */
void firewall_stats_show_nft(void);

#endif /* __SMSRC_FIREWALL_STATS_H__ */
