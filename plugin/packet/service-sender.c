/* service-sender.c
 * Which end of a TCP connection sends content that only one end sends
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * A SYN is easily forged, and so is its direction. A request of HTTP, a negotiation of SMB or a
 * bind of RPC comes from the client whatever SYN there was. Sources: RFC 9110, RFC 5246 7.4,
 * RFC 1002 4.3, MS-CIFS 2.2.3.1, MS-SMB2 2.2.1.2, C706 12.6, MS-RDPBCGR 2.2.1.1, MS-TDS 2.2.3.1,
 * RFC 5321, RFC 959.
 */

#include "service-sender.h"

#define ANY 0

/* Fixed bytes at the beginning; then, if "at" is not 0, a byte there, of which a mask counts. */
typedef struct {
    service_sender_e sender;
    uint8_t offset, length;
    const char *bytes;
    uint8_t at, mask, value;
} sender_sign_t;

/* Signs begin at the payload's first byte, or behind a length of NetBIOS. */
#define OFFSET 4

#define SIGN(s) (uint8_t)(sizeof(s) - 1), s

static const sender_sign_t signs[] = {
    { SENDER_CLIENT, 0, SIGN("GET "), ANY, 0, 0 },
    { SENDER_CLIENT, 0, SIGN("POST "), ANY, 0, 0 },
    { SENDER_CLIENT, 0, SIGN("HEAD "), ANY, 0, 0 },
    { SENDER_CLIENT, 0, SIGN("PUT "), ANY, 0, 0 },
    { SENDER_CLIENT, 0, SIGN("CONNECT "), ANY, 0, 0 },
    { SENDER_CLIENT, 0, SIGN("OPTIONS "), ANY, 0, 0 },
    { SENDER_CLIENT, 0, SIGN("PROPFIND "), ANY, 0, 0 },
    { SENDER_CLIENT, 0, SIGN("CCM_POST "), ANY, 0, 0 },
    { SENDER_CLIENT, 0, SIGN("BITS_POST "), ANY, 0, 0 },
    { SENDER_SERVER, 0, SIGN("HTTP/1."), ANY, 0, 0 },
    { SENDER_CLIENT, 0, SIGN("\x81\x00\x00\x44\x20"), ANY, 0, 0 },
    { SENDER_SERVER, 0, SIGN("\x82\x00\x00\x00"), ANY, 0, 0 },
    { SENDER_SERVER, 0, SIGN("\x83\x00\x00\x01"), ANY, 0, 0 },
    { SENDER_CLIENT, OFFSET, SIGN("\xffSMB\x72"), 13, 0x80, 0x00 },
    { SENDER_SERVER, OFFSET, SIGN("\xffSMB\x72"), 13, 0x80, 0x80 },
    { SENDER_CLIENT, OFFSET, SIGN("\xffSMB\x73"), 13, 0x80, 0x00 },
    { SENDER_SERVER, OFFSET, SIGN("\xffSMB\x73"), 13, 0x80, 0x80 },
    { SENDER_CLIENT, OFFSET, SIGN("\xfeSMB"), 20, 0x01, 0x00 },
    { SENDER_SERVER, OFFSET, SIGN("\xfeSMB"), 20, 0x01, 0x01 },
    { SENDER_CLIENT, 0, SIGN("\x16\x03"), 5, 0xff, 1 },
    { SENDER_SERVER, 0, SIGN("\x16\x03"), 5, 0xff, 2 },
    { SENDER_CLIENT, 0, SIGN("\x05\x00\x0b"), ANY, 0, 0 },
    { SENDER_SERVER, 0, SIGN("\x05\x00\x0c"), ANY, 0, 0 },
    { SENDER_SERVER, 0, SIGN("\x05\x00\x0d"), ANY, 0, 0 },
    { SENDER_CLIENT, 0, SIGN("\x03\x00"), 5, 0xff, 0xe0 },
    { SENDER_SERVER, 0, SIGN("\x03\x00"), 5, 0xff, 0xd0 },
    { SENDER_CLIENT, 0, SIGN("\x12\x01"), 8, 0xff, 0 },
    { SENDER_SERVER, 0, SIGN("220 "), ANY, 0, 0 },
    { SENDER_SERVER, 0, SIGN("220-"), ANY, 0, 0 },
    { SENDER_CLIENT, 0, SIGN("EHLO "), ANY, 0, 0 },
    { SENDER_CLIENT, 0, SIGN("HELO "), ANY, 0, 0 },
    { SENDER_CLIENT, 0, SIGN("USER "), ANY, 0, 0 },
};

/* The bytes with which signs begin, at either offset. Nearly no payload has one. */
static bool first_bytes[2][256];

void
service_sender_init(void)
{
    for (unsigned i = 0; i < array_length(signs); i++)
        first_bytes[signs[i].offset != 0][(uint8_t)signs[i].bytes[0]] = true;
}

service_sender_e
service_sender(const uint8_t *bytes, unsigned length)
{
    if (length == 0 || !(first_bytes[0][bytes[0]] ||
                         (length > OFFSET && first_bytes[1][bytes[OFFSET]])))
        return SENDER_UNKNOWN;
    for (unsigned i = 0; i < array_length(signs); i++) {
        const sender_sign_t *sign = &signs[i];

        if (length > (unsigned)MAX(sign->at, sign->offset + sign->length - 1) &&
            memcmp(bytes + sign->offset, sign->bytes, sign->length) == 0 &&
            (bytes[sign->at] & sign->mask) == sign->value)
            return sign->sender;
    }
    return SENDER_UNKNOWN;
}
