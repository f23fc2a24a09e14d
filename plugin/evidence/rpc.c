/* rpc.c
 * Ports that an endpoint mapper names, and namespaces of WMI that show a role
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "reader.h"

#include <wsutil/pint.h>

#include "addresses.h"
#include "bounds.h"
#include "evidence.h"
#include "inference.h"

#ifndef RPC_MAX_ENDPOINTS
#define RPC_MAX_ENDPOINTS 4096
#endif
#define MAX_TOWERS 64

/* Rebuilt for every capture. */
static wmem_map_t *rpc_endpoints; /* address to a set of ports */
static unsigned num_endpoints;

void
evidence_rpc_reset(void)
{
    rpc_endpoints = wmem_map_new(wmem_file_scope(), addresses_key_hash, addresses_key_equal);
    num_endpoints = 0;
}

/* An endpoint mapper's answer names a port of the host that sent it. */
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
evidence_is_rpc_endpoint(const address *addr, uint16_t port)
{
    wmem_map_t *ports;

    if (num_endpoints == 0 || addr->len <= 0)
        return false;
    ports = (wmem_map_t *)wmem_map_lookup(rpc_endpoints, addr);
    return ports != NULL && wmem_map_lookup(ports, GUINT_TO_POINTER(port)) != NULL;
}

/*
 * What an endpoint mapper answers has towers (C706 appendix L), of floors that begin with their
 * protocol: behind TCP's, with the port, comes IP's. No other answer has these bytes.
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

/* The namespace of a WMI login stands in the stub, in UTF-16, when it is not sealed. */
static void
read_namespace(const packet_view_t *packet)
{
    static const uint8_t root[] = { 'r',  0, 'o', 0, 'o', 0, 't', 0,
                                    '\\', 0, 's', 0, 'm', 0, 's' };
    enum { ROOT_BACKSLASH = 8 }; /* where in it: the rarest of its letters */
    const uint8_t *payload = packet->payload;
    const uint8_t *found = payload, *end = payload + packet->length;
    char text[64];
    unsigned count = 0;

    if (packet->length < sizeof root)
        return;
    found += ROOT_BACKSLASH - 1;
    while (found + 1 < end &&
           (found = (const uint8_t *)memchr(found + 1, '\\', (size_t)(end - found - 1))) !=
               NULL) {
        unsigned at = (unsigned)(found - payload) - ROOT_BACKSLASH;
        unsigned next = at + sizeof root + 1; /* the letter behind "sms" */
        bool same = at + sizeof root <= packet->length;

        for (unsigned i = 0; same && i < sizeof root; i++)
            same = (uint8_t)g_ascii_tolower((char)payload[at + i]) == root[i];
        /* Any Windows client has namespaces that go on with more letters (root\SmsDm). */
        if (!same || (next < packet->length &&
                      (g_ascii_isalnum((char)payload[next]) || payload[next] == '_')))
            continue;
        for (; at + 1 < packet->length && count + 1 < sizeof text &&
               g_ascii_isprint(payload[at]) && payload[at + 1] == 0; at += 2)
            text[count++] = (char)payload[at];
        break;
    }
    text[count] = '\0';
    inference_add_fact(packet, FACT_NAMESPACE, text);
}

/*
 * Whether a DCOM call has succeeded: its HRESULT ends the stub, before the verifier with its
 * padding and a header of 8 bytes (C706 13.2.6). What is sealed shows none, and proves nothing.
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

void
evidence_read_rpc(const packet_view_t *packet)
{
    /* C706 12.6: with connections it is version 5.0 or 5.1, without 4. */
    enum { RESPONSE = 2, FAULT = 3, VERSION = 5, VERSION_WITHOUT = 4,
           LAST_FRAGMENT = 0x02 };
    const uint8_t *header = packet_view_bytes(packet, 0, 4);
    bool connected;

    if (header == NULL)
        return;
    connected = header[0] == VERSION && header[1] <= 1;
    if (!connected && header[0] != VERSION_WITHOUT)
        return;
    switch (connected ? header[2] : header[1]) {
    case RESPONSE:
        read_towers(packet);
        if (!connected || (header[3] & LAST_FRAGMENT) != 0)
            inference_add_response(packet, RESPONSE_REPLY, connected && has_succeeded(packet));
        break;
    case FAULT:
        inference_add_response(packet, RESPONSE_REPLY, false);
        break;
    default:
        read_namespace(packet);
    }
}
