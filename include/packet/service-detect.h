/* service-detect.h
 * What a flow carries, told by its first payload bytes and by nothing else
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_SERVICE_DETECT_H__
#define __SMSRC_SERVICE_DETECT_H__

#include "smsrc-compat.h"

/* The services of KB 826852 first, then those that are no service of its matrix. */
typedef enum {
    SERVICE_UNKNOWN,
    SERVICE_HTTP,
    SERVICE_SMB1,
    SERVICE_SMB2,
    SERVICE_NBSS,
    SERVICE_NBNS,
    SERVICE_NBDGM,
    SERVICE_LDAP,
    SERVICE_CLDAP,
    SERVICE_TLS,
    SERVICE_TDS,
    SERVICE_KERBEROS,
    SERVICE_PPTP,
    SERVICE_DHCP,
    SERVICE_DNS,
    SERVICE_RPC,
    SERVICE_REMOTE_CONTROL,   /* SMS Remote Control, channel not told by the content */
    SERVICE_CM_REMOTE_CONTROL, /* ConfigMgr 2012 and later */
    SERVICE_NETBIOS_IPX,
    SERVICE_FIRST_FOREIGN,
    SERVICE_SSH = SERVICE_FIRST_FOREIGN,
    SERVICE_FTP,
    SERVICE_SMTP,
    SERVICE_POP3,
    SERVICE_IMAP,
    SERVICE_SIP,
    SERVICE_TFTP,
    SERVICE_RTP,
    SERVICE_RAZOR,
    SERVICE_RDP,
    SERVICE_SNMP,
    SERVICE_VNC,
    SERVICE_TELNET,
    SERVICE_RTSP,
    SERVICE_NTP,
    NUM_SERVICES
} service_e;

/** A set of services, one bit each. */
typedef uint64_t service_set_t;
#define SERVICE_BIT(service) ((service_set_t)1 << (service))

/** The transports a row of the matrix can name, one bit each. */
typedef enum {
    TRANSPORT_TCP = 1,
    TRANSPORT_UDP = 2,
    TRANSPORT_IPX = 4,
} transport_e;

/** Prepare the signatures: once, before a payload is looked at. */
void service_detect_init(void);

/** The name users type, "HTTP" or "SMB2"; "Unknown" for SERVICE_UNKNOWN. Static. */
const char *service_name(service_e service);

/** "TCP", "UDP" or "IPX". Static. */
const char *transport_name(transport_e transport);

/**
 * The service whose own signature the payload @p tvb begins with, or SERVICE_UNKNOWN.
 * Reads captured bytes only and never throws; looks at the first few bytes, at no port.
 */
service_e service_detect_tvb(tvbuff_t *tvb, transport_e transport);

/** The same for @p length bytes in memory, of a payload that had @p reported on the wire. */
service_e service_detect_bytes(const uint8_t *bytes, unsigned length, unsigned reported,
                           transport_e transport);

#endif /* __SMSRC_SERVICE_DETECT_H__ */
