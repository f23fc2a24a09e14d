# messages.py
# Messages of Microsoft SMS Remote Tools, and of other protocols on their ports, as bytes
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Layouts are those of the public signatures: RCH0 from Snort 3:15148 and 1:3673 and the Nessus
# check for CVE-2004-0728, TNMP and USER from nmap-service-probes (LANDesk-RC), ConfigMgr's
# frames from its cmrcservice lines. Bytes that no signature fixes are set to fixed values of
# our own; they mean nothing.

import struct
from collections import namedtuple

# --- RCH0, TCP 2702 -----------------------------------------------------------------------------

def rch(body=b"", length=None):
    """An RCH0 message; `length` replaces the true length of its body."""
    return struct.pack("<4sI4s", b"RCH0", len(body) if length is None else length,
                       b"RCHE") + body


# The check for CVE-2004-0728 as it is published: 142 bytes.
CVE_2004_0728_CHECK = b"RCH0" + bytes((0x16, 0x00, 0x40, 0x00)) + b"RCHE" + b"X" * 130


# --- TNMP, TCP 2701 and 1761-1763 ---------------------------------------------------------------

def tnmp(body, length=None):
    """A TNMP message; `length` replaces the true length of its body."""
    return struct.pack("<4sI4s", b"TNMP", len(body) if length is None else length,
                       b"TNME") + body


CODE_REQUEST = 4
CODE_REPLY = 0
CODE_REFUSED = -2
WORD0_CONTROLLED = 0x80

INFORMATION_REQUEST = tnmp(struct.pack("<Hh", 0, CODE_REQUEST))
REFUSED = tnmp(struct.pack("<Hh", 0, CODE_REFUSED))


def busy(controller, digit):
    """Being controlled by `controller` on port 1760 + `digit`."""
    return tnmp(struct.pack("<HhH", WORD0_CONTROLLED, CODE_REFUSED, 0x0101) +
                b"%s:%d" % (controller.encode(), digit))


# The variants of the USER record. `between`: the bytes from offset 32 to the product string.
Variant = namedtuple("Variant", "version request_word unknown between product")

VARIANT_08 = Variant(
    0x0810, 4, bytes.fromhex("3ad008003ad00101"),
    bytes.fromhex("000000fd000000000000020000000001040000000000010203 00b501bb00"),
    "Desktop Manager 6.0")
VARIANT_07 = Variant(
    0x0710, 4, bytes.fromhex("3ad008003ad00101"),
    bytes.fromhex("000000fd00000000000002000000000104000000000000000000 0000"),
    "Desktop Manager 5.0")
VARIANT_UDP = Variant(
    0x0001, 0x10, bytes.fromhex("3ad008003ad00101"),
    bytes.fromhex("000000fd00000000000002000000"),
    "LANDeskWorkgroup Manager ver 6.0")

USER_FIXED = 32  # bytes before `between`
USER_BLOCK = bytes((2, 4, 1, 2, 1))
BEFORE_NAMES = bytes(4)


def user_record(variant=VARIANT_08, host="WKS17", user="jdoe", controller=None,
                product_at=None, block_at=None, names_at=None):
    """The body of an information reply. The last three put another offset in place of the
    right one."""
    product = variant.product.encode() + b"\0"
    at = USER_FIXED + len(variant.between)
    names = [controller] if controller is not None else []
    names += [host, user]
    return struct.pack(
        "<HH4sHHH8sHHHHH", 0, 0, b"USER", variant.version, variant.request_word, 8,
        variant.unknown,
        at if product_at is None else product_at,
        at + len(product) if block_at is None else block_at,
        3,
        at + len(product) + len(USER_BLOCK) if names_at is None else names_at,
        0xFFFF) + variant.between + product + USER_BLOCK + BEFORE_NAMES + b"".join(
            name.encode() + b"\0" for name in names) + b"\0"


def information_reply(**what):
    return tnmp(user_record(**what))


# The 12 bytes to which hosts answer with the UDP record (nmap's probe DNSStatusRequest).
UDP_PROBE = struct.pack("<HH8s", 0, 0x10, b"")


# --- ConfigMgr, TCP 2701 ------------------------------------------------------------------------

CM_CONTROL = 0x80


def cm_text(text):
    """A control frame in clear."""
    data = text.encode("utf-16-le") + b"\0\0"
    body = struct.pack("<H", len(data)) + data
    return struct.pack("<I", CM_CONTROL << 24 | len(body)) + body


CM_GREETING = cm_text("START_HANDSHAKE")


# --- NTLMSSP (MS-NLMP 2.2.1) --------------------------------------------------------------------

