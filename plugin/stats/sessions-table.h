/* sessions-table.h
 * The remote-control sessions of a capture in tables: -z smsrc,sessions and its companions
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_SESSIONS_TABLE_H__
#define __SMSRC_SESSIONS_TABLE_H__

/**
 * Register -z smsrc,sessions, -z conv,smsrc and -z endpoints,smsrc for tshark, Wireshark and
 * sharkd: call from a handoff routine. @p proto is the protocol "smsrc".
 */
void sessions_table_register(int proto);

#endif /* __SMSRC_SESSIONS_TABLE_H__ */
