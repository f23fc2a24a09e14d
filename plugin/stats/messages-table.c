/* messages-table.c
 * The messages of Remote Tools counted: -z smsrc,messages and -z smsrc,tree
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * The tree has Wireshark's rates and bursts. The table is for the submenu of the statistics, which
 * cannot have a tree (menu.c). Both count a message by the same texts. Wireshark keeps the counts
 * of a tree itself, and opens each statistic alone, so there are two packet functions.
 */

#include "smsrc-compat.h"

#include <epan/stats_tree_priv.h>

#include "message-tap.h"
#include "stat-list.h"
#include "stat-listener.h"
#include "stat-table.h"
#include "terminal-table.h"

#define MESSAGE_TAP "smsrc_message"

/* The properties that messages are counted by, which are the levels of the tree. */
enum { LEVEL_CHANNEL, LEVEL_TYPE, LEVEL_DIRECTION, NUM_LEVELS };

typedef struct {
    const char *levels[NUM_LEVELS];
} message_t;

static message_t
message_of(const void *tap)
{
    const smsrc_message_tap_t *message = (const smsrc_message_tap_t *)tap;

    return (message_t){ {
        [LEVEL_CHANNEL] = channel_name(message->channel),
        [LEVEL_TYPE] = message->type,
        [LEVEL_DIRECTION] = channel_direction_name(message->direction),
    } };
}

/*
 * -z smsrc,messages
 */

typedef struct {
    unsigned row;
    message_t message; /* static texts */
    unsigned count;
    unsigned first_frame;
} line_t;

static const stat_column_t columns[] = {
    STAT_COLUMN(STAT_TEXT, "Channel", "%-14s", line_t, message.levels[LEVEL_CHANNEL]),
    STAT_COLUMN(STAT_TEXT, "Message", "%-26s", line_t, message.levels[LEVEL_TYPE]),
    STAT_COLUMN(STAT_TEXT, "Direction", "%-16s", line_t, message.levels[LEVEL_DIRECTION]),
    STAT_COLUMN(STAT_NUMBER, "Messages", "%8u", line_t, count),
    STAT_COLUMN(STAT_NUMBER, "First frame", "%7u", line_t, first_frame),
};

static GHashTable *lines; /* the levels as one text to their line */

static void
messages_init(stat_tap_table_ui *ui)
{
    stat_table_open_with_keys(ui, "Remote control messages", &lines, true);
}

static void
messages_reset(stat_tap_table *table)
{
    stat_table_clear(table);
    if (lines != NULL)
        g_hash_table_remove_all(lines);
}

static tap_packet_status
messages_packet(void *tapdata, packet_info *pinfo, epan_dissect_t *edt _U_, const void *data,
                tap_flags_t flags _U_)
{
    message_t message = message_of(data);
    stat_tap_table *table = stat_table_of(tapdata);
    char *key = g_strjoin("\n", message.levels[LEVEL_CHANNEL], message.levels[LEVEL_TYPE],
                          message.levels[LEVEL_DIRECTION], NULL);
    line_t *line = (line_t *)g_hash_table_lookup(lines, key);

    if (line == NULL) {
        line = g_new0(line_t, 1);
        line->row = stat_table_append_row(stat_table_ui_of(tapdata), table);
        line->message = message;
        line->first_frame = pinfo->num;
        g_hash_table_insert(lines, key, line);
    } else {
        g_free(key);
    }
    line->count++;
    stat_table_show_row(table, line->row, columns, line);
    return TAP_PACKET_REDRAW;
}

void
messages_table_register(const statistic_t *statistic)
{
    static stat_tap_table_ui ui = {
        .tap_name = MESSAGE_TAP,
        .stat_tap_init_cb = messages_init,
        .packet_func = messages_packet,
        .stat_tap_reset_table_cb = messages_reset,
    };

    terminal_table_register(&ui, statistic, columns, array_length(columns));
}

/*
 * -z smsrc,tree
 */

#define TREE_ABBREVIATION "smsrc"
#define TREE_ROOT "SMS Remote Control messages"

static int root_node = -1;

static void
tree_init(stats_tree *tree)
{
    root_node = stats_tree_create_node(tree, TREE_ROOT, 0, STAT_DT_INT, TRUE);
}

static tap_packet_status
tree_packet(stats_tree *tree, packet_info *pinfo _U_, epan_dissect_t *edt _U_, const void *data,
            tap_flags_t flags _U_)
{
    message_t message = message_of(data);
    int node = root_node;

    tick_stat_node(tree, TREE_ROOT, 0, TRUE);
    for (unsigned level = 0; level < NUM_LEVELS; level++)
        node = tick_stat_node(tree, message.levels[level], node, level + 1 < NUM_LEVELS);
    return TAP_PACKET_REDRAW;
}

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

/* Opens a tree as tshark does (ui/cli/tap-stats_tree.c), which checks only how the name begins. */
static stat_tap_init_result
tree_start(const char *argument, void *userdata)
{
    const statistic_t *statistic = (const statistic_t *)userdata;
    const char *filter = stat_listener_filter(argument, statistic->command);
    stats_tree *tree = stats_tree_new(stats_tree_get_cfg_by_abbr(TREE_ABBREVIATION), NULL, filter);
    stat_listener_t listener = {
        .command = statistic->command,
        .filter = filter,
        .tap = MESSAGE_TAP,
        .tapdata = tree,
        .reset_cb = stats_tree_reset,
        .packet_cb = stats_tree_packet,
        .draw_cb = tree_draw,
    };

    if (!stat_listener_start(&listener))
        return STAT_TAP_INIT_FAILED;
    tree_init(tree);
    return STAT_TAP_INIT_DONE;
}

void
messages_table_register_tree(const statistic_t *statistic)
{
    /* Of two statistics of the same name Wireshark takes the first. */
    if (stat_listener_is_tshark())
        stat_listener_register(statistic->command, tree_start, (void *)statistic);
    stats_tree_register(MESSAGE_TAP, TREE_ABBREVIATION, statistic->title, 0, tree_packet,
                        tree_init, NULL);
}
