/* http-head.h
 * The headers of an HTTP request or response
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_HTTP_HEAD_H__
#define __SMSRC_HTTP_HEAD_H__

#include "smsrc-compat.h"

/** The most headers that are kept of one request. */
#define HTTP_HEAD_MAX 64

/** The length of a body whose headers do not have it: it comes in chunks, or nothing is said. */
#define HTTP_BODY_UNKNOWN (-1)
#define HTTP_BODY_UNSAID (-2)

/** The head of a request or a response. */
typedef struct {
    unsigned count;
    bool forwarded;  /* a proxy has added some */
    bool has_token;  /* of the client's, or its signature */
    bool has_account; /* of the last step of NTLM, or a token of Negotiate */
    bool is_html, is_json, asks_windows;
    bool is_coded;   /* compressed */
    bool is_chunked; /* or in another transfer coding */
    int64_t body;    /* the length of the body by the headers, or one of the two below */
    const char *end; /* of all headers, with the empty line; NULL if that is not captured */
    const char *lines[HTTP_HEAD_MAX]; /* count of them: those that a signature matches, or a proxy
                                       has added; with their ends of line */
    uint64_t matches[HTTP_HEAD_MAX]; /* the signatures that each matches */
} http_head_t;

/** Reads the headers of the message whose first line ends at @p line; they belong to @p scope. */
void http_head_read(wmem_allocator_t *scope, const char *line, const char *end,
                    http_head_t *headers);

#endif /* __SMSRC_HTTP_HEAD_H__ */
