/* sessions-table.c
 * The remote-control sessions of a capture in a table: -z smsrc,sessions
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * The table shows the session log. A frame of a session updates its row, so that at the end of the
 * capture each row shows the state after the last frame. A filter selects sessions by their frames,
 * and a row shows the whole session. Sessions with an attack are first, and apart from that all are
 * in the order of their first frames.
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
} line_t;

#define BYTES_COLUMNS(title, channel)                                                            \
    STAT_COLUMN(STAT_BYTES, title, "%9u", line_t, bytes[channel][0]),                            \
        STAT_COLUMN(STAT_BYTES, "to viewer", "%9u", line_t, bytes[channel][1])

static const stat_column_t columns[] = {
    STAT_COLUMN(STAT_NUMBER, "Session", "%5u", line_t, number),
    STAT_COLUMN(STAT_TEXT, "Protocol", "%-24s", line_t, protocol),
    STAT_COLUMN(STAT_TEXT, "Viewer", "%-15s", line_t, viewer),
    STAT_COLUMN(STAT_TEXT, "Agent", "%-15s", line_t, agent),
    STAT_COLUMN(STAT_TEXT, "Outcome", "%-10s", line_t, outcome),
    STAT_COLUMN(STAT_TEXT, "With or why", "%-24s", line_t, reason),
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
    BYTES_COLUMNS("Control to agent", CHANNEL_CONTROL),
    BYTES_COLUMNS("Data to agent", CHANNEL_DATA),
    BYTES_COLUMNS("Chat to agent", CHANNEL_CHAT),
    BYTES_COLUMNS("Transfer to agent", CHANNEL_TRANSFER),
};

/*
 * The rows as a sequence, in which an item is at the position of its row, and true for a session
 * with an attack; the item of each session; that of the row for sessions not listed, or NULL.
 */
static GSequence *row_order;
static GHashTable *session_rows;
static GSequenceIter *unlisted_row;
static GPtrArray *unproven; /* sessions that were none when their frames passed */
static unsigned num_attacks;

static void
clear_rows(void)
{
    g_clear_pointer(&row_order, g_sequence_free);
    row_order = g_sequence_new(NULL);
    if (session_rows == NULL)
        session_rows = g_hash_table_new(g_direct_hash, g_direct_equal);
    g_hash_table_remove_all(session_rows);
    if (unproven == NULL)
        unproven = g_ptr_array_new();
    g_ptr_array_set_size(unproven, 0);
    unlisted_row = NULL;
    num_attacks = 0;
}

static void
sessions_init(stat_tap_table_ui *ui)
{
    stat_table_open(ui, "Remote control sessions");
    clear_rows();
}

static void
sessions_reset(stat_tap_table *table)
{
    stat_table_clear(table);
    clear_rows();
}

/* Returns the row before which a session without an attack is shown: they are by their number. */
static unsigned
row_for(stat_tap_table *table, unsigned number)
{
    unsigned row = stat_table_num_rows(table);

    while (row > num_attacks &&
           stat_tap_get_field_data(table, row - 1, 0)->value.uint_value > number)
        row--;
    return row;
}

static GSequenceIter *
insert_row(stat_tap_table_ui *ui, stat_tap_table *table, unsigned row)
{
    stat_table_insert_row(ui, table, row);
    return g_sequence_insert_before(g_sequence_get_iter_at_pos(row_order, (int)row),
                                    GUINT_TO_POINTER(false));
}

static unsigned
place_of(GSequenceIter *row)
{
    return (unsigned)g_sequence_iter_get_position(row);
}

/* Moves the row of a session with an attack to the end of those that have one already. */
static void
raise_row(stat_tap_table *table, GSequenceIter *row)
{
    unsigned from = place_of(row), to = num_attacks++;
    stat_tap_table_item_type *cells = table->elements[from];

    g_sequence_set(row, GUINT_TO_POINTER(true));
    g_sequence_move(row, g_sequence_get_iter_at_pos(row_order, (int)to));
    memmove(&table->elements[to + 1], &table->elements[to],
            (from - to) * sizeof table->elements[0]);
    table->elements[to] = cells;
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
show_session(stat_tap_table *table, unsigned row, const session_summary_t *session)
{
    char *viewer = host_text(&session->viewer), *agent = host_text(&session->agent);
    char *account = stat_text_account(session);
    char *functions = join_and_free(stat_text_functions(session));
    char *transports = join_and_free(stat_text_transports(session));
    char *start = stat_text_time(&session->begin_time, "%Y-%m-%d %H:%M:%S");
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
    };

    for (unsigned channel = CHANNEL_CONTROL; channel < NUM_CHANNELS; channel++) {
        for (unsigned side = 0; side < 2; side++)
            line.bytes[channel][side] = (double)session->bytes[channel][side];
    }
    stat_table_show_row(table, row, columns, &line);
    wmem_free(NULL, viewer);
    wmem_free(NULL, agent);
    g_free(account);
    g_free(functions);
    g_free(transports);
    g_free(start);
}

