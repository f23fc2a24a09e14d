# kb_services.py
# Messages of the services that KB 826852 names, as bytes that Wireshark dissects
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Layouts are the published ones: RFC 2616 (HTTP) with what MS-BPSU and ConfigMgr's clients add,
# MS-CIFS and MS-SMB2, RFC 1001/1002 (NetBIOS over TCP/IP), RFC 4511 (LDAP) with MS-ADTS 6.3
# (the LDAP ping), RFC 4120 (Kerberos), MS-TDS, RFC 2131 (DHCP), RFC 1035 and 2782 (DNS),
# RFC 2637 (PPTP), C706 (DCE/RPC) and MS-WMI. What an SMS 2003 site writes into them (URIs,
# shares, names, databases, namespaces) is that of Microsoft's articles.

import ipaddress
import struct
import uuid

DOMAIN = "contoso.example"
BASE_DN = "DC=contoso,DC=example"


def packed(ip):
    return ipaddress.ip_address(ip).packed


def wide(text):
    return text.encode("utf-16-le")


# --- HTTP ---------------------------------------------------------------------------------------

MPLIST = "/SMS_MP/.sms_aut?MPLIST"
BITS_UPLOAD = "{7df0354d-249b-430f-820d-3d2a9bef4931}"
CLIENT_ID = "{3C8B1A52-6F0D-4A7E-9B11-52D0A5C7E001}"


def http_request(method, uri, host="mp01." + DOMAIN, agent="", body=b"", headers=()):
    lines = ["%s %s HTTP/1.1" % (method, uri), "Host: " + host]
    if agent:
        lines.append("User-Agent: " + agent)
    lines += headers
    lines.append("Content-Length: %d" % len(body))
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def http_response(status="200 OK", body=b"", headers=()):
    lines = ["HTTP/1.1 " + status, "Server: Microsoft-IIS/6.0", *headers,
             "Content-Length: %d" % len(body)]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def http_get(uri, **what):
    return http_request("GET", uri, **what)


UNAUTHORIZED = http_response("401 Unauthorized", headers=("WWW-Authenticate: NTLM",))
FORBIDDEN = http_response("403 Forbidden")
NOT_FOUND = http_response("404 Not Found")
MPLIST_REPLY = http_response(
    body=b'<MPList><MP Name="MP01" FQDN="mp01.contoso.example"></MP></MPList>',
    headers=("Content-Type: text/xml",))
BITS_ACK = http_response(headers=("BITS-Packet-Type: Ack", "BITS-Session-Id: {1}"))


def ccm_post(uri="/ccm_system/request", agent="ccmhttp"):
    """A message of the Advanced Client to its management point."""
    message = wide("<Msg><TargetAddress>mp:MP_PolicyManager</TargetAddress></Msg>")
    body = (b"--aAbBcC\r\ncontent-type: text/plain; charset=UTF-16\r\n\r\n" + message +
            b"\r\n--aAbBcC--\r\n")
    return http_request("CCM_POST", uri, agent=agent, body=body,
                        headers=('Content-Type: multipart/mixed; boundary="aAbBcC"',))


def bits_post(uri="/CCM_Incoming/" + CLIENT_ID):
    """Create-Session of the BITS upload protocol."""
    return http_request("BITS_POST", uri, agent="Microsoft BITS/6.6",
                        headers=("BITS-Packet-Type: Create-Session",
                                 "BITS-Supported-Protocols: " + BITS_UPLOAD))


def propfind(uri):
    return http_request("PROPFIND", uri, agent="Microsoft BITS/6.6", headers=("Depth: 1",))


MULTISTATUS = http_response("207 Multi-Status", b'<?xml version="1.0"?><a:multistatus/>',
                            headers=("Content-Type: text/xml",))


# --- TLS ----------------------------------------------------------------------------------------

def tls_server_hello():
    """ServerHello and ServerHelloDone of TLS 1.0, a resumed session's cipher and a record."""
    hello = struct.pack(">H32sBHB", 0x0301, bytes(range(64, 96)), 0, 0x000A, 0)
    flight = struct.pack(">BBH", 2, 0, len(hello)) + hello + b"\x0e\0\0\0"
    return struct.pack(">BHH", 0x16, 0x0301, len(flight)) + flight


def tls_data(length=48):
    return struct.pack(">BHH", 0x17, 0x0301, length) + bytes((i * 7 + 3) & 0xFF
                                                             for i in range(length))


