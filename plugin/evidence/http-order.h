/* http-order.h
 * The order of requests and responses on an HTTP connection
 *
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

/** Keeps what kind of request the last one is, which has this place; any number but 0. */
void http_order_set_kind(http_place_t place, uint8_t kind);

/** Returns the kind of the request that the last response, of this place, belongs to. */
uint8_t http_order_kind(http_place_t place);

/**
 * A response begins @p at bytes into the payload and takes @p whole bytes; 0 if that is not known.
 * One that is not @p final (1xx) is followed by another for the same request, and has no place.
 */
http_place_t http_order_response(const packet_view_t *packet, size_t at, size_t whole, bool final);

/** Where in the payload, which begins in a message, the next response is due; 0 for nowhere. */
size_t http_order_next_response(const packet_view_t *packet);

/** Notes that the last response, of which this place was returned, goes on in a later packet. */
void http_order_leave_open(http_place_t place, unsigned shown);

/**
 * If the packet goes on with a response that was left open, returns its place and sets @p shown to
 * what was noted with it; else 0.
 */
http_place_t http_order_open(const packet_view_t *packet, unsigned *shown);

/** The open response is complete enough. */
void http_order_close(void);

#endif /* __SMSRC_HTTP_ORDER_H__ */
