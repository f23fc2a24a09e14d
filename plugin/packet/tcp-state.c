/* tcp-state.c
 * State of a conversation in Wireshark's TCP and UDP dissectors
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "tcp-state.h"

#include <epan/dissectors/packet-tcp.h>
#include <epan/dissectors/packet-udp.h>

#include "cache.h"
#include "conversation-cache.h"

/*
 * Wireshark keeps the port of the newest SYN that it has dissected, in the order in which frames
 * are asked for. The first SYN counts here. A conversation has its own record only where there
 * was more than one, or where its first packet was an answer to one: nearly none has.
 */
typedef struct {
    uint16_t server_port;
    bool is_doubtful; /* a SYN while the connection before was open may have been anybody's */
} syn_record_t;

static int proto_tcp = -1;
static int proto_udp = -1;
static int proto_tcp_state = -1;

/*
 * The directions in which first packets of connections have gone, one bit each, by a hash: nearly
 * every SYN is known by them to be a usual one, without the search for its conversation. Two
 * directions with one hash cost that search, and nothing else.
 */
#define DIRECTION_BITS 20
static uint32_t first_directions[(1U << DIRECTION_BITS) / 32]; /* rebuilt for every capture */
static bool has_directions;
static uint32_t updated_frame;

void
tcp_state_init(int proto)
{
    proto_tcp_state = proto;
    proto_tcp = proto_get_id_by_filter_name("tcp");
    proto_udp = proto_get_id_by_filter_name("udp");
}

void
tcp_state_reset(void)
{
    updated_frame = 0;
    cache_clear_used(first_directions, sizeof first_directions, &has_directions);
}

static const struct tcp_analysis *
find_tcp_analysis(const conversation_t *conversation)
{
    return (const struct tcp_analysis *)conversation_get_proto_data(conversation, proto_tcp);
}

bool
tcp_state_is_known(const conversation_t *conversation)
{
    return find_tcp_analysis(conversation) != NULL;
}

uint16_t
tcp_state_server_port(const conversation_t *conversation)
{
    const struct tcp_analysis *tcp = find_tcp_analysis(conversation);
    const syn_record_t *record;

    if (tcp == NULL || tcp->server_port == 0)
        return 0;
    record = (const syn_record_t *)conversation_get_proto_data(conversation, proto_tcp_state);
    return record != NULL ? record->server_port : (uint16_t)tcp->server_port;
}

/*
 * A SYN with another sequence number begins a conversation for Wireshark. While the one before of
 * the same ends is open, it is none of a new connection: returns that one's server; else 0.
 */
static uint16_t
find_open_server(const conversation_t *conversation, const packet_info *pinfo)
{
    const struct tcp_analysis *tcp = find_tcp_analysis(conversation);
    const conversation_t *before;

    /* Wireshark notes that ports are used again. Nearly no SYN has a note. */
    if (tcp == NULL || tcp->ta == NULL)
        return 0;
    before = find_conversation(pinfo->num - 1, &pinfo->src, &pinfo->dst, CONVERSATION_TCP,
                               pinfo->srcport, pinfo->destport, 0);
    if (before == NULL || (tcp_state_seen(before) & (SEEN_FIN | SEEN_RST)) != 0)
        return 0;
    return tcp_state_server_port(before);
}

/*
 * Returns the server's port where this SYN is not the usual one; 0 where Wireshark's own is
 * right.
 */
static uint16_t
find_first_server(const conversation_t *conversation, const packet_info *pinfo, bool is_answer)
{
    bool is_new = conversation_cache_is_new_stream();
    bool from_first = conversation_cache_is_first_end(conversation, &pinfo->src, pinfo->srcport);
    uint16_t open_server = is_new ? find_open_server(conversation, pinfo) : 0;

    if (open_server != 0)
        return open_server;
    /* The usual SYN is the first packet, the usual answer comes from the other end. */
    if (is_answer ? !is_new && !from_first : is_new)
        return 0;
    /* The first packet was a SYN, unless it is this answer: its sender is the client. */
    return (uint16_t)(from_first && !(is_answer && is_new) ? pinfo->destport : pinfo->srcport);
}

static void
record_first_syn(const packet_info *pinfo, bool is_answer)
{
    conversation_t *conversation = conversation_cache_find(pinfo);
    syn_record_t *record;
    uint16_t server;

    if (conversation == NULL ||
        conversation_get_proto_data(conversation, proto_tcp_state) != NULL)
        return;
    server = find_first_server(conversation, pinfo, is_answer);
    if (server == 0)
        return;
    record = wmem_new(wmem_file_scope(), syn_record_t);
    record->server_port = server;
    record->is_doubtful =
        conversation_cache_is_new_stream() && find_open_server(conversation, pinfo) != 0;
    conversation_add_proto_data(conversation, proto_tcp_state, record);
}

