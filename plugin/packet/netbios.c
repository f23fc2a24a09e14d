/* netbios.c
 * NetBIOS names of Remote Tools in name service, datagram and session packets
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * The agent listens on NetBIOS names of its computer whose 16th byte is 0x43 (remote control), 0x45
 * (chat) and 0x46 (file transfer); the viewer calls them (KB articles Q122057, Q129603, Q163409,
 * Q170440). KB 826852 lists the ports: 137 for names, 138 for datagrams, 139 for sessions. Over
 * NWLink it is NetBIOS over IPX, socket 0x455.
 *
 * Wireshark's dissectors show these packets. The names are read from the bytes, because a field
 * costs a tree for every packet. Layouts: RFC 1001 14.1, RFC 1002 4.2 to 4.4; names and datagrams
 * over IPX: Wireshark's packet-nbipx.c.
 */

#include "netbios.h"

#include <wsutil/pint.h>

#define PORT_NAMES 137
#define PORT_DATAGRAMS 138
#define PORT_SESSIONS 139
#define IPX_SOCKET_NETBIOS 0x455

#define NAME_LENGTH 16
#define ENCODED_LENGTH (2 * NAME_LENGTH)

void
netbios_name_plain(const uint8_t bytes[NAME_LENGTH], netbios_name_t *name)
{
    unsigned length = NAME_LENGTH - 1;

    while (length > 0 && (bytes[length - 1] == ' ' || bytes[length - 1] == 0))
        length--;
    for (unsigned i = 0; i < length; i++)
        name->text[i] = g_ascii_isprint(bytes[i]) ? g_ascii_toupper((char)bytes[i]) : '.';
    name->text[length] = '\0';
    name->suffix = bytes[NAME_LENGTH - 1];
}

unsigned
netbios_name_decode(const uint8_t *bytes, unsigned length, netbios_name_t *name)
{
    uint8_t plain[NAME_LENGTH];
    unsigned at = 1 + ENCODED_LENGTH;

    if (length < at + 1 || bytes[0] != ENCODED_LENGTH)
        return 0;
    for (unsigned i = 0; i < NAME_LENGTH; i++) {
        unsigned high = bytes[1 + 2 * i] - 'A', low = bytes[2 + 2 * i] - 'A';

        if (high > 15 || low > 15)
            return 0;
        plain[i] = (uint8_t)(high << 4 | low);
    }
    /* The labels of the scope; an empty one ends them. */
    while (at < length && bytes[at] != 0) {
        if (bytes[at] > 63)
            return 0;
        at += 1U + bytes[at];
    }
    if (at >= length)
        return 0;
    netbios_name_plain(plain, name);
    return at + 1;
}

/* Decodes the two names after a header of @p header bytes. False if one is missing. */
static bool
decode_two_names(const packet_view_t *packet, unsigned header, netbios_name_t *first,
                 netbios_name_t *second)
{
    const uint8_t *bytes = packet->payload + header;
    unsigned left = packet->length - header;
    unsigned used = netbios_name_decode(bytes, left, first);

    return used != 0 && netbios_name_decode(bytes + used, left - used, second) != 0;
}

/* NBNS (RFC 1002 4.2). */
#define NBNS_HEADER 12
#define NBNS_QUERY 0
#define NBNS_REGISTRATION 5
#define NBNS_REFRESH 8
#define NBNS_REFRESH_OTHER 9
#define NBNS_MULTIHOMED 15
#define NBNS_TYPE_NB 32

static void
parse_names(const packet_view_t *packet, netbios_packet_t *parsed)
{
    const uint8_t *bytes = packet->payload;
    unsigned left = packet->length, opcode, used;
    bool response;

    if (bytes == NULL || left < NBNS_HEADER)
        return;
    response = (bytes[2] & 0x80) != 0;
    opcode = bytes[2] >> 3 & 0x0f;
    used = netbios_name_decode(bytes + NBNS_HEADER, left - NBNS_HEADER, &parsed->agent);
    if (used == 0)
        return;
    parsed->channel = channel_by_netbios_suffix(parsed->agent.suffix);
    bytes += NBNS_HEADER + used;
    left -= NBNS_HEADER + used;
    if (parsed->channel == CHANNEL_UNKNOWN || left < 2)
        return;
    switch (opcode) {
    case NBNS_QUERY:
        if (!response && pntohu16(bytes) == NBNS_TYPE_NB)
            parsed->act = NETBIOS_QUERY;
        else if (response && (packet->payload[3] & 0x0f) != 0)
            parsed->act = NETBIOS_NOT_FOUND;
        else if (response && pntohu16(bytes) == NBNS_TYPE_NB && left >= 16) {
            /* After type, class, time to live, length and flags; the first of the addresses. */
            set_address(&parsed->owner, AT_IPv4, 4, bytes + 12);
            parsed->act = NETBIOS_FOUND;
        }
        break;
    case NBNS_REGISTRATION:
    case NBNS_REFRESH:
    case NBNS_REFRESH_OTHER:
    case NBNS_MULTIHOMED:
        if (!response)
            parsed->act = NETBIOS_REGISTER;
        break;
    default:
        break;
    }
}

