/* ldap.c
 * LDAP requests for directory objects that show a role, and their responses
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * A response has the number of the message that it answers (RFC 4511 4.1.1.1). A search is answered
 * by its entries, and then by a result.
 *
 * The facts are the base and the classes of a search, the entries that are added or modified, and
 * the results (RFC 4511). A message that is signed, but not encrypted, follows its signature (RFC
 * 4513, RFC 4121).
 */

#include "reader.h"

#include <wsutil/pint.h>

#include "bounds.h"
#include "inference.h"
#include "transactions.h"

#define MAX_MESSAGES 16
#define MAX_CLASSES 16
#define MAX_SIGNATURE 96

/* Tags of BER, and of LDAP's operations */
enum {
    INTEGER = 0x02,
    OCTET_STRING = 0x04,
    ENUMERATED = 0x0a,
    SEQUENCE = 0x30,
    SET = 0x31,
    SEARCH = 0x63,
    SEARCH_ENTRY = 0x64,
    SEARCH_DONE = 0x65,
    MODIFY = 0x66,
    MODIFY_RESPONSE = 0x67,
    ADD = 0x68,
    ADD_RESPONSE = 0x69,
};

/* The bytes of the payload from the next one that is read. */
typedef struct {
    const uint8_t *at;
    const uint8_t *end;
    bool is_cut; /* the content goes on behind the end */
} ber_t;

/* Takes the next element if it has this tag. Its content is what was captured of it. */
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
    content->is_cut = from->is_cut || length > (size_t)(from->end - at);
    content->at = at;
    content->end = at + MIN(length, (size_t)(from->end - at));
    from->at = content->end;
    return true;
}

/* An operation of a message. */
typedef struct {
    uint8_t tag;
    ber_t content;
    asked_t asked; /* by the number of the message, and what answers it */
} operation_t;

static void
add_text(const packet_view_t *packet, fact_e fact, const ber_t *text, const asked_t *asked)
{
    size_t length = MIN((size_t)(text->end - text->at), INFERENCE_MAX_TEXT);

    inference_add_fact(packet, fact,
                       wmem_strndup(packet->pinfo->pool, (const char *)text->at, length), asked);
}

/*
 * Reads the classes that a search's filter names: octet strings anywhere in it. Only those that may
 * match a signature count for the bound.
 */
static void
read_classes(const packet_view_t *packet, const ber_t *filter, const asked_t *asked)
{
    const char *begin = role_signatures_common_prefix(FACT_LDAP_VALUE);
    const size_t length = strlen(begin);
    const uint8_t *found = filter->at;
    unsigned count = 0;

    for (; found < filter->end &&
           (found = ws_memmem(found, (size_t)(filter->end - found), begin, length)) != NULL;
         found++) {
        ber_t string = { .at = found - 2, .end = filter->end }, text;

        if (found - filter->at < 2 || !take(&string, OCTET_STRING, &text) ||
            !role_signatures_may_match(FACT_LDAP_VALUE, text.at, (size_t)(text.end - text.at)))
            continue;
        if (bounds_full(BOUND_LDAP_CLASSES, count, MAX_CLASSES))
            return;
        count++;
        add_text(packet, FACT_LDAP_VALUE, &text, asked);
    }
}

/* What answers a request: a search its result, after its entries. */
static uint8_t
response_to(uint8_t tag)
{
    switch (tag) {
    case SEARCH:
    case SEARCH_ENTRY:
        return SEARCH_DONE;
    case MODIFY:
        return MODIFY_RESPONSE;
    case ADD:
        return ADD_RESPONSE;
    default:
        return tag;
    }
}

/* Takes the operation of the next message. False if there is none. */
static bool
take_operation(ber_t *messages, operation_t *operation)
{
    ber_t message, number;

    if (!take(messages, SEQUENCE, &message) || !take(&message, INTEGER, &number) ||
        message.at == message.end)
        return false;
    memset(&operation->asked, 0, sizeof operation->asked);
    for (; number.at < number.end; number.at++)
        operation->asked.transaction = operation->asked.transaction << 8 | *number.at;
    operation->tag = message.at[0];
    operation->asked.transaction =
        operation->asked.transaction << 8 | response_to(operation->tag);
    return take(&message, operation->tag, &operation->content);
}

/* True if one of the values is a class of SMS. */
static bool
has_sms_class(ber_t values)
{
    static const char prefix[] = "mSSMS";
    ber_t value;

    while (take(&values, OCTET_STRING, &value)) {
        if ((size_t)(value.end - value.at) >= sizeof prefix &&
            g_ascii_strncasecmp((const char *)value.at, prefix, sizeof prefix - 1) == 0)
            return true;
    }
    return false;
}

