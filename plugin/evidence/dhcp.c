/* dhcp.c
 * DHCP servers, by their own answers
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "reader.h"

#include <wsutil/pint.h>

#include "inference.h"
#include "questions.h"

/* RFC 2131 2, RFC 2132 9.6 and 9.7: what the header has, and two options */
enum {
    REQUEST = 1,
    REPLY = 2,
    NUMBER = 4,
    OPTIONS = 240,
    PAD = 0,
    END = 255,
    MESSAGE_TYPE = 53,
    SERVER = 54,
    OFFER = 2,
    ACK = 5,
};

/* The value of an option if it is there with this length, else NULL. */
static const uint8_t *
find_option(const packet_view_t *packet, uint8_t option, uint8_t length)
{
    const uint8_t *at = packet->payload + OPTIONS, *end = packet->payload + packet->length;

    while (end - at >= 2 && *at != END) {
        if (*at == PAD) {
            at++;
            continue;
        }
        if (*at == option)
            return at[1] == length && end - at >= 2 + length ? at + 2 : NULL;
        if (end - at < 2 + at[1])
            return NULL;
        at += 2 + at[1];
    }
    return NULL;
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
read_payload(const packet_view_t *packet)
{
    const uint8_t *header = packet_view_bytes(packet, 0, OPTIONS);

    if (header == NULL)
        return;
    if (header[0] == REQUEST)
        questions_ask(packet, QUESTION_DHCP, pntohu32(header + NUMBER));
    else if (header[0] == REPLY && inference_is_of_interest(packet) &&
             questions_answer(packet, QUESTION_DHCP, pntohu32(header + NUMBER)) &&
             is_server(packet))
        inference_add_server(packet, ROLE_DHCP_SERVER, "Answers as a DHCP server");
}

const evidence_reader_t dhcp_reader = {
    .protocol = "dhcp",
    .is_conclusive = true,
    .read = read_payload,
};
