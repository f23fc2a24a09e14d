/* inference.c
 * Facts that a packet shows, and the roles that follow from them
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * A fact is a kind and mostly a text, and the text is what a signature matches (role-signatures.c).
 *
 * Any host can request /sms_mp. A request gives a role only if its response is that of such a
 * server; otherwise the request was a probe. A response counts if the host that was asked has sent
 * it, and for the request of that transaction alone. Names that a host registers for itself, and
 * names whose address a server reports, are facts about that address at once.
 *
 * With a role the book keeps its standing, on which rules of a firewall rest. The signature names
 * what in the response proves the server's roles. The client's are Proven by that too if the
 * request is one that only such a client makes, or carries what is the client's own; else they are
 * Unconfirmed. No role is learned for the initiator of an attack.
 */

#include "inference.h"

#include <wsutil/bits_ctz.h>

#include "bounds.h"
#include "conclusions.h"
#include "evidence.h"
#include "role-book.h"
#include "second-fact.h"
#include "text.h"

/* The longest text that a reason quotes. */
#define MAX_QUOTE 80

/* The most requests of a flow that are pending. */
#define MAX_PENDING 8

/* The state of one capture. */
static unsigned num_pending; /* in all flows */

void
inference_reset(bool learn_roles)
{
    num_pending = 0;
    conclusions_reset(learn_roles);
    second_fact_reset();
}

bool
inference_is_pending(void)
{
    return num_pending > 0;
}

/* The best standing that a fact with this signature can give its server's roles. */
static standing_e
best_standing(const role_signature_t *signature)
{
    return signature->proof != 0 || signature->needs_second_fact ? STANDING_PROVEN
                                                                 : STANDING_UNCONFIRMED;
}

/* Makes a place for one more: most flows have one request at a time. */
static void
make_place(flow_content_t *flow)
{
    const unsigned taken = flow->num_pending;

    if ((taken & (taken - 1)) == 0)
        flow->pending = (pending_t *)wmem_realloc(wmem_file_scope(), flow->pending,
                                                  MAX(1, 2 * taken) * sizeof *flow->pending);
}

/* The first @p kept of a flow's requests are still pending. */
static void
keep_pending(flow_content_t *flow, unsigned kept)
{
    num_pending -= flow->num_pending - kept;
    flow->num_pending = (uint8_t)kept;
    if (kept > 0)
        return;
    wmem_free(wmem_file_scope(), flow->pending);
    flow->pending = NULL;
}

/* The place of a new pending request: of a repeated one, a free one, or that of the oldest. */
static pending_t *
find_place(flow_content_t *flow, const pending_t *pending)
{
    for (unsigned i = 0; i < flow->num_pending; i++) {
        if (flow->pending[i].signature == pending->signature &&
            flow->pending[i].asked.transaction == pending->asked.transaction)
            return &flow->pending[i];
    }
    if (!bounds_full(BOUND_PENDING, flow->num_pending, MAX_PENDING)) {
        make_place(flow);
        num_pending++;
        return &flow->pending[flow->num_pending++];
    }
    memmove(flow->pending, flow->pending + 1, (MAX_PENDING - 1) * sizeof *flow->pending);
    return &flow->pending[MAX_PENDING - 1];
}

static void
add_pending(flow_content_t *flow, const pending_t *pending)
{
    pending_t *place = find_place(flow, pending);

    *place = *pending;
}

/*
 * True if the fact can add nothing: the roles that it gives are known, and so are those that it
 * infers for the flow. Most requests of a capture are not the first of their kind.
 */
static bool
is_known(const role_signature_t *signature, const flow_content_t *flow, const packet_info *pinfo,
         const asked_t *asked)
{
    bool request = signature->subject == SUBJECT_REQUEST;
    bool proves_asker = best_standing(signature) == STANDING_PROVEN &&
                        (signature->proves_asker || asked->has_token);
    /* A signature that shows no client infers that for each flow. */
    bool infers = signature->judge_before_response ||
                   (signature->client == 0 && signature->client_of_flow == 0 &&
                    !signature->asks_anybody);
    role_set_t server, client, inferred;

    if (flow == NULL || signature->subject == SUBJECT_CORROBORATION)
        return false;
    server = conclusions_shown_roles(request ? &pinfo->dst : &pinfo->src, best_standing(signature));
    client = conclusions_shown_roles(request ? &pinfo->src : &pinfo->dst,
                                     proves_asker ? STANDING_PROVEN : STANDING_UNCONFIRMED);
    inferred = flow->roles->inferred_initiator | flow->roles->inferred_responder;
    return (client & signature->client) == signature->client &&
           (flow->proxied ? (inferred & signature->server) != 0
                          : (server & signature->server) == signature->server) &&
           (inferred & signature->client_of_flow) == signature->client_of_flow &&
           (inferred != 0 || !infers);
}

