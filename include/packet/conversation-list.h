/* conversation-list.h
 * All flows of a capture, as Wireshark keeps them
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_CONVERSATION_LIST_H__
#define __SMSRC_CONVERSATION_LIST_H__

#include <epan/conversation.h>

#include "smsrc-compat.h"

typedef void (*conversation_list_cb)(const conversation_t *conversation);

/**
 * Call @p each with every conversation of TCP or UDP that has a packet. Takes time that grows with
 * their number: for the end of a capture, not for a packet.
 */
void conversation_list_each(conversation_list_cb each);

#endif /* __SMSRC_CONVERSATION_LIST_H__ */
