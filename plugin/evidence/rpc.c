/* rpc.c
 * DCE/RPC: ports that an endpoint mapper names, and WMI namespaces that show a role
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "reader.h"

#include <wsutil/pint.h>

#include "addresses.h"
#include "bounds.h"
#include "inference.h"

#ifndef RPC_MAX_ENDPOINTS
#define RPC_MAX_ENDPOINTS 4096
#endif
#define MAX_TOWERS 64

/* The most namespaces of a packet that are compared with the signatures. */
#define MAX_NAMESPACES 16

/* The state of one capture. */
static wmem_map_t *rpc_endpoints; /* address to a set of ports */
static unsigned num_endpoints;

static void
reset(void)
{
    rpc_endpoints = wmem_map_new(wmem_file_scope(), addresses_key_hash, addresses_key_equal);
    num_endpoints = 0;
}

/* Adds a port that an endpoint mapper's response names. It is of the host that sent it. */
static void
add_endpoint(packet_info *pinfo, uint16_t port)
{
    wmem_map_t *ports = (wmem_map_t *)wmem_map_lookup(rpc_endpoints, &pinfo->src);

    if (port < 1024 ||
        (ports != NULL && wmem_map_lookup(ports, GUINT_TO_POINTER(port)) != NULL))
        return;
    if (bounds_full(BOUND_RPC_ENDPOINTS, num_endpoints, RPC_MAX_ENDPOINTS))
        return;
    if (ports == NULL) {
        ports = wmem_map_new(wmem_file_scope(), g_direct_hash, g_direct_equal);
        wmem_map_insert(rpc_endpoints, addresses_key_new(&pinfo->src), ports);
    }
    wmem_map_insert(ports, GUINT_TO_POINTER(port), GUINT_TO_POINTER(port));
    num_endpoints++;
}

bool
rpc_is_endpoint(const address *addr, uint16_t port)
{
    wmem_map_t *ports;

    if (num_endpoints == 0 || addr->len <= 0)
        return false;
    ports = (wmem_map_t *)wmem_map_lookup(rpc_endpoints, addr);
    return ports != NULL && wmem_map_lookup(ports, GUINT_TO_POINTER(port)) != NULL;
}

/*
 * Reads the towers of an endpoint mapper's response (C706 appendix L). Their floors begin with the
 * protocol, and after TCP's floor, with the port, comes IP's. No other response has these bytes.
 */
static void
read_towers(const packet_view_t *packet)
{
    static const uint8_t tcp_floor[] = { 0x01, 0x00, 0x07, 0x02, 0x00 };
    static const uint8_t ip_floor[] = { 0x01, 0x00, 0x09, 0x04, 0x00 };
    enum { PORT = sizeof tcp_floor, IP = PORT + 2, LENGTH = IP + sizeof ip_floor };
    const uint8_t *at = packet->payload, *end = packet->payload + packet->length;

    for (unsigned i = 0;; i++) {
        at = ws_memmem(at, (size_t)(end - at), tcp_floor, sizeof tcp_floor);
        if (at == NULL || end - at < LENGTH)
            return;
        if (bounds_full(BOUND_RPC_TOWERS, i, MAX_TOWERS))
            return;
        if (memcmp(at + IP, ip_floor, sizeof ip_floor) == 0)
            add_endpoint(packet->pinfo, pntohu16(at + PORT));
        at += sizeof tcp_floor;
    }
}

/* True if @p text is at @p at in UTF-16, in letters of either case. */
static bool
is_wide_text(const uint8_t *at, const uint8_t *end, const char *text)
{
    for (; *text != '\0'; text++, at += 2) {
        if (end - at < 2 || g_ascii_tolower((char)*at) != g_ascii_tolower(*text) || at[1] != 0)
            return false;
    }
    return true;
}

/* Copies the printable text that is at @p at in UTF-16, and returns its length. */
static unsigned
copy_wide_text(const uint8_t *at, const uint8_t *end, char *text, unsigned size)
{
    unsigned count = 0;

    for (; end - at >= 2 && count + 1 < size && g_ascii_isprint(at[0]) && at[1] == 0; at += 2)
        text[count++] = (char)*at;
    text[count] = '\0';
    return count;
}

/*
 * Reads the namespace of a WMI login, which is in the stub in UTF-16 if that is not encrypted. Any
 * Windows client has further namespaces (root\SmsDm): the first that a signature matches counts.
 */
