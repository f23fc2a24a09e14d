/* messages-table.c
 * The messages of Remote Tools counted: -z smsrc,messages and -z smsrc,tree
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * The tree has Wireshark's rates and bursts. The table is for the submenu of the statistics, which
 * cannot have a tree (menu.c). Both count a message by the same texts. Wireshark keeps the counts
 * of a tree itself, in the order of time. So in tshark a tree with a filter gets its messages when
 * it is printed, because a session may be chosen by its last frame; in Wireshark's own window it
 * counts the messages of the frames that pass.
 */

#include "smsrc-compat.h"

#include <epan/stats_tree_priv.h>

#include "message-choice.h"
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

typedef struct {
    stat_table_t table;
    message_choice_t *choice;
    GHashTable *lines; /* the levels as one text to their line */
} messages_t;

static line_t *
line_of(messages_t *messages, const message_t *message)
{
    char *key = g_strjoin("\n", message->levels[LEVEL_CHANNEL], message->levels[LEVEL_TYPE],
                          message->levels[LEVEL_DIRECTION], NULL);
    line_t *line = (line_t *)g_hash_table_lookup(messages->lines, key);
    stat_tap_table_ui *ui = &messages->table.ui;

    if (line != NULL) {
        g_free(key);
        return line;
    }
    line = g_new0(line_t, 1);
    line->row = stat_table_append_row(ui, stat_table_opened(ui));
    line->message = *message;
    g_hash_table_insert(messages->lines, key, line);
    return line;
}

static void
messages_show(void *data, const smsrc_message_tap_t *tap, unsigned count, uint32_t frame)
{
    messages_t *messages = (messages_t *)data;
    message_t message = message_of(tap);
    line_t *line;

    if (stat_table_opened(&messages->table.ui) == NULL)
        return;
    line = line_of(messages, &message);
    line->count += count;
    if (line->first_frame == 0 || frame < line->first_frame)
        line->first_frame = frame;
    stat_table_show_row(stat_table_opened(&messages->table.ui), line->row, columns, line);
}

static tap_packet_status
messages_packet(void *tapdata, packet_info *pinfo, epan_dissect_t *edt _U_, const void *data,
                tap_flags_t flags _U_)
{
    const messages_t *messages = (const messages_t *)stat_table_ui_of(tapdata);

    message_choice_add(messages->choice, pinfo, (const smsrc_tap_t *)data);
    return TAP_PACKET_REDRAW;
}

static void
messages_init(stat_tap_table_ui *ui)
{
    static const message_choice_ops_t ops = { .show = messages_show };
    messages_t *messages = (messages_t *)ui;

    if (messages->choice == NULL)
        messages->choice = message_choice_new(&ops, messages, terminal_table_has_all());
    stat_table_open(ui, "Remote control messages");
    stat_table_new_keys(&messages->lines, true);
    message_choice_clear(messages->choice);
}

static void messages_reset(stat_tap_table *table);

static messages_t window = {
    .table = {
        .ui = {
            .tap_name = "smsrc",
            .stat_tap_init_cb = messages_init,
            .packet_func = messages_packet,
            .stat_tap_reset_table_cb = messages_reset,
        },
    },
};

static void
messages_reset(stat_tap_table *table)
{
    stat_table_clear(table);
    if (window.choice == NULL)
        return;
    g_hash_table_remove_all(window.lines);
    message_choice_clear(window.choice);
}

