/* tcp-state.h
 * What Wireshark's TCP and UDP dissectors know of a conversation
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_TCP_STATE_H__
#define __SMSRC_TCP_STATE_H__

#include <epan/conversation.h>

#include "smsrc-compat.h"

/* As packet-tcp.c has them for tcp_analysis.conversation_completeness; no header exports them. */
#define SEEN_SYN 0x01
#define SEEN_SYN_ACK 0x02
#define SEEN_ACK 0x04
#define SEEN_DATA 0x08
#define SEEN_FIN 0x10
#define SEEN_RST 0x20

/** Look up Wireshark's protocols: call from a handoff routine. More than once is allowed. */
void tcp_state_init(void);

/** True where the TCP dissector has analysed the conversation. */
bool tcp_state_is_known(const conversation_t *conversation);

/** The port that the SYN went to; 0 where no SYN was seen, or for UDP. */
uint16_t tcp_state_server_port(const conversation_t *conversation);

/** What was seen of the connection so far (tcp.completeness): SEEN_ bits; 0 for UDP. */
unsigned tcp_state_seen(const conversation_t *conversation);

/** When the first frame was seen, of TCP or UDP; NULL where it is not known. */
const nstime_t *tcp_state_first_time(const conversation_t *conversation);

#endif /* __SMSRC_TCP_STATE_H__ */