/* The names of sender and receiver; one of them may be an agent's. */
static void
parse_pair(const netbios_name_t *source, const netbios_name_t *target, netbios_packet_t *parsed)
{
    bool from_agent = channel_by_netbios_suffix(target->suffix) == CHANNEL_UNKNOWN;

    parsed->agent = from_agent ? *source : *target;
    parsed->viewer = from_agent ? *target : *source;
    parsed->channel = channel_by_netbios_suffix(parsed->agent.suffix);
    parsed->from_agent = from_agent;
    if (parsed->channel != CHANNEL_UNKNOWN)
        parsed->act = NETBIOS_DATAGRAM;
}

/* NBDGM (RFC 1002 4.4): direct datagrams to a unique name or to a group. */
#define NBDGM_HEADER 14
#define NBDGM_UNIQUE 0x10
#define NBDGM_GROUP 0x11

static void
parse_datagram(const packet_view_t *packet, netbios_packet_t *parsed)
{
    const uint8_t *bytes = packet->payload;
    netbios_name_t source, target;

    if (bytes == NULL || packet->length < NBDGM_HEADER ||
        (bytes[0] != NBDGM_UNIQUE && bytes[0] != NBDGM_GROUP))
        return;
    if (!decode_two_names(packet, NBDGM_HEADER, &source, &target))
        return;
    parse_pair(&source, &target, parsed);
}

/* NBSS (RFC 1002 4.3). */
#define NBSS_HEADER 4
#define NBSS_REQUEST 0x81

static void
parse_session(const packet_view_t *packet, netbios_packet_t *parsed)
{
    const uint8_t *bytes = packet->payload;

    if (bytes == NULL || packet->length < NBSS_HEADER || bytes[0] != NBSS_REQUEST)
        return;
    if (!decode_two_names(packet, NBSS_HEADER, &parsed->agent, &parsed->viewer))
        return;
    parsed->channel = channel_by_netbios_suffix(parsed->agent.suffix);
    if (parsed->channel != CHANNEL_UNKNOWN)
        parsed->act = NETBIOS_CALL;
}

uint8_t
netbios_session_response(const packet_view_t *packet, uint8_t *error)
{
    const uint8_t *bytes = packet->payload;

    *error = 0;
    if (bytes == NULL || packet->length < NBSS_HEADER ||
        (bytes[0] != NBSS_POSITIVE && bytes[0] != NBSS_NEGATIVE))
        return 0;
    if (packet->length > NBSS_HEADER)
        *error = bytes[NBSS_HEADER];
    return bytes[0];
}

const char *
netbios_error_name(uint8_t error)
{
    switch (error) {
    case 0x80:
        return "Not listening on called name";
    case 0x81:
        return "Not listening for calling name";
    case 0x82:
        return "Called name not present";
    case 0x83:
        return "Insufficient resources";
    default:
        return "NetBIOS session refused";
    }
}

/* Header of IPX: length, packet type, destination, source. */
#define IPX_HEADER 30
#define IPX_LENGTH 2
#define IPX_TYPE 5
#define IPX_TYPE_20 20
#define IPX_SOURCE 18

const uint8_t *
netbios_ipx_payload(tvbuff_t *frame, const packet_info *pinfo, unsigned *length,
                    unsigned *reported)
{
    unsigned captured = tvb_captured_length(frame);
    const uint8_t *bytes = captured > 0 ? tvb_get_ptr(frame, 0, (int)captured) : NULL;
    const uint8_t *source = (const uint8_t *)pinfo->src.data;
    unsigned left;

    if (bytes == NULL || pinfo->src.type != AT_IPX || source < bytes + IPX_SOURCE ||
        source >= bytes + captured)
        return NULL;
    left = (unsigned)(bytes + captured - source) + IPX_SOURCE;
    bytes = source - IPX_SOURCE;
    *reported = pntohu16(bytes + IPX_LENGTH);
    if (left <= IPX_HEADER || *reported <= IPX_HEADER)
        return NULL;
    *reported -= IPX_HEADER;
    *length = MIN(left - IPX_HEADER, *reported);
    return bytes + IPX_HEADER;
}

