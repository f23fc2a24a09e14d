# test_audit_final_verdict.py
# One verdict a flow: from the frame on in which it is final, and on all frames in a second pass
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import random
import struct

import pytest

from audit_rows import EXPERTS, LEARN_OFF, conf
from case_table import CASE_TABLE
from json_output import json_lines
from rc_rows import fields
from scenes import in_pieces, scene, segment

SITE, DC, MP, CONSOLE, CLIENT = "10.1.1.10", "10.1.1.20", "10.1.1.13", "10.1.2.50", "10.1.3.17"
TABLE = [*CASE_TABLE, LEARN_OFF]

GET = b"GET / HTTP/1.1\r\nHost: mp\r\n\r\n"
SSH = b"SSH-2.0-x\r\n"
BIND = bytes.fromhex("05000b0310000000480000000100000000100010") + bytes(52)
KERBEROS = bytes.fromhex("0000003c6a3a3038a103020105a20302010aa42c302aa00703050040810010a10e300c")
UNKNOWN = b"\x99\x98\x97\x96\x95"

# What it is: client, server, its port, who begins with what, verdict.
CONTENT = {
    "listed": (CLIENT, MP, 80, "send", GET, "Listed"),
    "listed in pieces": (CLIENT, MP, 80, "pieces", GET, "Listed"),
    "off the matrix": (CLIENT, MP, 8080, "send", GET, "Off matrix"),
    "another service": (CONSOLE, CLIENT, 2704, "reply", SSH, "Wrong service"),
    "another service in pieces": (CONSOLE, CLIENT, 2703, "pieces", GET, "Wrong service"),
    "another service on 80": (CLIENT, MP, 80, "reply", SSH, "Wrong service"),
    "dynamic RPC": (SITE, DC, 1055, "send", BIND, "KB gap"),
    "Kerberos": (CLIENT, DC, 88, "send", KERBEROS, "KB gap"),
    "in the opposite direction": (CLIENT, SITE, 445, "send",
                            b"\0\0\0\x44\xfeSMB\x40\0" + bytes(62), None),
    "RDP": (CONSOLE, CLIENT, 3389, "send", bytes.fromhex("0300000b06e00000000000"), "KB gap"),
}


def flow_of(name):
    client, server, port, way, data, verdict = CONTENT[name]

    def play(cap, _):
        talk = cap.tcp(client, 3001, server, port)
        talk.open()
        if way == "pieces":
            talk.send(data, cuts=in_pieces(data, 2))
        else:
            getattr(talk, way)(data)
        talk.acknowledge(by_server=way != "reply")
        getattr(talk, "send" if way == "reply" else "reply")(UNKNOWN)
        talk.close()
    return play, verdict


def shown(tshark, capture, two_pass, prefs=TABLE):
    """For each frame: its verdict or None, its row, and its expert infos of verdicts."""
    names = ["smsrc.audit.verdict", "smsrc.audit.row", *EXPERTS]
    return [((row[names[0]] or [None])[0], (row[names[1]] or [None])[0],
             [name for name in EXPERTS if row[name]])
            for row in fields(tshark, capture, names, prefs=prefs, two_pass=two_pass)]


def expert_frames(table):
    return [number for number, (_, _, experts) in enumerate(table, 1) if experts]


def final_of(table):
    """The first frame with a verdict; all after it have the same."""
    first = next(number for number, (verdict, _, _) in enumerate(table) if verdict)
    assert len({row[:2] for row in table[first:]}) == 1
    return first + 1


def sharkd_verdicts(sharkd, capture, order):
    replies = sharkd(capture, [{"method": "frame", "params": {"frame": number, "proto": True}}
                               for number in order], conf=conf(TABLE))
    texts = dict(zip(order, map(str, replies)))
    return [next((verdict for verdict in ("Listed", "KB gap", "Off matrix", "Wrong service",
                                          "Wrong direction")
                  if f"Verdict: {verdict}" in texts[number]), None) for number in sorted(order)]


