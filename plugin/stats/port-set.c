/* port-set.c
 * A sorted set of ports, with the number of flows that each is in
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "port-set.h"

static int
compare_ports(const void *a, const void *b)
{
    unsigned one = GPOINTER_TO_UINT(a), other = GPOINTER_TO_UINT(b);

    return one < other ? -1 : one > other;
}

port_set_t *
port_set_new(void)
{
    return g_tree_new(compare_ports);
}

void
port_set_free(port_set_t *set)
{
    g_tree_destroy(set);
}

unsigned
port_set_size(port_set_t *set)
{
    return (unsigned)g_tree_nnodes(set);
}

static unsigned
flows_of(port_set_t *set, uint16_t port)
{
    return GPOINTER_TO_UINT(g_tree_lookup(set, GUINT_TO_POINTER((unsigned)port)));
}

bool
port_set_contains(port_set_t *set, uint16_t port)
{
    return flows_of(set, port) > 0;
}

void
port_set_add_flow(port_set_t *set, uint16_t port)
{
    g_tree_insert(set, GUINT_TO_POINTER((unsigned)port),
                  GUINT_TO_POINTER(flows_of(set, port) + 1));
}

void
port_set_remove_flow(port_set_t *set, uint16_t port)
{
    unsigned flows = flows_of(set, port);

    if (flows > 1)
        g_tree_insert(set, GUINT_TO_POINTER((unsigned)port), GUINT_TO_POINTER(flows - 1));
    else
        g_tree_remove(set, GUINT_TO_POINTER((unsigned)port));
}

typedef struct {
    uint16_t *ports;
    unsigned count;
    unsigned most;
} list_t;

static gboolean
list_port(void *key, void *value _U_, void *data)
{
    list_t *list = (list_t *)data;

    if (list->count == list->most)
        return TRUE;
    list->ports[list->count++] = (uint16_t)GPOINTER_TO_UINT(key);
    return FALSE;
}

unsigned
port_set_first(port_set_t *set, uint16_t *ports, unsigned most)
{
    list_t list = { ports, 0, most };

    g_tree_foreach(set, list_port, &list);
    return list.count;
}
