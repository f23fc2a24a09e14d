/* service-signatures.c
 * Table of the signatures by which services are recognized
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * Each signature is a fixed string at a fixed offset, and if that is too weak, a check of the
 * header that follows. Sources are the published headers of the protocols: RFC 1001/1002 (NetBIOS),
 * RFC 4511 (LDAP), RFC 4120 (Kerberos), RFC 2637 (PPTP), RFC 2131 (DHCP), RFC 1035 (DNS), RFC 3550
 * (RTP), RFC 5905 (NTP), MS-TDS, MS-SMB(2), C706 (DCE/RPC), RFC 5246 (TLS); for Remote Control see
 * plugin/doc/protocol.md.
 */

#include "service-signatures.h"

#include <wsutil/pint.h>

#include "magic.h"

/*
 * Advances *at past a tag of BER and its length. False if the bytes do not contain both; the
 * element itself may be longer than what was captured.
 */
static bool
ber_header(const first_bytes_t *pl, unsigned *at, uint8_t tag)
{
    uint8_t first;

    if (*at + 2 > pl->len || pl->p[*at] != tag)
        return false;
    first = pl->p[*at + 1];
    *at += 2;
    if (first < 0x80)
        return true;
    if (first == 0x80 || first > 0x84)
        return false;
    *at += first & 0x7f;
    return *at <= pl->len;
}

/* RFC 4511 4.1.1: SEQUENCE { messageID INTEGER, protocolOp CHOICE of application tags } */
static bool
check_ldap(const first_bytes_t *pl)
{
    unsigned at = 0;
    uint8_t id_length, op;

    if (!ber_header(pl, &at, 0x30) || at + 2 > pl->len || pl->p[at] != 0x02)
        return false;
    id_length = pl->p[at + 1];
    if (id_length < 1 || id_length > 4 || at + 2 + id_length >= pl->len)
        return false;
    op = pl->p[at + 2 + id_length];
    return (op >= 0x60 && op <= 0x79) || op == 0x42 || op == 0x4a || op == 0x50;
}

/* SEQUENCE { version INTEGER 0..3, community OCTET STRING or msgGlobalData SEQUENCE } */
static bool
check_snmp(const first_bytes_t *pl)
{
    unsigned at = 0;

    return ber_header(pl, &at, 0x30) && at + 4 <= pl->len && pl->p[at] == 0x02 &&
           pl->p[at + 1] == 1 && pl->p[at + 2] <= 3 &&
           (pl->p[at + 3] == 0x04 || (pl->p[at + 2] == 3 && pl->p[at + 3] == 0x30));
}

/* RFC 4120: application tag, SEQUENCE, pvno [0] or [1] INTEGER 5 */
static bool
check_kerberos_at(const first_bytes_t *pl, unsigned at)
{
    uint8_t tag;

    if (at >= pl->len)
        return false;
    tag = pl->p[at];
    if ((tag < 0x6a || tag > 0x6f) && tag != 0x74 && tag != 0x75 && tag != 0x76 && tag != 0x7e)
        return false;
    return ber_header(pl, &at, tag) && ber_header(pl, &at, 0x30) && at + 5 <= pl->len &&
           (pl->p[at] == 0xa0 || pl->p[at] == 0xa1) && pl->p[at + 1] == 3 &&
           pl->p[at + 2] == 2 && pl->p[at + 3] == 1 && pl->p[at + 4] == 5;
}

static bool
check_kerberos_udp(const first_bytes_t *pl)
{
    return check_kerberos_at(pl, 0);
}

/* Over TCP a length of four bytes precedes the message. */
static bool
check_kerberos_tcp(const first_bytes_t *pl)
{
    return pl->len > 4 && pl->p[0] == 0 && check_kerberos_at(pl, 4);
}

/* RFC 1001 14.1: a length, then 32 letters A to P, each of them half a byte of the name */
static bool
is_netbios_name(const first_bytes_t *pl, unsigned at)
{
    if (at + 34 > pl->len || pl->p[at] != 0x20)
        return false;
    for (unsigned i = 1; i <= 32; i++) {
        if (pl->p[at + i] < 'A' || pl->p[at + i] > 'P')
            return false;
    }
    return true;
}

