/* bounds.h
 * What of a capture was not kept, because a bound was reached
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_BOUNDS_H__
#define __SMSRC_BOUNDS_H__

#include "smsrc-compat.h"

/** What is bounded, in the order in which it is listed. Its words are in bounds.c. */
typedef enum {
    BOUND_ROLE_HOSTS,
    BOUND_REPORTED_HOSTS,
    BOUND_RPC_ENDPOINTS,
    BOUND_RPC_TOWERS,
    BOUND_DNS_RECORDS,
    BOUND_DNS_TARGETS,
    BOUND_NBNS_OWNERS,
    BOUND_HTTP_REQUESTS,
    BOUND_HTTP_HEADERS,
    BOUND_LDAP_MESSAGES,
    BOUND_LDAP_CLASSES,
    BOUND_SMB_MESSAGES,
    BOUND_PACKET_PARTS,
    BOUND_PENDING,
    BOUND_JUDGEMENTS,
    BOUND_TRIES,
    BOUND_SESSIONS,
    BOUND_PAIRS,
    BOUND_UNPROVEN_PAIRS,
    BOUND_VIEWERS,
    BOUND_LOOKUPS,
    BOUND_NAME_BYTES,
    BOUND_CM_CHANNELS,
    NUM_BOUNDS,
} bound_e;

/** How often anything was not kept in this capture; read through bounds_are_reached(). */
extern unsigned bounds_events;

/** Forget the capture before: call from an init routine. */
void bounds_reset(void);

/**
 * Something was not kept, because there are @p limit of its kind. On the first pass only: the
 * frame is the one whose end bounds_end_frame() notes next.
 */
void bounds_exceed(bound_e bound, unsigned limit);

/** True where @p count is @p limit already: one more is not kept, which is noted. */
static inline bool
bounds_full(bound_e bound, unsigned count, unsigned limit)
{
    if (count < limit)
        return false;
    bounds_exceed(bound, limit);
    return true;
}

/** How many of @p count are kept, @p limit at most; where that is not all of them it is noted. */
static inline unsigned
bounds_cut(bound_e bound, unsigned count, unsigned limit)
{
    if (count <= limit)
        return count;
    bounds_exceed(bound, limit);
    return limit;
}

/** The end of frame @p frame on any pass. True where it is the first past some bound. */
bool bounds_end_frame(uint32_t frame);

/** True where the end of a frame has to be noted: a look at one number. */
static inline bool
bounds_are_reached(void)
{
    return bounds_events != 0;
}

/** True where the frame that bounds_end_frame() was called for has added to any count. */
bool bounds_have_grown(void);

/** The first frame past the bound, 0: none is known; how often, 0: never; and the limit. */
uint32_t bounds_frame(bound_e bound);
unsigned bounds_count(bound_e bound);
unsigned bounds_limit(bound_e bound);

/** "hosts with learned roles": what is bounded, as users read it. Static. */
const char *bounds_name(bound_e bound);

/**
 * "more than 65536 hosts with learned roles, first in frame 65537, 3 times": to be freed with
 * wmem_free(@p scope, ...).
 */
char *bounds_to_str(wmem_allocator_t *scope, bound_e bound);

#endif /* __SMSRC_BOUNDS_H__ */
