/* sessions-json.c
 * The remote-control sessions as lines of JSON: -z smsrc,sessions.json
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "smsrc-compat.h"

#include <epan/stat_tap_ui.h>
#include <epan/tap.h>

#include "json-line.h"
#include "session-tap.h"
#include "stat-list.h"
#include "stat-listener.h"
#include "stat-settle.h"
#include "stat-text.h"

/* The sessions of which a frame passed the filter. */
typedef struct {
    char *filter;        /* NULL: none */
    GPtrArray *past;     /* copies, of earlier captures */
    unsigned unlisted;   /* of earlier captures */
    GPtrArray *sessions; /* of the current capture, which owns them */
    GHashTable *seen;
} session_lines_t;

static void
free_summary(void *data)
{
    session_summary_t *summary = (session_summary_t *)data;

    free_address(&summary->viewer);
    free_address(&summary->agent);
    g_free(summary);
}

/* Appends summaries of @p sessions that outlive the capture. */
static void
append_summaries(GPtrArray *summaries, const GPtrArray *sessions)
{
    session_tap_settle();
    for (unsigned i = 0; i < sessions->len; i++) {
        session_summary_t summary = session_tap_summary((const session_t *)sessions->pdata[i]);
        session_summary_t *copy;

        if (summary.number == 0)
            continue;
        copy = g_new(session_summary_t, 1);
        *copy = summary;
        copy_address(&copy->viewer, &summary.viewer);
        copy_address(&copy->agent, &summary.agent);
        g_ptr_array_add(summaries, copy);
    }
}

static int
compare_numbers(const void *a, const void *b)
{
    uint32_t first = (*(const session_summary_t *const *)a)->number;
    uint32_t second = (*(const session_summary_t *const *)b)->number;

    return (first > second) - (first < second);
}

static void
sessions_settle(void *tapdata)
{
    session_lines_t *lines = (session_lines_t *)tapdata;
    unsigned unlisted = 0;

    append_summaries(lines->past, lines->sessions);
    g_ptr_array_set_size(lines->sessions, 0);
    g_hash_table_remove_all(lines->seen);
    session_log_count(&unlisted);
    lines->unlisted += unlisted;
}

static void
sessions_reset(void *tapdata)
{
    session_lines_t *lines = (session_lines_t *)tapdata;

    g_ptr_array_set_size(lines->past, 0);
    lines->unlisted = 0;
    g_ptr_array_set_size(lines->sessions, 0);
    g_hash_table_remove_all(lines->seen);
}

static tap_packet_status
sessions_packet(void *tapdata, packet_info *pinfo _U_, epan_dissect_t *edt _U_, const void *data,
                tap_flags_t flags _U_)
{
    session_lines_t *lines = (session_lines_t *)tapdata;
    const session_t *session = ((const smsrc_tap_t *)data)->session;

    if (session == NULL || !g_hash_table_add(lines->seen, (void *)session))
        return TAP_PACKET_DONT_REDRAW;
    g_ptr_array_add(lines->sessions, (void *)session);
    return TAP_PACKET_REDRAW;
}

static void
put_list(json_dumper *line, const char *name, char **list)
{
    json_dumper_set_member_name(line, name);
    json_dumper_begin_array(line);
    for (char **text = list; *text != NULL; text++)
        json_dumper_value_string(line, *text);
    json_dumper_end_array(line);
    g_strfreev(list);
}

/* Adds the payload of all channels together, and of each in both directions. */
static void
put_bytes(json_dumper *line, const session_summary_t *session)
{
    uint64_t total = 0;

    for (unsigned channel = CHANNEL_CONTROL; channel < NUM_CHANNELS; channel++)
        total += session->bytes[channel][0] + session->bytes[channel][1];
    json_line_put_number(line, "bytes", total);
    json_dumper_set_member_name(line, "channel_bytes");
    json_dumper_begin_object(line);
    for (unsigned channel = CHANNEL_CONTROL; channel < NUM_CHANNELS; channel++) {
        json_dumper_set_member_name(line, channel_json_name((channel_e)channel));
        json_dumper_begin_object(line);
        json_line_put_number(line, "to_agent", session->bytes[channel][0]);
        json_line_put_number(line, "to_viewer", session->bytes[channel][1]);
        json_dumper_end_object(line);
    }
    json_dumper_end_object(line);
}