static uint32_t
end_hash(const address *addr, uint32_t port)
{
    uint32_t hash = port;

    for (int at = 0; at + (int)sizeof hash <= addr->len; at += (int)sizeof hash) {
        uint32_t word;

        memcpy(&word, (const uint8_t *)addr->data + at, sizeof word);
        hash = (hash ^ word) * 0x85ebca6bU;
    }
    return hash;
}

/* The bit of the direction from one end to the other, by their hashes. */
static uint32_t
direction_bit(uint32_t from, uint32_t to)
{
    return ((from ^ (to >> 7 | to << 25)) * 0x9e3779b1U) >> (32 - DIRECTION_BITS);
}

static bool
has_direction(uint32_t bit)
{
    return (first_directions[bit / 32] >> bit % 32 & 1) != 0;
}

/* True for a SYN, or an answer to one, that may be no usual one. */
static bool
may_be_unusual(const packet_info *pinfo, bool is_new, bool is_answer)
{
    uint32_t src = end_hash(&pinfo->src, pinfo->srcport);
    uint32_t dst = end_hash(&pinfo->dst, pinfo->destport);
    uint32_t there = direction_bit(src, dst), back = direction_bit(dst, src);
    bool was_there = has_direction(there), was_back = has_direction(back);

    if (is_new) {
        first_directions[there / 32] |= 1U << there % 32;
        has_directions = true;
        return is_answer || was_there || was_back;
    }
    return is_answer ? was_there : was_back || !was_there;
}

/* Not inlined: its registers need saving for few packets. */
static G_GNUC_NO_INLINE void
note_first(const packet_info *pinfo, unsigned flags)
{
    bool is_syn = (flags & TH_SYN) != 0, is_answer = is_syn && (flags & TH_ACK) != 0;

    if (may_be_unusual(pinfo, conversation_cache_is_new_stream(), is_answer) && is_syn)
        record_first_syn(pinfo, is_answer);
}

void
tcp_state_update(packet_view_t *packet)
{
    const packet_info *pinfo = packet->pinfo;
    const uint8_t *header;
    unsigned flags;

    if (pinfo->ptype != PT_TCP || PINFO_FD_VISITED(pinfo) || pinfo->num == updated_frame)
        return;
    updated_frame = pinfo->num;
    packet_view_read_bytes(packet);
    header = packet_view_tcp_header(packet);
    flags = header != NULL ? header[PACKET_TCP_FLAGS] : 0;
    if ((flags & TH_SYN) != 0 || conversation_cache_is_new_stream())
        note_first(pinfo, flags);
}

unsigned
tcp_state_seen(const conversation_t *conversation)
{
    const struct tcp_analysis *tcp = find_tcp_analysis(conversation);

    return tcp != NULL ? tcp->conversation_completeness : 0;
}

bool
tcp_state_is_first_byte(const conversation_t *conversation, uint32_t seq)
{
    const struct tcp_analysis *tcp = find_tcp_analysis(conversation);

    return tcp != NULL && tcp->fwd != NULL &&
           (tcp->conversation_completeness & SEEN_SYN) != 0 && seq == tcp->fwd->base_seq + 1;
}

bool
tcp_state_find_first_byte(const conversation_t *conversation, bool of_sender, uint32_t *seq)
{
    enum { HAS_BASE = 0x01 }; /* TCP_S_BASE_SEQ_SET of packet-tcp.c: no header exports it */
    const struct tcp_analysis *tcp = find_tcp_analysis(conversation);
    const syn_record_t *record =
        (const syn_record_t *)conversation_get_proto_data(conversation, proto_tcp_state);
    const tcp_flow_t *flow = tcp != NULL ? (of_sender ? tcp->fwd : tcp->rev) : NULL;

    if (flow == NULL || (flow->static_flags & HAS_BASE) == 0 ||
        (tcp->conversation_completeness & SEEN_SYN) == 0 ||
        (record != NULL && record->is_doubtful))
        return false;
    *seq = flow->base_seq + 1;
    return true;
}

const nstime_t *
tcp_state_first_time(const conversation_t *conversation)
{
    const struct tcp_analysis *tcp = find_tcp_analysis(conversation);
    const struct udp_analysis *udp;

    if (tcp != NULL)
        return &tcp->ts_first;
    udp = (const struct udp_analysis *)conversation_get_proto_data(conversation, proto_udp);
    return udp != NULL ? &udp->ts_first : NULL;
}
