/* conversation-table.c
 * The conversations and endpoints of Remote Control: -z conv,smsrc and -z endpoints,smsrc
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "smsrc-compat.h"

#include <epan/conversation_table.h>
#include <epan/dissectors/packet-tcp.h>
#include <epan/dissectors/packet-udp.h>
#include <epan/tap.h>

#include "packet-view.h"
#include "stat-list.h"
#include "stat-listener.h"

static const char *
conversation_filter(conv_item_t *item, conv_filter_type_e filter)
{
    bool ipv6 = item->src_address.type == AT_IPv6, ipx = item->src_address.type == AT_IPX;
    bool tcp = item->ctype == CONVERSATION_TCP;

    switch (filter) {
    case CONV_FT_SRC_ADDRESS:
        return ipx ? "ipx.src" : ipv6 ? "ipv6.src" : "ip.src";
    case CONV_FT_DST_ADDRESS:
        return ipx ? "ipx.dst" : ipv6 ? "ipv6.dst" : "ip.dst";
    case CONV_FT_ANY_ADDRESS:
        return ipx ? "ipx.addr" : ipv6 ? "ipv6.addr" : "ip.addr";
    case CONV_FT_SRC_PORT:
        return ipx ? "ipx.src.socket" : tcp ? "tcp.srcport" : "udp.srcport";
    case CONV_FT_DST_PORT:
        return ipx ? "ipx.dst.socket" : tcp ? "tcp.dstport" : "udp.dstport";
    case CONV_FT_ANY_PORT:
        return ipx ? "ipx.socket" : tcp ? "tcp.port" : "udp.port";
    default:
        return CONV_FILTER_INVALID;
    }
}

static const char *
endpoint_filter(endpoint_item_t *item, conv_filter_type_e filter)
{
    if (filter != CONV_FT_ANY_ADDRESS)
        return CONV_FILTER_INVALID;
    return item->myaddress.type == AT_IPX    ? "ipx.addr"
           : item->myaddress.type == AT_IPv6 ? "ipv6.addr"
                                             : "ip.addr";
}

static ct_dissector_info_t conversation_info = { &conversation_filter };
static et_dissector_info_t endpoint_info = { &endpoint_filter };

static conversation_type
conversation_type_of(const packet_info *pinfo)
{
    return pinfo->ptype == PT_TCP   ? CONVERSATION_TCP
           : pinfo->ptype == PT_UDP ? CONVERSATION_UDP
           : pinfo->ptype == PT_IPX ? CONVERSATION_IPX
                                    : CONVERSATION_NONE;
}

/* Wireshark's number of the stream, by which its window follows the stream of a conversation. */
static conv_id_t
stream_of(packet_info *pinfo)
{
    if (pinfo->ptype == PT_TCP) {
        const struct tcp_analysis *tcp = get_tcp_conversation_data(NULL, pinfo);

        return tcp != NULL ? tcp->stream : CONV_ID_UNSET;
    }
    if (pinfo->ptype == PT_UDP) {
        const struct udp_analysis *udp = get_udp_conversation_data(NULL, pinfo);

        return udp != NULL ? udp->stream : CONV_ID_UNSET;
    }
    return CONV_ID_UNSET;
}

/* An ICMP error belongs to a session, and to no conversation although up to 4.2 it has ports. */
static bool
is_icmp_error(const packet_info *pinfo)
{
    return (packet_view_layers(pinfo) & (LAYER_ICMP | LAYER_ICMPV6)) != 0;
}

static tap_packet_status
conversation_packet(void *pct, packet_info *pinfo, epan_dissect_t *edt _U_,
                    const void *data _U_, tap_flags_t flags)
{
    conv_hash_t *hash = (conv_hash_t *)pct;

    if (is_icmp_error(pinfo))
        return TAP_PACKET_DONT_REDRAW;
    hash->flags = flags;
    add_conversation_table_data_with_conv_id(
        hash, &pinfo->src, &pinfo->dst, pinfo->srcport, pinfo->destport, stream_of(pinfo), 1,
        (int)pinfo->fd->pkt_len, &pinfo->rel_ts, &pinfo->abs_ts, &conversation_info,
        conversation_type_of(pinfo));
    return TAP_PACKET_REDRAW;
}

static tap_packet_status
endpoint_packet(void *pit, packet_info *pinfo, epan_dissect_t *edt _U_, const void *data _U_,
                tap_flags_t flags)
{
    conv_hash_t *hash = (conv_hash_t *)pit;

    if (is_icmp_error(pinfo))
        return TAP_PACKET_DONT_REDRAW;
    hash->flags = flags;
    add_endpoint_table_data(hash, &pinfo->src, 0, TRUE, 1, (int)pinfo->fd->pkt_len, &endpoint_info,
                            ENDPOINT_NONE);
    add_endpoint_table_data(hash, &pinfo->dst, 0, FALSE, 1, (int)pinfo->fd->pkt_len,
                            &endpoint_info, ENDPOINT_NONE);
    return TAP_PACKET_REDRAW;
}

/* These check the name, of which Wireshark's own callbacks check only the beginning. */
static stat_tap_init_result
conversations_start(const char *argument, void *proto)
{
    dissector_conversation_init(argument, get_conversation_by_proto_id(GPOINTER_TO_INT(proto)));
    return STAT_TAP_INIT_DONE;
}

static stat_tap_init_result
endpoints_start(const char *argument, void *proto)
{
    dissector_endpoint_init(argument, get_conversation_by_proto_id(GPOINTER_TO_INT(proto)));
    return STAT_TAP_INIT_DONE;
}

/* Of two statistics of a name Wireshark takes the first: call before the table is registered. */
static void
register_command(const statistic_t *statistic, stat_tap_init_cb start, int proto)
{
    if (stat_listener_is_tshark())
        stat_listener_register(statistic->command, start, GINT_TO_POINTER(proto));
}

void
conversation_table_register(const statistic_t *statistic)
{
    register_command(statistic, conversations_start, proto_get_id_by_filter_name("smsrc"));
}

/* Registers the tables of both with Wireshark, so call it after the other. */
void
conversation_table_register_endpoints(const statistic_t *statistic)
{
    int proto = proto_get_id_by_filter_name("smsrc");

    register_command(statistic, endpoints_start, proto);
    register_conversation_table(proto, FALSE, conversation_packet, endpoint_packet);
}
