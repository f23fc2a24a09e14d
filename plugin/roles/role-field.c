/* role-field.c
 * Fields of users' tables that hold a role
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "role-field.h"

#include "product-roles.h"
#include "uat-file.h"

/* The entry of @p vals with just this name, or NULL. @p name need not end in a NUL. */
static const value_string *
find_own_name(const value_string *vals, const char *name, size_t length)
{
    for (; vals->strptr != NULL; vals++) {
        if (strlen(vals->strptr) == length && g_ascii_strncasecmp(vals->strptr, name, length) == 0)
            return vals;
    }
    return NULL;
}

/* The entry of @p vals with this name, ours or the product's, or NULL. */
static const value_string *
find_name(const value_string *vals, const char *name, unsigned length)
{
    const value_string *found = find_own_name(vals, name, length);
    const char *ours = found == NULL ? product_roles_name(name, length) : NULL;

    return ours != NULL ? find_own_name(vals, ours, strlen(ours)) : found;
}

unsigned
role_field_value(const char *text, unsigned length, const void *vals)
{
    const value_string *first = (const value_string *)vals;
    const value_string *found = find_name(first, text != NULL ? text : "", length);

    return found != NULL ? found->value : first->value;
}

ws_uat_bool
role_field_check(void *record _U_, const char *text, unsigned length, const void *vals,
                 const void *field_vals _U_, char **error)
{
    GString *message;

    if (find_name((const value_string *)vals, text != NULL ? text : "", length) != NULL) {
        *error = NULL;
        return TRUE;
    }
    *error = uat_file_bad_text(text, length);
    if (*error != NULL)
        return FALSE;

    message = g_string_new(NULL);
    g_string_printf(message, "\"%.*s\" is not a role; valid roles: ", (int)length,
                    text != NULL ? text : "");
    for (const value_string *role = (const value_string *)vals; role->strptr != NULL; role++)
        g_string_append_printf(message, "%s%s", role == vals ? "" : ", ", role->strptr);
    *error = uat_file_shown(g_string_free(message, FALSE));
    return FALSE;
}
