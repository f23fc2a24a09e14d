/* conversation-cache.h
 * Wireshark's conversation of a packet, cached
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_CONVERSATION_CACHE_H__
#define __SMSRC_CONVERSATION_CACHE_H__

#include <epan/conversation.h>
#include <epan/packet_info.h>

/** Drops all entries. Call from an init routine. */
void conversation_cache_reset(void);

/**
 * Call once for each packet, before any lookup. Drops the cached entry if the TCP dissector has
 * started a new conversation.
 */
void conversation_cache_update(const packet_info *pinfo);

/** True if the packet at hand has begun a conversation of TCP. First pass only. */
bool conversation_cache_is_new_stream(void);

/** Drops the entry of the packet's ends. Call it if a younger conversation of them was created. */
void conversation_cache_drop(const packet_info *pinfo);

/**
 * Returns the conversation of the packet's addresses and ports, as find_conversation() does; for an
 * IPX packet that of the two hosts, on any sockets. NULL if there is none.
 */
conversation_t *conversation_cache_find(const packet_info *pinfo);

/**
 * True for the end that has sent the conversation's first packet. A conversation of IPX is that of
 * two hosts, with any sockets.
 */
bool conversation_cache_is_first_end(const conversation_t *conversation, const address *addr,
                                     uint32_t port);

/** Creates a conversation for a packet that has none. */
conversation_t *conversation_cache_create(const packet_info *pinfo);

#endif /* __SMSRC_CONVERSATION_CACHE_H__ */
