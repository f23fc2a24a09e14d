/* dhcp.c
 * DHCP servers and servers of a network boot, by their own answers
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "reader.h"

#include <wsutil/pint.h>

#include "inference.h"
#include "questions.h"

/* RFC 2131 2, RFC 2132 9.6, 9.7 and 9.13: what the header has, and options */
enum {
    REQUEST = 1,
    REPLY = 2,
    NUMBER = 4,
    OPTIONS = 240,
    PAD = 0,
    END = 255,
    MESSAGE_TYPE = 53,
    SERVER = 54,
    VENDOR = 60,
    BOOT_STORE = 252, /* the product's: the file that the boot goes on with */
    OFFER = 2,
    ACK = 5,
};

/* The value of an option, with its length, if it is there; else NULL. */
static const uint8_t *
find_any_option(const packet_view_t *packet, uint8_t option, uint8_t *length)
{
    const uint8_t *at = packet->payload + OPTIONS, *end = packet->payload + packet->length;

    while (end - at >= 2 && *at != END) {
        if (*at == PAD) {
            at++;
            continue;
        }
        *length = at[1];
        if (*at == option)
            return end - at >= 2 + *length ? at + 2 : NULL;
        if (end - at < 2 + at[1])
            return NULL;
        at += 2 + at[1];
    }
    return NULL;
}

/* The value of an option if it is there with this length, else NULL. */
static const uint8_t *
find_option(const packet_view_t *packet, uint8_t option, uint8_t length)
{
    uint8_t found;
    const uint8_t *value = find_any_option(packet, option, &found);

    return value != NULL && found == length ? value : NULL;
}

/* The file that a server of a network boot names as the product's does; NULL for any other. */
static const char *
boot_file(const packet_view_t *packet)
{
    static const char vendor[] = "PXEClient";
    uint8_t vendor_length = 0, length = 0;
    const uint8_t *is_vendor = find_any_option(packet, VENDOR, &vendor_length);
    const uint8_t *store = find_any_option(packet, BOOT_STORE, &length);
    const char *name;

    if (is_vendor == NULL || store == NULL || vendor_length < sizeof vendor - 1 ||
        memcmp(is_vendor, vendor, sizeof vendor - 1) != 0)
        return NULL;
    name = wmem_strndup(packet->pinfo->pool, (const char *)store, length);
    return role_signatures_match(FACT_BOOT_FILE, name, strlen(name)) != 0 ? name : NULL;
}

/* True if the sender names itself as the server, and offers or grants an address. */
static bool
is_server(const packet_view_t *packet)
{
    const uint8_t *type = find_option(packet, MESSAGE_TYPE, 1);
    const uint8_t *server = find_option(packet, SERVER, 4);

    return type != NULL && (*type == OFFER || *type == ACK) && server != NULL &&
           packet->pinfo->src.type == AT_IPv4 &&
           memcmp(server, packet->pinfo->src.data, 4) == 0;
}

static void
read_reply(const packet_view_t *packet, uint32_t number)
{
    const bool of_interest = inference_is_of_interest(packet);
    const char *file = boot_file(packet);

    if ((!of_interest && file == NULL) || !questions_answer(packet, QUESTION_DHCP, number))
        return;
    if (file != NULL)
        inference_add_fact(packet, FACT_BOOT_FILE, file, NULL);
    if (of_interest && is_server(packet))
        inference_add_server(packet, ROLE_DHCP_SERVER, "Answers as a DHCP server");
}

static void
read_payload(const packet_view_t *packet)
{
    const uint8_t *header = packet_view_bytes(packet, 0, OPTIONS);

    if (header == NULL)
        return;
    if (header[0] == REQUEST)
        questions_ask(packet, QUESTION_DHCP, pntohu32(header + NUMBER));
    else if (header[0] == REPLY)
        read_reply(packet, pntohu32(header + NUMBER));
}

const evidence_reader_t dhcp_reader = {
    .protocol = "dhcp",
    .is_conclusive = true,
    .read = read_payload,
};
