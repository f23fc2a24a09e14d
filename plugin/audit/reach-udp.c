/* reach-udp.c
 * Whether datagrams got through: by who asks, and who answers
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * UDP has no handshake. A datagram of a service whose requests are answered is one try, and so is
 * each later one: a resolver asks again with another ID, a client with another time. Of all other
 * content the same bytes again are a second try, and a single datagram may expect no answer.
 * Sources: RFC 1035 4.1.1, RFC 1002 4.2, RFC 2131 2 and 9.6 of RFC 2132, RFC 4120 5.4 and 5.9,
 * RFC 5905 7.3, C706 12.4, RFC 1157 4, RFC 3416 3.
 */

#include "reach-state.h"

#define ANY 0xff

typedef enum {
    DATAGRAM_ASKS,    /* it expects an answer */
    DATAGRAM_UNKNOWN, /* it may expect one */
    DATAGRAM_ONE_WAY, /* it expects none */
    DATAGRAM_ANSWERS, /* what it answers was not captured, or came by another flow */
} datagram_e;

/* Datagrams of a service with this value in some bits of a byte; the first that fits counts. */
static const struct {
    service_e service;
    uint8_t at, mask, value;
    datagram_e kind;
} datagrams[] = {
    { SERVICE_DNS, 2, 0x80, 0x80, DATAGRAM_ANSWERS },
    { SERVICE_DNS, 0, 0, 0, DATAGRAM_ASKS },
    { SERVICE_NBNS, 2, 0x80, 0x80, DATAGRAM_ANSWERS },
    { SERVICE_NBNS, 0, 0, 0, DATAGRAM_ASKS },
    { SERVICE_CLDAP, 0, 0, 0, DATAGRAM_ASKS },
    { SERVICE_LDAP, 0, 0, 0, DATAGRAM_ASKS },
    { SERVICE_KERBEROS, 0, ANY, 0x6b, DATAGRAM_ANSWERS }, /* AS-REP */
    { SERVICE_KERBEROS, 0, ANY, 0x6d, DATAGRAM_ANSWERS }, /* TGS-REP */
    { SERVICE_KERBEROS, 0, ANY, 0x7e, DATAGRAM_ANSWERS }, /* KRB-ERROR */
    { SERVICE_KERBEROS, 0, 0, 0, DATAGRAM_ASKS },
    { SERVICE_DHCP, 0, ANY, 2, DATAGRAM_ANSWERS },   /* BOOTREPLY */
    { SERVICE_DHCP, 242, ANY, 4, DATAGRAM_ONE_WAY },   /* DHCPDECLINE, as the first option */
    { SERVICE_DHCP, 242, ANY, 7, DATAGRAM_ONE_WAY },   /* DHCPRELEASE */
    { SERVICE_DHCP, 0, 0, 0, DATAGRAM_ASKS },
    { SERVICE_NTP, 0, 0x07, 4, DATAGRAM_ANSWERS },   /* server */
    { SERVICE_NTP, 0, 0x07, 5, DATAGRAM_ONE_WAY },     /* broadcast */
    { SERVICE_NTP, 0, 0, 0, DATAGRAM_ASKS },
    { SERVICE_RPC, 1, ANY, 0, DATAGRAM_ASKS },       /* request */
    { SERVICE_RPC, 1, ANY, 1, DATAGRAM_ASKS },       /* ping */
    { SERVICE_RPC, 0, 0, 0, DATAGRAM_ANSWERS },
    { SERVICE_REMOTE_CONTROL, 0, 0, 0, DATAGRAM_ASKS },
    { SERVICE_NBDGM, 0, 0, 0, DATAGRAM_ONE_WAY },
    { SERVICE_RTP, 0, 0, 0, DATAGRAM_ONE_WAY },
};

