/* network-table.h
 * Values of networks, found by the longest prefix of an address
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_NETWORK_TABLE_H__
#define __SMSRC_NETWORK_TABLE_H__

#include <epan/address.h>

#include "smsrc-compat.h"

/**
 * The prefix of a network, or of a host with all of its bits; IPv4 is in the first 4 bytes. It has
 * no padding, and the bytes after the prefix are 0: it is hashed and compared as a whole.
 */
typedef struct {
    uint8_t address_length; /* 4 or 16 */
    uint8_t prefix_length;  /* bits */
    uint8_t bytes[16];
} prefix_t;

/** A table; its members are network-table.c's. */
typedef struct {
    wmem_allocator_t *scope;
    wmem_map_t *values;      /* prefix_t to value */
    uint8_t lengths[2][129]; /* the prefix lengths in use of IPv4 and IPv6, longest first */
    unsigned num_lengths[2];
} network_table_t;

/** An empty table, which lives as long as @p scope. */
network_table_t *network_table_new(wmem_allocator_t *scope);

/** True if the table has no network. Cheap. */
static inline bool
network_table_is_empty(const network_table_t *table)
{
    return table->num_lengths[0] == 0 && table->num_lengths[1] == 0;
}

/** The value of exactly this network, or NULL. */
void *network_table_get(const network_table_t *table, const prefix_t *network);

/** Set the value of @p network, which has none so far. */
void network_table_insert(network_table_t *table, const prefix_t *network, void *value);

/** The value of the longest network in which @p host is, or NULL. */
void *network_table_find(const network_table_t *table, const prefix_t *host);

/** Set @p prefix to the IPv4 or IPv6 address @p addr. False for any other address. */
bool network_table_prefix_from_address(prefix_t *prefix, const address *addr);

/**
 * Set @p prefix to "10.1.2.3", "10.0.0.0/8", "2001:db8::1" or "2001:db8::/32"; bits after the
 * length are cut. False for any other text.
 */
bool network_table_prefix_from_text(prefix_t *prefix, const char *text);

#endif /* __SMSRC_NETWORK_TABLE_H__ */
