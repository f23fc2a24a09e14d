/* menu.c
 * The statistics in one submenu: Statistics > SMS 2003
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * Wireshark puts the tables of register_stat_tap_table_ui() flat into its menus: of all their
 * groups only Tools reads a "/" in the title as a submenu (ui/qt/wireshark_main_window.cpp,
 * addMenuActions(); the same in 4.0, 4.4 and 4.6). Trees of statistics can have a submenu, but
 * before 4.4 not the same one. So the submenu is one of those that a plugin may make of its own
 * (epan/plugin_if.h), and what is chosen there is opened as `wireshark -z` opens it. In tshark
 * and sharkd nobody asks for the menu.
 */

#define WS_LOG_DOMAIN "smsrc"

#include "menu.h"

#include "smsrc-compat.h"

#include <epan/stat_tap_ui.h>

#include "rules-nft.h"

static const struct {
    const char *label;
    const char *tooltip;
    const char *statistic; /* what -z takes */
} entries[] = {
    { "Remote Control Sessions", "Who controlled which machine, when and with what end",
      "smsrc,sessions" },
    { "Remote Control Messages", "Messages by channel, type and direction", "smsrc,messages" },
    { "Roles", "Which host holds which role of SMS, and the frame that shows it", "smsrc,roles" },
    { "Port Audit", "Each flow of the roles with its verdict", "smsrc,audit" },
    { "Port Matrix (KB 826852)", "Each row of the article: seen, never seen, blocked",
      "smsrc,matrix" },
    { "Firewall Rules", "The rules that the listed flows need", "smsrc,rules" },
};

/*
 * A table draws itself when it is told to begin, which is what the window does with -z once it
 * is there.
 */
static void
open_statistic(ext_menubar_gui_type gui _U_, void *window _U_, void *statistic)
{
    if (process_stat_cmd_arg((const char *)statistic))
        start_requested_stats();
}

static void
open_nft(ext_menubar_gui_type gui _U_, void *window _U_, void *data _U_)
{
    rules_nft_show(false);
}

static void
open_nft_drop(ext_menubar_gui_type gui _U_, void *window _U_, void *data _U_)
{
    rules_nft_show(true);
}

void
menu_register(int proto)
{
    ext_menu_t *menu = ext_menubar_register_menu(proto, "SMS 2003", TRUE);

    ext_menubar_set_parentmenu(menu, "Statistics");
    for (unsigned i = 0; i < array_length(entries); i++)
        ext_menubar_add_entry(menu, entries[i].label, entries[i].tooltip, open_statistic,
                              (void *)entries[i].statistic);
    ext_menubar_add_entry(menu, "Firewall Rules for nftables",
                          "The same rules as a file for nft, to be copied", open_nft, NULL);
    ext_menubar_add_entry(menu, "Firewall for nftables",
                          "The same, and all else that the host forwards is dropped",
                          open_nft_drop, NULL);
}
