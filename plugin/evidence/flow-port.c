/* flow-port.c
 * What has handed the port of a flow out
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "flow-port.h"

#include "service-sender.h"

static int proto_ftp_data = -1;

void
flow_port_init(void)
{
    proto_ftp_data = proto_get_id_by_filter_name("ftp-data");
}

/* The first bytes of TFTP's messages but requests (RFC 1350 5, RFC 2347): data to OACK. */
static bool
is_transfer(const packet_view_t *packet)
{
    enum { OPCODE = 2, DATA = 3, OACK = 6 };
    const uint8_t *opcode = packet_view_bytes(packet, 0, OPCODE);

    return packet->pinfo->ptype == PT_UDP && opcode != NULL && opcode[0] == 0 &&
           opcode[1] >= DATA && opcode[1] <= OACK;
}

/* The packet is one of a transfer that one of its ends has asked the other for. */
static bool
find_transfer(const packet_view_t *packet, flow_content_t *flow)
{
    const packet_info *pinfo = packet->pinfo;
    bool to_responder = false;

    flow->handed_out = handed_out_find_transfer(pinfo, &pinfo->src, &pinfo->dst,
                                                (uint16_t)pinfo->destport);
    if (flow->handed_out.by == HANDED_OUT_NONE) {
        to_responder = true;
        flow->handed_out = handed_out_find_transfer(pinfo, &pinfo->dst, &pinfo->src,
                                                    (uint16_t)pinfo->srcport);
    }
    if (flow->handed_out.by == HANDED_OUT_NONE)
        return false;
    flow_content_set_ends(flow, pinfo, to_responder);
    flow->service = SERVICE_TFTP;
    return true;
}

/* True if the packet has content that only one end of a connection sends: that decides the ends. */
static bool
has_sender(const packet_view_t *packet)
{
    return packet->pinfo->ptype == PT_TCP && packet->payload != NULL &&
           service_sender(packet->payload, packet->length) != SENDER_UNKNOWN;
}

/* Looks for a port that was handed out: the responder's, or either end's if no SYN was seen. */
static void
find_service_port(const packet_view_t *packet, flow_content_t *flow)
{
    const packet_info *pinfo = packet->pinfo;
    const transport_e transport = pinfo->ptype == PT_TCP ? TRANSPORT_TCP : TRANSPORT_UDP;
    bool sure, forward = flow_content_is_initiator(flow, &pinfo->src, pinfo->srcport, &sure);

    sure = sure || has_sender(packet);
    for (unsigned i = 0; i < (sure ? 1 : 2); i++, forward = !forward) {
        flow->handed_out =
            handed_out_find(pinfo, forward ? &pinfo->dst : &pinfo->src, transport,
                            (uint16_t)(forward ? pinfo->destport : pinfo->srcport));
        if (flow->handed_out.by == HANDED_OUT_NONE)
            continue;
        if (!sure)
            flow_content_set_ends(flow, pinfo, forward);
        return;
    }
}

/*
 * True if Wireshark's FTP dissector has announced the connection, which a command or a reply has
 * named: it gives the conversation to the dissector of FTP's data.
 */
static bool
is_ftp_data(const packet_info *pinfo, const flow_content_t *flow)
{
    dissector_handle_t handle = conversation_get_dissector(flow->conversation, pinfo->num);

    return handle != NULL && dissector_handle_get_protocol_index(handle) == proto_ftp_data;
}

/* What is transferred is FTP's, whatever its first bytes are: they do not show the ends either. */
static void
set_ftp(const packet_info *pinfo, flow_content_t *flow)
{
    bool sure, forward = flow_content_is_initiator(flow, &pinfo->src, pinfo->srcport, &sure);

    if (sure)
        flow_content_set_ends(flow, pinfo, forward);
    flow->handed_out.by = HANDED_OUT_FTP;
    flow->service = SERVICE_FTP;
}

void
flow_port_find(const packet_view_t *packet, flow_content_t *flow)
{
    const packet_info *pinfo = packet->pinfo;

    if (flow->handed_out.by != HANDED_OUT_NONE || flow->port_looks >= FLOW_MAX_SNIFFS ||
        (pinfo->ptype != PT_TCP && pinfo->ptype != PT_UDP))
        return;
    flow->port_looks++;
    if (pinfo->ptype == PT_TCP && is_ftp_data(pinfo, flow))
        set_ftp(pinfo, flow);
    else if (!handed_out_is_empty() && (!is_transfer(packet) || !find_transfer(packet, flow)))
        find_service_port(packet, flow);
}
