/* transactions.h
 * The requests of a connection that are open, and which of its ends asks
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_TRANSACTIONS_H__
#define __SMSRC_TRANSACTIONS_H__

#include "packet-view.h"

/** Forgets all connections. Call from an init routine. */
void transactions_reset(void);

/** A SYN: what was asked before in a connection of the same ends has no answer in this one. */
void transactions_begin(const packet_view_t *packet);

/**
 * The packet has a request with this number, of @p length bytes at @p request. True if an answer
 * with that number belongs to it alone.
 */
bool transactions_ask(const packet_view_t *packet, uint64_t number, const uint8_t *request,
                      size_t length);

/**
 * The packet has an answer with this number. True if its sender is the end that is asked. The
 * request is open until the last answer to it.
 */
bool transactions_answer(const packet_view_t *packet, uint64_t number, bool is_last);

#endif /* __SMSRC_TRANSACTIONS_H__ */
