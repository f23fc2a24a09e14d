/* inference.h
 * Facts that a packet shows, and the roles that follow from them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_INFERENCE_H__
#define __SMSRC_INFERENCE_H__

#include "flow-content.h"
#include "packet-view.h"
#include "role-signatures.h"

/** Longest text that a signature is tried on. */
#define EVIDENCE_MAX_FACT 1024

/** Forget the capture before. Without @p learn_roles nothing goes into the role book. */
void inference_reset(bool learn_roles);

/** A fact of this packet: what follows from it by the signatures. @p text may be NULL. */
void inference_add_fact(const packet_view_t *packet, fact_e fact, const char *text);

/** The same of a name that @p owner has, whoever tells it. */
void inference_add_fact_about(const packet_view_t *packet, fact_e fact, const char *text,
                             const address *owner);

/** An answer of this kind: what waits for one in the packet's flow is settled, or forgotten. */
void inference_add_response(const packet_view_t *packet, response_e answer, bool good);

/** True while some request waits for its answer. Costs nothing. */
bool inference_is_pending(void);

/** True where the packet comes from the side that was called. */
bool evidence_is_from_responder(const packet_view_t *packet);

#endif /* __SMSRC_INFERENCE_H__ */
