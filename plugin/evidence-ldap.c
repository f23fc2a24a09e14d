/* evidence-ldap.c
 * Objects of the directory that show a role
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#define WS_LOG_DOMAIN "smsrc"

#include "evidence-protocols.h"

#include <wsutil/pint.h>

#include "evidence-facts.h"
#include "evidence-fields.h"

void
evidence_scan_ldap(const packet_t *packet)
{
    uint32_t result;

    if (evidence_is_waiting() && evidence_number(packet, FIELD_LDAP_RESULT, &result))
        evidence_answer(packet, ANSWER_LDAP, result == 0);
    evidence_add_facts(packet, FIELD_LDAP_ENTRY, FIELD_LDAP_ENTRY);
    evidence_add_facts(packet, FIELD_LDAP_OBJECT, FIELD_LDAP_ENTRY);
    evidence_add_facts(packet, FIELD_LDAP_BASE, FIELD_LDAP_BASE);
    evidence_add_facts(packet, FIELD_LDAP_VALUE, FIELD_LDAP_VALUE);
}

/*
 * The object that the capture's first message names: its octet string is the first thing in the
 * operation (RFC 4511 4.5.1, 4.6, 4.7).
 */
static void
read_ldap_object(const packet_t *packet, const uint8_t *payload, unsigned length)
{
    enum { OCTET_STRING = 0x04, SEARCH = 0x63, MODIFY = 0x66, ADD = 0x68 };
    unsigned at = 2;
    uint8_t operation;

    /* The message's length, its number, then the operation and its length. */
    if (payload[1] > 0x80)
        at += payload[1] & 0x7fU;
    if (at + 2 >= length || payload[at] != 0x02)
        return;
    at += 2U + payload[at + 1];
    if (at + 2 >= length)
        return;
    operation = payload[at];
    at += 2U + (payload[at + 1] > 0x80 ? payload[at + 1] & 0x7fU : 0U);
    if (at + 2 >= length || payload[at] != OCTET_STRING)
        return;
    {
        unsigned size = payload[at + 1], begin = at + 2;
        char *name;

        if (size == 0x81) {
            size = payload[begin++];
        } else if (size == 0x82 && begin + 2 < length) {
            size = pntohu16(payload + begin);
            begin += 2;
        }
        if (begin + size > length || size > EVIDENCE_MAX_FACT)
            return;
        name = wmem_strndup(packet->pinfo->pool, (const char *)payload + begin, size);
        if (operation == SEARCH)
            evidence_add_fact(packet, FIELD_LDAP_BASE, name);
        else if (operation == ADD || operation == MODIFY)
            evidence_add_fact(packet, FIELD_LDAP_ENTRY, name);
    }
}

/* LDAP: the class a search is for; an end of search or an added entry as the answer. */
void
evidence_read_ldap(const packet_t *packet)
{
    const uint8_t *payload = packet->payload;
    unsigned length = packet->length;
    const uint8_t *found = ws_memmem(payload, length, (const uint8_t *)"mSSMS", 5);
    char name[40];
    unsigned count = 0;
    bool sure;
    packet_info *pinfo = packet->pinfo;
    flow_t *flow = flow_of_packet(pinfo, false);

    if (flow != NULL && flow->num_pending > 0 &&
        !flow_is_initiator(flow, &pinfo->src, pinfo->srcport, &sure)) {
        /* resultCode is the first element of a result: ENUMERATED, one byte */
        const uint8_t *result = ws_memmem(payload, length, (const uint8_t *)"\x0a\x01", 2);

        if (result != NULL && result + 2 < payload + length)
            evidence_answer(packet, ANSWER_LDAP, result[2] == 0);
        return;
    }
    if ((packet->layers & LAYER_LDAP) != 0)
        read_ldap_object(packet, payload, length);
    if (found == NULL)
        return;
    /* An octet string: its length stands before it, and behind it may be a letter by chance. */
    while (found + count < payload + length && count + 1 < sizeof name &&
           (found == payload || count < found[-1]) && g_ascii_isalnum(found[count])) {
        name[count] = (char)found[count];
        count++;
    }
    name[count] = '\0';
    evidence_add_fact(packet, FIELD_LDAP_VALUE, name);
}
