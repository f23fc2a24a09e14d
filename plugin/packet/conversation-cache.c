/* conversation-cache.c
 * Wireshark's conversation of a packet, found without a search where it was found lately
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * To look a conversation up costs more than all else that log and audit do for a packet of one
 * that they know. So the last ones are kept here, both directions in one place. What is kept is
 * the youngest conversation of its ends. A younger one shows in its "next" when it was made in
 * the same direction; the TCP dissector makes them in the other one too, where ports are used
 * again, and then it counts one stream more. One whose other end is a wildcard is not kept: a
 * better one may come.
 */

#define WS_LOG_DOMAIN "smsrc"

#include "conversation-cache.h"

#include <epan/dissectors/packet-tcp.h>

#include "smsrc-compat.h"

#define SLOTS 1024
#define WILDCARDS (NO_ADDR2 | NO_PORT2 | NO_PORT2_FORCE)

typedef struct {
    uint32_t address;
    uint32_t port;
} end_t;

typedef struct {
    end_t ends[2];
    port_type type;
    conversation_t *conversation; /* NULL: the place is free */
} slot_t;

/* Rebuilt for every capture. */
static slot_t slots[SLOTS];
static uint32_t tcp_streams;

void
conversation_cache_reset(void)
{
    memset(slots, 0, sizeof slots);
    tcp_streams = 0;
}

/* The packet's ends, the same in both directions; false for those that are not kept. */
static bool
ends_of_packet(const packet_info *pinfo, end_t ends[2])
{
    unsigned src = 0;

    if (pinfo->src.type != AT_IPv4 || pinfo->dst.type != AT_IPv4 || pinfo->ptype == PT_IPX)
        return false;
    memcpy(&ends[0].address, pinfo->src.data, sizeof ends[0].address);
    memcpy(&ends[1].address, pinfo->dst.data, sizeof ends[1].address);
    if (ends[0].address > ends[1].address ||
        (ends[0].address == ends[1].address && pinfo->srcport > pinfo->destport)) {
        uint32_t first = ends[0].address;

        ends[0].address = ends[1].address;
        ends[1].address = first;
        src = 1;
    }
    ends[src].port = pinfo->srcport;
    ends[!src].port = pinfo->destport;
    return true;
}

static slot_t *
slot_of(const end_t ends[2], const packet_info *pinfo)
{
    return &slots[((ends[0].address ^ ends[1].address * 31) * 2654435761U + ends[0].port * 61 +
                   ends[1].port * 67 + (unsigned)pinfo->ptype) %
                  SLOTS];
}

void
conversation_cache_drop(const packet_info *pinfo)
{
    end_t ends[2];

    if (ends_of_packet(pinfo, ends))
        slot_of(ends, pinfo)->conversation = NULL;
}

void
conversation_cache_update(const packet_info *pinfo)
{
    uint32_t streams = get_tcp_stream_count();

    if (streams == tcp_streams)
        return;
    tcp_streams = streams;
    conversation_cache_drop(pinfo);
}

/* A port, as conversations here have it. */
static uint32_t
port_of(const packet_info *pinfo, uint32_t port)
{
    return pinfo->ptype == PT_IPX ? 0 : port;
}

static conversation_t *
search(const packet_info *pinfo, uint32_t frame)
{
    return find_conversation(frame, &pinfo->src, &pinfo->dst,
                             conversation_pt_to_conversation_type(pinfo->ptype),
                             port_of(pinfo, pinfo->srcport), port_of(pinfo, pinfo->destport), 0);
}

/* On the first pass there is none younger than the one found. */
static bool
is_youngest(const conversation_t *conversation, const packet_info *pinfo)
{
    return !PINFO_FD_VISITED(pinfo) || search(pinfo, UINT32_MAX) == conversation;
}

conversation_t *
conversation_cache_find(const packet_info *pinfo)
{
    conversation_t *conversation;
    slot_t *slot = NULL;
    end_t ends[2];

    if (ends_of_packet(pinfo, ends)) {
        slot = slot_of(ends, pinfo);
        conversation = slot->conversation;
        if (conversation != NULL && conversation->next == NULL &&
            conversation->setup_frame <= pinfo->num && slot->type == pinfo->ptype &&
            memcmp(slot->ends, ends, sizeof ends) == 0)
            return conversation;
    }
    conversation = search(pinfo, pinfo->num);
    if (slot != NULL && conversation != NULL && (conversation->options & WILDCARDS) == 0 &&
        is_youngest(conversation, pinfo)) {
        memcpy(slot->ends, ends, sizeof ends);
        slot->type = pinfo->ptype;
        slot->conversation = conversation;
    }
    return conversation;
}

conversation_t *
conversation_cache_create(const packet_info *pinfo)
{
    return conversation_new(pinfo->num, &pinfo->src, &pinfo->dst,
                            conversation_pt_to_conversation_type(pinfo->ptype),
                            port_of(pinfo, pinfo->srcport), port_of(pinfo, pinfo->destport), 0);
}
