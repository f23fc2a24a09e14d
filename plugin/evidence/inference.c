/* inference.c
 * Facts that a packet shows, and the roles that follow from them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * A fact is a kind and a text, and the text is what a signature matches (role-signatures.c).
 *
 * Anybody can ask for /sms_mp: a request gives a role only when it was answered as such a server
 * would answer it, otherwise it was a probe. Names that a host registers itself, and names whose
 * address a server tells, are facts about that address at once.
 *
 * With a role the book keeps which conversation showed it, and whether an answer proved it: rules
 * of a firewall rest on that (role-book.h). No role is learned for the calling side of
 * an attack.
 */

#define WS_LOG_DOMAIN "smsrc"

#include "inference.h"

#include <wsutil/bits_ctz.h>

#include "bounds.h"
#include "conversation-cache.h"
#include "evidence.h"
#include "role-book.h"
#include "text.h"

/* Longest text that a reason quotes. */
#define MAX_QUOTE 80

/* Rebuilt for every capture. */
static unsigned inferred_flows;
static unsigned waiting; /* requests that wait for their answer, in all flows */
static bool learning;

void
inference_reset(bool learn_roles)
{
    learning = learn_roles;
    inferred_flows = waiting = 0;
}

unsigned
evidence_inferred_flows(void)
{
    return inferred_flows;
}

bool
inference_is_pending(void)
{
    return waiting > 0;
}

/*
 * Those that traffic has shown as well as this signature in this conversation can: a table's roles
 * get their evidence all the same.
 */
static role_set_t
shown_roles(const address *addr, const role_signature_t *signature, const flow_content_t *flow)
{
    if (!learning)
        return ROLES_ANY; /* nothing is to be shown */
    return role_book_backed_roles(addr, flow->conversation, signature_proves(signature)) |
           role_set_general(role_book_roles(addr));
}

static void
learn(const address *addr, role_set_t roles, const pending_t *pending, const char *reason,
      const void *conversation, bool reported)
{
    if (!learning)
        return;
    roles &= ~role_set_general(role_book_roles(addr));
    for (unsigned role = 0; role < NUM_ROLES; role++) {
        if ((roles & ROLE_BIT(role)) == 0)
            continue;
        if (reported)
            role_book_learn_reported(addr, (role_e)role, pending->site_code, pending->frame,
                                     reason);
        else
            role_book_learn(addr, (role_e)role, pending->site_code, pending->frame, reason);
        role_book_back(addr, (role_e)role, conversation,
                       signature_proves(pending->signature));
    }
}

static void
infer(flow_content_t *flow, bool to_server, const packet_info *pinfo,
      const role_signature_t *signature)
{
    bool sure, initiator = flow_content_is_initiator(flow, &pinfo->src, pinfo->srcport, &sure);
    role_set_t client = signature->client | signature->client_of_flow;
    bool client_initiates = to_server == initiator;

    if (client == 0)
        client = ROLES_NOBODY;
    if (flow->inferred_initiator == 0 && flow->inferred_responder == 0)
        inferred_flows++;
    flow->inferred_initiator |= client_initiates ? client : signature->server;
    flow->inferred_responder |= client_initiates ? signature->server : client;
}

/*
 * Remote Control shows who is viewer and who agent, not who ought to be: where the user has said
 * that the viewer is a client, or the agent a console, that is for the audit to tell.
 */
static bool
is_contradicted(const role_signature_t *signature, const address *server, const address *client)
{
    static const role_set_t console = ROLE_BIT(ROLE_ADMIN_CONSOLE);
    static const role_set_t clients = ROLES_CLIENT_KINDS |
                                            ROLE_BIT(ROLE_CLIENT);
    role_set_t viewer, agent;

    if (signature->fact != FACT_REMOTE_CONTROL)
        return false;
    viewer = role_book_table_roles(client);
    agent = role_book_table_roles(server);
    return ((viewer & clients) != 0 && (viewer & console) == 0) ||
           ((agent & console) != 0 && (agent & clients) == 0);
}

/* The request behind @p pending was answered: @p to_server tells which way this packet goes. */
static void
confirm(const pending_t *pending, flow_content_t *flow, packet_info *pinfo, bool to_server)
{
    const address *server = to_server ? &pinfo->dst : &pinfo->src;
    const address *client = to_server ? &pinfo->src : &pinfo->dst;
    const char *told = pending->told != NULL ? pending->told : pending->reason;

    if (is_contradicted(pending->signature, server, client))
        return;
    if (!flow->proxied)
        learn(server, pending->signature->server, pending, told, flow->conversation, false);
    if (flow->forwarded && signature_proves(pending->signature))
        flow->passed_on |= pending->signature->client | pending->signature->client_of_flow;
    else if (!flow->forwarded && flow->attack_frame == 0)
        learn(client, pending->signature->client, pending, told, flow->conversation, false);
    if (flow->proxied || flow->forwarded || pending->signature->client_of_flow != 0 ||
        pending->signature->client == 0)
        infer(flow, to_server, pinfo, pending->signature);
}

