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

/* Tags of messages (RFC 4120 5.10) */
enum {
    TICKET = 0x61,
    TGS_REQUEST = 0x6c,
    TGS_REPLY = 0x6d,
    ERROR_MESSAGE = 0x7e,
};

#define FIELD(number) (BER_CONTEXT | (number))

/* What is read of a message: the tags on the way to the name of the service, a sequence. */
static const struct {
    uint8_t path[6];
    response_e response; /* RESPONSE_NONE: a request */
    unsigned shown;
} messages[] = {
    { { TGS_REQUEST, BER_SEQUENCE, FIELD(4), BER_SEQUENCE, FIELD(3) }, RESPONSE_NONE, 0 },
    { { TGS_REPLY, BER_SEQUENCE, FIELD(5), TICKET, BER_SEQUENCE, FIELD(2) }, RESPONSE_KERBEROS,
      SHOWS_REPLY },
    { { ERROR_MESSAGE, BER_SEQUENCE, FIELD(10) }, RESPONSE_KERBEROS, 0 },
};

/* Follows the tags of a path, up to a 0: into an element, or into a field behind others. */
static bool
follow(ber_t *at, const uint8_t *path, size_t length)
{
    for (size_t i = 0; i < length && path[i] != 0; i++) {
        ber_t content;

        if (path[i] < BER_CONTEXT ? !ber_take(at, path[i], &content)
                                  : !ber_take_field(at, path[i] & ~BER_CONTEXT, &content))
            return false;
        *at = content;
    }
    return true;
}

/*
 * The parts of a name, with "/" between them; NULL if it has none. Those of services have two or
 * three (RFC 4120 6.2.1): the first decides.
 */
static const char *
read_name(const packet_view_t *packet, ber_t name)
{
    enum { MAX_PARTS = 4 };
    static const uint8_t path[] = { BER_SEQUENCE, FIELD(1), BER_SEQUENCE };
    wmem_strbuf_t *text = wmem_strbuf_new(packet->pinfo->pool, "");
    ber_t part;

    if (!follow(&name, path, sizeof path))
        return NULL;
    for (unsigned i = 0; i < MAX_PARTS && ber_take(&name, BER_GENERAL_STRING, &part); i++) {
        const size_t length = MIN((size_t)(part.end - part.at), INFERENCE_MAX_TEXT / MAX_PARTS);

        if (part.is_cut)
            return NULL;
        wmem_strbuf_append(text, i > 0 ? "/" : "");
        wmem_strbuf_append(text, wmem_strndup(packet->pinfo->pool, (const char *)part.at, length));
    }
    return wmem_strbuf_get_len(text) > 0 ? wmem_strbuf_get_str(text) : NULL;
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
    ber_t payload = { .at = NULL };

    if (product_judged() != PRODUCT_CONFIGMGR || packet->payload == NULL || packet->length <= head)
        return;
    payload.at = packet->payload + head;
    payload.end = packet->payload + packet->length;
    for (unsigned kind = 0; kind < array_length(messages); kind++) {
        ber_t name = payload;
        const char *text =
            follow(&name, messages[kind].path, sizeof messages[kind].path)
                ? read_name(packet, name) : NULL;

        if (text != NULL)
            add_name(packet, kind, text);
    }
}

const evidence_reader_t kerberos_reader = {
    .protocol = "kerberos",
    .service = SERVICE_KERBEROS,
    .begin = { .min_length = 12, .bytes = { 0 }, .num_bytes = 1 },
    .is_conclusive = true,
    .read = read_payload,
};
