/* channel.c
 * The channels of Remote Control: names, ports, IPX sockets and NetBIOS names
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "channel.h"

/*
 * One row for each channel. Ports: Q256884, KB 826852; IPX sockets: Q167128; 16th bytes of NetBIOS
 * names: Q129603, Q163409 (control has none: the connection to <43> starts the session and carries
 * data).
 * IANA's registrations, and so Wireshark's port column, have the names of 2702 and 2704 swapped.
 */
static const struct {
    const char *name;
    const char *json_name;
    const char *iana_name;
    uint16_t newer_port;
    uint16_t older_port;
    uint16_t ipx_socket;
    uint8_t netbios_suffix; /* 0: none */
} channels[NUM_CHANNELS] = {
    [CHANNEL_UNKNOWN] = { .name = "Unknown" },
    [CHANNEL_CONTROL] = {
        .name = "Control",
        .json_name = "control",
        .iana_name = "sms-rcinfo",
        .newer_port = CHANNEL_NEWER_PORT,
        .older_port = CHANNEL_OLDER_PORT,
        .ipx_socket = 0x8138,
    },
    [CHANNEL_DATA] = {
        .name = "Data",
        .json_name = "data",
        .iana_name = "sms-xfer; IANA swapped the names of 2702 and 2704, Microsoft has remote "
                     "control data on 2702",
        .newer_port = CHANNEL_NEWER_PORT + 1,
        .older_port = CHANNEL_OLDER_PORT + 1,
        .ipx_socket = 0x8238,
        .netbios_suffix = 0x43,
    },
    [CHANNEL_CHAT] = {
        .name = "Chat",
        .json_name = "chat",
        .iana_name = "sms-chat",
        .newer_port = CHANNEL_NEWER_PORT + 2,
        .older_port = CHANNEL_OLDER_PORT + 2,
        .ipx_socket = 0x845f,
        .netbios_suffix = 0x45,
    },
    [CHANNEL_TRANSFER] = {
        .name = "File transfer",
        .json_name = "file_transfer",
        .iana_name = "sms-remctrl; IANA swapped the names of 2702 and 2704, Microsoft has file "
                     "transfer on 2704",
        .newer_port = CHANNEL_NEWER_PORT + 3,
        .older_port = CHANNEL_OLDER_PORT + 3,
        .ipx_socket = 0x4100,
        .netbios_suffix = 0x46,
    },
};

channel_e
channel_by_port(uint16_t port, generation_e *generation)
{
    *generation = GENERATION_UNKNOWN;
    for (unsigned i = CHANNEL_UNKNOWN + 1; i < NUM_CHANNELS; i++) {
        if (port == channels[i].newer_port)
            *generation = GENERATION_NEWER;
        else if (port == channels[i].older_port)
            *generation = GENERATION_OLDER;
        else
            continue;
        return (channel_e)i;
    }
    return CHANNEL_UNKNOWN;
}

channel_e
channel_by_ipx_socket(uint32_t socket)
{
    for (unsigned i = CHANNEL_UNKNOWN + 1; i < NUM_CHANNELS; i++) {
        if (socket == channels[i].ipx_socket)
            return (channel_e)i;
    }
    return CHANNEL_UNKNOWN;
}

channel_e
channel_by_netbios_suffix(uint8_t suffix)
{
    for (unsigned i = CHANNEL_UNKNOWN + 1; i < NUM_CHANNELS; i++) {
        if (suffix != 0 && suffix == channels[i].netbios_suffix)
            return (channel_e)i;
    }
    return CHANNEL_UNKNOWN;
}

uint16_t
channel_ipx_socket(channel_e channel)
{
    return channels[channel].ipx_socket;
}

const char *
channel_name(channel_e channel)
{
    return channels[channel].name;
}

const char *
channel_json_name(channel_e channel)
{
    return channels[channel].json_name;
}

const char *
channel_iana_name(uint16_t port)
{
    for (unsigned i = CHANNEL_UNKNOWN + 1; i < NUM_CHANNELS; i++) {
        if (port == channels[i].newer_port)
            return channels[i].iana_name;
    }
    return NULL;
}

const char *
channel_direction_name(direction_e direction)
{
    static const char *const names[] = {
        [DIRECTION_UNKNOWN] = "Unknown",
        [DIRECTION_TO_AGENT] = "Viewer to agent",
        [DIRECTION_TO_VIEWER] = "Agent to viewer",
    };

    return names[direction];
}

const char *
channel_transport_name(session_transport_e transport)
{
    static const char *const names[NUM_SESSION_TRANSPORTS] = {
        [SESSION_TRANSPORT_TCP] = "TCP",
        [SESSION_TRANSPORT_UDP] = "UDP",
        [SESSION_TRANSPORT_NETBIOS] = "NetBIOS",
        [SESSION_TRANSPORT_IPX] = "IPX",
    };

    return names[transport];
}
