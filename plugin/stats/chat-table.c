/* chat-table.c
 * What was written in the chats of remote-control sessions: -z smsrc,chat
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * The framing of chat is not known. Each keystroke is a packet (Q214889), so the text of one end is
 * collected until it ends its line, does not write for some seconds, or the line is long. All of
 * it is inferred, and the table says so. Lines are in the order in which they begin. A filter
 * chooses sessions, and a session has all of its lines.
 */

#include "smsrc-compat.h"

#include <epan/tap.h>
#include <epan/to_str.h>

#include "message-choice.h"
#include "sorted-array.h"
#include "stat-list.h"
#include "stat-settle.h"
#include "stat-table.h"
#include "stat-text.h"
#include "terminal-table.h"

/* Seconds without a keystroke, after which the next one begins a line. */
#define MAX_PAUSE 10

/* Bytes of a line, after which the next text begins another one. */
#define MAX_LINE 1024

/* Lines past this bound are counted only. */
#define MAX_LINES 65536

/* So many bytes together that are not text are shown as their number. */
#define MIN_BINARY 4

/* What a row shows of a line. */
typedef struct {
    unsigned session;
    const char *when;
    unsigned frame;
    const char *from;
    const char *address;
    const char *host;
    const char *user;
    const char *text;
    const char *basis;
    const char *filter;
} row_t;

static const stat_column_t columns[] = {
    STAT_COLUMN(STAT_NUMBER, "Session", "%5u", row_t, session),
    STAT_COLUMN(STAT_TEXT, "Time (UTC)", "%-26s", row_t, when),
    STAT_COLUMN(STAT_NUMBER, "First frame", "%7u", row_t, frame),
    STAT_COLUMN(STAT_TEXT, "From", "%-6s", row_t, from),
    STAT_COLUMN(STAT_TEXT, "Address", "%-15s", row_t, address),
    STAT_COLUMN(STAT_TEXT, "Host", "%-15s", row_t, host),
    STAT_COLUMN(STAT_TEXT, "User", "%-12s", row_t, user),
    STAT_COLUMN(STAT_TEXT, "Line", "%-40s", row_t, text),
    STAT_COLUMN(STAT_TEXT, "Basis", "%-8s", row_t, basis),
    STAT_FILTER_COLUMN(row_t, filter),
};

/* A line. It outlives its session. */
typedef struct {
    unsigned number; /* the order of all lines */
    uint32_t frame;  /* the first */
    nstime_t when;   /* of it; unset: it has none */
    nstime_t last_time;
    direction_e direction;
    GString *text;
    bool has_ended;
} line_t;

/* The lines of a session. */
typedef struct {
    GPtrArray *lines;                   /* of line_t, which the table owns */
    line_t *newest[DIRECTION_TO_VIEWER + 1];
    char names[NUM_SESSION_NAMES][SESSION_NAME_SIZE]; /* as they are shown */
    bool is_chosen, is_shown;
} chat_t;

typedef struct {
    stat_table_t table;
    message_choice_t *choice;
    bool has_all;         /* there is no filter */
    GHashTable *chats;    /* session to its chat_t, in the capture at hand */
    GPtrArray *lines;     /* all of them, which are owned by it */
    GPtrArray *rows;      /* the line of each row, in the order of their numbers */
    unsigned of_none;     /* packets of chat that are of no session */
    unsigned not_kept;    /* lines */
    unsigned num_notes;   /* rows after those of lines */
} chat_table_t;

/*
 * Lines
 */

static void
free_line(void *data)
{
    line_t *line = (line_t *)data;

    g_string_free(line->text, TRUE);
    g_free(line);
}

static void
free_chat(void *data)
{
    chat_t *chat = (chat_t *)data;

    g_ptr_array_free(chat->lines, TRUE);
    g_free(chat);
}

static chat_t *
chat_of(chat_table_t *table, const session_t *session)
{
    chat_t *chat = (chat_t *)g_hash_table_lookup(table->chats, session);

    if (chat == NULL) {
        chat = g_new0(chat_t, 1);
        chat->lines = g_ptr_array_new();
        chat->is_chosen = table->has_all;
        g_hash_table_insert(table->chats, (void *)session, chat);
    }
    return chat;
}

/* The capture's clock may have been set back, and its time may be any 64 bits. */
static bool
is_pause(const nstime_t *last, const nstime_t *now)
{
    return !nstime_is_unset(last) && !nstime_is_unset(now) && now->secs > last->secs &&
           (uint64_t)now->secs - (uint64_t)last->secs > MAX_PAUSE;
}

/* Returns the line to which more text of this end belongs; NULL: there are too many. */
static line_t *
line_of(chat_table_t *table, chat_t *chat, direction_e direction, const packet_info *pinfo,
        const nstime_t *now)
{
    line_t *line = chat->newest[direction];

    if (line != NULL && !line->has_ended && line->text->len < MAX_LINE &&
        !is_pause(&line->last_time, now))
        return line;
    if (table->lines->len == MAX_LINES) {
        table->not_kept++;
        return NULL;
    }
    line = g_new0(line_t, 1);
    line->number = table->lines->len;
    line->frame = pinfo->num;
    line->when = *now;
    line->direction = direction;
    line->text = g_string_new(NULL);
    g_ptr_array_add(table->lines, line);
    g_ptr_array_add(chat->lines, line);
    chat->newest[direction] = line;
    return line;
}

