/* request-reply.c
 * Requests of a viewer and the agent's replies, linked both ways
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * Neither protocol numbers its requests: a reply belongs to the oldest request of the other end
 * that has none so far. A message that TCP sends again is linked as it was the first time. A
 * request that is sent again in a datagram is one more, because its reply may still come: it has
 * the first reply until it gets another one. The next request after a reply starts again, so that
 * a reply that was lost does not shift all those after it.
 */

#include "request-reply.h"

#include <epan/proto_data.h>

#include "bounds.h"
#include "conversation-cache.h"
#include "session-log-internal.h"

/* The newest messages of a conversation that are kept, which bounds the open requests, too. */
#define MAX_MESSAGES 32

static int proto_request_reply = -1;

static int hf_smsrc_response_in = -1;
static int hf_smsrc_response_to = -1;
static int hf_smsrc_response_time = -1;

/* A request. Lives as long as the capture. */
typedef struct {
    uint32_t frame;
    uint32_t reply_frame; /* 0: none so far */
    nstime_t when;        /* unset: the frame has none */
    bool is_open;         /* no reply is its own so far */
} request_t;

/* A message that may be sent again, or a request that may be replied to. */
typedef struct message {
    struct message *older;
    request_t *request;
    uint32_t seq;
    sent_how_e how;
    bool is_reply, by_first_end;
} message_t;

typedef struct {
    message_t *newest;
    unsigned count;
    bool has_reply; /* of a request that was sent since the last one was forgotten */
} exchange_t;

/* Conversation to its exchange_t. */
static wmem_map_t *exchanges;

static exchange_t *
exchange_of(const conversation_t *conversation)
{
    exchange_t *exchange = (exchange_t *)wmem_map_lookup(exchanges, conversation);

    if (exchange == NULL) {
        exchange = wmem_new0(wmem_file_scope(), exchange_t);
        wmem_map_insert(exchanges, conversation, exchange);
    }
    return exchange;
}

/* Returns the request of the same message, which TCP has sent before; NULL: it is new. */
static request_t *
find_sent_before(const exchange_t *exchange, const message_t *message)
{
    if (message->how != SENT_BY_TCP)
        return NULL;
    for (const message_t *at = exchange->newest; at != NULL; at = at->older) {
        if (at->how == SENT_BY_TCP && at->seq == message->seq &&
            at->is_reply == message->is_reply && at->by_first_end == message->by_first_end)
            return at->request;
    }
    return NULL;
}

/* Returns the oldest request of one end that is open, or else the newest that has a reply. */
static request_t *
find_request(const exchange_t *exchange, bool by_first_end)
{
    request_t *open = NULL, *replied = NULL;

    for (const message_t *at = exchange->newest; at != NULL; at = at->older) {
        if (at->is_reply || at->by_first_end != by_first_end)
            continue;
        if (at->request->is_open)
            open = at->request;
        else if (replied == NULL)
            replied = at->request;
    }
    return open != NULL ? open : replied;
}

/* All open requests have the reply in @p frame, unless another one comes; or none any more. */
static void
settle_open(const exchange_t *exchange, uint32_t frame)
{
    for (const message_t *at = exchange->newest; at != NULL; at = at->older) {
        if (frame == 0)
            at->request->is_open = false;
        else if (at->request->is_open && at->request->reply_frame == 0)
            at->request->reply_frame = frame;
    }
}

static void
drop_oldest(exchange_t *exchange)
{
    message_t **link = &exchange->newest;

    while ((*link)->older != NULL)
        link = &(*link)->older;
    if (!(*link)->is_reply && (*link)->request->is_open)
        bounds_exceed(BOUND_REQUESTS, MAX_MESSAGES);
    wmem_free(wmem_file_scope(), *link);
    *link = NULL;
    exchange->count--;
}

static request_t *
begin_request(exchange_t *exchange, const message_t *message, const packet_info *pinfo)
{
    request_t *request = wmem_new0(wmem_file_scope(), request_t);

    if (message->how == SENT_IN_DATAGRAM && exchange->has_reply)
        settle_open(exchange, 0);
    exchange->has_reply = false;
    request->frame = pinfo->num;
    request->when = session_log_time(pinfo);
    request->is_open = true;
    return request;
}

static request_t *
end_request(exchange_t *exchange, const message_t *message, const packet_info *pinfo)
{
    request_t *request = find_request(exchange, !message->by_first_end);

    /* A second reply to one request is a datagram that came twice. */
    if (request == NULL || (!request->is_open && message->how != SENT_IN_DATAGRAM))
        return NULL;
    if (request->is_open)
        request->reply_frame = pinfo->num;
    request->is_open = false;
    exchange->has_reply = true;
    if (message->how == SENT_IN_DATAGRAM)
        settle_open(exchange, pinfo->num);
    return request;
}

