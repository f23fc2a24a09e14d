/* ldap.c
 * Objects of the directory that show a role
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * RFC 4511: what a search asks for and where, what is added or changed, and how that ended. What
 * is signed, but not sealed, has its message behind the signature (RFC 4513, RFC 4121).
 */

#include "reader.h"

#include <wsutil/pint.h>

#include "bounds.h"
#include "inference.h"

#define MAX_MESSAGES 16
#define MAX_CLASSES 16
#define MAX_SIGNATURE 96

/* Tags of BER, and of LDAP's operations */
enum {
    INTEGER = 0x02,
    OCTET_STRING = 0x04,
    ENUMERATED = 0x0a,
    SEQUENCE = 0x30,
    BIND_RESPONSE = 0x61,
    SEARCH = 0x63,
    SEARCH_DONE = 0x65,
    MODIFY = 0x66,
    MODIFY_RESPONSE = 0x67,
    ADD = 0x68,
    ADD_RESPONSE = 0x69,
};

/* Bytes of the payload, and how far they are read. */
typedef struct {
    const uint8_t *at;
    const uint8_t *end;
} ber_t;

/* Takes the element that is next, where it has this tag; what was captured of it is its content. */
static bool
take(ber_t *from, uint8_t tag, ber_t *content)
{
    const uint8_t *at = from->at;
    size_t length, count;

    if (from->end - at < 2 || at[0] != tag)
        return false;
    length = at[1];
    at += 2;
    if (length > 0x80) {
        count = length & 0x7f;
        if (count > 4 || (size_t)(from->end - at) < count)
            return false;
        for (length = 0; count > 0; count--)
            length = length << 8 | *at++;
    } else if (length == 0x80) {
        return false;
    }
    content->at = at;
    content->end = at + MIN(length, (size_t)(from->end - at));
    from->at = content->end;
    return true;
}

static void
add_text(const packet_view_t *packet, fact_e fact, const ber_t *text)
{
    size_t length = MIN((size_t)(text->end - text->at), EVIDENCE_MAX_FACT);

    inference_add_fact(packet, fact,
                      wmem_strndup(packet->pinfo->pool, (const char *)text->at, length));
}

/* The classes that a search's filter asks for: each is an octet string, wherever it stands. */
static void
read_classes(const packet_view_t *packet, const ber_t *filter)
{
    static const uint8_t class_begin[] = { 'm', 'S', 'S', 'M', 'S' };
    const uint8_t *found = filter->at;

    for (unsigned i = 0;; i++) {
        ber_t string, text;

        found = ws_memmem(found, (size_t)(filter->end - found), class_begin, sizeof class_begin);
        if (found == NULL)
            return;
        if (bounds_full(BOUND_LDAP_CLASSES, i, MAX_CLASSES))
            return;
        string.at = found - 2;
        string.end = filter->end;
        if (found - filter->at >= 2 && take(&string, OCTET_STRING, &text))
            add_text(packet, FACT_LDAP_VALUE, &text);
        found++;
    }
}

/* The operation of the message that is next; false where there is none. */
static bool
take_operation(ber_t *messages, uint8_t *tag, ber_t *operation)
{
    ber_t message, number;

    if (!take(messages, SEQUENCE, &message) || !take(&message, INTEGER, &number) ||
        message.at == message.end)
        return false;
    *tag = message.at[0];
    return take(&message, *tag, operation);
}

static void
read_operation(const packet_view_t *packet, uint8_t tag, ber_t *operation)
{
    ber_t element;

    switch (tag) {
    case SEARCH:
        if (take(operation, OCTET_STRING, &element)) {
            add_text(packet, FACT_LDAP_BASE, &element);
            read_classes(packet, operation);
        }
        break;
    case ADD:
    case MODIFY:
        if (take(operation, OCTET_STRING, &element))
            add_text(packet, FACT_LDAP_ENTRY, &element);
        break;
    case BIND_RESPONSE:
    case SEARCH_DONE:
    case ADD_RESPONSE:
    case MODIFY_RESPONSE:
        if (inference_is_pending() && take(operation, ENUMERATED, &element) &&
            element.at < element.end)
            inference_add_response(packet, RESPONSE_LDAP, *element.at == 0);
        break;
    default:
        break;
    }
}

/* Where the first message begins: behind a signature, if all of the payload is signed. */
static void
skip_signature(ber_t *messages)
{
    enum { LENGTH = 4 };
    size_t left = (size_t)(messages->end - messages->at);
    ber_t operation;
    uint8_t tag;

    if (left < LENGTH || pntohu32(messages->at) != left - LENGTH)
        return;
    for (const uint8_t *at = messages->at + LENGTH;
         at < messages->at + MIN(left, MAX_SIGNATURE); at++) {
        ber_t rest = { at, messages->end };

        if (take_operation(&rest, &tag, &operation)) {
            messages->at = at;
            return;
        }
    }
}

void
evidence_read_ldap(const packet_view_t *packet)
{
    ber_t messages, operation;
    uint8_t tag;

    if (packet->payload == NULL)
        return;
    messages.at = packet->payload;
    messages.end = packet->payload + packet->length;
    skip_signature(&messages);
    for (unsigned i = 0; take_operation(&messages, &tag, &operation); i++) {
        if (bounds_full(BOUND_LDAP_MESSAGES, i, MAX_MESSAGES))
            return;
        read_operation(packet, tag, &operation);
    }
}
