/* http.c
 * HTTP requests that show a role, and their responses
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "reader.h"

#include <wsutil/bits_ctz.h>

#include "addresses.h"
#include "bounds.h"
#include "http-answer.h"
#include "http-head.h"
#include "http-order.h"
#include "inference.h"
#include "role-book.h"

/* The most requests or responses of one packet. */
#define MAX_REQUESTS 64

/* The beginning of a URI in a request to a proxy, and the port of a URI without one. */
#define HTTP_SCHEME "http://"
#define HTTP_SCHEME_LENGTH (sizeof HTTP_SCHEME - 1)
#define HTTP_PORT 80

#define MAX_PROXIES 1024

/* The state of one capture. */
static bool proxies;              /* a request to a proxy, or of one, was seen */
static wmem_map_t *asked_proxies; /* the hosts that requests to a proxy went to: a role_set_t, the
                                      roles of those that asked */

static void
reset(void)
{
    proxies = false;
    asked_proxies = wmem_map_new(wmem_file_scope(), addresses_key_hash, addresses_key_equal);
    http_order_reset();
    http_answer_reset();
}

/*
 * Returns the path of a URI. For a request to a proxy ("http://mp01:8080/SMS_MP/...") @p port is
 * set to the URI's port, or 80. A malformed authority ("[fd00::13", "mp01:99999") names no host
 * that a proxy could connect to, and @p port is 0, as for a request to a server.
 */
static const char *
split_uri(const char *uri, uint16_t *port)
{
    const char *path;
    char *whole;
    int number = -1;

    *port = 0;
    if (g_ascii_strncasecmp(uri, HTTP_SCHEME, HTTP_SCHEME_LENGTH) != 0)
        return uri;
    /* RFC 3986 3.2: the end of the authority. */
    path = uri + HTTP_SCHEME_LENGTH + strcspn(uri + HTTP_SCHEME_LENGTH, "/?#");
    whole = g_strndup(uri, (size_t)(path - uri));
    if (g_uri_split_network(whole, G_URI_FLAGS_PARSE_RELAXED, NULL, NULL, &number, NULL))
        *port = number > 0 ? (uint16_t)number : HTTP_PORT;
    g_free(whole);
    if (*port == 0)
        return uri;
    return *path != '\0' ? path : "/";
}

/* The kind of a request, by the server's role that the signature of its path is for. */
static uint8_t
kind_of(const char *path)
{
    uint64_t matches = role_signatures_match(FACT_HTTP_URI, path, strlen(path));
    const role_signature_t *signature =
        matches != 0 ? role_signatures_get(FACT_HTTP_URI, (unsigned)ws_ctz(matches)) : NULL;

    if (signature == NULL)
        return HTTP_KIND_FOREIGN;
    if ((signature->proof & SHOWS_MP_LIST) != 0 && signature->hint == 0)
        return HTTP_KIND_LIST;
    return (uint8_t)(1 + ws_ctz(signature->server));
}

/* A host is a proxy if it was asked as one: anyone can send the headers of one. */
static void
note_asked_proxy(const address *proxy, const address *client)
{
    role_set_t *roles = (role_set_t *)wmem_map_lookup(asked_proxies, proxy);

    if (roles == NULL) {
        if (bounds_full(BOUND_PROXIES, wmem_map_size(asked_proxies), MAX_PROXIES))
            return;
        roles = wmem_new0(wmem_file_scope(), role_set_t);
        wmem_map_insert(asked_proxies, addresses_key_new(proxy), roles);
    }
    *roles |= role_book_roles_at(client, STANDING_PROVEN);
}

static bool
is_proxy(const address *addr)
{
    return wmem_map_lookup(asked_proxies, addr) != NULL;
}

/* The roles of those that asked a proxy: what it passes on is theirs. */
static role_set_t
roles_of_clients(const address *proxy)
{
    const role_set_t *roles = (const role_set_t *)wmem_map_lookup(asked_proxies, proxy);

    return roles != NULL ? *roles : 0;
}

/* Notes in the flow whether the request is to a proxy, or of one. */
static void
note_proxy(const packet_view_t *packet, uint16_t port, bool forwarded)
{
    bool by_proxy = port != 0 || forwarded;
    /* Look the flow up only if its proxy state may change, because a lookup is expensive. */
    flow_content_t *flow =
        by_proxy || proxies ? flow_content_get(packet->pinfo, by_proxy) : NULL;

    proxies = proxies || by_proxy;
    if (port != 0)
        note_asked_proxy(&packet->pinfo->dst, &packet->pinfo->src);
    if (flow != NULL && (port != 0 || flow->proxied)) {
        flow->proxied = port != 0;
        flow->uri_port = port;
    }
    /* Never unset: since 4.4 a response has the URI as well, without the headers of the request. */
    if (flow != NULL && forwarded)
        flow->forwarded = true;
}

/* A request with its headers; its texts end with a NUL. */
typedef struct {
    const char *method, *uri;
    size_t at, whole; /* where in the payload it is; its length with its body, 0: not known */
    http_head_t headers;
} request_t;

