/* statistics.h
 * The statistics of the plugin: tables, trees and lines of JSON
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_STATISTICS_H__
#define __SMSRC_STATISTICS_H__

/** Register all statistics and their submenu. Call once, after all other handoff routines. */
void statistics_register(void);

/**
 * The capture ends: statistics copy what they need of it. Call from a cleanup routine, before that
 * of what they listen to.
 */
void statistics_end_capture(void);

#endif /* __SMSRC_STATISTICS_H__ */
