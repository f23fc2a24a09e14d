/* uris-asked.h
 * The URIs that a proxy was asked for in one packet
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_URIS_ASKED_H__
#define __SMSRC_URIS_ASKED_H__

#include "flow-content.h"

/** What a proxy was asked for in one packet. Lives as long as this dissection of the packet. */
typedef struct {
    const flow_content_t *flow; /* that of the packet */
    unsigned count;
    flow_content_t *before; /* the flow by each URI but the last one, count of them; NULL: none */
} uris_asked_t;

/** Keep what was asked under @p proto of its packet. Call from a handoff routine. */
void uris_asked_init(int proto);

/**
 * Returns what a proxy was asked for in this packet of @p flow. If nothing was, an empty one is
 * made if @p create is true; else NULL.
 */
uris_asked_t *uris_asked_get(packet_info *pinfo, const flow_content_t *flow, bool create);

#endif /* __SMSRC_URIS_ASKED_H__ */
