/* test-matrix.c
 * The rows in the code are the rows of kb826852.csv, and they fit what they should
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "matrix.h"
#include "role-field.h"

#include <wsutil/strtoi.h>

#define BIT(role) ROLE_BIT(ROLE_##role)

enum { ID, SECTION, TEXT, INITIATOR, RESPONDER, SERVICE, TRANSPORT, PORT, CLASS, NOTE, COLUMNS };

/* The words that the CSV has for the classes of the article's rows. */
static const char *const class_words[] = {
    [ROW_LISTED] = "listed",
    [ROW_LISTED_CORRECTED] = "listed-corrected",
    [ROW_LISTED_INTERPRETED] = "listed-interpreted",
    [ROW_LISTED_AS_PRINTED] = "listed-as-printed",
    [ROW_DISCOURAGED] = "discouraged",
    [ROW_CONFIGURABLE] = "configurable",
};

/*
 * One record of RFC 4180 from @p text: its fields, to be freed with g_strfreev(). A field in
 * quotes may hold commas, line ends and doubled quotes.
 */
static char **
next_record(const char **text)
{
    GPtrArray *fields = g_ptr_array_new();
    GString *field = g_string_new(NULL);
    bool quoted = false;
    const char *p = *text;

    for (; *p && (quoted || *p != '\n'); p++) {
        if (*p == '"' && quoted && p[1] == '"')
            g_string_append_c(field, *p++);
        else if (*p == '"')
            quoted = !quoted;
        else if (*p == ',' && !quoted) {
            g_ptr_array_add(fields, g_string_free(field, FALSE));
            field = g_string_new(NULL);
        } else if (*p != '\r' || quoted)
            g_string_append_c(field, *p);
    }
    g_assert_false(quoted);
    *text = *p ? p + 1 : p;
    g_ptr_array_add(fields, g_string_free(field, FALSE));
    g_ptr_array_add(fields, NULL);
    return (char **)g_ptr_array_free(fields, FALSE);
}

static void
test_csv_reader(void)
{
    const char *text = "a,\"b, \"\"c\"\"\",\r\n,d\n";
    char **fields = next_record(&text);

    g_assert_cmpuint(g_strv_length(fields), ==, 3);
    g_assert_cmpstr(fields[1], ==, "b, \"c\"");
    g_assert_cmpstr(fields[2], ==, "");
    g_strfreev(fields);
    fields = next_record(&text);
    g_assert_cmpuint(g_strv_length(fields), ==, 2);
    g_assert_cmpstr(fields[1], ==, "d");
    g_assert_cmpint(*text, ==, '\0');
    g_strfreev(fields);
}

static void
test_rows_are_the_csv(void)
{
    char *csv = NULL;
    const char *rest;
    char **fields;
    unsigned count;
    unsigned n = 0;
    const matrix_row_t *rows = matrix_rows(&count);

    g_assert_true(g_file_get_contents(KB826852_CSV, &csv, NULL, NULL));
    rest = csv;
    fields = next_record(&rest);
    g_assert_cmpuint(g_strv_length(fields), ==, COLUMNS);
    g_assert_cmpstr(fields[CLASS], ==, "class");
    g_strfreev(fields);

    for (; *rest; n++) {
        const matrix_row_t *row = &rows[n];
        uint16_t port = 0;

        g_assert_cmpuint(n, <, count);
        fields = next_record(&rest);
        g_assert_cmpuint(g_strv_length(fields), ==, COLUMNS);
        g_assert_cmpstr(row->id, ==, fields[ID]);
        g_assert_cmpstr(row->section, ==, fields[SECTION]);
        g_assert_cmpstr(row->text, ==, fields[TEXT]);
        g_assert_cmpstr(row->initiator, ==, fields[INITIATOR]);
        g_assert_cmpstr(row->responder, ==, fields[RESPONDER]);
        g_assert_cmpstr(row->service, ==, fields[SERVICE]);
        g_assert_cmpstr(service_transport_name(row->transport), ==, fields[TRANSPORT]);
        g_assert_cmpuint(row->row_class, <, array_length(class_words));
        g_assert_cmpstr(class_words[row->row_class], ==, fields[CLASS]);
        g_assert_cmpstr(row->note, ==, fields[NOTE]);
        if (g_strcmp0(fields[PORT], "*") && g_strcmp0(fields[PORT], ""))
            g_assert_true(ws_strtou16(fields[PORT], NULL, &port) && port > 0);
        g_assert_cmpuint(row->port_low, ==, port);
        g_assert_cmpuint(row->port_high, ==, port);
        g_assert_cmpuint(row->services, !=, 0);
        g_strfreev(fields);
    }
    g_assert_cmpuint(n, ==, count);
    g_free(csv);
}

