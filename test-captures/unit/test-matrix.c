/* test-matrix.c
 * The rows of a matrix fit what they should
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "matrix.h"
#include "role-field.h"

#define BIT(role) ROLE_BIT(ROLE_##role)

static const matrix_t *const kb826852 = &matrix_list[MATRIX_KB826852];

static const matrix_row_t *
row_by_id(const char *id)
{
    for (unsigned i = 0; i < kb826852->num_rows; i++) {
        if (strcmp(kb826852->rows[i].id, id) == 0)
            return &kb826852->rows[i];
    }
    for (unsigned i = 0; i < kb826852->num_supplements; i++) {
        if (strcmp(kb826852->supplements[i].id, id) == 0)
            return &kb826852->supplements[i];
    }
    g_error("no row %s", id);
    return NULL;
}

/* "Kerberos8888" is two columns that the archives lost: 88 and 88. */
static void
test_no_port_8888(void)
{
    const matrix_row_t *supplements = kb826852->supplements;

    for (unsigned i = 0; i < kb826852->num_rows; i++) {
        g_assert_false(matrix_row_has_port(&kb826852->rows[i], TRANSPORT_TCP, 8888));
        g_assert_false(matrix_row_has_port(&kb826852->rows[i], TRANSPORT_UDP, 8888));
    }
    /* A range of dynamic ports must not include it either. */
    for (unsigned i = 0; i < kb826852->num_supplements; i++)
        g_assert_true(supplements[i].port_low > 8888 || supplements[i].port_high < 8888);
    g_assert_true(matrix_row_has_port(row_by_id("A8"), TRANSPORT_UDP, 88));
    g_assert_true(matrix_row_has_port(row_by_id("A9"), TRANSPORT_TCP, 88));
}

/* The order of firewall rules: published rows, the user's, then the others. */
static void
test_order(void)
{
    g_assert_cmpuint(matrix_row_order(kb826852, row_by_id("A1")), ==, 0);
    g_assert_cmpuint(matrix_row_order(kb826852, row_by_id("A2")), ==, 1);
    g_assert_cmpuint(matrix_row_order(kb826852, row_by_id("GAP1")), ==, kb826852->num_rows);
}

static void
test_ports(void)
{
    const matrix_row_t *e1 = row_by_id("E1");
    const matrix_row_t *custom = row_by_id("I4");
    const matrix_row_t *dynamic = row_by_id("GAP2");

    g_assert_true(matrix_row_has_port(e1, TRANSPORT_TCP, 80));
    g_assert_false(matrix_row_has_port(e1, TRANSPORT_UDP, 80));
    g_assert_false(matrix_row_has_port(e1, TRANSPORT_TCP, 81));
    g_assert_false(matrix_row_has_port(custom, TRANSPORT_TCP, 0));
    g_assert_false(matrix_row_has_port(custom, TRANSPORT_TCP, 1433));
    g_assert_true(matrix_row_has_port(row_by_id("G4"), TRANSPORT_IPX, 0));
    g_assert_false(matrix_row_has_port(row_by_id("G4"), TRANSPORT_UDP, 0));
    g_assert_true(matrix_row_has_port(dynamic, TRANSPORT_TCP, 49152));
    g_assert_true(matrix_row_has_port(dynamic, TRANSPORT_TCP, 65535));
    g_assert_false(matrix_row_has_port(dynamic, TRANSPORT_TCP, 49151));
}

