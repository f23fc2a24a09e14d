/* bounds.h
 * Names of all limits, and which of them a capture has exceeded
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_BOUNDS_H__
#define __SMSRC_BOUNDS_H__

#include "smsrc-compat.h"

/** What is bounded, in the order in which it is listed. The names are in bounds.c. */
typedef enum {
    BOUND_NONE = -1,
    BOUND_ROLE_HOSTS,
    BOUND_REPORTED_HOSTS,
    BOUND_HANDED_OUT,
    BOUND_RPC_TOWERS,
    BOUND_RPC_PIECES,
    BOUND_RPC_BYTES,
    BOUND_SQL_INSTANCES,
    BOUND_DNS_RECORDS,
    BOUND_DNS_TARGETS,
    BOUND_NBNS_OWNERS,
    BOUND_HTTP_REQUESTS,
    BOUND_HTTP_HEADERS,
    BOUND_HTTP_LINES,
    BOUND_HTTP_OPEN,
    BOUND_HTTP_CONNECTIONS,
    BOUND_HTTP_PROOFS,
    BOUND_PROXIES,
    BOUND_PROXY_FLOWS,
    BOUND_LDAP_MESSAGES,
    BOUND_LDAP_CLASSES,
    BOUND_RPC_MESSAGES,
    BOUND_RPC_CONTEXTS,
    BOUND_TDS_TOKENS,
    BOUND_SMB_MESSAGES,
    BOUND_SMB_CHAIN,
    BOUND_SHARE_REMARKS,
    BOUND_TLS_RECORDS,
    BOUND_TLS_MESSAGES,
    BOUND_TLS_EXTENSIONS,
    BOUND_PACKET_PARTS,
    BOUND_IP_EXTENSIONS,
    BOUND_PENDING,
    BOUND_FACT_HOSTS,
    BOUND_FACTS,
    BOUND_VERDICTS,
    BOUND_TRIES,
    BOUND_SESSIONS,
    BOUND_PAIRS,
    BOUND_UNPROVEN_PAIRS,
    BOUND_VIEWERS,
    BOUND_LOOKUPS,
    BOUND_REQUESTS,
    BOUND_NAME_BYTES,
    BOUND_CM_CHANNELS,
    BOUND_HEADER_PIECES,
    BOUND_STREAM_HEADS,
    BOUND_STREAM_SEGMENTS,
    NUM_BOUNDS,
} bound_e;

/** How often any bound was exceeded in this capture; read through bounds_are_reached(). */
extern unsigned bounds_events;

/** Forgets the previous capture. Call from an init routine. */
void bounds_reset(void);

/**
 * Reports that an object was not kept, because there are @p limit of its kind. Call on the first
 * pass only: the frame is the one that bounds_end_frame() is called for next.
 */
void bounds_exceed(bound_e bound, unsigned limit);

/** True if @p count has reached @p limit: reports that one more is not kept. */
static inline bool
bounds_full(bound_e bound, unsigned count, unsigned limit)
{
    if (count < limit)
        return false;
    bounds_exceed(bound, limit);
    return true;
}

/** Returns how many of @p count are kept, at most @p limit, and reports if not all are. */
static inline unsigned
bounds_cut(bound_e bound, unsigned count, unsigned limit)
{
    if (count <= limit)
        return count;
    bounds_exceed(bound, limit);
    return limit;
}

/** Ends the frame, on any pass. True if it is the first frame past any bound. */
bool bounds_end_frame(uint32_t frame);

/** True if bounds_end_frame() has to be called. Cheap. */
static inline bool
bounds_are_reached(void)
{
    return bounds_events != 0;
}

/** True if any bound was exceeded in the frame that bounds_end_frame() was called for. */
bool bounds_have_grown(void);

/**
 * Returns the first bound after @p bound that was exceeded in this capture, or NUM_BOUNDS. Begin
 * with BOUND_NONE.
 */
bound_e bounds_next(bound_e bound);

/** Return the first frame past the bound, how often it was exceeded, and the limit. */
uint32_t bounds_frame(bound_e bound);
unsigned bounds_count(bound_e bound);
unsigned bounds_limit(bound_e bound);

/** Returns what is bounded, as users read it: "hosts with learned roles". Static. */
const char *bounds_name(bound_e bound);

/**
 * Returns "more than 65536 hosts with learned roles, first in frame 65537, 3 times". Free it with
 * wmem_free(@p scope, ...).
 */
char *bounds_to_str(wmem_allocator_t *scope, bound_e bound);

#endif /* __SMSRC_BOUNDS_H__ */
