/* stat-list.h
 * The registration of each statistic, in the file of its name
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_STAT_LIST_H__
#define __SMSRC_STAT_LIST_H__

/** Call each once, from a handoff routine. */
void audit_json_register(void);
void audit_table_register(void);
void conversation_table_register(void);
void matrix_table_register(void);
void messages_table_register(void);
void roles_table_register(void);
void rules_nft_register(void);
void rules_table_register(void);
void sessions_json_register(void);
void sessions_table_register(void);

#endif /* __SMSRC_STAT_LIST_H__ */
