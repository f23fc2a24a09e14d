/* packet-view.c
 * Zero-copy view of the current packet: its layers and its bytes
 *
 * Copyright 2026 smsrc contributors
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

#include <wiretap/wtap.h>
#include <wsutil/pint.h>
#include <wsutil/str_util.h>
#include <wsutil/wslog.h>

#include "addresses.h"
#include "bounds.h"
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

/* Upper limit of the headers between IP's own and TCP's or UDP's. */
#define MAX_EXTENSIONS 16

/* Bytes of the packet: those of the frame, or of what Wireshark has made of several. */
typedef struct {
    const uint8_t *bytes;
    unsigned length;   /* as captured */
    unsigned reported; /* as it was on the wire */
} source_t;

/* The headers of IP, as far as they have been read. */
typedef struct {
    const uint8_t *at;   /* the next header */
    unsigned left;       /* captured bytes from there on */
    unsigned reported;   /* the same on the wire */
    uint8_t protocol;    /* of the next header */
    bool is_fragment;    /* the packet is a part of one */
    bool is_later;       /* and not its first part, which has the next header */
} headers_t;

static source_t
source_of(tvbuff_t *tvb)
{
    source_t source = { NULL, tvb_captured_length(tvb), tvb_reported_length(tvb) };

    if (source.length > 0)
        source.bytes = tvb_get_ptr(tvb, 0, (int)source.length);
    return source;
}

/* What Wireshark has made of several packets, number @p i from 1. False if there is not so much. */
static bool
get_made_source(const packet_view_t *packet, unsigned i, source_t *source)
{
    GSList *made = packet->pinfo->data_src != NULL ? packet->pinfo->data_src->next : NULL;

    while (made != NULL && i > 1) {
        made = made->next;
        i--;
    }
    if (made == NULL)
        return false;
    *source = source_of(get_data_source_tvb((const struct data_source *)made->data));
    return true;
}

static bool
has_ports(const packet_info *pinfo, const uint8_t *bytes, unsigned length)
{
    return length > PORTS_LENGTH && pntohu16(bytes) == pinfo->srcport &&
           pntohu16(bytes + 2) == pinfo->destport;
}

static bool
is_port_protocol(uint8_t protocol)
{
    return protocol == IP_PROTO_TCP || protocol == IP_PROTO_UDP;
}

/* The length of an extension header whose first bytes are at @p at; 0 if @p protocol is none. */
static unsigned
extension_length(uint8_t protocol, const uint8_t *at)
{
    switch (protocol) {
    case IP_PROTO_HOPOPTS:
    case IP_PROTO_ROUTING:
    case IP_PROTO_DSTOPTS:
    case IP_PROTO_MIPV6:
    case IP_PROTO_SHIM6:
        return (at[1] + 1U) * 8;
    case IP_PROTO_FRAGMENT:
        return 8;
    case IP_PROTO_AH: /* RFC 4302 2.2 */
        return (at[1] + 2U) * 4;
    default:
        return 0;
    }
}

/* Passes over the extension headers (RFC 8200 4), up to one that is none or was not captured. */
static void
skip_extensions(const packet_info *pinfo, headers_t *headers)
{
    enum { MORE_AND_OFFSET = 0xfff9, OFFSET = 0xfff8 };

    for (unsigned i = 0; headers->left >= 8 && !headers->is_later; i++) {
        unsigned length = extension_length(headers->protocol, headers->at);

        if (length == 0 || length >= headers->left)
            return;
        if (i == MAX_EXTENSIONS) {
            if (!PINFO_FD_VISITED(pinfo))
                bounds_exceed(BOUND_IP_EXTENSIONS, MAX_EXTENSIONS);
            return;
        }
        if (headers->protocol == IP_PROTO_FRAGMENT) {
            headers->is_fragment = (pntohu16(headers->at + 2) & MORE_AND_OFFSET) != 0;
            headers->is_later = (pntohu16(headers->at + 2) & OFFSET) != 0;
        }
        headers->protocol = headers->at[0];
        headers->at += length;
        headers->left -= length;
        headers->reported -= MIN(length, headers->reported);
    }
}

/* A length of 0: a segment that the network card splits; then the source's end is the packet's. */
static headers_t
headers_after(const uint8_t *ip, unsigned left, unsigned header, unsigned total, uint8_t protocol)
{
    headers_t headers = { .at = ip + header, .left = left - header, .protocol = protocol };

    headers.reported = total > header ? total - header : headers.left;
    headers.left = MIN(headers.left, headers.reported);
    return headers;
}

/* Reads the IPv4 header whose source address pinfo points to, where that is in @p source. */
static bool
read_ipv4(const packet_info *pinfo, const source_t *source, headers_t *headers)
{
    enum { MORE_AND_OFFSET = 0x3fff, OFFSET = 0x1fff };
    const uint8_t *from = (const uint8_t *)pinfo->src.data, *ip = from - IPV4_SOURCE;
    unsigned left, header;

    if (from < source->bytes + IPV4_SOURCE || from >= source->bytes + source->length)
        return false;
    left = (unsigned)(source->bytes + source->length - ip);
    header = (ip[0] & 0x0f) * 4U;
    if (ip[0] >> 4 != 4 || header < 20 || left <= header)
        return false;
    *headers = headers_after(ip, left, header, pntohu16(ip + 2), ip[9]);
    headers->is_fragment = (pntohu16(ip + 6) & MORE_AND_OFFSET) != 0;
    headers->is_later = (pntohu16(ip + 6) & OFFSET) != 0;
    if (!is_port_protocol(headers->protocol))
        skip_extensions(pinfo, headers);
    return true;
}

