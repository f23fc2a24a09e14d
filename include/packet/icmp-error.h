/* icmp-error.h
 * What an ICMP or ICMPv6 error says of the packet that it quotes
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_ICMP_ERROR_H__
#define __SMSRC_ICMP_ERROR_H__

#include "packet-view.h"

typedef struct {
    const char *reason; /* "ICMP: port unreachable"; static */
    address src, dst;   /* of the packet quoted; they point into the error */
    bool tcp;           /* else UDP */
    uint16_t src_port, dst_port;
} icmp_error_t;

/** True where @p packet is an error that says "unreachable" or "prohibited". Never throws. */
bool icmp_error_read(const packet_view_t *packet, icmp_error_t *error);

#endif /* __SMSRC_ICMP_ERROR_H__ */
