/* other-dissectors.h
 * The heuristics of all other dissectors, asked before a port alone decides
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_OTHER_DISSECTORS_H__
#define __SMSRC_OTHER_DISSECTORS_H__

#include "smsrc-compat.h"

/** Finds Wireshark's lists of heuristics. Call from a handoff routine. */
void other_dissectors_init(int proto);

/**
 * Gives a payload of TCP or UDP, which our dissector was called for by its port, to the heuristics
 * of all others. True where one of them has dissected it: the frame shows what it shows without
 * this plugin. Exceptions of that dissector pass through.
 */
bool other_dissectors_claim(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data);

/** True within other_dissectors_claim(): our own heuristics decline. */
bool other_dissectors_are_asked(void);

#endif /* __SMSRC_OTHER_DISSECTORS_H__ */