static bool
is_end(uint8_t c)
{
    return c == '\r' || c == '\n';
}

static bool
is_text(uint8_t c)
{
    return g_ascii_isprint(c) || c == '\t';
}

/* Appends bytes that are not text: a few may be letters of another code page, or keys. */
static void
append_binary(GString *text, const uint8_t *bytes, unsigned count)
{
    if (count >= MIN_BINARY) {
        g_string_append_printf(text, "[%u bytes]", count);
        return;
    }
    for (unsigned i = 0; i < count; i++)
        g_string_append_printf(text, "\\x%02x", bytes[i]);
}

/* Adds what an end has sent to its lines. */
static void
add_text(chat_table_t *table, chat_t *chat, const smsrc_message_tap_t *message,
         const packet_info *pinfo)
{
    nstime_t now = NSTIME_INIT_UNSET;
    unsigned at = 0;

    if (pinfo->fd->has_ts)
        now = pinfo->abs_ts;
    while (at < message->num_bytes) {
        const uint8_t *bytes = message->bytes + at;
        line_t *line = chat->newest[message->direction];
        unsigned count = 1;

        if (is_end(*bytes)) {
            if (line != NULL)
                line->has_ended = true;
            at++;
            continue;
        }
        while (at + count < message->num_bytes && !is_end(bytes[count]) &&
               is_text(bytes[count]) == is_text(*bytes))
            count++;
        line = line_of(table, chat, message->direction, pinfo, &now);
        if (line == NULL)
            return;
        line->last_time = now;
        if (is_text(*bytes)) {
            count = MIN(count, MAX_LINE - (unsigned)line->text->len);
            g_string_append_len(line->text, (const char *)bytes, count);
        } else {
            append_binary(line->text, bytes, count);
        }
        at += count;
    }
}

/*
 * Rows
 */

static int
compare_lines(const void *a, const void *b)
{
    return sorted_array_compare_numbers(((const line_t *)a)->number, ((const line_t *)b)->number);
}

static void
show_line(chat_table_t *table, const session_summary_t *session, line_t *line)
{
    stat_tap_table *shown = stat_table_opened(&table->table.ui);
    unsigned place;
    bool is_viewer = line->direction == DIRECTION_TO_AGENT;
    const address *end = is_viewer ? &session->viewer : &session->agent;
    bool is_known = line->direction != DIRECTION_UNKNOWN;
    char *account = stat_text_account(session);
    char *when = stat_text_time(&line->when, "%Y-%m-%d %H:%M:%S");
    char *host = is_known && end->type != AT_NONE ? address_to_str(NULL, end) : NULL;
    char *filter = g_strdup_printf("smsrc.session == %u && smsrc.channel == \"Chat\"",
                                   session->number);
    const row_t row = {
        .session = session->number,
        .when = when != NULL ? when : "",
        .frame = line->frame,
        .from = !is_known ? "Unknown" : is_viewer ? "Viewer" : "Agent",
        .address = host != NULL ? host : "",
        .host = is_known ? session->names[is_viewer ? SESSION_NAME_VIEWER : SESSION_NAME_HOST] : "",
        .user = !is_known ? "" : is_viewer ? account : session->names[SESSION_NAME_USER],
        .text = line->text->str,
        .basis = "Inferred",
        .filter = filter,
    };

    if (!sorted_array_find(table->rows, line, compare_lines, &place)) {
        stat_table_insert_row(&table->table.ui, shown, place);
        g_ptr_array_insert(table->rows, (int)place, line);
    }
    stat_table_show_row(shown, place, columns, &row);
    g_free(account);
    g_free(when);
    g_free(filter);
    wmem_free(NULL, host);
}

static void
hide_line(chat_table_t *table, const line_t *line)
{
    unsigned place;

    if (!sorted_array_find(table->rows, line, compare_lines, &place))
        return;
    stat_table_remove_row(stat_table_opened(&table->table.ui), place);
    g_ptr_array_remove_index(table->rows, place);
}

/*
 * Shows the lines of a session from @p first on, and @p line (may be NULL), if a filter chooses it;
 * all of them where none is shown, or where one of its names is new. What is not a session, or not
 * so far, has no rows.
 */
static void
show_chat(chat_table_t *table, const session_t *session, chat_t *chat, unsigned first,
          line_t *line)
{
    session_summary_t summary = session_tap_summary(session);
    bool is_session = summary.number != 0;

    if (!chat->is_chosen)
        return;
    if (!chat->is_shown || !is_session ||
        memcmp(chat->names, summary.names, sizeof chat->names) != 0)
        first = 0;
    for (unsigned i = first; i < chat->lines->len; i++) {
        if (is_session)
            show_line(table, &summary, (line_t *)chat->lines->pdata[i]);
        else
            hide_line(table, (const line_t *)chat->lines->pdata[i]);
    }
    if (is_session && line != NULL)
        show_line(table, &summary, line);
    chat->is_shown = is_session;
    memcpy(chat->names, summary.names, sizeof chat->names);
}

