/* roles-table.c
 * The roles of the hosts in a table: -z smsrc,roles
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#define WS_LOG_DOMAIN "smsrc"

#include "smsrc-compat.h"

#include <epan/tap.h>

#include "audit-tap.h"
#include "menu.h"
#include "role-book.h"
#include "stat-list.h"
#include "stat-table.h"
#include "terminal-table.h"

enum {
    ROLES_HOST,
    ROLES_ROLE,
    ROLES_SITE,
    ROLES_FRAME,
    ROLES_PACKETS,
    ROLES_BYTES,
    ROLES_EVIDENCE,
};

static stat_tap_table_item roles_columns[] = {
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Host", "%-39s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Role", "%-24s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Site", "%-4s" },
    { TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Shown in frame", "%8u" },
    { TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Packets", "%8u" },
    { TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Bytes", "%12u" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Evidence", "%s" },
};

/* "host role" to its row. */
static GHashTable *roles_rows;

static void
roles_init(stat_tap_table_ui *ui)
{
    stat_start_table(ui, "SMS roles", &roles_rows, true);
}

static void
roles_reset(stat_tap_table *table)
{
    stat_empty_table(table);
    if (roles_rows != NULL)
        g_hash_table_remove_all(roles_rows);
}

/* The row of this role of @p host, made where there is none. */
static unsigned
roles_row(void *tapdata, const char *host, const role_evidence_t *claim)
{
    stat_tap_table *table = stat_table_of(tapdata);
    const char *role = val_to_str_const(claim->role, role_vals, "");
    char *key = g_strdup_printf("%s %s", host, role);
    unsigned *row = (unsigned *)g_hash_table_lookup(roles_rows, key);

    if (row != NULL) {
        g_free(key);
        return *row;
    }
    row = g_new(unsigned, 1);
    *row = stat_append_row(stat_ui_of(tapdata), table);
    g_hash_table_insert(roles_rows, key, row);
    stat_set_text(table, *row, ROLES_HOST, host);
    stat_set_text(table, *row, ROLES_ROLE, role);
    stat_set_number(table, *row, ROLES_FRAME, claim->frame);
    stat_set_text(table, *row, ROLES_EVIDENCE, claim->reason);
    return *row;
}

/* A packet counts once for each role of @p address, however many claims there are for the role. */
static void
roles_count(void *tapdata, wmem_allocator_t *scope, const address *address, unsigned bytes)
{
    stat_tap_table *table = stat_table_of(tapdata);
    unsigned count = 0;
    const role_evidence_t *const *claims = role_book_evidence(scope, address, &count);
    char *host = stat_host_text(address);
    role_set_t counted = 0;

    for (unsigned i = 0; i < count; i++) {
        unsigned row = roles_row(tapdata, host, claims[i]);

        if (*claims[i]->site_code != '\0')
            stat_set_text(table, row, ROLES_SITE, claims[i]->site_code);
        if ((counted & ROLE_BIT(claims[i]->role)) != 0)
            continue;
        counted |= ROLE_BIT(claims[i]->role);
        stat_add_number(table, row, ROLES_PACKETS, 1);
        stat_add_bytes(table, row, ROLES_BYTES, bytes);
    }
    wmem_free(NULL, host);
}

static tap_packet_status
roles_packet(void *tapdata, packet_info *pinfo, epan_dissect_t *edt _U_, const void *data,
             tap_flags_t flags _U_)
{
    const roles_tap_t *tap = (const roles_tap_t *)data;
    const address *const *ends = tap->ends;

    if (ends[0] != NULL)
        roles_count(tapdata, pinfo->pool, ends[0], tap->bytes);
    /* What a host sends to itself is one packet of it. */
    if (ends[1] != NULL && (ends[0] == NULL || !addresses_equal(ends[0], ends[1])))
        roles_count(tapdata, pinfo->pool, ends[1], tap->bytes);
    return TAP_PACKET_REDRAW;
}

static stat_tap_table_ui roles_ui = {
    .group = MENU_STAT_GROUP,
    .title = "SMS Roles",
    .tap_name = "smsrc_roles",
    .cli_string = "smsrc,roles",
    .stat_tap_init_cb = roles_init,
    .packet_func = roles_packet,
    .stat_tap_reset_table_cb = roles_reset,
    .stat_tap_free_table_item_cb = stat_free_cell,
    .nfields = array_length(roles_columns),
    .fields = roles_columns,
};

void
roles_table_register(void)
{
    terminal_table_register(&roles_ui);
}
