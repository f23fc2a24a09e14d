/* json-lines.c
 * Judged flows and sessions as lines of JSON: -z smsrc,audit.json and -z smsrc,sessions.json
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * What smsrc,audit and smsrc,sessions show as tables, for programs: an object to a line, and at
 * the end one that counts them, so that who reads the lines knows that they are all there. The
 * lines of many captures make one file (plugin/doc/batch.md). Texts of a capture may hold
 * anything; here they are valid UTF-8, and what is not printable is escaped.
 */

#define WS_LOG_DOMAIN "smsrc"

#include "json-lines.h"

#include "smsrc-compat.h"

#include <epan/stat_tap_ui.h>
#include <epan/tap.h>
#include <wsutil/json_dumper.h>

#include "audit-tap.h"
#include "bounds.h"
#include "role-book.h"
#include "session-tap.h"
#include "stat-listener.h"
#include "stat-settle.h"
#include "stat-table.h"
#include "text.h"

#define AUDIT_COMMAND "smsrc,audit.json"
#define SESSIONS_COMMAND "smsrc,sessions.json"

/*
 * Members of an object
 */

/* A string of JSON, in which what is not printable is escaped: a terminal takes it for commands. */
static char *
quote(const char *text)
{
    GString *json = g_string_new("\"");

    for (; *text != '\0'; text = g_utf8_next_char(text)) {
        gunichar c = g_utf8_get_char(text);

        if (c == '"' || c == '\\')
            g_string_append_printf(json, "\\%c", (char)c);
        else if (g_unichar_isprint(c))
            g_string_append_unichar(json, c);
        else if (c < 0x10000)
            g_string_append_printf(json, "\\u%04x", c);
        else /* RFC 8259 7: the two of UTF-16 */
            g_string_append_printf(json, "\\u%04x\\u%04x", 0xd7c0 + (c >> 10),
                                   0xdc00 + (c & 0x3ff));
    }
    g_string_append_c(json, '"');
    return g_string_free(json, FALSE);
}

static void
put_text(json_dumper *line, const char *name, const char *text)
{
    char *valid = g_utf8_make_valid(text, -1), *quoted;

    json_dumper_set_member_name(line, name);
    if (text_is_shown(valid)) {
        json_dumper_value_string(line, valid);
    } else {
        quoted = quote(valid);
        json_dumper_value_anyf(line, "%s", quoted);
        g_free(quoted);
    }
    g_free(valid);
}

static void
put_number(json_dumper *line, const char *name, uint64_t number)
{
    json_dumper_set_member_name(line, name);
    json_dumper_value_anyf(line, "%" PRIu64, number);
}

static void
put_word(json_dumper *line, const char *name, const char *word)
{
    json_dumper_set_member_name(line, name);
    json_dumper_value_anyf(line, "%s", word);
}

static void
put_host(json_dumper *line, const char *name, const address *host)
{
    char *text;

    if (host->type == AT_NONE) {
        put_word(line, name, "null");
        return;
    }
    text = stat_host_text(host);
    put_text(line, name, text);
    wmem_free(NULL, text);
}

/* "2004-07-14T09:00:00.000000Z"; null where the capture has no time, or none that is a date. */
static void
put_time(json_dumper *line, const char *name, const nstime_t *when)
{
    GDateTime *date = nstime_is_unset(when) ? NULL : g_date_time_new_from_unix_utc(when->secs);
    char *day, *text;

    if (date == NULL) {
        put_word(line, name, "null");
        return;
    }
    day = g_date_time_format(date, "%Y-%m-%dT%H:%M:%S");
    text = g_strdup_printf("%s.%06dZ", day, when->nsecs / 1000);
    put_text(line, name, text);
    g_free(text);
    g_free(day);
    g_date_time_unref(date);
}

static json_dumper
begin_line(const char *type)
{
    json_dumper line = { .output_file = stdout };

    json_dumper_begin_object(&line);
    put_text(&line, "type", type);
    return line;
}

static void
end_line(json_dumper *line)
{
    json_dumper_end_object(line);
    json_dumper_finish(line);
}

