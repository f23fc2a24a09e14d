/* test-shared-value.c
 * Shared values: equal ones have one place, and what was given out stays as it is
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "shared-value.h"
#include "unit-epan.h"

typedef struct {
    uint64_t first;
    uint64_t second;
} value_t;

static shared_values_t values = SHARED_VALUES_INIT(value_t);

static const value_t *
share(uint64_t first, uint64_t second)
{
    const value_t value = { first, second };

    return (const value_t *)shared_value(&values, &value);
}

static void
test_equal_values(void)
{
    const value_t *one, *other;

    shared_values_reset(&values);
    one = share(1, 2);
    other = share(2, 1);
    g_assert_true(one != other);
    g_assert_true(share(2, 1) == other);
    /* Whether or not it has lost its place to the other one. */
    g_assert_cmpuint(one->first, ==, 1);
    g_assert_cmpuint(one->second, ==, 2);
}

/* More than there are places: each is what was asked for, and stays that. */
static void
test_many_values(void)
{
    enum { MANY = 4 * SHARED_PLACES };
    const value_t *kept[MANY];

    shared_values_reset(&values);
    for (unsigned i = 0; i < MANY; i++)
        kept[i] = share(i, 7 * (uint64_t)i);
    for (unsigned i = 0; i < MANY; i++) {
        g_assert_cmpuint(kept[i]->first, ==, i);
        g_assert_cmpuint(kept[i]->second, ==, 7 * (uint64_t)i);
    }
}

/* What a capture had is gone with it. */
static void
test_captures(void)
{
    shared_values_reset(&values);
    (void)share(1, 2);
    unit_capture_close();
    unit_capture_open();
    shared_values_reset(&values);
    g_assert_cmpuint(share(1, 2)->second, ==, 2);
    g_assert_true(share(1, 2) == share(1, 2));
}

int
main(int argc, char **argv)
{
    int failed;

    g_test_init(&argc, &argv, NULL);
    unit_epan_start(NULL);
    unit_capture_open();
    g_test_add_func("/shared-value/equal", test_equal_values);
    g_test_add_func("/shared-value/many", test_many_values);
    g_test_add_func("/shared-value/captures", test_captures);
    failed = g_test_run();
    unit_capture_close();
    unit_epan_stop();
    return failed;
}
