/* sessions-table.c
 * The remote-control sessions of a capture in tables: -z smsrc,sessions and smsrc,sessions.full
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * The table shows the session log. A frame of a session updates its row. A filter selects sessions
 * by their frames, and a row shows the whole session: before tshark prints the table, all rows are
 * brought to the state after the last frame of their sessions. Sessions with an attack are first,
 * and apart from that all are in the order of their first frames. Both tables have the same rows;
 * the full one has all columns.
 */

#include "smsrc-compat.h"

#include <math.h>

#include <epan/tap.h>
#include <epan/to_str.h>

#include "session-tap.h"
#include "stat-list.h"
#include "stat-settle.h"
#include "stat-table.h"
#include "stat-text.h"
#include "terminal-table.h"

/* What a row shows of a session. */
typedef struct {
    unsigned number;
    const char *protocol;
    const char *viewer;
    const char *agent;
    const char *outcome;
    const char *reason;
    const char *host;
    const char *user;
    const char *controller;
    const char *account;
    const char *functions;
    const char *transports;
    unsigned first_frame;
    unsigned last_frame;
    const char *start;
    double seconds;
    double bytes[NUM_CHANNELS][2];
    const char *filter;
} line_t;

/* What a reader needs first: who controlled whom, by what, when, for how long and how it ended. */
static const stat_column_t columns[] = {
    STAT_RANK_COLUMN,
    STAT_COLUMN(STAT_NUMBER, "Session", "%5u", line_t, number),
    STAT_COLUMN(STAT_TEXT, "Viewer", "%-15s", line_t, viewer),
    STAT_COLUMN(STAT_TEXT, "Viewer's account", "%-20s", line_t, account),
    STAT_COLUMN(STAT_TEXT, "Agent", "%-15s", line_t, agent),
    STAT_COLUMN(STAT_TEXT, "Protocol", "%-24s", line_t, protocol),
    STAT_COLUMN(STAT_TEXT, "Start (UTC)", "%-26s", line_t, start),
    STAT_COLUMN(STAT_SECONDS, "Seconds", "%13.6f", line_t, seconds),
    STAT_COLUMN(STAT_TEXT, "Outcome", "%-10s", line_t, outcome),
    STAT_COLUMN(STAT_TEXT, "Detail", "%-24s", line_t, reason),
    STAT_FILTER_COLUMN(line_t, filter),
};

#define BYTES_COLUMNS(title, channel)                                                            \
    STAT_COLUMN(STAT_BYTES, title " to agent", "%9u", line_t, bytes[channel][0]),                \
        STAT_COLUMN(STAT_BYTES, title " to viewer", "%9u", line_t, bytes[channel][1])

static const stat_column_t full_columns[] = {
    STAT_RANK_COLUMN,
    STAT_COLUMN(STAT_NUMBER, "Session", "%5u", line_t, number),
    STAT_COLUMN(STAT_TEXT, "Protocol", "%-24s", line_t, protocol),
    STAT_COLUMN(STAT_TEXT, "Viewer", "%-15s", line_t, viewer),
    STAT_COLUMN(STAT_TEXT, "Agent", "%-15s", line_t, agent),
    STAT_COLUMN(STAT_TEXT, "Outcome", "%-10s", line_t, outcome),
    STAT_COLUMN(STAT_TEXT, "Detail", "%-24s", line_t, reason),
    STAT_COLUMN(STAT_TEXT, "Host", "%-15s", line_t, host),
    STAT_COLUMN(STAT_TEXT, "User", "%-12s", line_t, user),
    STAT_COLUMN(STAT_TEXT, "Controlled by", "%-15s", line_t, controller),
    STAT_COLUMN(STAT_TEXT, "Viewer's account", "%-20s", line_t, account),
    STAT_COLUMN(STAT_TEXT, "Functions", "%-34s", line_t, functions),
    STAT_COLUMN(STAT_TEXT, "Transport", "%-12s", line_t, transports),
    STAT_COLUMN(STAT_NUMBER, "First frame", "%7u", line_t, first_frame),
    STAT_COLUMN(STAT_NUMBER, "Last frame", "%7u", line_t, last_frame),
    STAT_COLUMN(STAT_TEXT, "Start (UTC)", "%-26s", line_t, start),
    STAT_COLUMN(STAT_SECONDS, "Seconds", "%13.6f", line_t, seconds),
    BYTES_COLUMNS("Control", CHANNEL_CONTROL),
    BYTES_COLUMNS("Data", CHANNEL_DATA),
    BYTES_COLUMNS("Chat", CHANNEL_CHAT),
    BYTES_COLUMNS("Transfer", CHANNEL_TRANSFER),
    STAT_FILTER_COLUMN(line_t, filter),
};

