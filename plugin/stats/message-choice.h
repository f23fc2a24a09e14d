/* message-choice.h
 * The messages of the sessions that the filter of a statistic chooses
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_MESSAGE_CHOICE_H__
#define __SMSRC_MESSAGE_CHOICE_H__

#include "message-tap.h"
#include "session-tap.h"

/** What a statistic does with its choice. All get the data of message_choice_new(). */
typedef struct {
    /** @p count more messages are chosen, the first of them in @p frame. May be NULL. */
    void (*show)(void *data, const smsrc_message_tap_t *message, unsigned count, uint32_t frame);
    /**
     * A message of @p session, chosen or not; NULL: of none, and then @p passes says whether the
     * filter has passed its frame. May be NULL.
     */
    void (*each)(void *data, const packet_info *pinfo, const smsrc_message_tap_t *message,
                 const session_t *session, bool passes);
    /** All sessions end. May be NULL. */
    void (*settle)(void *data);
} message_choice_ops_t;

/** The choice of one instance of a statistic. */
typedef struct message_choice message_choice_t;

/** Begin to listen. @p all: no filter is set, so that every message is chosen by itself. */
message_choice_t *message_choice_new(const message_choice_ops_t *ops, void *data, bool all);
void message_choice_free(message_choice_t *choice);

/** Choose the session of a packet of the tap "smsrc": call it for each that passes the filter. */
void message_choice_add(message_choice_t *choice, const packet_info *pinfo,
                        const smsrc_tap_t *tap);

/** True where @p session is chosen. */
bool message_choice_has(const message_choice_t *choice, const session_t *session);

/** Choose no session any more. */
void message_choice_clear(message_choice_t *choice);

#endif /* __SMSRC_MESSAGE_CHOICE_H__ */
