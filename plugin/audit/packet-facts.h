/* packet-facts.h
 * The facts on which the flow of a packet has its verdict
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_PACKET_FACTS_H__
#define __SMSRC_PACKET_FACTS_H__

#include "flow-audit.h"

/* A packet of a flow, as verdicts see it. */
typedef struct {
    packet_info *pinfo;
    role_set_t src_roles;
    role_set_t dst_roles; /* ROLES_BROADCAST for a broadcast, whose sender is the initiator */
    bool from_initiator;  /* who is the host with the SYN, or else the first sender */
    bool sure;            /* the initiator is known by its SYN */
} flow_packet_t;

/** Returns the facts of the flow as this packet and all before it have shown them. */
flow_facts_t packet_facts_build(const flow_content_t *content, const flow_packet_t *packet);

#endif /* __SMSRC_PACKET_FACTS_H__ */
