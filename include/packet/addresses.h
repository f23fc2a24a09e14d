/* addresses.h
 * Addresses as keys of maps, and what kind of address one is
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_ADDRESSES_H__
#define __SMSRC_ADDRESSES_H__

#include <epan/address.h>

#include "smsrc-compat.h"

/** Hash of an address. Salted, because a capture's addresses may have been chosen to collide. */
unsigned addresses_key_hash(const void *addr);

/** True for two addresses of the same type, length and bytes. */
gboolean addresses_key_equal(const void *a, const void *b);

/** Returns a copy of @p addr that lives as long as the capture. */
address *addresses_key_new(const address *addr);

/** Two hosts in order; as a key, the first member of what the map holds. */
typedef struct {
    address first;
    address second;
} addresses_pair_t;

/** Returns a pair whose addresses point to the same bytes: a key for a lookup. */
addresses_pair_t addresses_pair(const address *first, const address *second);

/** Returns a copy of the pair that lives as long as the capture. */
addresses_pair_t addresses_pair_copy(const addresses_pair_t *pair);

/** Hash and equality of two pairs. */
unsigned addresses_pair_hash(const void *pair);
gboolean addresses_pair_equal(const void *a, const void *b);

/** True for an address of IPv4 or IPv6 that no single host has: multicast, broadcast, all zeros. */
bool addresses_is_ip_group(const address *addr);

/**
 * True for an address that a single host can have, of IPX and Ethernet too. Other kinds of address
 * are not tested.
 */
bool addresses_is_one_host(const address *addr);

/** True for a packet to the limited broadcast, or to any IPv4 address in an Ethernet broadcast. */
bool addresses_is_ipv4_broadcast(const address *dst, const address *link_dst);

#endif /* __SMSRC_ADDRESSES_H__ */