# --- NetBIOS names (RFC 1001 14.1) --------------------------------------------------------------

def netbios_name(name, suffix):
    """A name of 16 bytes in its half-ASCII form, with its length and the root."""
    whole = name.upper().ljust(15).encode() + bytes((suffix,))
    return b"\x20" + bytes(b for c in whole for b in (0x41 + (c >> 4), 0x41 + (c & 15))) + b"\0"


# --- NBNS, UDP 137 (RFC 1002 4.2) ---------------------------------------------------------------

NB = 0x0020
IN = 1
BROADCAST = 0x0010


def nbns_query(name, suffix, number=0x8001, broadcast=False):
    return struct.pack(">HHHHHH", number, 0x0100 | (BROADCAST if broadcast else 0), 1, 0, 0,
                       0) + netbios_name(name, suffix) + struct.pack(">HH", NB, IN)


def _nbns_address(ip):
    return struct.pack(">IHH", 300000, 6, 0x6000) + packed(ip)


def nbns_answer(name, suffix, ip, number=0x8001):
    return struct.pack(">HHHHHH", number, 0x8580, 0, 1, 0, 0) + netbios_name(
        name, suffix) + struct.pack(">HH", NB, IN) + _nbns_address(ip)


def nbns_no_such_name(name, suffix, number=0x8001):
    return struct.pack(">HHHHHH", number, 0x8583, 0, 1, 0, 0) + netbios_name(
        name, suffix) + struct.pack(">HHIH", 0x000A, IN, 0, 0)


def nbns_register(name, suffix, ip, number=0x8002, broadcast=False):
    return struct.pack(">HHHHHH", number, 0x2900 | (BROADCAST if broadcast else 0), 1, 0, 0,
                       1) + netbios_name(name, suffix) + struct.pack(
        ">HHHHH", NB, IN, 0xC00C, NB, IN) + _nbns_address(ip)


def nbns_registered(name, suffix, ip, number=0x8002, refused=False):
    return struct.pack(">HHHHHH", number, 0xAD85 if refused else 0xAD80, 0, 1, 0,
                       0) + netbios_name(name, suffix) + struct.pack(
        ">HH", NB, IN) + _nbns_address(ip)


# --- SMB 1 (MS-CIFS) ----------------------------------------------------------------------------

STATUS_OK = 0
STATUS_ACCESS_DENIED = 0xC0000022
STATUS_BAD_NETWORK_NAME = 0xC00000CC
STATUS_NAME_NOT_FOUND = 0xC0000034

_NEGOTIATE, _SESSION_SETUP, _TREE_CONNECT, _CREATE, _TRANS = 0x72, 0x73, 0x75, 0xA2, 0x25
_NO_ANDX = struct.pack("<BBH", 0xFF, 0, 0)


def nbss_message(data):
    """Over 139 and 445 alike: type 0 and a length."""
    return struct.pack(">I", len(data)) + data


def _smb(command, words, data, reply=False, status=STATUS_OK, number=1):
    header = struct.pack("<4sBIBHH8sHHHHH", b"\xffSMB", command, status,
                         0x98 if reply else 0x18, 0xC001, 0, bytes(8), 0,
                         0x0800 if command == _CREATE or reply else 0, 0x1234,
                         0 if command == _NEGOTIATE else 0x0801, number)
    return header + struct.pack("<B", len(words) // 2) + words + struct.pack(
        "<H", len(data)) + data


def smb_negotiate():
    return nbss_message(_smb(_NEGOTIATE, b"", b"\x02NT LM 0.12\0"))


def smb_negotiated():
    words = struct.pack("<HBHHIIIIQHB", 0, 3, 50, 1, 16644, 65536, 0, 0x0000F3FD,
                        0x01C469C0D5A6F000, 0, 8)
    return nbss_message(_smb(_NEGOTIATE, words, b"chalLeng" + wide("CONTOSO") + b"\0\0", True))


def smb_session_setup():
    words = _NO_ANDX + struct.pack("<HHHIHHII", 16644, 50, 0, 0, 24, 24, 0, 0x000000D4)
    names = b"".join(wide(text) + b"\0\0" for text in ("sms", "CONTOSO", "Windows", "Windows"))
    # The names are aligned to two bytes from the header on: 61 + 48 is odd.
    return nbss_message(_smb(_SESSION_SETUP, words, b"\x11" * 24 + b"\x22" * 24 + b"\0" + names,
                             number=2))


