/* statistics.c
 * The statistics of the plugin: tables, trees and lines of JSON
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#define WS_LOG_DOMAIN "smsrc"

#include "statistics.h"

#include "smsrc-compat.h"

#include "audit-tables.h"
#include "json-lines.h"
#include "menu.h"
#include "messages-table.h"
#include "rules-table.h"
#include "sessions-table.h"
#include "stat-settle.h"

void
statistics_register(void)
{
    int proto_smsrc = proto_get_id_by_filter_name("smsrc");

    sessions_table_register(proto_smsrc);
    messages_table_register();
    menu_register(proto_smsrc);
    audit_tables_register();
    rules_table_register();
    json_lines_register();
}

void
statistics_end_capture(void)
{
    stat_settle();
}