static void
read_namespace(const packet_view_t *packet, const asked_t *asked)
{
    const char *begin = role_signatures_common_prefix(FACT_NAMESPACE);
    const size_t backslash = strcspn(begin, "\\");
    const size_t rarest = begin[backslash] != '\0' ? backslash : 0;
    const uint8_t *at = packet->payload, *end = packet->payload + packet->length;
    unsigned count = 0;
    char text[64];

    if (packet->length <= 2 * rarest)
        return;
    for (at += 2 * rarest; at < end; at++) {
        unsigned length;

        at = (const uint8_t *)memchr(at, begin[rarest], (size_t)(end - at));
        if (at == NULL)
            return;
        if (!is_wide_text(at - 2 * rarest, end, begin))
            continue;
        if (bounds_full(BOUND_NAMESPACES, count, MAX_NAMESPACES))
            return;
        count++;
        length = copy_wide_text(at - 2 * rarest, end, text, sizeof text);
        if (role_signatures_match(FACT_NAMESPACE, text, length) != 0) {
            inference_add_fact(packet, FACT_NAMESPACE, text, asked);
            return;
        }
    }
}

/*
 * True if a DCOM call has succeeded. Its HRESULT is at the end of the stub, before the verifier
 * with its padding and a header of 8 bytes (C706 13.2.6). An encrypted stub shows none.
 */
static bool
has_succeeded(const packet_view_t *packet)
{
    enum { REPRESENTATION = 4, LITTLE_ENDIAN_BIT = 0x10, LENGTH = 8, AUTH_LENGTH = 10, STUB = 24,
           AUTH = 8, PRIVACY = 6 };
    const uint8_t *header = packet_view_bytes(packet, 0, STUB);
    unsigned end, auth;

    if (header == NULL || (header[REPRESENTATION] & LITTLE_ENDIAN_BIT) == 0)
        return false;
    end = pletohu16(header + LENGTH);
    auth = pletohu16(header + AUTH_LENGTH);
    if (auth > 0) {
        const uint8_t *verifier;

        if (end < STUB + AUTH + auth)
            return false;
        end -= AUTH + auth;
        verifier = packet_view_bytes(packet, end, AUTH);
        if (verifier == NULL || verifier[1] >= PRIVACY || end < STUB + (unsigned)verifier[2])
            return false;
        end -= verifier[2];
    }
    if (end < STUB + 4 || packet_view_bytes(packet, 0, end) == NULL)
        return false;
    return (packet->payload[end - 1] & 0x80) == 0;
}

/* The number of a call, which the response to it has as well (C706 12.6.3.1). */
static uint64_t
read_call(const packet_view_t *packet)
{
    enum { REPRESENTATION = 4, LITTLE_ENDIAN_BIT = 0x10, CALL = 12, LENGTH = 16 };
    const uint8_t *header = packet_view_bytes(packet, 0, LENGTH);

    if (header == NULL)
        return 0;
    return (header[REPRESENTATION] & LITTLE_ENDIAN_BIT) != 0 ? pletohu32(header + CALL)
                                                              : pntohu32(header + CALL);
}

static void
add_response(const packet_view_t *packet, bool good)
{
    answer_t answer = {
        .response = RESPONSE_RPC,
        .transaction = read_call(packet),
        .shown = good ? SHOWS_SUCCESS : 0,
    };

    if (inference_is_pending())
        inference_add_response(packet, &answer);
}

static void
read_payload(const packet_view_t *packet)
{
    /* C706 12.6: the version is 5.0 or 5.1 with connections, and 4 without. */
    enum { REQUEST = 0, RESPONSE = 2, FAULT = 3, VERSION = 5, VERSION_WITHOUT = 4,
           LAST_FRAGMENT = 0x02 };
    const uint8_t *header = packet_view_bytes(packet, 0, 4);
    asked_t asked = { .transaction = 0 };
    bool connected;

    if (header == NULL)
        return;
    connected = header[0] == VERSION && header[1] <= 1;
    if (!connected && header[0] != VERSION_WITHOUT)
        return;
    switch (connected ? header[2] : header[1]) {
    case RESPONSE:
        read_towers(packet);
        if (connected && (header[3] & LAST_FRAGMENT) != 0)
            add_response(packet, has_succeeded(packet));
        break;
    case FAULT:
        add_response(packet, false);
        break;
    case REQUEST:
        asked.transaction = read_call(packet);
        if (connected)
            read_namespace(packet, &asked);
        break;
    default:
        break;
    }
}

/* Always read, because the audit needs the endpoints although no roles are learned. */
const evidence_reader_t rpc_reader = {
    .protocol = "dcerpc",
    .is_always_read = true,
    .read = read_payload,
    .reset = reset,
};