/*
 * NetBIOS over IPX: eight network numbers in packets of type 20 and in their replies, which have a
 * fixed length; then flags, an operation, and one name or two.
 */
#define NBIPX_NETWORKS 32
#define NBIPX_NAMES 2

/* Reads up to two names; @p count is how many the packet is long enough for. */
static netbios_ipx_e
ipx_names(tvbuff_t *frame, const packet_info *pinfo, netbios_name_t names[2], unsigned *count)
{
    unsigned length = 0, reported = 0;
    const uint8_t *bytes = netbios_ipx_payload(frame, pinfo, &length, &reported);

    *count = 0;
    if (bytes == NULL)
        return NETBIOS_IPX_NONE;
    if ((bytes - IPX_HEADER)[IPX_TYPE] == IPX_TYPE_20 ||
        reported == NBIPX_NETWORKS + NBIPX_NAMES + NAME_LENGTH) {
        if (length < NBIPX_NETWORKS)
            return NETBIOS_IPX_NONE;
        bytes += NBIPX_NETWORKS;
        length -= NBIPX_NETWORKS;
    }
    if (length < NBIPX_NAMES + NAME_LENGTH)
        return NETBIOS_IPX_NONE;
    *count = MIN((length - NBIPX_NAMES) / NAME_LENGTH, 2);
    for (unsigned i = 0; i < *count; i++)
        netbios_name_plain(bytes + NBIPX_NAMES + (size_t)i * NAME_LENGTH, &names[i]);
    return (netbios_ipx_e)bytes[1];
}

netbios_ipx_e
netbios_ipx_name(tvbuff_t *frame, const packet_info *pinfo, netbios_name_t *name)
{
    netbios_name_t names[2];
    unsigned count;
    netbios_ipx_e operation;

    if (!netbios_is_candidate(pinfo))
        return NETBIOS_IPX_NONE;
    operation = ipx_names(frame, pinfo, names, &count);
    if (count > 0)
        *name = names[0];
    return operation;
}

static void
parse_ipx(tvbuff_t *frame, const packet_info *pinfo, netbios_packet_t *parsed)
{
    netbios_name_t names[2];
    unsigned count;
    netbios_ipx_e operation = ipx_names(frame, pinfo, names, &count);

    if (operation == NETBIOS_IPX_DATAGRAM) {
        if (count == 2)
            parse_pair(&names[1], &names[0], parsed);
        return;
    }
    if (count == 0)
        return;
    parsed->agent = names[0];
    parsed->channel = channel_by_netbios_suffix(parsed->agent.suffix);
    if (parsed->channel == CHANNEL_UNKNOWN)
        return;
    if (operation == NETBIOS_IPX_FIND) {
        parsed->act = NETBIOS_QUERY;
    } else if (operation == NETBIOS_IPX_RECOGNIZED) {
        copy_address_shallow(&parsed->owner, &pinfo->src);
        parsed->act = NETBIOS_FOUND;
    } else if (operation == NETBIOS_IPX_CHECK) {
        parsed->act = NETBIOS_REGISTER;
    }
}

bool
netbios_is_candidate(const packet_info *pinfo)
{
    switch (pinfo->ptype) {
    case PT_TCP:
        return pinfo->destport == PORT_SESSIONS || pinfo->srcport == PORT_SESSIONS;
    case PT_UDP:
        return pinfo->destport == PORT_NAMES || pinfo->srcport == PORT_NAMES ||
               pinfo->destport == PORT_DATAGRAMS;
    case PT_IPX:
        return pinfo->destport == IPX_SOCKET_NETBIOS;
    default:
        return false;
    }
}

void
netbios_parse(packet_view_t *packet, netbios_packet_t *parsed)
{
    const packet_info *pinfo = packet->pinfo;

    memset(parsed, 0, sizeof *parsed);
    if (pinfo->ptype == PT_IPX) {
        parse_ipx(packet->tvb, pinfo, parsed);
        return;
    }
    packet_view_read_bytes(packet);
    if (pinfo->ptype == PT_TCP)
        parse_session(packet, parsed);
    else if (pinfo->destport == PORT_DATAGRAMS)
        parse_datagram(packet, parsed);
    else
        parse_names(packet, parsed);
}
