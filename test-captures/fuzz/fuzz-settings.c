/* fuzz-settings.c
 * The fuzzer of what users type: the tables of roles and rows, and the preferences
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * An input is settings with a zero byte after each. A setting's first byte selects its kind, the
 * rest is the text: a line of a table as -o takes it, a whole file of a table, or the value of a
 * preference. Then a small capture is dissected, so that the settings are used, and all of them are
 * reset.
 */

#include "fuzz-compat.h"

#include <epan/prefs.h>
#include <epan/uat-int.h>
#include <epan/uat.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "fuzz-counts.h"
#include "fuzz-input.h"
#include "fuzz-wire.h"
#include "fuzz-wireshark.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MAX_SETTINGS 16

static const char *const table_names[] = { "smsrc_roles", "smsrc_rows" };
#define NUM_TABLES G_N_ELEMENTS(table_names)

static const struct {
    const char *name, *value; /* the default */
} defaults[] = {
    { "smsrc.audit.learn", "TRUE" },        { "smsrc.audit.scope", "both" },
    { "smsrc.audit.flag", "once" },         { "smsrc.audit.sql_ports", "" },
    { "smsrc.audit.http_ports", "" },       { "smsrc.desegment", "TRUE" },
    { "smsrc.port_ground", "TRUE" },        { "smsrc.tcp.port", "2701-2704" },
    { "smsrc.udp.port", "2701-2704" },      { "smsrc.audit.matrix", "kb826852" },
    { "smsrc.audit.port.https", "443" },    { "smsrc.audit.site_server_calls", "FALSE" },
};
#define NUM_PREFS G_N_ELEMENTS(defaults)

static uat_t *tables[NUM_TABLES];

static void
find_tables(void *table, void *unused _U_)
{
    for (unsigned i = 0; i < NUM_TABLES; i++) {
        if (strcmp(((uat_t *)table)->filename, table_names[i]) == 0)
            tables[i] = (uat_t *)table;
    }
}

/* @p name, a colon, and @p text, whose bytes end at the first zero. */
static void
set(const char *name, const char *text)
{
    char *error = NULL;
    char *pref = g_strdup_printf("%s:%s", name, text);

    (void)prefs_set_pref(pref, &error);
    g_free(error);
    g_free(pref);
}

static void
load(uat_t *table, const char *text, size_t length)
{
    static char path[64];
    char *error = NULL;

    if (path[0] == '\0')
        snprintf(path, sizeof path, "/tmp/smsrc-fuzz-table-%d", (int)getpid());
    if (!g_file_set_contents(path, text, (gssize)length, NULL))
        return;
    (void)uat_load(table, path, &error);
    g_free(error);
    (void)g_unlink(path);
}

static void
dissect_something(void)
{
    static const uint8_t bytes[] = {
        0, 0,                                  /* switches: see below */
        FRAME_TCP, 0x10, 8, 1, 0, 0,           /* SYN to port 80 */
        FRAME_TCP, 0x34, 18, 0, 3, 0, 1, 1, 0, /* to SQL Server */
        FRAME_TNMP, 0x10, 0, 0, 4, 0, 0, 0, 4, 0,
        FRAME_UDP6, 0x21, 14, 0, 2, 0, 0x30, 0x0c,
        FRAME_IPX, 0x21, 0, 0, 2, 0, 1, 2,
    };
    static uint8_t frames[INPUT_MAX_FRAMES][512];
    static wire_t wire;
    static const fuzz_look_t look = { .tree = true, .visible = true, .statistics = true };
    input_t input;

    input_read(bytes, sizeof bytes, &input);
    wire_start(&wire, true);
    fuzz_capture_open(&look);
    for (unsigned i = 0; i < input.count; i++) {
        unsigned captured, length = wire_write(&wire, &input.frames[i], frames[i], &captured);

        fuzz_capture_add(frames[i], length, captured, false);
    }
    fuzz_capture_dissect();
    fuzz_capture_dissect();
    fuzz_capture_close();
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    fuzz_wireshark_start((*argv)[0]);
    uat_foreach_table(find_tables, NULL);
    for (unsigned i = 0; i < NUM_TABLES; i++) {
        if (tables[i] == NULL) {
            fprintf(stderr, "fuzz: no table %s\n", table_names[i]);
            exit(1);
        }
    }
    fuzz_counts_start();
    return 0;
}

static void
set_one(const char *setting, size_t length)
{
    /* From one on: no setting begins with a zero. */
    unsigned which = ((uint8_t)setting[0] - 1U) % (2 * NUM_TABLES + NUM_PREFS);
    const char *text = setting + 1;

    if (which < NUM_TABLES) {
        char *name = g_strdup_printf("uat:%s", table_names[which]);

        set(name, text);
        g_free(name);
    } else if (which < 2 * NUM_TABLES) {
        load(tables[which - NUM_TABLES], text, length - 1);
    } else {
        set(defaults[which - 2 * NUM_TABLES].name, text);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t at = 0;

    for (unsigned i = 0; i < MAX_SETTINGS && at < size; i++) {
        size_t length = strnlen((const char *)data + at, size - at);

        if (length > 0) {
            char *setting = g_strndup((const char *)data + at, length);

            set_one(setting, length);
            g_free(setting);
        }
        at += length + 1;
    }
    fuzz_prefs_apply();
    dissect_something();
    for (unsigned i = 0; i < NUM_TABLES; i++)
        uat_clear(tables[i]);
    for (unsigned i = 0; i < NUM_PREFS; i++)
        set(defaults[i].name, defaults[i].value);
    fuzz_prefs_apply();
    return 0;
}
