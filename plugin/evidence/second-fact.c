/* second-fact.c
 * Facts about a host of which one needs a second one
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * Other products have databases and pages whose names are like those of SMS, and other people log
 * in to the site database. So some signatures show a role only together with a fact of another
 * kind. Facts come in any order, so all that answers have confirmed are kept, a few for each host.
 */

#include "second-fact.h"

#include "addresses.h"
#include "bounds.h"
#include "role-book.h"

#define MAX_HOSTS 65536
#define MAX_FACTS 8

typedef struct known {
    noted_fact_t fact;
    bool is_shown; /* its roles are */
    struct known *next;
} known_t;

typedef struct {
    known_t *facts;
    unsigned count;
} host_facts_t;

/* The state of one capture. */
static wmem_map_t *hosts; /* address to host_facts_t */

void
second_fact_reset(void)
{
    hosts = wmem_map_new(wmem_file_scope(), addresses_key_hash, addresses_key_equal);
}

static host_facts_t *
find_host(const address *addr)
{
    host_facts_t *host = (host_facts_t *)wmem_map_lookup(hosts, addr);

    if (host != NULL || bounds_full(BOUND_FACT_HOSTS, wmem_map_size(hosts), MAX_HOSTS))
        return host;
    host = wmem_new0(wmem_file_scope(), host_facts_t);
    wmem_map_insert(hosts, addresses_key_new(addr), host);
    return host;
}

static bool
is_of_same_site(const noted_fact_t *a, const noted_fact_t *b)
{
    return *a->site_code == '\0' || *b->site_code == '\0' ||
           g_ascii_strcasecmp(a->site_code, b->site_code) == 0;
}

/* True if a fact of @p host agrees with @p fact. */
static bool
has_second(const host_facts_t *host, const noted_fact_t *fact)
{
    for (const known_t *known = host->facts; known != NULL; known = known->next) {
        const noted_fact_t *other = &known->fact;

        if (other->of_asker == fact->of_asker && !other->is_weak && other->fact != fact->fact &&
            other->conversation != fact->conversation && is_of_same_site(other, fact))
            return true;
    }
    return false;
}

static void
learn(const address *addr, known_t *known)
{
    const noted_fact_t *fact = &known->fact;
    role_finding_t finding = {
        .standing = fact->of_asker || fact->is_weak ? STANDING_UNCONFIRMED : STANDING_PROVEN,
        .if_alone = fact->of_asker,
        .site_code = fact->site_code,
        .frame = fact->frame,
        .reason = fact->reason,
    };

    for (unsigned role = 0; role < NUM_ROLES; role++) {
        if ((fact->roles & ROLE_BIT(role)) == 0)
            continue;
        finding.role = (role_e)role;
        role_book_learn(addr, &finding);
    }
    known->is_shown = true;
}

/* True if the host has a fact that the new one adds nothing to. */
static bool
is_noted(const host_facts_t *host, const noted_fact_t *fact)
{
    for (const known_t *known = host->facts; known != NULL; known = known->next) {
        const noted_fact_t *old = &known->fact;

        if (old->of_asker == fact->of_asker && old->is_weak <= fact->is_weak &&
            old->fact == fact->fact &&
            (fact->roles & ~old->roles) == 0 &&
            g_ascii_strcasecmp(old->site_code, fact->site_code) == 0)
            return true;
    }
    return false;
}

void
second_fact_note(const address *addr, const noted_fact_t *fact)
{
    host_facts_t *host = addresses_is_one_host(addr) ? find_host(addr) : NULL;
    known_t *known;

    if (host == NULL || is_noted(host, fact) ||
        bounds_full(BOUND_FACTS, host->count, MAX_FACTS))
        return;
    known = wmem_new0(wmem_file_scope(), known_t);
    known->fact = *fact;
    known->fact.site_code = wmem_strdup(wmem_file_scope(), fact->site_code);
    known->fact.reason = wmem_strdup(wmem_file_scope(), fact->reason);
    known->next = host->facts;
    host->facts = known;
    host->count++;
    for (; known != NULL; known = known->next) {
        if (known->fact.roles != 0 && !known->is_shown && has_second(host, &known->fact))
            learn(addr, known);
    }
}
