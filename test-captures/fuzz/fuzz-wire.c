/* fuzz-wire.c
 * The frames of an input as they were on the wire
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Headers are valid, so that packets reach the plugin, except where an input requests otherwise:
 * lost, repeated and disordered segments, frames cut by the recording. Checksums are not computed:
 * by default Wireshark does not verify them.
 */

#include "fuzz-wire.h"

#include <stdio.h>
#include <string.h>

#define ETHERTYPE_IPV4 0x0800
#define ETHERTYPE_IPX 0x8137
#define ETHERTYPE_IPV6 0x86dd

#define PROTOCOL_ICMP 1
#define PROTOCOL_TCP 6
#define PROTOCOL_UDP 17
#define PROTOCOL_ICMPV6 58

#define TCP_FIN 0x01
#define TCP_SYN 0x02
#define TCP_RST 0x04
#define TCP_PSH 0x08
#define TCP_ACK 0x10

/* The same as in inputs.py: the servers' ports are those of the matrix, and of Remote Tools. */
static const uint16_t server_ports[32] = {
    2701, 2702, 2703, 2704, 1761, 1762, 1763, 1764, 80,   443,  139,  445,  137,  138,  389,  636,
    135,  88,   1433, 53,   67,   1723, 3268, 161,  69,   3389, 8080, 5000, 4011, 8530, 1024, 2725,
};
static const uint16_t client_ports[8] = { 1047, 1048, 49152, 2703, 68, 137, 138, 3001 };

/* Of IPX, by the server's port (Q167128; NetBIOS; NWLink's datagrams; SAP). */
static const uint16_t ipx_sockets[8] = { 0x8138, 0x8238, 0x845f, 0x4100,
                                         0x0455, 0x0551, 0x0553, 0x0452 };

static const uint8_t tcp_flags[8] = {
    TCP_PSH | TCP_ACK, TCP_SYN, TCP_SYN | TCP_ACK, TCP_ACK,
    TCP_FIN | TCP_ACK, TCP_RST, TCP_RST | TCP_ACK, TCP_PSH,
};

/* --- Writing --------------------------------------------------------------------------------- */

typedef struct {
    uint8_t *bytes;
    unsigned length;
} writer_t;

static void
put(writer_t *to, const void *from, unsigned length)
{
    if (length > 0)
        memcpy(to->bytes + to->length, from, length);
    to->length += length;
}

static void
put8(writer_t *to, unsigned value)
{
    to->bytes[to->length++] = (uint8_t)value;
}

static void
put16(writer_t *to, unsigned value)
{
    put8(to, value >> 8);
    put8(to, value);
}

static void
put32(writer_t *to, uint32_t value)
{
    put16(to, value >> 16);
    put16(to, value);
}

static void
put16_little(writer_t *to, unsigned value)
{
    put8(to, value);
    put8(to, value >> 8);
}

static void
put32_little(writer_t *to, uint32_t value)
{
    put16_little(to, value);
    put16_little(to, value >> 16);
}

/* --- Hosts ----------------------------------------------------------------------------------- */

/* The last of them is the broadcast. */
static unsigned
last_byte(unsigned host)
{
    return host == WIRE_HOSTS - 1 ? 255 : 10 + host;
}

static void
put_ipv4(writer_t *to, const wire_t *wire, unsigned host)
{
    put32(to, (wire->known_to_table ? 0x0a010000u : 0x0a020000u) | last_byte(host));
}

static void
put_ipv6(writer_t *to, const wire_t *wire, unsigned host)
{
    put32(to, 0x20010db8u);
    put32(to, wire->known_to_table ? 1 : 2);
    put32(to, 0);
    put32(to, last_byte(host));
}

static void
put_ipx(writer_t *to, unsigned host, unsigned socket)
{
    put32(to, 0x1a2b);
    if (host == WIRE_HOSTS - 1) {
        put(to, "\xff\xff\xff\xff\xff\xff", 6);
    } else {
        put16(to, 0x0200);
        put32(to, 0x0a010000u | last_byte(host));
    }
    put16(to, socket);
}

const char *
wire_host_text(unsigned host, char *text, size_t size)
{
    snprintf(text, size, "10.1.0.%u", last_byte(host));
    return text;
}

/* --- Decoding a frame of an input ------------------------------------------------------------ */

typedef struct {
    frame_kind_e kind;
    bool from_server;
    unsigned client, server;
    unsigned client_port, server_port; /* numbers of the tables */
    unsigned how;
    bool ipv6;
} about_t;

