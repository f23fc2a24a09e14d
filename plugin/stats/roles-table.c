/* roles-table.c
 * The roles of the hosts in a table: -z smsrc,roles
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * A filter chooses the hosts of the packets that pass, and a host has all of its roles and packets.
 * One listener without a filter counts them, which is called after those of the tables: Wireshark
 * calls the listeners that were registered last first.
 */

#include "smsrc-compat.h"

#include <epan/tap.h>
#include <epan/to_str.h>

#include "audit-tap.h"
#include "stat-list.h"
#include "stat-table.h"
#include "stat-text.h"
#include "terminal-table.h"

/* A role of a host. Its texts are set while its row is shown. */
typedef struct {
    unsigned row;
    const char *host;
    const char *role;
    const char *site_code;
    standing_e standing;
    const char *basis;
    const char *evidence;
    unsigned frame;
    unsigned packets;
    double bytes;
    const char *filter;
} line_t;

static const stat_column_t columns[] = {
    STAT_COLUMN(STAT_TEXT, "Host", "%-39s", line_t, host),
    STAT_COLUMN(STAT_TEXT, "Role", "%-24s", line_t, role),
    STAT_COLUMN(STAT_TEXT, "Site", "%-4s", line_t, site_code),
    STAT_COLUMN(STAT_FRAME, "Shown in frame", "%8u", line_t, frame),
    STAT_COLUMN(STAT_NUMBER, "Packets", "%8u", line_t, packets),
    STAT_COLUMN(STAT_BYTES, "Bytes", "%12u", line_t, bytes),
    STAT_COLUMN(STAT_TEXT, "Basis", "%-11s", line_t, basis),
    STAT_COLUMN(STAT_TEXT, "Evidence", "%s", line_t, evidence),
    STAT_FILTER_COLUMN(line_t, filter),
};

/* What a host has with a role, whatever a filter chooses. */
typedef struct {
    unsigned packets;
    double bytes;
} sum_t;

typedef struct {
    stat_table_t table;
    bool is_known;     /* to the listener */
    bool all;          /* no filter is set */
    GHashTable *hosts; /* those chosen, as text */
    GHashTable *lines; /* "host role" to its line */
} roles_t;

static GPtrArray *tables; /* roles_t */
static GHashTable *sums;  /* "host role" to its sum */

/*
 * Returns the line of this role of @p host. A new one, at the end of the table, has its texts, and
 * so has one for which there is better evidence.
 */
static line_t *
line_of(roles_t *roles, const char *key, const char *host, const role_evidence_t *evidence)
{
    line_t *line = (line_t *)g_hash_table_lookup(roles->lines, key);
    stat_tap_table_ui *ui = &roles->table.ui;

    if (line == NULL) {
        line = g_new0(line_t, 1);
        line->row = stat_table_append_row(ui, stat_table_opened(ui));
        line->host = host;
        line->role = val_to_str_const(evidence->role, role_vals, "");
        g_hash_table_insert(roles->lines, g_strdup(key), line);
    }
    if (evidence->standing > line->standing ||
        (evidence->frame == line->frame && evidence->standing != line->standing)) {
        line->standing = evidence->standing;
        line->frame = evidence->frame;
        line->basis = role_standing_name(evidence->standing);
        line->evidence = evidence->reason;
    }
    line->site_code = *evidence->site_code != '\0' ? evidence->site_code : NULL;
    return line;
}

static void
show_line(const roles_t *roles, line_t *line, const sum_t *sum)
{
    char *filter = line->host != NULL ? stat_text_host_filter("", line->host) : NULL;

    line->packets = sum->packets;
    line->bytes = sum->bytes;
    line->filter = filter;
    stat_table_show_row(stat_table_opened(&roles->table.ui), line->row, columns, line);
    line->host = line->role = line->site_code = line->basis = line->evidence = NULL;
    line->filter = NULL;
    g_free(filter);
}

/* Shows a role of a host in all tables that have chosen the host. */
static void
show_role(const char *key, const char *host, const role_evidence_t *evidence, const sum_t *sum)
{
    for (unsigned i = 0; i < tables->len; i++) {
        roles_t *roles = (roles_t *)tables->pdata[i];

        if (stat_table_opened(&roles->table.ui) != NULL &&
            (roles->all || g_hash_table_contains(roles->hosts, host)))
            show_line(roles, line_of(roles, key, host, evidence), sum);
    }
}

