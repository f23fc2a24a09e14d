/* test-user-rows.c
 * Lines of the table smsrc_rows become rows of the matrix, and bad lines are reported
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "user-rows.h"

#include "unit-epan.h"

#define TABLE "smsrc_rows"
#define BIT(role) ROLE_BIT(ROLE_##role)

static void
test_rows(void)
{
    unsigned count;
    const matrix_row_t *rows;
    char *text;

    unit_table_clear(TABLE);
    user_rows_reset();
    user_rows(&count);
    g_assert_cmpuint(count, ==, 0);

    unit_table_add(TABLE, "\"advanced client\",\"Management point\",\"TCP\",\"8530-8531,9000\","
                   "\"tls\",\"moved\"");
    unit_table_add(TABLE, "\"any\",\"Site server\",\"TCP+UDP\",\"5000\",\"backup agent\",\"\"");
    user_rows_reset();
    rows = user_rows(&count);
    g_assert_cmpuint(count, ==, 4);

    g_assert_cmpstr(rows[0].id, ==, "USER1");
    g_assert_cmpint(rows[0].row_class, ==, ROW_USER_ROW);
    g_assert_true(matrix_row_has_port(&rows[0], TRANSPORT_TCP, 8531));
    g_assert_false(matrix_row_has_port(&rows[0], TRANSPORT_TCP, 9000));
    g_assert_true(matrix_row_has_port(&rows[1], TRANSPORT_TCP, 9000));
    g_assert_cmpuint(rows[0].services, ==, SERVICE_BIT(SERVICE_TLS));
    g_assert_cmpstr(rows[0].note, ==, "moved");
    g_assert_true(matrix_row_has_pair(&rows[0], BIT(CLIENT), BIT(MANAGEMENT_POINT)));
    g_assert_false(matrix_row_has_pair(&rows[0], BIT(LEGACY_CLIENT), BIT(MANAGEMENT_POINT)));

    g_assert_cmpstr(rows[3].id, ==, "USER4");
    g_assert_true(matrix_row_has_port(&rows[2], TRANSPORT_TCP, 5000));
    g_assert_true(matrix_row_has_port(&rows[3], TRANSPORT_UDP, 5000));
    g_assert_cmpuint(rows[3].services, ==, 0);
    g_assert_true(matrix_row_has_pair(&rows[3], 0, BIT(SITE_SERVER)));
    text = matrix_row_to_str(NULL, &rows[3]);
    g_assert_cmpstr(text, ==, "USER4: any host to Site server, backup agent, UDP 5000");
    wmem_free(NULL, text);

    user_rows_reset(); /* not twice */
    user_rows(&count);
    g_assert_cmpuint(count, ==, 4);
    unit_table_clear(TABLE);
    g_assert_cmpstr(rows[3].service, ==, "backup agent"); /* the rows outlive an edit */
}

static void
test_bad_fields(void)
{
    static const struct {
        const char *line;
        const char *named;
    } cases[] = {
        { "\"Boss\",\"any\",\"TCP\",\"80\",\"\",\"\"", "\"Boss\"" },
        { "\"any\",\"\",\"TCP\",\"80\",\"\",\"\"", "\"\"" },
        { "\"any\",\"any\",\"SCTP\",\"80\",\"\",\"\"", "\"SCTP\"" },
        { "\"any\",\"any\",\"TCP\",\"65536\",\"\",\"\"", "\"65536\"" },
        { "\"any\",\"any\",\"TCP\",\"0-5\",\"\",\"\"", "\"0-5\"" },
        { "\"any\",\"any\",\"TCP\",\"http\",\"\",\"\"", "\"http\"" },
        { "\"any\",\"any\",\"TCP\",\"\",\"\",\"\"", "\"\"" },
    };
    unsigned count;

    unit_table_clear(TABLE);
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++)
        unit_table_refuse(TABLE, cases[i].line, cases[i].named);
    user_rows_reset();
    user_rows(&count);
    g_assert_cmpuint(count, ==, 0);
}

static void
test_too_many_ranges(void)
{
    GString *line = g_string_new("\"any\",\"any\",\"TCP\",\"1");

    unit_table_clear(TABLE);
    for (unsigned port = 3; port < 200; port += 2)
        g_string_append_printf(line, ",%u", port);
    g_string_append(line, "\",\"\",\"\"");
    unit_table_refuse(TABLE, line->str, "too many");
    g_string_free(line, TRUE);
}

static void
test_bad_line_spoils_no_good_one(void)
{
    unsigned count;
    const matrix_row_t *rows;
    char *error;

    unit_table_clear(TABLE);
    error = unit_table_load(TABLE, "\"any\",\"any\",\"TCP\",\"1\",\"\",\"\"\n"
                            "\"any\",\"any\",\"TCP\",\"x\",\"\",\"\"\n"
                            "\"any\",\"any\",\"UDP\",\"3\",\"\",\"\"\n");
    g_assert_nonnull(error);
    g_free(error);
    user_rows_reset();
    rows = user_rows(&count);
    g_assert_cmpuint(count, ==, 2);
    g_assert_true(matrix_row_has_port(&rows[0], TRANSPORT_TCP, 1));
    g_assert_true(matrix_row_has_port(&rows[1], TRANSPORT_UDP, 3));
}

int
main(int argc, char **argv)
{
    int result;

    g_test_init(&argc, &argv, NULL);
    unit_epan_start(user_rows_register);
    g_test_add_func("/rows", test_rows);
    g_test_add_func("/bad-fields", test_bad_fields);
    g_test_add_func("/too-many-ranges", test_too_many_ranges);
    g_test_add_func("/bad-line-spoils-no-good-one", test_bad_line_spoils_no_good_one);
    result = g_test_run();
    unit_epan_stop();
    return result;
}
