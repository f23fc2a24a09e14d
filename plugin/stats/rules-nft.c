/* rules-nft.c
 * The firewall rules as a file for nft: -z smsrc,rules.nft and -z smsrc,rules.nft.drop
 *
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
#include "nft-ruleset.h"
#include "not-judged-sum.h"
#include "stat-list.h"
#include "stat-listener.h"

typedef struct {
    char *filter; /* NULL: none */
    flow_choice_t *choice;
    firewall_rules_t *rules;
} nft_t;

static void
nft_reset(void *tapdata)
{
    nft_t *nft = (nft_t *)tapdata;

    firewall_rules_clear(nft->rules);
    flow_choice_clear(nft->choice);
}

static void
nft_show(void *data, packet_info *pinfo, const whole_flow_t *flow)
{
    firewall_rules_t *rules = ((nft_t *)data)->rules;

    if (!firewall_rules_update(rules, pinfo, &flow->tap))
        return;
    for (unsigned i = firewall_rules_count(rules); i-- > 0;)
        firewall_rules_remove(rules, i);
}

static tap_packet_status
nft_packet(void *tapdata, packet_info *pinfo _U_, epan_dissect_t *edt _U_, const void *data,
           tap_flags_t flags _U_)
{
    flow_choice_add(((nft_t *)tapdata)->choice, ((const audit_tap_t *)data)->flow);
    return TAP_PACKET_REDRAW;
}

/* Returns the file, to be g_free()d. */
static char *
ruleset(const nft_t *nft, bool drop)
{
    not_judged_sum_update();
    return nft_ruleset_to_str(nft->rules, nft->filter, drop);
}

static void
print_ruleset(const nft_t *nft, bool drop)
{
    char *file = ruleset(nft, drop);

    fputs(file, stdout);
    g_free(file);
}

static void
nft_draw(void *tapdata)
{
    print_ruleset((const nft_t *)tapdata, false);
}

static void
drop_draw(void *tapdata)
{
    print_ruleset((const nft_t *)tapdata, true);
}

static void
nft_finish(void *tapdata)
{
    nft_t *nft = (nft_t *)tapdata;

    flow_choice_free(nft->choice);
    firewall_rules_free(nft->rules);
    g_free(nft->filter);
    g_free(nft);
}

static nft_t *
new_nft(const char *filter)
{
    static const flow_choice_ops_t ops = { nft_show, NULL };
    nft_t *nft = g_new0(nft_t, 1);

    nft->filter = g_strdup(filter);
    nft->rules = firewall_rules_new();
    nft->choice = flow_choice_new(&ops, nft, filter == NULL);
    return nft;
}

/* Starts collecting rules; NULL where that fails. The listener owns what is returned. */
static nft_t *
start_listener(const char *command, const char *filter, tap_draw_cb draw)
{
    stat_listener_t listener = {
        .command = command,
        .filter = filter,
        .tap = "smsrc_audit",
        .tapdata = new_nft(filter),
        .reset_cb = nft_reset,
        .packet_cb = nft_packet,
        .draw_cb = draw,
        .finish_cb = nft_finish,
    };

    not_judged_sum_start(NULL);
    return stat_listener_start(&listener) ? (nft_t *)listener.tapdata : NULL;
}

static stat_tap_init_result
start(const char *argument, const statistic_t *statistic, tap_draw_cb draw)
{
    const char *filter = stat_listener_filter(argument, statistic->command);

    if (start_listener(statistic->command, filter, draw) == NULL)
        return STAT_TAP_INIT_FAILED;
    return STAT_TAP_INIT_DONE;
}

static stat_tap_init_result
nft_start(const char *argument, void *statistic)
{
    return start(argument, (const statistic_t *)statistic, nft_draw);
}

static stat_tap_init_result
drop_start(const char *argument, void *statistic)
{
    return start(argument, (const statistic_t *)statistic, drop_draw);
}

void
rules_nft_register(const statistic_t *statistic)
{
    stat_listener_register(statistic->command, nft_start, (void *)statistic);
}

void
rules_nft_register_drop(const statistic_t *statistic)
{
    stat_listener_register(statistic->command, drop_start, (void *)statistic);
}

/*
 * Opens the window of text that Wireshark has for scripts (epan/funnel.h), from which the user can
 * copy. All packets go through the audit's tap once for it, and it is not updated afterwards.
 */
static void
open_window(const statistic_t *statistic, bool drop)
{
    const funnel_ops_t *window = funnel_get_funnel_ops();
    nft_t *nft;
    char *file;

    if (window == NULL || window->new_text_window == NULL || window->retap_packets == NULL)
        return;
    nft = start_listener(statistic->command, NULL, NULL);
    if (nft == NULL)
        return;
    window->retap_packets(window->ops_id);
    file = ruleset(nft, drop);
    window->set_text(window->new_text_window(window->ops_id, statistic->title), file);
    g_free(file);
    remove_tap_listener(nft);
}

void
rules_nft_open(const statistic_t *statistic)
{
    open_window(statistic, false);
}

void
rules_nft_open_drop(const statistic_t *statistic)
{
    open_window(statistic, true);
}
