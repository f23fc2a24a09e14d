# test_audit_ends.py
# Initiator and responder of a flow: by content that only one end sends, else by the first SYN
#
# SPDX-License-Identifier: GPL-2.0-or-later

import pytest

from rc_rows import fields
from scenes import scene, segment

CLIENT, SERVER = "10.1.3.17", "10.1.1.13"
ROLES = [f'uat:smsrc_roles:"{SERVER}","Management point","ABC"',
         f'uat:smsrc_roles:"{CLIENT}","Advanced Client","ABC"']

NEGOTIATE = b"\0\0\0\x2f\xffSMB\x72" + bytes(4) + b"\x18\x53\xc8" + bytes(32)
HELLO = bytes.fromhex("160301002e0100002a0301") + bytes(40)
BIND = bytes.fromhex("05000b0310000000480000000100000000100010") + bytes(52)
CONNECT = bytes.fromhex("0300000b06e00000000000")

# What a client sends, and on which port.
REQUESTS = {"GET": (80, b"GET /sms_mp/.sms_aut?mplist HTTP/1.1\r\nHost: mp\r\n\r\n"),
            "POST": (80, b"CCM_POST /ccm_system/request HTTP/1.1\r\nHost: mp\r\n\r\n"),
            "PROPFIND": (80, b"PROPFIND /sms_dp HTTP/1.1\r\nHost: mp\r\n\r\n"),
            "SMB": (445, NEGOTIATE), "TLS": (443, HELLO), "RPC": (135, BIND),
            "RDP": (3389, CONNECT)}


def shown(tshark, capture, two_pass):
    rows = fields(tshark, capture, ["frame.number", "tcp.len", "smsrc.audit.initiator_role",
                                    "smsrc.audit.responder_role", "smsrc.audit.server_port"],
                  "-Y", "smsrc.audit.verdict", prefs=ROLES, two_pass=two_pass)
    return [(row["smsrc.audit.initiator_role"], row["smsrc.audit.responder_role"],
             row["smsrc.audit.server_port"], int(row["tcp.len"][0])) for row in rows]


@pytest.mark.parametrize("name", REQUESTS)
def test_a_request_decides_whatever_the_syn_says(tshark, tmp_path, name):
    port, request = REQUESTS[name]

    def play(cap, _):
        talk = cap.tcp(CLIENT, 3001, SERVER, port)
        segment(cap, SERVER, CLIENT, (port, 3001), "S", seq=talk._server.seq & 0xFFFFFFFF)
        talk.open()
        talk.send(request)
        talk.acknowledge()
    capture = scene(tmp_path, play)
    right = (["Advanced Client"], ["Management point"], [str(port)])
    two = shown(tshark, capture, True)
    assert {row[:3] for row in map(tuple_of, two)} == {tuple_of(right)[:3]}
    one = shown(tshark, capture, False)
    first = next(index for index, row in enumerate(one) if row[3] > 0)
    assert {row[:3] for row in map(tuple_of, one[first:])} == {tuple_of(right)[:3]}


def tuple_of(row):
    return tuple(tuple(cell) if isinstance(cell, list) else cell for cell in row)


def test_an_answer_without_a_request_decides_nothing(tshark, tmp_path):
    def play(cap, _):
        talk = cap.tcp(CLIENT, 3001, SERVER, 80)
        talk.open()
        talk.send(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    capture = scene(tmp_path, play)
    for two_pass in (False, True):
        assert {row[0][0] for row in shown(tshark, capture, two_pass)} == {"Advanced Client"}


def test_the_case_of_a_late_syn_keeps_its_ends(tshark, case):
    for two_pass in (False, True):
        found = fields(tshark, case("late-syn-in-audit"), ["smsrc.audit.initiator_role"], "-Y",
                       "smsrc.audit.verdict", two_pass=two_pass)
        assert {row["smsrc.audit.initiator_role"][0] for row in found} == {"Advanced Client"}
