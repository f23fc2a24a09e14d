/* resolved-roles.c
 * The roles of addresses, resolved once
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "resolved-roles.h"

#define MAX_RESOLVED 65536

/* Marks an entry, because an address without a role has one too. */
#define RESOLVED ROLES_BROADCAST

/* The scope is theirs alone, and is emptied when it is full. */
static wmem_allocator_t *resolved_scope;
static wmem_map_t *resolved_ipv4; /* address in the key itself */
static wmem_map_t *resolved_ipv6;

static unsigned
ipv6_hash(const void *key)
{
    return wmem_strong_hash((const uint8_t *)key, 16);
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
}

void
resolved_roles_put(const prefix_t *host, role_set_t roles)
{
    void *value = GUINT_TO_POINTER(roles | RESOLVED);

    if (resolved_scope &&
        wmem_map_size(resolved_ipv4) + wmem_map_size(resolved_ipv6) >= MAX_RESOLVED)
        resolved_roles_clear();
    if (!resolved_scope) {
        resolved_scope = wmem_allocator_new(WMEM_ALLOCATOR_BLOCK);
        resolved_ipv4 = wmem_map_new(resolved_scope, g_direct_hash, g_direct_equal);
        resolved_ipv6 = wmem_map_new(resolved_scope, ipv6_hash, ipv6_equal);
    }
    if (host->address_length == 4) {
        uint32_t key;

        memcpy(&key, host->bytes, 4);
        wmem_map_insert(resolved_ipv4, GUINT_TO_POINTER(key), value);
    } else {
        wmem_map_insert(resolved_ipv6, wmem_memdup(resolved_scope, host->bytes, 16), value);
    }
}

static const void *
find(const address *addr)
{
    if (!resolved_scope || !addr->data)
        return NULL;
    if (addr->type == AT_IPv4 && addr->len == 4) {
        uint32_t key;

        memcpy(&key, addr->data, 4);
        return wmem_map_lookup(resolved_ipv4, GUINT_TO_POINTER(key));
    }
    if (addr->type == AT_IPv6 && addr->len == 16)
        return wmem_map_lookup(resolved_ipv6, addr->data);
    return NULL;
}

bool
resolved_roles_get(const address *addr, role_set_t *roles)
{
    const void *cached = find(addr);

    if (cached == NULL)
        return false;
    *roles = GPOINTER_TO_UINT(cached) & ~RESOLVED;
    return true;
}
