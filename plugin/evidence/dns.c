/* dns.c
 * DNS responses for names that show a role, and for services of which they hand a port out
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "reader.h"

#include <wsutil/pint.h>

#include "bounds.h"
#include "conclusions.h"
#include "handed-out.h"
#include "inference.h"
#include "questions.h"
#include "site-name.h"

/* The most records of a response that are read, and the most hosts of its SRV records. */
#define MAX_RECORDS 64
#define MAX_TARGETS 8

/* RFC 1035 3.1; the number of labels is limited, because pointers may form a loop. */
#define MAX_NAME 256
#define MAX_LABEL 63
#define MAX_LABELS 128

/* RFC 1035 4.1.1: the header, and where in it the number of questions is */
#define HEADER 12U
#define QUESTIONS 4

/*
 * Services whose SRV records (RFC 2782) hand their ports out: what the name begins with, and the
 * port that the matrices have. A management point's is ConfigMgr 2007's and later.
 */
static const struct {
    const char *begin;
    uint16_t port;
} srv_services[] = {
    { "_mssms_mp_", 80 }, { "_ldap._", 389 }, { "_gc._", 3268 }, { "_kerberos._", 88 },
    { "_kpasswd._", 464 },
};

/* The port that the matrices have for the service of an SRV record; 0 if it is none of theirs. */
static uint16_t
srv_port(const char *name)
{
    for (unsigned i = 0; i < array_length(srv_services); i++) {
        if (g_str_has_prefix(name, srv_services[i].begin))
            return srv_services[i].port;
    }
    return 0;
}

/* Returns where the name at @p at ends (RFC 1035 4.1), or 0 if it is cut. */
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

/* Reads the name at @p at (RFC 1035 4.1.4) in lower case with dots. False if it is malformed. */
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

/* A resource record (RFC 1035 4.1.3), with the places of its name and its data. */
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
    uint16_t ports[MAX_TARGETS];
    unsigned count;
    bool are_shown; /* by a signature of the queried name */
} targets_t;

/* Adds the host of an SRV record (RFC 2782) of the queried name, if its role or port matters. */
static void
add_target(const uint8_t *message, unsigned length, const record_t *record, const char *queried,
           targets_t *targets)
{
    enum { PORT = 4, TARGET = 6 };
    char name[MAX_NAME];
    uint16_t port;

    if (record->size <= TARGET || !read_dns_name(message, length, record->name, name) ||
        strcmp(name, queried) != 0)
        return;
    port = pntohu16(message + record->data + PORT);
    if (!targets->are_shown && port == srv_port(queried))
        return;
    if (!bounds_full(BOUND_DNS_TARGETS, targets->count, MAX_TARGETS) &&
        read_dns_name(message, length, record->data + TARGET, targets->names[targets->count]))
        targets->ports[targets->count++] = port;
}

/* The host has the service of the queried name on a port that is not that of the matrices. */
static void
hand_out(const packet_view_t *packet, const address *host, const char *queried, uint16_t port)
{
    const handed_out_t out = { HANDED_OUT_SRV, srv_port(queried) };

    if (out.as != 0 && port != out.as)
        handed_out_add(packet->pinfo, host,
                       strstr(queried, "._udp.") != NULL ? TRANSPORT_UDP : TRANSPORT_TCP, port,
                       out);
}

/* Adds an address record if it is of a host of an SRV record, not of a name server. */
static void
add_address(const packet_view_t *packet, const uint8_t *message, unsigned length,
            const record_t *record, const char *queried, const targets_t *targets)
{
    bool ipv4 = record->size == 4, is_target = false;
    char name[MAX_NAME];
    address owner;

    if (!read_dns_name(message, length, record->name, name))
        return;
    set_address(&owner, ipv4 ? AT_IPv4 : AT_IPv6, (int)record->size, message + record->data);
    for (unsigned i = 0; i < targets->count; i++) {
        if (strcmp(targets->names[i], name) != 0)
            continue;
        is_target = true;
        hand_out(packet, &owner, queried, targets->ports[i]);
    }
    if (is_target && targets->are_shown)
        site_name_add(name);
    if (is_target && targets->are_shown)
        inference_add_fact_about(packet, FACT_DNS_NAME, queried, &owner);
}

/* True if the name begins as that of a service with a port does, or as a signature's does. */
static bool
may_matter(const uint8_t *label, unsigned length)
{
    return (length > 1 && label[0] == '_') ||
           role_signatures_may_match(FACT_DNS_NAME, label, length);
}

/*
 * Reads the name of the first question. True if it shows a role, which sets @p is_shown, or is that
 * of a service whose port matters. The first label decides for most names. A label with a dot in it
 * is not a label of a host name, and would read as two.
 */