/* True if the headers read so far are those of the packet at hand. */
static bool
are_of_packet(const packet_info *pinfo, const headers_t *headers)
{
    return headers->is_fragment || headers->protocol == IP_PROTO_ICMPV6 ||
           (is_port_protocol(headers->protocol) && has_ports(pinfo, headers->at, headers->left));
}

/*
 * Reads the IPv6 header in @p source. pinfo has copies of the two addresses, so they are searched
 * for; a tunnel may have the same two more than once.
 */
static bool
read_ipv6(const packet_info *pinfo, const source_t *source, headers_t *headers)
{
    const uint8_t *end = source->bytes + MIN(source->length, IPV6_SEARCH), *hit = source->bytes;
    uint8_t both[32];

    if (pinfo->src.len != 16 || pinfo->dst.type != AT_IPv6 || pinfo->dst.len != 16)
        return false;
    memcpy(both, pinfo->src.data, 16);
    memcpy(both + 16, pinfo->dst.data, 16);
    for (; (hit = ws_memmem(hit, (size_t)(end - hit), both, sizeof both)) != NULL; hit++) {
        const uint8_t *ip = hit - IPV6_SOURCE;
        unsigned left = (unsigned)(source->bytes + source->length - ip);

        if (hit < source->bytes + IPV6_SOURCE || ip[0] >> 4 != 6 || left <= IPV6_LENGTH)
            continue;
        *headers = headers_after(ip, left, IPV6_LENGTH, pntohu16(ip + 4) + IPV6_LENGTH, ip[6]);
        skip_extensions(pinfo, headers);
        if (are_of_packet(pinfo, headers))
            return true;
    }
    return false;
}

/* Finds the headers in the frame, or in what a tunnel carried that came in several. */
static bool
read_headers(const packet_view_t *packet, headers_t *headers)
{
    const packet_info *pinfo = packet->pinfo;
    source_t source = source_of(packet->tvb);
    unsigned i = 0;

    if (pinfo->src.type != AT_IPv4 && pinfo->src.type != AT_IPv6)
        return false;
    do {
        if (source.bytes != NULL && (pinfo->src.type == AT_IPv4
                                         ? read_ipv4(pinfo, &source, headers)
                                         : read_ipv6(pinfo, &source, headers)))
            return true;
    } while (++i < PACKET_MAX_PARTS && get_made_source(packet, i, &source));
    return false;
}

/* The last fragment of a packet: what follows IP's headers is what Wireshark has reassembled. */
static bool
find_reassembled(const packet_view_t *packet, headers_t *headers)
{
    const packet_info *pinfo = packet->pinfo;
    source_t source;

    if (pinfo->ptype != PT_TCP && pinfo->ptype != PT_UDP)
        return false;
    for (unsigned i = 1; i < PACKET_MAX_PARTS && get_made_source(packet, i, &source); i++) {
        headers_t whole = { source.bytes, source.length, source.reported, headers->protocol,
                            false, false };

        if (source.bytes == NULL)
            continue;
        skip_extensions(pinfo, &whole);
        if (is_port_protocol(whole.protocol) && has_ports(pinfo, whole.at, whole.left)) {
            *headers = whole;
            return true;
        }
    }
    return false;
}

static void
find_network(packet_view_t *packet)
{
    headers_t headers;

    if (!read_headers(packet, &headers))
        return;
    packet->protocol = headers.protocol;
    if ((headers.is_fragment && !find_reassembled(packet, &headers) && headers.is_later) ||
        headers.left == 0 ||
        (!is_port_protocol(headers.protocol) && headers.protocol != IP_PROTO_ICMP &&
         headers.protocol != IP_PROTO_ICMPV6))
        return;
    packet->network = headers.at;
    packet->protocol = headers.protocol;
    packet->reported = headers.reported;
    packet->network_length = headers.left;
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

bool
packet_view_has_other_ports(packet_view_t *packet)
{
    packet_view_read_bytes(packet);
    return packet->network == NULL && packet->protocol != 0 &&
           !is_port_protocol(packet->protocol);
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
    source_t source;

    /* Nearly every packet is its frame, and nothing else. */
    if (packet->pinfo->data_src == NULL || packet->pinfo->data_src->next == NULL ||
        !get_made_source(packet, i, &source))
        return false;
    *part = *packet;
    part->reported = source.reported;
    part->network = NULL;
    part->network_length = 0;
    part->length = MIN(source.length, PACKET_MAX_PAYLOAD);
    part->payload = source.bytes;
    /* The packet that IP's fragments make is the packet itself. */
    if (source.bytes != NULL && packet->network >= source.bytes &&
        packet->network < source.bytes + source.length) {
        part->payload = NULL;
        part->length = 0;
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
