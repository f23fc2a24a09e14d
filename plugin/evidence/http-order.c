/* http-order.c
 * The order of requests and responses on an HTTP connection
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * A response carries no name of its request: the first response belongs to the first request, and
 * so on (RFC 2616 8.1.2.2). So the requests and the responses of a connection are counted. A
 * message that the capture does not have would shift the count, and TCP's numbers show it: a
 * request begins where the last one ended, or at the number that the last response acknowledged; a
 * response begins at the number that its request acknowledged, or where the response before it
 * ended. Once a message is elsewhere, nothing on the connection belongs to anything.
 *
 * Where the capture begins within the connection, what it shows is uncertain, and so is what
 * follows a body whose end is not known: more of the body may be there. The connections are in a
 * table of fixed size; nothing more is learned from one that another has displaced.
 *
 * The payload that Wireshark has reassembled has no separate number. It ends where the packet at
 * hand ends, from which its beginning follows. What was decrypted has neither.
 */

#include "http-order.h"

#include <wsutil/pint.h>

#include "bounds.h"
#include "cache.h"
#include "conversation-cache.h"
#include "http-answer.h"
#include "tcp-state.h"

#define NUM_ORDERS 4096
#define NUM_REQUESTS 8 /* how many exchanges may be open whose requests are kept */

/* A connection. */
typedef struct {
    const conversation_t *conversation; /* NULL: a free place */
    uint32_t client_next;   /* where the next request begins, if that is known */
    uint32_t server_next;   /* the same for the next response */
    uint32_t acknowledged;  /* by the last response */
    uint32_t open_request;  /* where the last request begins */
    uint32_t open_response; /* the same for the response that is left open */
    uint32_t open_number;   /* the exchange of that response; 0: none */
    uint32_t open_next;     /* where that response goes on */
    uint32_t open_frame;    /* where the last of it was that was read */
    uint32_t open_shown;
    uint32_t asked, answered;
    uint32_t doubt;  /* the frame of a request that is elsewhere; 0: none. It may be the rest of one
                        that Wireshark reassembles in that frame */
    http_asked_t requests[NUM_REQUESTS]; /* the last ones */
    uint8_t account_kind; /* of the request for which an account was asked for; 0: none */
    bool client_is_first; /* the client has the conversation's first address and port */
    bool client_known, server_known, has_acknowledged;
    bool is_certain; /* the beginning was seen */
    bool is_lost;    /* a message is elsewhere than it should be */
    bool is_over;    /* the last response ends with the connection */
    bool open_is_first;
    bool is_decrypted;
    bool is_whole; /* all of the last request was in one payload */
} order_t;

static const http_place_t no_place;
static order_t orders[NUM_ORDERS];
static bool has_orders;

/* The packet at hand. */
static struct {
    const conversation_t *conversation; /* NULL: it was not looked up */
    order_t *place; /* of that conversation in the table */
    order_t *order; /* NULL: none so far */
    uint32_t frame;
    uint32_t seq, end, ack; /* of the payload */
    bool is_part;           /* the payload at hand is one that Wireshark has made */
} now;

void
http_order_reset(void)
{
    cache_clear_used(orders, sizeof orders, &has_orders);
    memset(&now, 0, sizeof now);
}

/* True if @p a comes before @p b in the sequence. */
static bool
is_before(uint32_t a, uint32_t b)
{
    return (int32_t)(a - b) < 0;
}

void
http_order_begin(const packet_view_t *packet)
{
    enum { SEQ = 4, ACK = 8, LENGTH = 20 };

    if (now.frame != packet->pinfo->num) {
        memset(&now, 0, sizeof now);
        now.frame = packet->pinfo->num;
    }
    now.is_part = packet->network == NULL;
    if (now.is_part || packet->network_length < LENGTH)
        return;
    now.seq = pntohu32(packet->network + SEQ);
    now.ack = pntohu32(packet->network + ACK);
    now.end = now.seq + packet->reported;
}

