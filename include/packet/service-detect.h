/* service-detect.h
 * Service of a flow, recognized by the first bytes of a payload
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_SERVICE_DETECT_H__
#define __SMSRC_SERVICE_DETECT_H__

#include "service.h"

/** Prepares the signatures. Call once, before any detection. */
void service_detect_init(void);

/**
 * Returns the service whose signature the payload @p tvb begins with, or SERVICE_UNKNOWN. Reads the
 * first captured bytes only, never a port, and never throws.
 */
service_e service_detect_tvb(tvbuff_t *tvb, transport_e transport);

/** The same for @p length bytes in memory, of a payload that had @p reported bytes on the wire. */
service_e service_detect_bytes(const uint8_t *bytes, unsigned length, unsigned reported,
                               transport_e transport);

/**
 * Returns the length of the empty lines that a payload begins with: a server ignores those before a
 * request of HTTP (RFC 9112 2.2). Cheap.
 */
static inline unsigned
service_detect_empty_lines(const uint8_t *bytes, unsigned length)
{
    unsigned at = 0;

    while (at < length && (bytes[at] == '\r' || bytes[at] == '\n'))
        at++;
    return at;
}

#endif /* __SMSRC_SERVICE_DETECT_H__ */