static void
read_header(const input_frame_t *frame, about_t *about)
{
    const uint8_t *header = frame->header;

    about->kind = (frame_kind_e)((header[0] & 0x7f) % FRAME_KINDS);
    about->from_server = header[0] & 0x80;
    about->client = header[1] & 0x0f;
    about->server = header[1] >> 4;
    about->server_port = header[2] & 0x1f;
    about->client_port = header[2] >> 5;
    about->how = header[3];
    about->ipv6 = about->kind == FRAME_TCP6 || about->kind == FRAME_UDP6 ||
                  about->kind == FRAME_UNREACHABLE6;
}

static unsigned
source_host(const about_t *about)
{
    return about->from_server ? about->server : about->client;
}

static unsigned
target_host(const about_t *about)
{
    return about->from_server ? about->client : about->server;
}

static void
put_ports(writer_t *to, const about_t *about)
{
    unsigned client = client_ports[about->client_port];
    unsigned server = server_ports[about->server_port];

    put16(to, about->from_server ? server : client);
    put16(to, about->from_server ? client : server);
}

/* --- Layers ---------------------------------------------------------------------------------- */

static void
put_ethernet(writer_t *to, unsigned type)
{
    put(to, "\x02\0\0\0\0\2\x02\0\0\0\0\1", 12);
    put16(to, type);
}

/* IP's own header; put_length() when the packet is complete. */
static unsigned
put_network(writer_t *to, const wire_t *wire, const about_t *about, unsigned protocol)
{
    unsigned at;

    put_ethernet(to, about->ipv6 ? ETHERTYPE_IPV6 : ETHERTYPE_IPV4);
    at = to->length;
    if (about->ipv6) {
        put32(to, 0x60000000u);
        put16(to, 0);
        put8(to, protocol);
        put8(to, 128);
        put_ipv6(to, wire, source_host(about));
        put_ipv6(to, wire, target_host(about));
    } else {
        put16(to, 0x4500);
        put16(to, 0);
        put16(to, wire->num_frames + 1);
        put16(to, 0);
        put8(to, 128);
        put8(to, protocol);
        put16(to, 0);
        put_ipv4(to, wire, source_host(about));
        put_ipv4(to, wire, target_host(about));
    }
    return at;
}

static void
put_length(writer_t *to, const about_t *about, unsigned at)
{
    writer_t field = { to->bytes + at + (about->ipv6 ? 4 : 2), 0 };
    unsigned length = to->length - at - (about->ipv6 ? 40 : 0);

    put16(&field, length > UINT16_MAX ? UINT16_MAX : length);
}

static wire_flow_t *
flow_of(wire_t *wire, const about_t *about)
{
    unsigned key = 1 + (about->client | about->server << 4 | about->client_port << 8 |
                        about->server_port << 11 | (unsigned)about->ipv6 << 16);

    for (unsigned i = 0; i < wire->num_flows; i++) {
        if (wire->flows[i].key == key)
            return &wire->flows[i];
    }
    /* There are no more flows than frames. */
    wire->flows[wire->num_flows] = (wire_flow_t){ key, { 1000, 0xfffff000u } };
    return &wire->flows[wire->num_flows++];
}

static void
put_tcp(writer_t *to, wire_t *wire, const about_t *about, const uint8_t *payload, unsigned length)
{
    wire_flow_t *flow = flow_of(wire, about);
    uint32_t *next = &flow->next[about->from_server];
    unsigned flags = tcp_flags[about->how & 7];
    uint32_t sequence = *next;

    switch (about->how >> 3 & 3) {
    case 0: /* in its turn */
        break;
    case 1: /* again, or before what was there */
        sequence -= length;
        break;
    case 2: /* something before it is lost */
        sequence += 100;
        break;
    case 3: /* one byte back: a keep-alive, or a part of it again */
        sequence--;
        break;
    }
    put_ports(to, about);
    put32(to, sequence);
    put32(to, flags & TCP_ACK ? flow->next[!about->from_server] : 0);
    put8(to, 5 << 4);
    put8(to, flags);
    put16(to, 65535);
    put32(to, 0);
    put(to, payload, length);
    if ((about->how >> 3 & 3) != 1)
        *next = sequence + length + ((flags & (TCP_SYN | TCP_FIN)) != 0);
}

static void
put_udp(writer_t *to, const about_t *about, const uint8_t *payload, unsigned length)
{
    put_ports(to, about);
    put16(to, 8 + length);
    put16(to, 0);
    put(to, payload, length);
}

