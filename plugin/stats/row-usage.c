/* row-usage.c
 * Which rows of the matrix were used, which never, and what was used that no row has
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * A share records the line that a flow is in, so that a flow whose verdict changes takes along what
 * only it has added. Most packets find the flow where it is, and change its numbers.
 *
 * Lines, hosts and ports are bounded, because a capture can bring any number of them about. Flows
 * past a bound are counted.
 */

#include "row-usage.h"

#include "scan.h"
#include "time-span.h"

/* A site has a few hundred lines: more are an attack on memory. */
#ifndef USAGE_MAX_LINES
#define USAGE_MAX_LINES 4096
#endif

/* Hosts and ports of all lines together. */
#ifndef USAGE_MAX_MEMBERS
#define USAGE_MAX_MEMBERS 262144
#endif

/* What a flow is counted as. */
typedef struct {
    scan_try_t as_try; /* first: scan_each() has pointers to it */
    usage_line_t *line;            /* NULL: in none */
    bool is_left_out;              /* for want of a place */
    const address *ends[NUM_ENDS]; /* in the direction of the line */
    host_t *hosts[NUM_ENDS];
    uint16_t port;
    unsigned opener;   /* the end of the line that the flow began at */
    bool blocked;
    unsigned packets;
    double bytes;
} share_t;

struct row_usage {
    usage_lines_t *lines;
    GHashTable *shares;      /* flow to its share */
    scans_t *scans;
    unsigned num_flow_lines; /* those that have flows */
    unsigned num_members;    /* hosts and ports in them */
    unsigned num_left_out;
    bool has_old_times;      /* a flow has left a line */
};

static void
add_rows(row_usage_t *usage, const matrix_row_t *list, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        (void)usage_lines_row(usage->lines, &list[i]);
}

void
row_usage_add_matrix(row_usage_t *usage)
{
    const matrix_t *matrix = audit_tap_matrix();

    add_rows(usage, matrix->rows, matrix->num_rows);
}

/* The roles of an end that a row names; all of them where it names none. */
static role_set_t
roles_of_row(role_set_t wanted, role_set_t held)
{
    return wanted != ROLES_ANY && (wanted & held) != 0 ? wanted & held : held;
}

/* Describes what no printed row fits. The tries of a scan are together, whatever is near them. */
static void
describe_not_printed(row_usage_t *usage, const share_t *share, usage_line_t *line)
{
    const audit_tap_t *tap = &share->as_try.flow->tap;
    const matrix_row_t *row = tap->verdict->row;

    line->usage = USAGE_NOT_PRINTED;
    line->is_scan = share->as_try.scan != NULL && scan_is_one(share->as_try.scan);
    if (line->is_scan)
        return;
    line->port = tap->ends[RESPONDER].port;
    line->row = row != NULL ? usage_lines_row(usage->lines, row) : NULL;
    line->is_nearest = row != NULL && tap->verdict->nearest;
}

/* Describes a row that a flow uses, from its initiator to its responder. */
static void
describe_used(row_usage_t *usage, const matrix_row_t *row, usage_line_t *line)
{
    line->usage = USAGE_USED;
    line->row = usage_lines_row(usage->lines, row);
    line->roles[INITIATOR] = roles_of_row(row->initiator_roles, line->roles[INITIATOR]);
    line->roles[RESPONDER] = roles_of_row(row->responder_roles, line->roles[RESPONDER]);
}

/* Describes the line that a flow belongs to. Returns the end of the line that opened the flow. */
static unsigned
describe_line(row_usage_t *usage, const share_t *share, usage_line_t *line)
{
    const audit_tap_t *tap = &share->as_try.flow->tap;
    const matrix_row_t *row = tap->verdict->row;
    bool is_used = row != NULL && !tap->verdict->nearest && verdict_may_be_listed(tap->verdict);
    bool is_reversed = is_used && matrix_row_runs_back(row, tap->ends[INITIATOR].roles,
                                                       tap->ends[RESPONDER].roles);

    memset(line, 0, sizeof *line);
    line->verdict = tap->verdict->verdict;
    line->transport = tap->transport;
    line->via_proxy = tap->via_proxy;
    for (unsigned end = INITIATOR; end < NUM_ENDS; end++)
        line->roles[end] = tap->ends[is_reversed ? RESPONDER - end : end].roles;
    if (is_used)
        describe_used(usage, row, line);
    else
        describe_not_printed(usage, share, line);
    return is_reversed ? RESPONDER : INITIATOR;
}