static const matrix_row_t *
row_by_id(const char *id)
{
    unsigned count;
    const matrix_row_t *rows = matrix_rows(&count);

    for (unsigned i = 0; i < count; i++) {
        if (!strcmp(rows[i].id, id))
            return &rows[i];
    }
    rows = matrix_supplements(&count);
    for (unsigned i = 0; i < count; i++) {
        if (!strcmp(rows[i].id, id))
            return &rows[i];
    }
    g_error("no row %s", id);
    return NULL;
}

/* "Kerberos8888" is two columns that the archives lost: 88 and 88. */
static void
test_no_port_8888(void)
{
    unsigned count;
    const matrix_row_t *rows = matrix_rows(&count);

    for (unsigned i = 0; i < count; i++) {
        g_assert_false(matrix_row_has_port(&rows[i], TRANSPORT_TCP, 8888));
        g_assert_false(matrix_row_has_port(&rows[i], TRANSPORT_UDP, 8888));
    }
    rows = matrix_supplements(&count);
    for (unsigned i = 0; i < count; i++) /* a range of dynamic ports must not reach it either */
        g_assert_true(rows[i].port_low > 8888 || rows[i].port_high < 8888);
    g_assert_true(matrix_row_has_port(row_by_id("A8"), TRANSPORT_UDP, 88));
    g_assert_true(matrix_row_has_port(row_by_id("A9"), TRANSPORT_TCP, 88));
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
        { "I4", "I4: SQL client of the site to SQL Server, TDS (SQL), TCP on the port of the DSN" },
        { "GAP1", "GAP1: Administrator console to Site server or SMS Provider, RPC (DCOM), "
                  "TCP 1024-5000" },
        { "LATER8", "LATER8: Distribution point to Client, Multicast, UDP 63000-64000" },
    };
    unsigned count;
    const matrix_row_t *rows;

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        char *text = matrix_row_to_str(NULL, row_by_id(cases[i].id));

        g_assert_cmpstr(text, ==, cases[i].text);
        wmem_free(NULL, text);
    }

    /* Every token has a name: an underscore is a token that fell through. */
    rows = matrix_rows(&count);
    for (unsigned list = 0; list < 2; list++, rows = matrix_supplements(&count)) {
        for (unsigned i = 0; i < count; i++) {
            char *text = matrix_row_to_str(NULL, &rows[i]);
            char *before_service = strstr(text, rows[i].service);

            g_assert_nonnull(before_service);
            *before_service = '\0';
            g_assert_null(strchr(text, '_'));
            wmem_free(NULL, text);
        }
    }
}

static void
test_neighbours_are_numbered(void)
{
    static const struct {
        matrix_class_e row_class;
        const char *prefix;
    } lists[] = {
        { ROW_GAP, "GAP" },
        { ROW_LATER_PRODUCT, "LATER" },
        { ROW_LEGACY_PRODUCT, "LEGACY" },
    };
    unsigned count;
    const matrix_row_t *rows = matrix_supplements(&count);
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

/* A row between any two hosts leaves something to say to one that names who they are. */
static bool
is_for_anybody(const matrix_row_t *row)
{
    return row->initiator_roles == ROLES_ANY && row->responder_roles == ROLES_ANY;
}

/* A gap is what the article does not list: a row it has is none, nor is a row given twice. */
static void
test_neighbours_add_something(void)
{
    unsigned num_kb;
    unsigned count;
    const matrix_row_t *kb = matrix_rows(&num_kb);
    const matrix_row_t *rows = matrix_supplements(&count);

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
    g_test_add_func("/csv/reader", test_csv_reader);
    g_test_add_func("/csv/rows-are-the-csv", test_rows_are_the_csv);
    g_test_add_func("/rows/no-port-8888", test_no_port_8888);
    g_test_add_func("/rows/ports", test_ports);
    g_test_add_func("/rows/pairs", test_pairs);
    g_test_add_func("/rows/text", test_row_text);
    g_test_add_func("/neighbours/are-numbered", test_neighbours_are_numbered);
    g_test_add_func("/neighbours/add-something", test_neighbours_add_something);
    g_test_add_func("/roles/names", test_role_names);
    return g_test_run();
}
