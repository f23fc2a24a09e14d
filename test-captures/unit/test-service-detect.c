/* test-service-detect.c
 * A service is known by its own first bytes, and by no others
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "service-detect.h"

#define BYTES(s) (const uint8_t *)(s), sizeof(s) - 1

/* NTP, laid out by RFC 5905 7.3; the times are in the year 2004. */
#define EIGHT "\0\0\0\0\0\0\0\0"
#define NTP_TIME "\xc4\x5e\x51\x80\x80\0\0\0"
#define NTP_SNTP_CLIENT "\x1b\0\0\0\0\0\0\0" EIGHT EIGHT EIGHT EIGHT EIGHT
#define NTP_CLIENT "\xe3\0\x06\xfa\0\1\0\0\0\1\0\0\0\0\0\0" EIGHT EIGHT EIGHT NTP_TIME
#define NTP_SERVER                                                                               \
    "\x24\2\x06\xec\0\0\x0b\x3c\0\0\x04\x91\x0a\1\0\5" NTP_TIME NTP_TIME NTP_TIME NTP_TIME
#define NTP_LATER_VERSION "\x2b\0\x06\xec\0\0\0\0" EIGHT EIGHT EIGHT EIGHT NTP_TIME
#define NTP_NO_STRATUM "\x24\x11\x06\xec\0\0\0\0" EIGHT EIGHT EIGHT EIGHT NTP_TIME

typedef struct {
    service_e service;
    transport_e transport;
    const uint8_t *bytes;
    unsigned length;
} case_t;

