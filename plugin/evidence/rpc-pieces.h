/* rpc-pieces.h
 * Messages to and from the endpoint mapper in short segments, and in fragments of DCE/RPC
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_RPC_PIECES_H__
#define __SMSRC_RPC_PIECES_H__

#include "packet-view.h"

/** Forgets all messages. Call from an init routine. */
void rpc_pieces_reset(void);

/** True for TCP from and to the port of the endpoint mapper. Cheap. */
static inline bool
rpc_pieces_has_port(const packet_info *pinfo)
{
    enum { MAPPER = 135 };

    return (pinfo->destport == MAPPER || pinfo->srcport == MAPPER) && pinfo->ptype == PT_TCP;
}

/** Reads a packet of that port: the ports that a message hands out that it completes. */
void rpc_pieces_read(const packet_view_t *packet);

#endif /* __SMSRC_RPC_PIECES_H__ */
