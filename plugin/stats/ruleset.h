/* ruleset.h
 * The firewall rules as a file for a firewall
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_RULESET_H__
#define __SMSRC_RULESET_H__

#include "firewall-rules.h"
#include "rule-format.h"

/**
 * A whole file with every address in it, to be g_free()d. Rules that differ in nothing but the row
 * are one rule there. Where there is no rule, all of it is comment. The head names the @p filter
 * that has chosen the flows; NULL: all of them are.
 */
char *ruleset_to_str(const firewall_rules_t *rules, const rule_format_t *format,
                     const char *filter);

#endif /* __SMSRC_RULESET_H__ */