static const case_t cases[] = {
    { SERVICE_HTTP, TRANSPORT_TCP, BYTES("GET / HTTP/1.1\r\n") },
    { SERVICE_HTTP, TRANSPORT_TCP, BYTES("BITS_POST /CCM_Incoming/{1} HTTP/1.1\r\n") },
    { SERVICE_UNKNOWN, TRANSPORT_UDP, BYTES("GET / HTTP/1.1\r\n") },
    { SERVICE_HTTP, TRANSPORT_TCP, BYTES("\r\n\r\nGET / HTTP/1.1\r\n") },
    { SERVICE_UNKNOWN, TRANSPORT_TCP, BYTES("\r\nSSH-2.0-x\r\n") },
    { SERVICE_UNKNOWN, TRANSPORT_TCP, BYTES("\r\n\r\n\r\n") },
    { SERVICE_UNKNOWN, TRANSPORT_UDP, BYTES("\r\nGET / HTTP/1.1\r\n") },
    { SERVICE_UNKNOWN, TRANSPORT_TCP, BYTES("GETTING there") },
    { SERVICE_SIP, TRANSPORT_TCP, BYTES("OPTIONS sip:a@b SIP/2.0\r\n") },
    { SERVICE_HTTP, TRANSPORT_TCP, BYTES("OPTIONS * HTTP/1.1\r\n") },
    { SERVICE_SMB1, TRANSPORT_TCP, BYTES("\x00\x00\x00\x2f\xffSMB\x72") },
    { SERVICE_SMB2, TRANSPORT_TCP, BYTES("\x00\x00\x00\x40\xfeSMB\x40") },
    { SERVICE_NBSS, TRANSPORT_TCP, BYTES("\x81\x00\x00\x44\x20"
                                         "FH") },
    { SERVICE_LDAP, TRANSPORT_TCP,
      BYTES("\x30\x0c\x02\x01\x01\x60\x07\x02\x01\x03\x04\x00\x80\x00") },
    { SERVICE_CLDAP, TRANSPORT_UDP, BYTES("\x30\x0c\x02\x01\x01\x63\x07\x04\x00") },
    { SERVICE_SNMP, TRANSPORT_UDP, BYTES("\x30\x26\x02\x01\x00\x04\x06public\xa0") },
    { SERVICE_UNKNOWN, TRANSPORT_TCP, BYTES("\x30\x0c\x02\x01\x01\x04\x07\x02") },
    { SERVICE_PPTP, TRANSPORT_TCP, BYTES("\x00\x9c\x00\x01\x1a\x2b\x3c\x4d\x00\x01") },
    { SERVICE_RPC, TRANSPORT_TCP,
      BYTES("\x05\x00\x0b\x03\x10\x00\x00\x00\x48\x00\x00\x00\x01\x00\x00\x00") },
    { SERVICE_TLS, TRANSPORT_TCP, BYTES("\x16\x03\x01\x00\x2f\x01\x00\x00\x2b\x03\x01") },
    { SERVICE_TLS, TRANSPORT_TCP, BYTES("\x15\x03\x01\x00\x02\x02\x28") },
    { SERVICE_TLS, TRANSPORT_TCP, BYTES("\x14\x03\x01\x00\x01\x01") },
    { SERVICE_UNKNOWN, TRANSPORT_TCP, BYTES("\x14\x03\x01\x00\x02\x01") },
    { SERVICE_UNKNOWN, TRANSPORT_TCP, BYTES("\x15\x03\x01\x00\x03\x01") },
    { SERVICE_UNKNOWN, TRANSPORT_TCP, BYTES("\x16\x03\x01\xff\xff\x01") },
    { SERVICE_TFTP, TRANSPORT_UDP, BYTES("\x00\x01pxe.0\0octet\0") },
    { SERVICE_TFTP, TRANSPORT_UDP, BYTES("\x00\x02pxe.0\0NetASCII\0") },
    { SERVICE_UNKNOWN, TRANSPORT_UDP, BYTES("\x00\x01pxe.0\0mail\0") },
    { SERVICE_UNKNOWN, TRANSPORT_UDP, BYTES("\x00\x01p\x01xe\0octet\0") },
    { SERVICE_UNKNOWN, TRANSPORT_UDP, BYTES("\x00\x01pxe.0octet") },
    { SERVICE_UNKNOWN, TRANSPORT_UDP, BYTES("\x00\x01x") },
    { SERVICE_TDS, TRANSPORT_TCP, BYTES("\x12\x01\x00\x0c\x00\x00\x01\x00\xff\x00\x00\x00") },
    { SERVICE_UNKNOWN, TRANSPORT_TCP, BYTES("\x12\x01\x00\x0d\x00\x00\x01\x00\xff\x00\x00\x00") },
    /* A TDS RPC request that goes on in a further packet; what TPKT carries is none. */
    { SERVICE_TDS, TRANSPORT_TCP, BYTES("\x03\x00\x00\x0c\x00\x00\x01\x00\xff\xff\x0a\x00") },
    { SERVICE_RDP, TRANSPORT_TCP,
      BYTES("\x03\x00\x00\x13\x0e\xe0\x00\x00\x00\x00\x00\x01\x00\x08\x00\x03\x00\x00\x00") },
    { SERVICE_RDP, TRANSPORT_TCP,
      BYTES("\x03\x00\x00\x2a\x25\xe0\x00\x00\x00\x00\x00" "Cookie: mstshash=jdoe\r\n"
            "\x01\x00\x08\x00\x03\x00\x00\x00") },
    { SERVICE_RDP, TRANSPORT_TCP,
      BYTES("\x03\x00\x00\x13\x0e\xd0\x00\x00\x12\x34\x00\x02\x09\x08\x00\x02\x00\x00\x00") },
    { SERVICE_RDP, TRANSPORT_TCP, BYTES("\x03\x00\x00\x0b\x06\xe0\x00\x00\x00\x00\x00") },
    { SERVICE_RDP, TRANSPORT_TCP, BYTES("\x03\x00\x00\x0c\x02\xf0\x80\x04\x01\x00\x01\x00") },
    { SERVICE_RDP, TRANSPORT_TCP, BYTES("\x03\x00\x00\x08\x02\xf0\x80\x28") },
    /* S7: connection request, its confirmation, setup; MMS: session; H.323: SETUP. */
    { SERVICE_UNKNOWN, TRANSPORT_TCP,
      BYTES("\x03\x00\x00\x16\x11\xe0\x00\x00\x00\x01\x00\xc0\x01\x0a\xc1\x02\x01\x00\xc2\x02"
            "\x01\x02") },
    { SERVICE_UNKNOWN, TRANSPORT_TCP,
      BYTES("\x03\x00\x00\x16\x11\xd0\x00\x01\x00\x00\x00\xc0\x01\x0a\xc1\x02\x01\x00\xc2\x02"
            "\x01\x02") },
    { SERVICE_UNKNOWN, TRANSPORT_TCP,
      BYTES("\x03\x00\x00\x19\x02\xf0\x80\x32\x01\x00\x00\x00\x00\x00\x08\x00\x00\xf0\x00\x00"
            "\x01\x00\x01\x01\xe0") },
    { SERVICE_UNKNOWN, TRANSPORT_TCP,
      BYTES("\x03\x00\x00\x10\x02\xf0\x80\x0d\x07\x05\x06\x13\x01\x00\x16\x01") },
    { SERVICE_UNKNOWN, TRANSPORT_TCP,
      BYTES("\x03\x00\x00\x0c\x02\xf0\x80\x00\x01\x00\x00\x00") },
    { SERVICE_UNKNOWN, TRANSPORT_TCP, BYTES("\x03\x00\x00\x0c\x08\x02\x11\x00\x05\x04\x03\x80") },
    { SERVICE_REMOTE_CONTROL, TRANSPORT_TCP, BYTES("RCH0\x01\x00\x00\x00RCHEx") },
    { SERVICE_UNKNOWN, TRANSPORT_TCP, BYTES("RCH0\x01\x00\x00\x00RCHFx") },
    { SERVICE_REMOTE_CONTROL, TRANSPORT_UDP, BYTES("\0\0\0\0USER\x01\x00\x10\x00") },
    { SERVICE_SSH, TRANSPORT_TCP, BYTES("SSH-2.0-x\r\n") },
    { SERVICE_SMTP, TRANSPORT_TCP, BYTES("220 mx ESMTP\r\n") },
    { SERVICE_FTP, TRANSPORT_TCP, BYTES("220 ready\r\n") },
    { SERVICE_UNKNOWN, TRANSPORT_TCP, BYTES("220 mx ES") },
    { SERVICE_UNKNOWN, TRANSPORT_TCP, BYTES("OPTIONS si") },
    { SERVICE_RAZOR, TRANSPORT_TCP, BYTES("sn=C&srl=184&ep4=7542-10&a=l&a=cg\r\n") },
    { SERVICE_RTP, TRANSPORT_UDP, BYTES("\x80\x00\x12\x34\x00\x00\x00\xa0\xde\xad\xbe\xef\xd5") },
    { SERVICE_NTP, TRANSPORT_UDP, BYTES(NTP_SNTP_CLIENT) },
    { SERVICE_NTP, TRANSPORT_UDP, BYTES(NTP_CLIENT) },
    { SERVICE_NTP, TRANSPORT_UDP, BYTES(NTP_SERVER) },
    { SERVICE_NTP, TRANSPORT_UDP, BYTES(NTP_SERVER "\0\0\0\x07" EIGHT EIGHT) },
    { SERVICE_SSDP, TRANSPORT_UDP, BYTES("M-SEARCH * HTTP/1.1\r\nST: ssdp:all\r\n\r\n") },
    { SERVICE_SSDP, TRANSPORT_UDP, BYTES("NOTIFY * HTTP/1.1\r\n\r\n") },
    { SERVICE_SSDP, TRANSPORT_UDP, BYTES("HTTP/1.1 200 OK\r\nST: ssdp:all\r\n\r\n") },
    { SERVICE_UNKNOWN, TRANSPORT_TCP, BYTES(NTP_CLIENT) },
    { SERVICE_UNKNOWN, TRANSPORT_UDP, BYTES(NTP_CLIENT "\0") },
    { SERVICE_UNKNOWN, TRANSPORT_UDP, BYTES(NTP_LATER_VERSION) },
    { SERVICE_UNKNOWN, TRANSPORT_UDP, BYTES(NTP_NO_STRATUM) },
    { SERVICE_UNKNOWN, TRANSPORT_TCP, BYTES("") },
    { SERVICE_UNKNOWN, TRANSPORT_TCP, BYTES("h") },
};

static void
test_services(void)
{
    for (unsigned i = 0; i < array_length(cases); i++) {
        service_e found = service_detect_bytes(cases[i].bytes, cases[i].length, cases[i].length,
                                               cases[i].transport);

        g_test_message("case %u", i);
        g_assert_cmpstr(service_name(found), ==, service_name(cases[i].service));
    }
}

/* Cut anywhere, in memory of just that size, a payload is read to its end and not beyond. */
static void
test_cut(void)
{
    for (unsigned i = 0; i < array_length(cases); i++) {
        for (unsigned length = 0; length <= cases[i].length; length++) {
            uint8_t *copy = (uint8_t *)g_memdup2(cases[i].bytes, length);
            service_e found =
                service_detect_bytes(copy, length, cases[i].length, cases[i].transport);

            g_assert_cmpint(found, <, NUM_SERVICES);
            if (length < 3)
                g_assert_cmpint(found, ==, SERVICE_UNKNOWN);
            g_free(copy);
        }
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    service_detect_init();
    g_test_add_func("/service/known", test_services);
    g_test_add_func("/service/cut", test_cut);
    return g_test_run();
}
