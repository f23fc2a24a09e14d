/* test-session-log.c
 * The session log's bounds: how many sessions, how long a name; built for three sessions
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "session-log.h"

#include "bounds.h"
#include "name-lookup.h"
#include "session-log-internal.h"
#include "session-tap.h"
#include "unit-epan.h"

static uint8_t viewer_bytes[] = { 10, 1, 0, 50 };
static address viewer;
static frame_data frame;
static packet_info packet;

/* A frame @p seconds into the capture, on the first pass. */
static const packet_info *
frame_at(time_t seconds)
{
    memset(&packet, 0, sizeof packet);
    frame.has_ts = 1; /* a frame without it has no time */
    packet.fd = &frame;
    packet.num = (uint32_t)seconds + 1;
    packet.abs_ts.secs = seconds;
    packet.pool = wmem_file_scope();
    return &packet;
}

/* A proof of a session with the agent 10.1.3.@p last. */
static session_t *
prove(uint8_t last, time_t seconds)
{
    uint8_t bytes[] = { 10, 1, 3, last };
    address agent;
    session_event_t event = { .kind = SESSION_SMS, .viewer = &viewer, .agent = &agent,
                              .transport = SESSION_TRANSPORT_NETBIOS, .proof = true };

    set_address(&agent, AT_IPv4, 4, bytes);
    return session_connection_report_packet(frame_at(seconds), &event);
}

static void
start(void)
{
    unit_capture_open();
    bounds_reset();
    session_log_reset();
    name_lookup_reset();
    set_address(&viewer, AT_IPv4, 4, viewer_bytes);
}

static void
stop(void)
{
    session_log_cleanup();
    name_lookup_cleanup();
    unit_capture_close();
}

static void
test_numbers_go_up_to_the_bound_and_say_so(void)
{
    unsigned unlisted;

    start();
    for (uint8_t number = 1; number <= SESSION_LOG_MAX; number++) {
        const session_t *session = prove(number, number);

        g_assert_nonnull(session);
        g_assert_cmpuint(session->number, ==, number);
    }
    g_assert_cmpuint(session_log_count(&unlisted), ==, SESSION_LOG_MAX);
    g_assert_cmpuint(unlisted, ==, 0);
    g_assert_false(bounds_are_reached());
    for (unsigned round = 0; round < 3; round++) {
        g_assert_null(prove(SESSION_LOG_MAX + 1, 10));
        g_assert_null(prove(SESSION_LOG_MAX + 2, 10));
    }
    /* Two, however often they are met. */
    g_assert_cmpuint(session_log_count(&unlisted), ==, SESSION_LOG_MAX);
    g_assert_cmpuint(unlisted, ==, 2);
    g_assert_cmpuint(bounds_count(BOUND_SESSIONS), ==, 6);
    g_assert_cmpuint(bounds_limit(BOUND_SESSIONS), ==, SESSION_LOG_MAX);
    /* Those there are go on. */
    g_assert_cmpuint(prove(2, 11)->number, ==, 2);
    stop();
}

/* Pairs, viewers and lookups are full without a session more. */
static void
test_what_leads_to_a_session_is_bounded_too(void)
{
    start();
    for (uint8_t number = 1; number <= 2 * SESSION_LOG_MAX; number++)
        (void)prove(number, number);
    g_assert_cmpuint(bounds_count(BOUND_PAIRS), ==, 0);
    g_assert_null(prove(2 * SESSION_LOG_MAX + 1, 10));
    g_assert_cmpuint(bounds_count(BOUND_PAIRS), ==, 1);
    g_assert_cmpuint(bounds_limit(BOUND_PAIRS), ==, 2 * SESSION_LOG_MAX);
    for (unsigned number = 1; number <= 2 * SESSION_LOG_MAX; number++) {
        uint8_t bytes[] = { 10, 1, 0, (uint8_t)(100 + number) };
        address other;

        set_address(&other, AT_IPv4, 4, bytes);
        session_log_note_viewer(&other);
    }
    /* One of them had a session before. */
    g_assert_cmpuint(bounds_count(BOUND_VIEWERS), ==, 1);
    stop();
}

static void
test_a_silence_ends_a_session(void)
{
    session_t *one;

    start();
    one = prove(1, 0);
    session_traffic_add_frame(NULL, one, frame_at(100));
    g_assert_true(prove(1, 100 + SESSION_LOG_SILENCE) == one);
    session_traffic_add_frame(NULL, one, frame_at(100 + SESSION_LOG_SILENCE));
    g_assert_cmpuint(prove(1, 101 + 2 * SESSION_LOG_SILENCE)->number, ==, 2);
    stop();
}

#define EURO "\u20ac\u20ac\u20ac\u20ac"

static void
test_a_name_is_cut_between_characters(void)
{
    static const char *const long_names[] = {
        "0123456789012345678901234567890123456789012345678901234567890",
        "01234567890123456789012345678901234567890123456\u00e4\u00f6\u00fc",
        EURO EURO EURO EURO EURO,
        "a\xff\xfe\xfd\xff\xfe\xfd\xff\xfe\xfd\xff\xfe\xfd\xff\xfe\xfd\xff\xfe\xfd\xff\xfe\xfd",
    };
    session_t *session;

    start();
    session = prove(1, 0);
    for (unsigned i = 0; i < array_length(long_names); i++) {
        const char *kept = session->names[SESSION_NAME_USER];

        session_log_set_name(session, SESSION_NAME_USER, long_names[i]);
        g_assert_cmpuint(strlen(kept), <, SESSION_NAME_SIZE);
        g_assert_cmpuint(strlen(kept), >, SESSION_NAME_SIZE - 5);
        g_assert_true(g_utf8_validate(kept, -1, NULL));
    }
    session_log_set_name(session, SESSION_NAME_USER, "two\nlines\x7f");
    g_assert_cmpstr(session->names[SESSION_NAME_USER], ==, "two.lines.");
    stop();
}

static void
test_the_last_word_counts(void)
{
    session_t *session;

    start();
    session = prove(1, 0);
    g_assert_cmpstr(session_tap_summary(session).outcome, ==, "Unanswered");
    session_log_set_reply(session, SESSION_REPLY_ANSWERED, "");
    g_assert_cmpstr(session_tap_summary(session).outcome, ==, "Answered");
    session_log_set_reply(session, SESSION_REPLY_BUSY, "10.1.0.51");
    g_assert_cmpstr(session_tap_summary(session).outcome, ==, "Busy");
    session_log_set_reply(session, SESSION_REPLY_REFUSED, "");
    g_assert_cmpstr(session_tap_summary(session).outcome, ==, "Refused");
    g_assert_cmpstr(session->reason, ==, "");
    stop();
}

int
main(int argc, char **argv)
{
    int result;

    g_test_init(&argc, &argv, NULL);
    unit_epan_start(NULL);
    g_test_add_func("/session-log/bound", test_numbers_go_up_to_the_bound_and_say_so);
    g_test_add_func("/session-log/what-leads-there", test_what_leads_to_a_session_is_bounded_too);
    g_test_add_func("/session-log/silence", test_a_silence_ends_a_session);
    g_test_add_func("/session-log/names", test_a_name_is_cut_between_characters);
    g_test_add_func("/session-log/word", test_the_last_word_counts);
    result = g_test_run();
    unit_epan_stop();
    return result;
}
