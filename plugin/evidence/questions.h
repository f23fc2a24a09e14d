/* questions.h
 * Questions by datagram that wait for their answers
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_QUESTIONS_H__
#define __SMSRC_QUESTIONS_H__

#include "packet-view.h"

/** What a question is in. */
typedef enum { QUESTION_DNS, QUESTION_NBNS, QUESTION_DHCP, QUESTION_BOOT, QUESTION_RPC,
               QUESTION_SQL_BROWSER, QUESTION_TFTP } question_e;

/** Forgets all questions. Call from an init routine. */
void questions_reset(void);

/** The packet asks a question with this number, which its answer has as well. */
void questions_ask(const packet_view_t *packet, question_e kind, uint32_t number);

/**
 * True if the packet answers a question with this number: the host that was asked, or any other
 * host where all were asked, sends it to the asker. The question is then answered.
 */
bool questions_answer(const packet_view_t *packet, question_e kind, uint32_t number);

/** The same for an answer that others, or more of itself, may follow: the question stays. */
bool questions_is_asked(const packet_view_t *packet, question_e kind, uint32_t number);

#endif /* __SMSRC_QUESTIONS_H__ */
