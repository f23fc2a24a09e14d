/* handed-out.h
 * Ports that one service has handed out for another connection
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_HANDED_OUT_H__
#define __SMSRC_HANDED_OUT_H__

#include <epan/packet_info.h>

#include "service.h"

/** What has handed a port out. */
typedef enum {
    HANDED_OUT_NONE,
    HANDED_OUT_RPC,  /* an endpoint mapper, for dynamic RPC */
    HANDED_OUT_TFTP, /* a request of TFTP, whose transfer has another port of the server's */
    HANDED_OUT_FTP,  /* a command or a reply of FTP, for its data */
    HANDED_OUT_SQL,  /* SQL Server Browser, for an instance of SQL Server */
    HANDED_OUT_SRV,  /* an SRV record of DNS, for the service in its name */
} handed_out_e;

/** A port that was handed out, as a flow to it has it. Without padding: it is compared as bytes. */
typedef struct {
    handed_out_e by;
    uint32_t as; /* the port that a matrix has for the service; 0: none but this one */
} handed_out_t;

/** Forgets all ports. Call from an init routine. */
void handed_out_reset(void);

/** True while no port was handed out. Cheap. */
bool handed_out_is_empty(void);

/** @p host has @p port for the service of @p out, for any client. Call on the first pass. */
void handed_out_add(const packet_info *pinfo, const address *host, transport_e transport,
                    uint16_t port, handed_out_t out);

/**
 * The sender of this packet has asked its destination for a transfer, which comes from any port to
 * the one that the packet is from. Call on the first pass.
 */
void handed_out_add_transfer(const packet_info *pinfo, handed_out_t out);

/** Returns what handed out @p port of @p host in this frame or before it. */
handed_out_t handed_out_find(const packet_info *pinfo, const address *host, transport_e transport,
                             uint16_t port);

/** Returns the same for a transfer that @p server sends to @p port of @p asker. */
handed_out_t handed_out_find_transfer(const packet_info *pinfo, const address *server,
                                      const address *asker, uint16_t port);

#endif /* __SMSRC_HANDED_OUT_H__ */
