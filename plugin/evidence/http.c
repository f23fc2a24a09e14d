/* http.c
 * HTTP requests that show a role, and their responses
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "reader.h"

#include <wsutil/strtoi.h>

#include "bounds.h"
#include "inference.h"

/* The most requests of one packet, and the most headers of one request. */
#define MAX_REQUESTS 64
#define MAX_HEADERS 64

/* The version and the code of a response are within this many bytes. */
#define MAX_STATUS_LINE 32

/* The beginning of a URI in a request to a proxy, and the port of a URI without one. */
#define HTTP_SCHEME "http://"
#define HTTP_SCHEME_LENGTH (sizeof HTTP_SCHEME - 1)
#define HTTP_PORT 80

/* The state of one capture. */
static bool proxies; /* a request to a proxy, or of one, was seen */

static void
reset(void)
{
    proxies = false;
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

/* True for a header that a proxy adds to what it forwards (RFC 2616 14.45, RFC 7239). */
static bool
is_forwarding_header(const char *line, size_t length)
{
    static const char *const names[] = { "via:", "x-forwarded-for:", "forwarded:" };
    const char first = g_ascii_tolower(*line);

    for (unsigned i = 0; i < array_length(names); i++) {
        size_t name_length = first == names[i][0] ? strlen(names[i]) : 0;

        if (name_length > 0 && length >= name_length &&
            g_ascii_strncasecmp(line, names[i], name_length) == 0)
            return true;
    }
    return false;
}

typedef struct {
    unsigned count;
    const char *lines[MAX_HEADERS]; /* those that a signature matches, or a proxy has added; with
                                       their ends of line */
    bool forwarded;  /* a proxy has added some */
    int64_t body;    /* the length of the body by the headers; -1: it comes in chunks */
    const char *end; /* of all headers, with the empty line; NULL if that is not captured */
} headers_t;

/* The value of the header @p line if it has this name, else NULL. */
static const char *
value_of(const char *line, const char *end, const char *name)
{
    size_t length = strlen(name);

    return (size_t)(end - line) > length && g_ascii_strncasecmp(line, name, length) == 0
               ? line + length
               : NULL;
}

static void
read_body_length(const char *line, const char *end, headers_t *headers)
{
    const char *value = value_of(line, end, "Content-Length:");

    if (value_of(line, end, "Transfer-Encoding:") != NULL)
        headers->body = -1;
    if (value == NULL)
        return;
    while (value < end && (*value == ' ' || *value == '\t'))
        value++;
    for (headers->body = 0; value < end && g_ascii_isdigit(*value) && headers->body < G_MAXINT32;
         value++)
        headers->body = 10 * headers->body + (*value - '0');
}

static void
keep_header(wmem_allocator_t *scope, const char *line, size_t length, headers_t *headers)
{
    bool forwarded = is_forwarding_header(line, length);

    if (!forwarded &&
        role_signatures_match(FACT_HTTP_HEADER, line, MIN(length, INFERENCE_MAX_TEXT)) == 0)
        return;
    if (bounds_full(BOUND_HTTP_HEADERS, headers->count, MAX_HEADERS))
        return;
    headers->forwarded = headers->forwarded || forwarded;
    headers->lines[headers->count++] = wmem_strndup(scope, line, length);
}

/* Reads the headers of the request whose first line ends at @p line; they belong to @p scope. */
static void
read_headers(wmem_allocator_t *scope, const char *line, const char *end, headers_t *headers)
{
    headers->count = 0;
    headers->forwarded = false;
    headers->body = 0;
    headers->end = NULL;
    while (line != NULL && line < end && ++line < end) {
        const char *next = (const char *)memchr(line, '\n', (size_t)(end - line));
        const char *stop = next != NULL ? next + 1 : end;

        if (*line == '\n' || (*line == '\r' && next == line + 1)) {
            headers->end = next != NULL ? stop : NULL;
            return;
        }
        keep_header(scope, line, (size_t)(stop - line), headers);
        read_body_length(line, stop, headers);
        line = next;
    }
}

static void
add_uri(const packet_view_t *packet, const char *uri, bool forwarded)
{
    uint16_t port;
    const char *path = split_uri(uri, &port);
    char *decoded = strchr(path, '%') != NULL ? g_uri_unescape_string(path, NULL) : NULL;
    bool by_proxy = port != 0 || forwarded;
    /* Look the flow up only if its proxy state may change, because a lookup is expensive. */
    flow_content_t *flow =
        by_proxy || proxies ? flow_content_get(packet->pinfo, by_proxy) : NULL;

    proxies = proxies || by_proxy;
    if (flow != NULL && (port != 0 || flow->proxied)) {
        flow->proxied = port != 0;
        flow->uri_port = port;
    }
    /* Never unset: since 4.4 a response has the URI as well, without the headers of the request. */
    if (flow != NULL && forwarded)
        flow->forwarded = true;
    inference_add_fact(packet, FACT_HTTP_URI, decoded != NULL ? decoded : path);
    g_free(decoded);
}

static void
add_request(const packet_view_t *packet, const char *uri, const headers_t *headers)
{
    add_uri(packet, uri, headers->forwarded);
    for (unsigned i = 0; i < headers->count; i++)
        inference_add_fact(packet, FACT_HTTP_HEADER, headers->lines[i]);
}

static void
add_response(const packet_view_t *packet, uint32_t code)
{
    inference_add_response(packet, RESPONSE_HTTP, code / 100 == 2 || code == 401 || code == 403);
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
 * Reads the request at the beginning of the bytes. Returns its length with its body, or 0 if it is
 * not complete, or no request.
 */
static size_t
read_request(const packet_view_t *packet, const char *begin, size_t length)
{
    wmem_allocator_t *scope = packet->pinfo->pool;
    const char *end = begin + length, *method_end = end_of_method(begin, end);
    const char *uri, *uri_end, *line;
    headers_t headers;

    line = (const char *)memchr(method_end, '\n', (size_t)(end - method_end));
    if (line == NULL && packet->length < packet->reported)
        line = end; /* the capture has cut it */
    if (line == NULL || method_end == end || *method_end != ' ' || method_end == begin)
        return 0;
    for (uri = method_end + 1; uri < line && *uri == ' '; uri++)
        ;
    for (uri_end = uri; uri_end < line && *uri_end != ' ' && *uri_end != '\r'; uri_end++)
        ;
    read_headers(scope, line, end, &headers);
    add_request(packet, wmem_strndup(scope, uri, (size_t)(uri_end - uri)), &headers);
    inference_add_fact(packet, FACT_HTTP_METHOD,
                       wmem_strndup(scope, begin, (size_t)(method_end - begin)));
    return headers.end != NULL && headers.body >= 0 && headers.body <= end - headers.end
               ? (size_t)(headers.end - begin + headers.body)
               : 0;
}

/* Reads a response, "HTTP/1.1 200 OK". False if it is none. */
static bool
read_response(const packet_view_t *packet, const char *bytes, size_t length)
{
    static const char version[] = "HTTP/1.";
    const char *code_begin, *code_end;
    uint32_t code;

    if (length < sizeof version || memcmp(bytes, version, sizeof version - 1) != 0)
        return false;
    if (inference_is_pending()) {
        bytes = wmem_strndup(packet->pinfo->pool, bytes, MIN(length, MAX_STATUS_LINE));
        code_begin = strchr(bytes, ' ');
        if (code_begin != NULL && ws_strtou32(code_begin + 1, &code_end, &code))
            add_response(packet, code);
    }
    return true;
}

static void
read_payload(const packet_view_t *packet)
{
    const char *bytes = (const char *)packet->payload;
    size_t left = packet->length, whole = 1;

    if (bytes == NULL || packet->pinfo->ptype != PT_TCP || read_response(packet, bytes, left))
        return;
    for (unsigned i = 0; whole > 0 && left > 0; i++) {
        if (bounds_full(BOUND_HTTP_REQUESTS, i, MAX_REQUESTS))
            return;
        whole = read_request(packet, bytes, left);
        bytes += whole;
        left -= whole;
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
