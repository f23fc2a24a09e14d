/* addresses.h
 * An address as the key of a map
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_ADDRESSES_H__
#define __SMSRC_ADDRESSES_H__

#include <epan/address.h>

#include "smsrc-compat.h"

/** Hash of an address; salted, because a capture's addresses may have been chosen to collide. */
unsigned addresses_key_hash(const void *addr);

/** True for two addresses of the same type, length and bytes. */
gboolean addresses_key_equal(const void *a, const void *b);

/** A copy of @p addr that lives as long as the capture. */
address *addresses_key_new(const address *addr);

#endif /* __SMSRC_ADDRESSES_H__ */
