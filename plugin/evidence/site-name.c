/* site-name.c
 * Names of management points that answers have given
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * A management point's list and SRV records have names in clear. A connection by TLS has nothing
 * but the name of its server, which may be one of them. The last name of each hash is kept, in a
 * table of fixed size, by another hash: what it shows is Unconfirmed at best.
 */

#include "site-name.h"

#include "cache.h"

#define NUM_NAMES 4096 /* a power of two */

static struct {
    uint32_t hash; /* 0: a free place */
    uint32_t length;
} names[NUM_NAMES];
static bool has_names;

void
site_name_reset(void)
{
    cache_clear_used(names, sizeof names, &has_names);
}

/* The hash of a name in small letters; 0 for one without a dot, which is of any site. */
static uint32_t
hash_name(const char *name, size_t length)
{
    char small[SITE_NAME_MAX];

    if (length > SITE_NAME_MAX || memchr(name, '.', length) == NULL)
        return 0;
    for (size_t i = 0; i < length; i++)
        small[i] = g_ascii_tolower(name[i]);
    return wmem_strong_hash((const uint8_t *)small, length) | 1;
}

void
site_name_add(const char *name)
{
    const size_t length = strlen(name);
    const uint32_t hash = hash_name(name, length);

    if (hash == 0)
        return;
    has_names = true;
    names[hash / 2 % NUM_NAMES].hash = hash;
    names[hash / 2 % NUM_NAMES].length = (uint32_t)length;
}

bool
site_name_is_known(const char *name)
{
    const size_t length = strlen(name);
    const uint32_t hash = hash_name(name, length);

    return hash != 0 && names[hash / 2 % NUM_NAMES].hash == hash &&
           names[hash / 2 % NUM_NAMES].length == length;
}
