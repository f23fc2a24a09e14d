/* inference.c
 * Facts that a packet shows, and the roles that follow from them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * A fact is a kind and mostly a text, and the text is what a signature matches (role-signatures.c).
 *
 * Any host can request /sms_mp. A request gives a role only if the response is that of such a
 * server; otherwise the request was a probe. Names that a host registers for itself, and names
 * whose address a server reports, are facts about that address at once.
 *
 * With a role the book keeps its standing: whether an answer has proven it, on which rules of a
 * firewall rest. No role is learned for the initiator of an attack.
 */

#include "inference.h"

#include <wsutil/bits_ctz.h>

#include "bounds.h"
#include "evidence.h"
#include "role-book.h"
#include "text.h"

/* The longest text that a reason quotes. */
#define MAX_QUOTE 80

/* The most requests of a flow that are pending. */
#define MAX_PENDING 4

/* A request that gives a role once the server's response is that of such a server. */
typedef struct pending {
    const role_signature_t *signature;
    char site_code[4];
    char reason[100];
    const char *full_reason; /* lives as long as the packet; then NULL, and the reason is cut */
    uint32_t frame;
    bool needs_corroboration; /* the share's name is not enough: a file in it has to match too */
} pending_t;

/* The state of one capture. */
static unsigned inferred_flows;
static unsigned num_pending; /* in all flows */
static bool learning;

void
inference_reset(bool learn_roles)
{
    learning = learn_roles;
    inferred_flows = num_pending = 0;
}

bool
inference_is_learning(void)
{
    return learning;
}

unsigned
inference_num_flows(void)
{
    return inferred_flows;
}

bool
inference_is_pending(void)
{
    return num_pending > 0;
}

/* The standing of a role that a fact with this signature gives. */
static standing_e
standing_of(const role_signature_t *signature)
{
    return role_signatures_proves(signature) ? STANDING_PROVEN : STANDING_UNCONFIRMED;
}

/*
 * The roles of @p addr that evidence of this @p standing need not give: those that it has, and the
 * general ones of which it has a kind.
 */
static role_set_t
known_roles(role_set_t held, const address *addr, standing_e standing)
{
    return held | role_set_general(role_book_roles_at(addr, standing));
}

/*
 * The roles of @p addr to whose evidence this signature can add nothing. The roles that only the
 * user's table gives are not among them: they get evidence as well.
 */
static role_set_t
shown_roles(const address *addr, const role_signature_t *signature)
{
    standing_e standing = standing_of(signature);

    if (!learning)
        return ROLES_ANY; /* nothing can be added */
    return known_roles(role_book_learned_roles(addr, standing), addr, standing);
}

/* Learns the @p roles of @p addr; @p reported: only another host has shown them. */
static void
learn(const address *addr, role_set_t roles, const pending_t *pending, bool reported)
{
    role_finding_t finding = {
        .standing = standing_of(pending->signature),
        .site_code = pending->site_code,
        .frame = pending->frame,
        .reason = pending->full_reason != NULL ? pending->full_reason : pending->reason,
        .reported = reported,
    };

    if (!learning)
        return;
    roles &= ~known_roles(0, addr, finding.standing);
    for (unsigned role = 0; role < NUM_ROLES; role++) {
        if ((roles & ROLE_BIT(role)) == 0)
            continue;
        finding.role = (role_e)role;
        role_book_learn(addr, &finding);
    }
}

/* The roles of the client that a signature shows, in the book or for this flow. */
static role_set_t
client_roles(const role_signature_t *signature)
{
    role_set_t client = signature->client | signature->client_of_flow;

    return client != 0 ? client : ROLES_NOBODY;
}

/* True if the client of this packet is the initiator. @p to_server: the packet's direction. */
static bool
is_client_initiator(const flow_content_t *flow, bool to_server, const packet_info *pinfo)
{
    bool sure;

    return to_server == flow_content_is_initiator(flow, &pinfo->src, pinfo->srcport, &sure);
}

/* Infers the roles of the two ends, for this flow only. */
static void
infer(flow_content_t *flow, bool to_server, const packet_info *pinfo,
      const role_signature_t *signature)
{
    role_set_t client = client_roles(signature);
    bool client_initiates = is_client_initiator(flow, to_server, pinfo);

    if (flow->inferred_initiator == 0 && flow->inferred_responder == 0)
        inferred_flows++;
    flow->inferred_initiator |= client_initiates ? client : signature->server;
    flow->inferred_responder |= client_initiates ? signature->server : client;
}

