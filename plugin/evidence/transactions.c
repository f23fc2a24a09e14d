/* transactions.c
 * The requests of a connection that are open, and which of its ends asks
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * An answer has the number of its request, and the caller chooses it. Where two requests with one
 * number are open, an answer may be to either: it belongs to none. The same bytes again are a
 * copy of the request.
 *
 * One end of a connection asks, and the other one answers: by its SYN, else by the first message.
 * Where an end does both, it may say what it has been sent, as an echo server does, and nothing on
 * the connection is an answer any more.
 */

#include "transactions.h"

#include "bytes-digest.h"
#include "conversation-cache.h"
#include "inference.h"
#include "tcp-state.h"

/* The most numbers of a connection that are kept. */
#define MAX_OPEN 8

typedef struct {
    uint64_t number;
    uint32_t digest; /* of the last request */
    uint8_t count;   /* of requests that are not answered */
    bool is_doubtful; /* there were several at a time */
} request_t;

typedef struct {
    request_t open[MAX_OPEN];
    unsigned count;
    uint64_t unused_from; /* a number below may be one that has lost its place, and is open */
    bool has_sides, first_asks; /* without a SYN: the conversation's first end asks */
    bool is_void;               /* an end has asked and answered */
} connection_t;

/* The state of one capture. */
static wmem_map_t *connections; /* conversation to connection_t */

void
transactions_reset(void)
{
    connections = wmem_map_new(wmem_file_scope(), g_direct_hash, g_direct_equal);
}

void
transactions_begin(const packet_view_t *packet)
{
    const conversation_t *conversation = conversation_cache_find(packet->pinfo);
    connection_t *connection = (connection_t *)wmem_map_lookup(connections, conversation);

    if (connection != NULL)
        memset(connection, 0, sizeof *connection);
    inference_forget(packet, NULL);
}

static connection_t *
find_connection(const conversation_t *conversation, bool create)
{
    connection_t *connection = (connection_t *)wmem_map_lookup(connections, conversation);

    if (connection == NULL && create) {
        connection = wmem_new0(wmem_file_scope(), connection_t);
        wmem_map_insert(connections, conversation, connection);
    }
    return connection;
}

/* True if the packet's sender has sent the SYN; @p known is set if there is one in the capture. */
static bool
has_sent_syn(const conversation_t *conversation, const packet_info *pinfo, bool *known)
{
    uint16_t server_port = tcp_state_server_port(conversation);

    *known = server_port != 0 && pinfo->srcport != pinfo->destport;
    return *known && pinfo->srcport != server_port;
}

/* True if the packet's sender is the end that does so: that asks, or that is asked. */
static bool
is_side(connection_t *connection, const conversation_t *conversation, const packet_info *pinfo,
        bool asks)
{
    bool known, first, asked_by = has_sent_syn(conversation, pinfo, &known);

    if (known)
        return asked_by == asks;
    first = conversation_cache_is_first_end(conversation, &pinfo->src, pinfo->srcport);
    if (!connection->has_sides) {
        connection->has_sides = true;
        connection->first_asks = first == asks;
    }
    return (first == connection->first_asks) == asks;
}

/* True if the connection is one whose sides are known, and this sender is the right one. */
static bool
check_side(connection_t *connection, const conversation_t *conversation,
           const packet_view_t *packet, bool asks)
{
    if (!connection->is_void && !is_side(connection, conversation, packet->pinfo, asks)) {
        connection->is_void = true;
        inference_forget(packet, NULL);
    }
    return !connection->is_void;
}

static request_t *
find_request(connection_t *connection, uint64_t number)
{
    for (unsigned i = 0; i < connection->count; i++) {
        if (connection->open[i].number == number)
            return &connection->open[i];
    }
    return NULL;
}

static void
close_request(connection_t *connection, request_t *request)
{
    request_t *end = connection->open + connection->count--;

    memmove(request, request + 1, (size_t)(end - request - 1) * sizeof *request);
}

/* Opens a request. False if one whose place is lost may have its number. */
static bool
open_request(connection_t *connection, uint64_t number, uint32_t digest)
{
    request_t request = { .number = number, .digest = digest, .count = 1 };

    if (connection->count == MAX_OPEN) {
        connection->unused_from = MAX(connection->unused_from, connection->open[0].number + 1);
        close_request(connection, &connection->open[0]);
    }
    request.is_doubtful = number < connection->unused_from;
    connection->open[connection->count++] = request;
    return !request.is_doubtful;
}

bool
transactions_ask(const packet_view_t *packet, uint64_t number, const uint8_t *bytes,
                 size_t length)
{
    const conversation_t *conversation = conversation_cache_find(packet->pinfo);
    connection_t *connection = conversation != NULL ? find_connection(conversation, true) : NULL;
    uint32_t digest = bytes_digest(bytes, length);
    request_t *request;

    if (connection == NULL || !check_side(connection, conversation, packet, true))
        return false;
    request = find_request(connection, number);
    if (request == NULL)
        return open_request(connection, number, digest);
    if (request->digest != digest) {
        request->digest = digest;
        request->is_doubtful = true;
        request->count += request->count < UINT8_MAX ? 1 : 0;
        inference_forget(packet, &number);
    }
    return !request->is_doubtful;
}

bool
transactions_answer(const packet_view_t *packet, uint64_t number, bool is_last)
{
    const conversation_t *conversation = conversation_cache_find(packet->pinfo);
    connection_t *connection;
    request_t *request;
    bool known;

    if (conversation == NULL)
        return false;
    /* A server that answers is the rule, and needs no state. */
    connection = find_connection(
        conversation, has_sent_syn(conversation, packet->pinfo, &known) || !known);
    if (connection == NULL)
        return true;
    if (!check_side(connection, conversation, packet, false))
        return false;
    request = is_last ? find_request(connection, number) : NULL;
    if (request != NULL && --request->count == 0)
        close_request(connection, request);
    return true;
}