/* The number of a row in the sequence: those of sessions with an attack precede all others. */
#define ATTACK 0U

typedef struct {
    stat_table_t table;
    const stat_column_t *columns;
    /*
     * The rows as a sequence, in which an item is at the position of its row, and the number of its
     * session or ATTACK; the item of each session, NULL for one that has no row so far; that of the
     * row for sessions not listed, or NULL.
     */
    GSequence *row_order;
    GHashTable *session_rows;
    GSequenceIter *unlisted_row;
    unsigned num_attacks;
} sessions_t;

static void
clear_rows(sessions_t *sessions)
{
    g_clear_pointer(&sessions->row_order, g_sequence_free);
    sessions->row_order = g_sequence_new(NULL);
    if (sessions->session_rows == NULL)
        sessions->session_rows = g_hash_table_new(g_direct_hash, g_direct_equal);
    g_hash_table_remove_all(sessions->session_rows);
    sessions->unlisted_row = NULL;
    sessions->num_attacks = 0;
}

static unsigned
number_of(GSequenceIter *row)
{
    return GPOINTER_TO_UINT(g_sequence_get(row));
}

/* Adds the row of a session without an attack: they are in the order of their numbers. */
static GSequenceIter *
insert_row(sessions_t *sessions, stat_tap_table *table, unsigned number)
{
    GSequenceIter *next = g_sequence_get_end_iter(sessions->row_order);

    while (!g_sequence_iter_is_begin(next) && number_of(g_sequence_iter_prev(next)) > number)
        next = g_sequence_iter_prev(next);
    stat_table_insert_row(&sessions->table.ui, table,
                          (unsigned)g_sequence_iter_get_position(next));
    return g_sequence_insert_before(next, GUINT_TO_POINTER(number));
}

static unsigned
place_of(GSequenceIter *row)
{
    return (unsigned)g_sequence_iter_get_position(row);
}

/* Moves the row of a session with an attack to the end of those that have one already. */
static void
raise_row(sessions_t *sessions, stat_tap_table *table, GSequenceIter *row)
{
    unsigned from = place_of(row), to = sessions->num_attacks++;
    stat_tap_table_item_type *cells = table->elements[from];

    g_sequence_set(row, GUINT_TO_POINTER(ATTACK));
    g_sequence_move(row, g_sequence_get_iter_at_pos(sessions->row_order, (int)to));
    memmove(&table->elements[to + 1], &table->elements[to],
            (from - to) * sizeof table->elements[0]);
    table->elements[to] = cells;
    stat_table_rank_rows(table, to, from + 1);
}

static char *
host_text(const address *host)
{
    return host->type == AT_NONE ? wmem_strdup(NULL, "-") : address_to_str(NULL, host);
}

static char *
join_and_free(char **list)
{
    char *text = g_strjoinv(", ", list);

    g_strfreev(list);
    return text;
}

static void
show_session(const sessions_t *sessions, stat_tap_table *table, unsigned row,
             const session_summary_t *session)
{
    char *viewer = host_text(&session->viewer), *agent = host_text(&session->agent);
    char *account = stat_text_account(session);
    char *functions = join_and_free(stat_text_functions(session));
    char *transports = join_and_free(stat_text_transports(session));
    char *start = stat_text_time(&session->begin_time, "%Y-%m-%d %H:%M:%S");
    char *filter = g_strdup_printf("smsrc.session == %u", session->number);
    line_t line = {
        .number = session->number,
        .protocol = session->protocol,
        .viewer = viewer,
        .agent = agent,
        .outcome = session->outcome,
        .reason = session->reason,
        .host = session->names[SESSION_NAME_HOST],
        .user = session->names[SESSION_NAME_USER],
        .controller = session->names[SESSION_NAME_CONTROLLER],
        .account = account,
        .functions = functions,
        .transports = transports,
        .first_frame = session->begin_frame,
        .last_frame = session->end_frame,
        .start = start != NULL ? start : "",
        .seconds = nstime_is_unset(&session->begin_time) ? NAN : session->seconds,
        .filter = filter,
    };

    for (unsigned channel = CHANNEL_CONTROL; channel < NUM_CHANNELS; channel++) {
        for (unsigned side = 0; side < 2; side++)
            line.bytes[channel][side] = (double)session->bytes[channel][side];
    }
    stat_table_show_row(table, row, sessions->columns, &line);
    wmem_free(NULL, viewer);
    wmem_free(NULL, agent);
    g_free(account);
    g_free(functions);
    g_free(transports);
    g_free(start);
    g_free(filter);
}