/* RFC 1002 4.2.1: one question or one answer, whose name is a NetBIOS name */
static bool
check_nbns(const first_bytes_t *pl)
{
    return pl->len >= 46 && pntohu16(pl->p + 4) <= 1 && pntohu16(pl->p + 6) <= 1 &&
           is_netbios_name(pl, 12);
}

/* RFC 1002 4.4.1: type, flags, ID, address, port, then for direct datagrams two names */
static bool
check_nbdgm(const first_bytes_t *pl)
{
    return pl->len >= 48 && pl->p[0] >= 0x10 && pl->p[0] <= 0x12 && pl->p[1] < 0x10 &&
           is_netbios_name(pl, 14);
}

/* RFC 1035 4.1: a header of one question, labels up to the root, a known type and class */
static bool
check_dns_at(const first_bytes_t *pl, unsigned at)
{
    unsigned labels = 0, class_, type;

    if (at + 17 > pl->len || pntohu16(pl->p + at + 4) != 1 || pntohu16(pl->p + at + 6) > 64 ||
        pntohu16(pl->p + at + 8) > 64 || pntohu16(pl->p + at + 10) > 64 ||
        (pl->p[at + 2] & 0x70) != 0 || is_netbios_name(pl, at + 12))
        return false;
    at += 12;
    while (at < pl->len && pl->p[at] != 0) {
        if (pl->p[at] > 63 || ++labels > 127)
            return false;
        at += pl->p[at] + 1;
    }
    if (at + 5 > pl->len)
        return false;
    type = pntohu16(pl->p + at + 1);
    class_ = pntohu16(pl->p + at + 3);
    return type >= 1 && type <= 260 && ((class_ & 0x7fff) == 1 || class_ == 255);
}

static bool
check_dns_udp(const first_bytes_t *pl)
{
    return check_dns_at(pl, 0);
}

static bool
check_dns_tcp(const first_bytes_t *pl)
{
    return pl->len > 2 && pntohu16(pl->p) + 2U >= pl->reported && check_dns_at(pl, 2);
}

static bool
check_dhcp(const first_bytes_t *pl)
{
    static const uint8_t cookie[] = { 0x63, 0x82, 0x53, 0x63 };

    return pl->len >= 240 && (pl->p[0] == 1 || pl->p[0] == 2) && pl->p[2] <= 16 &&
           memcmp(pl->p + 236, cookie, sizeof cookie) == 0;
}

/*
 * TPKT (RFC 1006): version 3, 0, the packet's length, then the header of RDP, S7 and MMS (ISO 8073)
 * or H.323 (Q.931), whose first two bytes are never both 0.
 */
static bool
has_tpkt_header(const first_bytes_t *pl)
{
    return pl->len >= 6 && pl->p[0] == 3 && pl->p[1] == 0 && pntohu16(pl->p + 4) != 0;
}

/*
 * RDP in TPKT (MS-RDPBCGR 2.2.1.1, 2.2.1.2): a connection request with a cookie or a routing token
 * or neither, at the end of which the TPDU ends or an RDP negotiation of 8 bytes follows. S7 and
 * MMS have the parameters of ISO 8073 there. Later TPDUs carry an MCS domain PDU (T.125).
 */
static bool
check_rdp(const first_bytes_t *pl)
{
    enum { CC = 0xd0, CR = 0xe0, DT = 0xf0, FIXED = 11, NEGOTIATION = 8 };
    /* Connect-Initial and -Response, Erect Domain, Disconnect, Attach, Join, Send Data. */
    static const uint8_t mcs[] = { 0x7f, 0x04, 0x20, 0x28, 0x2c, 0x38, 0x3c, 0x64, 0x68 };
    unsigned end, negotiation;

    if (!has_tpkt_header(pl) || pntohu16(pl->p + 2) < pl->p[4] + 5U)
        return false;
    if (pl->p[5] == DT)
        return pl->p[4] == 2 && pl->len > 7 &&
               memchr(mcs, pl->p[7] == 0x7f ? 0x7f : pl->p[7] & 0xfc, sizeof mcs) != NULL;
    if ((pl->p[5] != CR && pl->p[5] != CC) || pl->len < FIXED)
        return false;
    end = pl->p[4] + 5U;
    if (end == FIXED)
        return true;
    if (pl->p[5] == CR && pl->len > FIXED + 8 &&
        (memcmp(pl->p + FIXED, "Cookie: ", 8) == 0 || memcmp(pl->p + FIXED, "tsv://", 6) == 0))
        return true;
    if (end < FIXED + NEGOTIATION || end > pl->len)
        return false;
    negotiation = end - NEGOTIATION;
    return pl->p[negotiation] >= 1 && pl->p[negotiation] <= 3 &&
           pletohu16(pl->p + negotiation + 2) == NEGOTIATION;
}