static void
test_pairs(void)
{
    static const struct {
        const char *id;
        role_set_t initiator;
        role_set_t responder;
        bool fits;
    } cases[] = {
        { "E1", BIT(ADVANCED_CLIENT), BIT(MANAGEMENT_POINT), true },
        { "E1", BIT(CLIENT), BIT(MANAGEMENT_POINT), true },
        { "E1", BIT(ADVANCED_CLIENT) | BIT(SQL_SERVER), BIT(PROXY_MANAGEMENT_POINT), true },
        { "E1", BIT(LEGACY_CLIENT), BIT(MANAGEMENT_POINT), false },
        { "E1", BIT(MANAGEMENT_POINT), BIT(ADVANCED_CLIENT), false },
        { "E1", BIT(ADVANCED_CLIENT), 0, false },
        { "E1", 0, BIT(MANAGEMENT_POINT), false },
        { "F3", BIT(ADMIN_CONSOLE), BIT(LEGACY_CLIENT), true },
        { "F3", BIT(ADMIN_CONSOLE), BIT(SITE_SERVER), false },
        { "A1", BIT(SECONDARY_SITE_SERVER), BIT(DOMAIN_CONTROLLER), true },
        { "B1", BIT(SITE_SERVER), BIT(CHILD_SITE_SERVER), true },
        { "B1", BIT(CHILD_SITE_SERVER), BIT(SITE_SERVER), false },
        { "B2", BIT(SITE_SERVER), BIT(CHILD_SITE_SERVER), false },
        { "I1", BIT(SMS_PROVIDER), BIT(SQL_SERVER), true },
        { "I1", BIT(ADVANCED_CLIENT), BIT(SQL_SERVER), false },
        { "I3a", BIT(SITE_SERVER), ROLES_BROADCAST, true },
        { "I3a", BIT(SITE_SERVER), BIT(SQL_SERVER), false },
        { "J1", BIT(RAS_SENDER), BIT(SITE_SERVER), true },
        { "H3", 0, 0, true }, /* any host, without a role too */
        { "H1", 0, BIT(DNS_SERVER), true },
        { "H1", BIT(ADVANCED_CLIENT), 0, false },
        { "H2", BIT(ADVANCED_CLIENT), ROLES_BROADCAST, true },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        if (matrix_row_has_pair(row_by_id(cases[i].id), cases[i].initiator, cases[i].responder) !=
            cases[i].fits)
            g_error("case %u, row %s", i, cases[i].id);
    }
}

static void
test_row_text(void)
{
    static const struct {
        const char *id;
        const char *text;
    } cases[] = {
        { "E1", "E1: Advanced Client to Management point, HTTP, TCP 80" },
        { "G4", "G4: Administrator console to Client, NetBIOS over IPX, IPX" },
        { "I4", "I4: SQL client of the site to SQL Server, TDS (SQL), TCP on the port of the DSN "
                "(preference smsrc.audit.sql_ports)" },
        { "GAP1", "GAP1: Administrator console to Site server or SMS Provider, RPC (DCOM), "
                  "TCP 1024-5000" },
        { "LATER8", "LATER8: Distribution point to Client, Multicast, UDP 63000-64000" },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        char *text = matrix_row_to_str(NULL, row_by_id(cases[i].id));

        g_assert_cmpstr(text, ==, cases[i].text);
        wmem_free(NULL, text);
    }
}

static void
test_supplements_are_numbered(void)
{
    static const struct {
        matrix_class_e row_class;
        const char *prefix;
    } lists[] = {
        { ROW_GAP, "GAP" },
        { ROW_LATER_PRODUCT, "LATER" },
        { ROW_LEGACY_PRODUCT, "LEGACY" },
    };
    unsigned count = kb826852->num_supplements;
    const matrix_row_t *rows = kb826852->supplements;
    unsigned at = 0;

    for (unsigned list = 0; list < G_N_ELEMENTS(lists); list++) {
        unsigned number = 0;

        for (; at < count && rows[at].row_class == lists[list].row_class; at++) {
            char *id;

            /* LATER14 was a mistake and is gone; an id is not given again. */
            number += lists[list].row_class == ROW_LATER_PRODUCT && number == 13 ? 2 : 1;
            id = g_strdup_printf("%s%u", lists[list].prefix, number);

            g_assert_cmpstr(rows[at].id, ==, id);
            g_assert_cmpuint(rows[at].port_low, >, 0);
            g_assert_cmpuint(rows[at].port_low, <=, rows[at].port_high);
            g_assert_cmpstr(rows[at].note, !=, "");
            g_free(id);
        }
        g_assert_cmpuint(number, >, 0);
    }
    g_assert_cmpuint(at, ==, count);
}

/* True where every flow that fits @p inner fits @p outer. */
static bool
row_covers(const matrix_row_t *outer, const matrix_row_t *inner)
{
    return outer->row_class != ROW_CONFIGURABLE && outer->row_class != ROW_LISTED_AS_PRINTED &&
           outer->transport == inner->transport && outer->port_low <= inner->port_low &&
           inner->port_high <= outer->port_high &&
           (inner->initiator_roles & ~outer->initiator_roles) == 0 &&
           (inner->responder_roles & ~outer->responder_roles) == 0 &&
           (!outer->services || (inner->services && !(inner->services & ~outer->services)));
}

