/* second-fact.h
 * Facts about a host of which one needs a second one
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_SECOND_FACT_H__
#define __SMSRC_SECOND_FACT_H__

#include <epan/address.h>

#include "role-signatures.h"

/** A fact about a host, which an answer has confirmed. */
typedef struct {
    fact_e fact;
    const void *conversation; /* in which it was seen */
    const char *site_code;    /* "" where it is not known */
    role_set_t roles;         /* that it shows with a second one; 0 for none */
    bool of_asker;            /* it agrees with such alone, and makes roles Unconfirmed that
                                 count while the host has no role of a server; else Proven */
    bool is_weak;             /* it makes its roles Unconfirmed; it confirms no other fact */
    uint32_t frame;
    const char *reason;
} noted_fact_t;

/** Forgets the capture before. Call from an init routine. */
void second_fact_reset(void);

/**
 * Notes @p fact about @p host. The roles of a fact that another one agrees with are learned: one of
 * another kind, in another flow, and not of another site.
 */
void second_fact_note(const address *host, const noted_fact_t *fact);

#endif /* __SMSRC_SECOND_FACT_H__ */
