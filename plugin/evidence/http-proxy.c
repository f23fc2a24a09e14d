/* http-proxy.c
 * Requests to a proxy, through it, and of it
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * A proxy is asked for a whole URI, or to connect to a host and a port (CONNECT); all that follows
 * on a connection that it has made is for that host. What it passes on to a server says so (Via).
 *
 * Anyone can send the headers of a proxy. So one that passes on what others ask is a host that was
 * asked as a proxy, and it stands for the roles of those alone whose requests it has answered. It
 * asks the server before it answers: its own first flows wait for that answer.
 */

#include "http-proxy.h"

#include <wsutil/bits_ctz.h>
#include <wsutil/inet_addr.h>

#include "addresses.h"
#include "bounds.h"
#include "flow-content.h"
#include "role-book.h"
#include "role-signatures.h"
#include "uris-asked.h"

#define MAX_PROXIES 1024
#define MAX_WAITING 8 /* flows of a proxy, the last ones */
#define MAX_ASKED 64  /* URIs of one packet before the last one */

/* The beginning of a URI in a request to a proxy, and the port of one without a port. */
static const struct {
    const char *scheme;
    uint16_t port;
} schemes[] = { { "http://", 80 }, { "https://", 443 } };

typedef struct {
    role_set_t roles; /* of those whose requests it has answered */
    flow_content_t *waiting[MAX_WAITING];
    unsigned num_waiting;
} proxy_t;

/* The state of one capture. */
static bool seen;           /* a request to a proxy, or of one */
static wmem_map_t *proxies; /* address to proxy_t: the hosts that requests to a proxy went to */

void
http_proxy_reset(void)
{
    seen = false;
    proxies = wmem_map_new(wmem_file_scope(), addresses_key_hash, addresses_key_equal);
}

bool
http_proxy_was_seen(void)
{
    return seen;
}

/* Sets the address of a host that has no name. */
static void
set_host(http_target_t *target, const char *host)
{
    ws_in4_addr ipv4;
    ws_in6_addr ipv6;

    G_STATIC_ASSERT(sizeof ipv6 == sizeof target->host);
    if (ws_inet_pton4(host, &ipv4)) {
        target->host_length = sizeof ipv4;
        memcpy(target->host, &ipv4, sizeof ipv4);
    } else if (ws_inet_pton6(host, &ipv6)) {
        target->host_length = sizeof ipv6;
        memcpy(target->host, &ipv6, sizeof ipv6);
    }
}

/*
 * Sets host and port of an authority, the port to @p otherwise if it has none; to 0 for a malformed
 * one ("[fd00::13", "mp01:99999"), which names no host that a proxy could connect to.
 */
static void
set_target(http_target_t *target, const char *authority, size_t length, uint16_t otherwise)
{
    char *uri = g_strdup_printf("http://%.*s", (int)length, authority), *host = NULL;
    int number = -1;

    if (g_uri_split_network(uri, G_URI_FLAGS_PARSE_RELAXED, NULL, &host, &number, NULL)) {
        target->port = number > 0 ? (uint16_t)number : otherwise;
        if (host != NULL)
            set_host(target, host);
    }
    g_free(host);
    g_free(uri);
}

const char *
http_proxy_split_uri(const char *uri, bool is_connect, http_target_t *target)
{
    memset(target, 0, sizeof *target);
    target->is_connect = is_connect;
    if (is_connect)
        set_target(target, uri, strcspn(uri, "/?#"), 0);
    /* Nearly every URI is a path alone. */
    if (is_connect || *uri == '/')
        return uri;
    for (unsigned i = 0; i < array_length(schemes); i++) {
        const size_t scheme = strlen(schemes[i].scheme);
        size_t length;

        if (g_ascii_strncasecmp(uri, schemes[i].scheme, scheme) != 0)
            continue;
        /* RFC 3986 3.2: the end of the authority. */
        length = strcspn(uri + scheme, "/?#");
        set_target(target, uri + scheme, length, schemes[i].port);
        if (target->port == 0)
            return uri;
        return uri[scheme + length] != '\0' ? uri + scheme + length : "/";
    }
    return uri;
}

