/* packet-view.c
 * Zero-copy view of the current packet: its layers and its bytes
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * Called for every packet; must be cheap. The fields tcp.payload and udp.payload would cost as much
 * as all else the audit does, and so would an item of each header. But pinfo's addresses are
 * shallow: they point into the IP header of the packet, from which the offset of the payload
 * follows. (IPv6's are copies, which are searched for.) Bytes that Wireshark has reassembled or
 * decrypted are among the packet's data sources, which its window shows in separate tabs.
 */

#include "packet-view.h"

#include <wsutil/pint.h>
#include <wsutil/str_util.h>
#include <wsutil/wslog.h>

#include "addresses.h"
#include "service-sender.h"

/* The protocols of the layers; bit i of a packet's layers stands for number i. */
#define MAX_LAYERS 32
static const char *layer_protos[MAX_LAYERS] = { "icmp", "icmpv6" };
static unsigned num_layers = 2;

/*
 * Hash table of the same, because layers are read for every packet. LAYER_SLOTS is a power of two
 * well above the number of layers.
 */
#define LAYER_SLOTS 64
static struct {
    int proto;
    unsigned layer;
} layer_slots[LAYER_SLOTS];

static void
add_slot(unsigned layer)
{
    int proto = proto_get_id_by_filter_name(layer_protos[layer]);
    unsigned slot = (unsigned)proto % LAYER_SLOTS;

    if (proto < 0)
        return;
    while (layer_slots[slot].proto != -1)
        slot = (slot + 1) % LAYER_SLOTS;
    layer_slots[slot].proto = proto;
    layer_slots[slot].layer = 1U << layer;
}

void
packet_view_init(void)
{
    service_detect_init();
    service_sender_init();
    for (unsigned i = 0; i < LAYER_SLOTS; i++)
        layer_slots[i].proto = -1;
    for (unsigned i = 0; i < num_layers; i++)
        add_slot(i);
}

unsigned
packet_view_watch(const char *protocol)
{
    for (unsigned i = 0; i < num_layers; i++) {
        if (strcmp(layer_protos[i], protocol) == 0)
            return 1U << i;
    }
    if (num_layers == MAX_LAYERS)
        ws_error("more than %d layers", MAX_LAYERS);
    layer_protos[num_layers] = protocol;
    add_slot(num_layers);
    return 1U << num_layers++;
}

unsigned
packet_view_layers(const packet_info *pinfo)
{
    unsigned layers = 0;

    for (wmem_list_frame_t *frame = wmem_list_head(pinfo->layers); frame != NULL;
         frame = wmem_list_frame_next(frame)) {
        int proto = GPOINTER_TO_INT(wmem_list_frame_data(frame));

        for (unsigned slot = (unsigned)proto % LAYER_SLOTS; layer_slots[slot].proto != -1;
             slot = (slot + 1) % LAYER_SLOTS) {
            if (layer_slots[slot].proto == proto) {
                layers |= layer_slots[slot].layer;
                break;
            }
        }
    }
    return layers;
}

/* Offsets in the IP header (RFC 791, RFC 8200). */
#define IPV4_SOURCE 12
#define IPV6_SOURCE 8
#define IPV6_LENGTH 40

/* Lengths of headers; TCP's with options is at TCP_OFFSET. */
#define UDP_LENGTH 8U
#define TCP_OFFSET 12
#define PORTS_LENGTH 4U

/* Upper limit of the length of link headers and tunnels before the addresses. */
#define IPV6_SEARCH 512

/* The place in the frame of an IPv6 header's two addresses, or NULL: pinfo has copies of them. */
static const uint8_t *
find_ipv6_source(const uint8_t *frame, unsigned captured, const packet_info *pinfo)
{
    uint8_t both[32];

    if (pinfo->src.len != 16 || pinfo->dst.type != AT_IPv6 || pinfo->dst.len != 16)
        return NULL;
    memcpy(both, pinfo->src.data, 16);
    memcpy(both + 16, pinfo->dst.data, 16);
    return ws_memmem(frame, MIN(captured, IPV6_SEARCH), both, sizeof both);
}

static void
find_network(packet_view_t *packet)
{
    const packet_info *pinfo = packet->pinfo;
    tvbuff_t *tvb = packet->tvb;
    unsigned captured = tvb_captured_length(tvb);
    const uint8_t *frame = captured > 0 ? tvb_get_ptr(tvb, 0, (int)captured) : NULL;
    const uint8_t *source = (const uint8_t *)pinfo->src.data;
    unsigned left, header, total;

    if (frame != NULL && pinfo->src.type == AT_IPv6)
        source = find_ipv6_source(frame, captured, pinfo);
    if (frame == NULL || source == NULL || source < frame + IPV6_SOURCE ||
        source >= frame + captured)
        return;
    left = (unsigned)(frame + captured - source);
    if (pinfo->src.type == AT_IPv4 && source >= frame + IPV4_SOURCE) {
        const uint8_t *ip = source - IPV4_SOURCE;

        header = (ip[0] & 0x0f) * 4U;
        left += IPV4_SOURCE;
        if (ip[0] >> 4 != 4 || header < 20 || left <= header ||
            (pntohu16(ip + 6) & 0x1fff) != 0 ||
            (ip[9] != IP_PROTO_TCP && ip[9] != IP_PROTO_UDP && ip[9] != IP_PROTO_ICMP))
            return;
        /* 0: a segment that the network card splits; then the frame's end is the packet's. */
        total = pntohu16(ip + 2);
        packet->network = ip + header;
        packet->protocol = ip[9];
    } else if (pinfo->src.type == AT_IPv6) {
        const uint8_t *ip = source - IPV6_SOURCE;

        header = IPV6_LENGTH;
        left += IPV6_SOURCE;
        if (ip[0] >> 4 != 6 || left <= header ||
            (ip[6] != IP_PROTO_TCP && ip[6] != IP_PROTO_UDP && ip[6] != IP_PROTO_ICMPV6))
            return;
        total = pntohu16(ip + 4) + header;
        packet->network = ip + header;
        packet->protocol = ip[6];
    } else {
        return;
    }
    packet->reported = total > header ? total - header : left - header;
    packet->network_length = MIN(left - header, packet->reported);
}

