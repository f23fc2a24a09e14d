/* conversation-list.c
 * All flows of a capture, as Wireshark keeps them
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * Wireshark has a table of conversations for each form of their key. Dissectors add conversations
 * that they expect, which have no packet so far: the TCP or UDP dissector has no state of them.
 */

#include "conversation-list.h"

#include "tcp-state.h"

typedef struct {
    conversation_list_cb each;
} list_t;

/* Passes on the conversations of one key, which are a list. */
static void
add_chain(void *key _U_, void *value, void *data)
{
    const list_t *list = (const list_t *)data;

    for (const conversation_t *one = (const conversation_t *)value; one != NULL; one = one->next) {
        if (tcp_state_first_time(one) != NULL)
            list->each(one);
    }
}

static void
add_table(void *name _U_, void *table, void *data)
{
    wmem_map_foreach((wmem_map_t *)table, add_chain, data);
}

void
conversation_list_each(conversation_list_cb each)
{
    list_t list = { each };

    wmem_map_foreach(get_conversation_hashtables(), add_table, &list);
}
