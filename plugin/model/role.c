/* role.c
 * The roles a host can hold in an SMS 2003 site, as users type them
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * The roles are those of KB 826852's headings, "How SMS 2003 uses ports", in Microsoft's spelling,
 * the client access point of SMS 2.0, which the Legacy Client uses, and then the roles that the
 * lists of ports of Configuration Manager have beside these. "Internet" is a class of addresses.
 */

#include "role.h"

#include <wsutil/bits_ctz.h>

#define ROLE(name, text, general) { ROLE_##name, text },

const value_string role_vals[] = {
    ROLE_LIST(ROLE)
    { 0, NULL },
};

const value_string role_or_group_vals[] = {
    ROLE_LIST(ROLE)
    { ROLE_GROUP_DISTRIBUTION_POINT, "Distribution point" },
    { 0, NULL },
};

const value_string role_or_any_vals[] = {
    ROLE_LIST(ROLE)
    { ROLE_GROUP_DISTRIBUTION_POINT, "Distribution point" },
    { ROLE_OR_ANY, "any" },
    { 0, NULL },
};

#undef ROLE

static const role_e general_roles[] = {
#define ROLE(name, text, general) ROLE_##general,
    ROLE_LIST(ROLE)
#undef ROLE
};

G_STATIC_ASSERT(NUM_ROLES <= 61); /* three bits of a set are not roles */

const char *
role_standing_name(standing_e standing)
{
    static const char *const names[NUM_STANDINGS] = {
        [STANDING_NONE] = "",
        [STANDING_UNCONFIRMED] = "Unconfirmed",
        [STANDING_PROVEN] = "Proven",
        [STANDING_TABLE] = "Table",
    };

    return (unsigned)standing < NUM_STANDINGS ? names[standing] : "";
}

char *
role_set_to_str(wmem_allocator_t *scope, role_set_t roles)
{
    wmem_strbuf_t *names = wmem_strbuf_new(scope, "");

    for (const value_string *role = role_vals; role->strptr != NULL; role++) {
        if ((roles & ROLE_BIT(role->value)) != 0) {
            if (wmem_strbuf_get_len(names) > 0)
                wmem_strbuf_append(names, ", ");
            wmem_strbuf_append(names, role->strptr);
        }
    }
    return wmem_strbuf_finalize(names);
}

role_set_t
role_set_of_value(unsigned value)
{
    if (value == ROLE_GROUP_DISTRIBUTION_POINT)
        return ROLE_BIT(ROLE_BITS_DISTRIBUTION_POINT) | ROLE_BIT(ROLE_SMB_DISTRIBUTION_POINT);
    if (value == ROLE_CENTRAL_SITE_SERVER || value == ROLE_PASSIVE_SITE_SERVER)
        return ROLE_BIT(value) | ROLE_BIT(ROLE_SITE_SERVER);
    return value < NUM_ROLES ? ROLE_BIT(value) : 0;
}

role_e
role_kind(role_e role)
{
    return (unsigned)role < NUM_ROLES ? general_roles[role] : role;
}

role_set_t
role_set_general(role_set_t held)
{
    role_set_t general = 0;

    for (held &= ROLE_BIT(NUM_ROLES) - 1; held != 0; held &= held - 1) {
        unsigned role = (unsigned)ws_ctz(held);

        if (general_roles[role] != role)
            general |= ROLE_BIT(general_roles[role]);
    }
    return general;
}
