# test_audit_ends.py
# Initiator and responder of a flow: by content that only one end sends, else by the first SYN
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import pytest

from audit_rows import statistic
from json_output import json_lines
from rc_rows import fields
from scenes import scene, segment

CLIENT, SERVER = "10.1.3.17", "10.1.1.13"
ROLES = [f'uat:smsrc_roles:"{SERVER}","Management point","ABC"',
         f'uat:smsrc_roles:"{CLIENT}","Advanced Client","ABC"']

PASSES = pytest.mark.parametrize("two_pass", (False, True), ids=("one pass", "two passes"))

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


# --- Where the roles are shown ------------------------------------------------------------------

def turned(cap):
    """The server has sent the SYN; the client's request decides. Returns the request's frame."""
    talk = cap.tcp(SERVER, 80, CLIENT, 3001)
    talk.open()
    request = talk.reply(REQUESTS["GET"][1])
    talk.send(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
    return request[0]


@PASSES
@pytest.mark.parametrize("with_error", (False, True))
def test_tables_and_json_have_the_ends_that_content_decides(tshark, tmp_path, with_error,
                                                            two_pass):
    """An ICMP error that quotes the flow is none of its packets, and changes no end."""
    def play(cap, _):
        request = turned(cap)
        if with_error:
            cap.unreachable(request, by="10.1.0.1", code=13)
    capture = scene(tmp_path, play)
    flows, _ = json_lines(tshark, capture, prefs=ROLES, two_pass=two_pass)
    flow, = [flow for flow in flows if flow["responder"] == SERVER]
    assert (flow["initiator"], flow["initiator_roles"], flow["initiator_basis"]) == (
        CLIENT, ["Advanced Client"], ["Table"])
    row, = [[cell.strip() for cell in line.split("|")] for line in statistic(
        tshark, capture, "audit", prefs=ROLES, two_pass=two_pass) if line.startswith("Listed")]
    assert row[2:6] == [CLIENT, "Advanced Client", SERVER, "Management point"]


TOKEN = (b"CCM_POST /ccm_system/request HTTP/1.1\r\nHost: mp01\r\nClientToken: 1\r\n"
         b"ClientTokenSignature: 2\r\nContent-Length: 0\r\n\r\n")
TAKEN = (b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 6\r\n\r\n<Msg/>")


@pytest.mark.parametrize("order", ("forward", "backward", "error first"))
def test_a_later_pass_shows_one_verdict_on_all_frames(tshark, sharkd, tmp_path, order):
    """The client is Unconfirmed until its second connection; an ICMP error quotes the first."""
    def play(cap, _):
        talk = cap.tcp(CLIENT, 3001, SERVER, 80)
        talk.open()
        request = talk.send(b"GET /SMS_MP/.sms_pol?ABC00005.2_00 HTTP/1.1\r\nHost: mp01\r\n\r\n")
        talk.reply(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 31\r\n\r\n"
                   b"<?xml version=\"1.0\"?><Policy />")
        talk.close()
        cap.unreachable(request[0], by="10.1.0.1", code=13)
        talk = cap.tcp(CLIENT, 3002, SERVER, 80)
        talk.open()
        talk.send(TOKEN)
        talk.reply(TAKEN)
        talk.close()
    capture = scene(tmp_path, play)
    rows = fields(tshark, capture, ["frame.number", "smsrc.audit.verdict",
                                    "smsrc.audit.unconfirmed"], two_pass=True)
    judged = [row for row in rows if row["smsrc.audit.verdict"]]
    assert len(judged) == len(rows) > 16
    assert {tuple(row["smsrc.audit.verdict"]) for row in judged} == {("Listed",)}
    assert not [row for row in rows if row["smsrc.audit.unconfirmed"]]
    error = 9
    numbers = list(range(1, len(rows) + 1))
    asked = {"forward": numbers, "backward": numbers[::-1],
             "error first": [error, *numbers[::-1]]}[order]
    replies = sharkd(capture, [{"method": "frame", "params": {"frame": number, "proto": True}}
                               for number in asked])
    assert all("Verdict: Listed" in str(reply["result"]) for reply in replies)


# --- A dissector that makes a conversation within a connection ------------------------------------

VERSION = b"RFB 003.008\n"


def vnc(cap, client_port=3001):
    """Wireshark's heuristics make one of the server's version, which comes first (RFC 6143 7.1)."""
    talk = cap.tcp(CLIENT, client_port, SERVER, 2704)
    talk.open()
    for say in (talk.reply, talk.send):
        say(VERSION)
    talk.reply(b"\1\2")
    talk.send(b"\2")
    talk.reply(bytes(16))
    talk.close()


@PASSES
def test_the_ends_stay_where_wireshark_makes_another_conversation(tshark, tmp_path, two_pass):
    capture = scene(tmp_path, lambda cap, _: vnc(cap))
    assert {row[:3] for row in map(tuple_of, shown(tshark, capture, two_pass))} == {
        (("Advanced Client",), ("Management point",), ("2704",))}
    found, _ = json_lines(tshark, capture, prefs=ROLES, two_pass=two_pass)
    assert [(flow["verdict"], flow["service"], flow["initiator"], flow["packets"])
            for flow in found] == [("Wrong service", "VNC", CLIENT, 11)]


@PASSES
def test_a_connection_on_the_same_ports_is_another_flow(tshark, tmp_path, two_pass):
    def play(cap, _):
        vnc(cap)
        cap.wait(200)
        vnc(cap)
    found, _ = json_lines(tshark, scene(tmp_path, play), prefs=ROLES, two_pass=two_pass)
    assert [(flow["initiator"], flow["packets"]) for flow in found] == [(CLIENT, 11)] * 2
