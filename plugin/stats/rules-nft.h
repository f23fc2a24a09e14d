/* rules-nft.h
 * The firewall rules as a file for nft: -z smsrc,rules.nft and -z smsrc,rules.nft.drop
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_RULES_NFT_H__
#define __SMSRC_RULES_NFT_H__

#include <stdbool.h>

/**
 * Show the file of -z smsrc,rules.nft, or with @p drop of smsrc,rules.nft.drop, in a window of
 * Wireshark's; there must be one.
 */
void rules_nft_show(bool drop);

#endif /* __SMSRC_RULES_NFT_H__ */
