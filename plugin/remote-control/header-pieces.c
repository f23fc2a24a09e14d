/* header-pieces.c
 * Headers that come in several segments, on ports for which no dissector asks TCP for more
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * A heuristic cannot ask TCP for more: the next segments would be withheld from all others. So the
 * pieces are kept here, per connection and direction, from a segment on that may begin a header:
 * few do, and what does not continue one is dropped at once. Dissection begins with the segment
 * that completes the header; what that had to be joined with is kept for later passes.
 */

#include "header-pieces.h"

#include <epan/conversation.h>
#include <epan/dissectors/packet-tcp.h>
#include <epan/proto_data.h>

#include "bounds.h"
#include "content.h"

/* The longest denial of ConfigMgr has 52 bytes. */
#define MAX_PIECES 64

/* The most headers that are incomplete at the same time. */
#define MAX_KEPT 4096

/* Key of a packet's pieces, in file scope; claim and attack have others, in the packet's pool. */
#define KEY_PIECES 2

typedef struct {
    unsigned length;
    uint32_t next_seq;
    bool is_complete; /* with the segment at hand, or one that TCP puts together */
    uint8_t bytes[MAX_PIECES];
} pieces_t;

static int proto_pieces = -1;

/* Rebuilt for every capture: conversation to pieces, of either direction. */
static wmem_map_t *kept[2];
static uint16_t kept_at[256]; /* how many of them, by place_of() */
static bool has_joined;

static void
reset_pieces(void)
{
    for (unsigned side = 0; side < array_length(kept); side++)
        kept[side] = wmem_map_new(wmem_file_scope(), g_direct_hash, g_direct_equal);
    memset(kept_at, 0, sizeof kept_at);
    has_joined = false;
}

static void
clean_pieces(void)
{
    memset(kept, 0, sizeof kept);
}

void
header_pieces_register(int proto)
{
    proto_pieces = proto;
    register_init_routine(reset_pieces);
    register_cleanup_routine(clean_pieces);
}

/* The place of a connection's count: few others are at it. */
static uint16_t *
place_of(const packet_info *pinfo)
{
    return &kept_at[(pinfo->srcport ^ pinfo->destport) % array_length(kept_at)];
}

static wmem_map_t *
map_of(const packet_info *pinfo)
{
    bool lower = pinfo->srcport < pinfo->destport ||
                 (pinfo->srcport == pinfo->destport && cmp_address(&pinfo->src, &pinfo->dst) < 0);

    return kept[lower];
}

static void
drop(packet_info *pinfo)
{
    const conversation_t *conversation =
        *place_of(pinfo) > 0 ? find_conversation_pinfo(pinfo, 0) : NULL;
    void *pieces = conversation != NULL ? wmem_map_remove(map_of(pinfo), conversation) : NULL;

    if (pieces == NULL)
        return;
    wmem_free(wmem_file_scope(), pieces);
    --*place_of(pinfo);
}

void
header_pieces_end(packet_info *pinfo)
{
    if (!PINFO_FD_VISITED(pinfo))
        drop(pinfo);
}

static bool
is_partial(tvbuff_t *tvb)
{
    return tvb_reported_length(tvb) < MAX_PIECES &&
           tvb_captured_length(tvb) == tvb_reported_length(tvb) &&
           content_detect(tvb, 0, true) == CONTENT_PARTIAL;
}

/* Keeps the bytes of @p tvb, all of which may be the beginning of a header. */
static void
keep(tvbuff_t *tvb, packet_info *pinfo, const struct tcpinfo *tcp, pieces_t *pieces)
{
    conversation_t *conversation = find_conversation_pinfo(pinfo, 0);

    if (conversation == NULL)
        return;
    if (pieces == NULL) {
        if (bounds_full(BOUND_HEADER_PIECES, wmem_map_size(kept[0]) + wmem_map_size(kept[1]),
                        MAX_KEPT))
            return;
        pieces = wmem_new0(wmem_file_scope(), pieces_t);
        wmem_map_insert(map_of(pinfo), conversation, pieces);
        ++*place_of(pinfo);
    }
    pieces->length = tvb_captured_length(tvb);
    tvb_memcpy(tvb, pieces->bytes, 0, pieces->length);
    pieces->next_seq = tcp->nxtseq;
}