/* Brings what the line counts of a flow up to date. */
static void
count_flow(share_t *share)
{
    const whole_flow_t *flow = share->as_try.flow;
    usage_line_t *line = share->line;
    bool blocked = flow->tap.flow->reach == REACH_BLOCKED;

    line->blocked += (unsigned)blocked - (unsigned)share->blocked;
    line->packets += flow->packets - share->packets;
    line->bytes += flow->bytes - share->bytes;
    share->blocked = blocked;
    share->packets = flow->packets;
    share->bytes = flow->bytes;
    time_span_include(&line->start, &line->end, &flow->start, &flow->end);
}

static unsigned
num_members(const usage_line_t *line)
{
    return host_set_size(line->hosts[INITIATOR]) + host_set_size(line->hosts[RESPONDER]) +
           port_set_size(line->ports);
}

/* True where the ends of a flow may be added to @p line, or for NULL to a new one. */
static bool
has_place(const row_usage_t *usage, const usage_line_t *line, const share_t *share)
{
    if (line == NULL && usage->num_flow_lines == USAGE_MAX_LINES)
        return false;
    if (usage->num_members + NUM_ENDS + 1 <= USAGE_MAX_MEMBERS)
        return true;
    return line != NULL && host_set_contains(line->hosts[INITIATOR], share->ends[INITIATOR]) &&
           host_set_contains(line->hosts[RESPONDER], share->ends[RESPONDER]) &&
           port_set_contains(line->ports, share->port);
}

static void
leave(row_usage_t *usage, share_t *share)
{
    usage_line_t *line = share->line;

    usage->num_left_out -= share->is_left_out;
    share->is_left_out = false;
    share->line = NULL;
    if (line == NULL)
        return;
    usage->num_members -= num_members(line);
    for (unsigned end = INITIATOR; end < NUM_ENDS; end++)
        host_set_remove_flow(line->hosts[end], share->hosts[end]);
    port_set_remove_flow(line->ports, share->port);
    usage->num_members += num_members(line);
    line->flows--;
    line->opened[share->opener]--;
    line->blocked -= share->blocked;
    line->packets -= share->packets;
    line->bytes -= share->bytes;
    share->blocked = false;
    share->packets = 0;
    share->bytes = 0;
    usage->has_old_times = true;
    if (line->usage == USAGE_USED)
        usage_lines_count_use(usage->lines, line->row, -1);
    if (line->flows > 0) {
        usage_lines_tell_changed(usage->lines, line);
        return;
    }
    usage_lines_remove(usage->lines, line);
    usage->num_flow_lines--;
}

static void
join(row_usage_t *usage, share_t *share, const usage_line_t *wanted)
{
    usage_line_t *line = usage_lines_find(usage->lines, wanted);

    if (!has_place(usage, line, share)) {
        share->is_left_out = true;
        usage->num_left_out++;
        return;
    }
    if (line == NULL) {
        line = usage_lines_add(usage->lines, wanted);
        usage->num_flow_lines++;
    }
    share->line = line;
    usage->num_members -= num_members(line);
    for (unsigned end = INITIATOR; end < NUM_ENDS; end++)
        share->hosts[end] = host_set_add_flow(line->hosts[end], share->ends[end]);
    port_set_add_flow(line->ports, share->port);
    usage->num_members += num_members(line);
    line->flows++;
    line->opened[share->opener]++;
    if (line->usage == USAGE_USED)
        usage_lines_count_use(usage->lines, line->row, +1);
}

