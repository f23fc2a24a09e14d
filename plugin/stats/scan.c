/* scan.c
 * Scans: tries of one initiator on many ports or hosts, without content
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * A try is a flow without visible content: a connection without data, whether or not a
 * handshake or a reset answered it, or datagrams without an answer. A host with many tries scans. A
 * firewall that blocks what the matrix lists has the same effect on honest hosts, so tries that
 * their row fits are a scan only where they are very many, and else each of them stays by itself.
 */

#include "scan.h"

#include "addresses.h"
#include "port-set.h"
#include "tcp-state.h"

/* So many ports, or so many hosts, are a scan: of what no row fits, and of everything. */
enum { TRIES_UNFIT, TRIES_ALL, NUM_TRIES };
static const unsigned many[NUM_TRIES] = { [TRIES_UNFIT] = 8, [TRIES_ALL] = 32 };

/* A sender of more datagrams than a question has repetitions sends something. */
#define MOST_DATAGRAMS 4

struct scan {
    address initiator;
    GSequence *tries;
    host_set_t *hosts[NUM_TRIES];
    port_set_t *ports[NUM_TRIES];
    unsigned packets;
    double bytes;
    void *row;
};

struct scans {
    GHashTable *by_initiator;
};

static void
free_scan(void *data)
{
    scan_t *scan = (scan_t *)data;

    for (unsigned of = 0; of < NUM_TRIES; of++) {
        host_set_free(scan->hosts[of]);
        port_set_free(scan->ports[of]);
    }
    g_sequence_free(scan->tries);
    free_address(&scan->initiator);
    g_free(scan);
}

scans_t *
scans_new(void)
{
    scans_t *scans = g_new0(scans_t, 1);

    scans->by_initiator = g_hash_table_new_full(addresses_key_hash, addresses_key_equal, NULL,
                                                free_scan);
    return scans;
}

void
scans_free(scans_t *scans)
{
    g_hash_table_destroy(scans->by_initiator);
    g_free(scans);
}

void
scans_clear(scans_t *scans)
{
    g_hash_table_remove_all(scans->by_initiator);
}

static scan_t *
scan_of(scans_t *scans, const address *initiator)
{
    scan_t *scan = (scan_t *)g_hash_table_lookup(scans->by_initiator, initiator);

    if (scan != NULL)
        return scan;
    scan = g_new0(scan_t, 1);
    copy_address(&scan->initiator, initiator);
    scan->tries = g_sequence_new(NULL);
    for (unsigned of = 0; of < NUM_TRIES; of++) {
        scan->hosts[of] = host_set_new();
        scan->ports[of] = port_set_new();
    }
    g_hash_table_insert(scans->by_initiator, &scan->initiator, scan);
    return scan;
}

static bool
is_try(const whole_flow_t *flow)
{
    const flow_t *judged = flow->tap.flow;
    verdict_e verdict = flow->tap.verdict->verdict;
    unsigned seen;

    if (verdict == VERDICT_NONE || verdict == VERDICT_ATTACK ||
        flow->tap.service != SERVICE_UNKNOWN ||
        (flow->tap.ends[RESPONDER].roles & ROLES_BROADCAST) != 0)
        return false;
    if (flow->tap.transport != TRANSPORT_TCP)
        return flow->tap.transport == TRANSPORT_UDP && !flow->answered &&
               flow->packets <= MOST_DATAGRAMS;
    seen = flow_content_completeness(judged->content);
    return (seen & SEEN_SYN) != 0 && (seen & SEEN_DATA) == 0;
}

/* Orders the worst verdict first, and tries of one verdict as in the capture. */
static int
compare_tries(const void *a, const void *b, void *unused _U_)
{
    const scan_try_t *one = (const scan_try_t *)a, *other = (const scan_try_t *)b;

    if (one->verdict != other->verdict)
        return one->verdict > other->verdict ? -1 : 1;
    return one->first_frame < other->first_frame ? -1 : one->first_frame > other->first_frame;
}