/* A row between any two hosts does not make one superfluous that names their roles. */
static bool
is_for_anybody(const matrix_row_t *row)
{
    return row->initiator_roles == ROLES_ANY && row->responder_roles == ROLES_ANY;
}

/* A gap is what the article does not list: a row it has is none, nor is a row given twice. */
static void
test_supplements_add_something(void)
{
    unsigned num_kb = kb826852->num_rows, count = kb826852->num_supplements;
    const matrix_row_t *kb = kb826852->rows, *rows = kb826852->supplements;

    for (unsigned i = 0; i < count; i++) {
        for (unsigned k = 0; k < num_kb; k++) {
            if (row_covers(&kb[k], &rows[i]))
                g_error("%s is %s", rows[i].id, kb[k].id);
        }
        for (unsigned k = 0; k < count; k++) {
            if (k != i && !is_for_anybody(&rows[k]) && row_covers(&rows[k], &rows[i]))
                g_error("%s is %s", rows[i].id, rows[k].id);
        }
    }
}

static void
test_roles_of_values(void)
{
    const char *product = "SMS Distribution Point";
    const unsigned length = (unsigned)strlen(product);

    for (unsigned role = 0; role < NUM_ROLES; role++)
        g_assert_true((role_set_of_value(role) & ROLE_BIT(role)) != 0);
    g_assert_cmpuint(role_set_of_value(ROLE_SITE_SERVER), ==, BIT(SITE_SERVER));
    g_assert_cmpuint(role_set_of_value(ROLE_PASSIVE_SITE_SERVER), ==,
                     BIT(PASSIVE_SITE_SERVER) | BIT(SITE_SERVER));
    g_assert_cmpuint(role_set_of_value(role_field_value(product, length, role_or_group_vals)), ==,
                     BIT(BITS_DISTRIBUTION_POINT) | BIT(SMB_DISTRIBUTION_POINT));
    g_assert_cmpuint(role_set_of_value(ROLE_OR_ANY), ==, 0);
}

/* The role that users' tables take for @p name, or -1 where they refuse it. */
static int
role_by_name(const char *name)
{
    unsigned length = (unsigned)strlen(name);
    char *error;

    if (!role_field_check(NULL, name, length, role_vals, NULL, &error)) {
        g_assert_nonnull(error);
        g_free(error);
        return -1;
    }
    return (int)role_field_value(name, length, role_vals);
}

static void
test_role_names(void)
{
    char *text;

    for (int role = 0; role < NUM_ROLES; role++) {
        char *upper = g_ascii_strup(role_vals[role].strptr, -1);

        g_assert_cmpuint(role_vals[role].value, ==, role);
        g_assert_cmpint(role_by_name(upper), ==, role);
        g_free(upper);
    }
    g_assert_null(role_vals[NUM_ROLES].strptr);
    g_assert_cmpint(role_by_name("any"), ==, -1);
    g_assert_cmpint(role_by_name(""), ==, -1);
    g_assert_cmpint(role_by_name("Site server "), ==, -1);
    g_assert_cmpint(role_by_name("SMS Management Point"), ==, ROLE_MANAGEMENT_POINT);
    g_assert_cmpint(role_by_name("sms dmp connector"), ==, ROLE_SERVICE_CONNECTION_POINT);
    g_assert_cmpint(role_by_name("SMS Management Point "), ==, -1);

    text = role_set_to_str(NULL, BIT(CLIENT) | BIT(SITE_SERVER) | ROLES_BROADCAST);
    g_assert_cmpstr(text, ==, "Site server, Client");
    wmem_free(NULL, text);
    text = role_set_to_str(NULL, 0);
    g_assert_cmpstr(text, ==, "");
    wmem_free(NULL, text);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/rows/order", test_order);
    g_test_add_func("/rows/no-port-8888", test_no_port_8888);
    g_test_add_func("/rows/ports", test_ports);
    g_test_add_func("/rows/pairs", test_pairs);
    g_test_add_func("/rows/text", test_row_text);
    g_test_add_func("/supplements/are-numbered", test_supplements_are_numbered);
    g_test_add_func("/supplements/add-something", test_supplements_add_something);
    g_test_add_func("/roles/names", test_role_names);
    g_test_add_func("/matrix/roles-of-values", test_roles_of_values);
    return g_test_run();
}
