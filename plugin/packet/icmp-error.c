/* icmp-error.c
 * Unreachable and prohibited errors of ICMP and ICMPv6, and the packet that they quote
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "icmp-error.h"

#include <epan/ipproto.h>
#include <wsutil/pint.h>

static const struct {
    unsigned layer;
    uint8_t type, code;
    const char *reason;
} unreachables[] = {
    { LAYER_ICMP, 3, 0, "ICMP: network unreachable" },
    { LAYER_ICMP, 3, 1, "ICMP: host unreachable" },
    { LAYER_ICMP, 3, 2, "ICMP: protocol unreachable" },
    { LAYER_ICMP, 3, 3, "ICMP: port unreachable" },
    { LAYER_ICMP, 3, 6, "ICMP: network unknown" },
    { LAYER_ICMP, 3, 7, "ICMP: host unknown" },
    { LAYER_ICMP, 3, 9, "ICMP: network administratively prohibited" },
    { LAYER_ICMP, 3, 10, "ICMP: host administratively prohibited" },
    { LAYER_ICMP, 3, 13, "ICMP: communication administratively prohibited" },
    { LAYER_ICMPV6, 1, 0, "ICMPv6: no route" },
    { LAYER_ICMPV6, 1, 1, "ICMPv6: communication administratively prohibited" },
    { LAYER_ICMPV6, 1, 3, "ICMPv6: address unreachable" },
    { LAYER_ICMPV6, 1, 4, "ICMPv6: port unreachable" },
    { LAYER_ICMPV6, 1, 5, "ICMPv6: source address failed policy" },
    { LAYER_ICMPV6, 1, 6, "ICMPv6: route rejected" },
};

/* Length of the error's header, which the quoted packet follows. */
#define ICMP_QUOTE 8

/* The ends of the quoted packet. */
static bool
read_quote(const packet_view_t *packet, bool ipv6, icmp_error_t *error)
{
    const uint8_t *quote = packet->network + ICMP_QUOTE;
    unsigned length = ipv6 ? 40 : (quote[0] & 0x0f) * 4U;
    unsigned protocol = quote[ipv6 ? 6 : 9];

    if (length < 20 || packet->network_length < ICMP_QUOTE + length + 4 ||
        (protocol != IP_PROTO_TCP && protocol != IP_PROTO_UDP))
        return false;
    set_address(&error->src, ipv6 ? AT_IPv6 : AT_IPv4, ipv6 ? 16 : 4, quote + (ipv6 ? 8 : 12));
    set_address(&error->dst, ipv6 ? AT_IPv6 : AT_IPv4, ipv6 ? 16 : 4, quote + (ipv6 ? 24 : 16));
    error->tcp = protocol == IP_PROTO_TCP;
    error->src_port = pntohu16(quote + length);
    error->dst_port = pntohu16(quote + length + 2);
    error->has_seq = error->tcp && packet->network_length >= ICMP_QUOTE + length + 8;
    error->seq = error->has_seq ? pntohu32(quote + length + 4) : 0;
    return true;
}

bool
icmp_error_read(const packet_view_t *packet, icmp_error_t *error)
{
    if (packet->network == NULL || packet->network_length < ICMP_QUOTE + 20)
        return false;
    for (unsigned i = 0; i < array_length(unreachables); i++) {
        if ((packet->layers & unreachables[i].layer) == 0 ||
            packet->network[0] != unreachables[i].type ||
            packet->network[1] != unreachables[i].code)
            continue;
        error->reason = unreachables[i].reason;
        return read_quote(packet, (packet->layers & LAYER_ICMPV6) != 0, error);
    }
    return false;
}
