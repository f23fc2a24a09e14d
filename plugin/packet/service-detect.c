/* service-detect.c
 * Service of a flow, recognized by the first bytes of a payload
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * Wireshark finds most protocols by their port. This plugin needs to know them on other ports too:
 * to leave alone what only happens to use 2701-2704, and to name a service of KB 826852 that runs
 * on a port for which the article does not list it.
 */

#include "service-detect.h"

#include <wsutil/bits_ctz.h>

#include "service-signatures.h"

/*
 * The signatures that are possible for a transport and a payload's first byte, a bit each in the
 * order of the table: these exclude most of them, and a post-dissector detects services in many
 * packets.
 */
#define NUM_MASKS (SERVICE_SIGNATURES_MAX / 64)
static uint64_t possible[TRANSPORT_IPX + 1][256][NUM_MASKS];

static void
add_possible(unsigned i, unsigned byte)
{
    for (unsigned transport = 0; transport <= TRANSPORT_IPX; transport++) {
        if ((service_signatures[i].transports & transport) != 0)
            possible[transport][byte][i / 64] |= UINT64_C(1) << (i % 64);
    }
}

void
service_detect_init(void)
{
    for (unsigned i = 0; i < service_signatures_count; i++) {
        const service_signature_t *sig = &service_signatures[i];
        bool any = sig->offset > 0 || sig->length == 0;

        for (unsigned byte = 0; any && byte < 256; byte++)
            add_possible(i, byte);
        if (!any)
            add_possible(i, (uint8_t)sig->bytes[0]);
    }
}

service_e
service_detect_tvb(tvbuff_t *tvb, transport_e transport)
{
    unsigned length = MIN(tvb_captured_length(tvb), SERVICE_SIGNATURES_MAX_BYTES);

    return length == 0 ? SERVICE_UNKNOWN
                       : service_detect_bytes(tvb_get_ptr(tvb, 0, (int)length), length,
                                              tvb_reported_length(tvb), transport);
}

/* Nearly all signatures that are not at the payload's beginning fail at their first byte. */
static bool
has_first_byte(const service_signature_t *sig, const first_bytes_t *payload)
{
    return sig->length == 0 || payload->p[sig->offset] == (uint8_t)sig->bytes[0];
}

static service_e
find_service(const uint8_t *bytes, unsigned length, unsigned reported, transport_e transport)
{
    first_bytes_t payload = { bytes, MIN(length, SERVICE_SIGNATURES_MAX_BYTES), reported };

    if (payload.len < 3)
        return SERVICE_UNKNOWN;
    for (unsigned word = 0; word < NUM_MASKS; word++) {
        for (uint64_t mask = possible[transport][payload.p[0]][word]; mask != 0; mask &= mask - 1) {
            const service_signature_t *sig =
                &service_signatures[word * 64 + (unsigned)ws_ctz(mask)];

            if (sig->offset + sig->length <= payload.len && has_first_byte(sig, &payload) &&
                memcmp(payload.p + sig->offset, sig->bytes, sig->length) == 0 &&
                (sig->check == NULL || sig->check(&payload)))
                return sig->service;
        }
    }
    return SERVICE_UNKNOWN;
}

service_e
service_detect_bytes(const uint8_t *bytes, unsigned length, unsigned reported,
                     transport_e transport)
{
    const service_e service = find_service(bytes, length, reported, transport);
    unsigned skipped;

    if (service != SERVICE_UNKNOWN || transport != TRANSPORT_TCP || length == 0 ||
        (bytes[0] != '\r' && bytes[0] != '\n'))
        return service;
    skipped = service_detect_empty_lines(bytes, length);
    return find_service(bytes + skipped, length - skipped, reported - skipped, transport) ==
                   SERVICE_HTTP
               ? SERVICE_HTTP
               : SERVICE_UNKNOWN;
}
