/* role.c
 * The roles a host can hold in an SMS 2003 site, as users type them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The roles are those of KB 826852's headings, "How SMS 2003 uses ports", written as Microsoft
 * writes them; the client access point is SMS 2.0's and kept for the Legacy Client.
 */

#define WS_LOG_DOMAIN "smsrc"

#include "role.h"

#include <wsutil/bits_ctz.h>

#define ROLE(name, text, general) { SMSRC_ROLE_##name, text },

const value_string smsrc_role_vals[] = {
    SMSRC_ROLE_LIST(ROLE)
    { 0, NULL },
};

const value_string smsrc_role_or_any_vals[] = {
    SMSRC_ROLE_LIST(ROLE)
    { SMSRC_ROLE_OR_ANY, "any" },
    { 0, NULL },
};

#undef ROLE

static const smsrc_role_e general_roles[] = {
#define ROLE(name, text, general) SMSRC_ROLE_##general,
    SMSRC_ROLE_LIST(ROLE)
#undef ROLE
};

G_STATIC_ASSERT(SMSRC_NUM_ROLES <= 62); /* the last two bits of a set are no roles */

char *
smsrc_roles_to_str(wmem_allocator_t *scope, smsrc_role_set_t roles)
{
    wmem_strbuf_t *names = wmem_strbuf_new(scope, "");

    for (const value_string *role = smsrc_role_vals; role->strptr; role++) {
        if (roles & SMSRC_ROLE_BIT(role->value)) {
            if (wmem_strbuf_get_len(names) > 0)
                wmem_strbuf_append(names, ", ");
            wmem_strbuf_append(names, role->strptr);
        }
    }
    return wmem_strbuf_finalize(names);
}

smsrc_role_set_t
smsrc_roles_general(smsrc_role_set_t held)
{
    smsrc_role_set_t general = 0;

    for (held &= SMSRC_ROLE_BIT(SMSRC_NUM_ROLES) - 1; held != 0; held &= held - 1) {
        unsigned role = (unsigned)ws_ctz(held);

        if (general_roles[role] != role)
            general |= SMSRC_ROLE_BIT(general_roles[role]);
    }
    return general;
}
