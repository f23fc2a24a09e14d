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

#include "ber.h"
#include "bounds.h"
#include "inference.h"
#include "transactions.h"

#define MAX_MESSAGES 16
#define MAX_CLASSES 16
#define MAX_SIGNATURE 96

/* Tags of BER that only LDAP has here, and of its operations */
enum {
    ENUMERATED = 0x0a,
    SET = 0x31,
    SEARCH = 0x63,
    SEARCH_ENTRY = 0x64,
    SEARCH_DONE = 0x65,
    MODIFY = 0x66,
    MODIFY_RESPONSE = 0x67,
    ADD = 0x68,
    ADD_RESPONSE = 0x69,
};

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

        if (found - filter->at < 2 || !ber_take(&string, BER_OCTET_STRING, &text) ||
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

    if (!ber_take(messages, BER_SEQUENCE, &message) || !ber_take(&message, BER_INTEGER, &number) ||
        message.at == message.end)
        return false;
    memset(&operation->asked, 0, sizeof operation->asked);
    for (; number.at < number.end; number.at++)
        operation->asked.transaction = operation->asked.transaction << 8 | *number.at;
    operation->tag = message.at[0];
    operation->asked.transaction =
        operation->asked.transaction << 8 | response_to(operation->tag);
    return ber_take(&message, operation->tag, &operation->content);
}

/* True if one of the values is a class of SMS. */
static bool
has_sms_class(ber_t values)
{
    static const char prefix[] = "mSSMS";
    ber_t value;

    while (ber_take(&values, BER_OCTET_STRING, &value)) {
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

    if (!ber_take(&entry, BER_OCTET_STRING, &name))
        return false;
    text = wmem_strndup(packet->pinfo->pool, (const char *)name.at, (size_t)(name.end - name.at));
    if (role_signatures_match(FACT_LDAP_ENTRY, text, strlen(text)) != 0)
        return true;
    if (!ber_take(&entry, BER_SEQUENCE, &attributes))
        return false;
    while (ber_take(&attributes, BER_SEQUENCE, &attribute)) {
        if (ber_take(&attribute, BER_OCTET_STRING, &description) &&
            ber_take(&attribute, SET, &values) &&
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
    else if (!ber_take(&content, ENUMERATED, &result) || result.at == result.end)
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
        !ber_take(&content, BER_OCTET_STRING, &element))
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
    .begin = { .min_length = 8, .bytes = { BER_SEQUENCE }, .num_bytes = 1 },
    .is_conclusive = true,
    .read = read_payload,
};
