/* http-answer.h
 * What an HTTP response shows of its server
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_HTTP_ANSWER_H__
#define __SMSRC_HTTP_ANSWER_H__

#include "packet-view.h"

/** The head of a response, and as much of its body as is in the payload at hand. */
typedef struct {
    uint32_t code;
    bool is_html, is_json; /* by its type */
    bool asks_windows;   /* NTLM or Negotiate */
    bool is_to_message;  /* to CCM_POST or BITS_POST: an empty success says that it was taken */
    bool has_body;       /* by its head */
    bool is_chunked;     /* the body begins with the length of a chunk */
    bool is_coded;       /* the body at hand is compressed */
    bool is_complete;    /* all that the response has is at hand, or all that was captured */
    uint32_t body_length; /* by its head; 0: it is not known, or there is none */
    const uint8_t *body;
    size_t length;       /* of what is at hand */
} http_answer_t;

/** The kinds of requests: 0 for one that no signature matches. */
#define HTTP_KIND_FOREIGN 0
#define HTTP_KIND_LIST 254 /* for what only one answer fits */
#define HTTP_KIND_UNFIT 255 /* the same, and the answer does not fit */

/** By how many bytes of their bodies responses are compared. */
#define HTTP_ANSWER_HASHED 64

/**
 * Makes the body begin with its content, in letters of one byte: skips the length of its first
 * chunk and a byte order mark. Copies are in @p scope.
 */
void http_answer_open_body(wmem_allocator_t *scope, http_answer_t *answer);

/**
 * True if what is at hand of the body is enough to say what the response is; @p needs_whole: only
 * all of it says so, but for what fits at once.
 */
bool http_answer_is_enough(const http_answer_t *answer, bool needs_whole);

/** Returns what the response shows, as SHOWS_ bits, after http_answer_open_body(). */
unsigned http_answer_shows(const http_answer_t *answer);

/**
 * Finds the site code that a management point's answer names, in letters of @p site, or "". Returns
 * the name of the first management point in it, in @p scope; NULL if it has none.
 */
const char *http_answer_names(wmem_allocator_t *scope, const http_answer_t *answer,
                              char site[4]);

/** Notes the product whose build, and the name of the host, a management point's list has. */
void http_answer_note_product(const packet_info *pinfo, const http_answer_t *answer);

#endif /* __SMSRC_HTTP_ANSWER_H__ */
