/* test-conversation-cache.c
 * The conversation cache returns what Wireshark's own search finds, whatever came between
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "conversation-cache.h"

#include "unit-epan.h"

/* Few hosts and ports, so that the same ends, and entries of the cache, recur often. */
#define HOSTS 6
#define PORTS 5
#define FRAMES 20000

/* Of IPv4, then of IPv6. */
static uint8_t host_bytes[2 * HOSTS][16];
static address hosts[2 * HOSTS];

typedef struct {
    unsigned src, dst;
    uint32_t src_port, dst_port;
    port_type type;
} ends_t;

static ends_t
random_ends(void)
{
    const gint32 first = g_test_rand_bit() ? HOSTS : 0;
    ends_t ends = { (unsigned)g_test_rand_int_range(first, first + HOSTS),
                    (unsigned)g_test_rand_int_range(first, first + HOSTS),
                    (uint32_t)g_test_rand_int_range(1000, 1000 + PORTS),
                    (uint32_t)g_test_rand_int_range(1000, 1000 + PORTS),
                    g_test_rand_bit() ? PT_TCP : PT_UDP };

    return ends;
}

static uint32_t last_frame; /* of the first pass; earlier ones are seen again */
static frame_data frame_seen;

static packet_info
packet_of(const ends_t *ends, uint32_t frame)
{
    packet_info pinfo;

    frame_seen.visited = frame < last_frame;
    last_frame = MAX(last_frame, frame);
    memset(&pinfo, 0, sizeof pinfo);
    pinfo.fd = &frame_seen;
    pinfo.num = frame;
    pinfo.src = hosts[ends->src];
    pinfo.dst = hosts[ends->dst];
    pinfo.srcport = ends->src_port;
    pinfo.destport = ends->dst_port;
    pinfo.ptype = ends->type;
    return pinfo;
}

static conversation_t *
make(const ends_t *ends, uint32_t frame, unsigned options)
{
    packet_info pinfo = packet_of(ends, frame);

    /* As conversation_cache_update() does, when the TCP dissector has made one. */
    if (options == 0)
        conversation_cache_drop(&pinfo);
    return conversation_new(frame, &pinfo.src, &pinfo.dst,
                            conversation_pt_to_conversation_type(ends->type), ends->src_port,
                            ends->dst_port, options);
}

/* Both, one directly after the other. */
static conversation_t *
look_up(const ends_t *ends, uint32_t frame)
{
    packet_info pinfo = packet_of(ends, frame);
    conversation_t *remembered = conversation_cache_find(&pinfo);
    conversation_t *found = find_conversation(frame, &pinfo.src, &pinfo.dst,
                                              conversation_pt_to_conversation_type(ends->type),
                                              ends->src_port, ends->dst_port, 0);

    g_assert_true(remembered == found);
    return remembered;
}

static void
start(void)
{
    unit_capture_open();
    conversation_cache_reset();
    last_frame = 0;
    for (unsigned i = 0; i < HOSTS; i++) {
        host_bytes[i][0] = 10;
        host_bytes[i][3] = (uint8_t)i;
        set_address(&hosts[i], AT_IPv4, 4, host_bytes[i]);
        host_bytes[HOSTS + i][0] = 10;
        host_bytes[HOSTS + i][15] = (uint8_t)i;
        set_address(&hosts[HOSTS + i], AT_IPv6, 16, host_bytes[HOSTS + i]);
    }
}

static void
test_both_directions_are_one(gconstpointer family)
{
    const unsigned one = *(const unsigned *)family, two = one + 1;
    ends_t there = { one, two, 1000, 80, PT_TCP }, back = { two, one, 80, 1000, PT_TCP };
    ends_t other = { one, two, 1000, 80, PT_UDP };
    conversation_t *conversation;

    start();
    g_assert_null(look_up(&there, 1));
    conversation = make(&there, 1, 0);
    g_assert_true(look_up(&there, 1) == conversation);
    g_assert_true(look_up(&back, 2) == conversation);
    g_assert_null(look_up(&other, 2));
    unit_capture_close();
}

