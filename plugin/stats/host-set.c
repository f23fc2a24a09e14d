/* host-set.c
 * A sorted set of hosts, with the number of flows that each is in
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "host-set.h"

#include <epan/to_str.h>

struct host {
    address address;
    unsigned flows;
};

static int
compare_hosts(const void *a, const void *b, void *data _U_)
{
    return cmp_address((const address *)a, (const address *)b);
}

static void
free_host(void *data)
{
    host_t *host = (host_t *)data;

    free_address(&host->address);
    g_free(host);
}

host_set_t *
host_set_new(void)
{
    return g_tree_new_full(compare_hosts, NULL, NULL, free_host);
}

void
host_set_free(host_set_t *set)
{
    g_tree_destroy(set);
}

unsigned
host_set_size(host_set_t *set)
{
    return (unsigned)g_tree_nnodes(set);
}

bool
host_set_contains(host_set_t *set, const address *addr)
{
    return g_tree_lookup(set, addr) != NULL;
}

host_t *
host_set_add_flow(host_set_t *set, const address *addr)
{
    host_t *host = (host_t *)g_tree_lookup(set, addr);

    if (host == NULL) {
        host = g_new0(host_t, 1);
        copy_address(&host->address, addr);
        g_tree_insert(set, &host->address, host);
    }
    host->flows++;
    return host;
}

void
host_set_remove_flow(host_set_t *set, host_t *host)
{
    if (--host->flows == 0)
        g_tree_remove(set, &host->address);
}

static gboolean
add_host(void *key, void *value _U_, void *set)
{
    host_set_add_flow((host_set_t *)set, (const address *)key);
    return FALSE;
}

void
host_set_add_all(host_set_t *set, host_set_t *others)
{
    g_tree_foreach(others, add_host, set);
}

typedef struct {
    bool (*each)(void *data, const address *addr);
    void *data;
} each_t;

static gboolean
call_each(void *key, void *value _U_, void *data)
{
    const each_t *call = (const each_t *)data;

    return call->each(call->data, (const address *)key);
}

void
host_set_each(host_set_t *set, bool (*each)(void *data, const address *addr), void *data)
{
    each_t call = { each, data };

    g_tree_foreach(set, call_each, &call);
}

typedef struct {
    GString *text;
    unsigned left; /* how many may still be appended */
    int type;      /* AT_NONE: of any type */
} list_t;

static gboolean
append_host(void *key, void *value _U_, void *data)
{
    const address *addr = (const address *)key;
    list_t *list = (list_t *)data;
    char *text;

    if (list->type != AT_NONE && list->type != addr->type)
        return FALSE;
    if (list->left == 0)
        return TRUE;
    text = address_to_str(NULL, addr);
    g_string_append_printf(list->text, "%s%s", list->text->len > 0 ? ", " : "", text);
    wmem_free(NULL, text);
    list->left--;
    return FALSE;
}

char *
host_set_to_str(host_set_t *set, int type, unsigned most)
{
    list_t list = { g_string_new(NULL), most, type };

    g_tree_foreach(set, append_host, &list);
    return g_string_free(list.text, FALSE);
}

char *
host_set_to_short_str(host_set_t *set, unsigned most)
{
    unsigned count = host_set_size(set);
    char *hosts = host_set_to_str(set, AT_NONE, most), *text;

    if (count <= most)
        return hosts;
    text = g_strdup_printf("%s and %u more", hosts, count - most);
    g_free(hosts);
    return text;
}
