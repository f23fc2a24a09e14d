/* dns.c
 * Names in DNS answers that show a role
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "reader.h"

#include <wsutil/pint.h>

#include "bounds.h"
#include "inference.h"

/* Most records of an answer that are read, and most hosts that its SRV records name. */
#define MAX_RECORDS 64
#define MAX_TARGETS 8

/* RFC 1035 3.1; and so that pointers that go round come to an end. */
#define MAX_NAME 256
#define MAX_LABELS 128

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

/* RFC 1035 4.1.4: the name at @p at, with dots, in lower case. False where it is broken. */
static bool
read_dns_name(const uint8_t *message, unsigned length, unsigned at, char name[MAX_NAME])
{
    unsigned count = 0;

    for (unsigned labels = 0; labels < MAX_LABELS; labels++) {
        unsigned label;

        if (at >= length)
            return false;
        label = message[at];
        if ((label & 0xc0) == 0xc0) {
            if (at + 2 > length)
                return false;
            at = (label & 0x3fU) << 8 | message[at + 1];
            continue;
        }
        if (label == 0) {
            name[count] = '\0';
            return count > 0;
        }
        if ((label & 0xc0) != 0 || at + 1 + label > length || count + label + 2 > MAX_NAME)
            return false;
        if (count > 0)
            name[count++] = '.';
        for (unsigned i = 1; i <= label; i++)
            name[count++] = g_ascii_tolower((char)message[at + i]);
        at += label + 1;
    }
    return false;
}

/* A resource record (RFC 1035 4.1.3): where its name and its data are. */
typedef struct {
    unsigned name, data, size;
    uint16_t type;
} record_t;

static bool
next_record(const uint8_t *message, unsigned length, unsigned *at, record_t *record)
{
    enum { FIXED = 10, CLASS_IN = 1 };
    const uint8_t *fixed;

    record->name = *at;
    *at = skip_dns_name(message, length, *at);
    if (*at == 0 || *at + FIXED > length)
        return false;
    fixed = message + *at;
    record->type = (pntohu16(fixed + 2) & 0x7fff) == CLASS_IN ? pntohu16(fixed) : 0;
    record->data = *at + FIXED;
    record->size = pntohu16(fixed + 8);
    *at = record->data + record->size;
    return *at <= length;
}

typedef struct {
    char names[MAX_TARGETS][MAX_NAME];
    unsigned count;
} targets_t;

static bool
is_target(const targets_t *targets, const char *name)
{
    for (unsigned i = 0; i < targets->count; i++) {
        if (strcmp(targets->names[i], name) == 0)
            return true;
    }
    return false;
}

/* The host that an SRV record of the name asked for points to (RFC 2782). */
static void
add_target(const uint8_t *message, unsigned length, const record_t *record, const char *asked,
           targets_t *targets)
{
    enum { TARGET = 6 };
    char name[MAX_NAME];

    if (record->size <= TARGET || !read_dns_name(message, length, record->name, name) ||
        strcmp(name, asked) != 0)
        return;
    if (!bounds_full(BOUND_DNS_TARGETS, targets->count, MAX_TARGETS) &&
        read_dns_name(message, length, record->data + TARGET, targets->names[targets->count]))
        targets->count++;
}

/* An address belongs to the role where it is that of such a host; the name server's is not. */
static void
add_address(const packet_view_t *packet, const uint8_t *message, unsigned length,
            const record_t *record, const char *asked, const targets_t *targets)
{
    bool ipv4 = record->size == 4;
    char name[MAX_NAME];
    address owner;

    if (!read_dns_name(message, length, record->name, name) || !is_target(targets, name))
        return;
    set_address(&owner, ipv4 ? AT_IPv4 : AT_IPv6, (int)record->size, message + record->data);
    inference_add_fact_about(packet, FACT_DNS_NAME, asked, &owner);
}

/*
 * The answer for a management point's name: its SRV records name hosts, whose addresses come with
 * them. All records are read twice, because an address may come before what it belongs to.
 */
static void
read_answer(const packet_view_t *packet, const uint8_t *message, unsigned length)
{
    static const char prefix[] = "_mssms_mp_";
    enum { HEADER = 12, LABEL = 13, QUESTION = 4, TYPE_A = 1, TYPE_AAAA = 28, TYPE_SRV = 33 };
    targets_t targets = { .count = 0 };
    char asked[MAX_NAME];
    record_t record;
    unsigned first = HEADER, records;

    if (length < HEADER + 1 + LABEL || message[HEADER] != LABEL || pntohu16(message + 4) == 0 ||
        g_ascii_strncasecmp((const char *)message + HEADER + 1, prefix, sizeof prefix - 1) != 0 ||
        !read_dns_name(message, length, HEADER, asked))
        return;
    for (unsigned i = pntohu16(message + 4); i > 0 && first > 0; i--) {
        first = skip_dns_name(message, length, first);
        if (first > 0)
            first += QUESTION;
    }
    if (first == 0)
        return;
    records = (unsigned)pntohu16(message + 6) + pntohu16(message + 8) + pntohu16(message + 10);
    records = bounds_cut(BOUND_DNS_RECORDS, records, MAX_RECORDS);
    for (unsigned i = 0, at = first; i < records && next_record(message, length, &at, &record);
         i++) {
        if (record.type == TYPE_SRV)
            add_target(message, length, &record, asked, &targets);
    }
    for (unsigned i = 0, at = first; i < records && next_record(message, length, &at, &record);
         i++) {
        if ((record.type == TYPE_A && record.size == 4) ||
            (record.type == TYPE_AAAA && record.size == 16))
            add_address(packet, message, length, &record, asked, &targets);
    }
}

void
evidence_read_dns(const packet_view_t *packet)
{
    /* RFC 1035 4.2.2: over TCP a length comes first. */
    enum { FLAGS = 2, RESPONSE = 0x80 };
    unsigned at = packet->pinfo->ptype == PT_TCP ? 2 : 0;
    const uint8_t *message = packet_view_bytes(packet, at, FLAGS + 2);

    if (message != NULL && (message[FLAGS] & RESPONSE) != 0)
        read_answer(packet, message, packet->length - at);
}
