/* http.c
 * HTTP requests that show a role, and their responses
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "reader.h"

#include <wsutil/bits_ctz.h>

#include "bounds.h"
#include "conclusions.h"
#include "gateway.h"
#include "http-alike.h"
#include "http-head.h"
#include "http-method.h"
#include "http-order.h"
#include "http-proxy.h"
#include "inference.h"

/* The most requests or responses of one packet. */
#define MAX_REQUESTS 64

static void
reset(void)
{
    http_proxy_reset();
    http_order_reset();
    http_alike_reset();
    gateway_reset();
}

/* What a request asks for, by the server's role that the signature of its path is for. */
static http_asked_t
asked_for(uint64_t matches)
{
    const role_signature_t *signature =
        matches != 0 ? role_signatures_get(FACT_HTTP_URI, (unsigned)ws_ctz(matches)) : NULL;
    http_asked_t asked = { .kind = HTTP_KIND_FOREIGN };

    if (signature == NULL)
        return asked;
    asked.needs_whole = (signature->proof & SHOWS_MP_LIST) != 0;
    asked.kind = asked.needs_whole && signature->hint == 0
                     ? HTTP_KIND_LIST
                     : (uint8_t)(1 + ws_ctz(signature->server));
    return asked;
}

/* A request with its headers. */
typedef struct {
    http_method_e method;
    const char *uri;  /* ends with a NUL */
    size_t at, whole; /* where in the payload it is; its length with its body, 0: not known */
    http_head_t headers;
} request_t;

static void
add_facts(const packet_view_t *packet, const request_t *request, const char *path,
          uint64_t path_matches, const asked_t *asked)
{
    uint64_t added = 0;

    inference_add_matches(packet, FACT_HTTP_URI, path, path_matches, asked);
    /* Of headers that are alike the last one counts. */
    for (unsigned i = request->headers.count; i-- > 0;) {
        if ((request->headers.matches[i] & ~added) != 0)
            inference_add_matches(packet, FACT_HTTP_HEADER, request->headers.lines[i],
                                  request->headers.matches[i], asked);
        added |= request->headers.matches[i];
    }
    /* Of all methods that a signature has, the name is known. */
    inference_add_fact(packet, FACT_HTTP_METHOD, http_method_name(request->method), asked);
}

/*
 * True if the request has what is the client's own. Anybody may ask for what is anonymous, whatever
 * token comes with it, and an account counts where the server has asked for one.
 */
static bool
has_token(const request_t *request, const http_asked_t *asked)
{
    if (http_method_is_clients((http_method_e)asked->method))
        return true;
    return !asked->needs_whole &&
           (request->headers.has_token ||
            (request->headers.has_account && http_order_asks_account(asked->kind)));
}

static void
add_request(const packet_view_t *packet, const request_t *request)
{
    http_place_t place = http_order_request(packet, request->at, request->whole);
    bool is_connect = request->method == HTTP_METHOD_CONNECT;
    bool forwarded = request->headers.forwarded;
    http_target_t target;
    const char *path = http_proxy_split_uri(request->uri, is_connect, &target);
    char *decoded = strchr(path, '%') != NULL ? g_uri_unescape_string(path, NULL) : NULL;
    const char *plain = decoded != NULL ? decoded : path;
    uint64_t matches =
        role_signatures_match(FACT_HTTP_URI, plain, strnlen(plain, INFERENCE_MAX_TEXT));
    http_asked_t kept = asked_for(matches);
    asked_t asked = {
        .transaction = place.number,
        .is_passed_on = forwarded,
        .passed_on_for = http_proxy_note_request(packet, &target, forwarded),
    };

    for (unsigned i = 0; i < request->headers.count; i++)
        gateway_note_header(packet, request->headers.lines[i]);
    asked.is_of_gateway = gateway_is_sender(packet);
    kept.frame = packet->pinfo->num;
    kept.method = (uint8_t)request->method;
    kept.to_proxy = target.port != 0;
    asked.has_token = has_token(request, &kept);
    if (place.number != 0) {
        http_order_set_asked(place, kept);
        add_facts(packet, request, plain, matches, &asked);
    }
    g_free(decoded);
}