/*
 * An answer has proven roles, for this flow only. The client's are those that the book would get:
 * behind a proxy the book has none of it.
 */
static void
prove(flow_content_t *flow, bool to_server, const packet_info *pinfo,
      const role_signature_t *signature)
{
    bool client_initiates = is_client_initiator(flow, to_server, pinfo);
    role_set_t client = flow->forwarded ? client_roles(signature) : signature->client;

    if (!role_signatures_proves(signature))
        return;
    flow->proven_initiator |= client_initiates ? client : signature->server;
    flow->proven_responder |= client_initiates ? signature->server : client;
}

/*
 * Remote Control shows which host is viewer and which agent, not which ought to be. Where the
 * user's table has the viewer as a client, or the agent as a console, nothing is learned, and the
 * audit reports the flow.
 */
static bool
is_contradicted(const role_signature_t *signature, const address *server, const address *client)
{
    static const role_set_t console =
        ROLE_BIT(ROLE_ADMIN_CONSOLE) | ROLE_BIT(ROLE_REMOTE_CONTROL_VIEWER);
    static const role_set_t clients = ROLES_CLIENT_KINDS | ROLE_BIT(ROLE_CLIENT);
    role_set_t viewer, agent;

    if (signature->fact != FACT_VIEWER_TO_AGENT && signature->fact != FACT_AGENT_TO_VIEWER)
        return false;
    viewer = role_book_roles_at(client, STANDING_TABLE);
    agent = role_book_roles_at(server, STANDING_TABLE);
    return ((viewer & clients) != 0 && (viewer & console) == 0) ||
           ((agent & console) != 0 && (agent & clients) == 0);
}

/* Gives the roles of @p pending, whose request was answered by this packet, or proven at once. */
static void
confirm(const pending_t *pending, flow_content_t *flow, packet_info *pinfo, bool to_server)
{
    const role_signature_t *signature = pending->signature;
    const address *server = to_server ? &pinfo->dst : &pinfo->src;
    const address *client = to_server ? &pinfo->src : &pinfo->dst;

    if (is_contradicted(signature, server, client))
        return;
    if (!flow->proxied)
        learn(server, signature->server, pending, false);
    if (!flow->forwarded && flow->attack_frame == 0)
        learn(client, signature->client, pending, false);
    prove(flow, to_server, pinfo, signature);
    if (flow->proxied || flow->forwarded || signature->client_of_flow != 0 ||
        signature->client == 0)
        infer(flow, to_server, pinfo, signature);
}

static void
add_pending(flow_content_t *flow, const pending_t *pending)
{
    pending_t *place = NULL;

    if (flow->pending == NULL)
        flow->pending = wmem_alloc_array(wmem_file_scope(), pending_t, MAX_PENDING);
    for (unsigned i = 0; i < flow->num_pending; i++) {
        if (flow->pending[i].signature == pending->signature)
            place = &flow->pending[i];
    }
    if (place == NULL && flow->num_pending < MAX_PENDING) {
        place = &flow->pending[flow->num_pending++];
        num_pending++;
    } else if (place == NULL) {
        bounds_exceed(BOUND_PENDING, MAX_PENDING);
        place = &flow->pending[MAX_PENDING - 1];
    }
    *place = *pending;
    place->full_reason = NULL;
    (void)g_strlcpy(place->reason, pending->full_reason, sizeof place->reason);
}

/*
 * True if the fact can add nothing: the roles that it gives are known, and so are those that it
 * infers for the flow. Most requests of a capture are not the first of their kind.
 */
static bool
is_known(const role_signature_t *signature, const flow_content_t *flow, const packet_info *pinfo)
{
    bool request = signature->subject == SUBJECT_REQUEST;
    /* A signature that shows no client infers that for each flow. */
    bool infers = signature->judge_before_response ||
                   (signature->client == 0 && signature->client_of_flow == 0);
    role_set_t server, client, inferred;

    if (flow == NULL || signature->subject == SUBJECT_CORROBORATION)
        return false;
    server = shown_roles(request ? &pinfo->dst : &pinfo->src, signature);
    client = shown_roles(request ? &pinfo->src : &pinfo->dst, signature);
    inferred = flow->inferred_initiator | flow->inferred_responder;
    return (client & signature->client) == signature->client &&
           (flow->proxied ? (inferred & signature->server) != 0
                          : (server & signature->server) == signature->server) &&
           (inferred & signature->client_of_flow) == signature->client_of_flow &&
           (inferred != 0 || !infers);
}