/*
 * A file corroborates the name of the share in whose tree it is: the response to this request
 * confirms that one.
 */
static void
corroborate(flow_content_t *flow, const pending_t *file)
{
    for (unsigned i = 0; i < flow->num_pending; i++) {
        pending_t *share = &flow->pending[i];

        if (!share->needs_corroboration || !share->is_granted ||
            share->signature->server != file->signature->server ||
            share->asked.context != file->asked.context ||
            share->by_first_end != file->by_first_end)
            continue;
        share->needs_corroboration = false;
        share->asked.transaction = file->asked.transaction;
    }
}

/*
 * A name of @p owner. Where the host that was asked to register it has done so, it may be one of
 * two facts: any host can ask.
 */
static void
learn_owner(const packet_info *pinfo, const pending_t *pending, const address *owner)
{
    bool own = addresses_equal(owner, &pinfo->dst) && !addresses_equal(owner, &pinfo->src);
    noted_fact_t fact = {
        .fact = pending->signature->fact,
        .site_code = pending->site_code,
        .roles = pending->signature->server,
        .frame = pending->frame,
        .reason = pending->full_reason,
    };
    role_finding_t finding = {
        .standing = STANDING_UNCONFIRMED,
        .site_code = pending->site_code,
        .frame = pending->frame,
        .reason = pending->full_reason,
        .reported = !addresses_equal(owner, &pinfo->src),
    };

    if (finding.reported)
        product_note_sign(pinfo->num, pending->signature->speaks_for, pending->full_reason);
    if (pending->is_sign)
        return;
    conclusions_learn(owner, pending->signature->server, finding);
    if (conclusions_are_learned() && own && pending->signature->needs_second_fact &&
        (role_book_roles(owner) & fact.roles) != 0)
        second_fact_note(owner, &fact);
}

/*
 * True if what has proven the server proves the client as well: the request is one that only such a
 * client makes, or has what is the client's own, or a proxy has passed it on for hosts whose roles
 * are confirmed. What only says that it was passed on may be anybody's.
 */
static bool
proves_client(const pending_t *pending, const answer_t *answer)
{
    const role_signature_t *signature = pending->signature;

    if ((pending->asked.passed_on_for & (signature->client | signature->client_of_flow)) != 0)
        return true;
    return (signature->proves_asker || pending->asked.has_token) &&
           !pending->asked.is_passed_on && (answer->shown & SHOWS_WINDOWS) == 0;
}

/* The standings that @p answer gives the two ends of a request. */
static finding_t
find_standings(const pending_t *pending, const answer_t *answer)
{
    const role_signature_t *signature = pending->signature;
    bool proves = (answer->shown & signature->proof) != 0 && !answer->is_uncertain &&
                  !pending->asked.is_uncertain && !signature->needs_second_fact;
    bool agrees = (answer->shown & (signature->proof | signature->hint)) != 0;
    standing_e lower = agrees ? STANDING_UNCONFIRMED : STANDING_NONE;

    return (finding_t){
        .server = proves ? STANDING_PROVEN : lower,
        .client = proves && proves_client(pending, answer) ? STANDING_PROVEN : lower,
        .is_granted = (answer->shown & signature->proof & ~SHOWS_WINDOWS) != 0,
        .has_failed = (answer->shown & SHOWS_FAILURE) != 0 && !answer->is_uncertain &&
                      !pending->asked.is_uncertain,
    };
}

/* An answer has shown of which product its server is. */
static void
note_sign(const packet_info *pinfo, const pending_t *pending, unsigned shown, bool is_uncertain)
{
    const role_signature_t *signature = pending->signature;

    if ((shown & (signature->proof | signature->hint)) != 0 && !is_uncertain &&
        !pending->asked.is_uncertain)
        product_note_sign(pinfo->num, signature->speaks_for,
                          pending->full_reason != NULL ? pending->full_reason : pending->reason);
}

