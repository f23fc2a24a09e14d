/* own-networks.c
 * The organization's own addresses, and which addresses are the Internet's
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "own-networks.h"

#include <wsutil/pint.h>
#include <wsutil/report_message.h>

#include "network-table.h"
#include "uat-file.h"

#define PREFERENCE "audit.own_networks"

/* The most problems that one message lists. */
#define MAX_PROBLEMS 20

/* IPv4 that is not public. */
static const struct {
    uint32_t network;
    unsigned length; /* bits */
} not_public[] = {
    { 0x00000000, 8 },  /* this network */
    { 0x0a000000, 8 },  /* private */
    { 0x64400000, 10 }, /* shared */
    { 0x7f000000, 8 },  /* loopback */
    { 0xa9fe0000, 16 }, /* link-local */
    { 0xac100000, 12 }, /* private */
    { 0xc0a80000, 16 }, /* private */
    { 0xe0000000, 3 },  /* multicast, reserved, broadcast */
};

static const char *own_networks = ""; /* preference */
static char *last_problems;
static network_table_t *networks; /* NULL for none */

void
own_networks_register(module_t *module)
{
    prefs_register_string_preference(
        module, PREFERENCE, "Own networks",
        "Public addresses and networks that are not the Internet but yours: 192.0.2.0/24, "
        "2001:db8::/32. They count where the matrix has rows for the Internet.",
        &own_networks);
}

static void
add_problem(GString *problems, unsigned number, const char *word)
{
    char *error = number <= MAX_PROBLEMS ? uat_file_bad_text(word, (unsigned)strlen(word)) : NULL;

    if (number > MAX_PROBLEMS)
        return;
    if (error == NULL)
        error = g_strdup_printf("\"%s\" is not an address or network (examples: "
                                "192.0.2.1, 192.0.2.0/24, 2001:db8::/32)", word);
    error = uat_file_shown(error);
    g_string_append_printf(problems, "%ssmsrc." PREFERENCE ": %s; it is not used",
                           problems->len > 0 ? "\n" : "", error);
    g_free(error);
}

char *
own_networks_read(const char *text)
{
    char **words = g_strsplit_set(text, ", \t", -1);
    GString *problems = g_string_new(NULL);
    unsigned num_problems = 0;

    networks = NULL;
    for (char **word = words; *word != NULL; word++) {
        prefix_t network;

        if (**word == '\0')
            continue;
        if (!network_table_prefix_from_text(&network, *word)) {
            add_problem(problems, ++num_problems, *word);
            continue;
        }
        if (networks == NULL)
            networks = network_table_new(wmem_file_scope());
        if (network_table_get(networks, &network) == NULL)
            network_table_insert(networks, &network, &networks);
    }
    g_strfreev(words);
    if (num_problems > MAX_PROBLEMS)
        g_string_append_printf(problems, "\nsmsrc." PREFERENCE ": and %u more",
                               num_problems - MAX_PROBLEMS);
    return g_string_free(problems, num_problems == 0);
}

void
own_networks_reset(void)
{
    char *problems = own_networks_read(own_networks);

    if (problems != NULL && g_strcmp0(problems, last_problems) != 0)
        report_failure("%s", problems);
    g_free(last_problems);
    last_problems = problems;
}

static bool
is_public(const address *addr)
{
    const uint8_t *bytes = (const uint8_t *)addr->data;
    uint32_t ipv4;

    if (bytes == NULL)
        return false;
    if (addr->type != AT_IPv4)
        return addr->type == AT_IPv6 && (bytes[0] & 0xe0) == 0x20;
    ipv4 = pntohu32(bytes);
    for (unsigned i = 0; i < array_length(not_public); i++) {
        if ((ipv4 ^ not_public[i].network) >> (32 - not_public[i].length) == 0)
            return false;
    }
    return true;
}

bool
own_networks_are_internet(const address *addr)
{
    prefix_t host;

    /* Nearly all addresses are private: that first. */
    return is_public(addr) && network_table_prefix_from_address(&host, addr) &&
           (networks == NULL || network_table_find(networks, &host) == NULL);
}
