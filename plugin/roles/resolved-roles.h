/* resolved-roles.h
 * The roles of addresses, resolved once
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_RESOLVED_ROLES_H__
#define __SMSRC_RESOLVED_ROLES_H__

#include "network-table.h"
#include "role.h"

/** Forget all of them. */
void resolved_roles_clear(void);

/** Keep the roles of @p host, which may be none. */
void resolved_roles_put(const prefix_t *host, role_set_t roles);

/** False if those of @p addr are not kept. */
bool resolved_roles_get(const address *addr, role_set_t *roles);

#endif /* __SMSRC_RESOLVED_ROLES_H__ */
