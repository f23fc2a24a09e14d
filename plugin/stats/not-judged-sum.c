/* not-judged-sum.c
 * What the audit has not judged, as the statistics end with it
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * The sum is that of the capture, whatever filter a statistic has. In tshark it is counted when a
 * statistic is printed. sharkd and Wireshark print tables by themselves, so there it comes with
 * the packets.
 */

#include "not-judged-sum.h"

#include <epan/tap.h>

#include "stat-listener.h"
#include "stat-settle.h"

/* In the order of not_judged_e: the member in JSON, and the sentence: its beginning for one, for
 * more, and its end. */
static const struct {
    const char *member;
    const char *one;
    const char *more;
    const char *why;
} reasons[NUM_NOT_JUDGED] = {
    [NOT_JUDGED_NO_ROLE] = { "no_role", "flow", "flows", "no end holds a role" },
    [NOT_JUDGED_ONE_ROLE] = { "one_role", "flow", "flows", "one end holds no role" },
    [NOT_JUDGED_LATE] = { "roles_shown_later", "flow", "flows",
                          "the roles were shown after the last packet, a second pass (-2) judges" },
    [NOT_JUDGED_UNCONFIRMED] = { "unconfirmed", "flow", "flows",
                                 "no row fits, and a role of its ends is Unconfirmed" },
    [NOT_JUDGED_UNANSWERED] = { "unanswered", "connection", "connections",
                                "among these flows, whose SYN nothing answered but a reset" },
    [NOT_JUDGED_CUT] = { "cut_frames", "frame", "frames",
                         "not captured to the end, and read as far as it goes" },
};

static bool listens;
static not_judged_sum_cb changed_cb;
static not_judged_t past;    /* of earlier captures */
static not_judged_t current; /* of the one at hand */
static not_judged_t sum;

static void
set_current(const not_judged_t *count)
{
    current = *count;
    sum = past;
    sum.flows += current.flows;
    sum.held_roles |= current.held_roles;
    for (unsigned i = 0; i < NUM_NOT_JUDGED; i++)
        sum.counts[i] += current.counts[i];
}

static void
sum_reset(void *tapdata _U_)
{
    static const not_judged_t none;

    past = none;
    set_current(&none);
}

/* The next capture begins with nothing. */
static void
sum_settle(void *tapdata _U_)
{
    static const not_judged_t none;

    if (!listens)
        return;
    not_judged_sum_update();
    past = sum;
    set_current(&none);
}

static tap_packet_status
ignore_packet(void *tapdata _U_, packet_info *pinfo _U_, epan_dissect_t *edt _U_,
              const void *data _U_, tap_flags_t flags _U_)
{
    return TAP_PACKET_DONT_REDRAW;
}

static tap_packet_status
sum_packet(void *tapdata _U_, packet_info *pinfo _U_, epan_dissect_t *edt _U_, const void *data,
           tap_flags_t flags _U_)
{
    set_current((const not_judged_t *)data);
    if (changed_cb != NULL)
        changed_cb();
    return TAP_PACKET_REDRAW;
}

static void
start_listener(const char *tap, void *tapdata, tap_packet_cb packet_cb, tap_reset_cb reset_cb)
{
    GString *error = register_tap_listener(tap, tapdata, NULL, TL_IS_DISSECTOR_HELPER, reset_cb,
                                           packet_cb, NULL, NULL);

    if (error != NULL)
        g_string_free(error, TRUE);
}

void
not_judged_sum_start(not_judged_sum_cb changed)
{
    if (changed != NULL)
        changed_cb = changed;
    if (listens)
        return;
    listens = true;
    stat_settle_add(sum_settle, &sum);
    /* The later one is called first. */
    if (!stat_listener_is_tshark())
        start_listener(NOT_JUDGED_TAP, &current, sum_packet, NULL);
    start_listener("smsrc_audit", &past, ignore_packet, sum_reset);
}

void
not_judged_sum_update(void)
{
    not_judged_t count = not_judged_count();

    set_current(&count);
}

const not_judged_t *
not_judged_sum(void)
{
    return &sum;
}

/* "3 of 40 flows of TCP and UDP: no end holds a role" */
static char *
reason_to_str(not_judged_e reason)
{
    uint64_t number = sum.counts[reason];
    const char *things = number == 1 ? reasons[reason].one : reasons[reason].more;

    if (reason < NOT_JUDGED_UNANSWERED)
        return g_strdup_printf("%" PRIu64 " of %" PRIu64 " flows of TCP and UDP: %s", number,
                               sum.flows, reasons[reason].why);
    return g_strdup_printf("%" PRIu64 " %s %s", number, things, reasons[reason].why);
}

void
not_judged_sum_add_texts(GPtrArray *texts)
{
    for (unsigned reason = 0; reason < NUM_NOT_JUDGED; reason++) {
        if (sum.counts[reason] > 0)
            g_ptr_array_add(texts, reason_to_str((not_judged_e)reason));
    }
}

void
not_judged_sum_put(json_dumper *line)
{
    json_dumper_set_member_name(line, "not_judged");
    json_dumper_begin_object(line);
    for (unsigned reason = 0; reason < NUM_NOT_JUDGED; reason++)
        json_line_put_number(line, reasons[reason].member, sum.counts[reason]);
    json_line_put_number(line, "of_flows", sum.flows);
    json_dumper_end_object(line);
}
