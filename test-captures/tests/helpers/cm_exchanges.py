# cm_exchanges.py
# What hosts of Configuration Manager say to each other, and what others say that is like it
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The exchanges are those of configmgr.md's sources: Microsoft's pages, the tools that talk to real
sites, and the logs of a site whose hosts hold few roles each."""

import struct
from collections import namedtuple

from generators import generator, plan

kb = plan("kb_services")
answers = plan("plan_answers")

TCP, UDP = answers.TCP, answers.UDP
CLIENT, SERVER, OTHER = "client", "server", "other"

# A flow: who asks whom on which port, and what is said: (by the server?, bytes) in turn.
Flow = namedtuple("Flow", "client server transport port said")

XML = ("Content-Type: text/xml",)
OK, NEGOTIATE, BASIC = kb.http_response(), answers.NEGOTIATE, answers.BASIC
FILE = kb.http_response(body=bytes(range(64)), headers=("Content-Type: application/octet-stream",))
PAGE = answers.page()
SOAP = kb.http_response(body=b"<soap:Envelope><soap:Body/></soap:Envelope>", headers=XML)
NOT_FOUND = kb.NOT_FOUND
FAILED = kb.http_response("500 Internal Server Error")
NOT_ALLOWED = kb.http_response("405 Method Not Allowed")
LIST = kb.http_response(
    body=b'<MPList><MP Name="PS1MP" FQDN="ps1-mp.example.test"><Version>9106</Version>'
         b'<SSLState Value="63"/></MP></MPList>', headers=XML)
KEY = kb.http_response(body=b"<MPKEYINFORMATION><SITECODE>PS1</SITECODE>"
                            b"<TRUSTEDROOTKEY>0602</TRUSTEDROOTKEY></MPKEYINFORMATION>",
                       headers=XML)
AUT = "/SMS_MP/.sms_aut?"


def turns(*messages):
    return tuple((bool(number % 2), message) for number, message in enumerate(messages))


def http(*messages, port=80, client=CLIENT, server=SERVER):
    return Flow(client, server, TCP, port, turns(*messages))


def get(uri, answer, port=80, **more):
    headers = more.pop("headers", ())
    return http(kb.http_get(uri, headers=headers), answer, port=port, **more)


def soap(uri, answer, **more):
    """A call of a web service."""
    return http(kb.http_request("POST", uri, body=b"<s:Envelope/>", headers=XML), answer, port=8530,
                **more)


def post(number, answer=OK, uri="/ccm_system_TokenAuth/request", **more):
    """A message with a client's identity."""
    request = kb.http_request("CCM_POST", uri, agent="SMS CCM 5.0", body=b"x",
                              headers=(f"CCMClientID: GUID:{number:032X}",))
    return http(request, answer, **more)


def share(name, status=kb.STATUS_OK, file=None, server=SERVER):
    said = [kb.smb2_tree("\\\\SRV\\" + name), kb.smb2_tree_reply(status)]
    if file:
        said += [kb.smb2_create(file), kb.smb2_created()]
    return Flow(CLIENT, server, TCP, 445, turns(*said))


def text(letters):
    """A string of NDR."""
    count = len(letters) + 1
    wide = kb.wide(letters + "\0")
    return struct.pack("<III", count, 0, count) + wide + bytes(-len(wide) % 4)


def shares(*remarks, level=1, code=0x0011C017):
    """NetrShareEnum (MS-SRVS 3.1.4.8) through a pipe: names with their remarks."""
    count = len(remarks)
    stub = struct.pack("<IIIIII", level, level, 0x20000, count, 0x20004, count)
    stub += b"".join(struct.pack("<III", 0x20008 + 8 * n, 0, 0x2000C + 8 * n)
                     for n in range(count))
    stub += b"".join(text("SHARE$") + text(remark) for remark in remarks)
    reply = kb.rpc_response(stub + struct.pack("<III", count, 0, 0))
    head = struct.pack("<HHI16sIIIIII", 49, 0, code, bytes(16), 0, 0, 112, len(reply), 0, 0)
    asked = struct.pack("<HHI16sIIIIIIII", 57, 0, code, bytes(16), 120, 0, 0, 0, 0, 4096, 1, 0)
    return Flow(CLIENT, SERVER, TCP, 445, turns(
        kb.nbss_message(smb2(asked, 0)), kb.nbss_message(smb2(head + reply, 1))))


def smb2(body, flags):
    """An IOCTL of SMB 2 (MS-SMB2 2.2.31)."""
    return struct.pack("<4sHHIHHIIQIIQ16s", b"\xfeSMB", 64, 1, 0, 11, 1, flags, 0, 5, 0xFEFF, 1,
                       0x0400000000000001, bytes(16)) + body


def login(database, client=CLIENT, server=SERVER):
    return Flow(client, server, TCP, 1433, turns(kb.tds_login(database),
                                                 kb.tds_logged_in(database)))


# --- TLS ----------------------------------------------------------------------------------------

def record(kind, body):
    message = struct.pack(">BBH", kind, 0, len(body)) + body
    return struct.pack(">BHH", 22, 0x0303, len(message)) + message


def hello(name):
    """A ClientHello with the name of the server (RFC 6066 3)."""
    text = name.encode()
    entry = struct.pack(">HBH", len(text) + 3, 0, len(text)) + text
    extensions = struct.pack(">HH", 0x17, 0) + struct.pack(">HH", 0, len(entry)) + entry
    return record(1, struct.pack(">H32sBHHBB", 0x0303, bytes(range(32)), 0, 2, 0x003C, 1, 0) +
                  struct.pack(">H", len(extensions)) + extensions)


