/* product-roles.h
 * The names that the product itself has for roles
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_PRODUCT_ROLES_H__
#define __SMSRC_PRODUCT_ROLES_H__

/**
 * Returns the name, as users type it, of the role that a site's own list (the provider's class
 * SMS_SCI_SysResUse) calls @p name, in letters of either case: "Management point" for
 * "SMS Management Point". NULL if it calls none so. @p name need not end in a NUL.
 */
const char *product_roles_name(const char *name, unsigned length);

#endif /* __SMSRC_PRODUCT_ROLES_H__ */
