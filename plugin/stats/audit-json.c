/* audit-json.c
 * The audited flows as lines of JSON, the worst first: -z smsrc,audit.json
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "smsrc-compat.h"

#include <epan/stat_tap_ui.h>
#include <epan/tap.h>

#include "flow-choice.h"
#include "json-line.h"
#include "not-judged-sum.h"
#include "scan.h"
#include "stat-list.h"
#include "stat-listener.h"
#include "time-span.h"

/* An end of a flow, which has a copy of the host's address. */
typedef struct {
    address host;
    flow_end_t seen;
} end_t;

/* A chosen flow in the state of its last packet. */
typedef struct {
    unsigned order;            /* by the first packet */
    scan_try_t as_try;
    const whole_flow_t *whole; /* NULL: its capture has ended, and the rest is set */

    bool left_out;             /* without a verdict */
    const matrix_t *matrix;    /* that the verdict is by */
    verdict_t verdict;
    end_t ends[NUM_ENDS];
    transport_e transport;
    uint16_t server_port;
    uint16_t via_proxy;  /* 0: none */
    service_e service;
    reach_e reach;
    uint32_t first_frame;
    nstime_t start;
    nstime_t end;
    unsigned tries;      /* of the scan that it is of; 1: of none */
    unsigned packets;
    double bytes;
    char *row;           /* NULL: none */
    char *row_text;
    char *site_code;
} flow_line_t;

/* The frames that the filter passes, audited or not. */
typedef struct {
    uint64_t count;
    nstime_t start;        /* unset: no frame has a time */
    nstime_t end;
} frames_t;

typedef struct {
    char *filter;          /* NULL: none */
    flow_choice_t *choice;
    GPtrArray *all;        /* of flow_line_t, in their order */
    GHashTable *lines;     /* flow to its line, of the current capture */
    unsigned settled;      /* how many are of earlier captures */
    frames_t frames;
} audit_lines_t;

static void
free_ends(flow_line_t *flow)
{
    for (unsigned end = INITIATOR; end < NUM_ENDS; end++)
        free_address(&flow->ends[end].host);
}

static void
free_flow_line(void *data)
{
    flow_line_t *flow = (flow_line_t *)data;

    free_ends(flow);
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
    flow_choice_clear(audit->choice);
    audit->settled = 0;
}

static void
frames_reset(void *tapdata)
{
    frames_t *frames = (frames_t *)tapdata;

    frames->count = 0;
    nstime_set_unset(&frames->start);
    nstime_set_unset(&frames->end);
}

static tap_packet_status
frames_packet(void *tapdata, packet_info *pinfo, epan_dissect_t *edt _U_, const void *data _U_,
              tap_flags_t flags _U_)
{
    frames_t *frames = (frames_t *)tapdata;

    frames->count++;
    if (pinfo->fd->has_ts)
        time_span_include(&frames->start, &frames->end, &pinfo->abs_ts, &pinfo->abs_ts);
    return TAP_PACKET_DONT_REDRAW;
}

static tap_packet_status
audit_packet(void *tapdata, packet_info *pinfo _U_, epan_dissect_t *edt _U_, const void *data,
             tap_flags_t flags _U_)
{
    flow_choice_add(((audit_lines_t *)tapdata)->choice, (const audit_tap_t *)data);
    return TAP_PACKET_REDRAW;
}

static void
audit_show(void *data, packet_info *pinfo _U_, const whole_flow_t *whole)
{
    audit_lines_t *audit = (audit_lines_t *)data;
    flow_line_t *flow;

    if (g_hash_table_contains(audit->lines, whole->tap.flow))
        return;
    flow = g_new0(flow_line_t, 1);
    flow->order = whole->order;
    flow->whole = whole;
    g_hash_table_insert(audit->lines, (void *)whole->tap.flow, flow);
    g_ptr_array_add(audit->all, flow);
}

/* How far each role of json_line_put_roles() can be trusted, in the same order. */
static void
put_basis(json_dumper *line, const char *name, const flow_end_t *end)
{
    json_dumper_set_member_name(line, name);
    json_dumper_begin_array(line);
    for (const value_string *role = role_vals; role->strptr != NULL; role++) {
        if ((end->roles & ROLE_BIT(role->value)) != 0)
            json_dumper_value_string(
                line, role_standing_name(audit_tap_standing(end, (role_e)role->value)));
    }
    json_dumper_end_array(line);
}