def smb_session_set_up():
    words = _NO_ANDX + struct.pack("<H", 0)
    names = b"".join(wide(text) + b"\0\0" for text in ("Windows", "Windows", "CONTOSO"))
    return nbss_message(_smb(_SESSION_SETUP, words, b"\0" + names, True, number=2))


def smb_tree(path):
    words = _NO_ANDX + struct.pack("<HH", 0, 1)
    return nbss_message(_smb(_TREE_CONNECT, words, b"\0" + wide(path) + b"\0\0?????\0",
                             number=3))


def smb_tree_reply(status=STATUS_OK, pipe=False):
    if status:
        return nbss_message(_smb(_TREE_CONNECT, b"", b"", True, status, 3))
    words = _NO_ANDX + struct.pack("<H", 1)
    data = b"IPC\0" if pipe else b"A:\0" + wide("NTFS") + b"\0\0"
    return nbss_message(_smb(_TREE_CONNECT, words, data, True, number=3))


def smb_create(name):
    words = _NO_ANDX + struct.pack("<BHIIIQIIIIIB", 0, 2 * len(name), 0x16, 0, 0x0012019F, 0, 0,
                                   3, 1, 0x40, 2, 3)
    return nbss_message(_smb(_CREATE, words, b"\0" + wide(name) + b"\0\0", number=4))


def smb_created(status=STATUS_OK):
    if status:
        return nbss_message(_smb(_CREATE, b"", b"", True, status, 4))
    words = _NO_ANDX + struct.pack("<BHIQQQQIQQHHB", 0, 0x4001, 1, 0, 0, 0, 0, 0x80, 0, 0, 0, 7,
                                   0)
    return nbss_message(_smb(_CREATE, words, b"", True, number=4))


def mailslot(name, data):
    """A datagram to a mailslot: an SMB transaction without a connection."""
    path = name.encode() + b"\0"
    at = 32 + 1 + 34 + 2 + len(path)
    words = struct.pack("<HHHHBBHIHHHHHBBHHH", 0, len(data), 0, 0, 0, 0, 0, 0, 0, 0, at,
                        len(data), at, 3, 0, 1, 0, 2)
    header = struct.pack("<4sBIBHH8sHHHHH", b"\xffSMB", _TRANS, 0, 0, 0, 0, bytes(8), 0, 0, 0, 0,
                         0)
    return header + struct.pack("<B", 17) + words + struct.pack(
        "<H", len(path) + len(data)) + path + data


def host_announcement(name):
    """What a Windows host announces to its browser, MS-BRWS 2.2.1."""
    return mailslot("\\MAILSLOT\\BROWSE", struct.pack(
        "<BBI16sBBIBBH", 1, 0, 720000, name.encode(), 5, 1, 0x00011003, 15, 1, 0xAA55) + b"\0")


# --- SMB 2 (MS-SMB2) ----------------------------------------------------------------------------

# A server numbers its sessions; `session` is that number, the same in all messages of one.

def _smb2(command, body, session=0, reply=False, status=STATUS_OK, number=0):
    tree = 1 if command == 5 or reply and command == 3 and not status else 0
    header = struct.pack("<4sHHIHHIIQIIQ16s", b"\xfeSMB", 64, 1, status, command, 1,
                         1 if reply else 0, 0, number, 0xFEFF, tree,
                         0x0400000000000000 | session if session else 0, bytes(16))
    return nbss_message(header + body)


def _smb2_failed(command, session, status, number):
    return _smb2(command, struct.pack("<HBBI", 9, 0, 0, 0) + b"\0", session, True, status, number)


def smb2_negotiate():
    return _smb2(0, struct.pack("<HHHHI16sQHH", 36, 2, 1, 0, 0, bytes(range(16)), 0, 0x0202,
                                0x0210))


def smb2_negotiated():
    return _smb2(0, struct.pack("<HHHH16sIIIIQQHHI", 65, 1, 0x0202, 0, bytes(range(16, 32)), 1,
                                65536, 65536, 65536, 0x01C469C0D5A6F000, 0, 128, 0, 0),
                 reply=True)


def smb2_tree(path, session=1):
    name = wide(path)
    return _smb2(3, struct.pack("<HHHH", 9, 0, 72, len(name)) + name, session, number=3)


