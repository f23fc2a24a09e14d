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
    BOOT_VARIABLES = 243, /* the product's: the key of a file of variables, and the file */
    BOOT_PROGRAM = 250,   /* Windows': what its boot program says of itself */
    BOOT_STORE = 252,     /* the product's: the file that the boot goes on with */
    BOOT_VARIABLES_FILE = 1,
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

/* True if the packet is one of a network boot. */
static bool
is_of_boot(const packet_view_t *packet)
{
    static const char vendor[] = "PXEClient";
    uint8_t length = 0;
    const uint8_t *value = find_any_option(packet, VENDOR, &length);

    return value != NULL && length >= sizeof vendor - 1 &&
           memcmp(value, vendor, sizeof vendor - 1) == 0;
}

/* True if Windows' boot program asks, whichever server it asks. */
static bool
is_boot_program(const packet_view_t *packet)
{
    static const uint8_t begin[] = { 0x0c, 1, 1, 0x0d, 2, 8, 0, 1, 2 };
    uint8_t length = 0;
    const uint8_t *value = find_any_option(packet, BOOT_PROGRAM, &length);

    return value != NULL && length >= sizeof begin && memcmp(value, begin, sizeof begin) == 0 &&
           is_of_boot(packet);
}

/* The file if its name is like those of the product; else NULL. */
static const char *
product_file(const packet_view_t *packet, const uint8_t *name, uint8_t length)
{
    const char *text = wmem_strndup(packet->pinfo->pool, (const char *)name, length);

    return role_signatures_match(FACT_BOOT_FILE, text, strlen(text)) != 0 ? text : NULL;
}

/* The file of variables: the option has elements of a kind, a length and a value each. */
static const char *
variables_file(const packet_view_t *packet)
{
    uint8_t left = 0;
    const uint8_t *at = find_any_option(packet, BOOT_VARIABLES, &left);

    while (at != NULL && left > 2 && at[1] <= left - 2) {
        if (at[0] == BOOT_VARIABLES_FILE)
            return product_file(packet, at + 2, at[1]);
        left = (uint8_t)(left - 2 - at[1]);
        at += 2 + at[1];
    }
    return NULL;
}

/* The file that a server of a network boot names as the product's does; NULL for any other. */
static const char *
boot_file(const packet_view_t *packet)
{
    uint8_t length = 0;
    const uint8_t *store = find_any_option(packet, BOOT_STORE, &length);
    const char *name = store != NULL ? product_file(packet, store, length) : NULL;

    return name != NULL ? name : variables_file(packet);
}

/* Several servers may offer what all were asked for. */
static bool
is_answer(const packet_view_t *packet, uint32_t number)
{
    const uint8_t *type = find_option(packet, MESSAGE_TYPE, 1);

    return type != NULL && *type == OFFER ? questions_is_asked(packet, QUESTION_DHCP, number)
                                          : questions_answer(packet, QUESTION_DHCP, number);
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
    const bool of_boot = is_of_boot(packet);
    const char *file = of_boot ? boot_file(packet) : NULL;

    if ((!of_boot && !inference_is_of_interest(packet)) || !is_answer(packet, number))
        return;
    if (file != NULL)
        inference_add_fact(packet, FACT_BOOT_FILE, file, NULL);
    else if (of_boot && questions_answer(packet, QUESTION_BOOT, number))
        inference_add_textless_fact(packet, FACT_BOOT_ANSWER);
    /* A server of a network boot is one of DHCP as well: what it has offered to all says that. */
    if (inference_is_of_interest(packet) && is_server(packet))
        inference_add_server(packet, ROLE_DHCP_SERVER, "Answers as a DHCP server");
}

static void
read_payload(const packet_view_t *packet)
{
    const uint8_t *header = packet_view_bytes(packet, 0, OPTIONS);

    if (header == NULL)
        return;
    if (header[0] == REQUEST && is_boot_program(packet))
        questions_ask(packet, QUESTION_BOOT, pntohu32(header + NUMBER));
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
