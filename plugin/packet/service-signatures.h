/* service-signatures.h
 * Table of the signatures by which services are recognized
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_SERVICE_SIGNATURES_H__
#define __SMSRC_SERVICE_SIGNATURES_H__

#include "service.h"

/** The captured start of a payload, and the length of all of it on the wire. */
typedef struct {
    const uint8_t *p;
    unsigned len; /* SERVICE_SIGNATURES_MAX_BYTES at most */
    unsigned reported;
} first_bytes_t;

/** No check reads more; a DHCP message has its cookie at 236. */
#define SERVICE_SIGNATURES_MAX_BYTES 512

/** A service's fixed bytes at a fixed offset, and a check of the header if they are too weak. */
typedef struct {
    service_e service;
    unsigned transports; /* TRANSPORT_ bits */
    uint8_t offset;
    uint8_t length;
    const char *bytes;
    bool (*check)(const first_bytes_t *payload); /* NULL: the bytes are enough */
} service_signature_t;

/** Upper limit of service_signatures_count. */
#define SERVICE_SIGNATURES_MAX 128

/** The first that matches counts. */
extern const service_signature_t service_signatures[];
extern const unsigned service_signatures_count;

#endif /* __SMSRC_SERVICE_SIGNATURES_H__ */
