/* addresses.c
 * An address as the key of a map
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#define WS_LOG_DOMAIN "smsrc"

#include "addresses.h"

unsigned
addresses_key_hash(const void *addr)
{
    const address *key = (const address *)addr;

    return wmem_strong_hash((const uint8_t *)key->data, (size_t)key->len);
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
