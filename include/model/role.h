/* role.h
 * The roles a host can hold in an SMS 2003 site, as users type them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_ROLE_H__
#define __SMSRC_ROLE_H__

#include "smsrc-compat.h"

/* The order is that of the table smsrc_role_vals; new roles go to the end. */
typedef enum {
    SMSRC_ROLE_SITE_SERVER,
    SMSRC_ROLE_CHILD_SITE_SERVER,
    SMSRC_ROLE_SECONDARY_SITE_SERVER,
    SMSRC_ROLE_SQL_SERVER,
    SMSRC_ROLE_MANAGEMENT_POINT,
    SMSRC_ROLE_PROXY_MANAGEMENT_POINT,
    SMSRC_ROLE_SERVER_LOCATOR_POINT,
    SMSRC_ROLE_REPORTING_POINT,
    SMSRC_ROLE_BITS_DISTRIBUTION_POINT,
    SMSRC_ROLE_SMB_DISTRIBUTION_POINT,
    SMSRC_ROLE_CLIENT_ACCESS_POINT,
    SMSRC_ROLE_DOMAIN_CONTROLLER,
    SMSRC_ROLE_ADVANCED_CLIENT,
    SMSRC_ROLE_LEGACY_CLIENT,
    SMSRC_ROLE_ADMIN_CONSOLE,
    SMSRC_ROLE_SMS_PROVIDER,
    SMSRC_ROLE_DNS_SERVER,
    SMSRC_ROLE_DHCP_SERVER,
    SMSRC_ROLE_WINS_SERVER,
    SMSRC_ROLE_RAS_SENDER,
    /* A managed client whose kind its traffic does not tell (Remote Control's agent, say). */
    SMSRC_ROLE_CLIENT,
    SMSRC_NUM_ROLES
} smsrc_role_e;

/** What smsrc_role_or_any_vals has for "any", in the place of a role. */
#define SMSRC_ROLE_OR_ANY SMSRC_NUM_ROLES

/** A set of roles, one bit each: a host may hold several. */
typedef uint32_t smsrc_role_set_t;

#define SMSRC_ROLE_BIT(role) ((smsrc_role_set_t)1 << (role))

/** Any host, with a role or without one. */
#define SMSRC_ROLES_ANY UINT32_MAX

/** The clients whose kind is known. Whoever holds one of these is a SMSRC_ROLE_CLIENT too. */
#define SMSRC_ROLES_CLIENT_KINDS                                                                 \
    (SMSRC_ROLE_BIT(SMSRC_ROLE_ADVANCED_CLIENT) | SMSRC_ROLE_BIT(SMSRC_ROLE_LEGACY_CLIENT))

/** A host that calls without any role of its own, as a reader of reports does. Not in the book. */
#define SMSRC_ROLES_NOBODY SMSRC_ROLE_BIT(30)

/** Not a host: the destination of a broadcast. Never in the role book. */
#define SMSRC_ROLES_BROADCAST SMSRC_ROLE_BIT(31)

/** Names of the roles as users type them in smsrc_roles and in filters. */
extern const value_string smsrc_role_vals[];

/** The same with "any" behind them, for tables that have rows for any host. */
extern const value_string smsrc_role_or_any_vals[];

/**
 * The names of the roles in @p roles, separated by ", ", in the order of smsrc_role_vals.
 * The string belongs to @p scope; it is empty for no role.
 */
char *smsrc_roles_to_str(wmem_allocator_t *scope, smsrc_role_set_t roles);

/**
 * The value that @p vals (smsrc_role_vals or smsrc_role_or_any_vals) has for @p text, in letters of
 * either case. For any other text, and for the empty text of a line that the user has just added in
 * Wireshark's window, it is the first value of @p vals: the field's check refuses a wrong text.
 */
unsigned smsrc_role_from_text(const char *text, unsigned length, const void *vals);

/**
 * The check (epan/uat.h) of a field that holds a role in a table of the user's. It takes letters of
 * either case. The check is the field's, not the record's: a record that its own check refuses ends
 * the reading of the file.
 */
ws_uat_bool smsrc_role_field_check(void *record, const char *text, unsigned length,
                                   const void *vals, const void *field_vals, char **error);

/**
 * Defines the callbacks basename_member_set_cb() and basename_member_tostr_cb() of a role field:
 * the unsigned @p member of record type @p rec_t. They are UAT_VS_DEF()'s, but take letters of
 * either case, and write a role as smsrc_role_or_any_vals has it.
 */
#define SMSRC_UAT_ROLE_CB_DEF(basename, member, rec_t)                                           \
    static void basename##_##member##_set_cb(void *record, const char *text, unsigned length,    \
                                             const void *vals, const void *field_vals _U_)       \
    {                                                                                            \
        ((rec_t *)record)->member = smsrc_role_from_text(text, length, vals);                    \
    }                                                                                            \
    static void basename##_##member##_tostr_cb(void *record, char **text, unsigned *length,      \
                                               const void *vals, const void *field_vals _U_)     \
    {                                                                                            \
        *text = g_strdup(val_to_str_const(((const rec_t *)record)->member,                       \
                                          (const value_string *)vals, ""));                      \
        *length = (unsigned)strlen(*text);                                                       \
    }

/**
 * A field of PT_TXTMOD_ENUM with callbacks as UAT_FLD_VS() wants them and a check of its own.
 * @p vals is a terminated array of value_string. Wireshark's dialog fills the combo box of such a
 * field from fld_data, so that has to be @p vals too, never NULL and nothing else.
 */
#define SMSRC_UAT_FLD_ENUM(basename, member, title, check, vals, desc)                           \
    {                                                                                            \
        #member, title, PT_TXTMOD_ENUM,                                                          \
            { check, basename##_##member##_set_cb, basename##_##member##_tostr_cb },             \
            { vals, vals, vals }, vals, desc, FLDFILL                                            \
    }

#endif /* __SMSRC_ROLE_H__ */
