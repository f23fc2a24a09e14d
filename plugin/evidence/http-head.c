/* http-head.c
 * The headers of an HTTP request or response
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "http-head.h"

#include "bounds.h"
#include "inference.h"

#define MAX_LINES 256

/* True if both are the same letter, of either case; @p small is a small one. */
static inline bool
is_letter(char letter, char small)
{
    return (letter | 0x20) == small;
}

/* True if @p text, which is long enough, begins with the word, of either case. */
static inline bool
has_letters(const char *text, const char *word, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (text[i] != word[i] &&
            (!g_ascii_isalpha(word[i]) || (text[i] ^ word[i]) != ('a' ^ 'A')))
            return false;
    }
    return true;
}

/*
 * The value of the header @p line if it has this name, else NULL. Nearly every name differs in its
 * first letter.
 */
static inline const char *
value_of(const char *line, const char *end, const char *name)
{
    size_t length;

    if (line == NULL || line >= end || !is_letter(*line, (char)(*name | 0x20)))
        return NULL;
    length = strlen(name);
    return (size_t)(end - line) > length && has_letters(line, name, length) ? line + length : NULL;
}

/* True for a header that a proxy adds to what it forwards (RFC 2616 14.45, RFC 7239). */
static bool
is_forwarding_header(const char *line, const char *end)
{
    return value_of(line, end, "via:") != NULL || value_of(line, end, "x-forwarded-for:") != NULL ||
           value_of(line, end, "forwarded:") != NULL;
}

static const char *
skip_blanks(const char *value, const char *end)
{
    while (value != NULL && value < end && (*value == ' ' || *value == '\t'))
        value++;
    return value;
}

/* True if the scheme of authentication is one of Windows (RFC 4559, MS-NTHT). */
static bool
is_windows_scheme(const char *value, const char *end)
{
    value = skip_blanks(value, end);
    return value_of(value, end, "NTLM") != NULL || value_of(value, end, "Negotiate") != NULL;
}

/* True if the value has the word in it, which is in small letters, in letters of either case. */
static bool
has_word(const char *value, const char *end, const char *word)
{
    size_t length = strlen(word);

    for (; value != NULL && (size_t)(end - value) >= length; value++) {
        if (is_letter(*value, *word) && has_letters(value, word, length))
            return true;
    }
    return false;
}

/* Reads a transfer coding, which takes precedence over a length (RFC 7230 3.3.3). */
static void
read_coding(const char *value, const char *end, http_head_t *headers)
{
    if (value == NULL || has_word(value, end, "identity"))
        return;
    headers->is_chunked = true;
    headers->body = HTTP_BODY_UNKNOWN;
}

/* Reads how long the body is. Two lengths that differ say nothing. */
static void
read_length(const char *value, const char *end, http_head_t *headers)
{
    int64_t length = 0;

    if (value == NULL || headers->is_chunked)
        return;
    for (value = skip_blanks(value, end); value < end && g_ascii_isdigit(*value) &&
                                          length < G_MAXINT32;
         value++)
        length = 10 * length + (*value - '0');
    headers->body = headers->body == HTTP_BODY_UNSAID || headers->body == length
                        ? length
                        : HTTP_BODY_UNKNOWN;
}

/*
 * True for what a client sends that has an account: NTLM's AUTHENTICATE_MESSAGE (MS-NLMP 2.2.1.3),
 * or a token of SPNEGO (RFC 4178 4.2), in base 64. NTLM's first step has no account.
 */
static bool
has_account(const char *value, const char *end)
{
    static const char authenticate[] = "TlRMTVNTUAADAAAA";
    enum { LEAST = 64 };
    const char *ntlm = skip_blanks(value_of(value, end, "NTLM "), end);
    const char *token = skip_blanks(value_of(value, end, "Negotiate "), end);
    const char *begin = ntlm != NULL ? ntlm : token;

    if (begin == NULL || end - begin < LEAST)
        return false;
    for (unsigned i = 0; i < LEAST; i++) {
        if (!g_ascii_isalnum(begin[i]) && begin[i] != '+' && begin[i] != '/' && begin[i] != '=')
            return false;
    }
    return memcmp(begin, authenticate, sizeof authenticate - 1) == 0 ||
           (token != NULL && (memcmp(token, "YI", 2) == 0 || memcmp(token, "oY", 2) == 0));
}

/* Reads a header whose name begins with "Content-", of which @p name is the rest. */
static void
read_content(const char *name, const char *end, http_head_t *headers)
{
    const char *type = value_of(name, end, "type:");

    read_length(value_of(name, end, "length:"), end, headers);
    headers->is_html = headers->is_html || has_word(type, end, "html");
    headers->is_json = headers->is_json || has_word(type, end, "json");
    headers->is_coded = headers->is_coded || value_of(name, end, "encoding:") != NULL;
}

/* Reads a header that is of interest. The first two letters decide for nearly all. */
static void
read_header(const char *line, const char *end, http_head_t *headers)
{
    const char *value;

    switch (*line | 0x20) {
    case 'a':
        value = skip_blanks(value_of(line, end, "authorization:"), end);
        headers->has_account = headers->has_account || has_account(value, end);
        break;
    case 'c':
        if (end - line > 1 && is_letter(line[1], 'o'))
            read_content(value_of(line, end, "content-"), end, headers);
        else if (value_of(line, end, "clienttoken") != NULL ||
                 value_of(line, end, "ccmclientidsignature:") != NULL)
            headers->has_token = true;
        break;
    case 't':
        read_coding(value_of(line, end, "transfer-encoding:"), end, headers);
        break;
    case 'w':
        value = value_of(line, end, "www-authenticate:");
        headers->asks_windows = headers->asks_windows || is_windows_scheme(value, end);
        break;
    default:
        break;
    }
}

static void
keep_header(wmem_allocator_t *scope, const char *line, const char *end, http_head_t *headers)
{
    bool forwarded = is_forwarding_header(line, end);
    size_t length = (size_t)(end - line);
    const uint64_t matches =
        role_signatures_match(FACT_HTTP_HEADER, line, MIN(length, INFERENCE_MAX_TEXT));
    char *copy;

    if (!forwarded && matches == 0)
        return;
    if (bounds_full(BOUND_HTTP_HEADERS, headers->count, HTTP_HEAD_MAX))
        return;
    headers->forwarded = headers->forwarded || forwarded;
    headers->matches[headers->count] = matches;
    copy = (char *)wmem_alloc(scope, length + 1);
    memcpy(copy, line, length);
    copy[length] = '\0';
    headers->lines[headers->count++] = copy;
}

void
http_head_read(wmem_allocator_t *scope, const char *line, const char *end, http_head_t *headers)
{
    memset(headers, 0, offsetof(http_head_t, lines));
    headers->body = HTTP_BODY_UNSAID;
    for (unsigned i = 0; line != NULL && line < end && ++line < end; i++) {
        const char *next = (const char *)memchr(line, '\n', (size_t)(end - line));
        const char *stop = next != NULL ? next + 1 : end;

        if (*line == '\n' || (*line == '\r' && next == line + 1)) {
            headers->end = next != NULL ? stop : NULL;
            return;
        }
        if (bounds_full(BOUND_HTTP_LINES, i, MAX_LINES))
            return;
        keep_header(scope, line, stop, headers);
        read_header(line, stop, headers);
        line = next;
    }
}