void
messages_table_register(const statistic_t *statistic)
{
    terminal_table_register(&window.table.ui, statistic, columns, array_length(columns),
                            sizeof window);
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
tree_count(stats_tree *tree, packet_info *pinfo, const smsrc_message_tap_t *message)
{
    stats_tree_packet(tree, pinfo, NULL, message, 0);
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

/* A message of a capture with a filter behind the tree. */
typedef struct {
    smsrc_message_tap_t message;
    const session_t *session; /* NULL: none, or its capture has ended */
    bool chosen;              /* without a session */
    uint32_t frame;
    nstime_t when;            /* since the first frame */
} event_t;

/* A tree with a filter. */
typedef struct {
    stats_tree *tree;
    message_choice_t *choice;
    GArray *events;
} chosen_tree_t;

static void
tree_keep(void *data, const packet_info *pinfo, const smsrc_message_tap_t *message,
          const session_t *session, bool passes)
{
    event_t event = { *message, session, passes, pinfo->num, pinfo->rel_ts };

    g_array_append_val(((chosen_tree_t *)data)->events, event);
}

/* The choice is final. */
static void
tree_settle(void *data)
{
    chosen_tree_t *chosen = (chosen_tree_t *)data;

    for (unsigned i = 0; i < chosen->events->len; i++) {
        event_t *event = &g_array_index(chosen->events, event_t, i);

        if (event->session != NULL)
            event->chosen = message_choice_has(chosen->choice, event->session);
        event->session = NULL;
    }
}

static tap_packet_status
tree_choose(void *tapdata, packet_info *pinfo, epan_dissect_t *edt _U_, const void *data,
            tap_flags_t flags _U_)
{
    message_choice_add(((chosen_tree_t *)tapdata)->choice, pinfo, (const smsrc_tap_t *)data);
    return TAP_PACKET_REDRAW;
}

static void
tree_draw_chosen(void *tapdata)
{
    chosen_tree_t *chosen = (chosen_tree_t *)tapdata;

    tree_settle(chosen);
    for (unsigned i = 0; i < chosen->events->len; i++) {
        const event_t *event = &g_array_index(chosen->events, event_t, i);
        packet_info pinfo = { .num = event->frame, .rel_ts = event->when };

        if (event->chosen)
            tree_count(chosen->tree, &pinfo, &event->message);
    }
    g_array_set_size(chosen->events, 0);
    tree_draw(chosen->tree);
}

static void
tree_finish(void *tapdata)
{
    chosen_tree_t *chosen = (chosen_tree_t *)tapdata;

    message_choice_free(chosen->choice);
    g_array_free(chosen->events, TRUE);
    g_free(chosen);
}

static bool
start_chosen_tree(stats_tree *tree, const statistic_t *statistic, const char *filter)
{
    static const message_choice_ops_t ops = { .each = tree_keep, .settle = tree_settle };
    chosen_tree_t *chosen = g_new0(chosen_tree_t, 1);
    stat_listener_t listener = {
        .command = statistic->command,
        .filter = filter,
        .tap = "smsrc",
        .tapdata = chosen,
        .packet_cb = tree_choose,
        .draw_cb = tree_draw_chosen,
        .finish_cb = tree_finish,
    };

    chosen->tree = tree;
    chosen->events = g_array_new(FALSE, FALSE, sizeof(event_t));
    chosen->choice = message_choice_new(&ops, chosen, false);
    return stat_listener_start(&listener);
}

static bool
start_whole_tree(stats_tree *tree, const statistic_t *statistic)
{
    stat_listener_t listener = {
        .command = statistic->command,
        .tap = MESSAGE_TAP,
        .tapdata = tree,
        .reset_cb = stats_tree_reset,
        .packet_cb = stats_tree_packet,
        .draw_cb = tree_draw,
    };

    return stat_listener_start(&listener);
}

/* Opens a tree as tshark does (ui/cli/tap-stats_tree.c), which checks only how the name begins. */
static stat_tap_init_result
tree_start(const char *argument, void *userdata)
{
    const statistic_t *statistic = (const statistic_t *)userdata;
    const char *filter = stat_listener_filter(argument, statistic->command);
    stats_tree *tree = stats_tree_new(stats_tree_get_cfg_by_abbr(TREE_ABBREVIATION), NULL, filter);

    if (!(filter != NULL ? start_chosen_tree(tree, statistic, filter)
                         : start_whole_tree(tree, statistic)))
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
