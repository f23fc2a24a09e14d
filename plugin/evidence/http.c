/* http.c
 * Requests of HTTP that show a role, and their answers
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "reader.h"

#include <wsutil/strtoi.h>

#include "bounds.h"
#include "inference.h"

/* Most requests of one packet, most headers of one request. */
#define MAX_REQUESTS 64
#define MAX_HEADERS 64

/* The version and the code of an answer are in so many bytes. */
#define MAX_STATUS_LINE 32

/* The beginning of the URI that a proxy is asked for, and the port where the URI has none. */
#define HTTP_SCHEME "http://"
#define HTTP_SCHEME_LENGTH (sizeof HTTP_SCHEME - 1)
#define HTTP_PORT 80

/* Rebuilt for every capture. */
static bool proxies; /* some flow is a proxy's */

void
evidence_http_reset(void)
{
    proxies = false;
}

/*
 * "http://mp01:8080/SMS_MP/...": a request to a proxy. The port of the URI, 80 where it has none,
 * and what follows the host. An authority that is none ("[fd00::13", "mp01:99999") names no host
 * that a proxy could call: @p port is 0 then, as for a request to a server.
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
    /* Where the authority ends: RFC 3986 3.2. */
    path = uri + HTTP_SCHEME_LENGTH + strcspn(uri + HTTP_SCHEME_LENGTH, "/?#");
    whole = g_strndup(uri, (size_t)(path - uri));
    if (g_uri_split_network(whole, G_URI_FLAGS_PARSE_RELAXED, NULL, NULL, &number, NULL))
        *port = number > 0 ? (uint16_t)number : HTTP_PORT;
    g_free(whole);
    if (*port == 0)
        return uri;
    return *path != '\0' ? path : "/";
}

/* A proxy says so in what it passes on (RFC 2616 14.45, RFC 7239); it is no client itself. */
static bool
is_forwarding_header(const char *line)
{
    static const char *const names[] = { "Via:", "X-Forwarded-For:", "Forwarded:" };

    for (unsigned i = 0; i < array_length(names); i++) {
        if (g_ascii_strncasecmp(line, names[i], strlen(names[i])) == 0)
            return true;
    }
    return false;
}

/* The headers that could matter, by their first letter. */
static bool
is_relevant_header(const char *line, size_t length)
{
    switch (g_ascii_tolower(*line)) {
    case 'c': /* the signatures': CCMClient..., ClientToken, User-Agent */
    case 'u':
        return role_signatures_match(FACT_HTTP_HEADER, line, MIN(length, EVIDENCE_MAX_FACT)) != 0;
    case 'f': /* a proxy's: Forwarded, Via, X-Forwarded-For */
    case 'v':
    case 'x':
        return true;
    default:
        return false;
    }
}

typedef struct {
    unsigned count;
    const char *lines[MAX_HEADERS]; /* those that could matter, with their ends of line */
    int64_t body;    /* the length that they say that the body has; -1: it comes in chunks */
    const char *end; /* of all, with the empty line; NULL where that is not there */
} headers_t;

/* What the header of this name says, or NULL where it is another. */
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
    if (!bounds_full(BOUND_HTTP_HEADERS, headers->count, MAX_HEADERS))
        headers->lines[headers->count++] = wmem_strndup(scope, line, length);
}

/* The headers of the request whose first line ends at @p line; they point into @p scope. */
static void
read_headers(wmem_allocator_t *scope, const char *line, const char *end, headers_t *headers)
{
    headers->count = 0;
    headers->body = 0;
    headers->end = NULL;
    while (line != NULL && line < end && ++line < end) {
        const char *next = (const char *)memchr(line, '\n', (size_t)(end - line));
        const char *stop = next != NULL ? next + 1 : end;

        if (*line == '\n' || (*line == '\r' && next == line + 1)) {
            headers->end = next != NULL ? stop : NULL;
            return;
        }
        if (is_relevant_header(line, (size_t)(stop - line)))
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
    /* To be set, or to be taken back; a look-up is dear. */
    flow_content_t *flow =
        by_proxy || proxies ? flow_content_get(packet->pinfo, by_proxy) : NULL;

    proxies = proxies || by_proxy;
    if (flow != NULL && (port != 0 || flow->proxied)) {
        flow->proxied = port != 0;
        flow->uri_port = port;
    }
    /* From 4.4 on an answer has the URI too, without the request's lines: it takes nothing back. */
    if (flow != NULL && forwarded)
        flow->forwarded = true;
    inference_add_fact(packet, FACT_HTTP_URI, decoded != NULL ? decoded : path);
    g_free(decoded);
}

static void
add_request(const packet_view_t *packet, const char *uri, const headers_t *headers)
{
    bool forwarded = false;

    for (unsigned i = 0; i < headers->count && !forwarded; i++)
        forwarded = is_forwarding_header(headers->lines[i]);
    add_uri(packet, uri, forwarded);
    for (unsigned i = 0; i < headers->count; i++)
        inference_add_fact(packet, FACT_HTTP_HEADER, headers->lines[i]);
}

static void
add_http_answer(const packet_view_t *packet, uint32_t code)
{
    inference_add_response(packet, RESPONSE_HTTP, code / 100 == 2 || code == 401 || code == 403);
}

/* Where the method of a request ends that may begin here: at @p end if there is no more of it. */
static const char *
end_of_method(const char *begin, const char *end)
{
    while (begin < end && (g_ascii_isupper(*begin) || *begin == '_' || *begin == '-'))
        begin++;
    return begin;
}

/*
 * The request that the bytes begin with. Returns its length with its body, or 0 where that is not
 * all here, or there is none.
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
        line = end; /* the capture has no more of it */
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

/* "HTTP/1.1 200 OK" */
static bool
read_answer(const packet_view_t *packet, const char *bytes, size_t length)
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
            add_http_answer(packet, code);
    }
    return true;
}

void
evidence_read_http(const packet_view_t *packet)
{
    const char *bytes = (const char *)packet->payload;
    size_t left = packet->length, whole = 1;

    if (bytes == NULL || packet->pinfo->ptype != PT_TCP || read_answer(packet, bytes, left))
        return;
    for (unsigned i = 0; whole > 0 && left > 0; i++) {
        if (bounds_full(BOUND_HTTP_REQUESTS, i, MAX_REQUESTS))
            return;
        whole = read_request(packet, bytes, left);
        bytes += whole;
        left -= whole;
    }
}