static void
test_a_younger_one_takes_its_place(void)
{
    ends_t ends = { 0, 1, 1000, 80, PT_TCP };
    conversation_t *older, *younger;

    start();
    older = make(&ends, 1, 0);
    g_assert_true(look_up(&ends, 5) == older);
    younger = make(&ends, 10, 0);
    g_assert_true(look_up(&ends, 10) == younger);
    /* As on a second pass. */
    g_assert_true(look_up(&ends, 5) == older);
    g_assert_true(look_up(&ends, 12) == younger);
    unit_capture_close();
}

static void
test_a_younger_one_the_other_way_round_takes_its_place(void)
{
    ends_t there = { 0, 1, 1000, 80, PT_TCP }, back = { 1, 0, 80, 1000, PT_TCP };
    conversation_t *older, *younger;

    start();
    older = make(&back, 1, 0);
    g_assert_true(look_up(&there, 5) == older);
    younger = make(&there, 10, 0);
    g_assert_true(look_up(&there, 10) == younger);
    g_assert_true(look_up(&back, 11) == younger);
    g_assert_true(look_up(&there, 5) == older);
    g_assert_true(look_up(&back, 12) == younger);
    g_assert_true(look_up(&back, 5) == older);
    unit_capture_close();
}

static void
test_a_wildcard_gives_way(void)
{
    ends_t ends = { 0, 1, 1000, 80, PT_UDP };
    conversation_t *any, *exact;

    start();
    any = make(&ends, 1, NO_ADDR2 | NO_PORT2 | CONVERSATION_TEMPLATE);
    g_assert_true(look_up(&ends, 2) == any);
    exact = make(&ends, 3, 0);
    g_assert_true(look_up(&ends, 4) == exact);
    unit_capture_close();
}

static void
test_nothing_is_left_of_the_capture_before(void)
{
    ends_t ends = { 0, 1, 1000, 80, PT_TCP };

    start();
    make(&ends, 1, 0);
    g_assert_nonnull(look_up(&ends, 2));
    unit_capture_close();
    start();
    g_assert_null(look_up(&ends, 2));
    unit_capture_close();
}

static void
test_any_order(void)
{
    static const unsigned kinds[] = { 0, 0, 0, 0, NO_ADDR2, NO_PORT2, NO_ADDR2 | NO_PORT2,
                                      NO_ADDR2 | NO_PORT2 | CONVERSATION_TEMPLATE };
    unsigned found = 0;

    start();
    for (uint32_t frame = 1; frame <= FRAMES; frame++) {
        ends_t ends = random_ends();

        if (g_test_rand_int_range(0, 20) == 0)
            make(&ends, frame,
                 kinds[g_test_rand_int_range(0, (gint32)array_length(kinds))]);
        found += look_up(&ends, frame) != NULL;
        ends = random_ends();
        found += look_up(&ends, (uint32_t)g_test_rand_int_range(1, (gint32)frame + 1)) != NULL;
    }
    g_assert_cmpuint(found, >, FRAMES);
    unit_capture_close();
}

int
main(int argc, char **argv)
{
    static const unsigned ipv4 = 0, ipv6 = HOSTS;
    int result;

    g_test_init(&argc, &argv, NULL);
    unit_epan_start(NULL);
    g_test_add_data_func("/conversation-memo/directions/ipv4", &ipv4,
                         test_both_directions_are_one);
    g_test_add_data_func("/conversation-memo/directions/ipv6", &ipv6,
                         test_both_directions_are_one);
    g_test_add_func("/conversation-memo/younger", test_a_younger_one_takes_its_place);
    g_test_add_func("/conversation-memo/other-way-round",
                    test_a_younger_one_the_other_way_round_takes_its_place);
    g_test_add_func("/conversation-memo/wildcard", test_a_wildcard_gives_way);
    g_test_add_func("/conversation-memo/captures", test_nothing_is_left_of_the_capture_before);
    g_test_add_func("/conversation-memo/any-order", test_any_order);
    result = g_test_run();
    unit_epan_stop();
    return result;
}
