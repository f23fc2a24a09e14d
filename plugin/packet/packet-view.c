/* packet-view.c
 * The packet at hand, as cheaply as it can be looked at: its layers and its bytes
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * The audit asks this of every packet. The fields tcp.payload and udp.payload would cost as much
 * as all else the audit does, and so would an item of each header. But pinfo's addresses are
 * shallow: they point into the packet, at their place in the IP header, and so tell where all
 * the rest lies. (IPv6's are copies, and looked for.) What was put together from several packets,
 * or decrypted, is among the packet's data sources: the bytes that Wireshark's window shows in
 * tabs of their own.
 */

#define WS_LOG_DOMAIN "smsrc"

#include "packet-view.h"

#include <epan/ipproto.h>
#include <wsutil/pint.h>
#include <wsutil/str_util.h>
#include <wsutil/wslog.h>

/* The protocols of the layers; bit i of a packet's layers stands for number i. */
#define MAX_LAYERS 32
static const char *layer_protos[MAX_LAYERS] = { "icmp", "icmpv6" };
static unsigned num_layers = 2;

/*
 * The same as a hash table of one step: every packet is asked for its layers. LAYER_SLOTS is a
 * power of two well above the number of layers.
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

/* The IP header's own words (RFC 791, RFC 8200). */
#define IPV4_SOURCE 12
#define IPV6_SOURCE 8
#define IPV6_LENGTH 40

/* The headers' lengths; TCP's with options stands in its own word. */
#define UDP_LENGTH 8U
#define TCP_LENGTH 20U
#define TCP_OFFSET 12
#define PORTS_LENGTH 4U

/* Link headers and tunnels before the addresses are shorter than this. */
#define IPV6_SEARCH 512

/* IPv6's addresses are copies: where in the frame both stand, one behind the other; or NULL. */
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
find_network(packet_view_t *packet, tvbuff_t *tvb)
{
    const packet_info *pinfo = packet->pinfo;
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
        /* 0: a segment that the network card was to cut up; then the frame's end has to do. */
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

/* The payload of TCP or UDP. Behind it may be Ethernet's padding: IP's length ends it. */
static void
find_payload(packet_view_t *packet)
{
    unsigned header = UDP_LENGTH;

    if (packet->network == NULL)
        return;
    if (packet->pinfo->ptype == PT_TCP) {
        if (packet->network_length < TCP_LENGTH)
            return;
        header = MAX((packet->network[TCP_OFFSET] >> 4) * 4U, TCP_LENGTH);
    }
    if (packet->network_length <= header)
        return;
    packet->payload = packet->network + header;
    packet->length = MIN(packet->network_length - header, PACKET_MAX_PAYLOAD);
    packet->reported -= header;
}

packet_view_t
packet_view_open(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, unsigned layers)
{
    packet_view_t packet = { tvb, pinfo, tree, layers, 0, NULL, 0, NULL, 0, 0 };

    find_network(&packet, tvb);
    if (pinfo->ptype == PT_TCP || pinfo->ptype == PT_UDP)
        find_payload(&packet);
    return packet;
}

bool
packet_view_is_bare(const packet_view_t *packet)
{
    enum { FLAGS = 13, FIN = 0x01 };

    return packet->pinfo->ptype == PT_TCP && packet->protocol == IP_PROTO_TCP &&
           packet->payload == NULL && packet->network_length >= TCP_LENGTH &&
           (packet->network[FLAGS] & FIN) == 0;
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
    /* A packet that came in fragments begins with the header of TCP or UDP. */
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