@pytest.mark.parametrize("name", CONTENT)
def test_the_verdict_is_final_where_the_content_shows(tshark, sharkd, tmp_path, name):
    play, right = flow_of(name)
    capture = scene(tmp_path, play)
    one, two = (shown(tshark, capture, two_pass) for two_pass in (False, True))
    final = final_of(one)
    assert final > 3
    assert final == 4 or "pieces" in name
    assert final_of(two) == 1
    assert one[final - 1:] == two[final - 1:]
    assert right in (None, two[0][0])
    assert expert_frames(one) == expert_frames(two) == (
        [] if two[0][0] == "Listed" else [final])
    for two_pass in (False, True):
        flow, = json_lines(tshark, capture, prefs=TABLE, two_pass=two_pass)[0]
        assert (flow["verdict"], flow["row"]) == two[-1][:2]
    numbers = list(range(1, len(one) + 1))
    for order in (numbers, numbers[::-1], random.Random(name).sample(numbers, len(numbers))):
        assert sharkd_verdicts(sharkd, capture, order) == [verdict for verdict, _, _ in two]


# --- Content that no one knows ------------------------------------------------------------------

def unknown(port, end):
    """An unknown protocol to the management point, off the matrix but on 80."""
    def play(cap, _):
        talk = cap.tcp(CLIENT, 3001, MP, port)
        if end == "nothing answered":
            talk.syn()
            for _ in range(3):
                segment(cap, CLIENT, MP, (3001, port), "S", seq=talk._client.seq - 1 & 0xFFFFFFFF)
            return
        talk.open()
        talk.send(UNKNOWN)
        talk.reply(UNKNOWN)
        if end == "closed":
            talk.close()
        elif end == "reset":
            talk.reset()
        elif end == "bound":
            talk.send(UNKNOWN * 250)
            talk.reply(UNKNOWN * 250)
            talk.send(UNKNOWN)
            talk.reply(UNKNOWN)
    return play


@pytest.mark.parametrize("port", (80, 8080, 2704))
@pytest.mark.parametrize("end, final", (("closed", 6), ("reset", 6), ("bound", 7)))
def test_without_known_content_it_is_final_at_the_end_or_the_bound(tshark, tmp_path, port, end,
                                                                   final):
    capture = scene(tmp_path, unknown(port, end))
    one, two = (shown(tshark, capture, two_pass) for two_pass in (False, True))
    assert final_of(one) == final
    assert final_of(two) == 1
    assert one[final - 1:] == two[final - 1:]
    assert expert_frames(one) == expert_frames(two) == ([] if port == 80 else [final])


@pytest.mark.parametrize("port", (80, 8080))
def test_it_is_final_where_nothing_answered(tshark, tmp_path, port):
    capture = scene(tmp_path, unknown(port, "nothing answered"))
    one, two = (shown(tshark, capture, two_pass) for two_pass in (False, True))
    final = final_of(one)
    assert 1 < final <= 3
    assert one[final - 1:] == two[final - 1:] and final_of(two) == 1
    assert expert_frames(one) == expert_frames(two) == [final]


@pytest.mark.parametrize("port, verdict", ((80, "Listed"), (8080, "Off matrix"),
                                           (2704, "Off matrix")))
def test_what_is_undecided_at_the_end_is_judged_there(tshark, tmp_path, port, verdict):
    """In statistics, and in a second pass on all frames, with the expert info on the last."""
    capture = scene(tmp_path, unknown(port, "open"))
    one, two = (shown(tshark, capture, two_pass) for two_pass in (False, True))
    assert {row for row, _, _ in one} == {None} and expert_frames(one) == []
    assert {row for row, _, _ in two} == {verdict}
    assert expert_frames(two) == ([] if port == 80 else [len(two)])
    for two_pass in (False, True):
        flow, = json_lines(tshark, capture, prefs=TABLE, two_pass=two_pass)[0]
        assert (flow["verdict"], flow["packets"]) == (verdict, len(two))


def test_every_packet_that_shows_the_verdict_has_its_expert(tshark, tmp_path):
    play, _ = flow_of("off the matrix")
    prefs = [*TABLE, "smsrc.audit.flag:every"]
    capture = scene(tmp_path, play)
    for two_pass in (False, True):
        table = shown(tshark, capture, two_pass, prefs)
        assert expert_frames(table) == [
            number for number, (verdict, _, _) in enumerate(table, 1) if verdict]


