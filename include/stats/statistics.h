/* statistics.h
 * The statistics of the plugin: tables, trees and lines of JSON
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_STATISTICS_H__
#define __SMSRC_STATISTICS_H__

/** Register all statistics and their submenu. Call once, after all other handoff routines. */
void statistics_register(void);

/**
 * Let the statistics copy what they need of the capture, which ends. Call from a cleanup routine,
 * before what they listen to is cleaned up.
 */
void statistics_end_capture(void);

#endif /* __SMSRC_STATISTICS_H__ */
