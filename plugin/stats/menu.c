/* menu.c
 * The statistics in one submenu: Statistics > SMS 2003
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * Wireshark puts the tables of register_stat_tap_table_ui() flat into its menus: of all their
 * groups only Tools reads a "/" in the title as a submenu (ui/qt/wireshark_main_window.cpp,
 * addMenuActions(); the same in 4.0, 4.4 and 4.6). Trees of statistics can have a submenu, but
 * before 4.4 not the same one. So the submenu is one that a plugin may make for itself
 * (epan/plugin_if.h), and an entry opens its statistic as `wireshark -z` does. tshark and sharkd
 * have no menu.
 */

#include "menu.h"

#include "smsrc-compat.h"

#include <epan/stat_tap_ui.h>

/* Titles of statistics begin with this prefix; the entries below "SMS 2003" omit it. */
#define TITLE_PREFIX "SMS "

/* A table draws itself once it is started, which is what the window does with -z when it opens. */
static void
open_statistic(ext_menubar_gui_type gui _U_, void *window _U_, void *data)
{
    const statistic_t *statistic = (const statistic_t *)data;

    if (statistic->open_cb != NULL)
        statistic->open_cb(statistic);
    else if (process_stat_cmd_arg(statistic->command))
        start_requested_stats();
}

void
menu_register(int proto, const statistic_t *statistics, unsigned count)
{
    ext_menu_t *menu = ext_menubar_register_menu(proto, "SMS 2003", TRUE);

    ext_menubar_set_parentmenu(menu, "Statistics");
    for (unsigned i = 0; i < count; i++) {
        if (statistics[i].tooltip != NULL)
            ext_menubar_add_entry(menu, statistics[i].title + strlen(TITLE_PREFIX),
                                  statistics[i].tooltip, open_statistic, (void *)&statistics[i]);
    }
}
