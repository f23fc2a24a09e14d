/* service.h
 * Services that a flow can carry, and the transports that carry them
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_SERVICE_H__
#define __SMSRC_SERVICE_H__

#include "smsrc-compat.h"

/*
 * All services, in the order in which they are listed: name in the code, name as users type it, and
 * whether the service is foreign to SMS, so that no row of a matrix has it. SERVICE_REMOTE_CONTROL
 * is that of SMS, on whatever channel; SERVICE_CM_REMOTE_CONTROL that of ConfigMgr 2012 and later.
 */
#define SERVICE_LIST(SERVICE)                                                                    \
    SERVICE(UNKNOWN, "Unknown", false)                                                           \
    SERVICE(HTTP, "HTTP", false)                                                                 \
    SERVICE(SMB1, "SMB1", false)                                                                 \
    SERVICE(SMB2, "SMB2", false)                                                                 \
    SERVICE(NBSS, "NBSS", false)                                                                 \
    SERVICE(NBNS, "NBNS", false)                                                                 \
    SERVICE(NBDGM, "NBDGM", false)                                                               \
    SERVICE(LDAP, "LDAP", false)                                                                 \
    SERVICE(CLDAP, "CLDAP", false)                                                               \
    SERVICE(TLS, "TLS", false)                                                                   \
    SERVICE(TDS, "TDS", false)                                                                   \
    SERVICE(KERBEROS, "Kerberos", false)                                                         \
    SERVICE(PPTP, "PPTP", false)                                                                 \
    SERVICE(DHCP, "DHCP", false)                                                                 \
    SERVICE(DNS, "DNS", false)                                                                   \
    SERVICE(RPC, "RPC", false)                                                                   \
    SERVICE(REMOTE_CONTROL, "SMS Remote Control", false)                                         \
    SERVICE(CM_REMOTE_CONTROL, "ConfigMgr Remote Control", false)                                \
    SERVICE(NETBIOS_IPX, "NetBIOS over IPX", false)                                              \
    SERVICE(SSH, "SSH", true)                                                                    \
    SERVICE(FTP, "FTP", true)                                                                    \
    SERVICE(SMTP, "SMTP", true)                                                                  \
    SERVICE(POP3, "POP3", true)                                                                  \
    SERVICE(IMAP, "IMAP", true)                                                                  \
    SERVICE(SIP, "SIP", true)                                                                    \
    SERVICE(TFTP, "TFTP", true)                                                                  \
    SERVICE(RTP, "RTP", true)                                                                    \
    SERVICE(RAZOR, "Razor2", true)                                                               \
    SERVICE(RDP, "RDP", true)                                                                    \
    SERVICE(SNMP, "SNMP", true)                                                                  \
    SERVICE(VNC, "VNC", true)                                                                    \
    SERVICE(TELNET, "Telnet", true)                                                              \
    SERVICE(RTSP, "RTSP", true)                                                                  \
    SERVICE(NTP, "NTP", true)                                                                    \
    SERVICE(SSDP, "SSDP", true)

#define SERVICE_ENUM(service, name, foreign) SERVICE_##service,
typedef enum {
    SERVICE_LIST(SERVICE_ENUM)
    NUM_SERVICES
} service_e;
#undef SERVICE_ENUM

/** A set of services, one bit each. */
typedef uint64_t service_set_t;
#define SERVICE_BIT(service) ((service_set_t)1 << (service))

/** The services foreign to SMS; a constant. */
#define SERVICE_FOREIGN_BIT(service, name, foreign)                                              \
    | ((foreign) ? SERVICE_BIT(SERVICE_##service) : 0)
#define SERVICES_FOREIGN ((service_set_t)0 SERVICE_LIST(SERVICE_FOREIGN_BIT))

/** Transports that a row of a matrix can name, one bit each. */
typedef enum {
    TRANSPORT_TCP = 1,
    TRANSPORT_UDP = 2,
    TRANSPORT_IPX = 4,
} transport_e;

/** Returns the name that users type, "HTTP" or "SMB2"; "Unknown" for SERVICE_UNKNOWN. Static. */
const char *service_name(service_e service);

/** Returns "TCP", "UDP" or "IPX". Static. */
const char *service_transport_name(transport_e transport);

#endif /* __SMSRC_SERVICE_H__ */