/*
 * The length of a body that comes in chunks and begins at @p at (RFC 7230 4.1), with its trailer;
 * 0 if its end is not there.
 */
static size_t
chunks_length(const char *begin, const char *end)
{
    const char *at = begin;

    while (at < end) {
        const char *line = (const char *)memchr(at, '\n', (size_t)(end - at));
        uint64_t length = 0;
        unsigned digits = 0;

        for (; at < end && g_ascii_isxdigit(*at) && digits < 8; at++, digits++)
            length = 16 * length + (uint64_t)g_ascii_xdigit_value(*at);
        if (line == NULL || digits == 0)
            return 0;
        at = line + 1;
        if (length == 0)
            break;
        if ((uint64_t)(end - at) < length + 2)
            return 0;
        at += length + 2;
    }
    while (at < end && *at != '\r' && *at != '\n') {
        at = (const char *)memchr(at, '\n', (size_t)(end - at));
        if (at == NULL)
            return 0;
        at++;
    }
    at = at < end ? (const char *)memchr(at, '\n', (size_t)(end - at)) : NULL;
    return at != NULL ? (size_t)(at + 1 - begin) : 0;
}

/* The length of the message that begins at @p begin, with its body; 0 if it is not known. */
static size_t
whole_length(const char *begin, const char *end, const http_head_t *headers)
{
    size_t head, body;

    if (headers->end == NULL)
        return 0;
    head = (size_t)(headers->end - begin);
    if (headers->body >= 0)
        return head + (size_t)headers->body;
    body = headers->is_chunked ? chunks_length(headers->end, end) : 0;
    return body > 0 ? head + body : 0;
}

/* Returns the end of the method of a request; @p end if the method may go on after it. */
static const char *
end_of_method(const char *begin, const char *end)
{
    while (begin < end && (g_ascii_isupper(*begin) || *begin == '_' || *begin == '-'))
        begin++;
    return begin;
}

/* Returns where the URI ends in its line, of which it may be the last. */
static const char *
end_of_uri(const char *uri, const char *line)
{
    const char *blank = (const char *)memchr(uri, ' ', (size_t)(line - uri));
    const char *end = blank != NULL ? blank : line;
    const char *cr = (const char *)memchr(uri, '\r', (size_t)(end - uri));

    return cr != NULL ? cr : end;
}

/*
 * Reads the request at @p at in the payload. Returns its length with its body, or 0 if it is not
 * complete, or no request.
 */
static size_t
read_request(const packet_view_t *packet, size_t at)
{
    wmem_allocator_t *scope = packet->pinfo->pool;
    const bool is_learned = conclusions_are_learned();
    const char *begin = (const char *)packet->payload + at;
    const char *end = (const char *)packet->payload + packet->length;
    const char *method = begin + service_detect_empty_lines(packet->payload + at,
                                                            (unsigned)(packet->length - at));
    const char *method_end = end_of_method(method, end), *uri, *uri_end, *line;
    request_t request; /* not cleared as a whole: it has many places for headers */

    line = (const char *)memchr(method_end, '\n', (size_t)(end - method_end));
    if (line == NULL && (packet->length < packet->reported || !is_learned))
        line = end; /* the capture has cut it, or the URI may be whole */
    if (line == NULL || method_end == end || *method_end != ' ' || method_end == method)
        return 0;
    for (uri = method_end + 1; uri < line && *uri == ' '; uri++)
        ;
    uri_end = end_of_uri(uri, line);
    if (!is_learned && uri_end == end)
        return 0; /* the rest of it may follow in the next segment */
    http_head_read(scope, line, end, &request.headers);
    request.at = at;
    request.method = http_method_find(method, (size_t)(method_end - method));
    request.uri = wmem_strndup(scope, uri, (size_t)(uri_end - uri));
    if (request.headers.body == HTTP_BODY_UNSAID)
        request.headers.body = 0;
    request.whole = whole_length(begin, end, &request.headers);
    if (is_learned)
        add_request(packet, &request);
    else
        http_proxy_read_request(packet, request.uri, request.method == HTTP_METHOD_CONNECT);
    return request.whole <= (size_t)(end - begin) ? request.whole : 0;
}