/* Adds the duration, null where no frame has a time. */
static void
put_seconds(json_dumper *line, const session_summary_t *session)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];

    if (!nstime_is_unset(&session->begin_time))
        json_line_put_literal(line, "seconds",
                              g_ascii_formatd(text, sizeof text, "%.6f", session->seconds));
    else
        json_line_put_literal(line, "seconds", "null");
}

static void
print_session(const session_summary_t *session)
{
    json_dumper line = json_line_begin("session");
    char *account = stat_text_account(session);

    json_line_put_number(&line, "session", session->number);
    json_line_put_text(&line, "protocol", session->protocol);
    json_line_put_host(&line, "viewer", &session->viewer);
    json_line_put_host(&line, "agent", &session->agent);
    json_line_put_text(&line, "outcome", session->outcome);
    json_line_put_text(&line, "reason", session->reason);
    json_line_put_text(&line, "host", session->names[SESSION_NAME_HOST]);
    json_line_put_text(&line, "user", session->names[SESSION_NAME_USER]);
    json_line_put_text(&line, "controlled_by", session->names[SESSION_NAME_CONTROLLER]);
    json_line_put_text(&line, "account", account);
    put_list(&line, "functions", stat_text_functions(session));
    put_list(&line, "transports", stat_text_transports(session));
    json_line_put_number(&line, "first_frame", session->begin_frame);
    json_line_put_number(&line, "last_frame", session->end_frame);
    json_line_put_time(&line, "start", &session->begin_time);
    json_line_put_time(&line, "end", &session->end_time);
    put_seconds(&line, session);
    put_bytes(&line, session);
    json_line_end(&line);
    g_free(account);
}

/* Prints those with an attack, or those without. */
static void
print_sessions(const GPtrArray *summaries, bool attacks)
{
    for (unsigned i = 0; i < summaries->len; i++) {
        const session_summary_t *session = (const session_summary_t *)summaries->pdata[i];

        if (session->has_attack == attacks)
            print_session(session);
    }
}

static void
sessions_draw(void *tapdata)
{
    const session_lines_t *lines = (const session_lines_t *)tapdata;
    GPtrArray *current = g_ptr_array_new_with_free_func(free_summary);
    json_dumper line;
    unsigned unlisted = 0;

    append_summaries(current, lines->sessions);
    g_ptr_array_sort(current, compare_numbers);
    print_sessions(lines->past, true);
    print_sessions(current, true);
    print_sessions(lines->past, false);
    print_sessions(current, false);
    session_log_count(&unlisted);
    line = json_line_begin("sessions");
    json_line_put_filter(&line, lines->filter);
    json_line_put_number(&line, "sessions", lines->past->len + current->len);
    json_line_put_number(&line, "not_listed", lines->unlisted + unlisted);
    json_line_put_overflow(&line);
    json_line_end(&line);
    g_ptr_array_free(current, TRUE);
}

static void
sessions_finish(void *tapdata)
{
    session_lines_t *lines = (session_lines_t *)tapdata;

    stat_settle_remove(lines);
    g_ptr_array_free(lines->past, TRUE);
    g_ptr_array_free(lines->sessions, TRUE);
    g_hash_table_destroy(lines->seen);
    g_free(lines->filter);
    g_free(lines);
}

static stat_tap_init_result
sessions_start(const char *argument, void *userdata)
{
    const statistic_t *statistic = (const statistic_t *)userdata;
    session_lines_t *lines = g_new0(session_lines_t, 1);
    stat_listener_t listener = {
        .command = statistic->command,
        .filter = stat_listener_filter(argument, statistic->command),
        .tap = "smsrc",
        .tapdata = lines,
        .reset_cb = sessions_reset,
        .packet_cb = sessions_packet,
        .draw_cb = sessions_draw,
        .finish_cb = sessions_finish,
    };

    lines->filter = g_strdup(listener.filter);
    lines->past = g_ptr_array_new_with_free_func(free_summary);
    lines->sessions = g_ptr_array_new();
    lines->seen = g_hash_table_new(g_direct_hash, g_direct_equal);
    stat_settle_add(sessions_settle, lines);
    if (stat_listener_start(&listener))
        return STAT_TAP_INIT_DONE;
    return STAT_TAP_INIT_FAILED;
}

void
sessions_json_register(const statistic_t *statistic)
{
    stat_listener_register(statistic->command, sessions_start, (void *)statistic);
}
