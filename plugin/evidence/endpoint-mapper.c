/* endpoint-mapper.c
 * Ports that the endpoint mapper of DCE/RPC hands out
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * The response to ept_map or ept_lookup has towers (C706 appendix L and O). Only the host that was
 * asked can hand ports out, and only its own: a tower that names another host's address counts for
 * nothing. The answer to one host holds for all, because the port is the server's.
 */

#include "endpoint-mapper.h"

#include <wsutil/pint.h>

#include "bounds.h"
#include "handed-out.h"
#include "questions.h"

#define MAX_TOWERS 64

/* The lowest port of dynamic RPC. */
#define MIN_PORT 1024

enum { REQUEST = 0, RESPONSE = 2 };

/* The shortest message; requests are no shorter, so that a payload has few. */
#define MIN_LENGTH 16U

/* A message, as its header has it: with connections (C706 12.6.3) or without (12.5.1). */
typedef struct {
    uint8_t kind;
    bool is_little_endian;
    uint32_t call;
    unsigned length;        /* 0: the whole payload */
    const uint8_t *opnum;   /* NULL if it was not captured */
} message_t;

static uint16_t
read_16(const message_t *message, const uint8_t *at)
{
    return message->is_little_endian ? pletohu16(at) : pntohu16(at);
}

static uint32_t
read_32(const message_t *message, const uint8_t *at)
{
    return message->is_little_endian ? pletohu32(at) : pntohu32(at);
}

/* Reads the header at @p at. False if there is none. */
static bool
read_header(const packet_view_t *packet, unsigned at, message_t *message)
{
    /* Places in the header: with connections, and without. */
    enum { VERSION = 5, VERSION_WITHOUT = 4, LITTLE_ENDIAN_BIT = 0x10, LENGTH = 8, CALL = 12,
           OPNUM = 22, SEQUENCE = 64, OPNUM_WITHOUT = 68, WHOLE_WITHOUT = 80 };
    const uint8_t *header = packet_view_bytes(packet, at, MIN_LENGTH);

    if (header == NULL)
        return false;
    if (header[0] == VERSION && header[1] <= 1) {
        message->kind = header[2];
        message->is_little_endian = (header[4] & LITTLE_ENDIAN_BIT) != 0;
        message->call = read_32(message, header + CALL);
        message->length = read_16(message, header + LENGTH);
        message->opnum = packet_view_bytes(packet, at + OPNUM, 2);
        return true;
    }
    header = packet_view_bytes(packet, at, WHOLE_WITHOUT);
    if (header == NULL || header[0] != VERSION_WITHOUT)
        return false;
    message->kind = header[1];
    message->is_little_endian = (header[4] & LITTLE_ENDIAN_BIT) != 0;
    message->call = read_32(message, header + SEQUENCE);
    message->length = 0;
    message->opnum = header + OPNUM_WITHOUT;
    return true;
}

/* True for ept_lookup and ept_map (C706 appendix O), and for what has their numbers elsewhere. */
static bool
may_ask_for_ports(const message_t *message)
{
    enum { EPT_LOOKUP = 2, EPT_MAP = 3 };
    unsigned opnum;

    if (message->kind != REQUEST || message->opnum == NULL)
        return false;
    opnum = read_16(message, message->opnum);
    return opnum == EPT_LOOKUP || opnum == EPT_MAP;
}

/* Notes the requests of a payload, which may follow a bind. */
static void
note_requests(const packet_view_t *packet, message_t message)
{
    unsigned at = 0;
    bool has_next;

    do {
        if (may_ask_for_ports(&message))
            questions_ask(packet, QUESTION_RPC, message.call);
        has_next = message.length >= MIN_LENGTH && message.length < packet->length - at;
        at += message.length;
    } while (has_next && read_header(packet, at, &message));
}

/* True if a tower's address, of 4 bytes, is none, or the sender's. IPv6 has no place there. */
static bool
is_own(const packet_info *pinfo, const uint8_t *ip)
{
    static const uint8_t none[4];

    return memcmp(ip, none, sizeof none) == 0 || pinfo->src.type != AT_IPv4 ||
           memcmp(ip, pinfo->src.data, sizeof none) == 0;
}

/*
 * Reads the towers of a response. Their floors begin with the protocol, and after TCP's floor, with
 * the port, comes IP's.
 */
static void
read_towers(const packet_view_t *packet)
{
    static const uint8_t tcp_floor[] = { 0x01, 0x00, 0x07, 0x02, 0x00 };
    static const uint8_t ip_floor[] = { 0x01, 0x00, 0x09, 0x04, 0x00 };
    enum { PORT = sizeof tcp_floor, IP = PORT + 2, HOST = IP + sizeof ip_floor, LENGTH = HOST + 4 };
    const handed_out_t out = { .by = HANDED_OUT_RPC };
    const uint8_t *at = packet->payload, *end = packet->payload + packet->length;

    for (unsigned i = 0;; i++) {
        at = ws_memmem(at, (size_t)(end - at), tcp_floor, sizeof tcp_floor);
        if (at == NULL || end - at < LENGTH)
            return;
        if (bounds_full(BOUND_RPC_TOWERS, i, MAX_TOWERS))
            return;
        if (memcmp(at + IP, ip_floor, sizeof ip_floor) == 0 &&
            pntohu16(at + PORT) >= MIN_PORT && is_own(packet->pinfo, at + HOST))
            handed_out_add(packet->pinfo, &packet->pinfo->src, TRANSPORT_TCP, pntohu16(at + PORT),
                           out);
        at += sizeof tcp_floor;
    }
}

void
endpoint_mapper_read(const packet_view_t *packet)
{
    message_t message;

    if (!read_header(packet, 0, &message))
        return;
    if (message.kind != RESPONSE)
        note_requests(packet, message);
    else if (questions_is_asked(packet, QUESTION_RPC, message.call))
        read_towers(packet);
}
