/* netbios-names.c
 * NetBIOS names that show a role
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "reader.h"

#include <epan/to_str.h>
#include <wsutil/pint.h>
#include <wsutil/str_util.h>

#include "bounds.h"
#include "inference.h"
#include "netbios.h"

/* Returns the name as Wireshark writes it and the signatures have it: "MP_A01<1a>". */
static const char *
name_text(const packet_view_t *packet, const netbios_name_t *name)
{
    wmem_allocator_t *pool = packet->pinfo->pool;

    return wmem_strconcat(pool, name->text, "<", bytes_to_str(pool, &name->suffix, 1), ">", NULL);
}

/* True for the operations by which a host registers a name for itself (RFC 1002 4.2.1.1). */
static bool
is_registration(unsigned opcode)
{
    return opcode == 5 || opcode == 8 || opcode == 9 || opcode == 15;
}

/* Adds the owners of a name, which follow it in a response (RFC 1002 4.2.13): flags, address. */
static void
add_owners(const packet_view_t *packet, unsigned at, const char *name)
{
    enum { TYPE_NB = 0x20, LENGTH = 8, RECORD = 10, OWNER = 6, MAX_OWNERS = 16 };
    const uint8_t *record = packet_view_bytes(packet, at, RECORD);
    const uint8_t *owner;
    unsigned count;

    if (record == NULL || pntohu16(record) != TYPE_NB)
        return;
    count = bounds_cut(BOUND_NBNS_OWNERS, pntohu16(record + LENGTH) / OWNER, MAX_OWNERS);
    for (unsigned i = 0; i < count; i++) {
        address addr;

        owner = packet_view_bytes(packet, at + RECORD + i * OWNER, OWNER);
        if (owner == NULL)
            return;
        set_address(&addr, AT_IPv4, 4, owner + 2);
        inference_add_fact_about(packet, FACT_NBNS_NAME, name, &addr);
    }
}

static void
read_nbns(const packet_view_t *packet)
{
    enum { FLAGS = 2, HEADER = 12, RESPONSE = 0x8000, CODE = 0x000f };
    const uint8_t *header = packet_view_bytes(packet, 0, HEADER);
    netbios_name_t name;
    unsigned flags, used;
    bool response;

    if (header == NULL)
        return;
    flags = pntohu16(header + FLAGS);
    response = (flags & RESPONSE) != 0;
    if (response ? (flags & CODE) != 0 : !is_registration(flags >> 11 & 0x0f))
        return;
    used = netbios_name_decode(header + HEADER, packet->length - HEADER, &name);
    if (used != 0 && response)
        add_owners(packet, HEADER + used, name_text(packet, &name));
    else if (used != 0)
        inference_add_fact_about(packet, FACT_NBNS_NAME, name_text(packet, &name),
                                 &packet->pinfo->src);
}

static void
read_nbss(const packet_view_t *packet)
{
    enum { REQUEST = 0x81, HEADER = 4 };
    const uint8_t *header = packet_view_bytes(packet, 0, HEADER);
    netbios_name_t name;

    if (header == NULL)
        return;
    if ((*header == NBSS_POSITIVE || *header == NBSS_NEGATIVE) && pntohu24(header + 1) <= 1)
        inference_add_response(packet, RESPONSE_NBSS, *header == NBSS_POSITIVE);
    else if (*header == REQUEST &&
             netbios_name_decode(header + HEADER, packet->length - HEADER, &name) != 0)
        inference_add_fact(packet, FACT_NBSS_CALLED, name_text(packet, &name));
}

static void
read_nbdgm(const packet_view_t *packet)
{
    enum { HEADER = 14 };
    const uint8_t *header = packet_view_bytes(packet, 0, HEADER);
    netbios_name_t source, destination;
    unsigned used;

    if (inference_is_pending() && inference_is_from_responder(packet))
        inference_add_response(packet, RESPONSE_REPLY, true);
    if (header == NULL)
        return;
    used = netbios_name_decode(header + HEADER, packet->length - HEADER, &source);
    if (used != 0 && netbios_name_decode(header + HEADER + used, packet->length - HEADER - used,
                                         &destination) != 0)
        inference_add_fact(packet, FACT_NBDGM_DESTINATION, name_text(packet, &destination));
}

static void
read_ipx(const packet_view_t *packet)
{
    netbios_name_t name;
    netbios_ipx_e operation = netbios_ipx_name(packet->tvb, packet->pinfo, &name);

    if (operation != NETBIOS_IPX_FIND && operation != NETBIOS_IPX_RECOGNIZED)
        return;
    flow_content_get(packet->pinfo, true)->service = SERVICE_NETBIOS_IPX;
    inference_add_fact(packet, FACT_IPX_NAME,
                       wmem_strdup_printf(packet->pinfo->pool, "%s %s",
                                          operation == NETBIOS_IPX_FIND ? "find" : "recognized",
                                          name_text(packet, &name)));
}

/* Not conclusive, because the first segment of an SMB message is only NBSS to Wireshark. */
const evidence_reader_t netbios_names_nbss_reader = {
    .protocol = "nbss",
    .read = read_nbss,
};

const evidence_reader_t netbios_names_nbns_reader = {
    .protocol = "nbns",
    .service = SERVICE_NBNS,
    /* A name of 0x20 bytes follows the header. */
    .begin = { .udp = true, .min_length = 36, .marker_at = 12, .marker = "\x20" },
    .is_conclusive = true,
    .read = read_nbns,
};

const evidence_reader_t netbios_names_nbdgm_reader = {
    .protocol = "nbdgm",
    .is_conclusive = true,
    .read = read_nbdgm,
};

const evidence_reader_t netbios_names_ipx_reader = {
    .protocol = "ipx",
    .reads_packet = true,
    .is_always_read = true,
    .read = read_ipx,
};