static bool
read_question(const uint8_t *message, unsigned length, char queried[MAX_NAME], bool *is_shown)
{
    const uint8_t *label = message + HEADER + 1;
    unsigned label_length;

    if (length <= HEADER || pntohu16(message + QUESTIONS) == 0)
        return false;
    label_length = message[HEADER];
    if (label_length > MAX_LABEL || label_length >= length - HEADER ||
        !may_matter(label, label_length) || memchr(label, '.', label_length) != NULL ||
        !read_dns_name(message, length, HEADER, queried))
        return false;
    *is_shown = conclusions_are_learned() &&
                role_signatures_match(FACT_DNS_NAME, queried, strlen(queried)) != 0;
    return *is_shown || srv_port(queried) != 0;
}

/* Where the records of a message begin, after its questions; 0 if it has no such place. */
static unsigned
skip_questions(const uint8_t *message, unsigned length)
{
    enum { TYPE_AND_CLASS = 4 };
    unsigned at = HEADER;

    for (unsigned i = pntohu16(message + QUESTIONS); i > 0 && at > 0; i--) {
        at = skip_dns_name(message, length, at);
        if (at > 0)
            at += TYPE_AND_CLASS;
    }
    return at;
}

/*
 * Reads the response to a query for a service: its SRV records name hosts, whose
 * addresses are in the same message. All records are read twice, because an address may come before
 * the record of its host.
 */
static void
read_response(const packet_view_t *packet, const uint8_t *message, unsigned length)
{
    enum { TYPE_A = 1, TYPE_AAAA = 28, TYPE_SRV = 33 };
    targets_t targets = { .count = 0 };
    char queried[MAX_NAME];
    record_t record;
    unsigned first, records;

    if (!read_question(message, length, queried, &targets.are_shown))
        return;
    first = skip_questions(message, length);
    if (first == 0)
        return;
    records = (unsigned)pntohu16(message + 6) + pntohu16(message + 8) + pntohu16(message + 10);
    records = bounds_cut(BOUND_DNS_RECORDS, records, MAX_RECORDS);
    for (unsigned i = 0, at = first; i < records && next_record(message, length, &at, &record);
         i++) {
        if (record.type == TYPE_SRV)
            add_target(message, length, &record, queried, &targets);
    }
    for (unsigned i = 0, at = first; i < records && next_record(message, length, &at, &record);
         i++) {
        if ((record.type == TYPE_A && record.size == 4) ||
            (record.type == TYPE_AAAA && record.size == 16))
            add_address(packet, message, length, &record, queried, &targets);
    }
}

/*
 * Reads a response. An error proves nothing, nor does one without an answer. Wireshark takes NBNS
 * for DNS, whose names have one label of 32 letters.
 */
static void
read_answer(const packet_view_t *packet, const uint8_t *message, unsigned length)
{
    enum { CODE_AT = 3, CODE = 0x0f, ANSWERS = 6, NBNS_LABEL = 32 };
    bool of_interest = inference_is_of_interest(packet) && length > HEADER &&
                       message[HEADER] != NBNS_LABEL && pntohu16(message + ANSWERS) > 0;
    char queried[MAX_NAME];
    bool is_shown;

    if ((message[CODE_AT] & CODE) != 0 ||
        !(of_interest || read_question(message, length, queried, &is_shown)) ||
        !questions_answer(packet, QUESTION_DNS, pntohu16(message)))
        return;
    read_response(packet, message, length);
    if (of_interest)
        inference_add_server(packet, ROLE_DNS_SERVER, "Answers as a name server");
}

static void
read_payload(const packet_view_t *packet)
{
    /* RFC 1035 4.2.2: over TCP the message follows its length. */
    enum { FLAGS = 2, RESPONSE = 0x80 };
    unsigned at = packet->pinfo->ptype == PT_TCP ? 2 : 0;
    const uint8_t *message = packet_view_bytes(packet, at, HEADER);
    char queried[MAX_NAME];
    bool is_shown;

    if (message == NULL)
        return;
    if ((message[FLAGS] & RESPONSE) != 0)
        read_answer(packet, message, packet->length - at);
    else if (inference_is_of_interest(packet) ||
             read_question(message, packet->length - at, queried, &is_shown))
        questions_ask(packet, QUESTION_DNS, pntohu16(message));
}

/*
 * Not conclusive, because Wireshark takes NBNS for DNS. Always read, because the audit needs the
 * ports handed out although no roles are learned.
 */
const evidence_reader_t dns_reader = {
    .protocol = "dns",
    .is_always_read = true,
    .read = read_payload,
};
