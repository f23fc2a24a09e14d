/* evidence-tds.c
 * Logins to a database that show a role
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#define WS_LOG_DOMAIN "smsrc"

#include "evidence-protocols.h"

#include <wsutil/pint.h>

#include "evidence-facts.h"
#include "evidence-fields.h"

/* MS-TDS 2.2.3.1, 2.2.7: a response and its first token */
#define TDS_HEADER_LENGTH 8
#define TDS_RESPONSE 0x04
#define TDS_TOKEN_ERROR 0xaa

static void
add_tds_answer(const packet_t *packet)
{
    const uint8_t *response = packet_bytes(packet, 0, TDS_HEADER_LENGTH + 1);

    if (response != NULL && response[0] == TDS_RESPONSE)
        evidence_answer(packet, ANSWER_TDS, response[TDS_HEADER_LENGTH] != TDS_TOKEN_ERROR);
}

void
evidence_scan_tds(const packet_t *packet)
{
    if (evidence_is_waiting() && evidence_is_from_responder(packet))
        add_tds_answer(packet);
    evidence_add_facts(packet, FIELD_TDS_DATABASE, FIELD_TDS_DATABASE);
}

/* MS-TDS 2.2.6.4: the place and length of the database's name in a login record */
#define TDS_LOGIN_DATABASE 68

void
evidence_read_tds(const packet_t *packet)
{
    const uint8_t *payload = packet->payload;
    unsigned length = packet->length;
    unsigned at, count;
    char name[32];

    if (payload[0] == TDS_RESPONSE) {
        add_tds_answer(packet);
        return;
    }
    if (payload[0] != 0x10 || length < TDS_HEADER_LENGTH + TDS_LOGIN_DATABASE + 4)
        return;
    at = TDS_HEADER_LENGTH + pletohu16(payload + TDS_HEADER_LENGTH + TDS_LOGIN_DATABASE);
    count = pletohu16(payload + TDS_HEADER_LENGTH + TDS_LOGIN_DATABASE + 2);
    if (count == 0 || count >= sizeof name || at + 2 * count > length)
        return;
    for (unsigned i = 0; i < count; i++)
        name[i] = payload[at + 2 * i + 1] == 0 ? (char)payload[at + 2 * i] : '?';
    name[count] = '\0';
    evidence_add_fact(packet, FIELD_TDS_DATABASE, name);
}
