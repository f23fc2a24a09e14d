/* stat-settle.c
 * The end of a capture for statistics that continue after it
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * Wireshark resets its statistics before it frees a capture. tshark -M does not: it repeatedly
 * frees the state of the packets so far, and at the end prints the statistics of all of them.
 */

#include "stat-settle.h"

typedef struct {
    stat_settle_cb settle;
    void *tapdata;
} entry_t;

static GSList *entries;

void
stat_settle_add(stat_settle_cb settle, void *tapdata)
{
    entry_t *entry = g_new(entry_t, 1);

    entry->settle = settle;
    entry->tapdata = tapdata;
    entries = g_slist_prepend(entries, entry);
}

void
stat_settle_remove(const void *tapdata)
{
    for (GSList *at = entries; at != NULL; at = at->next) {
        if (((const entry_t *)at->data)->tapdata == tapdata) {
            g_free(at->data);
            entries = g_slist_delete_link(entries, at);
            return;
        }
    }
}

void
stat_settle(void)
{
    for (GSList *at = entries; at != NULL; at = at->next) {
        const entry_t *entry = (const entry_t *)at->data;

        entry->settle(entry->tapdata);
    }
}