/* Adds what a response shows. */
static void
add_response(const packet_view_t *packet, const http_answer_t *shown, http_place_t place)
{
    const http_asked_t asked = http_order_asked(place);
    uint8_t kind = asked.kind;
    char site[4];
    answer_t answer = {
        .response = RESPONSE_HTTP,
        .transaction = place.number,
        .is_uncertain = !place.is_certain,
    };

    if (kind == HTTP_KIND_LIST)
        kind = shown->code / 100 == 2 ? HTTP_KIND_UNFIT : 1 + ROLE_MANAGEMENT_POINT;
    if (shown->code == 401 && shown->asks_windows)
        http_order_ask_account(asked.kind);
    if (inference_is_pending())
        answer.shown = http_answer_shows(shown) &
                       http_method_shows((http_method_e)asked.method, shown->code);
    if (asked.kind != HTTP_KIND_FOREIGN && (answer.shown & SHOWS_MP_LIST) != 0) {
        answer.detail = http_answer_names(packet->pinfo->pool, shown, site);
        answer.site_code = site[0] != '\0' ? site : NULL;
        http_answer_note_product(packet->pinfo, shown);
    } else if (http_alike_is_for_all(packet, shown, kind)) {
        answer.shown = 0;
    } else if ((answer.shown & SHOWS_FAILURE) != 0) {
        answer.detail = wmem_strdup_printf(packet->pinfo->pool, "answered %u", shown->code);
    } else if (asked.kind != HTTP_KIND_FOREIGN &&
               (answer.shown != 0 || !inference_is_pending())) {
        http_alike_note_proof(packet, asked.frame);
    }
    if (inference_is_pending())
        inference_add_response(packet, &answer);
    if (asked.to_proxy)
        http_proxy_note_response(packet, asked.method == HTTP_METHOD_CONNECT,
                                 shown->code / 100 == 2);
}

/* What is left open of a response: its code, and what its headers say. */
#define OPEN_HEAD 0x10000U /* not even its head is whole */
#define OPEN_BEGUN 0x8000U /* its body has begun, but does not say enough */
#define OPEN_CODED 0x4000U
#define OPEN_HTML 0x2000U
#define OPEN_JSON 0x1000U
#define OPEN_CHUNKED 0x0800U
#define OPEN_CODE 0x03ffU

static unsigned
open_shown(const http_answer_t *answer, bool has_head)
{
    return (answer->code & OPEN_CODE) | (has_head ? 0 : OPEN_HEAD) |
           (answer->length > 0 ? OPEN_BEGUN : 0) | (answer->is_coded ? OPEN_CODED : 0) |
           (answer->is_html ? OPEN_HTML : 0) | (answer->is_json ? OPEN_JSON : 0) |
           (answer->is_chunked ? OPEN_CHUNKED : 0);
}