/* What was not kept; nothing where all was. */
static void
put_overflow(json_dumper *line)
{
    if (!bounds_are_reached())
        return;
    json_dumper_set_member_name(line, "overflow");
    json_dumper_begin_array(line);
    for (bound_e bound = bounds_next(BOUND_NONE); bound < NUM_BOUNDS; bound = bounds_next(bound)) {
        json_dumper_begin_object(line);
        put_text(line, "bound", bounds_name(bound));
        put_number(line, "limit", bounds_limit(bound));
        put_number(line, "first_frame", bounds_frame(bound));
        put_number(line, "times", bounds_count(bound));
        json_dumper_end_object(line);
    }
    json_dumper_end_array(line);
}

/*
 * -z smsrc,audit.json
 */

/* A judged flow, as its last packet left it. */
typedef struct {
    unsigned order;      /* of its first packet among those of all flows */
    bool folded;         /* into the line of its scan */
    const flow_t *scan_of;
    verdict_t judgement;
    flow_facts_t about;
    address initiator;
    address responder;
    reach_e reach;
    uint32_t first_frame;
    nstime_t start;
    nstime_t end;
    unsigned tries;      /* itself, and those that its line stands for */
    uint64_t packets;
    uint64_t bytes;

    /* In words, from the end of the capture on. */
    char *row;           /* NULL: none */
    char *row_text;
    char *site_code;
} flow_line_t;

typedef struct {
    GPtrArray *all;      /* of flow_line_t, in their order */
    GHashTable *lines;   /* flow to its line, of the capture at hand */
    unsigned settled;    /* how many are of captures before */
    uint64_t frames;     /* read, judged or not */
} audit_lines_t;

static void
free_flow_line(void *data)
{
    flow_line_t *flow = (flow_line_t *)data;

    free_address(&flow->initiator);
    free_address(&flow->responder);
    g_free(flow->row);
    g_free(flow->row_text);
    g_free(flow->site_code);
    g_free(flow);
}

static void
audit_reset(void *tapdata)
{
    audit_lines_t *audit = (audit_lines_t *)tapdata;

    g_hash_table_remove_all(audit->lines);
    g_ptr_array_set_size(audit->all, 0);
    audit->settled = 0;
}

static void
frames_reset(void *tapdata)
{
    *(uint64_t *)tapdata = 0;
}

static tap_packet_status
frames_packet(void *tapdata, packet_info *pinfo _U_, epan_dissect_t *edt _U_,
              const void *data _U_, tap_flags_t flags _U_)
{
    (*(uint64_t *)tapdata)++;
    return TAP_PACKET_DONT_REDRAW;
}

/* More of the flow was in this time. It ends with the latest: a clock may have been set back. */
static void
include_times(flow_line_t *flow, const nstime_t *start, const nstime_t *end)
{
    if (nstime_is_unset(end))
        return;
    if (nstime_is_unset(&flow->start)) {
        flow->start = *start;
        flow->end = *end;
    } else if (nstime_cmp(end, &flow->end) > 0) {
        flow->end = *end;
    }
}

static tap_packet_status
audit_packet(void *tapdata, packet_info *pinfo, epan_dissect_t *edt _U_, const void *data,
             tap_flags_t flags _U_)
{
    audit_lines_t *audit = (audit_lines_t *)tapdata;
    const audit_tap_t *tap = (const audit_tap_t *)data;
    flow_line_t *flow = (flow_line_t *)g_hash_table_lookup(audit->lines, tap->flow);

    if (flow == NULL) {
        flow = g_new0(flow_line_t, 1);
        flow->order = audit->all->len;
        flow->tries = 1;
        flow->first_frame = tap->flow->first_frame;
        nstime_set_unset(&flow->start);
        nstime_set_unset(&flow->end);
        g_hash_table_insert(audit->lines, (void *)tap->flow, flow);
        g_ptr_array_add(audit->all, flow);
    } else {
        free_address(&flow->initiator);
        free_address(&flow->responder);
    }
    copy_address(&flow->initiator, tap->initiator);
    copy_address(&flow->responder, tap->responder);
    flow->scan_of = tap->flow->scan_of;
    flow->judgement = *tap->judgement;
    flow->about = *tap->about;
    flow->reach = tap->flow->reach;
    if (pinfo->fd->has_ts)
        include_times(flow, &pinfo->abs_ts, &pinfo->abs_ts);
    flow->packets++;
    flow->bytes += tap->bytes;
    return TAP_PACKET_REDRAW;
}

