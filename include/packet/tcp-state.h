/* tcp-state.h
 * What a capture has shown of a TCP connection: the bits of tcp.completeness
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_TCP_STATE_H__
#define __SMSRC_TCP_STATE_H__

/* As packet-tcp.c has them for tcp_analysis.conversation_completeness; no header exports them. */
#define SEEN_SYN 0x01
#define SEEN_SYN_ACK 0x02
#define SEEN_ACK 0x04
#define SEEN_DATA 0x08
#define SEEN_FIN 0x10
#define SEEN_RST 0x20

#endif /* __SMSRC_TCP_STATE_H__ */