/* First pass: returns the request that the message is, or replies to; NULL: none. */
static request_t *
link_message(packet_info *pinfo, const exchanged_t *exchanged)
{
    const conversation_t *conversation = find_conversation_pinfo(pinfo, 0);
    message_t message = {
        .seq = exchanged->seq, .how = exchanged->how, .is_reply = exchanged->is_reply,
    };
    exchange_t *exchange;

    if (conversation == NULL)
        return NULL;
    exchange = exchange_of(conversation);
    message.by_first_end = conversation_cache_is_first_end(conversation, &pinfo->src,
                                                           pinfo->srcport);
    message.request = find_sent_before(exchange, &message);
    if (message.request != NULL)
        return message.request;
    message.request = message.is_reply ? end_request(exchange, &message, pinfo)
                                       : begin_request(exchange, &message, pinfo);
    if (message.request == NULL)
        return NULL;
    message.older = exchange->newest;
    exchange->newest = (message_t *)wmem_memdup(wmem_file_scope(), &message, sizeof message);
    if (++exchange->count > MAX_MESSAGES)
        drop_oldest(exchange);
    return message.request;
}

/* Returns the same on every pass: what the first one has found for the packet's next message. */
static const request_t *
request_of(packet_info *pinfo, const exchanged_t *message)
{
    unsigned *next = (unsigned *)p_get_proto_data(pinfo->pool, pinfo, proto_request_reply,
                                                  KEY_REQUESTS);
    wmem_array_t *requests = (wmem_array_t *)p_get_proto_data(wmem_file_scope(), pinfo,
                                                              proto_request_reply, KEY_REQUESTS);
    request_t *request;

    if (!PINFO_FD_VISITED(pinfo)) {
        if (requests == NULL) {
            requests = wmem_array_new(wmem_file_scope(), sizeof(request_t *));
            p_add_proto_data(wmem_file_scope(), pinfo, proto_request_reply, KEY_REQUESTS,
                             requests);
        }
        request = link_message(pinfo, message);
        wmem_array_append_one(requests, request);
        return request;
    }
    if (next == NULL) {
        next = wmem_new0(pinfo->pool, unsigned);
        p_add_proto_data(pinfo->pool, pinfo, proto_request_reply, KEY_REQUESTS, next);
    }
    if (requests == NULL || *next >= wmem_array_get_count(requests))
        return NULL;
    return *(request_t *const *)wmem_array_index(requests, (*next)++);
}

void
request_reply_add(packet_info *pinfo, proto_tree *tree, tvbuff_t *tvb, const exchanged_t *message)
{
    const request_t *request = request_of(pinfo, message);
    nstime_t now = session_log_time(pinfo), passed;

    if (request == NULL)
        return;
    if (!message->is_reply) {
        if (request->reply_frame != 0)
            proto_item_set_generated(proto_tree_add_uint(tree, hf_smsrc_response_in, tvb, 0, 0,
                                                         request->reply_frame));
        return;
    }
    proto_item_set_generated(
        proto_tree_add_uint(tree, hf_smsrc_response_to, tvb, 0, 0, request->frame));
    if (nstime_is_unset(&now) || nstime_is_unset(&request->when))
        return;
    nstime_delta(&passed, &now, &request->when);
    proto_item_set_generated(
        proto_tree_add_time(tree, hf_smsrc_response_time, tvb, 0, 0, &passed));
}

void
request_reply_register(int proto)
{
    static hf_register_info hf[] = {
        { &hf_smsrc_response_in,
          { "Response in", "smsrc.response_in", FT_FRAMENUM, BASE_NONE,
            FRAMENUM_TYPE(FT_FRAMENUM_RESPONSE), 0x0,
            "The frame with the agent's reply; known from a second pass on", HFILL } },
        { &hf_smsrc_response_to,
          { "Response to", "smsrc.response_to", FT_FRAMENUM, BASE_NONE,
            FRAMENUM_TYPE(FT_FRAMENUM_REQUEST), 0x0,
            "The frame with the viewer's request, or handshake token, that this is the reply to",
            HFILL } },
        { &hf_smsrc_response_time,
          { "Response time", "smsrc.response_time", FT_RELATIVE_TIME, BASE_NONE, NULL, 0x0,
            "From the request to the reply", HFILL } },
    };

    proto_request_reply = proto;
    proto_register_field_array(proto, hf, array_length(hf));
    exchanges = wmem_map_new_autoreset(wmem_epan_scope(), wmem_file_scope(), g_direct_hash,
                                       g_direct_equal);
}
