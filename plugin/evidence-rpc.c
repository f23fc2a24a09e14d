/* evidence-rpc.c
 * Ports that an endpoint mapper names, and namespaces of WMI that show a role
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#define WS_LOG_DOMAIN "smsrc"

#include "evidence-protocols.h"

#include "address-key.h"
#include "evidence-facts.h"
#include "evidence-fields.h"

#define MAX_ENDPOINTS 4096

/* Rebuilt for every capture. */
static wmem_map_t *rpc_endpoints; /* address to a set of ports */
static unsigned num_endpoints;

void
evidence_rpc_reset(void)
{
    rpc_endpoints = wmem_map_new(wmem_file_scope(), address_key_hash, address_key_equal);
    num_endpoints = 0;
}

/* An endpoint mapper's answer names a port of the host that sent it. */
static void
add_endpoint(packet_info *pinfo, uint16_t port)
{
    wmem_map_t *ports = (wmem_map_t *)wmem_map_lookup(rpc_endpoints, &pinfo->src);

    if (port < 1024 || num_endpoints >= MAX_ENDPOINTS)
        return;
    if (ports == NULL) {
        ports = wmem_map_new(wmem_file_scope(), g_direct_hash, g_direct_equal);
        wmem_map_insert(rpc_endpoints, address_key_new(&pinfo->src), ports);
    }
    if (wmem_map_insert(ports, GUINT_TO_POINTER(port), GUINT_TO_POINTER(port)) == NULL)
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

/* DCE/RPC's packet type of an answer */
#define RPC_RESPONSE 2

void
evidence_scan_rpc(const packet_t *packet)
{
    const GPtrArray *ports = evidence_items(packet, FIELD_EPM_PORT);
    const uint8_t *header = packet_bytes(packet, 0, 4);
    const uint8_t *payload = packet->payload;
    unsigned length = packet->length;

    if (header == NULL)
        return;
    /* The type is the third byte of a header with connections, the second of one without. */
    if ((header[0] == 5 ? header[2] : header[1]) == RPC_RESPONSE) {
        for (unsigned i = 0; ports != NULL && i < ports->len && i < 64; i++) {
            const field_info *item = (const field_info *)ports->pdata[i];

            add_endpoint(packet->pinfo,
                         (uint16_t)fvalue_get_uinteger(SMSRC_FINFO_VALUE((field_info *)item)));
        }
        evidence_answer(packet, ANSWER_REPLY, true);
        return;
    }
    /* The namespace of a WMI login stands in the stub, in UTF-16, when it is not sealed. */
    {
        static const uint8_t root[] = { 'r',  0, 'o', 0, 'o', 0, 't', 0,
                                        '\\', 0, 's', 0, 'm', 0, 's' };
        enum { ROOT_BACKSLASH = 8 }; /* where in it: the rarest of its letters */
        const uint8_t *found = payload + ROOT_BACKSLASH - 1, *end = payload + length;
        char text[64];
        unsigned count = 0;

        while (found + 1 < end &&
               (found = (const uint8_t *)memchr(found + 1, '\\', (size_t)(end - found - 1))) !=
                   NULL) {
            unsigned at = (unsigned)(found - payload) - ROOT_BACKSLASH;
            bool same = at + sizeof root <= length;

            for (unsigned i = 0; same && i < sizeof root; i++)
                same = (uint8_t)g_ascii_tolower((char)payload[at + i]) == root[i];
            if (!same)
                continue;
            for (; at + 1 < length && count + 1 < sizeof text && g_ascii_isprint(payload[at]) &&
                   payload[at + 1] == 0; at += 2)
                text[count++] = (char)payload[at];
            break;
        }
        text[count] = '\0';
        evidence_add_fact(packet, FACT_NAMESPACE, text);
    }
}
