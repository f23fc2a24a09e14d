/* evidence-dns.c
 * Names in DNS answers that show a role
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#define WS_LOG_DOMAIN "smsrc"

#include "evidence-protocols.h"

#include <wsutil/pint.h>

#include "bounds.h"
#include "evidence-facts.h"

/* Most records of an answer, most addresses of a name. */
#define MAX_RECORDS 64

/* RFC 1035 4.1: where a name ends, or 0 */
static unsigned
skip_dns_name(const uint8_t *message, unsigned length, unsigned at)
{
    while (at < length && message[at] != 0) {
        if ((message[at] & 0xc0) == 0xc0)
            return at + 2;
        at += message[at] + 1U;
    }
    return at < length ? at + 1 : 0;
}

/* A management point's name in a DNS answer, and the addresses told with it. */
static void
read_answer(const packet_t *packet, const uint8_t *message, unsigned length)
{
    static const char prefix[] = "_mssms_mp_";
    enum { HEADER = 12, LABEL = 13, QUESTION = 4, RECORD = 10, TYPE_A = 1, CLASS_IN = 1 };
    char name[256];
    unsigned at = HEADER, count = 0, records;

    if (length < HEADER + 1 + LABEL || message[HEADER] != LABEL || pntohu16(message + 4) == 0 ||
        g_ascii_strncasecmp((const char *)message + HEADER + 1, prefix, sizeof prefix - 1) != 0)
        return;
    while (at < length && message[at] != 0 && (message[at] & 0xc0) == 0 &&
           at + 1 + message[at] <= length && count + message[at] + 2 < sizeof name) {
        if (count > 0)
            name[count++] = '.';
        memcpy(name + count, message + at + 1, message[at]);
        count += message[at];
        at += message[at] + 1U;
    }
    name[count] = '\0';
    at = HEADER;
    for (unsigned i = pntohu16(message + 4); i > 0 && at > 0; i--) {
        at = skip_dns_name(message, length, at);
        if (at > 0)
            at += QUESTION;
    }
    records = (unsigned)pntohu16(message + 6) + pntohu16(message + 8) + pntohu16(message + 10);
    if (records > MAX_RECORDS)
        bounds_exceed(BOUND_DNS_RECORDS, MAX_RECORDS);
    for (unsigned i = 0; i < MIN(records, MAX_RECORDS) && at > 0; i++) {
        const uint8_t *record;
        unsigned size;
        address owner;

        at = skip_dns_name(message, length, at);
        if (at == 0 || at + RECORD > length)
            return;
        record = message + at;
        size = pntohu16(record + 8);
        at += RECORD + size;
        if (pntohu16(record) != TYPE_A || (pntohu16(record + 2) & 0x7fff) != CLASS_IN ||
            size != 4 || at > length)
            continue;
        set_address(&owner, AT_IPv4, 4, record + RECORD);
        evidence_add_owned_fact(packet, FACT_DNS_NAME, name, &owner);
    }
}

void
evidence_read_dns(const packet_t *packet)
{
    /* RFC 1035 4.2.2: over TCP a length comes first. */
    enum { FLAGS = 2, RESPONSE = 0x80 };
    unsigned at = packet->pinfo->ptype == PT_TCP ? 2 : 0;
    const uint8_t *message = packet_bytes(packet, at, FLAGS + 2);

    if (message != NULL && (message[FLAGS] & RESPONSE) != 0)
        read_answer(packet, message, packet->length - at);
}
