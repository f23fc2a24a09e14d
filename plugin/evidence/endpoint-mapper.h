/* endpoint-mapper.h
 * Ports that the endpoint mapper of DCE/RPC hands out
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_ENDPOINT_MAPPER_H__
#define __SMSRC_ENDPOINT_MAPPER_H__

#include "packet-view.h"

/** Reads a payload of DCE/RPC, with connections or without, on any port. */
void endpoint_mapper_read(const packet_view_t *packet);

#endif /* __SMSRC_ENDPOINT_MAPPER_H__ */