def smb2_tree_reply(status=STATUS_OK, session=1):
    if status:
        return _smb2_failed(3, session, status, 3)
    return _smb2(3, struct.pack("<HBBIII", 16, 1, 0, 0, 0, 0x001F01FF), session, True, number=3)


def smb2_create(name, session=1):
    path = wide(name)
    return _smb2(5, struct.pack("<HBBIQQIIIIIHHII", 57, 0, 0, 2, 0, 0, 0x0012019F, 0, 3, 1, 0x40,
                                120, len(path), 0, 0) + path, session, number=4)


def smb2_created(status=STATUS_OK, session=1):
    if status:
        return _smb2_failed(5, session, status, 4)
    return _smb2(5, struct.pack("<HBBIQQQQQQII16sII", 89, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0x80, 0,
                                bytes(range(16)), 0, 0), session, True, number=4)


# --- NBSS, TCP 139 (RFC 1002 4.3) ---------------------------------------------------------------

NBSS_POSITIVE = struct.pack(">BBH", 0x82, 0, 0)
NBSS_NEGATIVE = struct.pack(">BBHB", 0x83, 0, 1, 0x82)  # called name not present


def nbss_request(called, calling):
    """Each a name and its suffix."""
    names = netbios_name(*called) + netbios_name(*calling)
    return struct.pack(">BBH", 0x81, 0, len(names)) + names


# --- NBDGM, UDP 138 (RFC 1002 4.4) --------------------------------------------------------------

def nbdgm(source_ip, source, target, data, group=False):
    """A direct datagram; `source` and `target` are names with their suffixes."""
    body = netbios_name(*source) + netbios_name(*target) + data
    return struct.pack(">BBH4sHHH", 0x11 if group else 0x10, 0x02, 0x8003, packed(source_ip), 138,
                       len(body), 0) + body


# --- NetBIOS over IPX (NWLink) ------------------------------------------------------------------

IPX_NETBIOS = 0x0455
IPX_PEP = 4
IPX_TYPE_20 = 20
IPX_ALL = b"\xff" * 6
NBIPX_FIND_NAME = 1
NBIPX_NAME_RECOGNIZED = 2
NBIPX_DIRECTED_DATAGRAM = 11


def _name_16(name, suffix):
    return name.upper().ljust(15).encode() + bytes((suffix,))


def ipx(source, target, kind, data, network=0x00001A2B):
    """IPX from node to node (6 bytes each) of one network, both on the NetBIOS socket."""
    return struct.pack(">HHBBI6sHI6sH", 0xFFFF, 30 + len(data), 0, kind, network, target,
                       IPX_NETBIOS, network, source, IPX_NETBIOS) + data


def nbipx_name(operation, name, suffix):
    return bytes(32) + bytes((0, operation)) + _name_16(name, suffix)


def nbipx_datagram(target, source, data):
    return (bytes((0, NBIPX_DIRECTED_DATAGRAM)) + _name_16(*target) + _name_16(*source) + data)


# --- ASN.1 BER ----------------------------------------------------------------------------------

def ber(tag, *parts):
    content = b"".join(parts)
    if len(content) < 0x80:
        return bytes((tag, len(content))) + content
    return bytes((tag, 0x82)) + struct.pack(">H", len(content)) + content


