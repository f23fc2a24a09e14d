/* flow-facts.h
 * The facts of a flow on which its verdict depends
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_FLOW_FACTS_H__
#define __SMSRC_FLOW_FACTS_H__

#include "handed-out.h"
#include "role.h"
#include "service.h"

/**
 * What is known of a flow when its verdict is computed. Clear it before it is filled, because it is
 * compared as bytes.
 */
typedef struct {
    role_set_t initiator; /* the roles of the two ends */
    role_set_t responder;
    role_set_t unconfirmed_initiator; /* those of them whose standing is Unconfirmed */
    role_set_t unconfirmed_responder;
    role_set_t strange_initiator; /* those that fit no row: the table gives them to others */
    role_set_t strange_responder;
    uint16_t initiator_port;
    uint16_t responder_port;
    uint16_t via_proxy;  /* the port on the wire, if the other is that of a URI; 0: not proxied */
    uint8_t transport;   /* transport_e */
    uint8_t service;     /* service_e, by content; SERVICE_UNKNOWN if none has been recognized */
    handed_out_t handed_out; /* what another service has handed the responder's port out for */
    bool initiator_sure; /* by SYN; else it is the first sender, who may be the server replying */
    bool seeks_mp;       /* the NetBIOS name of a management point is asked for */
    bool is_sms;         /* the content is that of an SMS service */
    bool contradictory;  /* copies of its first bytes differ: the content may be another's */
    bool attack;         /* the flow has a message of CVE-2004-0728 */
    uint8_t unused[3];   /* so that no byte is undefined */
} flow_facts_t;

G_STATIC_ASSERT(sizeof(flow_facts_t) == offsetof(flow_facts_t, unused) + 3);

/** The same flow, run by its responder. */
flow_facts_t flow_facts_reverse(const flow_facts_t *flow);

/** The same flow with none but the confirmed roles of its ends. */
flow_facts_t flow_facts_confirmed(const flow_facts_t *flow);

/** True if neither end has unconfirmed roles alone. */
bool flow_facts_are_confirmed(const flow_facts_t *flow);

#endif /* __SMSRC_FLOW_FACTS_H__ */
