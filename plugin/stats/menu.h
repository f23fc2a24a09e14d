/* menu.h
 * The statistics in one submenu: Statistics > SMS 2003
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_MENU_H__
#define __SMSRC_MENU_H__

#include "stat-list.h"

/**
 * Make the submenu, with an entry for each of the @p count @p statistics that has a tooltip. Call
 * once, from a handoff routine. @p proto is the protocol "smsrc".
 */
void menu_register(int proto, const statistic_t *statistics, unsigned count);

#endif /* __SMSRC_MENU_H__ */
