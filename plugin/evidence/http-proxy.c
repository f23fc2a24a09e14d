/* http-proxy.c
 * Requests to a proxy, through it, and of it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * A proxy is asked for a whole URI, or to connect to a host and a port (CONNECT); all that follows
 * on a connection that it has made is for that host. What it passes on to a server says so (Via).
 *
 * Anyone can send the headers of a proxy. So one that passes on what others ask is a host that was
 * asked as a proxy, and it stands for the roles of those alone whose requests it has answered. It
 * asks the server before it answers: the first flows of its own wait for that answer.
 */

#include "http-proxy.h"

#include "addresses.h"
#include "bounds.h"
#include "flow-content.h"
#include "role-book.h"

#define MAX_PROXIES 1024
#define MAX_WAITING 8 /* flows of a proxy, the last ones */

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

/*
 * The port of an authority, @p otherwise if it has none; 0 for a malformed one ("[fd00::13",
 * "mp01:99999"), which names no host that a proxy could connect to.
 */
static uint16_t
port_of(const char *authority, size_t length, uint16_t otherwise)
{
    char *uri = g_strdup_printf("http://%.*s", (int)length, authority);
    int number = -1;
    bool is_valid =
        g_uri_split_network(uri, G_URI_FLAGS_PARSE_RELAXED, NULL, NULL, &number, NULL);

    g_free(uri);
    if (!is_valid)
        return 0;
    return number > 0 ? (uint16_t)number : otherwise;
}

const char *
http_proxy_split_uri(const char *uri, bool is_connect, uint16_t *port)
{
    *port = is_connect ? port_of(uri, strcspn(uri, "/?#"), 0) : 0;
    for (unsigned i = 0; i < array_length(schemes) && !is_connect; i++) {
        const size_t scheme = strlen(schemes[i].scheme);
        size_t length;

        if (g_ascii_strncasecmp(uri, schemes[i].scheme, scheme) != 0)
            continue;
        /* RFC 3986 3.2: the end of the authority. */
        length = strcspn(uri + scheme, "/?#");
        *port = port_of(uri + scheme, length, schemes[i].port);
        if (*port == 0)
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
    for (unsigned i = 0; i < MIN(proxy->num_waiting, MAX_WAITING); i++) {
        if (proxy->waiting[i] == flow)
            return;
    }
    proxy->waiting[proxy->num_waiting++ % MAX_WAITING] = flow;
}

/* The answer has come: what the flows of the proxy have shown are these roles of others. */
static void
end_waiting(proxy_t *proxy)
{
    for (unsigned i = 0; i < MIN(proxy->num_waiting, MAX_WAITING); i++) {
        flow_content_t *flow = proxy->waiting[i];

        if (flow->proven_responder != 0)
            flow->proven_initiator |= flow->inferred_initiator & proxy->roles;
    }
    proxy->num_waiting = 0;
    role_book_outdate();
}

role_set_t
http_proxy_note_request(const packet_view_t *packet, uint16_t port, bool is_connect,
                        bool forwarded)
{
    proxy_t *proxy = forwarded ? find_proxy(&packet->pinfo->src) : NULL;
    bool by_proxy = port != 0 || proxy != NULL;
    /* Look the flow up only if its proxy state may change, because a lookup is expensive. */
    flow_content_t *flow = by_proxy || seen ? flow_content_get(packet->pinfo, by_proxy) : NULL;

    seen = seen || by_proxy;
    if (port != 0)
        add_proxy(&packet->pinfo->dst);
    if (flow == NULL)
        return 0;
    if (port != 0 || (flow->proxied && !flow->is_tunnel)) {
        flow->proxied = port != 0;
        flow->uri_port = port;
    }
    flow->is_tunnel = flow->is_tunnel || (is_connect && port != 0);
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

    if (is_connect && !granted) {
        flow = flow_content_get(packet->pinfo, false);
        if (flow != NULL)
            flow->is_tunnel = false;
    }
    if (proxy == NULL)
        return;
    proxy->roles |= role_book_roles_at(&packet->pinfo->dst, STANDING_PROVEN);
    if (proxy->roles != 0 && proxy->num_waiting > 0)
        end_waiting(proxy);
}