static proxy_t *
find_proxy(const address *addr)
{
    return (proxy_t *)wmem_map_lookup(proxies, addr);
}

static void
add_proxy(const address *addr)
{
    if (find_proxy(addr) != NULL ||
        bounds_full(BOUND_PROXIES, wmem_map_size(proxies), MAX_PROXIES))
        return;
    wmem_map_insert(proxies, addresses_key_new(addr), wmem_new0(wmem_file_scope(), proxy_t));
}

/* A flow of the proxy's waits for the answer that shows for whom the proxy asks. */
static void
wait_for_answer(proxy_t *proxy, flow_content_t *flow)
{
    flow_content_t **oldest;
    bool has_facts;

    for (unsigned i = 0; i < MIN(proxy->num_waiting, MAX_WAITING); i++) {
        if (proxy->waiting[i] == flow)
            return;
    }
    oldest = &proxy->waiting[proxy->num_waiting % MAX_WAITING];
    has_facts = proxy->num_waiting >= MAX_WAITING &&
                ((*oldest)->num_pending > 0 || (*oldest)->roles->inferred_initiator != 0);
    if (has_facts)
        bounds_exceed(BOUND_PROXY_FLOWS, MAX_WAITING);
    *oldest = flow;
    proxy->num_waiting++;
}

/* The answer has come: what the flows of the proxy have shown are these roles of others. */
static void
end_waiting(proxy_t *proxy)
{
    for (unsigned i = 0; i < MIN(proxy->num_waiting, MAX_WAITING); i++) {
        content_roles_t roles = *proxy->waiting[i]->roles;

        if (roles.proven_responder != 0)
            roles.proven_initiator |= roles.inferred_initiator & proxy->roles;
        flow_content_set_roles(proxy->waiting[i], &roles);
    }
    proxy->num_waiting = 0;
    role_book_outdate();
}

static bool
is_for(const flow_content_t *flow, const http_target_t *target)
{
    return flow->uri->port == target->port && flow->uri->host_length == target->host_length &&
           memcmp(flow->uri->host, target->host, sizeof target->host) == 0;
}

/* True if the flow was kept as it is: what Wireshark has reassembled may be read again. */
static bool
is_kept(const uris_asked_t *asked, const flow_content_t *flow)
{
    const flow_content_t *before = asked->before;

    for (unsigned i = 0; i < asked->count; i++) {
        if (memcmp(before[i].uri, flow->uri, sizeof *flow->uri) == 0 &&
            before[i].roles->inferred_responder == flow->roles->inferred_responder)
            return true;
    }
    return false;
}

/* Keeps the flow by the last URI, which was in this packet: the audit judges it by each. */
static void
keep_asked(uris_asked_t *asked, const flow_content_t *flow, const packet_view_t *packet)
{
    if (is_kept(asked, flow) || bounds_full(BOUND_HTTP_REQUESTS, asked->count, MAX_ASKED))
        return;
    if (asked->before == NULL)
        asked->before = wmem_alloc_array(packet->pinfo->pool, flow_content_t, MAX_ASKED);
    asked->before[asked->count++] = *flow;
}

/* The flow is for the target of this request until there is one for another. */
static void
set_uri(flow_content_t *flow, const packet_view_t *packet, const http_target_t *target)
{
    uris_asked_t *asked = uris_asked_get(packet->pinfo, flow, false);
    asked_uri_t uri = *flow->uri;

    if (!is_for(flow, target)) {
        if (asked != NULL)
            keep_asked(asked, flow, packet);
        flow->uri_number++;
    }
    (void)uris_asked_get(packet->pinfo, flow, true);
    flow->proxied = target->port != 0;
    uri.port = target->port;
    uri.host_length = target->host_length;
    memcpy(uri.host, target->host, sizeof uri.host);
    flow_content_set_uri(flow, &uri);
}