def served(issuer):
    """ServerHello and a certificate, of which the names alone are there."""
    name = kb.ber(0x30, kb.ber(0x31, kb.ber(0x30, kb.ber(6, b"\x55\x04\x03"),
                                            kb.ber(0x0C, issuer.encode()))))
    certificate = kb.ber(0x30, kb.ber(0x30, kb.ber(2, b"\1"), name, name))
    chain = struct.pack(">BH", 0, len(certificate)) + certificate
    return record(2, struct.pack(">H32sBHB", 0x0303, bytes(range(32)), 0, 0x003C, 0)) + record(
        11, struct.pack(">BH", 0, len(chain)) + chain)


def tls(name, issuer="Example CA", **more):
    return http(hello(name), served(issuer), port=443, **more)


def tls_with_purpose(purpose, accepted=True):
    """The client's certificate has it (RFC 5280 4.2.1.12); then both change to their keys."""
    certificate = kb.ber(0x30, kb.ber(0x30, kb.ber(6, b"\x55\x1d\x25"),
                                      kb.ber(4, kb.ber(0x30, kb.ber(6, purpose)))))
    chain = struct.pack(">BH", 0, len(certificate)) + certificate
    changed = bytes.fromhex("140303000101")
    mine = record(11, struct.pack(">BH", 0, len(chain)) + chain) + changed
    refused = bytes.fromhex("15030300020230")
    return http(hello("x.example.test"), served("Example CA"), mine,
                changed if accepted else refused, port=443)


# 1.3.6.1.4.1.311.101.2, and that of any client (RFC 5280).
PURPOSE, ANY_CLIENT = bytes.fromhex("2b060104018237 6502"), bytes.fromhex("2b06010505070302")

# --- Kerberos -----------------------------------------------------------------------------------

CM = generator("cm_services")


def tickets(*names, granted=None):
    """Requests in one connection, and the ticket for each of those `granted`, else an error."""
    said = []
    for name in names:
        said.append(CM.ticket_request(*name.split("/")))
        said.append(CM.ticket("admin", *(granted or name).split("/")))
    return Flow(CLIENT, SERVER, TCP, 88, turns(*said))


def refused_ticket(name):
    error = kb.ber(0x7E, kb.ber(0x30, kb.ber(0xA0, b"\2\1\5"), kb.ber(0xA1, b"\2\1\x1e"),
                                kb.ber(0xA6, b"\2\1\7"), kb.ber(0xAA, CM._principal(
                                    2, *name.split("/")))))
    return Flow(CLIENT, SERVER, TCP, 88, turns(CM.ticket_request(*name.split("/")),
                                               kb.over_tcp(error)))


# --- Network boot -------------------------------------------------------------------------------

BOOT_FILE = b"\\SMSTemp\\2026.08.01.10.00.00.{1}.boot.bcd"


def boot_request():
    """To port 4011, with the options of a PXE client (RFC 4578) and the product's own."""
    asked = kb.dhcp(3, "02:00:00:00:00:11").rstrip(b"\0")[:-1]
    return asked + b"\x3c\x20PXEClient:Arch:00007:UNDI:003016" + bytes.fromhex(
        "5d020007" "fa0b0c01010d02080001020007" "ff")


def boot_request_of_others():
    return boot_request().replace(bytes.fromhex("fa0b0c01010d02080001020007"), b"")


def boot_reply(vendor=b"PXEClient", file=BOOT_FILE, variables=bytes.fromhex("02453014000000")):
    said = kb.dhcp(5, "02:00:00:00:00:11", server="10.9.0.1").rstrip(b"\0")[:-1]
    for number, value in ((60, vendor), (243, variables), (252, file)):
        said += bytes((number, len(value))) + value if value else b""
    return said + b"\xff"


def variables(name):
    """A key of four bytes, and a file."""
    return b"\2\4\x30\x14\0\0" + bytes((1, len(name))) + name


def boot(reply, request=None):
    return Flow(CLIENT, SERVER, UDP, 4011, turns(request or boot_request(), reply))


def tftp(name, answer, server=SERVER):
    """A read request to 69, and what comes from a port of the server's choice."""
    return (Flow(CLIENT, SERVER, UDP, 69, ((False, b"\0\1" + name + b"\0octet\0"),)),
            Flow(CLIENT, server, UDP, 57001, ((True, answer),)))


DATA, OPTIONS = b"\0\3\0\1" + bytes(512), b"\0\6tsize\x00512\0"
REFUSED = b"\0\5\0\1not found\0"


def srv(target):
    name = "_mssms_mp_ps1._tcp.example.test"
    return Flow(CLIENT, OTHER, UDP, 53, turns(
        kb.dns_srv_query(name),
        lambda of: kb.dns_srv_answer(name, target, 443, of(SERVER))))


def search(classes, *entries):
    asked = kb.ldap_search(kb.PUBLISHED_IN, kb.ldap_equal("objectClass", classes),
                           ("mSSMSMPName",))
    return Flow(CLIENT, SERVER, TCP, 389, turns(asked, b"".join(entries) + kb.ldap_done()))


def package(answer, uri="/SMS_DP_SMSPKG$/Content_1.1/sccm?/setup.exe", **more):
    return get(uri, answer, **more)
