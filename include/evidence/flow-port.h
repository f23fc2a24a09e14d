/* flow-port.h
 * What has handed the port of a flow out
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_FLOW_PORT_H__
#define __SMSRC_FLOW_PORT_H__

#include "flow-content.h"
#include "packet-view.h"

/** Looks up Wireshark's protocols. Call from a handoff routine. */
void flow_port_init(void);

/**
 * Notes whether the flow is one for which another service has handed a port out, while that is not
 * known. On any pass; without the bytes of the packet the transfers of TFTP are not found.
 */
void flow_port_find(const packet_view_t *packet, flow_content_t *flow);

#endif /* __SMSRC_FLOW_PORT_H__ */