/* The payload of TCP or UDP. IP's length ends it: Ethernet's padding may follow. */
static void
find_payload(packet_view_t *packet)
{
    unsigned header = UDP_LENGTH;

    if (packet->network == NULL)
        return;
    if (packet->pinfo->ptype == PT_TCP) {
        if (packet->network_length < PACKET_TCP_LENGTH)
            return;
        header = MAX((packet->network[TCP_OFFSET] >> 4) * 4U, PACKET_TCP_LENGTH);
    }
    if (packet->network_length <= header)
        return;
    packet->payload = packet->network + header;
    packet->length = MIN(packet->network_length - header, PACKET_MAX_PAYLOAD);
    packet->reported -= header;
}

void
packet_view_read_bytes(packet_view_t *packet)
{
    if (packet->has_bytes)
        return;
    packet->has_bytes = true;
    find_network(packet);
    if (packet->pinfo->ptype == PT_TCP || packet->pinfo->ptype == PT_UDP)
        find_payload(packet);
}

/*
 * True for a TCP segment that is nothing but its header: it has no layer above TCP. (A FIN is none:
 * at a connection's end Wireshark may dissect what it has reassembled until then.)
 */
static bool
is_bare(const packet_view_t *packet)
{
    enum { FIN = 0x01 };
    const uint8_t *header = packet_view_tcp_header(packet);

    return packet->pinfo->ptype == PT_TCP && packet->payload == NULL && header != NULL &&
           (header[PACKET_TCP_FLAGS] & FIN) == 0;
}

unsigned
packet_view_read_layers(packet_view_t *packet)
{
    if (!packet->has_layers) {
        packet->has_layers = true;
        packet->layers = packet->has_bytes && is_bare(packet)
                             ? 0
                             : packet_view_layers(packet->pinfo);
    }
    return packet->layers;
}

/* Where a capture of "any" interface has the kind of packet, which for a broadcast is 1. */
static bool
is_cooked_broadcast(const packet_view_t *packet)
{
    const unsigned at = packet->pinfo->rec->rec_header.packet_header.pkt_encap == WTAP_ENCAP_SLL2
                            ? 10 : 1;

    return (at == 10 ||
            packet->pinfo->rec->rec_header.packet_header.pkt_encap == WTAP_ENCAP_SLL) &&
           tvb_bytes_exist(packet->tvb, (int)at, 1) && tvb_get_uint8(packet->tvb, (int)at) == 1;
}

bool
packet_view_is_broadcast(const packet_view_t *packet)
{
    const packet_info *pinfo = packet->pinfo;

    return addresses_is_ipv4_broadcast(&pinfo->dst, &pinfo->dl_dst) ||
           (pinfo->dst.type == AT_IPv4 && is_cooked_broadcast(packet));
}

bool
packet_view_part(const packet_view_t *packet, unsigned i, packet_view_t *part)
{
    const packet_info *pinfo = packet->pinfo;
    GSList *source = pinfo->data_src != NULL ? pinfo->data_src->next : NULL;
    tvbuff_t *tvb;

    while (source != NULL && i > 1) {
        source = source->next;
        i--;
    }
    if (source == NULL)
        return false;
    *part = *packet;
    tvb = get_data_source_tvb((const struct data_source *)source->data);
    part->reported = tvb_reported_length(tvb);
    part->network = NULL;
    part->network_length = 0;
    part->length = MIN(tvb_captured_length(tvb), PACKET_MAX_PAYLOAD);
    part->payload = part->length > 0 ? tvb_get_ptr(tvb, 0, (int)part->length) : NULL;
    /* A reassembled IP packet begins with the header of TCP or UDP. */
    if (packet->network == NULL && part->length > PORTS_LENGTH &&
        pntohu16(part->payload) == pinfo->srcport &&
        pntohu16(part->payload + 2) == pinfo->destport) {
        part->network = part->payload;
        part->network_length = part->length;
        part->payload = NULL;
        part->length = 0;
        find_payload(part);
    }
    return true;
}

service_e
packet_view_service(const packet_view_t *packet)
{
    return packet->payload == NULL
               ? SERVICE_UNKNOWN
               : service_detect_bytes(packet->payload, packet->length, packet->reported,
                                  packet->pinfo->ptype == PT_TCP ? TRANSPORT_TCP : TRANSPORT_UDP);
}

const uint8_t *
packet_view_bytes(const packet_view_t *packet, unsigned at, unsigned length)
{
    return packet->payload != NULL && packet->length >= at + length ? packet->payload + at : NULL;
}
