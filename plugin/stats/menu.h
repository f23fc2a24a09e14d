/* menu.h
 * The statistics in one submenu: Statistics > SMS 2003
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_MENU_H__
#define __SMSRC_MENU_H__

#include <epan/stat_groups.h>

/**
 * The group of the tables of this plugin: Wireshark puts it into no menu, so that they are in
 * the submenu alone. tshark and sharkd do not read it.
 */
#define MENU_STAT_GROUP REGISTER_LOG_STAT_GROUP_UNSORTED

/** Make the submenu: call from a handoff routine. @p proto is the protocol "smsrc". */
void menu_register(int proto);

#endif /* __SMSRC_MENU_H__ */
