#!/usr/bin/python3
# seeds.py
# The inputs that the fuzzer begins with: one for each message of messages.py, named for it
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
#
#     seeds.py FOLDER             the named ones
#     seeds.py FOLDER CAPTURE...  those, and the captures in parts
#     seeds.py --settings FOLDER  those of fuzz-settings

import pathlib
import struct
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "generate")]

import messages as m  # noqa: E402
from inputs import (AGAIN, DRAW_EARLY, EVERYTHING, FLAG_EVERY, HALF, HEADER, LOST,  # noqa: E402
                    NO_LEARNING, NO_TABLE, ONE_END, OUT_OF_ORDER, STATISTICS, TREE, TWO_PASSES,
                    Input, inputs_of)

SEEDS = {}

# For captures, in turn: most runs of Wireshark read many packets and show few.
LOOKS = (EVERYTHING, 0, STATISTICS, TREE, TWO_PASSES, TWO_PASSES | STATISTICS | NO_TABLE, ONE_END)


def seed(function):
    SEEDS[function.__name__.replace("_", "-")] = function
    return function


def body(message):
    """The bytes after the twelve of a TNMP or RCH0 header."""
    return message[12:]


@seed
def information():
    whole = Input().open(server=1)
    whole.add("TNMP", body(m.INFORMATION_REQUEST))
    whole.add("TNMP", m.user_record(), from_server=True)
    return whole.add("TCP", flags="FA")


@seed
def information_of_every_kind():
    whole = Input()
    for host, variant in enumerate((m.VARIANT_08, m.VARIANT_07)):
        whole.add("TNMP", body(m.INFORMATION_REQUEST), server=1 + host)
        whole.add("TNMP", m.user_record(variant=variant, controller="ADM01:4"),
                  from_server=True, server=1 + host)
    whole.add("UDP", m.UDP_PROBE)
    whole.add("UDP", m.user_record(variant=m.VARIANT_UDP), from_server=True)
    return whole.add("UDP6", m.user_record(variant=m.VARIANT_UDP), from_server=True)


@seed
def busy_and_refused():
    whole = Input(EVERYTHING | FLAG_EVERY).open()
    whole.add("TNMP", body(m.INFORMATION_REQUEST))
    whole.add("TNMP", body(m.busy("10.1.0.50", 2)), from_server=True)
    whole.open(server=7)
    whole.add("TNMP", body(m.INFORMATION_REQUEST), server=7)
    return whole.add("TNMP", body(m.REFUSED), from_server=True, server=7)


@seed
def older_ports():
    whole = Input(EVERYTHING | NO_TABLE)
    for port in (1761, 1762, 1763, 1764):
        whole.open(port=port)
        whole.add("TNMP", body(m.INFORMATION_REQUEST), port=port)
        whole.add("TNMP", m.user_record(), port=port, from_server=True)
        whole.add("TCP", b"h", port=port)
    return whole


@seed
def cve_2004_0728():
    return Input().open(port=2702).add("TCP", m.CVE_2004_0728_CHECK, port=2702)


@seed
def session():
    whole = Input(EVERYTHING | DRAW_EARLY).open()
    whole.add("TNMP", body(m.INFORMATION_REQUEST))
    whole.add("TNMP", m.user_record(), from_server=True)
    whole.add("TCP", m.ntlm_negotiate())
    whole.add("TCP", m.ntlm_challenge(), from_server=True)
    whole.add("TCP", m.ntlm_authenticate())
    for port, said in ((2702, body(m.rch(b"A" * 20))), (2703, b"hello"), (2704, b"file.txt\0")):
        whole.open(port=port)
        whole.add("RCH" if port == 2702 else "TCP", said, port=port)
        whole.add("TCP", bytes(range(40)), port=port, from_server=True)
    return whole.add("TCP", flags="R")


@seed
def segments():
    reply = m.information_reply()
    whole = Input(EVERYTHING | OUT_OF_ORDER).open()
    whole.add("TCP", m.INFORMATION_REQUEST[:5]).add("TCP", m.INFORMATION_REQUEST[5:])
    whole.add("TCP", reply[:30], from_server=True)
    whole.add("TCP", reply[:30], from_server=True, order=AGAIN)
    whole.add("TCP", reply[30:60], from_server=True, order=LOST)
    return whole.add("TCP", reply[60:], from_server=True)


@seed
def several_in_one_segment():
    whole = Input().open().open(port=2702)
    whole.add("TCP", m.INFORMATION_REQUEST * 3 + b"noise" + m.REFUSED)
    return whole.add("TCP", m.rch(b"a") + m.rch(b"", length=0x00400000) + m.rch(b"b" * 131),
                     port=2702)


@seed
def cut_by_the_recording():
    whole = Input()
    for cut in (HEADER, HALF):
        whole.add("TNMP", m.user_record(), from_server=True, cut=cut)
        whole.add("RCH", b"X" * 130, port=2702, cut=cut)
    return whole