/* Shows how many sessions are past the bound of the log. */
static void
show_unlisted(stat_tap_table_ui *ui, stat_tap_table *table)
{
    unsigned unlisted;
    char *text;
    line_t line = { .protocol = "Not listed" };

    session_log_count(&unlisted);
    if (unlisted == 0)
        return;
    if (unlisted_row == NULL)
        unlisted_row = insert_row(ui, table, stat_table_num_rows(table));
    text = g_strdup_printf("%u or more sessions", unlisted);
    line.reason = text;
    stat_table_show_row(table, place_of(unlisted_row), columns, &line);
    g_free(text);
}

/* Shows a session in its row, which is appended where it has none. */
static void
update_row(stat_tap_table_ui *ui, stat_tap_table *table, const session_t *session,
           const session_summary_t *summary)
{
    GSequenceIter *row = (GSequenceIter *)g_hash_table_lookup(session_rows, session);

    if (row == NULL) {
        row = insert_row(ui, table, row_for(table, summary->number));
        g_hash_table_insert(session_rows, (void *)session, row);
    }
    if (summary->has_attack && !GPOINTER_TO_UINT(g_sequence_get(row)))
        raise_row(table, row);
    show_session(table, place_of(row), summary);
}

static tap_packet_status
sessions_packet(void *tapdata, packet_info *pinfo _U_, epan_dissect_t *edt _U_, const void *data,
                tap_flags_t flags _U_)
{
    const smsrc_tap_t *tap = (const smsrc_tap_t *)data;
    stat_tap_table *table = stat_table_of(tapdata);
    session_summary_t session;

    show_unlisted(stat_table_ui_of(tapdata), table);
    if (tap->session == NULL)
        return TAP_PACKET_DONT_REDRAW;
    session = session_tap_summary(tap->session);
    if (session.number != 0) {
        update_row(stat_table_ui_of(tapdata), table, tap->session, &session);
    } else if (!g_hash_table_contains(session_rows, tap->session)) {
        g_hash_table_insert(session_rows, (void *)tap->session, NULL);
        g_ptr_array_add(unproven, (void *)tap->session);
    }
    return TAP_PACKET_REDRAW;
}

/* At the end of a capture: a viewer that nothing has answered has had a session. */
static void
add_unanswered(stat_tap_table_ui *ui)
{
    stat_tap_table *table = g_array_index(ui->tables, stat_tap_table *, 0);

    session_tap_settle();
    for (unsigned i = 0; i < unproven->len; i++) {
        const session_t *one = (const session_t *)unproven->pdata[i];
        session_summary_t session = session_tap_summary(one);

        if (session.number != 0)
            update_row(ui, table, one, &session);
    }
    g_ptr_array_set_size(unproven, 0);
}

static void
sessions_settle(void *tapdata)
{
    stat_tap_table_ui *ui = (stat_tap_table_ui *)tapdata;

    if (session_rows == NULL)
        return;
    if (ui->tables != NULL && ui->tables->len > 0)
        add_unanswered(ui);
    g_hash_table_remove_all(session_rows);
    unlisted_row = 0;
}

void
sessions_table_register(const statistic_t *statistic)
{
    static stat_tap_table_ui ui = {
        .tap_name = "smsrc",
        .stat_tap_init_cb = sessions_init,
        .packet_func = sessions_packet,
        .stat_tap_reset_table_cb = sessions_reset,
    };

    terminal_table_register(&ui, statistic, columns, array_length(columns));
    terminal_table_before_draw(&ui, add_unanswered);
    stat_settle_add(sessions_settle, &ui);
}
