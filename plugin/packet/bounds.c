/* bounds.c
 * Names of all limits, and which of them a capture has exceeded
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * Every store that grows with a capture is bounded, because captures are hostile. A store that is
 * full reports it here, for the expert info smsrc.audit.overflow and every statistic: which bound,
 * the first frame past it, and how often. The store does not need to know the frame: a report
 * belongs to the frame that is being dissected, whose number the post-dissector, called last,
 * records.
 */

#include "bounds.h"

typedef struct {
    unsigned limit;
    unsigned count;
    uint32_t frame;
} bound_t;

/* Follow "more than N". */
static const char *const bound_names[NUM_BOUNDS] = {
    [BOUND_ROLE_HOSTS] = "hosts with learned roles",
    [BOUND_REPORTED_HOSTS] = "hosts with learned roles before one that only others report",
    [BOUND_HANDED_OUT] = "ports that a service has handed out",
    [BOUND_RPC_TOWERS] = "RPC endpoints in one packet",
    [BOUND_RPC_PIECES] = "RPC messages of an endpoint mapper in pieces",
    [BOUND_RPC_BYTES] = "bytes of one RPC message of an endpoint mapper in pieces",
    [BOUND_SQL_INSTANCES] = "instances in one answer of SQL Server Browser",
    [BOUND_DNS_RECORDS] = "records in one DNS answer",
    [BOUND_DNS_TARGETS] = "management points in one DNS answer",
    [BOUND_NBNS_OWNERS] = "owners of a name in one NBNS answer",
    [BOUND_HTTP_REQUESTS] = "HTTP requests in one packet",
    [BOUND_HTTP_HEADERS] = "HTTP headers of interest in one request",
    [BOUND_HTTP_LINES] = "lines of one HTTP head",
    [BOUND_HTTP_OPEN] = "open HTTP requests of one connection, of which one may show a role",
    [BOUND_HTTP_CONNECTIONS] =
        "HTTP connections, of which one has an open request that may show a role",
    [BOUND_HTTP_PROOFS] = "requests proven by one answer of an HTTP server",
    [BOUND_PROXIES] = "HTTP proxies",
    [BOUND_PROXY_FLOWS] =
        "flows of one HTTP proxy that wait for an answer, of which one may show a role",
    [BOUND_LDAP_MESSAGES] = "LDAP messages in one packet",
    [BOUND_LDAP_CLASSES] = "classes in one LDAP filter",
    [BOUND_RPC_MESSAGES] = "RPC messages in one packet",
    [BOUND_RPC_CONTEXTS] = "contexts of one RPC connection before one of a login to WMI",
    [BOUND_TDS_TOKENS] = "tokens in one response of a SQL Server",
    [BOUND_SMB_MESSAGES] = "SMB messages in one packet",
    [BOUND_SMB_CHAIN] = "commands chained to one session setup of SMB",
    [BOUND_SHARE_REMARKS] = "remarks of interest in one list of shares",
    [BOUND_TLS_RECORDS] = "records of a TLS handshake in one packet",
    [BOUND_TLS_MESSAGES] = "messages in one record of a TLS handshake",
    [BOUND_TLS_EXTENSIONS] = "extensions before the server's name in one TLS ClientHello",
    [BOUND_PACKET_PARTS] = "reassembled or decrypted parts of one packet",
    [BOUND_IP_EXTENSIONS] = "extension headers of one IPv6 packet",
    [BOUND_PENDING] = "requests of one flow that wait for an answer",
    [BOUND_FACT_HOSTS] = "hosts with a fact that may need a second one",
    [BOUND_FACTS] = "facts about one host of which one may need a second",
    [BOUND_VERDICTS] = "verdicts of one flow",
    [BOUND_TRIES] = "pairs of hosts with unanswered tries",
    [BOUND_SESSIONS] = "remote control sessions",
    [BOUND_PAIRS] = "pairs of hosts with remote control",
    [BOUND_UNPROVEN_PAIRS] = "pairs of hosts before one without proof of remote control",
    [BOUND_VIEWERS] = "viewers",
    [BOUND_LOOKUPS] = "NetBIOS names asked for",
    [BOUND_REQUESTS] = "messages of remote control since a request that has no reply",
    [BOUND_NAME_BYTES] = "bytes of a name",
    [BOUND_CM_CHANNELS] = "virtual channels of one session",
    [BOUND_HEADER_PIECES] = "incomplete headers of Remote Control",
    [BOUND_STREAM_HEADS] = "connections whose first bytes are being read",
    [BOUND_STREAM_SEGMENTS] = "pieces of the first bytes of a connection before their turn",
};

/* Rebuilt for every capture. */
unsigned bounds_events;
static bound_t bounds[NUM_BOUNDS];
static unsigned noted_events; /* of the frames that have ended */
static bool grown;

void
bounds_reset(void)
{
    memset(bounds, 0, sizeof bounds);
    bounds_events = noted_events = 0;
    grown = false;
}

void
bounds_exceed(bound_e bound, unsigned limit)
{
    bounds[bound].limit = limit;
    bounds[bound].count++;
    bounds_events++;
}

bool
bounds_end_frame(uint32_t frame)
{
    bool first = false;

    grown = noted_events != bounds_events;
    noted_events = bounds_events;
    for (unsigned i = 0; i < NUM_BOUNDS; i++) {
        if (bounds[i].count > 0 && bounds[i].frame == 0)
            bounds[i].frame = frame;
        first = first || (bounds[i].count > 0 && bounds[i].frame == frame);
    }
    return first;
}

bool
bounds_have_grown(void)
{
    return grown;
}

bound_e
bounds_next(bound_e bound)
{
    int next = (int)bound + 1;

    while (next < NUM_BOUNDS && bounds[next].count == 0)
        next++;
    return (bound_e)next;
}

uint32_t
bounds_frame(bound_e bound)
{
    return bounds[bound].frame;
}

unsigned
bounds_count(bound_e bound)
{
    return bounds[bound].count;
}

unsigned
bounds_limit(bound_e bound)
{
    return bounds[bound].limit;
}

const char *
bounds_name(bound_e bound)
{
    return bound_names[bound];
}

char *
bounds_to_str(wmem_allocator_t *scope, bound_e bound)
{
    const bound_t *one = &bounds[bound];

    return wmem_strdup_printf(scope, "more than %u %s, first in frame %u, %u time%s", one->limit,
                              bound_names[bound], one->frame, one->count,
                              one->count == 1 ? "" : "s");
}