@seed
def configmgr():
    def wide(text):
        return text.encode("utf-16-le") + b"\0\0"

    whole = Input().open()
    whole.add("CM_WORD", wide("START_HANDSHAKE"), from_server=True)
    whole.add("CM_TOKEN", m.ntlm_negotiate()).add("CM_TOKEN", m.ntlm_challenge(), from_server=True)
    whole.add("CM_TOKEN", m.ntlm_authenticate())
    whole.add("CM_PLAIN", "SUCCESS_FULL_CONTROL".encode("utf-16-le"), from_server=True)
    # X.224 connection request; MCS connect initial's first bytes; sessarb's event on a channel.
    whole.add("CM_PLAIN", bytes.fromhex("030000130ee000000000000100080000000000"))
    whole.add("CM_PLAIN", bytes.fromhex("030000130ed000001234000200080000000000"),
              from_server=True)
    event = struct.pack("<IIII", 2, 16, 4, 0)
    data = struct.pack("<II", len(event), 3) + event
    mcs = bytes((0x68, 0, 1, 3, 0xF0, 0x70, len(data))) + data
    whole.add("CM_PLAIN", struct.pack(">BBH", 3, 0, 7 + len(mcs)) + b"\x02\xf0\x80" + mcs,
              from_server=True)
    return whole.add("CM_PLAIN", "STOP_HANDSHAKE".encode("utf-16-le"))


@seed
def configmgr_denied():
    whole = Input()
    for host, word in enumerate(("ERROR_LOGON_DENIED", "ERROR_NO_ACTIVE_USER",
                                 "ERROR_EXISTING_SESSION", "ERROR_ACCESS_DENIED")):
        whole.add("CM_WORD", word.encode("utf-16-le") + b"\0\0", from_server=True,
                  server=1 + host)
        # Encrypted, and recognized by its length alone.
        whole.add("TCP", m.CM_GREETING, from_server=True, server=8)
        sealed = struct.pack("<IH", 4 + 34 + 60, 34) + bytes(34) + struct.pack("<H", 60)
        whole.add("TCP", sealed + b"\x05\x04\x07\xff" + bytes(56), from_server=True, server=8)
    return whole


@seed
def netbios():
    whole = Input(EVERYTHING | NO_TABLE)
    name = b"\x20" + b"".join(bytes((65 + (c >> 4), 65 + (c & 15)))
                              for c in b"WKS17".ljust(15) + b"\x43") + b"\0"
    query = struct.pack(">HHHHHH", 1, 0x0110, 1, 0, 0, 0) + name + struct.pack(">HH", 32, 1)
    whole.add("UDP", query, port=137, client_port=137, server=15)
    whole.add("UDP", struct.pack(">HHHHHH", 1, 0x8500, 0, 1, 0, 0) + name +
              struct.pack(">HHIHH", 32, 1, 3600, 6, 0) + bytes((10, 1, 0, 11)),
              port=137, client_port=137, from_server=True)
    whole.open(port=139)
    whole.add("TCP", b"\x81\0\0\x44" + name + name, port=139)
    whole.add("TCP", b"\x82\0\0\0", port=139, from_server=True)
    whole.add("NBSS", m.rch(b"A" * 12), port=139).add("NBSS", b"screen" * 4, port=139,
                                                      from_server=True)
    return whole.add("NBDGM", b"\x43" + b"screen" * 9, port=138, client_port=138)


@seed
def ipx():
    whole = Input()
    for socket in (0x8138, 0x8238, 0x845F, 0x4100):
        whole.add("IPX", m.user_record(variant=m.VARIANT_UDP), port=socket, from_server=True)
        whole.add("SPX", m.INFORMATION_REQUEST, port=socket)
    name = b"WKS17".ljust(15) + b"\x43"
    whole.add("IPX", bytes(32) + b"\x04\x01" + name, port=0x0455, server=15)
    return whole.add("IPX", bytes(32) + b"\x04\x0b" + name + name + b"screen", port=0x0455)


@seed
def unreachable():
    whole = Input(EVERYTHING | ONE_END)
    whole.add("UDP", m.UDP_PROBE).add("UNREACHABLE", bytes((0, 3)), from_server=True)
    whole.add("TCP", flags="S", port=2702).add("UNREACHABLE", bytes((0, 13)), from_server=True)
    whole.add("UDP6", m.UDP_PROBE)
    whole.add("UNREACHABLE6", bytes((0, 4)), from_server=True)
    whole.add("TCP", flags="S", port=445, server=2)
    return whole.add("TCP", flags="RA", port=445, server=2, from_server=True)


@seed
def site():
    """The flows of the matrix, with the first bytes of the services."""
    whole = Input(TWO_PASSES | TREE | STATISTICS)
    request = b"GET /SMS_MP/.sms_aut?MPLIST HTTP/1.1\r\nHost: mp01\r\n\r\n"
    whole.open(client=1, server=3, port=80)
    whole.add("TCP", request, client=1, server=3, port=80)
    whole.add("TCP", m.HTTP_RESPONSE, client=1, server=3, port=80, from_server=True)
    whole.add("TCP", m.tds_prelogin(), client=3, server=4, port=1433)
    whole.add("TCP", m.tds_prelogin(), client=1, server=4, port=1433)
    whole.add("UDP", m.dns_query(), client=1, server=10, port=53)
    whole.add("UDP", m.dns_answer(), client=1, server=10, port=53, from_server=True)
    whole.add("TCP", m.tls_client_hello(), client=1, server=5, port=636)
    whole.add("TCP", m.SSH_GREETING, client=1, server=3, port=80, from_server=True)
    whole.add("TCP", m.HTTP_REQUEST, client=2, server=5, port=389)
    return whole.add("TCP", m.mysql_greeting(), client=3, server=4, port=1433, from_server=True)


