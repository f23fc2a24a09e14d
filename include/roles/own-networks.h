/* own-networks.h
 * The organization's own addresses, and which addresses are the Internet's
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_OWN_NETWORKS_H__
#define __SMSRC_OWN_NETWORKS_H__

#include <epan/address.h>
#include <epan/prefs.h>

#include "smsrc-compat.h"

/** Register the preference smsrc.audit.own_networks of @p module. Call once. */
void own_networks_register(module_t *module);

/**
 * Read the preference. What of it is not an address or network is reported by report_failure(),
 * once as long as it stays the same, and the rest counts. Call from an init routine.
 */
void own_networks_reset(void);

/**
 * Read @p text, addresses and networks of IPv4 and IPv6 with commas or blanks between them, in
 * place of the preference. Returns what is wrong with it, to be freed with g_free(), or NULL.
 */
char *own_networks_read(const char *text);

/**
 * True if @p addr is a host's on the Internet: public, and not in the organization's own networks.
 * Public are addresses of IPv4 that are not private, shared (RFC 6598), link-local, loopback,
 * multicast or reserved, and of IPv6 the global unicast addresses 2000::/3.
 */
bool own_networks_are_internet(const address *addr);

#endif /* __SMSRC_OWN_NETWORKS_H__ */