/* Shows how many sessions are past the bound of the log. */
static void
show_unlisted(sessions_t *sessions, stat_tap_table *table)
{
    unsigned unlisted;
    char *text;
    line_t line = { .protocol = "Not listed" };

    session_log_count(&unlisted);
    if (unlisted == 0)
        return;
    if (sessions->unlisted_row == NULL)
        sessions->unlisted_row = insert_row(sessions, table, UINT_MAX);
    text = g_strdup_printf("%u or more sessions", unlisted);
    line.reason = text;
    stat_table_show_row(table, place_of(sessions->unlisted_row), sessions->columns, &line);
    g_free(text);
}

/* A session turned out to be none. */
static GSequenceIter *
remove_row(sessions_t *sessions, stat_tap_table *table, GSequenceIter *row)
{
    if (row != NULL) {
        sessions->num_attacks -= number_of(row) == ATTACK;
        stat_table_remove_row(table, place_of(row));
        g_sequence_remove(row);
    }
    return NULL;
}

/* Shows a session in its row, which is inserted where it has none. What is none has no row. */
static void
update_row(sessions_t *sessions, stat_tap_table *table, const session_t *session)
{
    session_summary_t summary = session_tap_summary(session);
    GSequenceIter *row = (GSequenceIter *)g_hash_table_lookup(sessions->session_rows, session);

    if (summary.number == 0)
        row = remove_row(sessions, table, row);
    else if (row == NULL)
        row = insert_row(sessions, table, summary.number);
    g_hash_table_insert(sessions->session_rows, (void *)session, row);
    if (row == NULL)
        return;
    if (summary.has_attack && number_of(row) != ATTACK)
        raise_row(sessions, table, row);
    show_session(sessions, table, place_of(row), &summary);
}

static tap_packet_status
sessions_packet(void *tapdata, packet_info *pinfo _U_, epan_dissect_t *edt _U_, const void *data,
                tap_flags_t flags _U_)
{
    sessions_t *sessions = (sessions_t *)stat_table_ui_of(tapdata);
    const smsrc_tap_t *tap = (const smsrc_tap_t *)data;
    stat_tap_table *table = stat_table_of(tapdata);

    show_unlisted(sessions, table);
    if (tap->session == NULL)
        return TAP_PACKET_DONT_REDRAW;
    update_row(sessions, table, tap->session);
    return TAP_PACKET_REDRAW;
}

/*
 * At the end of a capture: a viewer that nothing has answered has had a session, and frames that a
 * filter did not pass belong to their sessions, too.
 */
static void
sessions_complete(stat_tap_table_ui *ui, stat_tap_table *table)
{
    sessions_t *sessions = (sessions_t *)ui;
    GList *chosen = g_hash_table_get_keys(sessions->session_rows);

    session_tap_settle();
    for (const GList *at = chosen; at != NULL; at = at->next)
        update_row(sessions, table, (const session_t *)at->data);
    g_list_free(chosen);
}

static void
sessions_settle(void *tapdata)
{
    sessions_t *sessions = (sessions_t *)tapdata;
    stat_tap_table *table = stat_table_opened(&sessions->table.ui);

    if (table != NULL)
        sessions_complete(&sessions->table.ui, table);
    g_hash_table_remove_all(sessions->session_rows);
    sessions->unlisted_row = NULL;
}

static void
sessions_init(stat_tap_table_ui *ui)
{
    sessions_t *sessions = (sessions_t *)ui;

    if (sessions->session_rows == NULL)
        stat_settle_add(sessions_settle, sessions);
    stat_table_open(ui, "Remote control sessions");
    clear_rows(sessions);
}

static void sessions_reset(stat_tap_table *table);

#define SESSIONS_UI                                                                              \
    {                                                                                            \
        .ui = {                                                                                  \
            .tap_name = "smsrc",                                                                 \
            .stat_tap_init_cb = sessions_init,                                                   \
            .packet_func = sessions_packet,                                                      \
            .stat_tap_reset_table_cb = sessions_reset,                                           \
        },                                                                                       \
        .complete_cb = sessions_complete,                                                        \
    }

static sessions_t window = { .table = SESSIONS_UI, .columns = columns };
static sessions_t full = { .table = SESSIONS_UI, .columns = full_columns };

static void
sessions_reset(stat_tap_table *table)
{
    stat_table_clear(table);
    clear_rows(stat_table_opened(&full.table.ui) == table ? &full : &window);
}

void
sessions_table_register(const statistic_t *statistic)
{
    terminal_table_register(&window.table.ui, statistic, columns, array_length(columns),
                            sizeof window);
}

void
sessions_table_register_full(const statistic_t *statistic)
{
    terminal_table_register(&full.table.ui, statistic, full_columns, array_length(full_columns),
                            sizeof full);
}
