/* conclusions.c
 * What follows from a request and its response: roles in the book, and roles in their flow
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * A role that a host is to hold from now on is learned into the book. A role that shows only what a
 * host does in a flow, as the client of a distribution point, is inferred for that flow.
 */

#include "conclusions.h"

#include "second-fact.h"

/* The roles of those that log in to the site database. */
#define ROLES_LOG_IN                                                                             \
    (ROLE_BIT(ROLE_SITE_SERVER) | ROLE_BIT(ROLE_MANAGEMENT_POINT) |                              \
     ROLE_BIT(ROLE_SERVER_LOCATOR_POINT) | ROLE_BIT(ROLE_REPORTING_POINT) |                      \
     ROLE_BIT(ROLE_SMS_PROVIDER))

/* The state of one capture. */
static unsigned inferred_flows;
static bool learning;

void
conclusions_reset(bool learn_roles)
{
    learning = learn_roles;
    inferred_flows = 0;
}

bool
conclusions_are_learned(void)
{
    return learning;
}

unsigned
conclusions_num_flows(void)
{
    return inferred_flows;
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
 * The roles of @p addr to whose evidence nothing of this @p standing can be added. The roles that
 * only the user's table gives are not among them: they get evidence as well.
 */
role_set_t
conclusions_shown_roles(const address *addr, standing_e standing)
{
    if (!learning)
        return ROLES_ANY; /* nothing can be added */
    return known_roles(role_book_learned_roles(addr, standing), addr, standing);
}

/* Learns the @p roles of @p addr. */
void
conclusions_learn(const address *addr, role_set_t roles, role_finding_t finding)
{
    if (!learning || finding.standing == STANDING_NONE)
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

    return client != 0 ? client : ROLES_UNNAMED;
}

/* True if the client of this packet is the initiator. @p to_server: the packet's direction. */
static bool
is_client_initiator(const flow_content_t *flow, bool to_server, const packet_info *pinfo)
{
    bool sure;

    return to_server == flow_content_is_initiator(flow, &pinfo->src, pinfo->srcport, &sure);
}

/* Infers the roles of the two ends, for this flow only. */
void
conclusions_infer(flow_content_t *flow, bool to_server, const packet_info *pinfo,
                  const role_signature_t *signature)
{
    role_set_t client = client_roles(signature);
    bool client_initiates = is_client_initiator(flow, to_server, pinfo);
    content_roles_t roles = *flow->roles;

    if (roles.inferred_initiator == 0 && roles.inferred_responder == 0)
        inferred_flows++;
    roles.inferred_initiator |= client_initiates ? client : signature->server;
    roles.inferred_responder |= client_initiates ? signature->server : client;
    flow_content_set_roles(flow, &roles);
}

/* An answer has proven roles: for this flow, whatever the book has of its two ends. */
static void
prove(flow_content_t *flow, bool to_server, const packet_info *pinfo,
      const role_signature_t *signature, const finding_t *found)
{
    bool client_initiates = is_client_initiator(flow, to_server, pinfo);
    role_set_t client = found->client == STANDING_PROVEN ? client_roles(signature) : 0;
    role_set_t server = found->server == STANDING_PROVEN ? signature->server : 0;
    content_roles_t roles = *flow->roles;

    roles.proven_initiator |= client_initiates ? client : server;
    roles.proven_responder |= client_initiates ? server : client;
    flow_content_set_roles(flow, &roles);
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

/* True if the site of a host is known, and is not the one whose database it logs in to. */
static bool
is_of_other_site(const char *site, const char *database)
{
    return *site != '\0' && g_ascii_strcasecmp(site, database) != 0;
}

/* True if facts about the ends of a flow are noted: those of a proxy's are about others. */
static bool
is_noted(const flow_content_t *flow)
{
    return learning && !flow->proxied && !flow->forwarded;
}

/* What a response has shown, as a fact about one of the ends, without roles. */
static noted_fact_t
new_fact(const pending_t *pending, const finding_t *found, const flow_content_t *flow)
{
    return (noted_fact_t){
        .fact = pending->signature->fact,
        .conversation = flow->conversation,
        .site_code = found->site_code,
        .frame = pending->frame,
        .reason = found->reason,
    };
}

/* An asker of the site is a second fact: it sends requests that the site has configured. */
static void
note_asker(const role_signature_t *signature, const address *server, const address *client,
           noted_fact_t fact)
{
    if ((role_book_roles_at(client, STANDING_PROVEN) & signature->second_asker) == 0)
        return;
    fact.fact = NUM_FACTS;
    fact.conversation = NULL;
    fact.roles = 0;
    second_fact_note(server, &fact);
}

/* Who is granted two things that clients ask for is a client: any host can ask for one of them. */
static void
note_client(const role_signature_t *signature, const finding_t *found, const address *client,
            noted_fact_t fact)
{
    if (!signature->is_clients || !found->is_granted)
        return;
    fact.roles = signature->client_of_two;
    fact.of_asker = true;
    second_fact_note(client, &fact);
}

/*
 * Notes a confirmed fact about both ends. A host that is known to be of the site, and logs in to
 * its database, is a second fact about that database.
 */
static void
note_facts(const pending_t *pending, const finding_t *found, const flow_content_t *flow,
           const address *server, const address *client)
{
    const role_signature_t *signature = pending->signature;
    noted_fact_t fact = new_fact(pending, found, flow);

    if (!is_noted(flow))
        return;
    fact.roles = signature->needs_second_fact ? signature->server : 0;
    if (signature->server == 0 ? signature->client_of_flow == 0
                               : (role_book_roles(server) & signature->server) != 0)
        second_fact_note(server, &fact);
    note_asker(signature, server, client, fact);
    if (!pending->asked.is_of_gateway && flow->attack_frame == 0)
        note_client(signature, found, client, fact);
    if (signature->client_of_flow != ROLES_SQL_CLIENT)
        return;
    fact.roles = 0;
    second_fact_note(client, &fact);
    if ((role_book_roles_at(client, STANDING_PROVEN) & ROLES_LOG_IN) == 0 ||
        is_of_other_site(role_book_site_code(client), found->site_code))
        return;
    fact.fact = NUM_FACTS;
    fact.conversation = NULL;
    second_fact_note(server, &fact);
}

/*
 * A path that only the product has, and a failure there: the path exists. Any server may fail so,
 * and so the role needs a fact of another kind, and is Unconfirmed.
 */
static void
note_failure(const pending_t *pending, const finding_t *found, const flow_content_t *flow,
             const address *server)
{
    const role_signature_t *signature = pending->signature;
    noted_fact_t fact = new_fact(pending, found, flow);

    if (!is_noted(flow) || signature->fact != FACT_HTTP_URI || signature->needs_second_fact ||
        product_judged() != PRODUCT_CONFIGMGR)
        return;
    fact.roles = signature->server;
    fact.is_weak = true;
    second_fact_note(server, &fact);
}

/* True if an end learns no role because the table gives it to others: its flow still shows it. */
static bool
has_stranger(const role_signature_t *signature, const address *server, const address *client)
{
    return (role_book_strange_roles(server, signature->server) |
            role_book_strange_roles(client, signature->client)) != 0;
}

/* Gives the roles of @p pending, whose request was answered by this packet, or proven at once. */
void
conclusions_confirm(const pending_t *pending, flow_content_t *flow, packet_info *pinfo,
                    bool to_server, const finding_t *found)
{
    const role_signature_t *signature = pending->signature;
    const address *server = to_server ? &pinfo->dst : &pinfo->src;
    const address *client = to_server ? &pinfo->src : &pinfo->dst;
    role_finding_t finding = { .frame = pending->frame, .reason = found->reason,
                               .site_code = found->site_code };

    if (found->has_failed)
        note_failure(pending, found, flow, server);
    if (found->server == STANDING_NONE || is_contradicted(signature, server, client))
        return;
    finding.standing = found->server;
    if (!flow->proxied)
        conclusions_learn(server, signature->server, finding);
    finding.standing = found->client;
    if (!flow->forwarded && !pending->asked.is_of_gateway && flow->attack_frame == 0)
        conclusions_learn(client, signature->client, finding);
    note_facts(pending, found, flow, server, client);
    /* A gateway's own role is in the book. */
    if (signature->asks_anybody || pending->asked.is_of_gateway)
        return;
    prove(flow, to_server, pinfo, signature, found);
    if (flow->proxied || flow->forwarded || signature->client_of_flow != 0 ||
        signature->client == 0 || has_stranger(signature, server, client))
        conclusions_infer(flow, to_server, pinfo, signature);
}
