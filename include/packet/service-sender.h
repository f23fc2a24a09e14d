/* service-sender.h
 * Which end of a TCP connection sends content that only one end sends
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_SERVICE_SENDER_H__
#define __SMSRC_SERVICE_SENDER_H__

#include "smsrc-compat.h"

typedef enum {
    SENDER_UNKNOWN, /* either end may begin a segment so */
    SENDER_CLIENT,
    SENDER_SERVER,
} service_sender_e;

/** No sign needs more bytes. */
#define SERVICE_SENDER_BYTES 24

/** Call once. */
void service_sender_init(void);

/** Returns who sends a segment of TCP that begins with these @p length bytes. */
service_sender_e service_sender(const uint8_t *bytes, unsigned length);

#endif /* __SMSRC_SERVICE_SENDER_H__ */