static sum_t *
sum_of(const char *key)
{
    sum_t *sum = (sum_t *)g_hash_table_lookup(sums, key);

    if (sum == NULL) {
        sum = g_new0(sum_t, 1);
        g_hash_table_insert(sums, g_strdup(key), sum);
    }
    return sum;
}

/* Counts a packet once for each role of a host, however much evidence there is for the role. */
static void
count_holder(const role_holder_t *holder, const roles_tap_t *tap)
{
    char *host = address_to_str(NULL, holder->host);
    role_set_t counted = 0;

    for (unsigned i = 0; i < holder->num_evidence; i++) {
        const role_evidence_t *evidence = holder->evidence[i];
        char *key = g_strdup_printf("%s %u", host, (unsigned)evidence->role);
        sum_t *sum = sum_of(key);

        if (!tap->is_change && (counted & ROLE_BIT(evidence->role)) == 0) {
            counted |= ROLE_BIT(evidence->role);
            sum->packets++;
            sum->bytes += tap->bytes;
        }
        show_role(key, host, evidence, sum);
        g_free(key);
    }
    wmem_free(NULL, host);
}

static tap_packet_status
count_packet(void *tapdata _U_, packet_info *pinfo _U_, epan_dissect_t *edt _U_, const void *data,
             tap_flags_t flags _U_)
{
    const roles_tap_t *tap = (const roles_tap_t *)data;

    for (unsigned i = 0; i < tap->num_holders; i++)
        count_holder(&tap->holders[i], tap);
    return TAP_PACKET_REDRAW;
}

static void
clear_sums(void *tapdata _U_)
{
    g_hash_table_remove_all(sums);
}

static tap_packet_status
roles_packet(void *tapdata, packet_info *pinfo _U_, epan_dissect_t *edt _U_, const void *data,
             tap_flags_t flags _U_)
{
    const roles_t *roles = (const roles_t *)stat_table_ui_of(tapdata);
    const roles_tap_t *tap = (const roles_tap_t *)data;

    for (unsigned i = 0; i < tap->num_holders && !roles->all && !tap->is_change; i++) {
        char *host = address_to_str(NULL, tap->holders[i].host);

        g_hash_table_add(roles->hosts, g_strdup(host));
        wmem_free(NULL, host);
    }
    return TAP_PACKET_REDRAW;
}

static void
start_listener(void)
{
    GString *error;

    tables = g_ptr_array_new();
    stat_table_new_keys(&sums, true);
    error = register_tap_listener("smsrc_roles", tables, NULL, TL_IS_DISSECTOR_HELPER, clear_sums,
                                  count_packet, NULL, NULL);
    if (error != NULL)
        g_string_free(error, TRUE);
}

static void
clear_rows(roles_t *roles)
{
    if (!roles->is_known)
        return;
    g_hash_table_remove_all(roles->hosts);
    g_hash_table_remove_all(roles->lines);
}

static void
roles_init(stat_tap_table_ui *ui)
{
    roles_t *roles = (roles_t *)ui;

    if (tables == NULL)
        start_listener();
    if (!roles->is_known) {
        roles->is_known = true;
        roles->all = terminal_table_has_all();
        roles->hosts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        stat_table_new_keys(&roles->lines, true);
        g_ptr_array_add(tables, roles);
    }
    stat_table_open(ui, "SMS roles");
    clear_rows(roles);
}

static void roles_reset(stat_tap_table *table);

static roles_t window = {
    .table = {
        .ui = {
            .tap_name = "smsrc_roles",
            .stat_tap_init_cb = roles_init,
            .packet_func = roles_packet,
            .stat_tap_reset_table_cb = roles_reset,
        },
    },
};

static void
roles_reset(stat_tap_table *table)
{
    stat_table_clear(table);
    clear_rows(&window);
}

void
roles_table_register(const statistic_t *statistic)
{
    terminal_table_register(&window.table.ui, statistic, columns, array_length(columns),
                            sizeof window);
}
