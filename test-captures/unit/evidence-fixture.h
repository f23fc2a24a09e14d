/* evidence-fixture.h
 * What stands in the unit test for the parts of the evidence that remember earlier packets
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_EVIDENCE_FIXTURE_H__
#define __SMSRC_EVIDENCE_FIXTURE_H__

#include "flow-content.h"
#include "http-method.h"
#include "http-order.h"
#include "questions.h"
#include "transactions.h"

/* In place of questions.c: each question was asked. */
void
questions_ask(const packet_view_t *packet _U_, question_e kind _U_, uint32_t number _U_)
{
}

bool
questions_answer(const packet_view_t *packet _U_, question_e kind _U_, uint32_t number _U_)
{
    return true;
}

bool
questions_is_asked(const packet_view_t *packet _U_, question_e kind _U_, uint32_t number _U_)
{
    return true;
}

/* In place of transactions.c: each message is the only one with its number. */
bool
transactions_ask(const packet_view_t *packet _U_, uint64_t number _U_,
                 const uint8_t *request _U_, size_t length _U_)
{
    return true;
}

bool
transactions_answer(const packet_view_t *packet _U_, uint64_t number _U_, bool is_last _U_)
{
    return true;
}

/*
 * In place of http-order.c: each message has the number of the one before it and one, and each
 * response is one to GET.
 */
static http_place_t place = { 0, true };
static http_asked_t last_asked = { .method = HTTP_METHOD_GET };

void
http_order_reset(void)
{
    place.number = 0;
    last_asked = (http_asked_t){ .method = HTTP_METHOD_GET };
}

void
http_order_begin(const packet_view_t *packet _U_)
{
}

http_place_t
http_order_request(const packet_view_t *packet _U_, size_t at _U_, size_t whole _U_)
{
    place.number++;
    return place;
}

bool
http_order_empty_lines(const packet_view_t *packet _U_)
{
    return false;
}

void
http_order_set_asked(http_place_t of _U_, http_asked_t asked)
{
    last_asked = asked;
}

http_asked_t
http_order_asked(http_place_t of _U_)
{
    return last_asked;
}

http_asked_t
http_order_awaited(const packet_view_t *packet _U_, size_t at _U_)
{
    return last_asked;
}

void
http_order_ask_account(uint8_t kind _U_)
{
}

bool
http_order_asks_account(uint8_t kind _U_)
{
    return false;
}

http_place_t
http_order_response(const packet_view_t *packet _U_, size_t at _U_, http_extent_t extent)
{
    static const http_place_t none;

    place.number += extent.is_final;
    return extent.is_final ? place : none;
}

size_t
http_order_next_response(const packet_view_t *packet _U_)
{
    return 0;
}

void
http_order_leave_open(const packet_view_t *packet _U_, http_place_t of _U_, unsigned what _U_,
                      bool is_first _U_)
{
}

http_place_t
http_order_open(const packet_view_t *packet _U_, unsigned *what _U_, bool *is_decoded _U_)
{
    static const http_place_t none;

    return none;
}

void
http_order_close(void)
{
}

/* In place of flow-content.c. */
flow_content_t *
flow_content_get(packet_info *pinfo _U_, bool create _U_)
{
    static const content_roles_t no_roles;
    static const asked_uri_t no_uri;
    static flow_content_t flow = { .roles = &no_roles, .uri = &no_uri };

    return &flow;
}

void
flow_content_set_roles(flow_content_t *flow, const content_roles_t *roles)
{
    static content_roles_t shown;

    shown = *roles;
    flow->roles = &shown;
}

void
flow_content_set_uri(flow_content_t *flow, const asked_uri_t *uri)
{
    static asked_uri_t asked;

    asked = *uri;
    flow->uri = &asked;
}

void
flow_content_reset(void)
{
}

#endif /* __SMSRC_EVIDENCE_FIXTURE_H__ */
