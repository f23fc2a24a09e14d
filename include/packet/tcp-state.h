/* tcp-state.h
 * State of a conversation in Wireshark's TCP and UDP dissectors
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_TCP_STATE_H__
#define __SMSRC_TCP_STATE_H__

#include <epan/conversation.h>

#include "packet-view.h"
#include "smsrc-compat.h"

/* Bits of tcp_analysis.conversation_completeness, from packet-tcp.c: no header exports them. */
#define SEEN_SYN 0x01
#define SEEN_SYN_ACK 0x02
#define SEEN_ACK 0x04
#define SEEN_DATA 0x08
#define SEEN_FIN 0x10
#define SEEN_RST 0x20

/**
 * Looks up Wireshark's protocols. Conversations keep their first SYN under @p proto. Call once,
 * from the post-dissector's handoff routine.
 */
void tcp_state_init(int proto);

/** Call it for every capture. */
void tcp_state_reset(void);

/**
 * Notes the first SYN of a connection. Call it before the state of a packet's conversation is asked
 * for, after conversation_cache_update(). The second call for a packet does nothing.
 */
void tcp_state_update(packet_view_t *packet);

/** True if the TCP dissector has analyzed the conversation. */
bool tcp_state_is_known(const conversation_t *conversation);

/**
 * Returns the port that the first SYN was sent to; 0 if no SYN was seen, or for UDP. A later SYN
 * changes nothing.
 */
uint16_t tcp_state_server_port(const conversation_t *conversation);

/** Returns the SEEN_ bits of the connection so far (tcp.completeness); 0 for UDP. */
unsigned tcp_state_seen(const conversation_t *conversation);

/**
 * True if @p seq is the number of the first byte that the sender of the packet at hand sends in
 * this connection, whose SYN was seen.
 */
bool tcp_state_is_first_byte(const conversation_t *conversation, uint32_t seq);

/**
 * Finds the number of the first byte that the sender of the packet at hand sends in this
 * connection, or, without @p of_sender, its receiver. False if no SYN shows it.
 */
bool tcp_state_find_first_byte(const conversation_t *conversation, bool of_sender, uint32_t *seq);

/** Returns the time of the first frame, of TCP or UDP; NULL if it is not known. */
const nstime_t *tcp_state_first_time(const conversation_t *conversation);

#endif /* __SMSRC_TCP_STATE_H__ */