/* The body that the headers have, as far as it is captured. */
static void
set_body(http_answer_t *answer, const http_head_t *headers, const char *end)
{
    answer->is_html = headers->is_html;
    answer->is_json = headers->is_json;
    answer->is_coded = headers->is_coded;
    answer->is_chunked = headers->is_chunked;
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

#define PROTOCOL "HTTP/1."

static bool
is_response(const packet_view_t *packet, size_t at)
{
    return packet->length - at > sizeof PROTOCOL &&
           memcmp(packet->payload + at, PROTOCOL, sizeof PROTOCOL - 1) == 0;
}

/* The code of a status line, "HTTP/1.1 200 OK"; 0 if it has none. */
static uint32_t
read_code(const char *begin, const char *end)
{
    uint32_t code = 0;

    for (begin += sizeof PROTOCOL; begin < end && *begin == ' '; begin++)
        ;
    for (unsigned i = 0; i < 3; i++, begin++) {
        if (begin >= end || !g_ascii_isdigit(*begin))
            return 0;
        code = 10 * code + (uint32_t)(*begin - '0');
    }
    return code;
}

/*
 * Adds what a response shows, or leaves it open if that depends on what a later packet has, or on
 * what Wireshark has made of this one.
 */
static void
add_or_leave_open(const packet_view_t *packet, http_answer_t *answer, http_place_t place,
                  bool has_head, bool is_first)
{
    const http_asked_t asked = http_order_asked(place);

    if (place.number == 0)
        return;
    answer->is_to_message = http_method_is_clients((http_method_e)asked.method);
    http_answer_open_body(packet->pinfo->pool, answer);
    if (has_head && http_answer_is_enough(answer, asked.needs_whole)) {
        http_order_close();
        add_response(packet, answer, place);
    } else {
        http_order_leave_open(packet, place, open_shown(answer, has_head), is_first);
    }
}

/* Reads the response at @p at. Returns its length with its body, or 0 if it is not complete. */
static size_t
read_response(const packet_view_t *packet, size_t at)
{
    const char *begin = (const char *)packet->payload + at;
    const char *end = (const char *)packet->payload + packet->length;
    const char *line = (const char *)memchr(begin, '\n', (size_t)(end - begin));
    http_answer_t answer = { .code = read_code(begin, line != NULL ? line : end) };
    const http_asked_t asked = http_order_awaited(packet, at);
    http_extent_t extent = { .is_final = answer.code / 100 != 1 };
    http_head_t headers;

    http_head_read(packet->pinfo->pool, line, end, &headers);
    if (http_method_has_no_body((http_method_e)asked.method, answer.code)) {
        headers.body = 0;
        headers.is_chunked = false;
    }
    set_body(&answer, &headers, end);
    extent.whole = whole_length(begin, end, &headers);
    extent.is_last = headers.end != NULL && headers.body < 0 && !headers.is_chunked;
    answer.is_complete = (extent.whole > 0 && extent.whole <= (size_t)(end - begin)) ||
                         packet->length < packet->reported;
    add_or_leave_open(packet, &answer, http_order_response(packet, at, extent),
                      headers.end != NULL, at == 0);
    return extent.whole <= (size_t)(end - begin) ? extent.whole : 0;
}

/*
 * Reads bytes that begin within a response: the body of one that was left open. The rest of a head,
 * or of a body that has begun, is read when Wireshark has reassembled it.
 */
static void
read_body(const packet_view_t *packet)
{
    unsigned left;
    bool is_decoded;
    http_place_t place = http_order_open(packet, &left, &is_decoded);
    http_answer_t answer = { .has_body = true, .body = packet->payload,
                             .length = packet->length };
    /* gzip (RFC 1952 2.3.1): what came in chunks has lost these, and no more. */
    bool is_gzip = packet->length > 2 && packet->payload[0] == 0x1f && packet->payload[1] == 0x8b;

    if (place.number == 0 || (left & OPEN_HEAD) != 0 ||
        (is_decoded ? is_gzip : (left & (OPEN_BEGUN | OPEN_CODED)) != 0))
        return;
    answer.code = left & OPEN_CODE;
    answer.is_html = (left & OPEN_HTML) != 0;
    answer.is_json = (left & OPEN_JSON) != 0;
    answer.is_chunked = !is_decoded && (left & OPEN_CHUNKED) != 0;
    answer.is_complete = is_decoded || packet->length < packet->reported;
    add_or_leave_open(packet, &answer, place, true, false);
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
    const unsigned lines = service_detect_empty_lines(packet->payload, packet->length);
    const char *begin = (const char *)packet->payload + lines;
    const char *end = (const char *)packet->payload + packet->length;
    const char *method_end = end_of_method(begin, end);
    size_t at = 0, whole = 1;

    if (lines == packet->length)
        return http_order_empty_lines(packet);
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
    if (!conclusions_are_learned()) {
        if (is_response(packet, 0))
            http_proxy_read_answer(packet);
        else
            (void)read_requests(packet);
        return;
    }
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

/* Always read, because requests to a proxy are judged by their URIs although nothing is learned. */
const evidence_reader_t http_reader = {
    .protocol = "http",
    .is_always_read = true,
    .service = SERVICE_HTTP,
    /* Of requests and of responses. The methods with other letters are rare without a layer. */
    .begin = { .min_length = 8, .bytes = { '\r', '\n', 'B', 'C', 'G', 'H', 'P' }, .num_bytes = 7 },
    .is_conclusive = true,
    .read = read_payload,
    .reset = reset,
};