/* Shows after all lines what is in none. */
static void
show_notes(chat_table_t *table)
{
    const struct {
        const char *what;
        unsigned count;
    } notes[] = {
        { "packets of chat belong to no session", table->of_none },
        { "more lines are not listed", table->not_kept },
    };
    stat_tap_table *shown = stat_table_opened(&table->table.ui);
    unsigned used = 0;

    for (unsigned i = 0; i < array_length(notes); i++) {
        char *text;

        if (notes[i].count == 0)
            continue;
        if (used == table->num_notes) {
            stat_table_append_row(&table->table.ui, shown);
            table->num_notes++;
        }
        text = g_strdup_printf("%u %s", notes[i].count, notes[i].what);
        stat_table_show_row(shown, table->rows->len + used++, columns,
                            &(row_t){ .when = "", .from = "", .address = "", .host = "",
                                      .user = "", .text = text, .basis = "",
                                      .filter = "" });
        g_free(text);
    }
}

/*
 * Messages and frames
 */

static void
chat_each(void *data, const packet_info *pinfo, const smsrc_message_tap_t *message,
          const session_t *session, bool passes)
{
    chat_table_t *table = (chat_table_t *)data;
    chat_t *chat;
    line_t *open;
    unsigned before;

    if (message->bytes == NULL || stat_table_opened(&table->table.ui) == NULL)
        return;
    if (session == NULL) {
        table->of_none += passes ? 1 : 0;
        show_notes(table);
        return;
    }
    chat = chat_of(table, session);
    open = chat->newest[message->direction];
    before = chat->lines->len;
    add_text(table, chat, message, pinfo);
    show_chat(table, session, chat, before, open);
    show_notes(table);
}

static tap_packet_status
chat_packet(void *tapdata, packet_info *pinfo, epan_dissect_t *edt _U_, const void *data,
            tap_flags_t flags _U_)
{
    chat_table_t *table = (chat_table_t *)stat_table_ui_of(tapdata);
    const session_t *session = ((const smsrc_tap_t *)data)->session;

    message_choice_add(table->choice, pinfo, (const smsrc_tap_t *)data);
    if (session != NULL) {
        chat_t *chat = chat_of(table, session);

        chat->is_chosen = true;
        show_chat(table, session, chat, chat->lines->len, NULL);
    }
    return TAP_PACKET_REDRAW;
}

/* Brings all that is shown up to date. */
static void
chat_complete(stat_tap_table_ui *ui, stat_tap_table *shown _U_)
{
    chat_table_t *table = (chat_table_t *)ui;
    GHashTableIter chats;
    void *session, *chat;

    session_tap_settle();
    g_hash_table_iter_init(&chats, table->chats);
    while (g_hash_table_iter_next(&chats, &session, &chat))
        show_chat(table, (const session_t *)session, (chat_t *)chat,
                  ((const chat_t *)chat)->lines->len, NULL);
}

/* The capture ends, and its lines stay. */
static void
chat_settle(void *data)
{
    chat_table_t *table = (chat_table_t *)data;

    if (stat_table_opened(&table->table.ui) != NULL)
        chat_complete(&table->table.ui, NULL);
    g_hash_table_remove_all(table->chats);
}

static void
chat_clear(chat_table_t *table)
{
    g_hash_table_remove_all(table->chats);
    g_ptr_array_set_size(table->rows, 0);
    g_ptr_array_set_size(table->lines, 0);
    table->of_none = table->not_kept = table->num_notes = 0;
    message_choice_clear(table->choice);
}

static void
chat_init(stat_tap_table_ui *ui)
{
    static const message_choice_ops_t ops = { .each = chat_each };
    chat_table_t *table = (chat_table_t *)ui;

    if (table->choice == NULL) {
        table->has_all = terminal_table_has_all();
        table->choice = message_choice_new(&ops, table, table->has_all);
        stat_settle_add(chat_settle, table);
        table->chats = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, free_chat);
        table->lines = g_ptr_array_new_with_free_func(free_line);
        table->rows = g_ptr_array_new();
    }
    stat_table_open(ui, "Remote control chats");
    chat_clear(table);
}

static void chat_reset(stat_tap_table *shown);

static chat_table_t window = {
    .table = {
        .ui = {
            .tap_name = "smsrc",
            .stat_tap_init_cb = chat_init,
            .packet_func = chat_packet,
            .stat_tap_reset_table_cb = chat_reset,
        },
        .head = "Text found in bytes of unknown meaning: what is a line, is inferred",
        .complete_cb = chat_complete,
    },
};

static void
chat_reset(stat_tap_table *shown)
{
    stat_table_clear(shown);
    if (window.choice != NULL)
        chat_clear(&window);
}

void
chat_table_register(const statistic_t *statistic)
{
    terminal_table_register(&window.table.ui, statistic, columns, array_length(columns),
                            sizeof window);
}
