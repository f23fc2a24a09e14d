/* statistics.c
 * The statistics of the plugin: tables, trees and lines of JSON
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#define WS_LOG_DOMAIN "smsrc"

#include "statistics.h"

#include "smsrc-compat.h"

#include "menu.h"
#include "stat-list.h"
#include "stat-settle.h"

void
statistics_register(void)
{
    conversation_table_register();
    sessions_table_register();
    messages_table_register();
    roles_table_register();
    audit_table_register();
    matrix_table_register();
    rules_table_register();
    rules_nft_register();
    audit_json_register();
    sessions_json_register();
    menu_register(proto_get_id_by_filter_name("smsrc"));
}

void
statistics_end_capture(void)
{
    stat_settle();
}