/* Draws the conclusions for its flow from a fact that matches the signature of @p pending. */
static void
conclude(packet_info *pinfo, flow_content_t *flow, const pending_t *pending)
{
    static const answer_t reply = { .shown = SHOWS_REPLY };
    const role_signature_t *signature = pending->signature;
    finding_t found;

    switch (signature->subject) {
    case SUBJECT_OWNER:
        break;
    case SUBJECT_REPLY:
        note_sign(pinfo, pending, reply.shown, false);
        if (pending->is_sign)
            break;
        found = find_standings(pending, &reply);
        found.reason = pending->full_reason;
        found.site_code = pending->site_code;
        conclusions_confirm(pending, flow, pinfo, false, &found);
        if (signature->judge_before_response)
            conclusions_infer(flow, false, pinfo, signature);
        break;
    case SUBJECT_CORROBORATION:
        corroborate(flow, pending);
        break;
    case SUBJECT_REQUEST:
        if (signature->judge_before_response && !pending->is_sign)
            conclusions_infer(flow, true, pinfo, signature);
        add_pending(flow, pending);
        break;
    }
}

/*
 * Sets the reason of a role: what the signature is of, and the text that it matches. That of a
 * request is kept until it is answered.
 */
static void
set_reason(packet_info *pinfo, pending_t *pending, const char *text, size_t length)
{
    const char *label = pending->signature->label;
    size_t end;

    length = MIN(length, MAX_QUOTE);
    if (pending->signature->subject != SUBJECT_REQUEST) {
        pending->full_reason = text == NULL
                                   ? label
                                   : wmem_strdup_printf(pinfo->pool, "%s %s", label,
                                                        text_ascii(pinfo->pool, text, length));
        return;
    }
    end = g_strlcpy(pending->reason, label, sizeof pending->reason);
    if (text == NULL || end + 1 >= sizeof pending->reason)
        return;
    pending->reason[end++] = ' ';
    text_copy_ascii(pending->reason + end, sizeof pending->reason - end, text, length);
}

/* The fact @p text matches a signature, of which @p pending has a site code. */
static void
add_match(packet_info *pinfo, pending_t *pending, const char *text, size_t length,
          const address *owner)
{
    const role_signature_t *signature = pending->signature;
    const bool teaches = role_signatures_teaches(signature);
    flow_content_t *flow =
        signature->subject == SUBJECT_OWNER ? NULL : flow_content_get(pinfo, true);

    if (flow != NULL && !signature->needs_corroboration && teaches)
        flow->is_sms = true;
    pending->is_sign = !teaches || is_known(signature, flow, pinfo, &pending->asked);
    if (pending->is_sign && !product_wants_sign(signature->speaks_for))
        return;
    pending->frame = pinfo->num;
    pending->by_first_end = flow != NULL && flow_content_is_first_end(flow, pinfo);
    pending->needs_corroboration = signature->needs_corroboration;
    set_reason(pinfo, pending, text, length);
    if (flow != NULL)
        conclude(pinfo, flow, pending);
    else if (owner != NULL)
        learn_owner(pinfo, pending, owner);
}

/* Adds a fact of which it is known what signatures it matches. */
static void
add_matches(const packet_view_t *packet, fact_e fact, const char *text, size_t length,
            uint64_t matches, const asked_t *asked, const address *owner)
{
    for (; matches != 0; matches &= matches - 1) {
        unsigned i = (unsigned)ws_ctz(matches);
        pending_t pending = { .signature = role_signatures_get(fact, i) };

        if (asked != NULL)
            pending.asked = *asked;
        role_signatures_site_code(fact, i, text, length, pending.site_code);
        add_match(packet->pinfo, &pending, text, length, owner);
    }
}

static void
add_fact(const packet_view_t *packet, fact_e fact, const char *text, const asked_t *asked,
         const address *owner)
{
    size_t length = text != NULL ? MIN(strlen(text), INFERENCE_MAX_TEXT) : 0;

    if (length > 0)
        add_matches(packet, fact, text, length, role_signatures_match(fact, text, length), asked,
                    owner);
}

void
inference_add_fact_about(const packet_view_t *packet, fact_e fact, const char *text,
                         const address *owner)
{
    add_fact(packet, fact, text, NULL, owner);
}