/* The place of the packet's connection in the table. */
static order_t *
find_place(const packet_view_t *packet)
{
    if (now.conversation == NULL) {
        now.conversation = conversation_cache_find(packet->pinfo);
        if (now.conversation != NULL) {
            now.place = &orders[now.conversation->conv_index % NUM_ORDERS];
            has_orders = true;
        }
    }
    return now.place;
}

/* True if the packet's sender has sent the first packet of its conversation. */
static bool
is_sent_by_first(const packet_view_t *packet)
{
    return conversation_cache_is_first_end(now.conversation, &packet->pinfo->src,
                                           packet->pinfo->srcport);
}

/* Where the message @p at bytes into the payload begins. */
static uint32_t
number_of(const packet_view_t *packet, size_t at)
{
    return now.is_part ? now.end - packet->reported + (uint32_t)at : now.seq + (uint32_t)at;
}

/* True if the request of this number is open, and may show a role. */
static bool
is_of_interest(const order_t *order, uint32_t number)
{
    return number > order->answered && number <= order->asked && !order->is_lost &&
           order->requests[number % NUM_REQUESTS].kind != HTTP_KIND_FOREIGN;
}

/* True if some open request may show a role, and the connection has not ended without an answer. */
static bool
has_open_request(const order_t *order)
{
    const unsigned seen = tcp_state_seen(order->conversation);
    bool found = false;

    for (uint32_t i = 0; i < NUM_REQUESTS && (seen & (SEEN_FIN | SEEN_RST)) == 0; i++)
        found = found || is_of_interest(order, order->asked - i);
    return found;
}

static order_t *
begin_order(order_t *order, const packet_view_t *packet, uint32_t seq)
{
    if (order->conversation != NULL && has_open_request(order))
        bounds_exceed(BOUND_HTTP_CONNECTIONS, NUM_ORDERS);
    memset(order, 0, sizeof *order);
    order->conversation = now.conversation;
    order->client_is_first = is_sent_by_first(packet);
    order->is_certain = (tcp_state_seen(now.conversation) & SEEN_SYN) != 0;
    if (now.is_part && !tcp_state_is_first_byte(now.conversation, seq) &&
        proto_is_frame_protocol(packet->pinfo->layers, "tls"))
        order->is_decrypted = order->is_certain = true;
    return order;
}

/* The order of a connection on which the sender asks; NULL if the sender is the server. */
static order_t *
order_of_client(const packet_view_t *packet, uint32_t seq)
{
    order_t *order = find_place(packet);

    if (order == NULL)
        return NULL;
    if (order->conversation != now.conversation)
        return begin_order(order, packet, seq);
    if (order->client_is_first != is_sent_by_first(packet)) {
        order->is_lost = true;
        return NULL;
    }
    order->is_lost = order->is_lost || (order->doubt != 0 && order->doubt != now.frame);
    return order;
}

/* The same for a sender that answers. */
static order_t *
find_order_of_server(const packet_view_t *packet)
{
    order_t *order = find_place(packet);

    return order != NULL && order->conversation == now.conversation &&
                   order->client_is_first != is_sent_by_first(packet)
               ? order
               : NULL;
}

/* The same for a message of that sender: a request that was in doubt is in doubt no more. */
static order_t *
order_of_server(const packet_view_t *packet)
{
    order_t *order = find_order_of_server(packet);

    if (order != NULL)
        order->is_lost = order->is_lost || order->doubt != 0;
    return order;
}

static http_place_t
place_of(const order_t *order, uint32_t number)
{
    return (http_place_t){ order->is_lost ? 0 : number, order->is_certain };
}

/* True if what begins at @p seq was seen before: the packet is a copy, or what completes it. */
static bool
is_seen(const order_t *order, uint32_t seq)
{
    return order->asked > 0 && order->client_known && is_before(seq, order->client_next);
}

/*
 * A request is where the last one ended, or at the number that the last response acknowledged:
 * there the rest of a body may be whose end is not known.
 */
