/* packet-facts.c
 * The facts on which the flow of a packet has its verdict
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "packet-facts.h"

#include "audit-tap.h"
#include "role-book.h"
#include "verdict.h"

/* The roles of an end in its flow. */
typedef struct {
    role_set_t held;
    role_set_t unconfirmed;
    role_set_t strange;
} end_roles_t;

/*
 * The roles of @p host, which the @p book has. What the flow's own content infers counts where the
 * book has none that is confirmed.
 */
static end_roles_t
find_end_roles(const address *host, role_set_t book, role_set_t inferred, role_set_t proven)
{
    role_set_t confirmed = book == ROLES_BROADCAST ? book
                                                   : role_book_roles_at(host, STANDING_PROVEN);
    end_roles_t end = { book, 0, 0 };

    if (confirmed == 0) {
        end.held |= inferred;
        end.held &= ~role_set_general(end.held);
        confirmed = proven & inferred;
    }
    confirmed |= book & ROLE_BIT(ROLE_INTERNET);
    if (book != ROLES_BROADCAST)
        end.strange = role_book_strange_roles(host, end.held);
    end.unconfirmed = (end.held & ~confirmed) | end.strange;
    return end;
}

/* Sets the roles of both ends. @p forward: the packet runs from the initiator. */
static void
set_roles(flow_facts_t *facts, const flow_content_t *content, const flow_packet_t *packet,
          bool forward)
{
    const address *src = &packet->pinfo->src, *dst = &packet->pinfo->dst;
    end_roles_t initiator = find_end_roles(
        forward ? src : dst, forward ? packet->src_roles : packet->dst_roles,
        content->roles->inferred_initiator, content->roles->proven_initiator);
    end_roles_t responder = find_end_roles(
        forward ? dst : src, forward ? packet->dst_roles : packet->src_roles,
        content->roles->inferred_responder, content->roles->proven_responder);

    facts->initiator = initiator.held;
    facts->unconfirmed_initiator = initiator.unconfirmed;
    facts->strange_initiator = initiator.strange;
    facts->responder = responder.held;
    facts->unconfirmed_responder = responder.unconfirmed;
    facts->strange_responder = responder.strange;
}

/*
 * True if the responder is not a proxy although it was asked as one: it holds, as the table or a
 * proof has it, the role of a row that the same flow would be on with the port of its URI.
 */
static bool
is_asked_of_itself(const flow_facts_t *facts, const address *responder, uint16_t uri_port)
{
    flow_facts_t direct = flow_facts_confirmed(facts);
    verdict_t verdict;

    direct.responder = role_book_roles_at(responder, STANDING_PROVEN);
    direct.responder_port = uri_port;
    if (direct.responder == 0)
        return false;
    if (direct.initiator == 0)
        direct.initiator = facts->initiator;
    verdict = verdict_find(audit_tap_matrix(), &direct);
    return verdict_may_be_listed(&verdict) && verdict.row != NULL &&
           matrix_row_has_pair(verdict.row, direct.initiator, direct.responder) &&
           !matrix_row_has_pair(verdict.row, direct.initiator, 0);
}

/* The roles that the book has of the URI's host where the URI has its address; none for a name. */
static role_set_t
uri_host_roles(const flow_content_t *content, standing_e standing)
{
    const asked_uri_t *uri = content->uri;
    const address host = ADDRESS_INIT(uri->host_length == 4 ? AT_IPv4 : AT_IPv6,
                                      (int)uri->host_length, uri->host);

    return uri->host_length == 0 ? 0 : role_book_roles_at(&host, standing);
}

/* True if the URI has the address of the host that was asked for it. */
static bool
is_uri_of(const flow_content_t *content, const address *responder)
{
    const asked_uri_t *uri = content->uri;

    return uri->host_length != 0 && responder->len == (int)uri->host_length &&
           memcmp(responder->data, uri->host, uri->host_length) == 0;
}

/* A proxied request is judged by its URI: its port, and the role of the host that it names. */
static void
set_proxied(flow_facts_t *facts, const flow_content_t *content, const address *responder)
{
    const role_set_t proven = content->roles->proven_responder |
                              uri_host_roles(content, STANDING_PROVEN);

    if (is_uri_of(content, responder) ||
        is_asked_of_itself(facts, responder, (uint16_t)content->uri->port))
        return;
    facts->responder = content->roles->inferred_responder | content->uri->roles | proven |
                       uri_host_roles(content, STANDING_UNCONFIRMED);
    facts->unconfirmed_responder = facts->responder & ~proven;
    facts->strange_responder = 0;
    memset(&facts->handed_out, 0, sizeof facts->handed_out);
    facts->via_proxy = facts->responder_port;
    facts->responder_port = (uint16_t)content->uri->port;
}

static bool
is_sms(const flow_content_t *content)
{
    return content->is_sms || content->attack_frame != 0;
}

flow_facts_t
packet_facts_build(const flow_content_t *content, const flow_packet_t *packet)
{
    const packet_info *pinfo = packet->pinfo;
    bool broadcast = packet->dst_roles == ROLES_BROADCAST;
    bool forward = packet->from_initiator || broadcast;
    flow_facts_t facts;

    memset(&facts, 0, sizeof facts);
    set_roles(&facts, content, packet, forward);
    facts.service = content->service;
    facts.is_sms = is_sms(content);
    facts.seeks_mp = content->mp_site[0] != '\0';
    facts.initiator_sure = packet->sure || broadcast;
    facts.contradictory = content->is_contradictory;
    facts.attack = content->attack_frame != 0;
    if (pinfo->ptype != PT_TCP && pinfo->ptype != PT_UDP) {
        facts.transport = TRANSPORT_IPX;
        return facts;
    }
    facts.transport = pinfo->ptype == PT_TCP ? TRANSPORT_TCP : TRANSPORT_UDP;
    facts.initiator_port = (uint16_t)(forward ? pinfo->srcport : pinfo->destport);
    facts.responder_port = (uint16_t)(forward ? pinfo->destport : pinfo->srcport);
    facts.handed_out = content->handed_out;
    if (content->proxied)
        set_proxied(&facts, content, forward ? &pinfo->dst : &pinfo->src);
    return facts;
}
