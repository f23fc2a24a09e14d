/* resolved-roles.c
 * The roles of addresses, resolved once
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "resolved-roles.h"

#include "bytes-digest.h"
#include "cache.h"

#define MAX_RESOLVED 65536

/* The scope is theirs alone, and is emptied when it is full. */
static wmem_allocator_t *resolved_scope;
static wmem_map_t *resolved_ipv4; /* address in the key itself */
static wmem_map_t *resolved_ipv6;

/* The hosts of IPv4 that were asked for last: nearly each packet asks for two of them. */
static struct {
    uint32_t address;
    resolved_roles_t *roles; /* NULL: the place is free */
} asked[256];
static bool has_asked;

static unsigned
ipv6_hash(const void *key)
{
    return bytes_digest(key, 16);
}

static gboolean
ipv6_equal(const void *a, const void *b)
{
    return memcmp(a, b, 16) == 0;
}

void
resolved_roles_clear(void)
{
    if (resolved_scope)
        wmem_destroy_allocator(resolved_scope);
    resolved_scope = NULL;
    resolved_ipv4 = NULL;
    resolved_ipv6 = NULL;
    cache_clear_used(asked, sizeof asked, &has_asked);
}

static resolved_roles_t *
find_ipv4(const void *bytes)
{
    unsigned place;
    uint32_t key;

    memcpy(&key, bytes, sizeof key);
    place = (key * 0x9e3779b1U) >> 24;
    if (asked[place].roles != NULL && asked[place].address == key)
        return asked[place].roles;
    asked[place].address = key;
    asked[place].roles =
        (resolved_roles_t *)wmem_map_lookup(resolved_ipv4, GUINT_TO_POINTER(key));
    has_asked = true;
    return asked[place].roles;
}

static resolved_roles_t *
find(uint8_t address_length, const void *bytes)
{
    if (address_length != 4)
        return (resolved_roles_t *)wmem_map_lookup(resolved_ipv6, bytes);
    return find_ipv4(bytes);
}

static resolved_roles_t *
add(const prefix_t *host)
{
    resolved_roles_t *roles = wmem_new(resolved_scope, resolved_roles_t);
    uint32_t key;

    if (host->address_length == sizeof key) {
        memcpy(&key, host->bytes, sizeof key);
        wmem_map_insert(resolved_ipv4, GUINT_TO_POINTER(key), roles);
    } else {
        wmem_map_insert(resolved_ipv6, wmem_memdup(resolved_scope, host->bytes, 16), roles);
    }
    return roles;
}

void
resolved_roles_put(const prefix_t *host, const resolved_roles_t *roles)
{
    resolved_roles_t *kept;

    if (resolved_scope &&
        wmem_map_size(resolved_ipv4) + wmem_map_size(resolved_ipv6) >= MAX_RESOLVED)
        resolved_roles_clear();
    if (!resolved_scope) {
        resolved_scope = wmem_allocator_new(WMEM_ALLOCATOR_BLOCK);
        resolved_ipv4 = wmem_map_new(resolved_scope, g_direct_hash, g_direct_equal);
        resolved_ipv6 = wmem_map_new(resolved_scope, ipv6_hash, ipv6_equal);
    }
    kept = find(host->address_length, host->bytes);
    if (kept == NULL)
        kept = add(host);
    *kept = *roles;
}

const resolved_roles_t *
resolved_roles_get(const address *addr)
{
    if (!resolved_scope || !addr->data ||
        !((addr->type == AT_IPv4 && addr->len == 4) || (addr->type == AT_IPv6 && addr->len == 16)))
        return NULL;
    return find((uint8_t)addr->len, addr->data);
}
