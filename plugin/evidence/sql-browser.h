/* sql-browser.h
 * Ports that SQL Server Browser hands out
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_SQL_BROWSER_H__
#define __SMSRC_SQL_BROWSER_H__

#include "packet-view.h"

/** MC-SQLR 2.1 */
#define SQL_BROWSER_PORT 1434

/** True for a datagram from or to the port of SQL Server Browser. Cheap. */
static inline bool
sql_browser_has_port(const packet_view_t *packet)
{
    return (packet->pinfo->srcport == SQL_BROWSER_PORT ||
            packet->pinfo->destport == SQL_BROWSER_PORT) &&
           packet->pinfo->ptype == PT_UDP;
}

/** Reads such a datagram. Wireshark has no dissector for it. */
void sql_browser_read(const packet_view_t *packet);

#endif /* __SMSRC_SQL_BROWSER_H__ */
