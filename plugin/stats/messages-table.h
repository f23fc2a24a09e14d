/* messages-table.h
 * The messages of Remote Tools counted: -z smsrc,messages and -z smsrc,tree
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_MESSAGES_TABLE_H__
#define __SMSRC_MESSAGES_TABLE_H__

/**
 * Register -z smsrc,messages for tshark, Wireshark and sharkd, and -z smsrc,tree, the same as a
 * tree, for tshark and sharkd: call from a handoff routine.
 */
void messages_table_register(void);

#endif /* __SMSRC_MESSAGES_TABLE_H__ */
