/* http-head.h
 * The headers of an HTTP request or response
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_HTTP_HEAD_H__
#define __SMSRC_HTTP_HEAD_H__

#include "smsrc-compat.h"

/** The most headers that are kept of one request. */
#define HTTP_HEAD_MAX 64

/** The head of a request or a response. */
typedef struct {
    unsigned count;
    const char *lines[HTTP_HEAD_MAX]; /* those that a signature matches, or a proxy has added; with
                                       their ends of line */
    bool forwarded;  /* a proxy has added some */
    bool has_token;  /* of the client's, a signature, or an account */
    bool is_html, asks_windows;
    int64_t body;    /* the length of the body by the headers; -1: it comes in chunks */
    const char *end; /* of all headers, with the empty line; NULL if that is not captured */
} http_head_t;

/** Reads the headers of the message whose first line ends at @p line; they belong to @p scope. */
void http_head_read(wmem_allocator_t *scope, const char *line, const char *end,
                    http_head_t *headers);

#endif /* __SMSRC_HTTP_HEAD_H__ */
