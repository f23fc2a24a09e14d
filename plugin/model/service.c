/* service.c
 * Services that a flow can carry, and the transports that carry them
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "service.h"

G_STATIC_ASSERT(NUM_SERVICES <= 64);

#define SERVICE_NAME(service, name, foreign) [SERVICE_##service] = (name),
static const char *const service_names[NUM_SERVICES] = { SERVICE_LIST(SERVICE_NAME) };

const char *
service_name(service_e service)
{
    return (unsigned)service < NUM_SERVICES ? service_names[service] : "Unknown";
}

const char *
service_transport_name(transport_e transport)
{
    switch (transport) {
    case TRANSPORT_TCP:
        return "TCP";
    case TRANSPORT_UDP:
        return "UDP";
    case TRANSPORT_IPX:
        return "IPX";
    }
    return "";
}
