/* nft-ruleset.h
 * The firewall rules as a ruleset for nftables
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_NFT_RULESET_H__
#define __SMSRC_NFT_RULESET_H__

#include "firewall-rules.h"

/**
 * A whole file for nft -f with every address in it, to be g_free()d. Rules that differ in nothing
 * but the row are one rule there. With @p drop the host drops what is in no rule. Without it the
 * file has only the chain of the rules, to which no packet comes by itself. Where there is no rule,
 * it has no table. The head names the @p filter that has chosen the flows; NULL: all of them are.
 */
char *nft_ruleset_to_str(const firewall_rules_t *rules, const char *filter, bool drop);

#endif /* __SMSRC_NFT_RULESET_H__ */
