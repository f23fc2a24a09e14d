/* internet-ends.h
 * Ends of flows that are on the Internet, which is a class of addresses and no role
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_INTERNET_ENDS_H__
#define __SMSRC_INTERNET_ENDS_H__

#include "flow-facts.h"
#include "matrix.h"
#include "packet-facts.h"

/** Call from an init routine: addresses count if @p matrix or the user has rows for Internet. */
void internet_ends_reset(const matrix_t *matrix);

/**
 * Sets the roles of both ends of @p packet: those that its addresses hold, and ROLE_INTERNET at an
 * end whose address is the Internet's, if the other end holds a role.
 */
void internet_ends_read_roles(flow_packet_t *packet);

/** True if an end of the flow has its place on the Internet alone. */
bool internet_ends_are_in(const flow_facts_t *facts);

/** The same flow without that: a host on the Internet is any host. */
flow_facts_t internet_ends_remove(const flow_facts_t *facts);

#endif /* __SMSRC_INTERNET_ENDS_H__ */