/*
 * MS-TDS 2.2.3.1: type, status, length (big-endian), SPID, packet, window (always 0). The SPID of a
 * client is 0; if it is not, the header of an RPC request can be a TPKT header as well, and so
 * identifies neither.
 */
static bool
check_tds(const first_bytes_t *pl)
{
    unsigned length;

    if (has_tpkt_header(pl))
        return false;
    if (pl->len < 8 || (pl->p[1] & ~0x1bU) != 0 || pl->p[7] != 0)
        return false;
    length = pntohu16(pl->p + 2);
    /* A packet ends with its segment; only full-sized ones continue in the next. */
    return length > 8 && (length == pl->reported || (length > pl->reported && length <= 4096 &&
                                                     pl->p[0] >= 0x10 && pl->reported > 512));
}

/* RFC 5246 6.2.1: content type, version 3.0 to 3.4, length up to 2^14 + 2048 */
static bool
check_tls(const first_bytes_t *pl)
{
    unsigned length;

    if (pl->len < 6 || pl->p[2] > 4)
        return false;
    length = pntohu16(pl->p + 3);
    if (length == 0 || length > 16384 + 2048)
        return false;
    switch (pl->p[0]) {
    case 0x14:
        return length == 1;
    case 0x15:
        return length == 2 || length >= 18;
    case 0x16:
        return length >= 4;
    default:
        return true;
    }
}

/* C706 12.6.3: version 5.0 or 5.1, type, flags, data representation, fragment length */
static bool
check_rpc_co(const first_bytes_t *pl)
{
    unsigned length;

    if (pl->len < 16 || pl->p[1] > 1 || pl->p[2] > 19 || (pl->p[4] & 0xee) != 0 ||
        pl->p[5] > 3 || pl->p[6] != 0 || pl->p[7] != 0)
        return false;
    length = pl->p[4] & 0x10 ? pletohu16(pl->p + 8) : pntohu16(pl->p + 8);
    return length >= 16;
}

/* C706 12.5.1: version 4, type, two flag bytes, data representation; a header of 80 bytes */
static bool
check_rpc_cl(const first_bytes_t *pl)
{
    return pl->len >= 80 && pl->p[1] <= 10 && (pl->p[4] & 0xee) == 0 && pl->p[5] <= 3;
}

/* RFC 3550: version 2; static and dynamic payload types, or RTCP's packet types */
static bool
check_rtp(const first_bytes_t *pl)
{
    unsigned type = pl->p[1] & 0x7f;
    unsigned csrc = pl->p[0] & 0x0f;

    if (pl->len < 12 || (pl->p[0] & 0xc0) != 0x80)
        return false;
    if (pl->p[1] >= 200 && pl->p[1] <= 204)
        return true;
    return csrc <= 4 && pl->reported >= 12 + 4 * csrc && (type <= 34 || type >= 96);
}

/*
 * RFC 5905 7.3: versions 1 to 4, modes 1 to 5, a stratum up to 16; then poll and precision, and a
 * root delay and dispersion of less than 256 seconds. At most a MAC follows the 48 bytes.
 */
static bool
check_ntp(const first_bytes_t *pl)
{
    unsigned version = pl->p[0] >> 3 & 7, mode = pl->p[0] & 7;

    if (pl->len < 48 || (pl->reported != 48 && pl->reported != 68 && pl->reported != 72))
        return false;
    return version >= 1 && version <= 4 && mode >= 1 && mode <= 5 && pl->p[1] <= 16 &&
           pl->p[2] <= 36 && (pl->p[3] >= 0xe0 || pl->p[3] <= 0x20) && pl->p[4] == 0 &&
           pl->p[8] == 0;
}