def ber_int(value, tag=0x02):
    return ber(tag, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def ber_text(text, tag=0x04):
    return ber(tag, text.encode() if isinstance(text, str) else text)


# --- LDAP and CLDAP (RFC 4511) ------------------------------------------------------------------

LDAP_OK = 0
LDAP_NO_ACCESS = 50
PUBLISHED_IN = "CN=System Management,CN=System," + BASE_DN


def ldap(number, operation):
    return ber(0x30, ber_int(number), operation)


def _ldap_result(tag, code):
    return ber(tag, ber_int(code, 0x0A), ber_text(""), ber_text(""))


def ldap_bind(number=1):
    return ldap(number, ber(0x60, ber_int(3), ber_text(""), ber_text("", 0x80)))


def ldap_bound(number=1):
    return ldap(number, _ldap_result(0x61, LDAP_OK))


def ldap_equal(attribute, value):
    return ber(0xA3, ber_text(attribute), ber_text(value))


def ldap_search(base, search_filter, attributes, number=2, scope=2):
    return ldap(number, ber(
        0x63, ber_text(base), ber_int(scope, 0x0A), ber_int(0, 0x0A), ber_int(0), ber_int(0),
        ber(0x01, b"\0"), search_filter,
        ber(0x30, *(ber_text(attribute) for attribute in attributes))))


def _ldap_attribute(name, values):
    return ber(0x30, ber_text(name), ber(0x31, *(ber_text(value) for value in values)))


def ldap_entry(dn, attributes, number=2):
    return ldap(number, ber(0x64, ber_text(dn), ber(
        0x30, *(_ldap_attribute(*attribute) for attribute in attributes))))


def ldap_done(code=LDAP_OK, number=2):
    return ldap(number, _ldap_result(0x65, code))


def ldap_add(dn, attributes, number=2):
    return ldap(number, ber(0x68, ber_text(dn), ber(
        0x30, *(_ldap_attribute(*attribute) for attribute in attributes))))


def ldap_added(code=LDAP_OK, number=2):
    return ldap(number, _ldap_result(0x69, code))


def ldap_modify(dn, attribute, values, number=2):
    change = ber(0x30, ber_int(2, 0x0A), _ldap_attribute(attribute, values))
    return ldap(number, ber(0x66, ber_text(dn), ber(0x30, change)))


def ldap_modified(code=LDAP_OK, number=2):
    return ldap(number, _ldap_result(0x67, code))


def search_management_points(base=BASE_DN, site="ABC"):
    """How an Advanced Client looks for its management point."""
    return ldap_search(
        base, ber(0xA0, ldap_equal("objectCategory", "mSSMSManagementPoint"),
                  ldap_equal("mSSMSDefaultMP", "TRUE"), ldap_equal("mSSMSSiteCode", site)),
        ("mSSMSMPName", "mSSMSMPAddress", "mSSMSSiteCode"))


def management_point_entry(site="ABC", server="MP01"):
    return ldap_entry("CN=SMS-MP-%s-%s,%s" % (site, server, PUBLISHED_IN),
                      (("mSSMSMPName", (server,)), ("mSSMSSiteCode", (site,))))


def publish_site(site="ABC", number=2):
    return ldap_add("CN=SMS-Site-%s,%s" % (site, PUBLISHED_IN),
                    (("objectClass", ("mSSMSSite",)), ("mSSMSSiteCode", (site,)),
                     ("mSSMSSiteBoundaries", ("10.1.3.0",))), number)


def ldap_ping():
    """MS-ADTS 6.3.3: a search for the attribute Netlogon of the root."""
    return ldap_search("", ber(0xA0, ldap_equal("DnsDomain", DOMAIN),
                               ldap_equal("NtVer", b"\x06\0\0\0")), ("Netlogon",), 1, 0)


def _labels(name):
    return b"".join(bytes((len(part),)) + part.encode() for part in name.split(".") if part) + b"\0"


def ldap_pong():
    """MS-ADTS 6.3.1.9: NETLOGON_SAM_LOGON_RESPONSE_EX, then the end of the search."""
    answer = struct.pack("<HHI", 23, 0, 0x000001FD) + bytes(range(16)) + b"".join(
        _labels(name) for name in (DOMAIN, DOMAIN, "dc01." + DOMAIN, "CONTOSO", "DC01", "",
                                   "Default-First-Site-Name", "Default-First-Site-Name")
    ) + struct.pack("<IHH", 5, 0xFFFF, 0xFFFF)
    return ldap(1, ber(0x64, ber_text(""), ber(0x30, _ldap_attribute("Netlogon", (answer,))))) + \
        ldap(1, _ldap_result(0x65, LDAP_OK))


# --- Kerberos (RFC 4120) ------------------------------------------------------------------------

def _principal(kind, *names):
    return ber(0x30, ber(0xA0, ber_int(kind)),
               ber(0xA1, ber(0x30, *(ber_text(name, 0x1B) for name in names))))


def kerberos_request(user="sms", realm="CONTOSO.EXAMPLE"):
    """AS-REQ without pre-authentication."""
    body = ber(0x30,
               ber(0xA0, ber(0x03, b"\0\x40\x81\x00\x10")),
               ber(0xA1, _principal(1, user)),
               ber(0xA2, ber_text(realm, 0x1B)),
               ber(0xA3, _principal(2, "krbtgt", realm)),
               ber(0xA5, ber_text("20370913024805Z", 0x18)),
               ber(0xA7, ber_int(0x12345678)),
               ber(0xA8, ber(0x30, ber_int(23), ber_int(3))))
    return ber(0x6A, ber(0x30, ber(0xA1, ber_int(5)), ber(0xA2, ber_int(10)), ber(0xA4, body)))


def kerberos_error(realm="CONTOSO.EXAMPLE"):
    """KRB-ERROR: pre-authentication required."""
    return ber(0x7E, ber(
        0x30, ber(0xA0, ber_int(5)), ber(0xA1, ber_int(30)),
        ber(0xA4, ber_text("20040714090000Z", 0x18)), ber(0xA5, ber_int(0)),
        ber(0xA6, ber_int(25)), ber(0xA9, ber_text(realm, 0x1B)),
        ber(0xAA, _principal(2, "krbtgt", realm))))


def over_tcp(message):
    """Kerberos over TCP: a length of four bytes comes first."""
    return struct.pack(">I", len(message)) + message


# --- TDS (MS-TDS) -------------------------------------------------------------------------------

def _tds(kind, body):
    return struct.pack(">BBHHBB", kind, 1, 8 + len(body), 0, 1, 0) + body


def tds_prelogin():
    options = bytes((0, 0, 11, 0, 6, 1, 0, 17, 0, 1, 0xFF))
    return _tds(0x12, options + bytes((8, 0, 1, 0x55, 0, 0)) + b"\x02")


def tds_prelogin_reply():
    options = bytes((0, 0, 11, 0, 6, 1, 0, 17, 0, 1, 0xFF))
    return _tds(0x04, options + bytes((8, 0, 2, 0xF7, 0, 0)) + b"\x02")


def tds_login(database, host="SITE01", application="SMS_EXECUTIVE", server="SQL01"):
    """LOGIN7 of TDS 7.1; the password is scrambled, not sealed."""
    scrambled = bytes(((b ^ 0x5A) << 4 | (b ^ 0x5A) >> 4) & 0xFF for b in wide("secret"))
    texts = (wide(host), wide("sms"), scrambled, wide(application), wide(server), b"",
             wide("ODBC"), b"", wide(database))
    table, data, at = b"", b"", 86
    for text in texts:
        table += struct.pack("<HH", at, len(text) // 2)
        data += text
        at += len(text)
    head = struct.pack("<IIIIIIBBBBiI", 86 + len(data), 0x71000001, 4096, 7, 1234, 0, 0xE0, 0x03,
                       0, 0, 0, 0x0409)
    return _tds(0x10, head + table + bytes((2, 0, 10, 1, 1, 9)) + struct.pack(
        "<HHHH", at, 0, at, 0) + data)


_TDS_DONE = struct.pack("<BHHI", 0xFD, 0, 0, 0)


def tds_logged_in(database):
    """ENVCHANGE to the database, LOGINACK, DONE."""
    change = bytes((1, len(database))) + wide(database) + bytes((6,)) + wide("master")
    program = wide("Microsoft SQL Server\0\0")
    ack = struct.pack(">BIB", 1, 0x07010000, len(program) // 2) + program + bytes((8, 0, 2, 0xF7))
    return _tds(0x04, struct.pack("<BH", 0xE3, len(change)) + change +
                struct.pack("<BH", 0xAD, len(ack)) + ack + _TDS_DONE)


def tds_refused():
    """ERROR 18456: login failed."""
    text = wide("Login failed for user 'sms'.")
    error = struct.pack("<IBBH", 18456, 1, 14, len(text) // 2) + text + bytes(
        (5,)) + wide("SQL01") + b"\0" + struct.pack("<H", 0)
    return _tds(0x04, struct.pack("<BH", 0xAA, len(error)) + error +
                struct.pack("<BHHI", 0xFD, 2, 0, 0))


def tds_batch(text="SELECT SiteCode FROM Sites"):
    return _tds(0x01, wide(text))


def tds_done():
    return _tds(0x04, struct.pack("<BHHI", 0xFD, 0x10, 0xC1, 0))


# --- DHCP (RFC 2131) ----------------------------------------------------------------------------

DISCOVER, REQUEST, ACK = 1, 3, 5


def dhcp(kind, mac, client="0.0.0.0", yours="0.0.0.0", server=None):
    reply = kind == ACK
    fixed = struct.pack(">BBBBIHH4s4s4s4s16s64s128s", 2 if reply else 1, 1, 6, 0, 0x3903F326, 0,
                        0, packed(client), packed(yours), bytes(4), bytes(4),
                        bytes.fromhex(mac.replace(":", "")), b"", b"")
    options = b"\x63\x82\x53\x63" + bytes((53, 1, kind))
    if server:
        options += bytes((54, 4)) + packed(server)
    if reply:
        options += bytes((51, 4)) + struct.pack(">I", 691200) + bytes((1, 4, 255, 255, 255, 0))
    return (fixed + options + b"\xff").ljust(300, b"\0")


# --- DNS (RFC 1035, SRV of RFC 2782) ------------------------------------------------------------

_A, _SRV = 1, 33


def _dns(number, flags, name, kind, answers=(), more=()):
    return struct.pack(">HHHHHH", number, flags, 1, len(answers), 0, len(more)) + _labels(
        name) + struct.pack(">HH", kind, IN) + b"".join(answers) + b"".join(more)


def _record(name, kind, data):
    return name + struct.pack(">HHIH", kind, IN, 3600, len(data)) + data


def dns_query(name, kind=_A, number=0x2001):
    return _dns(number, 0x0100, name, kind)


def dns_answer(name, ip, number=0x2001):
    return _dns(number, 0x8580, name, _A, (_record(b"\xc0\x0c", _A, packed(ip)),))


def dns_no_such_name(name, kind=_A, number=0x2001):
    return _dns(number, 0x8583, name, kind)


def dns_srv_query(name, number=0x2002):
    return dns_query(name, _SRV, number)


def dns_srv_answer(name, target, port, ip, number=0x2002, owner=None):
    """The address is the target's, or, where it is named, another host's."""
    service = struct.pack(">HHH", 0, 0, port) + _labels(target)
    return _dns(number, 0x8580, name, _SRV, (_record(b"\xc0\x0c", _SRV, service),),
                (_record(_labels(owner or target), _A, packed(ip)),))


# --- PPTP (RFC 2637) and its GRE ----------------------------------------------------------------

def _pptp(kind, body):
    return struct.pack(">HHIHH", 12 + len(body), 1, 0x1A2B3C4D, kind, 0) + body


def pptp_start():
    return _pptp(1, struct.pack(">HHIIHH64s64s", 0x0100, 0, 1, 1, 0, 0x0A28, b"RAS01",
                                b"Microsoft"))


def pptp_started():
    return _pptp(2, struct.pack(">HBBIIHH64s64s", 0x0100, 1, 0, 1, 1, 0, 0x0A28, b"RAS02",
                                b"Microsoft"))


def pptp_call():
    return _pptp(7, struct.pack(">HHIIIIHHHH64s64s", 0x4000, 1, 300, 100000000, 3, 3, 64, 0, 0, 0,
                                b"", b""))


def pptp_connected():
    return _pptp(8, struct.pack(">HHBBHIHHI", 0x0001, 0x4000, 1, 0, 0, 100000000, 64, 0, 0))


def gre_ppp(sequence=0):
    """Enhanced GRE with PPP's first LCP Configure-Request, RFC 1661."""
    ppp = b"\xff\x03\xc0\x21" + struct.pack(">BBH", 1, 1, 4)
    return struct.pack(">HHHHI", 0x3001, 0x880B, len(ppp), 0x0001, sequence) + ppp


# --- DCE/RPC (C706) -----------------------------------------------------------------------------

def _uuid(text):
    return uuid.UUID(text).bytes_le


EPM = ("e1af8308-5d1f-11c9-91a4-08002b14a0fa", 3)
SYSTEM_ACTIVATOR = ("000001a0-0000-0000-c000-000000000046", 0)
WBEM_LOGIN = ("f309ad18-d86a-11d0-a075-00c04fb68820", 0)
NDR = _uuid("8a885d04-1ceb-11c9-9fe8-08002b104860") + struct.pack("<I", 2)


def _rpc(kind, body, call=1):
    return struct.pack("<BBBBIHHI", 5, 0, kind, 3, 0x10, 16 + len(body), 0, call) + body


def rpc_bind(interface):
    return _rpc(11, struct.pack("<HHIIHBB", 5840, 5840, 0, 1, 0, 1, 0) + _uuid(
        interface[0]) + struct.pack("<I", interface[1]) + NDR)


def rpc_bound(port=135):
    address = b"%d\0" % port
    head = struct.pack("<HHIH", 5840, 5840, 0x1A2B, len(address)) + address
    head += bytes(-(16 + len(head)) % 4)
    return _rpc(12, head + struct.pack("<IHH", 1, 0, 0) + NDR)


def rpc_request(opnum, stub):
    return _rpc(0, struct.pack("<IHH", len(stub), 0, opnum) + stub)


def rpc_response(stub):
    return _rpc(2, struct.pack("<IHBB", len(stub), 0, 0, 0) + stub)


def rpc_fault(status=5):
    return _rpc(3, struct.pack("<IHBBII", 0, 0, 0, 0, status, 0))


def _tower(interface, port, ip):
    def floor(left, right):
        return struct.pack("<H", len(left)) + left + struct.pack("<H", len(right)) + right
    floors = (
        floor(b"\x0d" + _uuid(interface[0]) + struct.pack("<H", interface[1]), b"\0\0"),
        floor(b"\x0d" + NDR[:18], b"\0\0"), floor(b"\x0b", b"\0\0"),
        floor(b"\x07", struct.pack(">H", port)), floor(b"\x09", packed(ip)))
    return struct.pack("<H", 5) + b"".join(floors)


def _tower_ndr(tower):
    return struct.pack("<II", len(tower), len(tower)) + tower + bytes(-len(tower) % 4)


def epm_map(interface):
    """Where does this interface listen?"""
    return rpc_request(3, struct.pack("<I16sI", 1, bytes(16), 2) + _tower_ndr(
        _tower(interface, 0, "0.0.0.0")) + bytes(20) + struct.pack("<I", 4))


def epm_mapped(interface, port, ip):
    return rpc_response(bytes(20) + struct.pack("<IIIII", 1, 4, 0, 1, 3) + _tower_ndr(
        _tower(interface, port, ip)) + struct.pack("<I", 0))


def rpc_datagram(interface=EPM, opnum=3, kind=0):
    """A connectionless packet, C706 12.5.1: the endpoint mapper over UDP."""
    stub = struct.pack("<I16sI", 1, bytes(16), 2) + _tower_ndr(
        _tower(SYSTEM_ACTIVATOR, 0, "0.0.0.0")) + bytes(20) + struct.pack("<I", 4)
    if kind:
        stub = bytes(20) + struct.pack("<IIIII", 0, 4, 0, 0, 0x16C9A0D6)
    return struct.pack("<BBBB3sB16s16s16sIIIHHHHHBB", 4, kind, 0x08, 0, b"\x10\0\0", 0, bytes(16),
                       _uuid(interface[0]), bytes(range(16)), 0x40F51C00, interface[1], 0, opnum,
                       0xFFFF, 0xFFFF, len(stub), 0, 0, 0) + stub


def wbem_login(namespace="root\\sms\\site_ABC"):
    """IWbemLevel1Login::NTLMLogin (MS-WMI 3.1.4.1.4): a console's request to an SMS Provider."""
    path = "\\\\SITE01\\" + namespace + "\0"
    text = struct.pack("<III", len(path), 0, len(path)) + wide(path)
    text += bytes(-len(text) % 4)
    this = struct.pack("<HHII", 5, 6, 0, 0) + bytes(range(16)) + struct.pack("<I", 0)
    return rpc_request(6, this + struct.pack("<I", 0x00020000) + text + struct.pack("<III", 0, 0,
                                                                                    0))


def wbem_refused():
    """ORPCTHAT, no interface, and WBEM_E_ACCESS_DENIED."""
    return rpc_response(struct.pack("<IIII", 0, 0, 0, 0x80041003))


def wbem_logged_in():
    """ORPCTHAT, the IWbemServices of the namespace as an OBJREF (MS-DCOM 2.2.18), and S_OK."""
    binding = struct.pack("<H", 7) + wide("SITE01\0\0")
    security = struct.pack("<HHHH", 0x0A, 0xFFFF, 0, 0)
    resolver = struct.pack("<HH", (len(binding) + len(security)) // 2,
                           len(binding) // 2) + binding + security
    reference = b"MEOW" + struct.pack("<I", 1) + _uuid(
        "9556dc99-828c-11cf-a37e-00aa003240c7") + struct.pack("<IIQQ", 0, 5, 1, 2) + bytes(
        range(16)) + resolver
    return rpc_response(struct.pack("<IIIII", 0, 0, 0x00020000, len(reference), len(reference)) +
                        reference + bytes(-len(reference) % 4) + struct.pack("<I", 0))
