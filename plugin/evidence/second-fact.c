/* second-fact.c
 * Facts about a host of which one needs a second one
 *
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

#define MAX_HOSTS 4096
#define MAX_FACTS 8

typedef struct {
    noted_fact_t facts[MAX_FACTS];
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
    for (unsigned i = 0; i < host->count; i++) {
        const noted_fact_t *other = &host->facts[i];

        if (other->fact != fact->fact && other->conversation != fact->conversation &&
            is_of_same_site(other, fact))
            return true;
    }
    return false;
}

static void
prove(const address *addr, noted_fact_t *fact)
{
    role_finding_t finding = {
        .standing = STANDING_PROVEN,
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
    fact->roles = 0;
}

/* True if the host has a fact that the new one adds nothing to. */
static bool
is_noted(const host_facts_t *host, const noted_fact_t *fact)
{
    for (unsigned i = 0; i < host->count; i++) {
        const noted_fact_t *old = &host->facts[i];

        if (old->fact == fact->fact && (fact->roles & ~old->roles) == 0 &&
            g_ascii_strcasecmp(old->site_code, fact->site_code) == 0)
            return true;
    }
    return false;
}

void
second_fact_note(const address *addr, const noted_fact_t *fact)
{
    host_facts_t *host = addresses_is_one_host(addr) ? find_host(addr) : NULL;
    noted_fact_t *place;

    if (host == NULL || is_noted(host, fact) ||
        bounds_full(BOUND_FACTS, host->count, MAX_FACTS))
        return;
    place = &host->facts[host->count++];
    *place = *fact;
    place->site_code = wmem_strdup(wmem_file_scope(), fact->site_code);
    place->reason = wmem_strdup(wmem_file_scope(), fact->reason);
    for (unsigned i = 0; i < host->count; i++) {
        if (host->facts[i].roles != 0 && has_second(host, &host->facts[i]))
            prove(addr, &host->facts[i]);
    }
}