/* Puts a flow into the line where it belongs now, and counts it there. */
static void
place_flow(row_usage_t *usage, share_t *share)
{
    const audit_tap_t *tap = &share->as_try.flow->tap;
    usage_line_t wanted;
    unsigned opener;

    if (tap->verdict->verdict == VERDICT_NONE) {
        leave(usage, share);
        return;
    }
    opener = describe_line(usage, share, &wanted);
    if (share->line == NULL || usage_lines_compare(share->line, &wanted) != 0 ||
        share->ends[opener] != tap->ends[INITIATOR].host ||
        share->port != tap->ends[RESPONDER].port) {
        leave(usage, share);
        share->opener = opener;
        share->ends[opener] = tap->ends[INITIATOR].host;
        share->ends[RESPONDER - opener] = tap->ends[RESPONDER].host;
        share->port = tap->ends[RESPONDER].port;
        join(usage, share, &wanted);
    }
    if (share->line == NULL)
        return;
    count_flow(share);
    usage_lines_tell_changed(usage->lines, share->line);
}

static void
place_try(void *usage, scan_try_t *one)
{
    place_flow((row_usage_t *)usage, (share_t *)one);
}

/* All tries move when they become a scan, or are none any more. */
static void
update_scan(row_usage_t *usage, scan_t *scan)
{
    bool was_scan = scan_row(scan) != NULL, is_scan = scan_is_one(scan);

    if (is_scan == was_scan)
        return;
    scan_set_row(scan, is_scan ? usage : NULL);
    scan_each(scan, place_try, usage);
}

void
row_usage_update(row_usage_t *usage, const whole_flow_t *flow)
{
    const audit_tap_t *tap = &flow->tap;
    share_t *share = (share_t *)g_hash_table_lookup(usage->shares, tap->flow);
    scan_t *before;

    /* The user's rows are read when a capture begins, which is after the statistic was started. */
    if (g_hash_table_size(usage->shares) == 0)
        add_rows(usage, tap->user_rows, tap->num_user_rows);
    if (share == NULL) {
        share = g_new0(share_t, 1);
        g_hash_table_insert(usage->shares, (void *)tap->flow, share);
    }
    before = share->as_try.scan;
    scans_update(usage->scans, &share->as_try, flow);
    if (before != NULL && before != share->as_try.scan)
        update_scan(usage, before);
    if (share->as_try.scan != NULL)
        update_scan(usage, share->as_try.scan);
    place_flow(usage, share);
}

void
row_usage_complete(row_usage_t *usage)
{
    GHashTableIter each;
    void *value;

    if (!usage->has_old_times)
        return;
    usage->has_old_times = false;
    for (unsigned i = 0; i < usage_lines_count(usage->lines); i++) {
        usage_line_t *line = usage_lines_at(usage->lines, i);

        line->start = line->past_start;
        line->end = line->past_end;
    }
    g_hash_table_iter_init(&each, usage->shares);
    while (g_hash_table_iter_next(&each, NULL, &value)) {
        const share_t *share = (const share_t *)value;
        const whole_flow_t *flow = share->as_try.flow;

        if (share->line != NULL)
            time_span_include(&share->line->start, &share->line->end, &flow->start, &flow->end);
    }
}

void
row_usage_settle(row_usage_t *usage)
{
    row_usage_complete(usage);
    for (unsigned i = 0; i < usage_lines_count(usage->lines); i++) {
        usage_line_t *line = usage_lines_at(usage->lines, i);

        line->past_start = line->start;
        line->past_end = line->end;
    }
    scans_clear(usage->scans);
    g_hash_table_remove_all(usage->shares);
    usage_lines_end_capture(usage->lines);
}

row_usage_t *
row_usage_new(const usage_lines_ops_t *ops, void *data)
{
    row_usage_t *usage = g_new0(row_usage_t, 1);

    usage->lines = usage_lines_new(ops, data);
    usage->shares = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, g_free);
    usage->scans = scans_new();
    return usage;
}

void
row_usage_free(row_usage_t *usage)
{
    usage_lines_free(usage->lines);
    g_hash_table_destroy(usage->shares);
    scans_free(usage->scans);
    g_free(usage);
}

void
row_usage_clear(row_usage_t *usage)
{
    scans_clear(usage->scans);
    g_hash_table_remove_all(usage->shares);
    usage_lines_clear(usage->lines);
    usage->num_flow_lines = usage->num_members = usage->num_left_out = 0;
    usage->has_old_times = false;
}

const usage_lines_t *
row_usage_lines(const row_usage_t *usage)
{
    return usage->lines;
}

unsigned
row_usage_not_kept(const row_usage_t *usage)
{
    return usage->num_left_out;
}