/* A file corroborates the name of the share that is pending in the same flow. */
static void
corroborate(flow_content_t *flow, const role_signature_t *signature)
{
    for (unsigned i = 0; i < flow->num_pending; i++) {
        if (flow->pending[i].signature->server == signature->server)
            flow->pending[i].needs_corroboration = false;
    }
}

/* Draws the conclusions from a fact that matches the signature of @p pending. */
static void
conclude(packet_info *pinfo, flow_content_t *flow, const pending_t *pending, const address *owner)
{
    const role_signature_t *signature = pending->signature;

    switch (signature->subject) {
    case SUBJECT_OWNER:
        if (owner != NULL)
            learn(owner, signature->server, pending, !addresses_equal(owner, &pinfo->src));
        break;
    case SUBJECT_REPLY:
        confirm(pending, flow, pinfo, false);
        if (signature->judge_before_response)
            infer(flow, false, pinfo, signature);
        break;
    case SUBJECT_CORROBORATION:
        corroborate(flow, signature);
        break;
    case SUBJECT_REQUEST:
        if (signature->judge_before_response)
            infer(flow, true, pinfo, signature);
        add_pending(flow, pending);
        break;
    }
}

/* The fact matches the signature number @p i of its kind. */
static void
add_match(packet_info *pinfo, fact_e fact, unsigned i, const char *text, size_t length,
          const address *owner)
{
    const role_signature_t *signature = role_signatures_get(fact, i);
    flow_content_t *flow =
        signature->subject == SUBJECT_OWNER ? NULL : flow_content_get(pinfo, true);
    pending_t pending;

    if (flow != NULL && !signature->needs_corroboration)
        flow->is_sms = true;
    if (is_known(signature, flow, pinfo))
        return;
    role_signatures_site_code(fact, i, text, length, pending.site_code);
    pending.signature = signature;
    pending.frame = pinfo->num;
    pending.needs_corroboration = signature->needs_corroboration;
    pending.full_reason = signature->label;
    if (text != NULL)
        pending.full_reason =
            wmem_strdup_printf(pinfo->pool, "%s %s", signature->label,
                               text_ascii(pinfo->pool, text, MIN(length, MAX_QUOTE)));
    conclude(pinfo, flow, &pending, owner);
}

void
inference_add_fact_about(const packet_view_t *packet, fact_e fact, const char *text,
                         const address *owner)
{
    size_t length = text != NULL ? strnlen(text, INFERENCE_MAX_TEXT) : 0;

    if (length == 0)
        return;
    for (uint64_t matches = role_signatures_match(fact, text, length); matches != 0;
         matches &= matches - 1)
        add_match(packet->pinfo, fact, (unsigned)ws_ctz(matches), text, length, owner);
}

void
inference_add_fact(const packet_view_t *packet, fact_e fact, const char *text)
{
    inference_add_fact_about(packet, fact, text, NULL);
}

void
inference_add_textless_fact(const packet_view_t *packet, fact_e fact)
{
    for (unsigned i = 0; role_signatures_get(fact, i) != NULL; i++)
        add_match(packet->pinfo, fact, i, NULL, 0, NULL);
}

void
inference_add_response(const packet_view_t *packet, response_e response, bool good)
{
    packet_info *pinfo = packet->pinfo;
    flow_content_t *flow = num_pending > 0 ? flow_content_get(pinfo, false) : NULL;
    unsigned kept = 0;

    if (flow == NULL || flow->num_pending == 0)
        return;
    for (unsigned i = 0; i < flow->num_pending; i++) {
        pending_t *pending = &flow->pending[i];

        if (pending->signature->response != response || pending->needs_corroboration) {
            flow->pending[kept++] = *pending;
            continue;
        }
        if (good && pending->frame != pinfo->num)
            confirm(pending, flow, pinfo, false);
    }
    num_pending -= flow->num_pending - kept;
    flow->num_pending = (uint8_t)kept;
}

bool
inference_is_from_responder(const packet_view_t *packet)
{
    packet_info *pinfo = packet->pinfo;
    flow_content_t *flow = flow_content_get(pinfo, false);
    bool sure;

    return flow != NULL && !flow_content_is_initiator(flow, &pinfo->src, pinfo->srcport, &sure);
}
