/* netbios-names.c
 * NetBIOS names that show a role
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "reader.h"

#include <epan/to_str.h>
#include <wsutil/pint.h>
#include <wsutil/str_util.h>

#include "bounds.h"
#include "conclusions.h"
#include "flow-content.h"
#include "inference.h"
#include "netbios.h"
#include "questions.h"

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

/*
 * True if the answer is that of a WINS server (RFC 1002 4.2.1.1): it registers a name for the host
 * that asked so, or finds that of another one, and says that it serves as a name server.
 */
static bool
is_wins_answer(const packet_view_t *packet, unsigned flags, unsigned at)
{
    enum { REGISTRATION = 5, RECURSION_AVAILABLE = 0x80, OWNER = 12, LENGTH = 16 };
    const uint8_t *record = packet_view_bytes(packet, at, LENGTH);

    if (record == NULL || (flags & RECURSION_AVAILABLE) == 0)
        return false;
    return (flags >> 11 & 0x0f) == REGISTRATION ||
           (packet->pinfo->src.type == AT_IPv4 &&
            memcmp(record + OWNER, packet->pinfo->src.data, 4) != 0);
}

/* A positive answer, whose record is at @p at. */
static void
read_nbns_answer(const packet_view_t *packet, unsigned flags, unsigned number, unsigned at,
                 const netbios_name_t *name)
{
    const char *text = name_text(packet, name);
    bool of_interest = inference_is_of_interest(packet);

    if (role_signatures_match(FACT_NBNS_NAME, text, strlen(text)) == 0 && !of_interest)
        return;
    if (!questions_answer(packet, QUESTION_NBNS, number))
        return;
    add_owners(packet, at, text);
    if (of_interest && is_wins_answer(packet, flags, at))
        inference_add_server(packet, ROLE_WINS_SERVER, "Answers as a WINS server");
}

/*
 * True for the name of a management point, "MP_ABC<1a>" (KB 826852), whose code @p site gets. The
 * letters as they are encoded (RFC 1001 14.1) exclude nearly all others.
 */
static bool
read_mp_name(const uint8_t *encoded, unsigned length, char site[4])
{
    static const char begin[] = "\x20" "ENFAFP"; /* MP_ */
    enum { PREFIX = 3, CODE = 3, SUFFIX = 0x1a };
    netbios_name_t name;

    if (length < sizeof begin || memcmp(encoded, begin, sizeof begin - 1) != 0 ||
        netbios_name_decode(encoded, length, &name) == 0 || name.suffix != SUFFIX ||
        strlen(name.text) != PREFIX + CODE)
        return false;
    (void)g_strlcpy(site, name.text + PREFIX, CODE + 1);
    for (unsigned i = 0; i < CODE; i++) {
        if (!g_ascii_isupper(site[i]) && !g_ascii_isdigit(site[i]))
            return false;
    }
    return true;
}

/* Notes a question for a management point, and the answer that there is none. */
static void
note_mp_lookup(const packet_view_t *packet, unsigned flags, unsigned number, unsigned at)
{
    enum { RESPONSE = 0x8000, OPERATION = 0x7800, CODE = 0x000f };
    char site[4];
    flow_content_t *flow;

    if ((flags & OPERATION) != 0 ||
        !read_mp_name(packet->payload + at, packet->length - at, site))
        return;
    if ((flags & RESPONSE) != 0 &&
        ((flags & CODE) == 0 || !questions_is_asked(packet, QUESTION_NBNS, number)))
        return;
    flow = flow_content_get(packet->pinfo, true);
    if (flow == NULL)
        return;
    if (flow->mp_site[0] == '\0')
        memcpy(flow->mp_site, site, sizeof flow->mp_site);
    if ((flags & RESPONSE) != 0 && flow->mp_missing_frame == 0)
        flow->mp_missing_frame = packet->pinfo->num;
}

static void
read_nbns(const packet_view_t *packet)
{
    enum { FLAGS = 2, HEADER = 12, RESPONSE = 0x8000, CODE = 0x000f };
    const uint8_t *header = packet_view_bytes(packet, 0, HEADER);
    netbios_name_t name;
    unsigned flags, used, number;
    bool response;

    if (header == NULL)
        return;
    number = pntohu16(header);
    flags = pntohu16(header + FLAGS);
    response = (flags & RESPONSE) != 0;
    if (!response)
        questions_ask(packet, QUESTION_NBNS, number);
    note_mp_lookup(packet, flags, number, HEADER);
    if (!conclusions_are_learned())
        return;
    if (response ? (flags & CODE) != 0 : !is_registration(flags >> 11 & 0x0f))
        return;
    used = netbios_name_decode(header + HEADER, packet->length - HEADER, &name);
    if (used != 0 && response)
        read_nbns_answer(packet, flags, number, HEADER + used, &name);
    else if (used != 0)
        inference_add_fact_about(packet, FACT_NBNS_NAME, name_text(packet, &name),
                                 &packet->pinfo->src);
}

static void
read_nbss(const packet_view_t *packet)
{
    enum { REQUEST = 0x81, HEADER = 4 };
    const uint8_t *header = packet_view_bytes(packet, 0, HEADER);
    answer_t answer = { .response = RESPONSE_NBSS };
    netbios_name_t name;

    if (header == NULL)
        return;
    if ((*header == NBSS_POSITIVE || *header == NBSS_NEGATIVE) && pntohu24(header + 1) <= 1) {
        answer.shown = *header == NBSS_POSITIVE ? SHOWS_SUCCESS : 0;
        inference_add_response(packet, &answer);
    } else if (*header == REQUEST &&
               netbios_name_decode(header + HEADER, packet->length - HEADER, &name) != 0) {
        inference_add_fact(packet, FACT_NBSS_CALLED, name_text(packet, &name), NULL);
    }
}

static void
read_nbdgm(const packet_view_t *packet)
{
    enum { HEADER = 14 };
    static const answer_t answer = { .response = RESPONSE_REPLY, .shown = SHOWS_REPLY };
    const uint8_t *header = packet_view_bytes(packet, 0, HEADER);
    netbios_name_t source, destination;
    unsigned used;

    if (inference_is_pending())
        inference_add_response(packet, &answer);
    if (header == NULL)
        return;
    used = netbios_name_decode(header + HEADER, packet->length - HEADER, &source);
    if (used != 0 && netbios_name_decode(header + HEADER + used, packet->length - HEADER - used,
                                         &destination) != 0)
        inference_add_fact(packet, FACT_NBDGM_DESTINATION, name_text(packet, &destination), NULL);
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
                                          name_text(packet, &name)), NULL);
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
    .is_always_read = true, /* the audit needs to know who asks for a management point, and how */
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
