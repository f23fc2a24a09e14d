/* roles-table.c
 * The roles of the hosts in a table: -z smsrc,roles
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "smsrc-compat.h"

#include <epan/tap.h>
#include <epan/to_str.h>

#include "audit-tap.h"
#include "stat-list.h"
#include "stat-table.h"
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
} line_t;

static const stat_column_t columns[] = {
    STAT_COLUMN(STAT_TEXT, "Host", "%-39s", line_t, host),
    STAT_COLUMN(STAT_TEXT, "Role", "%-24s", line_t, role),
    STAT_COLUMN(STAT_TEXT, "Site", "%-4s", line_t, site_code),
    STAT_COLUMN(STAT_NUMBER, "Shown in frame", "%8u", line_t, frame),
    STAT_COLUMN(STAT_NUMBER, "Packets", "%8u", line_t, packets),
    STAT_COLUMN(STAT_BYTES, "Bytes", "%12u", line_t, bytes),
    STAT_COLUMN(STAT_TEXT, "Basis", "%-11s", line_t, basis),
    STAT_COLUMN(STAT_TEXT, "Evidence", "%s", line_t, evidence),
};

static GHashTable *lines; /* "host role" to its line */

static void
roles_init(stat_tap_table_ui *ui)
{
    stat_table_open_with_keys(ui, "SMS roles", &lines, true);
}

static void
roles_reset(stat_tap_table *table)
{
    stat_table_clear(table);
    if (lines != NULL)
        g_hash_table_remove_all(lines);
}

/*
 * Returns the line of this role of @p host. A new one, at the end of the table, has its texts, and
 * so has one for which there is better evidence.
 */
static line_t *
line_of(void *tapdata, const char *host, const role_evidence_t *evidence)
{
    const char *role = val_to_str_const(evidence->role, role_vals, "");
    char *key = g_strdup_printf("%s %s", host, role);
    line_t *line = (line_t *)g_hash_table_lookup(lines, key);

    if (line != NULL) {
        g_free(key);
    } else {
        line = g_new0(line_t, 1);
        line->row = stat_table_append_row(stat_table_ui_of(tapdata), stat_table_of(tapdata));
        line->host = host;
        line->role = role;
        g_hash_table_insert(lines, key, line);
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
show_line(stat_tap_table *table, line_t *line)
{
    stat_table_show_row(table, line->row, columns, line);
    line->host = line->role = line->site_code = line->basis = line->evidence = NULL;
}

/* Counts a packet once for each role of a host, however much evidence there is for the role. */
static void
count_holder(void *tapdata, const role_holder_t *holder, unsigned bytes)
{
    char *host = address_to_str(NULL, holder->host);
    role_set_t counted = 0;

    for (unsigned i = 0; i < holder->num_evidence; i++) {
        const role_evidence_t *evidence = holder->evidence[i];
        line_t *line = line_of(tapdata, host, evidence);

        if ((counted & ROLE_BIT(evidence->role)) == 0) {
            counted |= ROLE_BIT(evidence->role);
            line->packets++;
            line->bytes += bytes;
        }
        show_line(stat_table_of(tapdata), line);
    }
    wmem_free(NULL, host);
}

static tap_packet_status
roles_packet(void *tapdata, packet_info *pinfo _U_, epan_dissect_t *edt _U_, const void *data,
             tap_flags_t flags _U_)
{
    const roles_tap_t *tap = (const roles_tap_t *)data;

    for (unsigned i = 0; i < tap->num_holders; i++)
        count_holder(tapdata, &tap->holders[i], tap->bytes);
    return TAP_PACKET_REDRAW;
}

void
roles_table_register(const statistic_t *statistic)
{
    static stat_tap_table_ui ui = {
        .tap_name = "smsrc_roles",
        .stat_tap_init_cb = roles_init,
        .packet_func = roles_packet,
        .stat_tap_reset_table_cb = roles_reset,
    };

    terminal_table_register(&ui, statistic, columns, array_length(columns));
}
