/* stat-listener.c
 * The start of statistics that listen to a tap themselves
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * Wireshark does this for tables (epan/stat_tap_ui.h), and not for statistics with their own
 * drawing routine.
 */

#include "stat-listener.h"

#include <stdlib.h>

#include <wsutil/report_message.h>

#include "text.h"

/* The userdata of a registered statistic. */
typedef struct {
    const char *command;
    stat_tap_init_cb init;
    void *userdata;
} starter_t;

static GPtrArray *commands; /* the names of all statistics of the plugin, sorted */

bool
stat_listener_is_tshark(void)
{
    return g_strcmp0(g_get_prgname(), "tshark") == 0;
}

/*
 * Ends tshark when a statistic cannot start, as Wireshark's own statistics do (ui/cli). Before 4.6
 * tshark reports a failure in no other case.
 */
static void
give_up(void)
{
    if (stat_listener_is_tshark())
        exit(EXIT_FAILURE);
}

static int
compare_commands(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void
add_command(const char *command)
{
    if (commands == NULL)
        commands = g_ptr_array_new();
    g_ptr_array_add(commands, (void *)command);
    g_ptr_array_sort(commands, compare_commands);
}

/* The statistic that Wireshark starts for @p argument: the last one that its search finds. */
static const char *
command_of(const char *argument)
{
    for (unsigned i = commands->len; i-- > 0;) {
        const char *command = (const char *)commands->pdata[i];

        if (g_str_has_prefix(argument, command))
            return command;
    }
    return NULL;
}

/* The reason why @p argument is refused, to be g_free()d; NULL where it is @p command's. */
static char *
refusal(const char *argument, const char *command)
{
    GString *text;
    char end = command != NULL ? argument[strlen(command)] : '\0';

    if (end == '\0' || end == ',')
        return NULL;
    text = g_string_new(NULL);
    g_string_printf(text, "Invalid -z argument \"%s\"; it must be one of:", argument);
    for (unsigned i = 0; i < commands->len; i++)
        g_string_append_printf(text, "\n     %s", (const char *)commands->pdata[i]);
    return g_string_free(text, FALSE);
}

static stat_tap_init_result
start(const char *argument, void *userdata)
{
    const starter_t *starter = (const starter_t *)userdata;
    char *error = refusal(argument, starter->command);

    if (error == NULL)
        return starter->init(argument, starter->userdata);
    report_failure("%s", error);
    g_free(error);
    give_up();
    return STAT_TAP_INIT_FAILED;
}

void
stat_listener_register(const char *command, stat_tap_init_cb init, void *userdata)
{
    starter_t *starter = wmem_new(wmem_epan_scope(), starter_t);
    stat_tap_ui ui = {
        .group = REGISTER_STAT_GROUP_GENERIC,
        .title = NULL, /* in no menu of Wireshark */
        .cli_string = command,
        .tap_init_cb = start,
    };

    starter->command = command;
    starter->init = init;
    starter->userdata = userdata;
    add_command(command);
    register_stat_tap_ui(&ui, starter);
}

static void
check_table(const char *argument, const char **filter _U_, char **error)
{
    *error = refusal(argument, command_of(argument));
}

void
stat_listener_check_table(stat_tap_table_ui *ui)
{
    ui->stat_filter_check_cb = check_table;
    add_command(ui->cli_string);
}

const char *
stat_listener_filter(const char *argument, const char *command)
{
    const char *rest = argument + strlen(command);

    return *rest == ',' ? rest + 1 : NULL;
}

bool
stat_listener_start(const stat_listener_t *listener)
{
    char *shown;
    GString *error = register_tap_listener(listener->tap, listener->tapdata, listener->filter,
                                           TL_REQUIRES_NOTHING, listener->reset_cb,
                                           listener->packet_cb, listener->draw_cb,
                                           listener->finish_cb);

    if (error == NULL)
        return true;
    shown = text_shown(NULL, error->str);
    report_failure("-z %s: %s", listener->command, shown);
    wmem_free(NULL, shown);
    g_string_free(error, TRUE);
    if (listener->finish_cb != NULL)
        listener->finish_cb(listener->tapdata);
    give_up();
    return false;
}