static bool
is_due(order_t *order, uint32_t seq)
{
    if (order->asked == 0 && !order->client_known)
        return !order->is_certain || tcp_state_is_first_byte(order->conversation, seq);
    if (order->client_known && seq == order->client_next)
        return true;
    if (!order->has_acknowledged || seq != order->acknowledged)
        return false;
    order->is_certain = false;
    return true;
}

/*
 * The first response to come is where the client has read to; within one whose end is known, it is
 * at that end.
 */
static void
expect_response(order_t *order)
{
    if (order->server_known && is_before(now.ack, order->server_next))
        return;
    if (order->answered > 0 && !order->server_known)
        order->is_certain = false;
    order->server_next = now.ack;
    order->server_known = true;
}

/* One more request, which begins at @p seq. */
static http_place_t
add_request(order_t *order, uint32_t seq, size_t whole)
{
    if (order->asked == order->answered) {
        expect_response(order);
        order->open_number = 0;
    }
    order->open_request = seq;
    order->client_next = seq + (uint32_t)whole;
    order->client_known = whole > 0;
    return place_of(order, ++order->asked);
}

/*
 * The same where no number is known: what was decrypted has a message a second time when it is
 * complete.
 */
static http_place_t
add_decrypted(order_t *order, const packet_view_t *packet, size_t at, size_t whole)
{
    bool again = order->asked > 0 && !order->is_whole && at == 0;

    order->is_whole = whole > 0 && at + whole <= packet->length;
    return again ? place_of(order, order->asked) : add_request(order, 0, whole);
}

http_place_t
http_order_request(const packet_view_t *packet, size_t at, size_t whole)
{
    uint32_t seq = number_of(packet, at);
    order_t *order = order_of_client(packet, seq);

    if (order == NULL || order->is_over)
        return no_place;
    now.order = order;
    if (order->is_decrypted)
        return add_decrypted(order, packet, at, whole);
    if (order->asked > 0 && seq == order->open_request) {
        /* What was in doubt in this frame is the rest of this one. */
        order->doubt = 0;
        order->client_next = seq + (uint32_t)whole;
        order->client_known = whole > 0;
        return place_of(order, order->asked);
    }
    if (is_seen(order, seq))
        return no_place;
    if (!is_due(order, seq)) {
        order->doubt = now.frame;
        return no_place;
    }
    order->doubt = 0;
    return add_request(order, seq, whole);
}

bool
http_order_empty_lines(const packet_view_t *packet)
{
    order_t *order = find_place(packet);
    const uint32_t seq = number_of(packet, 0);

    if (order == NULL)
        return false;
    if (order->conversation != now.conversation) {
        if (!tcp_state_is_first_byte(now.conversation, seq))
            return false;
        begin_order(order, packet, seq);
    }
    if (order->client_is_first != is_sent_by_first(packet) || order->is_decrypted ||
        !is_due(order, seq))
        return false;
    order->client_next = seq + packet->reported;
    order->client_known = true;
    return true;
}

void
http_order_set_asked(http_place_t place, http_asked_t asked)
{
    order_t *order = now.order;

    if (order == NULL || place.number == 0)
        return;
    if (place.number > NUM_REQUESTS && is_of_interest(order, place.number - NUM_REQUESTS))
        bounds_exceed(BOUND_HTTP_OPEN, NUM_REQUESTS);
    order->requests[place.number % NUM_REQUESTS] = asked;
}

/* What the request of this number asked; that of a foreign one where it is not kept any more. */
static http_asked_t
asked_of(const order_t *order, uint32_t number)
{
    static const http_asked_t none;

    return order != NULL && number != 0 && number <= order->asked &&
                   order->asked - number < NUM_REQUESTS
               ? order->requests[number % NUM_REQUESTS]
               : none;
}

http_asked_t
http_order_asked(http_place_t place)
{
    return asked_of(now.order, place.number);
}