/* The tag of SNMP's PDU, which follows version and community; 0 where there is none. */
static uint8_t
snmp_tag(const uint8_t *bytes, unsigned length)
{
    enum { SEQUENCE = 0x30, LONG = 0x80, VERSION = 3 };
    unsigned at = 2;

    if (length < 2 || bytes[0] != SEQUENCE)
        return 0;
    if ((bytes[1] & LONG) != 0)
        at += bytes[1] & ~LONG;
    at += VERSION;
    if (at + 1 >= length)
        return 0;
    at += 2U + bytes[at + 1];
    return at < length ? bytes[at] : 0;
}

static datagram_e
snmp_kind(const packet_view_t *packet)
{
    enum { RESPONSE = 0xa2, TRAP = 0xa4, TRAP_2 = 0xa7, REPORT = 0xa8 };

    switch (snmp_tag(packet->payload, packet->length)) {
    case RESPONSE:
    case REPORT:
        return DATAGRAM_ANSWERS;
    case TRAP:
    case TRAP_2:
        return DATAGRAM_ONE_WAY;
    default:
        return DATAGRAM_ASKS;
    }
}

/* A host that sleeps answers nothing: six bytes of ones, then its address many times. */
static bool
is_wake_up(const packet_view_t *packet)
{
    static const uint8_t ones[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };

    return packet->length > sizeof ones && memcmp(packet->payload, ones, sizeof ones) == 0;
}

static datagram_e
find_kind(const packet_view_t *packet, service_e service)
{
    if (packet->payload == NULL)
        return DATAGRAM_UNKNOWN;
    if (service == SERVICE_UNKNOWN)
        service = packet_view_service(packet);
    if (service == SERVICE_SNMP)
        return snmp_kind(packet);
    for (unsigned i = 0; i < array_length(datagrams); i++) {
        if (datagrams[i].service == service && datagrams[i].at < packet->length &&
            (packet->payload[datagrams[i].at] & datagrams[i].mask) == datagrams[i].value)
            return datagrams[i].kind;
    }
    return is_wake_up(packet) ? DATAGRAM_ONE_WAY : DATAGRAM_UNKNOWN;
}

/*
 * True if this asks for the first time, or again. Other content at once is part of the same
 * question, as for a name's addresses of IPv4 and IPv6.
 */
static bool
is_try(const reach_state_t *state, const packet_info *pinfo, datagram_e kind, packet_copy_e copy)
{
    if (copy == PACKET_RESENT)
        return true;
    if (copy == PACKET_NEW && kind == DATAGRAM_UNKNOWN)
        return false;
    return state->tries == 0 ||
           (pinfo->fd->has_ts &&
            !packet_copy_is_at_once(state->asked_at, packet_copy_time(pinfo)));
}

static void
ask(reach_state_t *state, const packet_info *pinfo, datagram_e kind, packet_copy_e copy)
{
    if (!is_try(state, pinfo, kind, copy))
        return;
    /* The first of the same bytes again was a try too. */
    if (state->tries == 0 && copy != PACKET_NEW)
        state->tries = 1;
    reach_state_count_try(state, pinfo->num,
                          "the datagram was repeated, nothing had answered it");
    state->asked_at = packet_copy_time(pinfo);
}

void
reach_udp_update(reach_state_t *state, packet_view_t *packet, bool from_initiator,
                 service_e service)
{
    packet_view_t whole = *packet;
    packet_copy_e copy;
    datagram_e kind;

    if (!from_initiator) {
        state->is_answered = true;
        return;
    }
    copy = packet_copy_find(&state->copies, packet);
    if (copy == PACKET_COPY)
        return;
    if (packet->network == NULL)
        (void)packet_view_part(packet, 1, &whole);
    else
        whole = *packet;
    kind = find_kind(&whole, service);
    if (kind == DATAGRAM_ANSWERS && state->tries == 0)
        state->is_answered = true;
    else if (kind == DATAGRAM_ASKS || kind == DATAGRAM_UNKNOWN)
        ask(state, packet->pinfo, kind, copy);
}