static tvbuff_t *
join(tvbuff_t *tvb, packet_info *pinfo, const pieces_t *pieces)
{
    uint8_t *bytes = (uint8_t *)wmem_memdup(pinfo->pool, pieces->bytes, pieces->length);
    tvbuff_t *joined = tvb_new_composite();

    tvb_composite_append(joined, tvb_new_child_real_data(tvb, bytes, pieces->length,
                                                         (int)pieces->length));
    tvb_composite_append(joined, tvb);
    tvb_composite_finalize(joined);
    return joined;
}

/* Joins the segment with the pieces; NULL where it does not complete their header. */
static tvbuff_t *
complete(tvbuff_t *tvb, packet_info *pinfo, const struct tcpinfo *tcp, pieces_t *pieces)
{
    tvbuff_t *joined;

    if (!tcp->is_reassembled && (int32_t)(tcp->nxtseq - pieces->next_seq) <= 0)
        return NULL; /* sent again */
    joined = join(tvb, pinfo, pieces);
    if ((tcp->is_reassembled ? pieces->is_complete : tcp->seq == pieces->next_seq) &&
        content_is_proof(content_detect(joined, 0, true))) {
        pieces->is_complete = true;
        return joined;
    }
    if (!pieces->is_complete && tcp->seq == pieces->next_seq && is_partial(joined))
        keep(joined, pinfo, tcp, pieces);
    else
        drop(pinfo);
    return NULL;
}

/* A later pass: joins what the first has joined. */
static tvbuff_t *
join_again(tvbuff_t *tvb, packet_info *pinfo, unsigned *prefix)
{
    const pieces_t *pieces =
        has_joined ? (const pieces_t *)p_get_proto_data(wmem_file_scope(), pinfo, proto_pieces,
                                                        KEY_PIECES)
                   : NULL;

    if (pieces == NULL)
        return tvb;
    *prefix = pieces->length;
    return join(tvb, pinfo, pieces);
}

static pieces_t *
find_pieces(packet_info *pinfo)
{
    const conversation_t *conversation =
        *place_of(pinfo) > 0 ? find_conversation_pinfo(pinfo, 0) : NULL;

    return conversation != NULL ? (pieces_t *)wmem_map_lookup(map_of(pinfo), conversation) : NULL;
}

tvbuff_t *
header_pieces_join(tvbuff_t *tvb, packet_info *pinfo, const void *data, bool begins,
                   unsigned *prefix)
{
    const struct tcpinfo *tcp = (const struct tcpinfo *)data;
    pieces_t *pieces;
    tvbuff_t *joined;

    *prefix = 0;
    if (pinfo->ptype != PT_TCP || tcp == NULL || tvb_captured_length(tvb) == 0)
        return tvb;
    if (PINFO_FD_VISITED(pinfo))
        return join_again(tvb, pinfo, prefix);
    pieces = find_pieces(pinfo);
    joined = pieces != NULL ? complete(tvb, pinfo, tcp, pieces) : NULL;
    if (joined != NULL) {
        has_joined = true;
        *prefix = pieces->length;
        if (p_get_proto_data(wmem_file_scope(), pinfo, proto_pieces, KEY_PIECES) == NULL)
            p_add_proto_data(wmem_file_scope(), pinfo, proto_pieces, KEY_PIECES,
                             wmem_memdup(wmem_file_scope(), pieces, sizeof *pieces));
        return joined;
    }
    if (begins && find_pieces(pinfo) == NULL && !tcp->is_reassembled && is_partial(tvb))
        keep(tvb, pinfo, tcp, NULL);
    return tvb;
}
