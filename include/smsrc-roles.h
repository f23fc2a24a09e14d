/* smsrc-roles.h
 * The roles a host can hold in an SMS 2003 site, as users type them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_ROLES_H__
#define __SMSRC_ROLES_H__

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
 * Callbacks (epan/uat.h) of a field that holds a role in a table of the user's: @p vals is
 * smsrc_role_vals or smsrc_role_or_any_vals, @p offset that of an unsigned in the record.
 * They take letters of either case and write a role as smsrc_role_vals has it. The check is
 * the field's, not the record's: a record refused by its own check ends the reading of the file.
 */
ws_uat_bool smsrc_role_field_check(void *record, const char *text, unsigned length,
                                   const void *vals, const void *offset, char **error);
void smsrc_role_field_set(void *record, const char *text, unsigned length, const void *vals,
                          const void *offset);
void smsrc_role_field_print(void *record, char **text, unsigned *length, const void *vals,
                            const void *offset);

/** The uat_field_t for the unsigned @p member of record type @p rec_t. */
#define SMSRC_UAT_FLD_ROLE(rec_t, member, title, vals, desc)                                     \
    {                                                                                            \
        #member, title, PT_TXTMOD_ENUM,                                                          \
            { smsrc_role_field_check, smsrc_role_field_set, smsrc_role_field_print },            \
            { vals, vals, vals }, GSIZE_TO_POINTER(offsetof(rec_t, member)), desc, FLDFILL       \
    }

#endif /* __SMSRC_ROLES_H__ */
