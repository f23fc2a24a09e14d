/* network-table.c
 * Values of networks, found by the longest prefix of an address
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * The longest prefix counts, as in a routing table. A lookup is one for each prefix length in use,
 * which are few. The hash has a secret, because addresses come from the capture.
 */

#include "network-table.h"

#include <wsutil/inet_addr.h>
#include <wsutil/strtoi.h>

#include "bytes-digest.h"

static unsigned
prefix_hash(const void *key)
{
    return bytes_digest(key, sizeof(prefix_t));
}

static gboolean
prefix_equal(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(prefix_t)) == 0;
}

/* Cuts @p prefix to @p length bits. */
static void
mask_prefix(prefix_t *prefix, unsigned length)
{
    prefix->prefix_length = (uint8_t)length;
    for (unsigned i = length / 8; i < prefix->address_length; i++) {
        unsigned kept = length > 8 * i ? MIN(length - 8 * i, 8) : 0;

        prefix->bytes[i] &= (uint8_t)(0xff00 >> kept);
    }
}

bool
network_table_prefix_from_address(prefix_t *prefix, const address *addr)
{
    const bool is_ipv4 = addr->type == AT_IPv4 && addr->len == 4;

    if (addr->data == NULL || (!is_ipv4 && !(addr->type == AT_IPv6 && addr->len == 16)))
        return false;
    memset(prefix, 0, sizeof *prefix);
    prefix->address_length = (uint8_t)addr->len;
    prefix->prefix_length = (uint8_t)(addr->len * 8);
    memcpy(prefix->bytes, addr->data, (size_t)addr->len);
    return true;
}

/* Sets @p prefix to the host that @p text is; false if it is none. */
static bool
parse_host(prefix_t *prefix, const char *text)
{
    ws_in4_addr ipv4;
    ws_in6_addr ipv6;

    if (ws_inet_pton4(text, &ipv4)) {
        prefix->address_length = 4;
        memcpy(prefix->bytes, &ipv4, 4);
    } else if (ws_inet_pton6(text, &ipv6)) {
        prefix->address_length = 16;
        memcpy(prefix->bytes, &ipv6, 16);
    }
    return prefix->address_length > 0;
}

bool
network_table_prefix_from_text(prefix_t *prefix, const char *text)
{
    char **parts = g_strsplit(text, "/", 2);
    char *length_text = parts[0] != NULL ? parts[1] : NULL;
    uint8_t length = 0, longest;
    bool good;

    memset(prefix, 0, sizeof *prefix);
    good = parts[0] != NULL && parse_host(prefix, g_strstrip(parts[0]));
    longest = length = (uint8_t)(prefix->address_length * 8);
    if (good && length_text != NULL)
        good = ws_strtou8(g_strstrip(length_text), NULL, &length) && length <= longest;
    if (good)
        mask_prefix(prefix, length);
    g_strfreev(parts);
    return good;
}

/* The index of the lengths of IPv4 or IPv6. */
static unsigned
family_of(const prefix_t *prefix)
{
    return prefix->address_length == 4 ? 0 : 1;
}

network_table_t *
network_table_new(wmem_allocator_t *scope)
{
    network_table_t *table = wmem_new0(scope, network_table_t);

    table->scope = scope;
    table->values = wmem_map_new(scope, prefix_hash, prefix_equal);
    return table;
}

void *
network_table_get(const network_table_t *table, const prefix_t *network)
{
    return wmem_map_lookup(table->values, network);
}

/* Keeps the prefix lengths in use in order, longest first. */
static void
add_length(network_table_t *table, const prefix_t *network)
{
    const unsigned family = family_of(network), count = table->num_lengths[family];
    uint8_t *lengths = table->lengths[family];
    unsigned at = 0;

    while (at < count && lengths[at] > network->prefix_length)
        at++;
    if (at < count && lengths[at] == network->prefix_length)
        return;
    memmove(lengths + at + 1, lengths + at, count - at);
    lengths[at] = network->prefix_length;
    table->num_lengths[family]++;
}

void
network_table_insert(network_table_t *table, const prefix_t *network, void *value)
{
    wmem_map_insert(table->values, wmem_memdup(table->scope, network, sizeof *network), value);
    add_length(table, network);
}

void *
network_table_find(const network_table_t *table, const prefix_t *host)
{
    const unsigned family = family_of(host);
    prefix_t prefix = *host;

    for (unsigned i = 0; i < table->num_lengths[family]; i++) {
        void *value;

        mask_prefix(&prefix, table->lengths[family][i]);
        value = wmem_map_lookup(table->values, &prefix);
        if (value != NULL)
            return value;
    }
    return NULL;
}
