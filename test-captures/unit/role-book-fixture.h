/* role-book-fixture.h
 * A book of roles for the unit tests, and what is learned into it
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_ROLE_BOOK_FIXTURE_H__
#define __SMSRC_ROLE_BOOK_FIXTURE_H__

#include "role-book.h"

#include <wsutil/inet_addr.h>

#include "bounds.h"
#include "unit-epan.h"

#define TABLE "smsrc_roles"
#define BIT(role) ROLE_BIT(ROLE_##role)

/* A copy of @p text's address; one at a time. */
static const address *
host(const char *text)
{
    static uint8_t bytes[16];
    static address addr;

    if (strchr(text, ':')) {
        g_assert_true(ws_inet_pton6(text, (ws_in6_addr *)bytes));
        set_address(&addr, AT_IPv6, 16, bytes);
    } else {
        ws_in4_addr ipv4;

        g_assert_true(ws_inet_pton4(text, &ipv4));
        memcpy(bytes, &ipv4, 4);
        set_address(&addr, AT_IPv4, 4, bytes);
    }
    return &addr;
}

static bool
learn_at(const address *addr, role_e role, standing_e standing, const char *site_code,
         uint32_t frame, const char *reason)
{
    role_finding_t finding = { .role = role, .standing = standing, .site_code = site_code,
                               .frame = frame, .reason = reason };

    return role_book_learn(addr, &finding);
}

static void
open_book(void)
{
    bounds_reset();
    unit_capture_open();
    role_book_reset();
}

static void
close_book(void)
{
    role_book_cleanup();
    unit_capture_close();
    g_assert_cmpuint(role_book_roles(host("10.1.2.3")), ==, 0);
    unit_table_clear(TABLE);
}

#endif /* __SMSRC_ROLE_BOOK_FIXTURE_H__ */
