/* audit-tables.h
 * The audit in tables: -z smsrc,roles, -z smsrc,audit, -z smsrc,matrix
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_AUDIT_TABLES_H__
#define __SMSRC_AUDIT_TABLES_H__

/** Register the statistics for tshark, Wireshark and sharkd: call from a handoff routine. */
void audit_tables_register(void);

#endif /* __SMSRC_AUDIT_TABLES_H__ */