/* RFC 1001 14.1. */
static void
put_netbios_name(writer_t *to, const char *name, unsigned suffix)
{
    size_t length = strlen(name);

    put8(to, 32);
    for (unsigned i = 0; i < 16; i++) {
        unsigned c = i == 15 ? suffix : i < length ? (uint8_t)name[i] : ' ';

        put8(to, 'A' + (c >> 4));
        put8(to, 'A' + (c & 0x0f));
    }
    put8(to, 0);
}

/* RFC 1002 4.4.2. */
static void
put_nbdgm(writer_t *to, const wire_t *wire, const about_t *about, const uint8_t *payload,
          unsigned length)
{
    unsigned suffix = length > 0 ? payload[0] : 0x43;

    if (length > 0) {
        payload++;
        length--;
    }
    put8(to, 0x10);
    put8(to, 0x02);
    put16(to, 1);
    put_ipv4(to, wire, source_host(about));
    put16(to, 138);
    put16(to, 2 * 34 + length);
    put16(to, 0);
    put_netbios_name(to, about->from_server ? "WKS17" : "ADM01", about->from_server ? 0x43 : 0x44);
    put_netbios_name(to, about->from_server ? "ADM01" : "WKS17", suffix);
    put(to, payload, length);
}

/* The bytes before and after the payload of the kinds that have their own header. */
static unsigned
wrap(const about_t *about, const uint8_t *payload, unsigned length, uint8_t *bytes)
{
    writer_t to = { bytes, 0 };
    unsigned text_length = length > UINT16_MAX - 64 ? UINT16_MAX - 64 : length;

    switch (about->kind) {
    case FRAME_TNMP:
        put(&to, "TNMP", 4);
        put32_little(&to, length);
        put(&to, "TNME", 4);
        put(&to, payload, length);
        break;
    case FRAME_RCH:
        put(&to, "RCH0", 4);
        put32_little(&to, length);
        put(&to, "RCHE", 4);
        put(&to, payload, length);
        break;
    case FRAME_CM_WORD:
    case FRAME_CM_TOKEN:
        put32_little(&to, (2 + text_length) | (about->kind == FRAME_CM_WORD ? 0x80000000u : 0));
        put16_little(&to, text_length);
        put(&to, payload, text_length);
        break;
    case FRAME_CM_PLAIN:
        put32_little(&to, 4 + text_length + 60);
        put16_little(&to, text_length);
        put(&to, payload, text_length);
        put16_little(&to, 60);
        /* RFC 4121 4.2.6.2, without the flag Sealed. */
        put(&to, "\x05\x04", 2);
        put8(&to, about->from_server ? 5 : 4);
        put8(&to, 0xff);
        memset(to.bytes + to.length, 0, 56);
        to.length += 56;
        break;
    case FRAME_NBSS:
        put16(&to, length >> 16 & 1);
        put16(&to, length);
        put(&to, payload, length);
        break;
    default:
        put(&to, payload, length);
        break;
    }
    return to.length;
}

static void
put_ipx_packet(writer_t *to, wire_t *wire, const about_t *about, const uint8_t *payload,
               unsigned length)
{
    bool spx = about->kind == FRAME_SPX;
    unsigned server = ipx_sockets[about->server_port & 7];
    /* NetBIOS has its socket at both ends. */
    unsigned client = server == 0x0455 ? server : 0x4000 + client_ports[about->client_port];

    put_ethernet(to, ETHERTYPE_IPX);
    put16(to, 0xffff);
    put16(to, 30 + length + (spx ? 12 : 0));
    put8(to, 0);
    put8(to, spx ? 5 : about->how & 7 ? about->how & 7 : 4);
    put_ipx(to, target_host(about), about->from_server ? client : server);
    put_ipx(to, source_host(about), about->from_server ? server : client);
    if (spx) {
        put8(to, 0x50);
        put8(to, 0);
        put16(to, 1 + about->client_port);
        put16(to, 1 + about->server_port);
        put16(to, wire->num_frames);
        put16(to, 0);
        put16(to, 4);
    }
    put(to, payload, length);
}