/* True if an entry is one of SMS by its name, or by its class. Any other text may be anybody's. */
static bool
is_sms_entry(const packet_view_t *packet, ber_t entry)
{
    static const char type[] = "objectClass";
    ber_t name, attributes, attribute, description, values;
    char *text;

    if (!take(&entry, OCTET_STRING, &name))
        return false;
    text = wmem_strndup(packet->pinfo->pool, (const char *)name.at, (size_t)(name.end - name.at));
    if (role_signatures_match(FACT_LDAP_ENTRY, text, strlen(text)) != 0)
        return true;
    if (!take(&entry, SEQUENCE, &attributes))
        return false;
    while (take(&attributes, SEQUENCE, &attribute)) {
        if (take(&attribute, OCTET_STRING, &description) && take(&attribute, SET, &values) &&
            (size_t)(description.end - description.at) == sizeof type - 1 &&
            g_ascii_strncasecmp((const char *)description.at, type, sizeof type - 1) == 0)
            return has_sms_class(values);
    }
    return false;
}

static void
add_response(const packet_view_t *packet, const operation_t *operation)
{
    ber_t content = operation->content, result;
    answer_t answer = {
        .response = RESPONSE_LDAP,
        .transaction = operation->asked.transaction,
        .is_partial = operation->tag == SEARCH_ENTRY,
    };

    if (!transactions_answer(packet, answer.transaction, !answer.is_partial) ||
        !inference_is_pending())
        return;
    if (operation->tag == SEARCH_ENTRY)
        answer.shown = is_sms_entry(packet, content) ? SHOWS_ENTRY : 0;
    else if (!take(&content, ENUMERATED, &result) || result.at == result.end)
        return;
    else
        answer.shown = *result.at == 0 ? SHOWS_SUCCESS : 0;
    inference_add_response(packet, &answer);
}

static void
add_request(const packet_view_t *packet, const operation_t *operation)
{
    ber_t content = operation->content, element;

    if (!transactions_ask(packet, operation->asked.transaction, content.at,
                          (size_t)(content.end - content.at)) ||
        !take(&content, OCTET_STRING, &element))
        return;
    if (operation->tag != SEARCH) {
        add_text(packet, FACT_LDAP_ENTRY, &element, &operation->asked);
        return;
    }
    add_text(packet, FACT_LDAP_BASE, &element, &operation->asked);
    read_classes(packet, &content, &operation->asked);
}

/* A piece of a message waits until Wireshark has reassembled it. */
static void
read_operation(const packet_view_t *packet, const operation_t *operation)
{
    if (operation->content.is_cut && packet->length >= packet->reported)
        return;
    switch (operation->tag) {
    case SEARCH:
    case ADD:
    case MODIFY:
        add_request(packet, operation);
        break;
    case SEARCH_ENTRY:
    case SEARCH_DONE:
    case ADD_RESPONSE:
    case MODIFY_RESPONSE:
        add_response(packet, operation);
        break;
    default:
        break;
    }
}

/* Moves to the first message, which follows a signature if all of the payload is signed. */
static void
skip_signature(ber_t *messages)
{
    enum { LENGTH = 4 };
    size_t left = (size_t)(messages->end - messages->at);
    operation_t operation;

    if (left < LENGTH || pntohu32(messages->at) != left - LENGTH)
        return;
    for (const uint8_t *at = messages->at + LENGTH;
         at < messages->at + MIN(left, MAX_SIGNATURE); at++) {
        ber_t rest = { .at = at, .end = messages->end };

        if (take_operation(&rest, &operation)) {
            messages->at = at;
            return;
        }
    }
}

static void
read_payload(const packet_view_t *packet)
{
    operation_t operation;
    ber_t messages;

    if (packet->payload == NULL)
        return;
    messages.at = packet->payload;
    messages.end = packet->payload + packet->length;
    messages.is_cut = false;
    skip_signature(&messages);
    for (unsigned i = 0; take_operation(&messages, &operation); i++) {
        if (bounds_full(BOUND_LDAP_MESSAGES, i, MAX_MESSAGES))
            return;
        read_operation(packet, &operation);
    }
}

const evidence_reader_t ldap_reader = {
    .protocol = "ldap",
    .service = SERVICE_LDAP,
    .begin = { .min_length = 8, .bytes = { SEQUENCE }, .num_bytes = 1 },
    .is_conclusive = true,
    .read = read_payload,
};
