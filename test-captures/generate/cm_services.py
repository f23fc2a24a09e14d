# cm_services.py
# Messages of a Configuration Manager site of today, as bytes that Wireshark dissects
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Layouts are the published ones: RFC 5246 and 5280 (TLS 1.2 with a certificate), MS-SMB2 and
# MS-SRVS (shares and their remarks), RFC 2131 with what PXE adds, RFC 1350 (TFTP), RFC 4120
# (Kerberos), SOAP of MS-WUSP. What the product writes into them (paths, methods, headers, options,
# shares, remarks, names) is what public programs send to real sites and what the logs of a real
# site show; names of hosts and sites are others. Bytes that no source describes are fixed ones of
# our own: they mean nothing.

import struct

import kb_services as kb
import messages as rc
from kb_services import ber, ber_int, ber_text, wide

DOMAIN = kb.DOMAIN
BOUNDARY = "aAbBcCdDv1234567890VxXyYzZ"
# Bytes of protocols that no one has published: notification, Service Broker, wake-up proxy.
UNKNOWN = bytes((0x91, 0x02, 0xE7, 0x00, 0x13, 0xFE, 0x80, 0x05, 0xC4, 0x01, 0x9B, 0x00))


# --- HTTP ---------------------------------------------------------------------------------------

def of_today(response):
    return response.replace(b"Microsoft-IIS/6.0", b"Microsoft-IIS/10.0")


def answer(status="200 OK", body=b"", kind="", headers=()):
    more = ("Content-Type: " + kind,) if kind else ()
    return of_today(kb.http_response(status, body, (*headers, *more)))


NOT_FOUND = answer("404 Not Found")
UNAUTHORIZED = answer("401 Unauthorized",
                      headers=("WWW-Authenticate: Negotiate", "WWW-Authenticate: NTLM"))
FORBIDDEN = answer("403 Forbidden")
NOT_ALLOWED = answer("405 Method Not Allowed", headers=("Allow: GET, HEAD, OPTIONS, TRACE",))
SERVER_ERROR = answer("500 Internal Server Error")
FILE = answer("206 Partial Content", bytes(range(64)), "application/octet-stream")
MULTISTATUS = answer("207 Multi-Status",
                     b'<?xml version="1.0"?><a:multistatus xmlns:a="DAV:"/>', "text/xml")


def get(uri, host, agent="", **more):
    return kb.http_get(uri, host=host, agent=agent, **more)


def mp_list(site, server, build="9106"):
    """A management point's answer to MPLIST: names, build, and whether it demands HTTPS."""
    return answer(body=('<MPList><MP Name="%s" FQDN="%s.%s"><Version>%s</Version>'
                        '<Capabilities SchemaVersion="1.0"><Property Name="SSLState" Value="0"/>'
                        '</Capabilities></MP></MPList>' % (
                            server.upper(), server, DOMAIN, build)).encode(), kind="text/xml")


def mp_key(site):
    return answer(body=("<MPKEYINFORMATION><SITECODE>%s</SITECODE><TRUSTEDROOTKEY>0602000000A4"
                        "</TRUSTEDROOTKEY></MPKEYINFORMATION>" % site).encode(), kind="text/xml")


def certificate_of(server, issuer="Site Server"):
    return answer(body=certificate(issuer, issuer, "%s.%s" % (server, DOMAIN)).hex().encode(),
                  kind="text/plain")


def ccm_post(host, path="/ccm_system/request", client=None, target="MP_PolicyManager"):
    """A message to a management point: two parts, the first of them UTF-16."""
    message = b"\xff\xfe" + wide('<Msg ReplyCompression="zlib" SchemaVersion="1.1">'
                                 "<TargetAddress>mp:%s</TargetAddress></Msg>" % target)
    edge = b"--" + BOUNDARY.encode()
    body = (edge + b"\r\ncontent-type: text/plain; charset=UTF-16\r\n\r\n" + message + b"\r\n" +
            edge + b"\r\ncontent-type: application/octet-stream\r\n\r\n" + UNKNOWN + b"\r\n" +
            edge + b"--\r\n")
    headers = ['Content-Type: multipart/mixed; boundary="%s"' % BOUNDARY]
    if client:
        headers.append("CCMClientID: " + client)
    return kb.http_request("CCM_POST", path, host=host, agent="ConfigMgr Messaging HTTP Sender",
                           body=body, headers=headers)


