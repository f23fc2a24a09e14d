/* resolved-roles.h
 * The roles of addresses, resolved once
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_RESOLVED_ROLES_H__
#define __SMSRC_RESOLVED_ROLES_H__

#include "network-table.h"
#include "role.h"

/** The roles of an address by their standing, and how it is in the table. */
typedef struct {
    role_set_t held;
    role_set_t confirmed; /* Proven or Table */
    role_set_t by_table;
    role_set_t internet;  /* ROLE_INTERNET if it is the Internet's, else none */
    bool is_host;         /* the table has the address itself */
    bool is_last;         /* it is the last one of a network of the table */
} resolved_roles_t;

/** Forget all of them. */
void resolved_roles_clear(void);

/** Keep the roles of @p host, which may be none. */
void resolved_roles_put(const prefix_t *host, const resolved_roles_t *roles);

/** NULL if those of @p addr are not kept. Lives until the next call of the other functions. */
const resolved_roles_t *resolved_roles_get(const address *addr);

#endif /* __SMSRC_RESOLVED_ROLES_H__ */