static void
put_roles(json_dumper *line, const char *name, role_set_t roles)
{
    json_dumper_set_member_name(line, name);
    json_dumper_begin_array(line);
    for (const value_string *role = role_vals; role->strptr != NULL; role++) {
        if ((roles & ROLE_BIT(role->value)) != 0)
            json_dumper_value_string(line, role->strptr);
    }
    json_dumper_end_array(line);
}

static void
put_row(json_dumper *line, const flow_line_t *flow)
{
    if (flow->row == NULL) {
        put_word(line, "row", "null");
        return;
    }
    put_text(line, "row", flow->row);
    put_word(line, "nearest", flow->judgement.nearest ? "true" : "false");
    put_text(line, "row_text", flow->row_text);
}

static void
print_flow(const flow_line_t *flow)
{
    static const char *const reaches[] = {
        [REACH_OPEN] = "Open", [REACH_ASKED] = "No answer", [REACH_BLOCKED] = "Blocked",
    };
    const flow_facts_t *about = &flow->about;
    bool swapped = flow->judgement.swapped;
    json_dumper line = begin_line("flow");

    put_text(&line, "verdict", verdict_name(flow->judgement.verdict));
    put_row(&line, flow);
    put_host(&line, "initiator", &flow->initiator);
    put_roles(&line, "initiator_roles", swapped ? about->responder : about->initiator);
    put_host(&line, "responder", &flow->responder);
    put_roles(&line, "responder_roles", swapped ? about->initiator : about->responder);
    put_text(&line, "site_code", flow->site_code);
    put_text(&line, "transport", transport_name(about->transport));
    if (about->transport == TRANSPORT_IPX)
        put_word(&line, "server_port", "null");
    else
        put_number(&line, "server_port", swapped ? about->initiator_port : about->responder_port);
    put_text(&line, "service", service_name(about->service));
    put_text(&line, "reach", reaches[flow->reach]);
    put_number(&line, "tries", flow->tries);
    put_number(&line, "first_frame", flow->first_frame);
    put_time(&line, "start", &flow->start);
    put_time(&line, "end", &flow->end);
    put_number(&line, "packets", flow->packets);
    put_number(&line, "bytes", flow->bytes);
    end_line(&line);
}

/* The worst first, and each verdict's in the order of the capture. */
static int
compare_lines(const void *a, const void *b)
{
    const flow_line_t *one = *(const flow_line_t *const *)a;
    const flow_line_t *other = *(const flow_line_t *const *)b;

    if (one->judgement.verdict != other->judgement.verdict)
        return one->judgement.verdict > other->judgement.verdict ? -1 : 1;
    return one->order < other->order ? -1 : one->order > other->order;
}

/*
 * A scan's tries that nothing has answered are one line, that of the first of them; where a filter
 * has left that one out, the next stands for it.
 */
static void
fold_scans(const audit_lines_t *audit)
{
    GHashTable *first = g_hash_table_new(g_direct_hash, g_direct_equal);

    for (unsigned i = audit->settled; i < audit->all->len; i++) {
        flow_line_t *one = (flow_line_t *)audit->all->pdata[i], *of = NULL;

        if (one->scan_of == NULL)
            continue;
        of = (flow_line_t *)g_hash_table_lookup(audit->lines, one->scan_of);
        if (of == NULL)
            of = (flow_line_t *)g_hash_table_lookup(first, one->scan_of);
        if (of == NULL) {
            g_hash_table_insert(first, (void *)one->scan_of, one);
            continue;
        }
        one->folded = true;
        of->tries++;
        of->packets += one->packets;
        of->bytes += one->bytes;
        include_times(of, &one->start, &one->end);
    }
    g_hash_table_destroy(first);
}

/* What a line shows of the user's rows and of the role book, which are the capture's. */
static void
settle_words(flow_line_t *flow)
{
    const matrix_row_t *row = flow->judgement.row;
    const char *code = role_book_site_code(&flow->responder);

    if (*code == '\0')
        code = role_book_site_code(&flow->initiator);
    flow->site_code = g_strdup(code);
    if (row != NULL) {
        char *text = matrix_row_to_str(NULL, row);

        flow->row = g_strdup(row->id);
        flow->row_text = g_strdup(text);
        wmem_free(NULL, text);
    }
    flow->judgement.row = NULL;
    flow->scan_of = NULL;
}

