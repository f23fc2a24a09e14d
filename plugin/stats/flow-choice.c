/* flow-choice.c
 * The judged flows that the filter of a statistic chooses, each of them whole
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * Wireshark gives a statistic only the packets that pass its filter: sums of these are of no flow.
 * So the filter only chooses flows here, and one listener without a filter counts all packets of
 * all flows, once for all statistics. It is called after theirs, because Wireshark calls the
 * listeners that were registered last first.
 */

#include "flow-choice.h"

#include <epan/tap.h>

#include "addresses.h"
#include "packet-view.h"
#include "stat-settle.h"

struct flow_choice {
    const flow_choice_ops_t *ops;
    void *data;
    bool all;
    GHashTable *flows; /* those chosen; not used for all */
};

static GHashTable *wholes; /* flow to its whole_flow_t */
static unsigned num_flows; /* of all captures */
static GPtrArray *choices;

static void
settle_all(void *unused _U_)
{
    for (unsigned i = 0; i < choices->len; i++) {
        flow_choice_t *choice = (flow_choice_t *)choices->pdata[i];

        if (choice->ops->settle != NULL)
            choice->ops->settle(choice->data);
        flow_choice_clear(choice);
    }
    g_hash_table_remove_all(wholes);
}

/* Packets do not live on: the addresses are those of the conversation. */
static void
set_ends(whole_flow_t *flow, const audit_tap_t *tap)
{
    const conversation_element_t *key = tap->flow->content->conversation->key_ptr;
    const address *first = conversation_key_addr1(key), *second = conversation_key_addr2(key);

    for (unsigned end = INITIATOR; end < NUM_ENDS; end++)
        flow->tap.ends[end].host =
            addresses_equal(first, tap->ends[end].host) ? first : second;
}

static void
include_time(whole_flow_t *flow, const packet_info *pinfo)
{
    if (!pinfo->fd->has_ts)
        return;
    if (nstime_is_unset(&flow->start))
        flow->start = flow->end = pinfo->abs_ts;
    else if (nstime_cmp(&pinfo->abs_ts, &flow->end) > 0)
        flow->end = pinfo->abs_ts;
}

/* An ICMP error may have the responder's address. */
static bool
is_answer(const packet_info *pinfo, const audit_tap_t *tap)
{
    return addresses_equal(&pinfo->src, tap->ends[RESPONDER].host) &&
           (packet_view_layers(pinfo) & (LAYER_ICMP | LAYER_ICMPV6)) == 0;
}

static whole_flow_t *
whole_of(const flow_t *flow)
{
    whole_flow_t *whole = (whole_flow_t *)g_hash_table_lookup(wholes, flow);

    if (whole != NULL)
        return whole;
    whole = g_new0(whole_flow_t, 1);
    whole->order = num_flows++;
    nstime_set_unset(&whole->start);
    nstime_set_unset(&whole->end);
    g_hash_table_insert(wholes, (void *)flow, whole);
    return whole;
}

static bool
is_chosen(const flow_choice_t *choice, const flow_t *flow)
{
    return choice->all || g_hash_table_contains(choice->flows, flow);
}

static tap_packet_status
flow_packet(void *tapdata _U_, packet_info *pinfo, epan_dissect_t *edt _U_, const void *data,
            tap_flags_t flags _U_)
{
    const audit_tap_t *tap = (const audit_tap_t *)data;
    whole_flow_t *flow = whole_of(tap->flow);

    flow->tap = *tap;
    set_ends(flow, tap);
    if (!tap->is_change) {
        include_time(flow, pinfo);
        flow->answered = flow->answered || is_answer(pinfo, tap);
        flow->packets++;
        flow->bytes += tap->bytes;
    }
    for (unsigned i = 0; i < choices->len; i++) {
        const flow_choice_t *choice = (const flow_choice_t *)choices->pdata[i];

        if (is_chosen(choice, tap->flow))
            choice->ops->show(choice->data, pinfo, flow);
    }
    return TAP_PACKET_REDRAW;
}

static void
start_listener(void)
{
    GString *error;

    wholes = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, g_free);
    choices = g_ptr_array_new();
    stat_settle_add(settle_all, choices);
    error = register_tap_listener("smsrc_audit", choices, NULL, TL_IS_DISSECTOR_HELPER, settle_all,
                                  flow_packet, NULL, NULL);
    if (error != NULL)
        g_string_free(error, TRUE);
}

flow_choice_t *
flow_choice_new(const flow_choice_ops_t *ops, void *data, bool all)
{
    flow_choice_t *choice = g_new0(flow_choice_t, 1);

    choice->ops = ops;
    choice->data = data;
    choice->all = all;
    choice->flows = g_hash_table_new(g_direct_hash, g_direct_equal);
    if (choices == NULL)
        start_listener();
    g_ptr_array_add(choices, choice);
    return choice;
}

void
flow_choice_free(flow_choice_t *choice)
{
    g_ptr_array_remove(choices, choice);
    g_hash_table_destroy(choice->flows);
    g_free(choice);
}

void
flow_choice_add(flow_choice_t *choice, const audit_tap_t *tap)
{
    if (!choice->all && !tap->is_change)
        g_hash_table_add(choice->flows, (void *)tap->flow);
}

void
flow_choice_clear(flow_choice_t *choice)
{
    g_hash_table_remove_all(choice->flows);
}

unsigned
flow_choice_left_out(const flow_choice_t *choice)
{
    return choice->all ? 0
                       : g_hash_table_size(wholes) - g_hash_table_size(choice->flows);
}
