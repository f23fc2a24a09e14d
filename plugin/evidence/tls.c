/* tls.c
 * Names in TLS handshakes that show a role
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * What is still to be seen of a connection by TLS: the name of the server that the client asks for
 * (RFC 6066 3), and up to TLS 1.2 the server's certificate (RFC 5246 7.4.2). A name that a
 * management point's list or an SRV record has given shows no more than a name does. The issuer of
 * a site's own certificates signs those of its servers alone. A client's certificate has a purpose
 * of the product's, which no public capture shows in TLS: it counts with a second fact only.
 */

#include "reader.h"

#include <wsutil/pint.h>
#include <wsutil/str_util.h>

#include "bounds.h"
#include "inference.h"
#include "site-name.h"
#include "transactions.h"

/* RFC 5246 6.2.1, 7.4: the record's header, and the handshake's messages */
enum {
    RECORD = 5,
    RECORD_CHANGE_CIPHER = 20,
    RECORD_HANDSHAKE = 22,
    MESSAGE = 4,
    CLIENT_HELLO = 1,
    SERVER_HELLO = 2,
    CERTIFICATE = 11,
    MAX_MESSAGES = 16,
};

/* Moves behind a vector whose length has @p width bytes. False if it is cut. */
static bool
skip_vector(const packet_view_t *packet, unsigned *at, unsigned width)
{
    const uint8_t *length = packet_view_bytes(packet, *at, width);

    if (length == NULL)
        return false;
    *at += width + (width == 1 ? *length : pntohu16(length));
    return *at <= packet->length;
}

/* Reads the name of the extension server_name, whose content begins at @p at. */
static bool
read_name(const packet_view_t *packet, unsigned at, char name[SITE_NAME_MAX + 1])
{
    enum { LIST = 2, KIND = 1, LENGTH = 2, HOST_NAME = 0 };
    const uint8_t *head = packet_view_bytes(packet, at, LIST + KIND + LENGTH), *text;
    unsigned length;

    if (head == NULL || head[LIST] != HOST_NAME)
        return false;
    length = pntohu16(head + LIST + KIND);
    text = packet_view_bytes(packet, at + LIST + KIND + LENGTH, length);
    if (text == NULL || length > SITE_NAME_MAX)
        return false;
    memcpy(name, text, length);
    name[length] = '\0';
    return length > 0 && strlen(name) == length;
}

/* Finds the name of the server in a ClientHello, whose body begins at @p at. */
static bool
find_name(const packet_view_t *packet, unsigned at, char name[SITE_NAME_MAX + 1])
{
    enum { VERSION_AND_RANDOM = 34, EXTENSION = 4, SERVER_NAME = 0, MAX_EXTENSIONS = 64 };

    at += VERSION_AND_RANDOM;
    if (!skip_vector(packet, &at, 1) || !skip_vector(packet, &at, 2) ||
        !skip_vector(packet, &at, 1))
        return false;
    at += 2;
    for (unsigned i = 0;; i++) {
        const uint8_t *extension = packet_view_bytes(packet, at, EXTENSION);

        if (extension == NULL || bounds_full(BOUND_TLS_EXTENSIONS, i, MAX_EXTENSIONS))
            return false;
        if (pntohu16(extension) == SERVER_NAME)
            return read_name(packet, at + EXTENSION, name);
        at += EXTENSION + pntohu16(extension + 2);
    }
    return false;
}

/* A connection has one handshake in clear, so each of its questions has a number for itself. */
enum { OF_SERVER, OF_CLIENT };

static void
read_client_hello(const packet_view_t *packet, unsigned at)
{
    static const asked_t asked = { .transaction = OF_SERVER };
    char name[SITE_NAME_MAX + 1];

    if (!transactions_ask(packet, OF_SERVER, packet->payload, packet->length) ||
        !find_name(packet, at, name) || !site_name_is_known(name))
        return;
    inference_add_fact(packet, FACT_TLS_NAME,
                       wmem_strdup_printf(packet->pinfo->pool, "management point %s", name),
                       &asked);
}

