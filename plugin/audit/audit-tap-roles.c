/* audit-tap-roles.c
 * What statistics query of the role book, because not every packet needs it
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "audit-tap.h"

#include "role-book.h"

const char *
audit_tap_site_code(const address *initiator, const address *responder)
{
    const char *code = role_book_site_code(responder);

    return *code != '\0' ? code : role_book_site_code(initiator);
}