void
inference_add_fact(const packet_view_t *packet, fact_e fact, const char *text,
                   const asked_t *asked)
{
    add_fact(packet, fact, text, asked, NULL);
}

void
inference_add_matches(const packet_view_t *packet, fact_e fact, const char *text, uint64_t matches,
                      const asked_t *asked)
{
    if (matches != 0)
        add_matches(packet, fact, text, MIN(strlen(text), INFERENCE_MAX_TEXT), matches, asked,
                    NULL);
}

void
inference_add_textless_fact(const packet_view_t *packet, fact_e fact)
{
    for (unsigned i = 0; role_signatures_get(fact, i) != NULL; i++) {
        pending_t pending = { .signature = role_signatures_get(fact, i) };

        add_match(packet->pinfo, &pending, NULL, 0, NULL);
    }
}

/* A response confirms the request @p pending of its flow. */
static void
answer_pending(const pending_t *pending, flow_content_t *flow, packet_info *pinfo,
               const answer_t *answer)
{
    finding_t found = find_standings(pending, answer);

    note_sign(pinfo, pending, answer->shown, answer->is_uncertain);
    if (pending->is_sign)
        return;
    found.reason = pending->reason;
    if (answer->detail != NULL)
        found.reason = wmem_strdup_printf(pinfo->pool, "%s, %s", pending->reason, answer->detail);
    found.site_code = answer->site_code != NULL ? answer->site_code : pending->site_code;
    conclusions_confirm(pending, flow, pinfo, false, &found);
}

/* True if @p pending goes on to wait after the response. */
static bool
waits_on(pending_t *pending, const answer_t *answer)
{
    if (pending->needs_corroboration && (answer->shown & SHOWS_SUCCESS) != 0) {
        pending->is_granted = true;
        pending->asked.context = answer->context;
        return true;
    }
    return answer->is_partial && (answer->shown & pending->signature->proof) == 0;
}

void
inference_add_response(const packet_view_t *packet, const answer_t *answer)
{
    packet_info *pinfo = packet->pinfo;
    flow_content_t *flow = num_pending > 0 ? flow_content_get(pinfo, false) : NULL;
    bool by_first_end = flow != NULL && flow_content_is_first_end(flow, pinfo);
    unsigned kept = 0;

    if (flow == NULL || flow->num_pending == 0)
        return;
    for (unsigned i = 0; i < flow->num_pending; i++) {
        pending_t *pending = &flow->pending[i];
        bool answered = pending->signature->response == answer->response &&
                        pending->asked.transaction == answer->transaction &&
                        pending->by_first_end != by_first_end;

        if (!answered || waits_on(pending, answer)) {
            flow->pending[kept++] = *pending;
            continue;
        }
        answer_pending(pending, flow, pinfo, answer);
    }
    keep_pending(flow, kept);
}

void
inference_forget(const packet_view_t *packet, const uint64_t *transaction)
{
    flow_content_t *flow = num_pending > 0 ? flow_content_get(packet->pinfo, false) : NULL;
    unsigned kept = 0;

    if (flow == NULL || flow->num_pending == 0)
        return;
    for (unsigned i = 0; transaction != NULL && i < flow->num_pending; i++) {
        if (flow->pending[i].asked.transaction != *transaction)
            flow->pending[kept++] = flow->pending[i];
    }
    keep_pending(flow, kept);
}

bool
inference_is_of_interest(const packet_view_t *packet)
{
    static const role_set_t of_any_network =
        ROLE_BIT(ROLE_DNS_SERVER) | ROLE_BIT(ROLE_DHCP_SERVER) | ROLE_BIT(ROLE_WINS_SERVER);

    return conclusions_are_learned() && !role_book_is_empty() &&
           ((role_book_roles(&packet->pinfo->src) | role_book_roles(&packet->pinfo->dst)) &
            ~of_any_network) != 0;
}

void
inference_add_server(const packet_view_t *packet, role_e role, const char *reason)
{
    role_finding_t finding = {
        .standing = STANDING_PROVEN,
        .frame = packet->pinfo->num,
        .reason = reason,
    };

    if ((role_book_learned_roles(&packet->pinfo->src, STANDING_PROVEN) & ROLE_BIT(role)) == 0)
        conclusions_learn(&packet->pinfo->src, ROLE_BIT(role), finding);
}
