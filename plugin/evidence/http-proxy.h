/* http-proxy.h
 * Requests to a proxy, through it, and of it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_HTTP_PROXY_H__
#define __SMSRC_HTTP_PROXY_H__

#include "packet-view.h"
#include "role.h"

/** Forgets all proxies. Call from an init routine. */
void http_proxy_reset(void);

/**
 * Returns the path of the URI of a request, and sets @p port to the port that a proxy is asked to
 * connect to; 0 for a request to a server. @p is_connect: the URI is host and port (RFC 7231
 * 4.3.6).
 */
const char *http_proxy_split_uri(const char *uri, bool is_connect, uint16_t *port);

/**
 * Notes a request of this packet, to a proxy if @p port is not 0, and of one if it is @p forwarded.
 * Returns the roles of those whose requests its sender has answered as a proxy.
 */
role_set_t http_proxy_note_request(const packet_view_t *packet, uint16_t port, bool is_connect,
                                   bool forwarded);

/** The sender of this packet has answered a request to a proxy, with @p granted: successfully. */
void http_proxy_note_response(const packet_view_t *packet, bool is_connect, bool granted);

#endif /* __SMSRC_HTTP_PROXY_H__ */