/*
 * A proxy was asked to connect, or has answered that. The content of the flow is what goes through
 * the tunnel: its service is looked for behind this packet.
 */
static void
set_tunnel(flow_content_t *flow, const packet_view_t *packet, bool is_tunnel)
{
    const bool was_tunnel = flow->is_tunnel;

    flow->is_tunnel = is_tunnel;
    flow->tunnel_frame = is_tunnel ? packet->pinfo->num : 0;
    /* What its answer grants has begun before: the client may not have waited. */
    if (!is_tunnel || was_tunnel)
        return;
    flow->service = SERVICE_UNKNOWN;
    flow->sniffs = 0;
}

role_set_t
http_proxy_note_request(const packet_view_t *packet, const http_target_t *target, bool forwarded)
{
    proxy_t *proxy = forwarded ? find_proxy(&packet->pinfo->src) : NULL;
    const bool to_proxy = target->port != 0, by_proxy = to_proxy || proxy != NULL;
    /* Look the flow up only if its proxy state may change, because a lookup is expensive. */
    flow_content_t *flow = by_proxy || seen ? flow_content_get(packet->pinfo, by_proxy) : NULL;

    seen = seen || by_proxy;
    if (to_proxy)
        add_proxy(&packet->pinfo->dst);
    if (flow == NULL)
        return 0;
    if (to_proxy || (flow->proxied && !flow->is_tunnel))
        set_uri(flow, packet, target);
    if (target->is_connect && to_proxy)
        set_tunnel(flow, packet, true);
    if (proxy == NULL)
        return 0;
    /* Never unset: since 4.4 a response has the URI as well, without the headers of the request. */
    flow->forwarded = true;
    if (proxy->roles == 0)
        wait_for_answer(proxy, flow);
    return proxy->roles;
}

void
http_proxy_note_response(const packet_view_t *packet, bool is_connect, bool granted)
{
    proxy_t *proxy = find_proxy(&packet->pinfo->src);
    flow_content_t *flow;

    if (is_connect) {
        flow = flow_content_get(packet->pinfo, false);
        if (flow != NULL)
            set_tunnel(flow, packet, granted);
    }
    if (proxy == NULL)
        return;
    proxy->roles |= role_book_roles_at(&packet->pinfo->dst, STANDING_PROVEN);
    if (proxy->roles != 0 && proxy->num_waiting > 0)
        end_waiting(proxy);
}

/* The roles of a server that is asked for @p path. */
static role_set_t
roles_of_path(const char *path)
{
    role_set_t roles = 0;

    for (uint64_t matches = role_signatures_match(FACT_HTTP_URI, path, strlen(path)); matches != 0;
         matches &= matches - 1)
        roles |= role_signatures_get(FACT_HTTP_URI, (unsigned)ws_ctz(matches))->server;
    return roles;
}

void
http_proxy_read_answer(const packet_view_t *packet)
{
    enum { CODE_AT = 9 };
    const uint8_t *code = packet_view_bytes(packet, CODE_AT, 1);
    flow_content_t *flow = seen && code != NULL ? flow_content_get(packet->pinfo, false) : NULL;

    if (flow == NULL || !flow->is_tunnel || flow->is_tunnel_made || *code == '1')
        return;
    flow->is_tunnel_made = true;
    set_tunnel(flow, packet, *code == '2');
}

void
http_proxy_read_request(const packet_view_t *packet, const char *uri, bool is_connect)
{
    http_target_t target;
    const char *path = http_proxy_split_uri(uri, is_connect, &target);
    flow_content_t *flow;
    asked_uri_t last;

    if (target.port == 0 && !seen)
        return;
    (void)http_proxy_note_request(packet, &target, false);
    flow = flow_content_get(packet->pinfo, false);
    if (flow == NULL || !flow->proxied || is_connect)
        return;
    last = *flow->uri;
    last.roles = roles_of_path(path);
    flow_content_set_uri(flow, &last);
}