def bits_post(host, uri="/CCM_Incoming/" + kb.CLIENT_ID):
    return kb.http_request("BITS_POST", uri, host=host, agent="Microsoft BITS/7.8",
                           headers=("BITS-Packet-Type: Create-Session",
                                    "BITS-Supported-Protocols: " + kb.BITS_UPLOAD))


BITS_ACK = of_today(kb.BITS_ACK)


def propfind(uri, host):
    return kb.http_request("PROPFIND", uri, host=host, agent="SMS CCM 5.0",
                           headers=("Depth: 1",))


def bits_get(uri, host):
    return get(uri, host, "Microsoft BITS/7.8", headers=("Range: bytes=0-63",))


def soap(uri, host, action, agent="Windows-Update-Agent/10.0.10011.16384 Client-Protocol/2.50"):
    body = ('<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><%s/></s:Body>'
            "</s:Envelope>" % action).encode()
    return kb.http_request("POST", uri, host=host, agent=agent, body=body,
                           headers=("Content-Type: text/xml; charset=utf-8",
                                    'SOAPAction: "http://www.microsoft.com/SoftwareDistribution/'
                                    '%s"' % action))


def soap_answer(action):
    return answer(body=('<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">'
                        "<soap:Body><%sResponse/></soap:Body></soap:Envelope>" % action).encode(),
                  kind="text/xml; charset=utf-8")


# --- Certificates (RFC 5280) --------------------------------------------------------------------

_OID_CN, _OID_RSA = b"\x55\x04\x03", b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01"
_OID_SHA256_RSA = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b"
_OID_ALT_NAME = b"\x55\x1d\x11"


def _sequence(*parts):
    return ber(0x30, *parts)


def _name(common):
    return _sequence(ber(0x31, _sequence(ber(0x06, _OID_CN), ber_text(common, 0x0C))))


def certificate(issuer, subject, host):
    """A certificate whose key and signature are fixed bytes: no one could use it."""
    algorithm = _sequence(ber(0x06, _OID_SHA256_RSA), b"\x05\0")
    key = _sequence(ber(0x02, b"\0" + bytes(range(128, 192))), ber(0x02, b"\1\0\1"))
    alternative = _sequence(ber(0x06, _OID_ALT_NAME),
                            ber(0x04, _sequence(ber_text(host, 0x82))))
    body = _sequence(
        ber(0xA0, ber_int(2)), ber_int(0x51AB), algorithm, _name(issuer),
        _sequence(ber_text("260101000000Z", 0x17), ber_text("310101000000Z", 0x17)),
        _name(subject),
        _sequence(_sequence(ber(0x06, _OID_RSA), b"\x05\0"), ber(0x03, b"\0" + key)),
        ber(0xA3, _sequence(alternative)))
    return _sequence(body, algorithm, ber(0x03, b"\0" + bytes(range(64))))


# --- TLS 1.2 (RFC 5246) -------------------------------------------------------------------------

def _record(kind, data):
    return struct.pack(">BHH", kind, 0x0303, len(data)) + data


def _handshake(kind, body):
    return struct.pack(">B", kind) + struct.pack(">I", len(body))[1:] + body


def _long(data):
    """With a length of three bytes before it."""
    return struct.pack(">I", len(data))[1:] + data


def client_hello(host):
    name = host.encode()
    server_name = struct.pack(">HHHBH", 0, len(name) + 5, len(name) + 3, 0, len(name)) + name
    hello = struct.pack(">H32sBHHBBH", 0x0303, bytes(range(32)), 0, 2, 0x009C, 1, 0,
                        len(server_name)) + server_name
    return _record(0x16, _handshake(1, hello))


def server_hello(shown):
    """ServerHello, Certificate and ServerHelloDone."""
    hello = struct.pack(">H32sBHB", 0x0303, bytes(range(64, 96)), 0, 0x009C, 0)
    return _record(0x16, _handshake(2, hello) + _handshake(11, _long(_long(shown))) +
                   _handshake(14, b""))