static void
read_server_hello(const packet_view_t *packet)
{
    const answer_t answer = { .response = RESPONSE_TLS, .transaction = OF_SERVER,
                              .shown = SHOWS_REPLY };

    if (transactions_answer(packet, OF_SERVER, true) && inference_is_pending())
        inference_add_response(packet, &answer);
}

/* The purpose is 1.3.6.1.4.1.311.101.2, as an element of DER. */
static void
read_client_certificate(const packet_view_t *packet, const uint8_t *body, size_t length)
{
    static const uint8_t purpose[] = { 0x06, 9, 0x2b, 6, 1, 4, 1, 0x82, 0x37, 0x65, 2 };
    static const asked_t asked = { .transaction = OF_CLIENT };

    if (ws_memmem(body, length, purpose, sizeof purpose) != NULL &&
        transactions_ask(packet, OF_CLIENT, body, length))
        inference_add_fact(packet, FACT_TLS_CLIENT_CERTIFICATE, "1.3.6.1.4.1.311.101.2", &asked);
}

/* The server goes on after the client's certificate: it has taken it. */
static void
read_change_of_cipher(const packet_view_t *packet)
{
    const answer_t answer = { .response = RESPONSE_TLS, .transaction = OF_CLIENT,
                              .shown = SHOWS_SUCCESS };

    if (inference_is_pending())
        inference_add_response(packet, &answer);
}

static void
read_certificate(const packet_view_t *packet, unsigned at, unsigned length)
{
    static const char *const names[] = { "SMS Issuing", "SMS Role SSL Certificate" };
    const uint8_t *body;

    length = at < packet->length ? MIN(length, packet->length - at) : 0;
    body = packet_view_bytes(packet, at, length);
    if (body == NULL || length == 0)
        return;
    read_client_certificate(packet, body, length);
    for (unsigned i = 0; i < array_length(names); i++) {
        if (ws_memmem(body, length, names[i], strlen(names[i])) == NULL)
            continue;
        if (transactions_answer(packet, OF_SERVER, false))
            inference_add_fact(packet, FACT_TLS_CERTIFICATE, names[i], NULL);
        return;
    }
}

static void
read_message(const packet_view_t *packet, unsigned at, uint8_t kind, unsigned length)
{
    switch (kind) {
    case CLIENT_HELLO:
        read_client_hello(packet, at);
        break;
    case SERVER_HELLO:
        read_server_hello(packet);
        break;
    case CERTIFICATE:
        read_certificate(packet, at, length);
        break;
    default:
        break;
    }
}

/* Reads the messages of a record, which ends at @p end. */
static void
read_record(const packet_view_t *packet, unsigned at, unsigned end)
{
    for (unsigned i = 0; at < end; i++) {
        const uint8_t *head = packet_view_bytes(packet, at, MESSAGE);

        if (head == NULL || bounds_full(BOUND_TLS_MESSAGES, i, MAX_MESSAGES))
            return;
        read_message(packet, at + MESSAGE, head[0], pntohu24(head + 1));
        at += MESSAGE + pntohu24(head + 1);
    }
}

static void
read_payload(const packet_view_t *packet)
{
    unsigned at = 0;

    if (product_judged() != PRODUCT_CONFIGMGR || packet->pinfo->ptype != PT_TCP)
        return;
    for (unsigned i = 0;; i++) {
        const uint8_t *head = packet_view_bytes(packet, at, RECORD);

        if (head != NULL && head[0] == RECORD_CHANGE_CIPHER)
            read_change_of_cipher(packet);
        if (head == NULL || head[0] != RECORD_HANDSHAKE ||
            bounds_full(BOUND_TLS_RECORDS, i, MAX_MESSAGES))
            return;
        read_record(packet, at + RECORD, at + RECORD + pntohu16(head + 3));
        at += RECORD + pntohu16(head + 3);
    }
}

const evidence_reader_t tls_reader = {
    .protocol = "tls",
    .read = read_payload,
    .reset = site_name_reset,
};
