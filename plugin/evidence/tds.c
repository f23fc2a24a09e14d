/* tds.c
 * Logins to a SQL Server's database that show a role
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "reader.h"

#include <wsutil/pint.h>

#include "inference.h"

/* MS-TDS 2.2.3.1, 2.2.6.4, 2.2.7: the header, a login, a response and its first token */
#define HEADER 8U
#define LOGIN 0x10
#define RESPONSE 0x04
#define TOKEN_ERROR 0xaa
#define MAX_STATUS 0x1f

/* The place in a login, after the header, of the offset and length of the database's name */
#define LOGIN_DATABASE 68U

static void
read_payload(const packet_view_t *packet)
{
    const uint8_t *message = packet_view_bytes(packet, 0, HEADER + 1);
    const uint8_t *place, *text;
    char name[32];
    unsigned count;

    if (message == NULL || message[1] > MAX_STATUS || pntohu16(message + 2) <= HEADER)
        return;
    if (message[0] == RESPONSE)
        inference_add_response(packet, RESPONSE_TDS, message[HEADER] != TOKEN_ERROR);
    place = packet_view_bytes(packet, HEADER + LOGIN_DATABASE, 4);
    if (message[0] != LOGIN || place == NULL)
        return;
    count = pletohu16(place + 2);
    text = packet_view_bytes(packet, HEADER + pletohu16(place), 2 * count);
    if (text == NULL || count >= sizeof name)
        return;
    for (unsigned i = 0; i < count; i++, text += 2)
        name[i] = text[1] == 0 ? (char)text[0] : '?';
    name[count] = '\0';
    inference_add_fact(packet, FACT_TDS_DATABASE, name);
}

const evidence_reader_t tds_reader = {
    .protocol = "tds",
    .service = SERVICE_TDS,
    .begin = { .min_length = HEADER, .bytes = { LOGIN, RESPONSE }, .num_bytes = 2 },
    .is_conclusive = true,
    .read = read_payload,
};