static void
audit_settle(void *tapdata)
{
    audit_lines_t *audit = (audit_lines_t *)tapdata;

    fold_scans(audit);
    for (; audit->settled < audit->all->len; audit->settled++)
        settle_words((flow_line_t *)audit->all->pdata[audit->settled]);
    g_hash_table_remove_all(audit->lines);
}

static void
audit_draw(void *tapdata)
{
    const audit_lines_t *audit = (const audit_lines_t *)tapdata;
    GPtrArray *flows = g_ptr_array_new();
    json_dumper line;

    audit_settle(tapdata);
    for (unsigned i = 0; i < audit->all->len; i++) {
        if (!((const flow_line_t *)audit->all->pdata[i])->folded)
            g_ptr_array_add(flows, audit->all->pdata[i]);
    }
    g_ptr_array_sort(flows, compare_lines);
    for (unsigned i = 0; i < flows->len; i++)
        print_flow((const flow_line_t *)flows->pdata[i]);
    line = begin_line("audit");
    put_number(&line, "frames", audit->frames);
    put_number(&line, "flows", flows->len);
    put_overflow(&line);
    end_line(&line);
    g_ptr_array_free(flows, TRUE);
}

static void
audit_finish(void *tapdata)
{
    audit_lines_t *audit = (audit_lines_t *)tapdata;

    stat_settle_remove(audit);
    g_hash_table_destroy(audit->lines);
    g_ptr_array_free(audit->all, TRUE);
    g_free(audit);
}

static stat_tap_init_result
audit_init(const char *argument, void *userdata _U_)
{
    const char *filter = stat_listener_filter(argument, AUDIT_COMMAND);
    audit_lines_t *audit = g_new0(audit_lines_t, 1);

    audit->lines = g_hash_table_new(g_direct_hash, g_direct_equal);
    audit->all = g_ptr_array_new_with_free_func(free_flow_line);
    stat_settle_add(audit_settle, audit);
    if (!stat_listener_start(AUDIT_COMMAND, filter, "smsrc_audit", audit, audit_reset, audit_packet,
                     audit_draw, audit_finish))
        return STAT_TAP_INIT_FAILED;
    if (stat_listener_start(AUDIT_COMMAND, filter, "frame", &audit->frames, frames_reset,
                            frames_packet, NULL, NULL))
        return STAT_TAP_INIT_DONE;
    remove_tap_listener(audit); /* which frees it */
    return STAT_TAP_INIT_FAILED;
}

/*
 * -z smsrc,sessions.json
 */

/* The sessions that a frame was seen of. */
typedef struct {
    GPtrArray *past;     /* of captures before: copies */
    unsigned unlisted;   /* of captures before */
    GPtrArray *sessions; /* of the capture at hand, and as long-lived as that */
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

/* Appends copies of what is known of @p sessions, which outlive the capture. */
static void
append_summaries(GPtrArray *summaries, const GPtrArray *sessions)
{
    for (unsigned i = 0; i < sessions->len; i++) {
        session_summary_t *copy = g_new(session_summary_t, 1);
        session_summary_t summary = session_tap_summary((const session_t *)sessions->pdata[i]);

        *copy = summary;
        copy_address(&copy->viewer, &summary.viewer);
        copy_address(&copy->agent, &summary.agent);
        g_ptr_array_add(summaries, copy);
    }
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
put_words(json_dumper *line, const session_summary_t *session)
{
    json_dumper_set_member_name(line, "functions");
    json_dumper_begin_array(line);
    for (unsigned channel = CHANNEL_CONTROL; channel < NUM_CHANNELS; channel++) {
        if ((session->channels >> channel & 1) != 0)
            json_dumper_value_string(line, channel_name((channel_e)channel));
    }
    json_dumper_end_array(line);
    json_dumper_set_member_name(line, "transports");
    json_dumper_begin_array(line);
    for (unsigned carrier = 0; carrier < NUM_SESSION_TRANSPORTS; carrier++) {
        const char *name = channel_transport_name((session_transport_e)carrier);

        if ((session->transports >> carrier & 1) != 0)
            json_dumper_value_string(line, name);
        if ((session->legacy_transports >> carrier & 1) != 0) {
            char *older = g_strdup_printf("%s (old)", name);

            json_dumper_value_string(line, older);
            g_free(older);
        }
    }
    json_dumper_end_array(line);
}

/* The payload, of all channels as of a flow, and of each, both ways. */
static void
put_bytes(json_dumper *line, const session_summary_t *session)
{
    uint64_t total = 0;

    for (unsigned channel = CHANNEL_CONTROL; channel < NUM_CHANNELS; channel++)
        total += session->bytes[channel][0] + session->bytes[channel][1];
    put_number(line, "bytes", total);
    json_dumper_set_member_name(line, "channel_bytes");
    json_dumper_begin_object(line);
    for (unsigned channel = CHANNEL_CONTROL; channel < NUM_CHANNELS; channel++) {
        json_dumper_set_member_name(line, channel_json_name((channel_e)channel));
        json_dumper_begin_object(line);
        put_number(line, "to_agent", session->bytes[channel][0]);
        put_number(line, "to_viewer", session->bytes[channel][1]);
        json_dumper_end_object(line);
    }
    json_dumper_end_object(line);
}

/* Null where no frame has a time. */
static void
put_seconds(json_dumper *line, const session_summary_t *session)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];

    if (!nstime_is_unset(&session->begin_time))
        put_word(line, "seconds",
                 g_ascii_formatd(text, sizeof text, "%.6f", session->seconds));
    else
        put_word(line, "seconds", "null");
}

