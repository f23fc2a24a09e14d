/* port-set.h
 * A sorted set of ports, with the number of flows that each is in
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_PORT_SET_H__
#define __SMSRC_PORT_SET_H__

#include "smsrc-compat.h"

typedef GTree port_set_t;

port_set_t *port_set_new(void);
void port_set_free(port_set_t *set);

unsigned port_set_size(port_set_t *set);
bool port_set_contains(port_set_t *set, uint16_t port);

/** Count a flow of @p port, which is added where it is new. */
void port_set_add_flow(port_set_t *set, uint16_t port);

/** Count a flow of @p port less. One without any flow is removed. */
void port_set_remove_flow(port_set_t *set, uint16_t port);

/** Writes the first @p most ports of the set into @p ports. Returns how many these are. */
unsigned port_set_first(port_set_t *set, uint16_t *ports, unsigned most);

#endif /* __SMSRC_PORT_SET_H__ */