static void
add_facts(const packet_view_t *packet, const request_t *request, const char *path,
          const asked_t *asked)
{
    inference_add_fact(packet, FACT_HTTP_URI, path, asked);
    for (unsigned i = 0; i < request->headers.count; i++)
        inference_add_fact(packet, FACT_HTTP_HEADER, request->headers.lines[i], asked);
    inference_add_fact(packet, FACT_HTTP_METHOD, request->method, asked);
}

/* A message of the client's own is in these methods. */
static bool
is_clients_method(const char *method)
{
    return strcmp(method, "CCM_POST") == 0 || strcmp(method, "BITS_POST") == 0;
}

static void
add_request(const packet_view_t *packet, const request_t *request)
{
    http_place_t place = http_order_request(packet, request->at, request->whole);
    asked_t asked = {
        .transaction = place.number,
        .has_token = request->headers.has_token || is_clients_method(request->method),
        .is_passed_on = request->headers.forwarded,
        .passed_on_for = request->headers.forwarded ? roles_of_clients(&packet->pinfo->src) : 0,
    };
    uint16_t port;
    const char *path = split_uri(request->uri, &port);
    char *decoded = strchr(path, '%') != NULL ? g_uri_unescape_string(path, NULL) : NULL;

    note_proxy(packet, port, request->headers.forwarded && is_proxy(&packet->pinfo->src));
    if (decoded != NULL)
        path = decoded;
    if (place.number != 0) {
        http_order_set_kind(place, kind_of(path));
        add_facts(packet, request, path, &asked);
    }
    g_free(decoded);
}

/* Returns the end of the method of a request; @p end if the method may go on after it. */
static const char *
end_of_method(const char *begin, const char *end)
{
    while (begin < end && (g_ascii_isupper(*begin) || *begin == '_' || *begin == '-'))
        begin++;
    return begin;
}

/*
 * Reads the request at @p at in the payload. Returns its length with its body, or 0 if it is not
 * complete, or no request.
 */
static size_t
read_request(const packet_view_t *packet, size_t at)
{
    wmem_allocator_t *scope = packet->pinfo->pool;
    const char *begin = (const char *)packet->payload + at;
    const char *end = (const char *)packet->payload + packet->length;
    const char *method_end = end_of_method(begin, end), *uri, *uri_end, *line;
    request_t request = { .at = at };

    line = (const char *)memchr(method_end, '\n', (size_t)(end - method_end));
    if (line == NULL && packet->length < packet->reported)
        line = end; /* the capture has cut it */
    if (line == NULL || method_end == end || *method_end != ' ' || method_end == begin)
        return 0;
    for (uri = method_end + 1; uri < line && *uri == ' '; uri++)
        ;
    for (uri_end = uri; uri_end < line && *uri_end != ' ' && *uri_end != '\r'; uri_end++)
        ;
    http_head_read(scope, line, end, &request.headers);
    request.method = wmem_strndup(scope, begin, (size_t)(method_end - begin));
    request.uri = wmem_strndup(scope, uri, (size_t)(uri_end - uri));
    if (request.headers.end != NULL && request.headers.body >= 0)
        request.whole = (size_t)(request.headers.end - begin + request.headers.body);
    add_request(packet, &request);
    return request.whole <= (size_t)(end - begin) ? request.whole : 0;
}

/*
 * Adds what a response shows. If that depends on a body that is in a later packet, it is left
 * open, with the code and what the headers say.
 */
static void
add_response(const packet_view_t *packet, const http_answer_t *shown, http_place_t place)
{
    uint8_t kind = http_order_kind(place);
    char site[4];
    answer_t answer = {
        .response = RESPONSE_HTTP,
        .transaction = place.number,
        .shown = http_answer_shows(shown),
        .is_uncertain = !place.is_certain,
    };

    if (place.number == 0)
        return;
    if (kind == HTTP_KIND_LIST)
        kind = shown->code / 100 == 2 ? HTTP_KIND_UNFIT : 1 + ROLE_MANAGEMENT_POINT;
    if (http_order_kind(place) != HTTP_KIND_FOREIGN && (answer.shown & SHOWS_MP_LIST) != 0) {
        answer.detail = http_answer_names(packet->pinfo->pool, shown, site);
        answer.site_code = site[0] != '\0' ? site : NULL;
    } else if (http_answer_is_for_all(packet, shown, kind)) {
        answer.shown = 0;
    }
    if (inference_is_pending())
        inference_add_response(packet, &answer);
}

/* What is left open of a response: its code, and what its headers say. */
#define OPEN_HEAD 0x2000U /* not even its head is whole */
#define OPEN_HTML 0x1000U
#define OPEN_CODE 0x0fffU

/* True for a response that goes on in a later packet with what decides what it shows. */
static bool
is_open(const http_answer_t *answer, const http_head_t *headers)
{
    return headers->end == NULL ||
           (answer->code / 100 == 2 && answer->has_body && answer->length == 0);
}

