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

#include <epan/uat.h>

#include "uat-file.h"

#define ROLE_NAMES                                                                               \
    { SMSRC_ROLE_SITE_SERVER, "Site server" },                                                   \
    { SMSRC_ROLE_CHILD_SITE_SERVER, "Child site server" },                                       \
    { SMSRC_ROLE_SECONDARY_SITE_SERVER, "Secondary site server" },                               \
    { SMSRC_ROLE_SQL_SERVER, "SQL Server" },                                                     \
    { SMSRC_ROLE_MANAGEMENT_POINT, "Management point" },                                         \
    { SMSRC_ROLE_PROXY_MANAGEMENT_POINT, "Proxy management point" },                             \
    { SMSRC_ROLE_SERVER_LOCATOR_POINT, "Server locator point" },                                 \
    { SMSRC_ROLE_REPORTING_POINT, "Reporting point" },                                           \
    { SMSRC_ROLE_BITS_DISTRIBUTION_POINT, "BITS distribution point" },                           \
    { SMSRC_ROLE_SMB_DISTRIBUTION_POINT, "SMB distribution point" },                             \
    { SMSRC_ROLE_CLIENT_ACCESS_POINT, "Client access point" },                                   \
    { SMSRC_ROLE_DOMAIN_CONTROLLER, "Domain controller" },                                       \
    { SMSRC_ROLE_ADVANCED_CLIENT, "Advanced Client" },                                           \
    { SMSRC_ROLE_LEGACY_CLIENT, "Legacy Client" },                                               \
    { SMSRC_ROLE_ADMIN_CONSOLE, "Administrator console" },                                       \
    { SMSRC_ROLE_SMS_PROVIDER, "SMS Provider" },                                                 \
    { SMSRC_ROLE_DNS_SERVER, "DNS server" },                                                     \
    { SMSRC_ROLE_DHCP_SERVER, "DHCP server" },                                                   \
    { SMSRC_ROLE_WINS_SERVER, "WINS server" },                                                   \
    { SMSRC_ROLE_RAS_SENDER, "RAS sender" },                                                     \
    { SMSRC_ROLE_CLIENT, "Client" }

const value_string smsrc_role_vals[] = {
    ROLE_NAMES,
    { 0, NULL },
};

const value_string smsrc_role_or_any_vals[] = {
    ROLE_NAMES,
    { SMSRC_ROLE_OR_ANY, "any" },
    { 0, NULL },
};

G_STATIC_ASSERT(G_N_ELEMENTS(smsrc_role_vals) == SMSRC_NUM_ROLES + 1);

/* The entry of @p vals with this name, or NULL. @p name need not end in a NUL. */
static const value_string *
find_name(const value_string *vals, const char *name, size_t length)
{
    for (; vals->strptr; vals++) {
        if (strlen(vals->strptr) == length && !g_ascii_strncasecmp(vals->strptr, name, length))
            return vals;
    }
    return NULL;
}

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

unsigned
smsrc_role_from_text(const char *text, unsigned length, const void *vals)
{
    const value_string *first = (const value_string *)vals;
    const value_string *found = find_name(first, text ? text : "", length);

    return found ? found->value : first->value;
}

ws_uat_bool
smsrc_role_field_check(void *record _U_, const char *text, unsigned length, const void *vals,
                       const void *field_vals _U_, char **error)
{
    GString *message;

    if (find_name((const value_string *)vals, text ? text : "", length)) {
        *error = NULL;
        return TRUE;
    }
    *error = table_bad_text(text, length);
    if (*error)
        return FALSE;

    message = g_string_new(NULL);
    g_string_printf(message, "\"%.*s\" is no role; the roles are: ", (int)length,
                    text ? text : "");
    for (const value_string *role = (const value_string *)vals; role->strptr; role++)
        g_string_append_printf(message, "%s%s", role == vals ? "" : ", ", role->strptr);
    *error = table_shown(g_string_free(message, FALSE));
    return FALSE;
}
