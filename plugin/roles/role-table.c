/* role-table.c
 * The user's table of roles, smsrc_roles
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "role-table.h"

#include <epan/uat.h>
#include <wsutil/bits_ctz.h>

#include "role-field.h"
#include "uat-file.h"

/* A line of the table. */
typedef struct {
    char *address;
    unsigned role; /* role_or_group_vals */
    char *site_code;
} role_line_t;

/* A line as it is compared with others. It has no padding: it is hashed and compared as a whole. */
typedef struct {
    prefix_t prefix;
    uint8_t role;
    char site_code[SITE_CODE_LENGTH];
} line_key_t;

static role_line_t *role_lines;
static unsigned num_role_lines;
static uat_file_t role_file = { .name = "smsrc_roles" };

/* While the table is read: the lines so far, a set of line_key_t, and role_table_read()'s take. */
static GHashTable *lines_taken;
static void (*take_line)(const prefix_t *network, role_e role, const char *site_code);

static unsigned
line_key_hash(const void *key)
{
    return wmem_strong_hash((const uint8_t *)key, sizeof(line_key_t));
}

static gboolean
line_key_equal(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(line_key_t)) == 0;
}

bool
role_table_is_site_code(const char *text)
{
    if (strlen(text) != SITE_CODE_LENGTH)
        return false;
    for (; *text != '\0'; text++) {
        if (!g_ascii_isupper(*text) && !g_ascii_isdigit(*text))
            return false;
    }
    return true;
}

static ws_uat_bool
role_line_check_address(void *record _U_, const char *text, unsigned length,
                        const void *check_data _U_, const void *field_data _U_, char **error)
{
    char *field = g_strndup(text != NULL ? text : "", length);
    prefix_t prefix;

    *error = uat_file_bad_text(text, length);
    if (*error == NULL && !network_table_prefix_from_text(&prefix, field)) {
        *error = uat_file_shown(g_strdup_printf("\"%s\" is not an address or network (examples: "
                                                "10.1.2.3, 10.0.0.0/8, 2001:db8::1, 2001:db8::/32)",
                                                field));
    }
    g_free(field);
    return *error == NULL;
}

static ws_uat_bool
role_line_check_site_code(void *record _U_, const char *text, unsigned length,
                          const void *check_data _U_, const void *field_data _U_, char **error)
{
    char *field = g_strndup(text != NULL ? text : "", length);

    *error = uat_file_bad_text(text, length);
    if (*error == NULL && *field != '\0' && !role_table_is_site_code(field)) {
        *error = uat_file_shown(g_strdup_printf("\"%s\" is not a site code: three "
                                                "characters A-Z and 0-9, or empty",
                                                field));
    }
    g_free(field);
    return *error == NULL;
}

UAT_CSTRING_CB_DEF(role_line, address, role_line_t)
SMSRC_UAT_ROLE_CB_DEF(role_line, role, role_line_t)
UAT_CSTRING_CB_DEF(role_line, site_code, role_line_t)

static void *
role_line_copy(void *to, const void *from, size_t size _U_)
{
    role_line_t *copy = (role_line_t *)to;
    const role_line_t *line = (const role_line_t *)from;

    copy->address = g_strdup(line->address);
    copy->role = line->role;
    copy->site_code = g_strdup(line->site_code);
    return to;
}

static void
role_line_free(void *record)
{
    role_line_t *line = (role_line_t *)record;

    g_free(line->address);
    g_free(line->site_code);
}

/* True if no line before had the same prefix, role and site code. Adds this one to them. */
static bool
is_new_line(const prefix_t *prefix, role_e role, const role_line_t *line)
{
    line_key_t *key = g_new0(line_key_t, 1);

    key->prefix = *prefix;
    key->role = (uint8_t)role;
    if (line->site_code != NULL)
        memcpy(key->site_code, line->site_code,
               MIN(strlen(line->site_code), sizeof key->site_code));
    return g_hash_table_add(lines_taken, key);
}

/* Called for the lines that Wireshark has read, then for those of the file. */
static void
take_record(const void *record)
{
    const role_line_t *line = (const role_line_t *)record;
    prefix_t network;

    if (line->address == NULL || !network_table_prefix_from_text(&network, line->address))
        return; /* the check of its field has reported it */
    for (role_set_t roles = role_set_of_value(line->role); roles != 0; roles &= roles - 1) {
        role_e role = (role_e)ws_ctz(roles);

        if (is_new_line(&network, role, line))
            take_line(&network, role, line->site_code != NULL ? line->site_code : "");
    }
}

void
role_table_register(module_t *module)
{
    /* The fields have the checks: the check of a record would end the reading of the file. */
    static uat_field_t fields[] = {
        { "address", "Address", PT_TXTMOD_STRING,
          { role_line_check_address, role_line_address_set_cb, role_line_address_tostr_cb },
          { NULL, NULL, NULL }, NULL,
          "Host or network, IPv4 or IPv6: 10.1.2.3, 10.0.0.0/8, 2001:db8::/32", FLDFILL },
        SMSRC_UAT_FLD_ENUM(role_line, role, "Role", role_field_check, role_or_group_vals,
                           "What the host is in the SMS site; one line for each role"),
        { "site_code", "Site code", PT_TXTMOD_STRING,
          { role_line_check_site_code, role_line_site_code_set_cb, role_line_site_code_tostr_cb },
          { NULL, NULL, NULL }, NULL, "Three characters, or empty", FLDFILL },
        UAT_END_FIELDS
    };
    uat_t *table = uat_new("SMS roles of hosts", sizeof(role_line_t), "smsrc_roles", TRUE,
                           &role_lines, &num_role_lines, UAT_AFFECTS_DISSECTION, NULL,
                           role_line_copy, NULL, role_line_free, NULL, NULL, fields);

    role_file.fields = fields;
    role_file.record_size = sizeof(role_line_t);
    role_file.free_record = role_line_free;
    role_file.take = take_record;
    prefs_register_uat_preference(module, "audit.roles", "Roles of hosts",
                                  "Which host or network holds which SMS role", table);
}

void
role_table_read(void (*take)(const prefix_t *network, role_e role, const char *site_code))
{
    take_line = take;
    lines_taken = g_hash_table_new_full(line_key_hash, line_key_equal, g_free, NULL);
    uat_file_read(&role_file, role_lines, num_role_lines);
    g_hash_table_destroy(lines_taken);
    lines_taken = NULL;
}
