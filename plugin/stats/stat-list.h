/* stat-list.h
 * A statistic of the plugin, as the list in statistics.c has it
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_STAT_LIST_H__
#define __SMSRC_STAT_LIST_H__

/** A statistic. All strings are static. */
typedef struct statistic {
    const char *command; /* "smsrc,audit": what -z takes */
    const char *title;   /* of its table or window, "SMS " and its menu entry; NULL: it has none */
    const char *tooltip; /* of its menu entry; NULL: it is not in the menu */
    void (*register_cb)(const struct statistic *statistic);
    void (*open_cb)(const struct statistic *statistic); /* by the menu; NULL: as -z opens it */
} statistic_t;

/**
 * Register a statistic for tshark, Wireshark and sharkd; one that prints is tshark's only. Each
 * function is in the file of its name, and is called once, from a handoff routine.
 */
void audit_json_register(const statistic_t *statistic);
void audit_table_register(const statistic_t *statistic);
void chat_table_register(const statistic_t *statistic);
void conversation_table_register(const statistic_t *statistic);
void conversation_table_register_endpoints(const statistic_t *statistic);
void matrix_json_register(const statistic_t *statistic);
void matrix_table_register(const statistic_t *statistic);
void matrix_used_register(const statistic_t *statistic);
void messages_table_register(const statistic_t *statistic);
void messages_table_register_tree(const statistic_t *statistic);
void roles_table_register(const statistic_t *statistic);
void rules_file_register(const statistic_t *statistic);
void rules_table_register(const statistic_t *statistic);
void sessions_json_register(const statistic_t *statistic);
void sessions_table_register(const statistic_t *statistic);
void sessions_table_register_full(const statistic_t *statistic);

/** Show a file of firewall rules in a window of Wireshark, where there is one. */
void rules_file_open(const statistic_t *statistic);

#endif /* __SMSRC_STAT_LIST_H__ */
