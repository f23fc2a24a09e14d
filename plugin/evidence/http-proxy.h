/* http-proxy.h
 * Requests to a proxy, through it, and of it
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_HTTP_PROXY_H__
#define __SMSRC_HTTP_PROXY_H__

#include "packet-view.h"
#include "role.h"

/** Forgets all proxies. Call from an init routine. */
void http_proxy_reset(void);

/** What a proxy is asked for. */
typedef struct {
    uint16_t port;      /* to connect to; 0 for a request to a server */
    bool is_connect;    /* the URI was host and port (RFC 7231 4.3.6) */
    uint8_t host[16];   /* its address; a length of 0: it has a name, or none */
    uint8_t host_length;
} http_target_t;

/** Returns the path of the URI of a request, and sets @p target. */
const char *http_proxy_split_uri(const char *uri, bool is_connect, http_target_t *target);

/**
 * Notes a request of this packet, to a proxy if @p target has a port, and of one if it is
 * @p forwarded. Returns the roles of those whose requests its sender has answered as a proxy.
 */
role_set_t http_proxy_note_request(const packet_view_t *packet, const http_target_t *target,
                                   bool forwarded);

/**
 * Reads a request, of which @p uri is what follows the method, where no roles are learned. Its path
 * shows the role that it is asked of, of this flow alone.
 */
void http_proxy_read_request(const packet_view_t *packet, const char *uri, bool is_connect);

/** The same for a response: the first one to a request to connect makes a tunnel, or refuses it. */
void http_proxy_read_answer(const packet_view_t *packet);

/** True if a proxy was asked in this capture. Cheap. */
bool http_proxy_was_seen(void);

/** The sender of this packet has answered a request to a proxy, with @p granted: successfully. */
void http_proxy_note_response(const packet_view_t *packet, bool is_connect, bool granted);

#endif /* __SMSRC_HTTP_PROXY_H__ */