static void
print_session(const session_summary_t *session)
{
    json_dumper line = begin_line("session");
    const char *domain = session->names[SESSION_NAME_DOMAIN];
    char *account = g_strdup_printf("%s%s%s", domain, *domain != '\0' ? "\\" : "",
                                    session->names[SESSION_NAME_ACCOUNT]);

    put_number(&line, "session", session->number);
    put_text(&line, "protocol", session->protocol);
    put_host(&line, "viewer", &session->viewer);
    put_host(&line, "agent", &session->agent);
    put_text(&line, "outcome", session->outcome);
    put_text(&line, "reason", session->reason);
    put_text(&line, "host", session->names[SESSION_NAME_HOST]);
    put_text(&line, "user", session->names[SESSION_NAME_USER]);
    put_text(&line, "controlled_by", session->names[SESSION_NAME_CONTROLLER]);
    put_text(&line, "account", account);
    put_words(&line, session);
    put_number(&line, "first_frame", session->begin_frame);
    put_number(&line, "last_frame", session->end_frame);
    put_time(&line, "start", &session->begin_time);
    put_time(&line, "end", &session->end_time);
    put_seconds(&line, session);
    put_bytes(&line, session);
    end_line(&line);
    g_free(account);
}

/* Those with an attack, or those without. */
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
    print_sessions(lines->past, true);
    print_sessions(current, true);
    print_sessions(lines->past, false);
    print_sessions(current, false);
    session_log_count(&unlisted);
    line = begin_line("sessions");
    put_number(&line, "sessions", lines->past->len + current->len);
    put_number(&line, "not_listed", lines->unlisted + unlisted);
    put_overflow(&line);
    end_line(&line);
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
    g_free(lines);
}

static stat_tap_init_result
sessions_init(const char *argument, void *userdata _U_)
{
    session_lines_t *lines = g_new0(session_lines_t, 1);

    lines->past = g_ptr_array_new_with_free_func(free_summary);
    lines->sessions = g_ptr_array_new();
    lines->seen = g_hash_table_new(g_direct_hash, g_direct_equal);
    stat_settle_add(sessions_settle, lines);
    if (stat_listener_start(SESSIONS_COMMAND, stat_listener_filter(argument, SESSIONS_COMMAND),
                            "smsrc", lines, sessions_reset, sessions_packet, sessions_draw,
                            sessions_finish))
        return STAT_TAP_INIT_DONE;
    return STAT_TAP_INIT_FAILED;
}

void
json_lines_register(void)
{
    stat_tap_ui audit_ui = {
        .group = REGISTER_PACKET_STAT_GROUP_UNSORTED,
        .title = NULL, /* in no menu: it prints */
        .cli_string = AUDIT_COMMAND,
        .tap_init_cb = audit_init,
    };
    stat_tap_ui sessions_ui = {
        .group = REGISTER_PACKET_STAT_GROUP_UNSORTED,
        .title = NULL,
        .cli_string = SESSIONS_COMMAND,
        .tap_init_cb = sessions_init,
    };

    stat_register(&audit_ui, NULL);
    stat_register(&sessions_ui, NULL);
}