static void
leave(scan_try_t *one)
{
    scan_t *scan = one->scan;

    for (unsigned of = one->fits ? TRIES_ALL : 0; of < NUM_TRIES; of++) {
        host_set_remove_flow(scan->hosts[of], one->hosts[of]);
        port_set_remove_flow(scan->ports[of], one->port);
    }
    g_sequence_remove(one->place);
    scan->packets -= one->packets;
    scan->bytes -= one->bytes;
    one->scan = NULL;
    one->packets = 0;
    one->bytes = 0;
}

static void
join(scans_t *scans, scan_try_t *one)
{
    const audit_tap_t *tap = &one->flow->tap;
    scan_t *scan = scan_of(scans, tap->ends[INITIATOR].host);

    one->scan = scan;
    one->verdict = tap->verdict->verdict;
    one->fits = tap->verdict->row != NULL && !tap->verdict->nearest;
    one->first_frame = tap->flow->first_frame;
    one->port = tap->ends[RESPONDER].port;
    for (unsigned of = one->fits ? TRIES_ALL : 0; of < NUM_TRIES; of++) {
        one->hosts[of] = host_set_add_flow(scan->hosts[of], tap->ends[RESPONDER].host);
        port_set_add_flow(scan->ports[of], one->port);
    }
    one->place = g_sequence_insert_sorted(scan->tries, one, compare_tries, NULL);
}

/* True where the flow is counted as what it is. */
static bool
is_current(const scan_try_t *one)
{
    const audit_tap_t *tap = &one->flow->tap;

    return is_try(one->flow) && one->verdict == tap->verdict->verdict &&
           one->fits == (tap->verdict->row != NULL && !tap->verdict->nearest) &&
           one->port == tap->ends[RESPONDER].port &&
           addresses_equal(&one->scan->initiator, tap->ends[INITIATOR].host);
}

void
scans_update(scans_t *scans, scan_try_t *one, const whole_flow_t *flow)
{
    one->flow = flow;
    if (one->scan != NULL && !is_current(one))
        leave(one);
    if (one->scan == NULL && is_try(flow))
        join(scans, one);
    if (one->scan == NULL)
        return;
    one->scan->packets += flow->packets - one->packets;
    one->scan->bytes += flow->bytes - one->bytes;
    one->packets = flow->packets;
    one->bytes = flow->bytes;
}

bool
scan_is_one(const scan_t *scan)
{
    for (unsigned of = 0; of < NUM_TRIES; of++) {
        if (host_set_size(scan->hosts[of]) >= many[of] ||
            port_set_size(scan->ports[of]) >= many[of])
            return true;
    }
    return false;
}

unsigned
scan_num_tries(const scan_t *scan)
{
    return (unsigned)g_sequence_get_length(scan->tries);
}

unsigned
scan_num_hosts(const scan_t *scan)
{
    return host_set_size(scan->hosts[TRIES_ALL]);
}

unsigned
scan_packets(const scan_t *scan)
{
    return scan->packets;
}

double
scan_bytes(const scan_t *scan)
{
    return scan->bytes;
}

const scan_try_t *
scan_worst(const scan_t *scan)
{
    return (const scan_try_t *)g_sequence_get(g_sequence_get_begin_iter(scan->tries));
}

void
scan_each(const scan_t *scan, void (*each)(void *data, scan_try_t *one), void *data)
{
    GSequenceIter *at = g_sequence_get_begin_iter(scan->tries);

    while (!g_sequence_iter_is_end(at)) {
        scan_try_t *one = (scan_try_t *)g_sequence_get(at);

        at = g_sequence_iter_next(at);
        each(data, one);
    }
}

void *
scan_row(const scan_t *scan)
{
    return scan->row;
}

void
scan_set_row(scan_t *scan, void *row)
{
    scan->row = row;
}
