/* icmp-error.h
 * Unreachable and prohibited errors of ICMP and ICMPv6, and the packet that they quote
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_ICMP_ERROR_H__
#define __SMSRC_ICMP_ERROR_H__

#include "packet-view.h"

typedef struct {
    const char *reason; /* "ICMP: port unreachable"; static */
    address src, dst;   /* of the quoted packet; they point into the error */
    bool tcp;           /* else UDP */
    uint16_t src_port, dst_port;
    bool has_seq;       /* TCP's sequence number is quoted */
    uint32_t seq;
} icmp_error_t;

/**
 * True if @p packet is an error that reports "unreachable" or "prohibited". Call it after
 * packet_view_read_layers() and packet_view_read_bytes(). Never throws.
 */
bool icmp_error_read(const packet_view_t *packet, icmp_error_t *error);

#endif /* __SMSRC_ICMP_ERROR_H__ */