/* The body that the headers have, as far as it is captured. */
static void
set_body(http_answer_t *answer, const http_head_t *headers, const char *end)
{
    answer->is_html = headers->is_html;
    answer->asks_windows = headers->asks_windows;
    answer->has_body = headers->body != 0;
    answer->body_length = headers->body > 0 ? (uint32_t)headers->body : 0;
    if (headers->end == NULL)
        return;
    answer->body = (const uint8_t *)headers->end;
    answer->length = (size_t)(end - headers->end);
    if (headers->body >= 0)
        answer->length = MIN(answer->length, (size_t)headers->body);
}

#define VERSION "HTTP/1."

static bool
is_response(const packet_view_t *packet, size_t at)
{
    return packet->length - at > sizeof VERSION &&
           memcmp(packet->payload + at, VERSION, sizeof VERSION - 1) == 0;
}

/* The code of a status line, "HTTP/1.1 200 OK"; 0 if it has none. */
static uint32_t
read_code(const char *begin, const char *end)
{
    uint32_t code = 0;

    for (begin += sizeof VERSION; begin < end && *begin == ' '; begin++)
        ;
    for (unsigned i = 0; i < 3; i++, begin++) {
        if (begin >= end || !g_ascii_isdigit(*begin))
            return 0;
        code = 10 * code + (uint32_t)(*begin - '0');
    }
    return code;
}

/* Reads the response at @p at. Returns its length with its body, or 0 if it is not complete. */
static size_t
read_response(const packet_view_t *packet, size_t at)
{
    const char *begin = (const char *)packet->payload + at;
    const char *end = (const char *)packet->payload + packet->length;
    const char *line = (const char *)memchr(begin, '\n', (size_t)(end - begin));
    http_answer_t answer = { .code = read_code(begin, line != NULL ? line : end) };
    http_head_t headers;
    http_place_t place;
    size_t whole = 0;

    http_head_read(packet->pinfo->pool, line, end, &headers);
    if (answer.code / 100 == 1 || answer.code == 204 || answer.code == 304)
        headers.body = 0;
    set_body(&answer, &headers, end);
    if (headers.end != NULL && headers.body >= 0)
        whole = (size_t)(headers.end - begin + headers.body);
    place = http_order_response(packet, at, whole, answer.code / 100 != 1);
    if (is_open(&answer, &headers)) {
        http_order_leave_open(place, answer.code | (answer.is_html ? OPEN_HTML : 0) |
                                         (headers.end == NULL ? OPEN_HEAD : 0));
    } else {
        http_order_close();
        add_response(packet, &answer, place);
    }
    return whole <= (size_t)(end - begin) ? whole : 0;
}

/*
 * Reads bytes that begin within a response: the body of one that was left open. The rest of a head
 * is read when Wireshark has reassembled it.
 */
static void
read_body(const packet_view_t *packet)
{
    unsigned open;
    http_place_t place = http_order_open(packet, &open);
    http_answer_t answer = { .has_body = true, .body = packet->payload,
                             .length = packet->length };

    if (place.number == 0 || (open & OPEN_HEAD) != 0)
        return;
    answer.code = open & OPEN_CODE;
    answer.is_html = (open & OPEN_HTML) != 0;
    http_order_close();
    add_response(packet, &answer, place);
}

static void
read_responses(const packet_view_t *packet, size_t at)
{
    size_t whole = 1;

    for (unsigned i = 0; whole > 0 && at < packet->length && is_response(packet, at); i++) {
        if (bounds_full(BOUND_HTTP_REQUESTS, i, MAX_REQUESTS))
            return;
        whole = read_response(packet, at);
        at += whole;
    }
}

/* Reads requests. False if the payload does not begin with one. */
static bool
read_requests(const packet_view_t *packet)
{
    const char *begin = (const char *)packet->payload, *end = begin + packet->length;
    const char *method_end = end_of_method(begin, end);
    size_t at = 0, whole = 1;

    if (method_end == begin || method_end == end || *method_end != ' ')
        return false;
    for (unsigned i = 0; whole > 0 && at < packet->length; i++) {
        if (bounds_full(BOUND_HTTP_REQUESTS, i, MAX_REQUESTS))
            return true;
        whole = read_request(packet, at);
        at += whole;
    }
    return true;
}

static void
read_payload(const packet_view_t *packet)
{
    size_t next;

    if (packet->payload == NULL || packet->pinfo->ptype != PT_TCP)
        return;
    http_order_begin(packet);
    if (is_response(packet, 0)) {
        read_responses(packet, 0);
    } else if (!read_requests(packet)) {
        read_body(packet);
        next = http_order_next_response(packet);
        if (next > 0)
            read_responses(packet, next);
    }
}

const evidence_reader_t http_reader = {
    .protocol = "http",
    .service = SERVICE_HTTP,
    /* Of requests and of responses. The methods with other letters are rare without a layer. */
    .begin = { .min_length = 8, .bytes = { 'B', 'C', 'G', 'H', 'P' }, .num_bytes = 5 },
    .is_conclusive = true,
    .read = read_payload,
    .reset = reset,
};
