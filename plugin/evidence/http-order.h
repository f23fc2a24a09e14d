/* http-order.h
 * The order of requests and responses on an HTTP connection
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_HTTP_ORDER_H__
#define __SMSRC_HTTP_ORDER_H__

#include "packet-view.h"

/** Forgets all connections. Call from an init routine. */
void http_order_reset(void);

/**
 * The packet has a payload whose bytes are HTTP's, or a part that may be. Call for each of its
 * payloads, the packet's own first, before any other function.
 */
void http_order_begin(const packet_view_t *packet);

/** A message on a connection. */
typedef struct {
    uint32_t number; /* of the exchange, from 1 on; 0: the message belongs to none */
    bool is_certain; /* everything before it on the connection was seen */
} http_place_t;

/**
 * A request begins @p at bytes into the payload and takes @p whole bytes with its body; 0 if that
 * is not known. Returns its place: 0 for a copy of what was seen, and once something was not.
 */
http_place_t http_order_request(const packet_view_t *packet, size_t at, size_t whole);

/**
 * The payload is nothing but empty lines. True if they are the client's, before its next request,
 * which follows behind them.
 */
bool http_order_empty_lines(const packet_view_t *packet);

/** What is kept of a request for its response. */
typedef struct {
    uint32_t frame;
    uint8_t kind;     /* http-answer.h */
    uint8_t method;   /* http-method.h */
    bool needs_whole; /* only all of the body shows what the response is */
    bool to_proxy;
} http_asked_t;

/** Keeps what the last request asks, which has this place. */
void http_order_set_asked(http_place_t place, http_asked_t asked);

/** Returns what the request asked that the last response, of this place, belongs to. */
http_asked_t http_order_asked(http_place_t place);

/** The same for a response that begins @p at bytes into the payload: call before its place. */
http_asked_t http_order_awaited(const packet_view_t *packet, size_t at);

/** The server of the last response has asked for an account, for a request of this kind. */
void http_order_ask_account(uint8_t kind);

/** True if it has before the last request, which is of this kind. */
bool http_order_asks_account(uint8_t kind);

/** How far a response goes. */
typedef struct {
    size_t whole;     /* in bytes; 0: it is not known */
    bool is_final;    /* 1xx is not: another follows for the same request, and it has no place */
    bool is_last;     /* it ends with the connection */
} http_extent_t;

/** A response begins @p at bytes into the payload. */
http_place_t http_order_response(const packet_view_t *packet, size_t at, http_extent_t extent);

/** Where in the payload, which begins in a message, the next response is due; 0 for nowhere. */
size_t http_order_next_response(const packet_view_t *packet);

/**
 * Notes that the last response, of which this place was returned, goes on in a later packet, or in
 * what Wireshark has made of the packet at hand if the response is the first of its payload.
 */
void http_order_leave_open(const packet_view_t *packet, http_place_t place, unsigned shown,
                           bool is_first);

/**
 * If the payload goes on with a response that was left open, returns its place and sets @p shown to
 * what was noted with it; else 0. @p is_decoded: it is the body as Wireshark has decoded it.
 */
http_place_t http_order_open(const packet_view_t *packet, unsigned *shown, bool *is_decoded);

/** The open response is complete enough. */
void http_order_close(void);

#endif /* __SMSRC_HTTP_ORDER_H__ */
