/* rules-file.c
 * The firewall rules as a file for a firewall: -z smsrc,rules.nft and others
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * A table cannot be printed as a file, so these are statistics with their own drawing routines. In
 * Wireshark a window of text shows the file.
 */

#include "smsrc-compat.h"

#include <epan/funnel.h>
#include <epan/tap.h>

#include "flow-choice.h"
#include "not-judged-sum.h"
#include "ruleset.h"
#include "stat-list.h"
#include "stat-listener.h"

typedef struct {
    const rule_format_t *format;
    char *filter; /* NULL: none */
    flow_choice_t *choice;
    firewall_rules_t *rules;
} rules_file_t;

static void
file_reset(void *tapdata)
{
    rules_file_t *file = (rules_file_t *)tapdata;

    firewall_rules_clear(file->rules);
    flow_choice_clear(file->choice);
}

static void
file_show(void *data, packet_info *pinfo, const whole_flow_t *flow)
{
    firewall_rules_t *rules = ((rules_file_t *)data)->rules;

    if (!firewall_rules_update(rules, pinfo, &flow->tap))
        return;
    for (unsigned i = firewall_rules_count(rules); i-- > 0;)
        firewall_rules_remove(rules, i);
}

static tap_packet_status
file_packet(void *tapdata, packet_info *pinfo _U_, epan_dissect_t *edt _U_, const void *data,
            tap_flags_t flags _U_)
{
    flow_choice_add(((rules_file_t *)tapdata)->choice, (const audit_tap_t *)data);
    return TAP_PACKET_REDRAW;
}

/* Returns the file, to be g_free()d. */
static char *
file_text(const rules_file_t *file)
{
    not_judged_sum_update();
    return ruleset_to_str(file->rules, file->format, file->filter);
}

static void
file_draw(void *tapdata)
{
    char *text = file_text((const rules_file_t *)tapdata);

    fputs(text, stdout);
    g_free(text);
}

static void
file_finish(void *tapdata)
{
    rules_file_t *file = (rules_file_t *)tapdata;

    flow_choice_free(file->choice);
    firewall_rules_free(file->rules);
    g_free(file->filter);
    g_free(file);
}

static rules_file_t *
new_file(const char *command, const char *filter)
{
    static const flow_choice_ops_t ops = { file_show, NULL };
    rules_file_t *file = g_new0(rules_file_t, 1);

    file->format = rule_format_of(command);
    file->filter = g_strdup(filter);
    file->rules = firewall_rules_new();
    file->choice = flow_choice_new(&ops, file, filter == NULL);
    return file;
}

/* Starts collecting rules; NULL where that fails. The listener owns what is returned. */
static rules_file_t *
start_listener(const char *command, const char *filter, tap_draw_cb draw)
{
    stat_listener_t listener = {
        .command = command,
        .filter = filter,
        .tap = "smsrc_audit",
        .tapdata = new_file(command, filter),
        .reset_cb = file_reset,
        .packet_cb = file_packet,
        .draw_cb = draw,
        .finish_cb = file_finish,
    };

    not_judged_sum_start(NULL);
    return stat_listener_start(&listener) ? (rules_file_t *)listener.tapdata : NULL;
}

static stat_tap_init_result
file_start(const char *argument, void *userdata)
{
    const char *command = ((const statistic_t *)userdata)->command;
    const char *filter = stat_listener_filter(argument, command);

    if (start_listener(command, filter, file_draw) == NULL)
        return STAT_TAP_INIT_FAILED;
    return STAT_TAP_INIT_DONE;
}

void
rules_file_register(const statistic_t *statistic)
{
    stat_listener_register(statistic->command, file_start, (void *)statistic);
}

/*
 * Opens the window of text that Wireshark has for scripts (epan/funnel.h), from which the user can
 * copy. All packets go through the audit's tap once for it, and it is not updated afterwards.
 */
void
rules_file_open(const statistic_t *statistic)
{
    const funnel_ops_t *window = funnel_get_funnel_ops();
    rules_file_t *file;
    char *text;

    if (window == NULL || window->new_text_window == NULL || window->retap_packets == NULL)
        return;
    file = start_listener(statistic->command, NULL, NULL);
    if (file == NULL)
        return;
    window->retap_packets(window->ops_id);
    text = file_text(file);
    window->set_text(window->new_text_window(window->ops_id, statistic->title), text);
    g_free(text);
    remove_tap_listener(file);
}
