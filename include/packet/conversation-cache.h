/* conversation-cache.h
 * Wireshark's conversation of a packet, found without a search where it was found lately
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_CONVERSATION_CACHE_H__
#define __SMSRC_CONVERSATION_CACHE_H__

#include <epan/conversation.h>
#include <epan/packet_info.h>

/** Forget the capture before: call from an init routine. */
void conversation_cache_reset(void);

/** Tell of each packet, before it is asked about: it may have begun a conversation. */
void conversation_cache_update(const packet_info *pinfo);

/** Forget what is kept of the packet's ends: a younger conversation of theirs was made. */
void conversation_cache_drop(const packet_info *pinfo);

/**
 * The conversation of the packet's addresses and ports, as find_conversation() has it; of an IPX
 * packet that of the two hosts, whatever their sockets. NULL where there is none.
 */
conversation_t *conversation_cache_find(const packet_info *pinfo);

/** A new one for the packet, where there is none. */
conversation_t *conversation_cache_create(const packet_info *pinfo);

#endif /* __SMSRC_CONVERSATION_CACHE_H__ */