static void
add_pending(flow_content_t *flow, const pending_t *pending)
{
    pending_t *place = NULL;

    if (flow->pending == NULL)
        flow->pending = wmem_alloc_array(wmem_file_scope(), pending_t, FLOW_MAX_PENDING);
    for (unsigned i = 0; i < flow->num_pending; i++) {
        if (flow->pending[i].signature == pending->signature)
            place = &flow->pending[i];
    }
    if (place == NULL && flow->num_pending < FLOW_MAX_PENDING) {
        place = &flow->pending[flow->num_pending++];
        waiting++;
    } else if (place == NULL) {
        bounds_exceed(BOUND_PENDING, FLOW_MAX_PENDING);
        place = &flow->pending[FLOW_MAX_PENDING - 1];
    }
    *place = *pending;
    place->told = NULL;
    (void)g_strlcpy(place->reason, pending->told, sizeof place->reason);
}

/*
 * True where the fact can add nothing: the roles that it gives are known, and so is what the flow
 * itself implies. Most requests of a capture are not the first of their kind.
 */
static bool
is_known(const role_signature_t *signature, const flow_content_t *flow, const packet_info *pinfo)
{
    bool request = signature->about == SUBJECT_REQUEST;
    /* A signature that shows no client says so of each flow anew. */
    bool implies = signature->judge_before_response ||
                   (signature->client == 0 && signature->client_of_flow == 0);
    role_set_t server, client, implied;

    if (flow == NULL || signature->about == SUBJECT_HINT)
        return false;
    server = shown_roles(request ? &pinfo->dst : &pinfo->src, signature, flow);
    client = shown_roles(request ? &pinfo->src : &pinfo->dst, signature, flow);
    implied = flow->inferred_initiator | flow->inferred_responder;
    return (client & signature->client) == signature->client &&
           (flow->proxied ? (implied & signature->server) != 0
                          : (server & signature->server) == signature->server) &&
           (implied & signature->client_of_flow) == signature->client_of_flow &&
           (implied != 0 || !implies);
}

void
inference_add_fact_about(const packet_view_t *packet, fact_e fact, const char *text,
                        const address *owner)
{
    packet_info *pinfo = packet->pinfo;
    size_t length = text != NULL ? strnlen(text, EVIDENCE_MAX_FACT) : 0;
    pending_t pending;

    if (length == 0)
        return;
    for (uint64_t matches = role_signatures_match(fact, text, length); matches != 0;
         matches &= matches - 1) {
        unsigned i = (unsigned)ws_ctz(matches);
        const role_signature_t *signature = role_signatures_get(i);
        flow_content_t *flow =
            signature->about == SUBJECT_OWNER ? NULL : flow_content_get(pinfo, true);

        if (is_known(signature, flow, pinfo))
            continue;
        role_signatures_site_code(i, text, length, pending.site_code);
        pending.signature = signature;
        pending.frame = pinfo->num;
        pending.needs_corroboration = signature->needs_corroboration;
        pending.told = wmem_strdup_printf(pinfo->pool, "%s %s", signature->label,
                                          text_ascii(pinfo->pool, text, MIN(length, MAX_QUOTE)));
        switch (signature->about) {
        case SUBJECT_OWNER:
            if (owner != NULL)
                learn(owner, signature->server, &pending, pending.told,
                      conversation_cache_find(pinfo), !addresses_equal(owner, &pinfo->src));
            break;
        case SUBJECT_REPLY:
            confirm(&pending, flow, pinfo, false);
            if (signature->judge_before_response)
                infer(flow, false, pinfo, signature);
            break;
        case SUBJECT_HINT:
            for (unsigned p = 0; p < flow->num_pending; p++) {
                if (flow->pending[p].signature->server == signature->server)
                    flow->pending[p].needs_corroboration = false;
            }
            break;
        case SUBJECT_REQUEST:
            if (signature->judge_before_response)
                infer(flow, true, pinfo, signature);
            add_pending(flow, &pending);
            break;
        }
    }
}

void
inference_add_fact(const packet_view_t *packet, fact_e fact, const char *text)
{
    inference_add_fact_about(packet, fact, text, NULL);
}

void
inference_add_response(const packet_view_t *packet, response_e answer, bool good)
{
    packet_info *pinfo = packet->pinfo;
    flow_content_t *flow = waiting > 0 ? flow_content_get(pinfo, false) : NULL;
    unsigned kept = 0;

    if (flow == NULL || flow->num_pending == 0)
        return;
    for (unsigned i = 0; i < flow->num_pending; i++) {
        pending_t *pending = &flow->pending[i];

        if (pending->signature->answer != answer || pending->needs_corroboration) {
            flow->pending[kept++] = *pending;
            continue;
        }
        if (good && pending->frame != pinfo->num)
            confirm(pending, flow, pinfo, false);
    }
    waiting -= flow->num_pending - kept;
    flow->num_pending = (uint8_t)kept;
}

bool
evidence_is_from_responder(const packet_view_t *packet)
{
    packet_info *pinfo = packet->pinfo;
    flow_content_t *flow = flow_content_get(pinfo, false);
    bool sure;

    return flow != NULL && !flow_content_is_initiator(flow, &pinfo->src, pinfo->srcport, &sure);
}
