/* sql-browser.c
 * Ports that SQL Server Browser hands out
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * MC-SQLR 2.2: a request is one byte, with the name of an instance behind it in one kind of
 * request. A response has a length and text, "ServerName;SQL01;InstanceName;SMS;...;tcp;50123;;",
 * for each instance of the host that sends it. A request may be broadcast: several hosts answer.
 */

#include "sql-browser.h"

#include "bounds.h"
#include "handed-out.h"
#include "questions.h"

#define MAX_INSTANCES 64

enum { ASKS_ALL = 2, ASKS_HOST = 3, ASKS_INSTANCE = 4, ANSWERS = 5 };

/* The port that follows a "tcp;"; 0 if none does. */
static uint16_t
read_port(const uint8_t *at, const uint8_t *end)
{
    unsigned port = 0;

    for (; at < end && g_ascii_isdigit(*at) && port <= UINT16_MAX; at++)
        port = 10 * port + (unsigned)(*at - '0');
    return port <= UINT16_MAX && at < end && *at == ';' ? (uint16_t)port : 0;
}

static void
read_response(const packet_view_t *packet)
{
    enum { HEADER = 3 };
    static const char before[] = ";tcp;";
    const handed_out_t out = { .by = HANDED_OUT_SQL };
    const uint8_t *at = packet->payload + HEADER, *end = packet->payload + packet->length;

    for (unsigned i = 0; packet->length > HEADER; i++) {
        at = ws_memmem(at, (size_t)(end - at), before, sizeof before - 1);
        if (at == NULL || bounds_full(BOUND_SQL_INSTANCES, i, MAX_INSTANCES))
            return;
        at += sizeof before - 1;
        handed_out_add(packet->pinfo, &packet->pinfo->src, TRANSPORT_TCP, read_port(at, end), out);
    }
}

void
sql_browser_read(const packet_view_t *packet)
{
    const uint8_t *kind = packet_view_bytes(packet, 0, 1);

    if (kind == NULL)
        return;
    if (packet->pinfo->destport == SQL_BROWSER_PORT && *kind >= ASKS_ALL && *kind <= ASKS_INSTANCE)
        questions_ask(packet, QUESTION_SQL_BROWSER, 0);
    else if (packet->pinfo->srcport == SQL_BROWSER_PORT && *kind == ANSWERS &&
             questions_is_asked(packet, QUESTION_SQL_BROWSER, 0))
        read_response(packet);
}