@seed
def site_learned():
    whole = Input(EVERYTHING | NO_TABLE | NO_LEARNING)
    whole.open(client=1, server=3, port=80)
    for path in (b"/SMS_MP/.sms_aut?MPLIST", b"/SMS_MP/.sms_pol?x", b"/SMSReporting_ABC/x.asp",
                 b"/SMS_SLP/slp.dll?site&sc=ABC", b"/SMS_DP_SMSPKGC$/ABC00001/x"):
        whole.add("TCP", b"GET " + path + b" HTTP/1.1\r\nHost: mp01\r\n\r\n", client=1, server=3,
                  port=80)
        whole.add("TCP", m.HTTP_RESPONSE, client=1, server=3, port=80, from_server=True)
    whole.add("TCP", b"POST http://mp01:8080/ccm_system/request HTTP/1.1\r\n"
              b"User-Agent: ccmhttp\r\n\r\n", client=1, server=8, port=8080)
    return whole.add("TCP", m.HTTP_RESPONSE, client=1, server=8, port=8080, from_server=True)


@seed
def neighbors():
    whole = Input()
    for said in (m.RAZOR_GREETING, m.RAZOR_STATE, m.SSH_GREETING, m.HTTP_REQUEST,
                 m.HTTP_RESPONSE, m.mysql_greeting(), m.tls_client_hello()):
        whole.add("TCP", said, port=2703).add("TCP", said, port=2701, client_port=2703,
                                              from_server=True)
    return whole.add("UDP", m.rtp(1), port=2702).add("UDP", m.rtp(2), port=2703, client_port=2703)


# Of fuzz-settings: which setting (fuzz-settings.c), and its text.
ROLES_LINE, ROWS_LINE, ROLES_FILE, ROWS_FILE = range(1, 5)
LEARN, SCOPE, FLAG, SQL_PORTS, HTTP_PORTS, DESEGMENT, PORT_GROUND, TCP_PORT, UDP_PORT = range(5, 14)

SETTINGS = {
    "roles": [(ROLES_LINE, '"10.1.0.10","Administrator console",""'),
              (ROLES_LINE, '"10.0.0.0/8","Advanced Client","ABC"'),
              (ROLES_LINE, '"2001:db8::/32","Site server","AB1"')],
    "bad-roles": [(ROLES_LINE, '"10.0.0.0/33","SQL Server",""'),
                  (ROLES_LINE, '"no one","Boss","abcd"'), (ROLES_LINE, '"10.1.0.1","WINS')],
    "rows": [(ROWS_LINE, '"advanced client","Management point","TCP","8530-8531,9000","tls","x"'),
             (ROWS_LINE, '"any","Site server","TCP+UDP","5000","backup agent",""')],
    "bad-rows": [(ROWS_LINE, '"any","","TCP","80","",""'),
                 (ROWS_LINE, '"any","any","SCTP","65536,0-5","\\x00",""')],
    "roles-file": [(ROLES_FILE, '# roles\n"10.1.0.11","Advanced Client","ABC"\n\n'
                                '"10.1.0.13","Nothing",""\n"10.1.0.0/16","Legacy Client",""\n')],
    "rows-file": [(ROWS_FILE, '"any","any","TCP","1","",""\n"any","any","UDP","3-5","","note"\n')],
    "words": [(LEARN, "FALSE"), (SCOPE, "one"), (FLAG, "every"), (DESEGMENT, "no"),
              (PORT_GROUND, "TRUE")],
    "ports": [(SQL_PORTS, "1500,1600-1700"), (HTTP_PORTS, "8080-"), (TCP_PORT, "2701-2799"),
              (UDP_PORT, "")],
}


def write_settings(folder):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for name, settings in SETTINGS.items():
        (folder / name).write_bytes(b"".join(bytes((which,)) + text.encode() + b"\0"
                                             for which, text in settings))


def main(folder, *captures):
    if folder == "--settings":
        write_settings(*captures)
        return
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for name, function in SEEDS.items():
        whole = bytes(function())
        (folder / name).write_bytes(whole)
        if not captures:
            continue
        # As a first pass without a tree sees it, too.
        (folder / (name + "-bare")).write_bytes(struct.pack("<H", STATISTICS) + whole[2:])
    for capture in map(pathlib.Path, captures):
        for number, part in enumerate(inputs_of(capture)):
            part = struct.pack("<H", LOOKS[number % len(LOOKS)]) + part[2:]
            (folder / f"{capture.stem}-{number:03}").write_bytes(part)


if __name__ == "__main__":
    main(*sys.argv[1:])
