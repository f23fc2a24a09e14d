/* rdp-stream.h
 * The RDP inside the seal of ConfigMgr's remote control
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_RDP_STREAM_H__
#define __SMSRC_RDP_STREAM_H__

#include "cm-connection.h"

/** How the PDUs lie in one plaintext: what is kept of it from the first pass on. */
typedef struct {
    bool known;           /* where its PDUs begin; else its bytes are all there is to show */
    uint32_t lead_id;     /* of the PDU that began in an earlier one; 0: none */
    unsigned lead_length; /* its bytes here */
    bool lead_more;       /* it goes on in a later one */
    uint32_t tail_id;     /* of the PDU that goes on in a later one; 0: none */
    unsigned tail_offset; /* where it begins */
} pdu_fragments_t;

/** Register the fields of PDUs put together below @p proto. */
void rdp_stream_register(int proto);

/** Look up Wireshark's dissector: call from a handoff routine. */
void rdp_stream_init(void);

/** First pass: find the PDUs of @p plain, which goes on where its stream stands. */
void rdp_stream_plan(tvbuff_t *plain, cm_stream_t *stream, pdu_fragments_t *pieces);

/**
 * Show the PDUs of @p plain, put together where they go over several messages, by Wireshark's RDP
 * dissectors below @p parent, and what is ConfigMgr's own in them below @p tree.
 *
 * @param learn true on the first pass, where the message is new
 */
void rdp_stream_dissect(tvbuff_t *plain, packet_info *pinfo, proto_tree *parent, proto_tree *tree,
                    cm_connection_t *session, const pdu_fragments_t *pieces, bool learn);

#endif /* __SMSRC_RDP_STREAM_H__ */