/* RFC 1350: a file name and a mode, each with its NUL */
static bool
check_tftp(const first_bytes_t *pl)
{
    const uint8_t *name_end;
    unsigned at;

    if (pl->len < 9)
        return false;
    name_end = memchr(pl->p + 2, 0, pl->len - 2);
    if (name_end == NULL)
        return false;
    for (const uint8_t *c = pl->p + 2; c < name_end; c++) {
        if (!g_ascii_isprint(*c))
            return false;
    }
    at = (unsigned)(name_end - pl->p) + 1;
    return (at + 6 <= pl->len && g_ascii_strncasecmp((const char *)pl->p + at, "octet", 6) == 0) ||
           (at + 9 <= pl->len && g_ascii_strncasecmp((const char *)pl->p + at, "netascii", 9) == 0);
}

/* Razor2 / Cloudmark on 2703: lines of key=value pairs, "sn=C&srl=184&ep4=7542-10&a=l" */
static bool
check_razor(const first_bytes_t *pl)
{
    unsigned at = pl->len > 0 && pl->p[0] == '-' ? 1 : 0;
    unsigned start = at;

    while (at < pl->len && g_ascii_islower(pl->p[at]))
        at++;
    if (at == start || at - start > 4 || at + 1 >= pl->len || pl->p[at] != '=')
        return false;
    while (at < pl->len && g_ascii_isprint(pl->p[at]))
        at++;
    return at < pl->len && (pl->p[at] == '\r' || pl->p[at] == '\n');
}

/* SIP and RTSP have the same method, with a URI of theirs (RFC 3261 11, RFC 2326 10.1). */
static bool
check_http_options(const first_bytes_t *pl)
{
    enum { WITH_SCHEME = 12 };

    return pl->len >= WITH_SCHEME;
}

/* A greeting of FTP: SMTP's has its name in its first line, of which this may be a part only. */
static bool
check_ftp_greeting(const first_bytes_t *pl)
{
    enum { LONG = 64 };

    return pl->len >= LONG || pl->len < pl->reported || memchr(pl->p, '\n', pl->len) != NULL;
}

/* A greeting with a reply code of three digits is SMTP's if it contains that name, else FTP's. */
static bool
check_smtp_greeting(const first_bytes_t *pl)
{
    return g_strstr_len((const char *)pl->p, pl->len, "SMTP") != NULL;
}

/* ConfigMgr's control frame (cm-frame.c): type 0x80, and a text with its length before it. */
static bool
check_cm_control(const first_bytes_t *pl)
{
    unsigned length, text;

    if (pl->len < 10)
        return false;
    length = pletohu24(pl->p);
    text = pletohu16(pl->p + 4);
    return length == text + 2 && length + 4 == pl->reported && text >= 4 && text % 2 == 0 &&
           g_ascii_isupper(pl->p[6]) && pl->p[7] == 0 && pl->p[9] == 0;
}

static bool
check_rc(const first_bytes_t *pl)
{
    return pl->len >= MAGIC_HEADER_LENGTH &&
           (memcmp(pl->p + MAGIC_END_OFFSET, MAGIC_RCH_END, MAGIC_LENGTH) == 0 ||
            memcmp(pl->p + MAGIC_END_OFFSET, MAGIC_TNMP_END, MAGIC_LENGTH) == 0);
}

#define STR(s) (uint8_t)(sizeof(s) - 1), s
#define BOTH (TRANSPORT_TCP | TRANSPORT_UDP)