NTLM_FLAGS = 0x20088207  # 128 bit, extended security, always sign, NTLM, Unicode, OEM, target
NTLM_TARGET_TYPE_DOMAIN = 0x00010000
NTLM_TARGET_INFO = 0x00800000


def _ntlm_fields(start, *parts):
    """Length, room and offset of each part, the first of which is at `start`; the parts."""
    fields = b""
    for part in parts:
        fields += struct.pack("<HHI", len(part), len(part), start)
        start += len(part)
    return fields, b"".join(parts)


def ntlm_negotiate(domain="CONTOSO", host="ADM01"):
    # MS-NLMP 2.2.1.1: the names are OEM and indicated by two flags.
    fields, parts = _ntlm_fields(32, domain.encode(), host.encode())
    return b"NTLMSSP\0" + struct.pack("<II", 1, NTLM_FLAGS | 0x3000) + fields + parts


def ntlm_challenge(domain="CONTOSO", host="WKS17"):
    def av(kind, text):
        value = text.encode("utf-16-le")
        return struct.pack("<HH", kind, len(value)) + value

    target = domain.encode("utf-16-le")
    info = av(2, domain) + av(1, host) + struct.pack("<HH", 0, 0)
    first, _ = _ntlm_fields(48, target)
    second, _ = _ntlm_fields(48 + len(target), info)
    return (b"NTLMSSP\0" + struct.pack("<I", 2) + first +
            struct.pack("<I", NTLM_FLAGS | NTLM_TARGET_TYPE_DOMAIN | NTLM_TARGET_INFO) +
            bytes(range(1, 9)) + bytes(8) + second + target + info)


def ntlm_authenticate(domain="CONTOSO", user="admin", host="ADM01"):
    wide = [text.encode("utf-16-le") for text in (domain, user, host)]
    lm, nt, key = b"\x11" * 24, b"\x22" * 24, b""
    fields, parts = _ntlm_fields(64, lm, nt, *wide, key)
    return b"NTLMSSP\0" + struct.pack("<I", 3) + fields + struct.pack("<I", NTLM_FLAGS) + parts


# --- Other protocols on these ports -------------------------------------------------------------

def tls_client_hello():
    """A ClientHello of TLS 1.0 with one cipher suite, as RFC 2246 lays it out."""
    hello = struct.pack(">H32sBHHBB", 0x0301, bytes(range(32)), 0, 2, 0x000A, 1, 0)
    handshake = struct.pack(">BBH", 1, 0, len(hello)) + hello
    return struct.pack(">BHH", 0x16, 0x0301, len(handshake)) + handshake


def rtp(sequence, payload=b"\xd5" * 160):
    """An RTP packet (RFC 3550), PCMA."""
    return struct.pack(">BBHII", 0x80, 8, sequence, 160 * sequence, 0x1234ABCD) + payload


def dns_query(name="wks17.contoso.example"):
    labels = b"".join(bytes((len(part),)) + part.encode() for part in name.split("."))
    return struct.pack(">HHHHHH", 0x1234, 0x0100, 1, 0, 0, 0) + labels + b"\0\0\1\0\1"


def dns_answer(name="wks17.contoso.example", ip=(10, 1, 3, 17)):
    return (struct.pack(">HHHHHH", 0x1234, 0x8580, 1, 1, 0, 0) + dns_query(name)[12:] +
            struct.pack(">HHHIH4s", 0xC00C, 1, 1, 3600, 4, bytes(ip)))


def mysql_greeting():
    """A server's first packet (protocol version 10)."""
    body = (b"\x0a4.0.20\0" + struct.pack("<I", 7) + b"abcdefgh\0" +
            struct.pack("<HBH13x", 0x0C, 8, 2))
    return struct.pack("<I", len(body)) + body


def tds_prelogin():
    """A PRELOGIN packet (MS-TDS 2.2.6.5) with a version and an encryption option."""
    options = bytes((0, 0, 11, 0, 6, 1, 0, 17, 0, 1, 0xFF))
    body = options + bytes((8, 0, 1, 0x55, 0, 0)) + b"\x02"
    return struct.pack(">BBHHBB", 0x12, 1, 8 + len(body), 0, 0, 0) + body


RAZOR_GREETING = b"sn=C&srl=184&ep4=7542-10&a=l&a=cg\r\n"
RAZOR_STATE = b"a=g&pm=state\r\n"
SSH_GREETING = b"SSH-2.0-OpenSSH_3.8.1p1\r\n"
HTTP_REQUEST = b"GET / HTTP/1.1\r\nHost: www.contoso.example\r\n\r\n"
HTTP_RESPONSE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: text/plain\r\n\r\nok"
