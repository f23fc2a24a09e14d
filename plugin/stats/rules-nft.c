/* rules-nft.c
 * The firewall rules as a file for nft: -z smsrc,rules.nft and -z smsrc,rules.nft.drop
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * The file is printed as it stands, which a table cannot be, so it is a statistic of the other
 * kind, with its own drawing routine. In Wireshark a window of text shows it.
 */

#define WS_LOG_DOMAIN "smsrc"

#include "rules-nft.h"

#include "smsrc-compat.h"

#include <epan/funnel.h>
#include <epan/tap.h>

#include "menu.h"
#include "nft-ruleset.h"
#include "stat-list.h"
#include "stat-listener.h"

#define NFT_COMMAND "smsrc,rules.nft"
#define DROP_COMMAND "smsrc,rules.nft.drop"

static void
nft_reset(void *tapdata)
{
    firewall_rules_clear((firewall_rules_t *)tapdata);
}

static tap_packet_status
nft_packet(void *tapdata, packet_info *pinfo, epan_dissect_t *edt _U_, const void *data,
           tap_flags_t flags _U_)
{
    firewall_rules_t *rules = (firewall_rules_t *)tapdata;

    if (!firewall_rules_update(rules, pinfo, (const audit_tap_t *)data))
        return TAP_PACKET_DONT_REDRAW;
    for (unsigned i = firewall_rules_count(rules); i-- > 0;)
        firewall_rules_remove(rules, i);
    return TAP_PACKET_REDRAW;
}

static void
print_nft(const firewall_rules_t *rules, bool drop)
{
    char *file = nft_ruleset_to_str(rules, drop);

    fputs(file, stdout);
    g_free(file);
}

static void
nft_draw(void *tapdata)
{
    print_nft((const firewall_rules_t *)tapdata, false);
}

static void
drop_draw(void *tapdata)
{
    print_nft((const firewall_rules_t *)tapdata, true);
}

static void
nft_finish(void *tapdata)
{
    firewall_rules_free((firewall_rules_t *)tapdata);
}

static stat_tap_init_result
nft_listen(const char *argument, const char *command, tap_draw_cb draw)
{
    if (stat_listener_start(command, stat_listener_filter(argument, command), "smsrc_audit",
                    firewall_rules_new(), nft_reset, nft_packet, draw, nft_finish))
        return STAT_TAP_INIT_DONE;
    return STAT_TAP_INIT_FAILED;
}

static stat_tap_init_result
nft_init(const char *argument, void *userdata _U_)
{
    return nft_listen(argument, NFT_COMMAND, nft_draw);
}

static stat_tap_init_result
drop_init(const char *argument, void *userdata _U_)
{
    return nft_listen(argument, DROP_COMMAND, drop_draw);
}

/*
 * The window of text is the one that Wireshark has for scripts (epan/funnel.h), to be copied from.
 * All packets go through the audit's tap once while it is made: it is not kept up to date.
 */
void
rules_nft_show(bool drop)
{
    const funnel_ops_t *window = funnel_get_funnel_ops();
    firewall_rules_t *rules;
    char *file;

    if (window == NULL || window->new_text_window == NULL || window->retap_packets == NULL)
        return;
    rules = firewall_rules_new();
    if (!stat_listener_start(drop ? DROP_COMMAND : NFT_COMMAND, NULL, "smsrc_audit", rules,
                             nft_reset, nft_packet, NULL, nft_finish))
        return;
    window->retap_packets(window->ops_id);
    file = nft_ruleset_to_str(rules, drop);
    window->set_text(window->new_text_window(window->ops_id,
                                             drop ? "SMS Firewall for nftables"
                                                  : "SMS Firewall Rules for nftables"),
                     file);
    g_free(file);
    remove_tap_listener(rules);
}

void
rules_nft_register(void)
{
    stat_tap_ui nft_ui = {
        .group = MENU_STAT_GROUP,
        .title = NULL, /* in no menu: it prints */
        .cli_string = NFT_COMMAND,
        .tap_init_cb = nft_init,
    };
    stat_tap_ui drop_ui = {
        .group = MENU_STAT_GROUP,
        .title = NULL,
        .cli_string = DROP_COMMAND,
        .tap_init_cb = drop_init,
    };

    stat_register(&nft_ui, NULL);
    stat_register(&drop_ui, NULL);
}
