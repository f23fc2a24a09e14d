/* unit-epan.c
 * libwireshark for unit tests: its scopes and its tables of the user's, without any capture
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "unit-epan.h"

#include <epan/epan.h>
#include <epan/uat-int.h>
#include <glib/gstdio.h>
#include <gmodule.h>
#include <wiretap/wtap.h>
#include <wsutil/privileges.h>

static void (*register_unit_table)(module_t *module);
static epan_t *session;

static void
register_protocol(void)
{
    int proto = proto_register_protocol("Unit test", "smsrc", "smsrc");

    if (register_unit_table != NULL)
        register_unit_table(prefs_register_protocol(proto, NULL));
}

static void
no_handoff(void)
{
}

static void
start(const proto_plugin *plugin)
{
    init_process_policies();
    wtap_init(FALSE);
    if (plugin != NULL)
        proto_register_plugin(plugin);
    g_assert_true(epan_init(NULL, NULL, FALSE));
}

void
unit_epan_start(void (*register_table)(module_t *module))
{
    static const proto_plugin plugin = { register_protocol, no_handoff };

    register_unit_table = register_table;
    start(&plugin);
}

void
unit_epan_start_plugin(const char *path)
{
    GModule *module = g_module_open(path, G_MODULE_BIND_LOCAL);
    void *register_plugin = NULL;

    if (module == NULL)
        g_error("%s", g_module_error());
    g_assert_true(g_module_symbol(module, "plugin_register", &register_plugin));
    g_module_make_resident(module); /* libwireshark keeps pointers into it */
    ((void (*)(void))register_plugin)();
    start(NULL);
}

void
unit_epan_stop(void)
{
    epan_cleanup();
    wtap_cleanup();
}

void
unit_capture_open(void)
{
    static const struct packet_provider_funcs no_funcs = { 0 };

    g_assert_null(session);
    session = epan_new(NULL, &no_funcs);
}

void
unit_capture_close(void)
{
    epan_free(session);
    session = NULL;
}

/* uat.h finds a table by its title only; a test knows the name of its file. */
static void
find_by_filename(void *table, void *result)
{
    void **wanted = (void **)result;

    if (!strcmp(((uat_t *)table)->filename, (const char *)wanted[0]))
        wanted[1] = table;
}

static uat_t *
find_table(const char *table)
{
    void *wanted[2] = { g_strdup(table), NULL };

    uat_foreach_table(find_by_filename, wanted);
    g_free(wanted[0]);
    g_assert_nonnull(wanted[1]);
    return (uat_t *)wanted[1];
}

void
unit_table_clear(const char *table)
{
    uat_clear(find_table(table));
}

static char *
table_add(const char *table, const char *line)
{
    char *pref = g_strdup_printf("uat:%s:%s", table, line);
    char *error = NULL;
    prefs_set_pref_e result = prefs_set_pref(pref, &error);

    g_assert_true((result == PREFS_SET_OK) == (error == NULL));
    g_free(pref);
    return error;
}

void
unit_table_add(const char *table, const char *line)
{
    char *error = table_add(table, line);

    g_assert_cmpstr(error, ==, NULL);
}

void
unit_table_refuse(const char *table, const char *line, const char *named)
{
    char *error = table_add(table, line);

    g_assert_nonnull(error);
    g_test_message("%s", error);
    g_assert_nonnull(strstr(error, named));
    g_free(error);
}

char *
unit_table_load(const char *table, const char *text)
{
    char *path = NULL;
    char *error = NULL;
    int fd = g_file_open_tmp("smsrc-unit-XXXXXX", &path, NULL);

    g_assert_cmpint(fd, >=, 0);
    g_assert_true(g_close(fd, NULL));
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    g_assert_true(uat_load(find_table(table), path, &error) == (error == NULL));
    g_assert_cmpint(g_unlink(path), ==, 0);
    g_free(path);
    return error;
}
