/* tftp.c
 * Requests of TFTP, whose transfers come from another port
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * RFC 1350 4: the server answers from a port of its choice to the one that the request came from.
 * What follows between the two is the transfer, whoever of them has sent its first packet.
 */

#include "handed-out.h"
#include "reader.h"

static void
read_payload(const packet_view_t *packet)
{
    const handed_out_t out = { .by = HANDED_OUT_TFTP, .as = packet->pinfo->destport };

    if (packet->pinfo->ptype == PT_UDP && packet->payload != NULL &&
        packet_view_service(packet) == SERVICE_TFTP)
        handed_out_add_transfer(packet->pinfo, out);
}

/* Always read, because the audit needs the ports handed out although no roles are learned. */
const evidence_reader_t tftp_reader = {
    .protocol = "tftp",
    .is_always_read = true,
    .read = read_payload,
};