void
http_order_ask_account(uint8_t kind)
{
    if (now.order != NULL)
        now.order->account_kind = kind;
}

bool
http_order_asks_account(uint8_t kind)
{
    return now.order != NULL && kind != 0 && now.order->account_kind == kind;
}

/* The place of a response that is where it is due; it is elsewhere if something was not seen. */
static bool
take_number(order_t *order, uint32_t seq, http_extent_t extent)
{
    if (order->is_decrypted)
        return true;
    if (order->server_known && is_before(seq, order->server_next))
        return false;
    if (!order->server_known || seq != order->server_next)
        order->is_lost = true;
    order->server_next = seq + (uint32_t)extent.whole;
    order->server_known = extent.whole > 0;
    if (!extent.is_final) /* the body of the request may follow */
        return true;
    order->acknowledged = now.ack;
    order->has_acknowledged = true;
    return true;
}

/* True if the response that begins at @p seq is the one that was left open. */
static bool
is_open(const order_t *order, uint32_t seq)
{
    return order->open_number != 0 && (seq == order->open_response || order->is_decrypted);
}

/* True if it is the last response, again or as Wireshark has reassembled it. */
static bool
is_again(const order_t *order, uint32_t seq)
{
    return order->answered > 0 && !order->is_decrypted && seq == order->open_response;
}

http_asked_t
http_order_awaited(const packet_view_t *packet, size_t at)
{
    const order_t *order = find_order_of_server(packet);
    uint32_t seq;

    if (order == NULL)
        return asked_of(NULL, 0);
    seq = number_of(packet, at);
    if (is_open(order, seq))
        return asked_of(order, order->open_number);
    return asked_of(order, is_again(order, seq) ? order->answered : order->answered + 1);
}

http_place_t
http_order_response(const packet_view_t *packet, size_t at, http_extent_t extent)
{
    uint32_t seq = number_of(packet, at);
    order_t *order = order_of_server(packet);

    now.order = order;
    if (order == NULL)
        return no_place;
    if (is_again(order, seq)) {
        if (extent.whole > 0 && !order->server_known) {
            order->server_next = seq + (uint32_t)extent.whole;
            order->server_known = true;
        }
        return place_of(order, order->open_number);
    }
    if (is_open(order, seq))
        return place_of(order, order->open_number);
    if (order->answered == order->asked || order->is_over ||
        !take_number(order, seq, extent) || !extent.is_final)
        return no_place;
    order->open_number = 0;
    order->open_response = seq;
    order->is_over = extent.is_last;
    return place_of(order, ++order->answered);
}

size_t
http_order_next_response(const packet_view_t *packet)
{
    const order_t *order = find_order_of_server(packet);
    uint32_t ahead;

    if (order == NULL || now.is_part || order->is_decrypted || !order->server_known ||
        order->answered == order->asked)
        return 0;
    ahead = order->server_next - now.seq;
    return ahead < packet->length ? ahead : 0;
}

void
http_order_leave_open(const packet_view_t *packet, http_place_t place, unsigned shown,
                      bool is_first)
{
    if (now.order == NULL || place.number == 0)
        return;
    now.order->open_number = place.number;
    now.order->open_shown = shown;
    now.order->open_next = number_of(packet, packet->reported);
    now.order->open_frame = now.frame;
    now.order->open_is_first = is_first;
}

http_place_t
http_order_open(const packet_view_t *packet, unsigned *shown, bool *is_decoded)
{
    order_t *order = order_of_server(packet);

    now.order = order;
    if (order == NULL || order->open_number == 0)
        return no_place;
    *is_decoded = now.is_part && order->open_frame == now.frame;
    if (*is_decoded ? !order->open_is_first
                    : now.is_part != order->is_decrypted ||
                          (!order->is_decrypted && now.seq != order->open_next))
        return no_place;
    *shown = order->open_shown;
    return place_of(order, order->open_number);
}

void
http_order_close(void)
{
    if (now.order != NULL)
        now.order->open_number = 0;
}
