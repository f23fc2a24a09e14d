/* rpc.c
 * DCE/RPC: logins to WMI that show a role
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "reader.h"

#include <wsutil/pint.h>

#include "bounds.h"
#include "conclusions.h"
#include "endpoint-mapper.h"
#include "inference.h"
#include "transactions.h"
#include "wmi-login.h"

/* The most messages of a packet. */
#define MAX_MESSAGES 16

/*
 * True if a DCOM call has succeeded. Its HRESULT is at the end of the stub, before the verifier
 * with its padding and a header of 8 bytes (C706 13.2.6). An encrypted stub shows none.
 */
static bool
has_succeeded(const packet_view_t *packet)
{
    enum { REPRESENTATION = 4, LITTLE_ENDIAN_BIT = 0x10, LENGTH = 8, AUTH_LENGTH = 10, STUB = 24,
           AUTH = 8, PRIVACY = 6 };
    const uint8_t *header = packet_view_bytes(packet, 0, STUB);
    unsigned end, auth;

    if (header == NULL || (header[REPRESENTATION] & LITTLE_ENDIAN_BIT) == 0)
        return false;
    end = pletohu16(header + LENGTH);
    auth = pletohu16(header + AUTH_LENGTH);
    if (auth > 0) {
        const uint8_t *verifier;

        if (end < STUB + AUTH + auth)
            return false;
        end -= AUTH + auth;
        verifier = packet_view_bytes(packet, end, AUTH);
        if (verifier == NULL || verifier[1] >= PRIVACY || end < STUB + (unsigned)verifier[2])
            return false;
        end -= verifier[2];
    }
    if (end < STUB + 4 || packet_view_bytes(packet, 0, end) == NULL)
        return false;
    return pletohu32(packet->payload + end - 4) == 0;
}

/* The number of a call, which the response to it has as well (C706 12.6.3.1). */
static uint64_t
read_call(const packet_view_t *packet)
{
    enum { REPRESENTATION = 4, LITTLE_ENDIAN_BIT = 0x10, CALL = 12, LENGTH = 16 };
    const uint8_t *header = packet_view_bytes(packet, 0, LENGTH);

    if (header == NULL)
        return 0;
    return (header[REPRESENTATION] & LITTLE_ENDIAN_BIT) != 0 ? pletohu32(header + CALL)
                                                              : pntohu32(header + CALL);
}

static void
add_response(const packet_view_t *pdu, bool good, bool is_last)
{
    answer_t answer = {
        .response = RESPONSE_RPC,
        .transaction = read_call(pdu),
        .shown = good ? SHOWS_SUCCESS : 0,
    };

    if (transactions_answer(pdu, answer.transaction, is_last) && is_last &&
        inference_is_pending())
        inference_add_response(pdu, &answer);
}

/* A request, of which a login to a namespace is a fact. */
static void
read_request(const packet_view_t *pdu)
{
    asked_t asked = { .transaction = read_call(pdu) };
    bool is_certain;
    char name[64];

    if (!transactions_ask(pdu, asked.transaction, pdu->payload, pdu->length) ||
        !wmi_login_read(pdu, name, sizeof name, &is_certain))
        return;
    asked.is_uncertain = !is_certain;
    inference_add_fact(pdu, FACT_NAMESPACE, name, &asked);
}

/* A message of a connection (C706 12.6). */
static void
read_pdu(const packet_view_t *pdu)
{
    enum { REQUEST = 0, RESPONSE = 2, FAULT = 3, BIND = 11, ALTER_CONTEXT = 14, KIND = 2,
           FLAGS = 3, FIRST_FRAGMENT = 0x01, LAST_FRAGMENT = 0x02 };
    const bool is_first = (pdu->payload[FLAGS] & FIRST_FRAGMENT) != 0;
    const bool is_last = (pdu->payload[FLAGS] & LAST_FRAGMENT) != 0;

    switch (pdu->payload[KIND]) {
    case REQUEST:
        if (is_first)
            read_request(pdu);
        break;
    case RESPONSE:
        add_response(pdu, is_last && has_succeeded(pdu), is_last);
        break;
    case FAULT:
        add_response(pdu, false, true);
        break;
    case BIND:
    case ALTER_CONTEXT:
        wmi_login_bind(pdu);
        break;
    default:
        break;
    }
}

/*
 * Takes the next message from @p rest. False if there is none. A piece of one waits until Wireshark
 * has reassembled it, unless the capture has cut it.
 */
static bool
take_pdu(packet_view_t *rest, packet_view_t *pdu)
{
    enum { VERSION = 5, REPRESENTATION = 4, LITTLE_ENDIAN_BIT = 0x10, LENGTH = 8, HEADER = 16 };
    const uint8_t *header = packet_view_bytes(rest, 0, HEADER);
    unsigned length;

    if (header == NULL || header[0] != VERSION || header[1] > 1)
        return false;
    length = (header[REPRESENTATION] & LITTLE_ENDIAN_BIT) != 0 ? pletohu16(header + LENGTH)
                                                                : pntohu16(header + LENGTH);
    if (length < HEADER || (length > rest->length && rest->length >= rest->reported))
        return false;
    *pdu = *rest;
    pdu->length = MIN(length, rest->length);
    pdu->reported = length;
    rest->payload += pdu->length;
    rest->length -= pdu->length;
    rest->reported -= MIN(length, rest->reported);
    return true;
}

static void
read_payload(const packet_view_t *packet)
{
    packet_view_t rest = *packet, pdu;

    endpoint_mapper_read(packet);
    if (!conclusions_are_learned())
        return;
    for (unsigned i = 0; take_pdu(&rest, &pdu); i++) {
        if (bounds_full(BOUND_RPC_MESSAGES, i, MAX_MESSAGES))
            return;
        read_pdu(&pdu);
    }
}

/* Always read, because the audit needs the ports handed out although no roles are learned. */
const evidence_reader_t rpc_reader = {
    .protocol = "dcerpc",
    .is_always_read = true,
    .read = read_payload,
    .reset = wmi_login_reset,
};