CLIENT_FINISHED = (_record(0x16, _handshake(16, struct.pack(">H", 64) + bytes(range(64)))) +
                   _record(0x14, b"\1") + _record(0x16, bytes(range(100, 140))))
SERVER_FINISHED = _record(0x14, b"\1") + _record(0x16, bytes(range(140, 180)))


def sealed(length=64):
    return _record(0x17, bytes((i * 7 + 3) & 0xFF for i in range(length)))


def tls(host, issuer="Contoso Issuing CA", subject=None):
    """A full handshake and a record each way."""
    return (client_hello(host), server_hello(certificate(issuer, subject or host, host)),
            CLIENT_FINISHED, SERVER_FINISHED, sealed(), sealed(96))


def enhanced_http(host):
    """The certificate that a site issues to its management points without a PKI."""
    return tls(host, "SMS Issuing", "SMS Role SSL Certificate")


# --- SMB 2 (MS-SMB2) and the list of shares (MS-SRVS) -------------------------------------------

_TREE, _CREATE, _IOCTL = 3, 5, 11
PIPE_TRANSCEIVE = 0x0011C017
MORE_PROCESSING = 0xC0000016
SRVSVC = ("4b324fc8-1670-01d3-1278-5a47bf6ee188", 3)
FILE_ID = bytes(range(16))


def _smb2(command, body, number, reply=False, status=0, tree=0):
    header = struct.pack("<4sHHIHHIIQIIQ16s", b"\xfeSMB", 64, 1, status, command, 1,
                         1 if reply else 0, 0, number, 0xFEFF, tree, 0x0400000000000031,
                         bytes(16))
    return kb.nbss_message(header + body)


def _session(token, number, reply=False, status=0):
    if reply:
        return _smb2(1, struct.pack("<HHHH", 9, 0, 72, len(token)) + token, number, True, status)
    return _smb2(1, struct.pack("<HBBIIHHQ", 25, 0, 1, 0, 0, 88, len(token), 0) + token, number)


def _tree(path, number):
    name = wide(path)
    return _smb2(_TREE, struct.pack("<HHHH", 9, 0, 72, len(name)) + name, number)


def _tree_reply(number, status, pipe):
    if status:
        return _smb2(_TREE, struct.pack("<HBBI", 9, 0, 0, 0) + b"\0", number, True, status)
    return _smb2(_TREE, struct.pack("<HBBIII", 16, 2 if pipe else 1, 0, 0, 0, 0x001F01FF),
                 number, True, tree=1)


def _create(name, number):
    path = wide(name)
    return _smb2(_CREATE, struct.pack("<HBBIQQIIIIIHHII", 57, 0, 0, 2, 0, 0, 0x0012019F, 0, 3, 1,
                                      0x40, 120, len(path), 0, 0) + path, number, tree=1)


def _created(number, status):
    if status:
        return _smb2(_CREATE, struct.pack("<HBBI", 9, 0, 0, 0) + b"\0", number, True, status, 1)
    return _smb2(_CREATE, struct.pack("<HBBIQQQQQQII16sII", 89, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0x80,
                                      0, FILE_ID, 0, 0), number, True, tree=1)


def _ioctl(data, number):
    return _smb2(_IOCTL, struct.pack("<HHI16sIIIIIIII", 57, 0, PIPE_TRANSCEIVE, FILE_ID, 120,
                                     len(data), 0, 0, 0, 4280, 1, 0) + data, number, tree=1)


def _ioctl_reply(data, number):
    return _smb2(_IOCTL, struct.pack("<HHI16sIIIIII", 49, 0, PIPE_TRANSCEIVE, FILE_ID, 112, 0, 112,
                                     len(data), 0, 0) + data, number, True, tree=1)


def smb_login(client, host):
    """Negotiation, and a session by NTLM."""
    return [kb.smb2_negotiate(), kb.smb2_negotiated(),
            _session(rc.ntlm_negotiate(host=client), 1),
            _session(rc.ntlm_challenge(host=host), 1, True, MORE_PROCESSING),
            _session(rc.ntlm_authenticate(user="svc", host=client), 2),
            _session(b"", 2, True)]