def test_a_datagram_has_its_verdict_where_its_content_shows(tshark, tmp_path):
    question = struct.pack(">HHHHHH", 7, 0x0100, 1, 0, 0, 0) + b"\2mp\0\0\1\0\1"

    def play(cap, _):
        talk = cap.udp(CLIENT, 3001, MP, 9999)
        talk.send(UNKNOWN)
        talk.send(question)
        talk.reply(question)
    capture = scene(tmp_path, play)
    assert [row for row, _, _ in shown(tshark, capture, False)] == [None] + ["Off matrix"] * 2
    assert [row for row, _, _ in shown(tshark, capture, True)] == ["Off matrix"] * 3
    assert {tuple(expert_frames(shown(tshark, capture, two_pass)))
            for two_pass in (False, True)} == {(2,)}


# --- Roles that came later ----------------------------------------------------------------------

POLICY = (b"CCM_POST /ccm_system/request HTTP/1.1\r\nHost: mp01\r\nClientToken: 1\r\n"
          b"ClientTokenSignature: 2\r\nContent-Length: 0\r\n\r\n")
TAKEN = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 6\r\n\r\n<Msg/>"

# What passed before: port, who begins with what, verdict of a second pass.
BEFORE = {"HTTP on 80": (80, "send", GET, "Listed"),
          "SSH on 80": (80, "reply", SSH, "Wrong service"),
          "SSH on 80 in pieces": (80, "pieces", SSH, "Wrong service"),
          "HTTP on 8080": (8080, "send", GET, "Off matrix"),
          "TLS on 8081": (8081, "send", bytes.fromhex("160301002e0100002a0301") + bytes(40),
                          "Off matrix")}


@pytest.mark.parametrize("name", BEFORE)
def test_a_flow_before_its_roles_is_judged_with_the_content_that_it_had(tshark, tmp_path, name):
    port, way, data, verdict = BEFORE[name]

    def play(cap, _):
        talk = cap.tcp(CLIENT, 3001, MP, port)
        talk.open()
        if way == "pieces":
            talk.reply(data, cuts=in_pieces(data, 3))
        else:
            getattr(talk, way)(data)
        talk.acknowledge(by_server=way == "send")
        talk.close()
        talk = cap.tcp(CLIENT, 3002, MP, 80)
        talk.open()
        talk.send(POLICY)
        talk.reply(TAKEN)
        talk.close()
    capture = scene(tmp_path, play)
    rows = fields(tshark, capture, ["smsrc.audit.verdict", *EXPERTS], "-Y", "tcp.stream == 0",
                  two_pass=True)
    found = [(row["smsrc.audit.verdict"] or [None])[0] for row in rows]
    first = found.index(verdict)
    assert first == (6 if way == "pieces" else 3) or way == "pieces" and 3 <= first <= 6
    assert found == [None] * first + [verdict] * (len(found) - first)
    noted = [index for index, row in enumerate(rows) if any(row[name] for name in EXPERTS)]
    assert noted == ([] if verdict == "Listed" else [first])
    flow = min(json_lines(tshark, capture, two_pass=True)[0],
               key=lambda flow: flow["first_frame"])
    assert flow["verdict"] == verdict


# --- Cases --------------------------------------------------------------------------------------

def test_no_frame_of_dynamic_rpc_has_a_warning(tshark, case):
    for two_pass in (False, True):
        table = shown(tshark, case("rpc-before-the-map"), two_pass, CASE_TABLE)
        assert [experts for _, _, experts in table if experts] == [["smsrc.audit.kb_gap"]]
        assert {verdict for verdict, _, _ in table} - {None} == {"KB gap"}


# --- The end of a connection ----------------------------------------------------------------------

@pytest.mark.parametrize("flags", ("R", "FA"), ids=("RST", "FIN"))
def test_an_end_outside_the_window_makes_no_verdict_final(tshark, tmp_path, flags):
    def play(cap, _):
        talk = cap.tcp(CLIENT, 3001, MP, 80)
        talk.open()
        segment(cap, CLIENT, MP, (3001, 80), flags,
                seq=talk._client.seq + 5000000 & 0xFFFFFFFF)
        talk.reply(b"SSH-2.0-OpenSSH_9.2\r\n")
        talk.send(b"SSH-2.0-OpenSSH_9.2\r\n")
        talk.close()
    capture = scene(tmp_path, play)
    for two_pass in (False, True):
        found = {row[0] for row in shown(tshark, capture, two_pass)}
        assert found <= {None, "Wrong service"} and "Wrong service" in found
