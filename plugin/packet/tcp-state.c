/* tcp-state.c
 * State of a conversation in Wireshark's TCP and UDP dissectors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "tcp-state.h"

#include <epan/dissectors/packet-tcp.h>
#include <epan/dissectors/packet-udp.h>

static int proto_tcp = -1;
static int proto_udp = -1;

void
tcp_state_init(void)
{
    proto_tcp = proto_get_id_by_filter_name("tcp");
    proto_udp = proto_get_id_by_filter_name("udp");
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

    return tcp != NULL ? (uint16_t)tcp->server_port : 0;
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
