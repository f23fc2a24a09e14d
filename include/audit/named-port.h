/* named-port.h
 * The ports that rows of a matrix name, and that a site may have moved
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_NAMED_PORT_H__
#define __SMSRC_NAMED_PORT_H__

#include <epan/range.h>

#include "smsrc-compat.h"

/*
 * All names: name in the code, what follows "smsrc.audit.port." in the name of its preference, the
 * preference's title, and the ports that are published. The CSV files of the matrices have the
 * names in the code, in small letters. Source: notes 2, 3 and 6 of Microsoft's "Ports used in
 * Configuration Manager"; 1024-5000 is the dynamic range before Windows Vista.
 */
#define PORT_NAME_LIST(PORT)                                                                     \
    PORT(HTTP, "http", "HTTP", "80")                                                             \
    PORT(HTTPS, "https", "HTTPS", "443")                                                         \
    PORT(NOTIFICATION, "notification", "Client notification", "10123")                           \
    PORT(WSUS_HTTP, "wsus_http", "WSUS, HTTP", "8530")                                           \
    PORT(WSUS_HTTPS, "wsus_https", "WSUS, HTTPS", "8531")                                        \
    PORT(SQL, "sql", "SQL Server", "1433")                                                       \
    PORT(SERVICE_BROKER, "service_broker", "SQL Server Service Broker", "4022")                  \
    PORT(WAKE_ON_LAN, "wake_on_lan", "Wake on LAN", "9")                                         \
    PORT(WAKE_UP_PROXY, "wake_up_proxy", "Wake-up proxy", "25536")                               \
    PORT(PEER_CACHE, "peer_cache", "Peer cache, download", "8003")                               \
    PORT(PEER_CACHE_SEARCH, "peer_cache_search", "Peer cache, search", "8004")                   \
    PORT(EXPRESS_UPDATES, "express_updates", "Express updates", "8005")                          \
    PORT(DYNAMIC_RPC, "dynamic_rpc", "Dynamic RPC", "1024-5000,49152-65535")

typedef enum {
    PORT_NOT_NAMED,
#define PORT(name, preference, title, ports) PORT_##name,
    PORT_NAME_LIST(PORT)
#undef PORT
    NUM_PORT_NAMES
} port_name_e;

/** Set where the site has the ports of @p name. Copies the range; NULL: as published. */
void named_port_set(port_name_e name, const range_t *ports);

/** Returns the ports of @p name; NULL where none were set. */
const range_t *named_port_range(port_name_e name);

/**
 * Returns the port to which the site has moved the published @p port: the first one that is set for
 * its name, or @p port itself.
 */
uint16_t named_port_moved(uint16_t port);

#endif /* __SMSRC_NAMED_PORT_H__ */
