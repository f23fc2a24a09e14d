/* messages-table.c
 * The messages of Remote Tools counted: -z smsrc,messages and -z smsrc,tree
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * The tree has Wireshark's rates and bursts; the table is what the submenu of the statistics can
 * hold (menu.c says why the tree is in no menu). Both count the same.
 */

#define WS_LOG_DOMAIN "smsrc"

#include "messages-table.h"

#include "smsrc-compat.h"

#include <epan/stats_tree_priv.h>

#include "menu.h"
#include "message-tap.h"
#include "stat-listener.h"
#include "stat-table.h"
#include "terminal-table.h"

#define MESSAGE_TAP "smsrc_message"

/*
 * -z smsrc,messages
 */

enum {
    MESSAGES_CHANNEL,
    MESSAGES_TYPE,
    MESSAGES_DIRECTION,
    MESSAGES_COUNT,
    MESSAGES_FRAME,
};

static stat_tap_table_item messages_columns[] = {
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Channel", "%-14s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Message", "%-26s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Direction", "%-16s" },
    { TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Messages", "%8u" },
    { TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "First frame", "%7u" },
};

static GHashTable *messages_rows; /* channel, type and direction as one text to a row */

static void
messages_init(stat_tap_table_ui *ui)
{
    stat_start_table(ui, "Remote control messages", &messages_rows, true);
}

static void
messages_reset(stat_tap_table *table)
{
    stat_empty_table(table);
    if (messages_rows != NULL)
        g_hash_table_remove_all(messages_rows);
}

static tap_packet_status
messages_packet(void *tapdata, packet_info *pinfo, epan_dissect_t *edt _U_, const void *data,
                tap_flags_t flags _U_)
{
    const smsrc_message_tap_t *message = (const smsrc_message_tap_t *)data;
    stat_tap_table *table = stat_table_of(tapdata);
    char *key = g_strdup_printf("%d %d %s", message->channel, message->direction, message->type);
    unsigned *row = (unsigned *)g_hash_table_lookup(messages_rows, key);

    if (row == NULL) {
        row = g_new(unsigned, 1);
        *row = stat_append_row(stat_ui_of(tapdata), table);
        g_hash_table_insert(messages_rows, key, row);
        stat_set_text(table, *row, MESSAGES_CHANNEL, channel_name(message->channel));
        stat_set_text(table, *row, MESSAGES_TYPE, message->type);
        stat_set_text(table, *row, MESSAGES_DIRECTION, channel_direction_name(message->direction));
        stat_set_number(table, *row, MESSAGES_FRAME, pinfo->num);
    } else {
        g_free(key);
    }
    stat_add_number(table, *row, MESSAGES_COUNT, 1);
    return TAP_PACKET_REDRAW;
}

static stat_tap_table_ui messages_ui = {
    .group = MENU_STAT_GROUP,
    .title = "SMS Remote Control Messages",
    .tap_name = MESSAGE_TAP,
    .cli_string = "smsrc,messages",
    .stat_tap_init_cb = messages_init,
    .packet_func = messages_packet,
    .stat_tap_reset_table_cb = messages_reset,
    .stat_tap_free_table_item_cb = stat_free_cell,
    .nfields = array_length(messages_columns),
    .fields = messages_columns,
};

/*
 * -z smsrc,tree: messages by channel, type and direction
 */

static int messages_node = -1;

static void
tree_init(stats_tree *st)
{
    messages_node = stats_tree_create_node(st, "SMS Remote Control messages", 0, STAT_DT_INT,
                                           TRUE);
}

static tap_packet_status
tree_packet(stats_tree *st, packet_info *pinfo _U_, epan_dissect_t *edt _U_, const void *data,
            tap_flags_t flags _U_)
{
    const smsrc_message_tap_t *message = (const smsrc_message_tap_t *)data;
    int channel, type;

    tick_stat_node(st, "SMS Remote Control messages", 0, TRUE);
    channel = tick_stat_node(st, channel_name(message->channel), messages_node, TRUE);
    type = tick_stat_node(st, message->type, channel, TRUE);
    tick_stat_node(st, channel_direction_name(message->direction), type, FALSE);
    return TAP_PACKET_REDRAW;
}

#define TREE_COMMAND "smsrc,tree"

static void
tree_draw(void *tapdata)
{
    stats_tree *tree = (stats_tree *)tapdata;
    GString *text = stats_tree_format_as_str(tree, ST_FORMAT_PLAIN,
                                             stats_tree_get_default_sort_col(tree),
                                             stats_tree_is_default_sort_DESC(tree));

    fputs(text->str, stdout);
    g_string_free(text, TRUE);
}

/* What tshark does for a tree (ui/cli/tap-stats_tree.c), which takes any name that begins so. */
static stat_tap_init_result
tree_start(const char *argument, void *userdata _U_)
{
    const char *filter = stat_listener_filter(argument, TREE_COMMAND);
    stats_tree *tree = stats_tree_new(stats_tree_get_cfg_by_abbr("smsrc"), NULL, filter);

    if (!stat_listener_start(TREE_COMMAND, filter, MESSAGE_TAP, tree, stats_tree_reset,
                             stats_tree_packet, tree_draw, NULL))
        return STAT_TAP_INIT_FAILED;
    tree_init(tree);
    return STAT_TAP_INIT_DONE;
}

void
messages_table_register(void)
{
    stat_tap_ui tree_ui = {
        .group = REGISTER_STAT_GROUP_GENERIC,
        .title = NULL,
        .cli_string = TREE_COMMAND,
        .tap_init_cb = tree_start,
    };

    terminal_table_register(&messages_ui);
    /* Of two statistics of the same name Wireshark takes the first. */
    if (stat_in_tshark())
        stat_register(&tree_ui, NULL);
    stats_tree_register(MESSAGE_TAP, "smsrc", "SMS Remote Control Messages", 0, tree_packet,
                        tree_init, NULL);
}
