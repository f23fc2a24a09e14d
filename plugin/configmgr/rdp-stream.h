/* rdp-stream.h
 * RDP in the plaintext of ConfigMgr's remote control
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_RDP_STREAM_H__
#define __SMSRC_RDP_STREAM_H__

#include "cm-connection.h"

/** Boundaries of the PDUs in one plaintext, from the first pass on. */
typedef struct {
    bool known;           /* where its PDUs begin; else its bytes are all there is to show */
    uint32_t lead_id;     /* of the PDU that began in an earlier one; 0: none */
    unsigned lead_length; /* its bytes here */
    bool lead_more;       /* it continues in a later one */
    uint32_t tail_id;     /* of the PDU that continues in a later one; 0: none */
    unsigned tail_offset; /* where it begins */
} pdu_fragments_t;

/** Registers the fields of reassembled PDUs below @p proto. */
void rdp_stream_register(int proto);

/** Looks up Wireshark's dissector. Call from a handoff routine. */
void rdp_stream_init(void);

/** First pass: finds the PDUs of @p plain, which continues its stream. */
void rdp_stream_plan(tvbuff_t *plain, cm_stream_t *stream, pdu_fragments_t *fragments);

/**
 * Calls Wireshark's RDP dissectors for the PDUs of @p plain, reassembled from several messages,
 * below @p parent, and shows ConfigMgr's own events in them below @p tree.
 *
 * @param learn true on the first pass, where the message is new
 */
void rdp_stream_dissect(tvbuff_t *plain, packet_info *pinfo, proto_tree *parent, proto_tree *tree,
                        cm_connection_t *connection, const pdu_fragments_t *fragments, bool learn);

#endif /* __SMSRC_RDP_STREAM_H__ */
