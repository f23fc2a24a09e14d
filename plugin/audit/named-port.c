/* named-port.c
 * The ports that rows of a matrix name, and that a site may have moved
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "named-port.h"

static const char *const published[NUM_PORT_NAMES] = {
#define PORT(name, preference, title, ports) [PORT_##name] = ports,
    PORT_NAME_LIST(PORT)
#undef PORT
};

/* Copies: Wireshark frees a preference's range when the user changes it. */
static range_t *set_ports[NUM_PORT_NAMES];

void
named_port_set(port_name_e name, const range_t *ports)
{
    wmem_free(NULL, set_ports[name]);
    set_ports[name] = ports != NULL ? range_copy(NULL, ports) : NULL;
}

const range_t *
named_port_range(port_name_e name)
{
    return set_ports[name];
}

uint16_t
named_port_moved(uint16_t port)
{
    for (unsigned name = PORT_NOT_NAMED + 1; name < NUM_PORT_NAMES; name++) {
        char *end;
        const range_t *ports = set_ports[name];

        if (strtoul(published[name], &end, 10) == port && *end == '\0' && ports != NULL &&
            ports->nranges > 0)
            return (uint16_t)ports->ranges[0].low;
    }
    return port;
}