def smb(server, share, *files, client="HOST", status=0):
    """A share and files of it; `status` is that of the share."""
    said = [*smb_login(client, server.upper()),
            _tree("\\\\%s.%s\\%s" % (server, DOMAIN, share), 3),
            _tree_reply(3, status, share == "IPC$")]
    if not status:
        for number, name in enumerate(files, 4):
            said += [_create(name, number), _created(number, 0)]
    return said


def _ndr_text(text):
    data = wide(text + "\0")
    return struct.pack("<III", len(text) + 1, 0, len(text) + 1) + data + bytes(-len(data) % 4)


def share_enum(server):
    return kb.rpc_request(15, struct.pack("<I", 0x20000) + _ndr_text("\\\\" + server) + struct.pack(
        "<IIIIIIII", 1, 1, 0x20004, 0, 0, 0xFFFFFFFF, 0x20008, 0))


def share_list(shares):
    """NetrShareEnum's answer of level 1: names, types and remarks."""
    fixed = struct.pack("<IIIIII", 1, 1, 0x20000, len(shares), 0x20004, len(shares))
    texts = b""
    for number, (name, remark) in enumerate(shares):
        kind = 0x80000003 if name == "IPC$" else 0x80000000 if name.endswith("$") else 0
        fixed += struct.pack("<III", 0x20010 + 8 * number, kind, 0x20014 + 8 * number)
        texts += _ndr_text(name) + _ndr_text(remark)
    return kb.rpc_response(fixed + texts + struct.pack("<IIII", len(shares), 0x30000, 0, 0))


def shares(server, listed, client="HOST"):
    """Who asks a server for its shares gets their remarks as well."""
    return [*smb(server, "IPC$", "srvsvc", client=client),
            _ioctl(kb.rpc_bind(SRVSVC), 5), _ioctl_reply(kb.rpc_bound(445), 5),
            _ioctl(share_enum(server), 6), _ioctl_reply(share_list(listed), 6)]


# --- DHCP of PXE --------------------------------------------------------------------------------

DISCOVER, OFFER, REQUEST, ACK = 1, 2, 3, 5
CLIENT_SYSTEM = bytes((0, 7))  # option 93: x64 EFI
# What Windows' boot program asks port 4011 with.
BOOT_PROGRAM = bytes.fromhex("0c01010d020800010200070e0100")
GUID = bytes.fromhex("00") + bytes(range(16))


def _options(pairs):
    return b"".join(bytes((code, len(value))) + value for code, value in pairs)


def dhcp(kind, mac, options, ends=("0.0.0.0", "0.0.0.0"), server="0.0.0.0"):
    """`ends`: the client's address and the one that it is given."""
    reply = kind in (OFFER, ACK)
    fixed = struct.pack(">BBBBIHH4s4s4s4s16s64s128s", 2 if reply else 1, 1, 6, 0, 0x3903F326, 0,
                        0 if ends[0] != "0.0.0.0" else 0x8000, kb.packed(ends[0]),
                        kb.packed(ends[1]), kb.packed(server), bytes(4),
                        bytes.fromhex(mac.replace(":", "")), b"", b"")
    return (fixed + b"\x63\x82\x53\x63" + bytes((53, 1, kind)) + _options(options) +
            b"\xff").ljust(300, b"\0")


PXE_CLIENT = ((60, b"PXEClient:Arch:00007:UNDI:003016"), (93, CLIENT_SYSTEM),
              (94, b"\x01\x03\x10"), (97, GUID), (55, b"\x01\x03\x3c\x42\x43\x80\x81"))


def dhcp_offer(server):
    return ((54, kb.packed(server)), (51, b"\0\x0a\x8c\0"), (1, b"\xff\xff\xff\0"))


def pxe_offer(server):
    return ((54, kb.packed(server)), (97, GUID), (60, b"PXEClient"))


def boot_question(client):
    return ((60, b"PXEClient"), (93, CLIENT_SYSTEM), (97, GUID), (250, BOOT_PROGRAM))


