/* host-set.h
 * A sorted set of hosts, with the number of flows that each is in
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_HOST_SET_H__
#define __SMSRC_HOST_SET_H__

#include "smsrc-compat.h"

#include <epan/address.h>

typedef GTree host_set_t;
typedef struct host host_t;

host_set_t *host_set_new(void);
void host_set_free(host_set_t *set);

unsigned host_set_size(host_set_t *set);
bool host_set_contains(host_set_t *set, const address *addr);

/** Count a flow of @p addr, which is added where it is new. The set owns what is returned. */
host_t *host_set_add_flow(host_set_t *set, const address *addr);

/** Count a flow of @p host less. One without any flow is removed. */
void host_set_remove_flow(host_set_t *set, host_t *host);

/** Add the hosts of @p others. */
void host_set_add_all(host_set_t *set, host_set_t *others);

/** The first @p most addresses of the set, of @p type or for AT_NONE of any: to be g_free()d. */
char *host_set_to_str(host_set_t *set, int type, unsigned most);

/** The first @p most addresses of any type, then "and N more" where there are more: the same. */
char *host_set_to_short_str(host_set_t *set, unsigned most);

/** Call @p each for the addresses of the set in their order, until it returns true. */
void host_set_each(host_set_t *set, bool (*each)(void *data, const address *addr), void *data);

#endif /* __SMSRC_HOST_SET_H__ */