static void
put_unreachable(writer_t *to, wire_t *wire, about_t *about, const uint8_t *payload,
                unsigned length)
{
    unsigned back = 1 + (length > 0 ? payload[0] : 0);
    unsigned code = length > 1 ? payload[1] : 3;
    unsigned type = length > 2 ? payload[2] : about->ipv6 ? 1 : 3;
    unsigned at = put_network(to, wire, about, about->ipv6 ? PROTOCOL_ICMPV6 : PROTOCOL_ICMP);

    put8(to, type);
    put8(to, code);
    put16(to, 0);
    put32(to, 0);
    if (back <= wire->num_frames && wire->quotes[wire->num_frames - back].length > 0) {
        unsigned quoted = wire->quotes[wire->num_frames - back].length;

        /* RFC 792 quotes 64 bits of what follows IP; some quote more. */
        if (length <= 3 && !about->ipv6 && quoted > 28)
            quoted = 28;
        put(to, wire->quotes[wire->num_frames - back].bytes, quoted);
    }
    if (length > 3)
        put(to, payload + 3, length - 3);
    put_length(to, about, at);
}

/* --- Frames ---------------------------------------------------------------------------------- */

void
wire_start(wire_t *wire, bool known_to_table)
{
    wire->known_to_table = known_to_table;
    wire->num_flows = 0;
    wire->num_frames = 0;
}

static void
keep_quote(wire_t *wire, const uint8_t *bytes, unsigned length)
{
    unsigned type = length >= 14 ? (unsigned)bytes[12] << 8 | bytes[13] : 0;
    unsigned kept = 0;

    if (wire->num_frames >= INPUT_MAX_FRAMES)
        return;
    if (type == ETHERTYPE_IPV4 || type == ETHERTYPE_IPV6) {
        kept = length - 14;
        if (kept > sizeof wire->quotes[0].bytes)
            kept = sizeof wire->quotes[0].bytes;
        memcpy(wire->quotes[wire->num_frames].bytes, bytes + 14, kept);
    }
    wire->quotes[wire->num_frames].length = kept;
    wire->quotes[wire->num_frames].ipv6 = type == ETHERTYPE_IPV6;
    wire->num_frames++;
}

unsigned
wire_write(wire_t *wire, const input_frame_t *frame, uint8_t *bytes, unsigned *captured)
{
    static uint8_t wrapped[WIRE_MAX_FRAME];
    writer_t to = { bytes, 0 };
    about_t about;
    unsigned at, length;

    read_header(frame, &about);
    switch (about.kind) {
    case FRAME_TCP:
    case FRAME_TCP6:
    case FRAME_TNMP:
    case FRAME_RCH:
    case FRAME_CM_WORD:
    case FRAME_CM_TOKEN:
    case FRAME_CM_PLAIN:
    case FRAME_NBSS:
    default:
        at = put_network(&to, wire, &about, PROTOCOL_TCP);
        length = wrap(&about, frame->payload, frame->length, wrapped);
        put_tcp(&to, wire, &about, wrapped, length);
        put_length(&to, &about, at);
        break;
    case FRAME_UDP:
    case FRAME_UDP6:
        at = put_network(&to, wire, &about, PROTOCOL_UDP);
        put_udp(&to, &about, frame->payload, frame->length);
        put_length(&to, &about, at);
        break;
    case FRAME_NBDGM: {
        writer_t datagram = { wrapped, 0 };

        at = put_network(&to, wire, &about, PROTOCOL_UDP);
        put_nbdgm(&datagram, wire, &about, frame->payload, frame->length);
        put_udp(&to, &about, wrapped, datagram.length);
        put_length(&to, &about, at);
        break;
    }
    case FRAME_IPX:
    case FRAME_SPX:
        put_ipx_packet(&to, wire, &about, frame->payload, frame->length);
        break;
    case FRAME_UNREACHABLE:
    case FRAME_UNREACHABLE6:
        put_unreachable(&to, wire, &about, frame->payload, frame->length);
        break;
    case FRAME_IP:
        put_ethernet(&to, frame->length > 0 && frame->payload[0] >> 4 == 6 ? ETHERTYPE_IPV6
                                                                           : ETHERTYPE_IPV4);
        put(&to, frame->payload, frame->length);
        break;
    case FRAME_ETHERNET:
        put(&to, frame->payload, frame->length);
        break;
    }
    keep_quote(wire, bytes, to.length);
    switch (about.how >> 5 & 3) {
    case 0:
        *captured = to.length;
        break;
    case 1: /* a few bytes are missing */
        *captured = to.length > 5 ? to.length - 5 : to.length;
        break;
    case 2: /* TCP's header and little more */
        *captured = to.length < 64 ? to.length : 64;
        break;
    case 3:
        *captured = to.length / 2;
        break;
    }
    return to.length;
}
