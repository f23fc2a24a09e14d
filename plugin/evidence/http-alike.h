/* http-alike.h
 * Servers that give the same answer to all
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_HTTP_ALIKE_H__
#define __SMSRC_HTTP_ALIKE_H__

#include "flow-content.h"
#include "http-answer.h"

/** Forgets all servers. Call from an init routine. */
void http_alike_reset(void);

/**
 * Notes the response of this packet's sender to a request of this @p kind. True if the sender has
 * given the same one to a request of another kind: then it shows nothing. If this request is a
 * foreign one, it has shown nothing before either: what it has proven is Unconfirmed from now on.
 */
bool http_alike_is_for_all(const packet_view_t *packet, const http_answer_t *answer, uint8_t kind);

/** Returns the next flow of which something was taken back, once for each time; NULL for none. */
flow_content_t *http_alike_next_doubted(void);

/** The last response that was noted answers the request of @p frame, and may prove something. */
void http_alike_note_proof(const packet_view_t *packet, uint32_t frame);

#endif /* __SMSRC_HTTP_ALIKE_H__ */
