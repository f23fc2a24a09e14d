/* http-answer.h
 * What an HTTP response shows of its server
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_HTTP_ANSWER_H__
#define __SMSRC_HTTP_ANSWER_H__

#include "packet-view.h"

/** The head of a response, and as much of its body as is in the payload at hand. */
typedef struct {
    uint32_t code;
    bool is_html;        /* by its type */
    bool asks_windows;   /* NTLM or Negotiate */
    bool has_body;       /* by its head */
    uint32_t body_length; /* by its head; 0: it is not known, or there is none */
    const uint8_t *body;
    size_t length;       /* of what is at hand */
} http_answer_t;

/** The kinds of requests: 0 for one that no signature matches. */
#define HTTP_KIND_FOREIGN 0
#define HTTP_KIND_LIST 254 /* for what only one answer fits */
#define HTTP_KIND_UNFIT 255 /* the same, and the answer does not fit */

/** Forgets all servers. Call from an init routine. */
void http_answer_reset(void);

/** Returns what the response shows, as SHOWS_ bits. */
unsigned http_answer_shows(const http_answer_t *answer);

/**
 * Notes the response of this packet's sender to a request of this @p kind. True if the sender has
 * given the same one to a request of another kind: then it shows nothing.
 */
bool http_answer_is_for_all(const packet_view_t *packet, const http_answer_t *answer,
                            uint8_t kind);

/**
 * Finds the site code that a management point's answer names, in letters of @p site, or "". Returns
 * the name of the first management point in it, in @p scope; NULL if it has none.
 */
const char *http_answer_names(wmem_allocator_t *scope, const http_answer_t *answer,
                              char site[4]);

#endif /* __SMSRC_HTTP_ANSWER_H__ */