static void
put_row(json_dumper *line, const flow_line_t *flow)
{
    if (flow->row == NULL) {
        json_line_put_literal(line, "row", "null");
        return;
    }
    json_line_put_text(line, "row", flow->row);
    json_line_put_literal(line, "nearest", flow->verdict.nearest ? "true" : "false");
    json_line_put_text(line, "row_text", flow->row_text);
}

static void
print_flow(const flow_line_t *flow)
{
    json_dumper line = json_line_begin("flow");

    if (!matrix_is_default(flow->matrix))
        json_line_put_text(&line, "matrix", flow->matrix->name);
    json_line_put_text(&line, "verdict", verdict_name(flow->verdict.verdict));
    put_row(&line, flow);
    json_line_put_host(&line, "initiator", &flow->ends[INITIATOR].host);
    json_line_put_roles(&line, "initiator_roles", flow->ends[INITIATOR].seen.roles);
    put_basis(&line, "initiator_basis", &flow->ends[INITIATOR].seen);
    json_line_put_host(&line, "responder", &flow->ends[RESPONDER].host);
    json_line_put_roles(&line, "responder_roles", flow->ends[RESPONDER].seen.roles);
    put_basis(&line, "responder_basis", &flow->ends[RESPONDER].seen);
    json_line_put_text(&line, "site_code", flow->site_code);
    json_line_put_text(&line, "transport", service_transport_name(flow->transport));
    if (flow->transport == TRANSPORT_IPX)
        json_line_put_literal(&line, "server_port", "null");
    else
        json_line_put_number(&line, "server_port", flow->server_port);
    if (flow->via_proxy != 0)
        json_line_put_number(&line, "via_proxy", flow->via_proxy);
    json_line_put_text(&line, "service", service_name(flow->service));
    json_line_put_text(&line, "reach", flow_audit_reach_name(flow->reach));
    json_line_put_number(&line, "tries", flow->tries);
    json_line_put_number(&line, "first_frame", flow->first_frame);
    json_line_put_time(&line, "start", &flow->start);
    json_line_put_time(&line, "end", &flow->end);
    json_line_put_number(&line, "packets", flow->packets);
    json_line_put_number(&line, "bytes", (uint64_t)flow->bytes);
    json_line_end(&line);
}

/* Orders the worst verdict first, and flows of one verdict as in the capture. */
static int
compare_lines(const void *a, const void *b)
{
    const flow_line_t *one = *(const flow_line_t *const *)a;
    const flow_line_t *other = *(const flow_line_t *const *)b;

    if (one->verdict.verdict != other->verdict.verdict)
        return one->verdict.verdict > other->verdict.verdict ? -1 : 1;
    return one->order < other->order ? -1 : one->order > other->order;
}

/* Counts the tries of each scan, which stay their own lines here. */
static void
count_scans(const audit_lines_t *audit)
{
    scans_t *scans = scans_new();

    for (unsigned i = audit->settled; i < audit->all->len; i++) {
        flow_line_t *one = (flow_line_t *)audit->all->pdata[i];

        scans_update(scans, &one->as_try, one->whole);
    }
    for (unsigned i = audit->settled; i < audit->all->len; i++) {
        flow_line_t *one = (flow_line_t *)audit->all->pdata[i];
        const scan_t *scan = one->as_try.scan;

        one->tries = scan != NULL && scan_is_one(scan) ? scan_num_tries(scan) : 1;
    }
    scans_free(scans);
}

/* Sets the texts, which later captures do not have. */
static void
settle_texts(flow_line_t *flow)
{
    const matrix_row_t *row = flow->verdict.row;

    flow->site_code = g_strdup(audit_tap_site_code(&flow->ends[INITIATOR].host,
                                                   &flow->ends[RESPONDER].host));
    if (row != NULL) {
        char *text = matrix_row_to_str(NULL, row);

        flow->row = g_strdup(row->id);
        flow->row_text = g_strdup(text);
        wmem_free(NULL, text);
    }
    flow->verdict.row = NULL;
}