def boot_answer(server, variables, catalog):
    """Option 243: the key of the variables' file, and its name, each behind its kind and length;
    option 252: the boot catalog."""
    key = bytes.fromhex("3014000000 0a".replace(" ", "")) + bytes(range(48, 48 + 63))
    name = variables.encode() + b"\0"
    told = bytes((2, len(key))) + key + bytes((1, len(name))) + name
    return ((54, kb.packed(server)), (60, b"PXEClient"), (243, told),
            (252, catalog.encode() + b"\0"))


# --- TFTP (RFC 1350, 2347) ----------------------------------------------------------------------

def tftp_read(name):
    return struct.pack(">H", 1) + name.encode() + b"\0octet\0tsize\0000\0blksize\0001456\0"


TFTP_OPTIONS = struct.pack(">H", 6) + b"tsize\00064\0blksize\0001456\0"
TFTP_DATA = struct.pack(">HH", 3, 1) + bytes(range(64))


def tftp_ack(block):
    return struct.pack(">HH", 4, block)


# --- LDAP ---------------------------------------------------------------------------------------

def directory(*filters_and_entries):
    """A bind, then each search with the entry that answers it."""
    said = [kb.ldap_bind(), kb.ldap_bound()]
    for number, (base, wanted, attributes, entry) in enumerate(filters_and_entries, 2):
        said.append(kb.ldap_search(base, wanted, attributes, number))
        said.append(kb.ldap_entry(*entry, number) + kb.ldap_done(number=number))
    return said


def find_site(site, server):
    """How a client looks for its site and the management point in the directory."""
    return directory(
        (kb.PUBLISHED_IN, kb.ldap_equal("objectClass", "mSSMSSite"),
         ("mSSMSSiteCode", "mSSMSSourceForest"),
         ("CN=SMS-Site-%s,%s" % (site, kb.PUBLISHED_IN),
          (("mSSMSSiteCode", (site,)), ("mSSMSSourceForest", (DOMAIN,))))),
        (kb.PUBLISHED_IN, ber(0xA0, kb.ldap_equal("objectClass", "mSSMSManagementPoint"),
                              kb.ldap_equal("mSSMSSiteCode", site)),
         ("mSSMSMPName", "mSSMSSiteCode", "mSSMSDefaultMP"),
         ("CN=SMS-MP-%s-%s.%s,%s" % (site, server.upper(), DOMAIN.upper(), kb.PUBLISHED_IN),
          (("mSSMSMPName", ("%s.%s" % (server, DOMAIN),)), ("mSSMSSiteCode", (site,))))))


def find_boot_servers(server):
    """What names the hosts that serve PXE."""
    return directory((
        kb.BASE_DN, ber(0xA0, kb.ldap_equal("objectClass", "connectionPoint"),
                        ber(0x87, b"netbootserver")),
        ("netbootserver", "distinguishedName"),
        ("CN=%s-Remote-Installation-Services,CN=%s,OU=Servers,%s" % (
            server.upper(), server.upper(), kb.BASE_DN),
         (("netbootserver", ("CN=%s,OU=Servers,%s" % (server.upper(), kb.BASE_DN),)),))))


# --- Kerberos (RFC 4120): a ticket for a service ------------------------------------------------

REALM = DOMAIN.upper()


def _encrypted(length):
    return _sequence(ber(0xA0, ber_int(18)), ber(0xA2, ber_text(bytes(range(length)))))


def _principal(kind, *names):
    return _sequence(ber(0xA0, ber_int(kind)),
                     ber(0xA1, _sequence(*(ber_text(name, 0x1B) for name in names))))


def _ticket(*service):
    return ber(0x61, _sequence(ber(0xA0, ber_int(5)), ber(0xA1, ber_text(REALM, 0x1B)),
                               ber(0xA2, _principal(2, *service)), ber(0xA3, _encrypted(80))))


