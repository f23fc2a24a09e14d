/* tds.c
 * Logins to a SQL Server's database that show a role
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "reader.h"

#include <wsutil/pint.h>

#include "bounds.h"
#include "inference.h"
#include "transactions.h"

/* MS-TDS 2.2.3.1, 2.2.6.4: the header, and the kinds of messages */
#define HEADER 8U
#define LOGIN 0x10
#define RESPONSE 0x04
#define MAX_STATUS 0x1f

/* MS-TDS 2.2.7: the tokens of a response to a login; each but the last has its length behind it. */
#define TOKEN_ERROR 0xaa
#define TOKEN_INFO 0xab
#define TOKEN_LOGINACK 0xad
#define TOKEN_ENVCHANGE 0xe3
#define TOKEN_DONE 0xfd
#define DONE_ERROR 0x02
#define MAX_TOKENS 64

/* The place in a login, after the header, of the offset and length of the database's name */
#define LOGIN_DATABASE 68U

/*
 * Adds what the tokens of a response say of a login. Others may precede the one that decides. A
 * response whose tokens are not known is one to something else, such as a prelogin.
 */
static void
add_response(const packet_view_t *packet)
{
    answer_t answer = { .response = RESPONSE_TDS };
    unsigned at = HEADER;
    const uint8_t *token = packet_view_bytes(packet, at, 1);

    for (unsigned i = 0; token != NULL; i++) {
        const uint8_t *length = packet_view_bytes(packet, at + 1, 2);

        if (bounds_full(BOUND_TDS_TOKENS, i, MAX_TOKENS))
            return;
        if (*token == TOKEN_LOGINACK || *token == TOKEN_ERROR || *token == TOKEN_DONE) {
            if (*token == TOKEN_LOGINACK)
                answer.shown = SHOWS_LOGIN;
            else if (*token == TOKEN_DONE && length != NULL && (length[0] & DONE_ERROR) == 0)
                answer.shown = SHOWS_REPLY;
            if (transactions_answer(packet, 0, false) && inference_is_pending())
                inference_add_response(packet, &answer);
            return;
        }
        if ((*token != TOKEN_INFO && *token != TOKEN_ENVCHANGE) || length == NULL)
            return;
        at += 3U + pletohu16(length);
        token = packet_view_bytes(packet, at, 1);
    }
}

/*
 * A connection has one login (MS-TDS 3.2), so all have the number 0, which none but a copy has a
 * second time. False for a piece, which waits for the others.
 */
static bool
ask(const packet_view_t *packet, unsigned length)
{
    if (length > packet->length && packet->length >= packet->reported)
        return false;
    return transactions_ask(packet, 0, packet->payload, MIN(length, packet->length));
}

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
        add_response(packet);
    place = packet_view_bytes(packet, HEADER + LOGIN_DATABASE, 4);
    if (message[0] != LOGIN || place == NULL || !ask(packet, pntohu16(message + 2)))
        return;
    count = pletohu16(place + 2);
    text = packet_view_bytes(packet, HEADER + pletohu16(place), 2 * count);
    if (text == NULL || count >= sizeof name)
        return;
    for (unsigned i = 0; i < count; i++, text += 2)
        name[i] = text[1] == 0 ? (char)text[0] : '?';
    name[count] = '\0';
    inference_add_fact(packet, FACT_TDS_DATABASE, name, NULL);
}

const evidence_reader_t tds_reader = {
    .protocol = "tds",
    .service = SERVICE_TDS,
    .begin = { .min_length = HEADER, .bytes = { LOGIN, RESPONSE }, .num_bytes = 2 },
    .is_conclusive = true,
    .read = read_payload,
};
