/* message-choice.c
 * The messages of the sessions that the filter of a statistic chooses
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * A filter chooses sessions by their frames, and a session has all of its messages. One listener
 * without a filter counts them for each session, and so a session that is chosen later has those
 * before as well. The tap of messages does not have their session, which the tap of sessions has
 * for the same frame, after them. A message of no session is chosen by its own frame.
 */

#include "message-choice.h"

#include <epan/tap.h>

#include "stat-settle.h"

struct message_choice {
    const message_choice_ops_t *ops;
    void *data;
    bool all;
    GHashTable *sessions;  /* those chosen */
    uint32_t passed_frame; /* the last one that the filter has passed */
};

/* Equal messages of a session. */
typedef struct {
    smsrc_message_tap_t message;
    unsigned count;
    uint32_t first_frame;
} sum_t;

static GHashTable *sums;    /* session to its GArray of sum_t */
static GArray *pending;     /* smsrc_message_tap_t of the frame at hand */
static uint32_t pending_frame;
static GPtrArray *choices;

static void
settle_all(void *unused _U_)
{
    for (unsigned i = 0; i < choices->len; i++) {
        message_choice_t *choice = (message_choice_t *)choices->pdata[i];

        if (choice->ops->settle != NULL)
            choice->ops->settle(choice->data);
        message_choice_clear(choice);
    }
    g_hash_table_remove_all(sums);
    g_array_set_size(pending, 0);
}

static tap_packet_status
message_packet(void *tapdata _U_, packet_info *pinfo, epan_dissect_t *edt _U_, const void *data,
               tap_flags_t flags _U_)
{
    if (pending_frame != pinfo->num)
        g_array_set_size(pending, 0);
    pending_frame = pinfo->num;
    g_array_append_vals(pending, data, 1);
    return TAP_PACKET_DONT_REDRAW;
}

static bool
is_equal(const smsrc_message_tap_t *a, const smsrc_message_tap_t *b)
{
    return a->channel == b->channel && a->direction == b->direction && a->type == b->type;
}

static void
count_message(const session_t *session, const smsrc_message_tap_t *message, uint32_t frame)
{
    GArray *of_session = (GArray *)g_hash_table_lookup(sums, session);
    sum_t sum = { .message = *message, .count = 1, .first_frame = frame };

    sum.message.bytes = NULL; /* they go with the packet */
    if (of_session == NULL) {
        of_session = g_array_new(FALSE, FALSE, sizeof(sum_t));
        g_hash_table_insert(sums, (void *)session, of_session);
    }
    for (unsigned i = 0; i < of_session->len; i++) {
        sum_t *other = &g_array_index(of_session, sum_t, i);

        if (is_equal(&other->message, message)) {
            other->count++;
            return;
        }
    }
    g_array_append_val(of_session, sum);
}

/* Passes a message on to a statistic. */
static void
report(const message_choice_t *choice, const packet_info *pinfo,
       const smsrc_message_tap_t *message, const session_t *session)
{
    bool passes = choice->all || choice->passed_frame == pinfo->num;

    if (choice->ops->each != NULL)
        choice->ops->each(choice->data, pinfo, message, session, passes);
    if (choice->ops->show == NULL)
        return;
    if (session != NULL ? message_choice_has(choice, session) : passes)
        choice->ops->show(choice->data, message, 1, pinfo->num);
}

static tap_packet_status
session_packet(void *tapdata _U_, packet_info *pinfo, epan_dissect_t *edt _U_, const void *data,
               tap_flags_t flags _U_)
{
    const session_t *session = ((const smsrc_tap_t *)data)->session;

    for (unsigned m = 0; m < pending->len && pending_frame == pinfo->num; m++) {
        const smsrc_message_tap_t *message = &g_array_index(pending, smsrc_message_tap_t, m);

        if (session != NULL)
            count_message(session, message, pinfo->num);
        for (unsigned i = 0; i < choices->len; i++)
            report((const message_choice_t *)choices->pdata[i], pinfo, message, session);
    }
    g_array_set_size(pending, 0);
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

static void
free_sums(void *data)
{
    g_array_free((GArray *)data, TRUE);
}

static void
start_listeners(void)
{
    sums = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, free_sums);
    pending = g_array_new(FALSE, FALSE, sizeof(smsrc_message_tap_t));
    choices = g_ptr_array_new();
    stat_settle_add(settle_all, choices);
    start_listener("smsrc_message", pending, message_packet, NULL);
    start_listener("smsrc", choices, session_packet, settle_all);
}

message_choice_t *
message_choice_new(const message_choice_ops_t *ops, void *data, bool all)
{
    message_choice_t *choice = g_new0(message_choice_t, 1);

    choice->ops = ops;
    choice->data = data;
    choice->all = all;
    choice->sessions = g_hash_table_new(g_direct_hash, g_direct_equal);
    if (choices == NULL)
        start_listeners();
    g_ptr_array_add(choices, choice);
    return choice;
}

void
message_choice_free(message_choice_t *choice)
{
    g_ptr_array_remove(choices, choice);
    g_hash_table_destroy(choice->sessions);
    g_free(choice);
}

void
message_choice_add(message_choice_t *choice, const packet_info *pinfo, const smsrc_tap_t *tap)
{
    const GArray *before;

    choice->passed_frame = pinfo->num;
    if (choice->all || tap->session == NULL ||
        !g_hash_table_add(choice->sessions, (void *)tap->session) || choice->ops->show == NULL)
        return;
    before = (const GArray *)g_hash_table_lookup(sums, tap->session);
    for (unsigned i = 0; before != NULL && i < before->len; i++) {
        const sum_t *sum = &g_array_index(before, sum_t, i);

        choice->ops->show(choice->data, &sum->message, sum->count, sum->first_frame);
    }
}

bool
message_choice_has(const message_choice_t *choice, const session_t *session)
{
    return choice->all || g_hash_table_contains(choice->sessions, session);
}

void
message_choice_clear(message_choice_t *choice)
{
    g_hash_table_remove_all(choice->sessions);
    choice->passed_frame = 0;
}