def ticket_request(*service):
    """TGS-REQ, over TCP."""
    proof = ber(0x6E, _sequence(
        ber(0xA0, ber_int(5)), ber(0xA1, ber_int(14)), ber(0xA2, ber(0x03, bytes(5))),
        ber(0xA3, _ticket("krbtgt", REALM)), ber(0xA4, _encrypted(60))))
    body = _sequence(
        ber(0xA0, ber(0x03, b"\0\x40\x81\x00\x00")), ber(0xA2, ber_text(REALM, 0x1B)),
        ber(0xA3, _principal(2, *service)), ber(0xA5, ber_text("20370913024805Z", 0x18)),
        ber(0xA7, ber_int(0x12345678)), ber(0xA8, _sequence(ber_int(18))))
    return kb.over_tcp(ber(0x6C, _sequence(
        ber(0xA1, ber_int(5)), ber(0xA2, ber_int(12)),
        ber(0xA3, _sequence(_sequence(ber(0xA1, ber_int(1)), ber(0xA2, ber_text(proof))))),
        ber(0xA4, body))))


def ticket(user, *service):
    """TGS-REP, over TCP."""
    return kb.over_tcp(ber(0x6D, _sequence(
        ber(0xA0, ber_int(5)), ber(0xA1, ber_int(13)), ber(0xA3, ber_text(REALM, 0x1B)),
        ber(0xA4, _principal(1, user)), ber(0xA5, _ticket(*service)),
        ber(0xA6, _encrypted(90)))))


def password_change():
    """RFC 3244, over UDP: an AP-REQ and a sealed message."""
    proof = ber(0x6E, _sequence(
        ber(0xA0, ber_int(5)), ber(0xA1, ber_int(14)), ber(0xA2, ber(0x03, bytes(5))),
        ber(0xA3, _ticket("kadmin", "changepw")), ber(0xA4, _encrypted(60))))
    private = ber(0x75, _sequence(ber(0xA0, ber_int(5)), ber(0xA1, ber_int(21)),
                                  ber(0xA3, _encrypted(48))))
    return struct.pack(">HHH", 6 + len(proof) + len(private), 1, len(proof)) + proof + private


# --- Others -------------------------------------------------------------------------------------

def magic_packet(mac):
    return b"\xff" * 6 + bytes.fromhex(mac.replace(":", "")) * 16


# TPKT and X.224: a connection request that offers TLS, and its confirmation.
RDP_REQUEST = bytes.fromhex("030000130ee000000000000100080003000000")
RDP_CONFIRM = bytes.fromhex("030000130ed000001234000200080002000000")

# RFC 5905, from a client and from a server.
NTP_REQUEST = b"\x1b" + bytes(47)
NTP_ANSWER = b"\x1c\x01\x00\xe9" + bytes(8) + b"LOCL" + bytes.fromhex("ee1a2b3c00000000") * 4
# MS-SQLR: the port of an instance, and the answer.
BROWSER_REQUEST = b"\x04CM\0"
_INSTANCE = b"ServerName;SQL01;InstanceName;CM;IsClustered;No;Version;15.0.2000.5;tcp;1433;;"
BROWSER_ANSWER = b"\x05" + struct.pack("<H", len(_INSTANCE)) + _INSTANCE


def epm(interface, port, server):
    """A question to the endpoint mapper, and where the interface listens."""
    return [kb.rpc_bind(kb.EPM), kb.rpc_bound(), kb.epm_map(interface),
            kb.epm_mapped(interface, port, server)]


def rpc(interface, port):
    return [kb.rpc_bind(interface), kb.rpc_bound(port)]


def provider(port, site):
    """A console opens the provider's namespace."""
    return [kb.rpc_bind(kb.WBEM_LOGIN), kb.rpc_bound(port),
            kb.wbem_login("root\\sms\\site_" + site), kb.wbem_logged_in()]


def sql(database, host, application="SMS_EXECUTIVE"):
    """A login in clear, as where encryption is off; elsewhere it is in TLS."""
    return [kb.tds_prelogin(), kb.tds_prelogin_reply(),
            kb.tds_login(database, host.upper(), application), kb.tds_logged_in(database)]


# The same up to where TLS begins, and an answer that demands encryption.
SQL_SEALED = [kb.tds_prelogin(), kb.tds_prelogin_reply().replace(b"\x02\xf7\0\0\x02",
                                                                 b"\x02\xf7\0\0\x03")]
