/* bytes-digest.h
 * A digest by which long texts are compared
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_BYTES_DIGEST_H__
#define __SMSRC_BYTES_DIGEST_H__

#include <epan/packet.h>

/**
 * Returns the digest of @p length bytes: the same for the same bytes while the program runs, and
 * another one in the next run. Without its secret two texts have the same digest by chance alone.
 * About two instructions a byte.
 */
uint32_t bytes_digest(const void *bytes, size_t length);

#endif /* __SMSRC_BYTES_DIGEST_H__ */
