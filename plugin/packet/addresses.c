/* addresses.c
 * Addresses as keys of maps, and what kind of address one is
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "addresses.h"

#include <wsutil/inet_addr.h>
#include <wsutil/pint.h>

#include "bytes-digest.h"

static const uint8_t zeros[16];
static const uint8_t ones[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };

unsigned
addresses_key_hash(const void *addr)
{
    const address *key = (const address *)addr;

    return bytes_digest(key->data, (size_t)key->len);
}

gboolean
addresses_key_equal(const void *a, const void *b)
{
    return addresses_equal((const address *)a, (const address *)b);
}

address *
addresses_key_new(const address *addr)
{
    address *key = wmem_new0(wmem_file_scope(), address);

    copy_address_wmem(wmem_file_scope(), key, addr);
    return key;
}

addresses_pair_t
addresses_pair(const address *first, const address *second)
{
    addresses_pair_t pair;

    copy_address_shallow(&pair.first, first);
    copy_address_shallow(&pair.second, second);
    return pair;
}

addresses_pair_t
addresses_pair_copy(const addresses_pair_t *pair)
{
    addresses_pair_t copy;

    copy_address_wmem(wmem_file_scope(), &copy.first, &pair->first);
    copy_address_wmem(wmem_file_scope(), &copy.second, &pair->second);
    return copy;
}

unsigned
addresses_pair_hash(const void *pair)
{
    const addresses_pair_t *key = (const addresses_pair_t *)pair;

    return addresses_key_hash(&key->first) ^ 31 * addresses_key_hash(&key->second);
}

gboolean
addresses_pair_equal(const void *a, const void *b)
{
    const addresses_pair_t *one = (const addresses_pair_t *)a;
    const addresses_pair_t *other = (const addresses_pair_t *)b;

    return addresses_equal(&one->first, &other->first) &&
           addresses_equal(&one->second, &other->second);
}

/* 240.0.0.0/4 has the limited broadcast, and no hosts. */
static bool
is_ipv4_group(const uint8_t *bytes)
{
    uint32_t addr = pntohu32(bytes);

    return addr == 0 || in4_addr_is_multicast(addr) || addr >= 0xf0000000;
}

bool
addresses_is_ip_group(const address *addr)
{
    const uint8_t *bytes = (const uint8_t *)addr->data;

    if (addr->type == AT_IPv4 && addr->len == 4)
        return is_ipv4_group(bytes);
    return addr->type == AT_IPv6 && addr->len == 16 &&
           (in6_addr_is_multicast((const ws_in6_addr *)addr->data) ||
            memcmp(bytes, zeros, 16) == 0);
}

bool
addresses_is_one_host(const address *addr)
{
    const uint8_t *bytes = (const uint8_t *)addr->data;

    if (addr->len <= 0 || bytes == NULL)
        return false;
    switch (addr->type) {
    case AT_IPv4:
        return addr->len == 4 && !addresses_is_ip_group(addr);
    case AT_IPv6:
        return addr->len == 16 && !addresses_is_ip_group(addr);
    case AT_IPX: /* network, then node */
        return addr->len == 10 && memcmp(bytes + 4, ones, 6) != 0 &&
               memcmp(bytes + 4, zeros, 6) != 0;
    case AT_ETHER:
        return addr->len == 6 && (bytes[0] & 1) == 0 && memcmp(bytes, zeros, 6) != 0;
    default:
        return true;
    }
}

bool
addresses_is_ipv4_broadcast(const address *dst, const address *link_dst)
{
    if (dst->type != AT_IPv4)
        return false;
    return (dst->len == 4 && memcmp(dst->data, ones, 4) == 0) ||
           (link_dst->type == AT_ETHER && link_dst->len == 6 &&
            memcmp(link_dst->data, ones, 6) == 0);
}