/* Copies what is printed of the flow, and drops the pointers into its capture. */
static void
settle_flow(flow_line_t *flow)
{
    const whole_flow_t *whole = flow->whole;
    const audit_tap_t *tap = &whole->tap;

    for (unsigned end = INITIATOR; end < NUM_ENDS; end++) {
        copy_address(&flow->ends[end].host, tap->ends[end].host);
        flow->ends[end].seen = tap->ends[end];
        flow->ends[end].seen.host = NULL;
    }
    flow->verdict = *tap->verdict;
    flow->matrix = audit_tap_matrix();
    flow->left_out = flow->verdict.verdict == VERDICT_NONE;
    flow->transport = tap->transport;
    flow->server_port = tap->ends[RESPONDER].port;
    flow->via_proxy = tap->via_proxy;
    flow->service = tap->service;
    flow->reach = tap->flow->reach;
    flow->first_frame = tap->flow->first_frame;
    flow->start = whole->start;
    flow->end = whole->end;
    flow->packets = whole->packets;
    flow->bytes = whole->bytes;
    settle_texts(flow);
    flow->whole = NULL;
}

static void
audit_settle(void *data)
{
    audit_lines_t *audit = (audit_lines_t *)data;

    count_scans(audit);
    for (; audit->settled < audit->all->len; audit->settled++)
        settle_flow((flow_line_t *)audit->all->pdata[audit->settled]);
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
        if (!((const flow_line_t *)audit->all->pdata[i])->left_out)
            g_ptr_array_add(flows, audit->all->pdata[i]);
    }
    g_ptr_array_sort(flows, compare_lines);
    for (unsigned i = 0; i < flows->len; i++)
        print_flow((const flow_line_t *)flows->pdata[i]);
    line = json_line_begin("audit");
    json_line_put_filter(&line, audit->filter);
    json_line_put_number(&line, "frames", audit->frames.count);
    json_line_put_time(&line, "start", &audit->frames.start);
    json_line_put_time(&line, "end", &audit->frames.end);
    json_line_put_number(&line, "flows", flows->len);
    not_judged_sum_update();
    not_judged_sum_put(&line);
    json_line_put_overflow(&line);
    json_line_end(&line);
    g_ptr_array_free(flows, TRUE);
}

static void
audit_finish(void *tapdata)
{
    audit_lines_t *audit = (audit_lines_t *)tapdata;

    flow_choice_free(audit->choice);
    g_hash_table_destroy(audit->lines);
    g_ptr_array_free(audit->all, TRUE);
    g_free(audit->filter);
    g_free(audit);
}

static stat_tap_init_result
audit_start(const char *argument, void *userdata)
{
    static const flow_choice_ops_t ops = { audit_show, audit_settle };
    const statistic_t *statistic = (const statistic_t *)userdata;
    audit_lines_t *audit = g_new0(audit_lines_t, 1);
    stat_listener_t flows = {
        .command = statistic->command,
        .filter = stat_listener_filter(argument, statistic->command),
        .tap = "smsrc_audit",
        .tapdata = audit,
        .reset_cb = audit_reset,
        .packet_cb = audit_packet,
        .draw_cb = audit_draw,
        .finish_cb = audit_finish,
    };
    stat_listener_t frames = {
        .command = flows.command,
        .filter = flows.filter,
        .tap = "frame",
        .tapdata = &audit->frames,
        .reset_cb = frames_reset,
        .packet_cb = frames_packet,
    };

    audit->lines = g_hash_table_new(g_direct_hash, g_direct_equal);
    audit->all = g_ptr_array_new_with_free_func(free_flow_line);
    frames_reset(&audit->frames);
    audit->filter = g_strdup(flows.filter);
    audit->choice = flow_choice_new(&ops, audit, flows.filter == NULL);
    not_judged_sum_start(NULL);
    if (!stat_listener_start(&flows))
        return STAT_TAP_INIT_FAILED;
    if (stat_listener_start(&frames))
        return STAT_TAP_INIT_DONE;
    remove_tap_listener(audit); /* which frees it */
    return STAT_TAP_INIT_FAILED;
}

void
audit_json_register(const statistic_t *statistic)
{
    stat_listener_register(statistic->command, audit_start, (void *)statistic);
}
