/* http-head.c
 * The headers of an HTTP request or response
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "http-head.h"

#include "bounds.h"
#include "inference.h"

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

/* The value of the header @p line if it has this name, else NULL. */
static const char *
value_of(const char *line, const char *end, const char *name)
{
    size_t length = strlen(name);

    return line != NULL && (size_t)(end - line) > length &&
                   g_ascii_strncasecmp(line, name, length) == 0
               ? line + length
               : NULL;
}

/* True if the scheme of authentication is one of Windows (RFC 4559, MS-NTHT). */
static bool
is_windows_scheme(const char *value, const char *end)
{
    while (value != NULL && value < end && (*value == ' ' || *value == '\t'))
        value++;
    return value_of(value, end, "NTLM") != NULL || value_of(value, end, "Negotiate") != NULL;
}

/* True if the value has the word in it, in letters of either case. */
static bool
has_word(const char *value, const char *end, const char *word)
{
    size_t length = strlen(word);

    for (; value != NULL && (size_t)(end - value) >= length; value++) {
        if (g_ascii_strncasecmp(value, word, length) == 0)
            return true;
    }
    return false;
}

static void
read_body_length(const char *line, const char *end, http_head_t *headers)
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

/* Reads the headers that show who sends the message: the first letter decides for most. */
static void
read_sender(const char *line, const char *end, http_head_t *headers)
{
    const char *value;

    switch (g_ascii_tolower(*line)) {
    case 'a':
        value = value_of(line, end, "Authorization:");
        headers->has_token = headers->has_token || is_windows_scheme(value, end);
        break;
    case 'c':
        headers->has_token = headers->has_token ||
                             value_of(line, end, "ClientToken") != NULL ||
                             value_of(line, end, "CCMClientIDSignature:") != NULL;
        headers->is_html = headers->is_html ||
                           has_word(value_of(line, end, "Content-Type:"), end, "html");
        break;
    case 'w':
        value = value_of(line, end, "WWW-Authenticate:");
        headers->asks_windows = headers->asks_windows || is_windows_scheme(value, end);
        break;
    default:
        break;
    }
}

static void
keep_header(wmem_allocator_t *scope, const char *line, size_t length, http_head_t *headers)
{
    bool forwarded = is_forwarding_header(line, length);

    if (!forwarded &&
        role_signatures_match(FACT_HTTP_HEADER, line, MIN(length, INFERENCE_MAX_TEXT)) == 0)
        return;
    if (bounds_full(BOUND_HTTP_HEADERS, headers->count, HTTP_HEAD_MAX))
        return;
    headers->forwarded = headers->forwarded || forwarded;
    headers->lines[headers->count++] = wmem_strndup(scope, line, length);
}

void
http_head_read(wmem_allocator_t *scope, const char *line, const char *end, http_head_t *headers)
{
    headers->count = 0;
    headers->forwarded = headers->has_token = false;
    headers->is_html = headers->asks_windows = false;
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
        read_sender(line, stop, headers);
        line = next;
    }
}
