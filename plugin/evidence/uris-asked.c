/* uris-asked.c
 * The URIs that a proxy was asked for in one packet
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * They are kept with the packet and not with its flow: a packet is dissected more than once, and
 * the memory of one dissection is gone in the next.
 */

#include "uris-asked.h"

#include <epan/proto_data.h>

static int proto_asked = -1;

void
uris_asked_init(int proto)
{
    proto_asked = proto;
}

uris_asked_t *
uris_asked_get(packet_info *pinfo, const flow_content_t *flow, bool create)
{
    enum { KEY = 0x75726973 };
    uris_asked_t *asked = (uris_asked_t *)p_get_proto_data(pinfo->pool, pinfo, proto_asked, KEY);

    if (asked != NULL && asked->flow == flow)
        return asked;
    if (!create)
        return NULL;
    if (asked == NULL) {
        asked = wmem_new(pinfo->pool, uris_asked_t);
        p_add_proto_data(pinfo->pool, pinfo, proto_asked, KEY, asked);
    }
    *asked = (uris_asked_t){ .flow = flow };
    return asked;
}
