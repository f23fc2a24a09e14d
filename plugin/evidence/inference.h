/* inference.h
 * Facts that a packet shows, and the roles that follow from them
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_INFERENCE_H__
#define __SMSRC_INFERENCE_H__

#include "flow-content.h"
#include "packet-view.h"
#include "role-signatures.h"

/** The longest text that is matched with signatures. */
#define INFERENCE_MAX_TEXT 1024

/** A request. */
typedef struct {
    uint64_t transaction; /* by which its protocol matches the response */
    uint64_t context;     /* SMB: the tree in which a file is */
    bool has_token;       /* it carries a token, a signature or an account of the client's */
    bool is_uncertain;    /* it may be another request than it seems to be */
    bool is_of_gateway;   /* its sender has sent the messages of many clients */
    bool is_passed_on;    /* it says that another host has made it */
    role_set_t passed_on_for; /* the roles of those that have asked the proxy that has sent it */
} asked_t;

/** A response. */
typedef struct {
    response_e response;
    uint64_t transaction;
    uint64_t context;      /* SMB: the tree that a connect was granted */
    unsigned shown;        /* SHOWS_ bits; 0: a refusal */
    bool is_partial;       /* more of it follows: what it does not show is not refused yet */
    bool is_uncertain;     /* it may belong to another request */
    const char *site_code; /* that it names; may be NULL */
    const char *detail;    /* follows the reason; may be NULL */
} answer_t;

/** Drop the state of the capture before. Without @p learn_roles the role book stays as it is. */
void inference_reset(bool learn_roles);

/**
 * Add a fact of this packet, and draw the conclusions by the signatures. @p asked may be NULL where
 * the protocol has no transactions.
 */
void inference_add_fact(const packet_view_t *packet, fact_e fact, const char *text,
                        const asked_t *asked);

/** The same where role_signatures_match() has already found its @p matches. */
void inference_add_matches(const packet_view_t *packet, fact_e fact, const char *text,
                           uint64_t matches, const asked_t *asked);

/** The same for a name that @p owner has, whichever host reports it. */
void inference_add_fact_about(const packet_view_t *packet, fact_e fact, const char *text,
                              const address *owner);

/** The same for a kind of fact that has no text. */
void inference_add_textless_fact(const packet_view_t *packet, fact_e fact);

/**
 * Add a response: it confirms or drops the pending requests of its transaction, if the host that
 * was asked has sent it.
 */
void inference_add_response(const packet_view_t *packet, const answer_t *answer);

/**
 * Forget the requests of this packet's flow that are pending: those of one transaction, or all if
 * it is NULL.
 */
void inference_forget(const packet_view_t *packet, const uint64_t *transaction);

/** The server of this packet, by its own answer to a host that asked it, holds @p role. */
void inference_add_server(const packet_view_t *packet, role_e role, const char *reason);

/**
 * True if one of the two hosts has a role: for the servers that any network has, and that matter to
 * SMS's hosts alone. Cheap.
 */
bool inference_is_of_interest(const packet_view_t *packet);

/** True while a request of any flow is pending. Cheap. */
bool inference_is_pending(void);

#endif /* __SMSRC_INFERENCE_H__ */