/* The first that matches counts: stricter signatures precede looser ones. */
const service_signature_t service_signatures[] = {
    { SERVICE_REMOTE_CONTROL, BOTH, 0, STR(MAGIC_RCH_START), check_rc },
    { SERVICE_REMOTE_CONTROL, BOTH, 0, STR(MAGIC_TNMP_START), check_rc },
    { SERVICE_REMOTE_CONTROL, TRANSPORT_UDP, 0, STR(MAGIC_USER_RECORD), NULL },
    { SERVICE_CM_REMOTE_CONTROL, TRANSPORT_TCP, 2, STR("\0\x80"), check_cm_control },
    { SERVICE_SIP, BOTH, 0, STR("SIP/2.0 "), NULL },
    { SERVICE_SIP, BOTH, 0, STR("INVITE sip"), NULL },
    { SERVICE_SIP, BOTH, 0, STR("REGISTER sip"), NULL },
    { SERVICE_SIP, BOTH, 0, STR("OPTIONS sip"), NULL },
    { SERVICE_SIP, BOTH, 0, STR("ACK sip"), NULL },
    { SERVICE_SIP, BOTH, 0, STR("BYE sip"), NULL },
    { SERVICE_SIP, BOTH, 0, STR("CANCEL sip"), NULL },
    { SERVICE_SIP, BOTH, 0, STR("NOTIFY sip"), NULL },
    { SERVICE_SIP, BOTH, 0, STR("SUBSCRIBE sip"), NULL },
    { SERVICE_SIP, BOTH, 0, STR("MESSAGE sip"), NULL },
    { SERVICE_RTSP, TRANSPORT_TCP, 0, STR("RTSP/1.0 "), NULL },
    { SERVICE_RTSP, TRANSPORT_TCP, 0, STR("OPTIONS rtsp"), NULL },
    { SERVICE_RTSP, TRANSPORT_TCP, 0, STR("DESCRIBE rtsp"), NULL },
    { SERVICE_HTTP, TRANSPORT_TCP, 0, STR("GET "), NULL },
    { SERVICE_HTTP, TRANSPORT_TCP, 0, STR("POST "), NULL },
    { SERVICE_HTTP, TRANSPORT_TCP, 0, STR("HEAD "), NULL },
    { SERVICE_HTTP, TRANSPORT_TCP, 0, STR("PUT "), NULL },
    { SERVICE_HTTP, TRANSPORT_TCP, 0, STR("DELETE "), NULL },
    { SERVICE_HTTP, TRANSPORT_TCP, 0, STR("OPTIONS "), check_http_options },
    { SERVICE_HTTP, TRANSPORT_TCP, 0, STR("CONNECT "), NULL },
    { SERVICE_HTTP, TRANSPORT_TCP, 0, STR("TRACE "), NULL },
    { SERVICE_HTTP, TRANSPORT_TCP, 0, STR("PROPFIND "), NULL },
    { SERVICE_HTTP, TRANSPORT_TCP, 0, STR("CCM_POST "), NULL },
    { SERVICE_HTTP, TRANSPORT_TCP, 0, STR("BITS_POST "), NULL },
    { SERVICE_HTTP, TRANSPORT_TCP, 0, STR("HTTP/1."), NULL },
    { SERVICE_SMB1, TRANSPORT_TCP, 4, STR("\xffSMB"), NULL },
    { SERVICE_SMB2, TRANSPORT_TCP, 4, STR("\xfeSMB"), NULL },
    { SERVICE_SMB2, TRANSPORT_TCP, 4, STR("\xfdSMB"), NULL },
    { SERVICE_NBSS, TRANSPORT_TCP, 0, STR("\x81\x00\x00\x44\x20"), NULL },
    { SERVICE_NBSS, TRANSPORT_TCP, 0, STR("\x82\x00\x00\x00"), NULL },
    { SERVICE_NBSS, TRANSPORT_TCP, 0, STR("\x83\x00\x00\x01"), NULL },
    { SERVICE_NBSS, TRANSPORT_TCP, 0, STR("\x84\x00\x00\x06"), NULL },
    { SERVICE_NBSS, TRANSPORT_TCP, 0, STR("\x85\x00\x00\x00"), NULL },
    { SERVICE_PPTP, TRANSPORT_TCP, 2, STR("\x00\x01\x1a\x2b\x3c\x4d"), NULL },
    { SERVICE_SNMP, TRANSPORT_UDP, 0, STR("\x30"), check_snmp },
    { SERVICE_LDAP, TRANSPORT_TCP, 0, STR("\x30"), check_ldap },
    { SERVICE_CLDAP, TRANSPORT_UDP, 0, STR("\x30"), check_ldap },
    { SERVICE_KERBEROS, TRANSPORT_UDP, 0, STR(""), check_kerberos_udp },
    { SERVICE_KERBEROS, TRANSPORT_TCP, 0, STR("\x00"), check_kerberos_tcp },
    { SERVICE_RPC, TRANSPORT_TCP, 0, STR("\x05"), check_rpc_co },
    { SERVICE_RPC, TRANSPORT_UDP, 0, STR("\x04"), check_rpc_cl },
    { SERVICE_TLS, TRANSPORT_TCP, 0, STR("\x16\x03"), check_tls },
    { SERVICE_TLS, TRANSPORT_TCP, 0, STR("\x17\x03"), check_tls },
    { SERVICE_TLS, TRANSPORT_TCP, 0, STR("\x15\x03"), check_tls },
    { SERVICE_TLS, TRANSPORT_TCP, 0, STR("\x14\x03"), check_tls },
    { SERVICE_TDS, TRANSPORT_TCP, 0, STR("\x12"), check_tds },
    { SERVICE_TDS, TRANSPORT_TCP, 0, STR("\x10"), check_tds },
    { SERVICE_TDS, TRANSPORT_TCP, 0, STR("\x01"), check_tds },
    { SERVICE_TDS, TRANSPORT_TCP, 0, STR("\x02"), check_tds },
    { SERVICE_TDS, TRANSPORT_TCP, 0, STR("\x03"), check_tds },
    { SERVICE_TDS, TRANSPORT_TCP, 0, STR("\x04"), check_tds },
    { SERVICE_TDS, TRANSPORT_TCP, 0, STR("\x0f"), check_tds },
    { SERVICE_DHCP, TRANSPORT_UDP, 0, STR(""), check_dhcp },
    { SERVICE_NBNS, TRANSPORT_UDP, 0, STR(""), check_nbns },
    { SERVICE_NBDGM, TRANSPORT_UDP, 0, STR(""), check_nbdgm },
    { SERVICE_DNS, TRANSPORT_UDP, 0, STR(""), check_dns_udp },
    { SERVICE_DNS, TRANSPORT_TCP, 0, STR(""), check_dns_tcp },
    { SERVICE_SSH, TRANSPORT_TCP, 0, STR("SSH-"), NULL },
    { SERVICE_SMTP, TRANSPORT_TCP, 0, STR("220 "), check_smtp_greeting },
    { SERVICE_SMTP, TRANSPORT_TCP, 0, STR("220-"), check_smtp_greeting },
    { SERVICE_SMTP, TRANSPORT_TCP, 0, STR("EHLO "), NULL },
    { SERVICE_SMTP, TRANSPORT_TCP, 0, STR("HELO "), NULL },
    { SERVICE_SMTP, TRANSPORT_TCP, 0, STR("MAIL FROM:"), NULL },
    { SERVICE_FTP, TRANSPORT_TCP, 0, STR("220 "), check_ftp_greeting },
    { SERVICE_FTP, TRANSPORT_TCP, 0, STR("220-"), check_ftp_greeting },
    { SERVICE_FTP, TRANSPORT_TCP, 0, STR("331 "), NULL },
    { SERVICE_FTP, TRANSPORT_TCP, 0, STR("230 "), NULL },
    { SERVICE_FTP, TRANSPORT_TCP, 0, STR("USER "), NULL },
    { SERVICE_FTP, TRANSPORT_TCP, 0, STR("PASV\r\n"), NULL },
    { SERVICE_FTP, TRANSPORT_TCP, 0, STR("PORT "), NULL },
    { SERVICE_POP3, TRANSPORT_TCP, 0, STR("+OK"), NULL },
    { SERVICE_IMAP, TRANSPORT_TCP, 0, STR("* OK"), NULL },
    { SERVICE_VNC, TRANSPORT_TCP, 0, STR("RFB 00"), NULL },
    { SERVICE_TELNET, TRANSPORT_TCP, 0, STR("\xff\xfb"), NULL },
    { SERVICE_TELNET, TRANSPORT_TCP, 0, STR("\xff\xfd"), NULL },
    { SERVICE_RDP, TRANSPORT_TCP, 0, STR("\x03\x00"), check_rdp },
    { SERVICE_TFTP, TRANSPORT_UDP, 0, STR("\x00\x01"), check_tftp },
    { SERVICE_TFTP, TRANSPORT_UDP, 0, STR("\x00\x02"), check_tftp },
    { SERVICE_SSDP, TRANSPORT_UDP, 0, STR("M-SEARCH * HTTP/1."), NULL },
    { SERVICE_SSDP, TRANSPORT_UDP, 0, STR("NOTIFY * HTTP/1."), NULL },
    { SERVICE_SSDP, TRANSPORT_UDP, 0, STR("HTTP/1."), NULL },
    { SERVICE_NTP, TRANSPORT_UDP, 0, STR(""), check_ntp },
    { SERVICE_RAZOR, TRANSPORT_TCP, 0, STR(""), check_razor },
    { SERVICE_RTP, TRANSPORT_UDP, 0, STR(""), check_rtp },
};

const unsigned service_signatures_count = array_length(service_signatures);

G_STATIC_ASSERT(array_length(service_signatures) <= SERVICE_SIGNATURES_MAX);
