/* session-tap.h
 * Every frame of a remote-control session, and what went wrong with it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_SESSION_TAP_H__
#define __SMSRC_SESSION_TAP_H__

#include "packet-view.h"
#include "session-log.h"

void proto_register_smsrc_log(void);
void proto_reg_handoff_smsrc_log(void);

/** The capture ends: call from a cleanup routine, after all that reads the session log. */
void smsrc_log_cleanup(void);

/** Tracks a packet. Call once for each packet, after all dissectors. */
void smsrc_log_packet(packet_view_t *packet);

/** Show smsrc.session and smsrc.session.first_frame, generated, below @p tree. */
void session_tap_add_session(proto_tree *tree, tvbuff_t *tvb, const session_t *session);

/** Tap "smsrc": a frame of a session, or shown as Remote Control. Lives as long as the packet. */
typedef struct {
    const session_t *session; /* NULL: none; lives as long as the capture */
} smsrc_tap_t;

/** Tap "smsrc_message": a message of Remote Control, of which a packet may have several. */
typedef struct {
    channel_e channel;
    direction_e direction;
    const char *type; /* static */
} smsrc_message_tap_t;

/** A dissector has met a message: for the statistics. @p type is static. */
void message_tap_queue(packet_info *pinfo, channel_e channel, direction_e direction,
                       const char *type);

#endif /* __SMSRC_SESSION_TAP_H__ */
