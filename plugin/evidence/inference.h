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

/** The longest text that is matched with signatures. */
#define INFERENCE_MAX_TEXT 1024

/** Drop the state of the capture before. Without @p learn_roles the role book stays as it is. */
void inference_reset(bool learn_roles);

/** True if roles are learned in this capture. */
bool inference_is_learning(void);

/** How many flows have roles that only their own content shows. */
unsigned inference_num_flows(void);

/** Add a fact of this packet, and draw the conclusions by the signatures. @p text may be NULL. */
void inference_add_fact(const packet_view_t *packet, fact_e fact, const char *text);

/** The same for a name that @p owner has, whichever host reports it. */
void inference_add_fact_about(const packet_view_t *packet, fact_e fact, const char *text,
                              const address *owner);

/** The same for a kind of fact that has no text. */
void inference_add_textless_fact(const packet_view_t *packet, fact_e fact);

/** Add a response: it confirms the pending requests of the flow that need one, or drops them. */
void inference_add_response(const packet_view_t *packet, response_e response, bool good);

/** True while a request of any flow is pending. Cheap. */
bool inference_is_pending(void);

/** True if the packet comes from the responder of its flow. */
bool inference_is_from_responder(const packet_view_t *packet);

#endif /* __SMSRC_INFERENCE_H__ */
