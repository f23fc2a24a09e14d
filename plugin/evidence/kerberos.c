/* kerberos.c
 * Tickets for services of the product, by their names
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * The name of the service is in clear in the request for a ticket, in the ticket that answers it,
 * and in an error (RFC 4120 5.4 and 5.9.1). Who asks for a ticket to a client's remote control need
 * not hold a role; who grants it is a domain controller.
 */

#include "reader.h"

#include "ber.h"
#include "inference.h"
#include "transactions.h"

/* Tags of messages (RFC 4120 5.10), and the numbers of their fields */
enum {
    TICKET = 0x61,
    TGS_REQUEST = 0x6c,
    TGS_REPLY = 0x6d,
    ERROR_MESSAGE = 0x7e,
    REQUEST_BODY = 4,
    BODY_SERVICE = 3,
    REPLY_TICKET = 5,
    TICKET_SERVICE = 2,
    ERROR_SERVICE = 10,
    NAME_PARTS = 1,
};

/* Where a message has the name of the service: the fields on the way to it, and their tags. */
static const struct {
    uint8_t message;
    uint8_t outer_field;
    uint8_t outer_tag; /* 0: the outer field is the name itself */
    uint8_t service_field;
    response_e response;
    unsigned shown;
} messages[] = {
    { TGS_REQUEST, REQUEST_BODY, BER_SEQUENCE, BODY_SERVICE, RESPONSE_NONE, 0 },
    { TGS_REPLY, REPLY_TICKET, TICKET, TICKET_SERVICE, RESPONSE_KERBEROS, SHOWS_REPLY },
    { ERROR_MESSAGE, ERROR_SERVICE, 0, 0, RESPONSE_KERBEROS, 0 },
};

/* The parts of a name, with "/" between them; NULL if it has none. */
static const char *
read_name(const packet_view_t *packet, ber_t name)
{
    enum { MAX_PARTS = 4 };
    ber_t sequence, parts, list, part;
    wmem_strbuf_t *text = wmem_strbuf_new(packet->pinfo->pool, "");

    if (!ber_take(&name, BER_SEQUENCE, &sequence) ||
        !ber_take_field(&sequence, NAME_PARTS, &parts) || !ber_take(&parts, BER_SEQUENCE, &list))
        return NULL;
    for (unsigned i = 0; i < MAX_PARTS && ber_take(&list, BER_GENERAL_STRING, &part); i++) {
        const size_t length = MIN((size_t)(part.end - part.at), INFERENCE_MAX_TEXT / MAX_PARTS);

        if (part.is_cut)
            return NULL;
        wmem_strbuf_append(text, i > 0 ? "/" : "");
        wmem_strbuf_append(text, wmem_strndup(packet->pinfo->pool, (const char *)part.at, length));
    }
    return wmem_strbuf_get_len(text) > 0 ? wmem_strbuf_get_str(text) : NULL;
}

/* Finds the name of the service in a message whose kind is @p kind. */
static bool
find_name(ber_t message, unsigned kind, ber_t *name)
{
    ber_t sequence, outer, inner;

    if (!ber_take(&message, BER_SEQUENCE, &sequence) ||
        !ber_take_field(&sequence, messages[kind].outer_field, &outer))
        return false;
    *name = outer;
    if (messages[kind].outer_tag == 0)
        return true;
    if (!ber_take(&outer, messages[kind].outer_tag, &inner))
        return false;
    if (messages[kind].outer_tag == BER_SEQUENCE)
        return ber_take_field(&inner, messages[kind].service_field, name);
    return ber_take(&inner, BER_SEQUENCE, &sequence) &&
           ber_take_field(&sequence, messages[kind].service_field, name);
}

/* A connection may ask for several tickets: the name is by what a request and its reply match. */
static void
add_name(const packet_view_t *packet, unsigned kind, const char *name)
{
    const size_t length = strlen(name);
    const uint64_t number = wmem_strong_hash((const uint8_t *)name, length);
    const asked_t asked = { .transaction = number };
    const answer_t answer = {
        .response = messages[kind].response,
        .transaction = number,
        .shown = messages[kind].shown,
    };

    if (messages[kind].response == RESPONSE_NONE) {
        if (transactions_ask(packet, number, (const uint8_t *)name, length))
            inference_add_fact(packet, FACT_KERBEROS_SERVICE, name, &asked);
    } else if (transactions_answer(packet, number, true) && inference_is_pending()) {
        inference_add_response(packet, &answer);
    }
}

static void
read_payload(const packet_view_t *packet)
{
    enum { LENGTH = 4 }; /* over TCP (RFC 4120 7.2.2) */
    const size_t head = packet->pinfo->ptype == PT_TCP ? LENGTH : 0;
    ber_t payload = { .at = NULL }, message, name;

    if (product_judged() != PRODUCT_CONFIGMGR || packet->payload == NULL || packet->length <= head)
        return;
    payload.at = packet->payload + head;
    payload.end = packet->payload + packet->length;
    for (unsigned kind = 0; kind < array_length(messages); kind++) {
        const char *text;

        if (!ber_take(&payload, messages[kind].message, &message))
            continue;
        text = find_name(message, kind, &name) ? read_name(packet, name) : NULL;
        if (text != NULL)
            add_name(packet, kind, text);
        return;
    }
}

const evidence_reader_t kerberos_reader = {
    .protocol = "kerberos",
    .service = SERVICE_KERBEROS,
    .begin = { .min_length = 12, .bytes = { 0 }, .num_bytes = 1 },
    .is_conclusive = true,
    .read = read_payload,
};
