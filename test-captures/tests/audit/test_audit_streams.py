# test_audit_streams.py
# What a flow carries: the first bytes of its streams, in whatever pieces, order and headers
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import struct

import bare_packets
import pytest

from audit_rows import LEARN_OFF, statistic
from dresses import LINKS, EXTENSIONS, ETHERNET, extended, redress
from json_output import json_lines
from rc_rows import fields
from scenes import in_pieces, scene, segment

CONSOLE, CLIENT = "10.1.2.50", "10.1.3.17"
CONSOLE6, CLIENT6 = "2001:db8::50", "2001:db8::17"
ROLES = [LEARN_OFF, *(f'uat:smsrc_roles:"{host}","{role}","ABC"' for host, role in (
    (CONSOLE, "Administrator console"), (CLIENT, "Advanced Client"),
    (CONSOLE6, "Administrator console"), (CLIENT6, "Advanced Client")))]

REQUEST, GREETING = "send", "reply"

# Service: who begins with what.
CONTENT = {
    "HTTP": (REQUEST, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"),
    "SIP": (REQUEST, b"OPTIONS sip:a@b SIP/2.0\r\n\r\n"),
    "SSH": (GREETING, b"SSH-2.0-OpenSSH_9.2\r\n"),
    "SMTP": (GREETING, b"220 mx.example ESMTP\r\n"),
    "FTP": (GREETING, b"220 ready\r\n"),
    "POP3": (GREETING, b"+OK ready\r\n"),
    "TLS": (REQUEST, bytes.fromhex("160301002e0100002a0301") + bytes(40)),
    "RPC": (REQUEST, bytes.fromhex("05000b0310000000480000000100000000100010") + bytes(52)),
    "LDAP": (REQUEST, bytes.fromhex("300c020101600702010304008000")),
    "TDS": (REQUEST, struct.pack(">BBHHBB", 0x12, 1, 300, 0, 1, 0) + bytes(292)),
    "SMB2": (REQUEST, b"\0\0\0\x44\xfeSMB\x40\0" + bytes(62)),
}
FIRST_PORT = 4000


def talks(cap, deliver, hosts=(CONSOLE, CLIENT), contents=CONTENT):
    """A connection for each content, to a port of Remote Control's. `deliver(talk, way, data)`."""
    for number, (way, data) in enumerate(contents.values()):
        talk = cap.tcp(hosts[0], FIRST_PORT + number, hosts[1], 2704)
        talk.open()
        deliver(talk, way, data)
        talk.acknowledge(by_server=way == REQUEST)
        talk.close()


def last_frames(tshark, capture, two_pass=True, prefs=()):
    """Client's port -> (verdict, service) as the last frame of each flow has it."""
    rows = fields(tshark, capture, ["tcp.port", "smsrc.audit.verdict", "smsrc.audit.service"],
                  "-Y", "tcp", prefs=[*ROLES, *prefs], two_pass=two_pass)
    return {min(map(int, set(row["tcp.port"]) - {"2704"})): (
        *row["smsrc.audit.verdict"], *row["smsrc.audit.service"]) for row in rows}


@pytest.fixture(scope="module")
def whole(tshark, tmp_path_factory):
    """The same of the connections in which each content came in one segment."""
    found = last_frames(tshark, scene(
        tmp_path_factory.mktemp("streams"),
        lambda cap, _: talks(cap, lambda talk, way, data: getattr(talk, way)(data))))
    assert "Unknown" not in {service for _, service in found.values()}
    assert len({service for _, service in found.values()}) == len(CONTENT)
    return found


# --- Pieces, order, copies ----------------------------------------------------------------------

@pytest.mark.parametrize("size", (1, 2, 3, 7, 100))
def test_the_size_of_segments_changes_nothing(tshark, tmp_path, whole, size):
    def deliver(talk, way, data):
        getattr(talk, way)(data, cuts=in_pieces(data, size))
    capture = scene(tmp_path, lambda cap, _: talks(cap, deliver))
    for two_pass in (False, True):
        assert last_frames(tshark, capture, two_pass) == whole


@pytest.mark.parametrize("order", ("backwards", "twice", "first last", "swapped"))
def test_the_order_of_segments_changes_nothing(tshark, tmp_path, whole, order):
    orders = {"backwards": [3, 2, 1, 0], "twice": [0, 0, 1, 1, 2, 2, 3, 3],
              "first last": [1, 2, 3, 0], "swapped": [1, 0, 3, 2]}

    def deliver(talk, way, data):
        quarter = len(data) // 4
        getattr(talk, way)(data, cuts=[quarter, 2 * quarter, 3 * quarter], order=orders[order])
    capture = scene(tmp_path, lambda cap, _: talks(cap, deliver))
    assert last_frames(tshark, capture) == whole


GAPS = {"four": ([1, 3, 5, 7, 0, 2, 4, 6, 8, 9, 10, 11], None),
        "five": ([1, 3, 5, 7, 9, 0, 2, 4, 6, 8, 10, 11], "1 time "),
        "six": ([1, 3, 5, 7, 9, 11, 0, 2, 4, 6, 8, 10], "2 times"),
        "none between what is late": ([*range(11, -1, -1)], None)}


@pytest.mark.parametrize("name", GAPS)
def test_what_comes_before_its_turn_past_the_bound_is_reported(tshark, tmp_path, name):
    order, times = GAPS[name]

    def deliver(talk, way, data):
        getattr(talk, way)(data, cuts=range(25, 300, 25), order=order)
    capture = scene(tmp_path, lambda cap, _: talks(cap, deliver, contents={
        "TDS": CONTENT["TDS"]}))
    for two_pass in (False, True):
        lines = statistic(tshark, capture, "audit", prefs=ROLES, two_pass=two_pass)
        assert [f", {times}" in line for line in lines
                if "more than 4 pieces of the first bytes of a connection" in line] == (
                    [True] if times else [])


DISTANCES = (200000, 1000000, 0x7FFFFFFF, -70000, -1000000)


@pytest.mark.parametrize("distance", DISTANCES)
@pytest.mark.parametrize("by_server", (False, True))
def test_a_segment_outside_the_window_shows_nothing(tshark, tmp_path, whole, distance, by_server):
    def play(cap, _):
        def deliver(talk, way, data):
            source, target = talk._sides(by_server)
            ports = (source.port, target.port)
            segment(cap, source.ip, target.ip, ports, "PA",
                    seq=source.seq + distance & 0xFFFFFFFF, data=b"GET / HTTP/1.1\r\n\r\n")
            getattr(talk, way)(data)
        talks(cap, deliver)
    assert last_frames(tshark, scene(tmp_path, play)) == whole


# --- Copies that differ -------------------------------------------------------------------------


def copies(tmp_path, first, second, after_ack=False, at=0):
    def play(cap, _):
        talk = cap.tcp(CONSOLE, FIRST_PORT, CLIENT, 2704)
        talk.open()
        before = talk._client.seq
        talk.send(first)
        if after_ack:
            talk.acknowledge()
        sent = talk._client.seq
        segment(cap, CONSOLE, CLIENT, (FIRST_PORT, 2704), "PA", seq=before + at & 0xFFFFFFFF,
                data=second)
        talk._client.seq = sent
        talk.acknowledge()
        talk.close()
    return scene(tmp_path, play)


FIRST = b"\x99\x98\x97\x96\x95\x94\x93\x92"


@pytest.mark.parametrize("other", (FIRST[:7] + b"\x93", b"SSH-2.0-", b"\x98", b"\0\0\0\0",
                                   FIRST[:1] + b"\0", FIRST[::-1] + b" and more"))
def test_copies_that_differ_are_never_listed_and_say_so(tshark, tmp_path, other):
    capture = copies(tmp_path, FIRST, other)
    for two_pass in (False, True):
        verdict, _ = last_frames(tshark, capture, two_pass)[FIRST_PORT]
        assert verdict == "Wrong service"
    shown = tshark(capture, "-V", "-O", "smsrc.audit", prefs=ROLES, two_pass=True).stdout
    assert "copies of its first bytes differ" in shown
    infos = fields(tshark, capture, ["_ws.expert.message"], "-Y", "smsrc.audit.wrong_service",
                   prefs=ROLES, two_pass=True)
    assert len(infos) == 1 and "copies of its first bytes differ" in str(infos)


@pytest.mark.parametrize("what", ("the same", "a part", "overlapping", "after its ACK",
                                  "keep-alive"))
def test_copies_that_agree_or_come_too_late_are_none_that_differ(tshark, tmp_path, what):
    second, after_ack, at = {
        "the same": (FIRST, False, 0), "a part": (FIRST[2:5], False, 2),
        "overlapping": (FIRST[4:] + b"\x10\x11", False, 4),
        "after its ACK": (FIRST[::-1], True, 0), "keep-alive": (b"\0", False, 7)}[what]
    verdict, service = last_frames(tshark, copies(tmp_path, FIRST, second, after_ack, at))[
        FIRST_PORT]
    assert (verdict, service) == ("Listed", "Unknown")


# --- Headers ------------------------------------------------------------------------------------

@pytest.mark.parametrize("names", [
    *((name,) for name in EXTENSIONS), ("hop-by-hop", "destination options"),
    ("hop-by-hop", "routing", "atomic fragment", "authentication", "destination options")],
    ids="+".join)
@pytest.mark.parametrize("size", (2, 1000))
def test_content_is_read_behind_extension_headers(tshark, tmp_path, whole, names, size):
    def deliver(talk, way, data):
        getattr(talk, way)(data, cuts=in_pieces(data, size))
    plain = scene(tmp_path, lambda cap, _: talks(cap, deliver, (CONSOLE6, CLIENT6)))
    capture = redress(plain, tmp_path / "extended.pcap", ETHERNET, extended(*names))
    assert last_frames(tshark, capture) == whole


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("hosts", ((CONSOLE, CLIENT), (CONSOLE6, CLIENT6)), ids=("IPv4", "IPv6"))
def test_content_is_read_behind_other_links(tshark, tmp_path, whole, link, hosts):
    def deliver(talk, way, data):
        getattr(talk, way)(data, cuts=in_pieces(data, 7))
    plain = scene(tmp_path, lambda cap, _: talks(cap, deliver, hosts))
    capture = redress(plain, tmp_path / "dressed.pcap", *LINKS[link])
    assert last_frames(tshark, capture) == whole


@pytest.mark.parametrize("size", (24, 32, 64))
@pytest.mark.parametrize("order", (1, -1), ids=("in order", "backwards"))
def test_content_is_read_out_of_fragments(tshark, tmp_path, whole, size, order):
    def in_fragments(frame):
        ip, payload = frame[14:34], frame[34:struct.unpack_from(">H", frame, 16)[0] + 14]
        starts = range(0, len(payload), size)
        return [frame[:14] + ip[:2] + struct.pack(">H", 20 + len(payload[at:at + size])) + ip[4:6] +
                struct.pack(">H", (0x2000 if at + size < len(payload) else 0) | at // 8) + ip[8:] +
                payload[at:at + size] for at in starts][::order]
    plain = scene(tmp_path, lambda cap, _: talks(
        cap, lambda talk, way, data: getattr(talk, way)(data)))
    capture = redress(plain, tmp_path / "fragments.pcap", ETHERNET, in_fragments)
    assert last_frames(tshark, capture) == whole


@pytest.mark.parametrize("name", EXTENSIONS)
def test_a_later_syn_behind_an_extension_header_turns_no_ends(tshark, tmp_path, name):
    """The content is unknown, so the first SYN decides."""
    def play(cap, _):
        talk = cap.tcp(CONSOLE6, FIRST_PORT, CLIENT6, 4444)
        talk.open()
        talk.send(b"\x99\x98")
        talk.reply(b"\x97\x96")
        segment(cap, CLIENT6, CONSOLE6, (4444, FIRST_PORT), "S",
                seq=talk._server.seq - 3 & 0xFFFFFFFF)
        talk.send(b"\x95")
    capture = redress(scene(tmp_path, play), tmp_path / "extended.pcap", ETHERNET, extended(name))
    for two_pass in (False, True):
        flow, = json_lines(tshark, capture, prefs=ROLES, two_pass=two_pass)[0]
        assert (flow["initiator"], flow["responder"], flow["initiator_roles"]) == (
            CONSOLE6, CLIENT6, ["Administrator console"])


# --- Cases, bound -------------------------------------------------------------------------------

@pytest.mark.parametrize("name, ends", [
    ("split-banner", ("10.1.0.50", "10.1.3.17")), ("hide-by-decoy", None),
    ("hide-ipv6-extension", (CONSOLE6, CLIENT6))])
def test_the_cases_are_what_their_content_is(tshark, case, name, ends):
    table = zip(ends, ("Administrator console", "Advanced Client")) if ends else (
        ("10.1.1.13", "Management point"), ("10.1.3.0/24", "Advanced Client"))
    prefs = [LEARN_OFF, *(f'uat:smsrc_roles:"{host}","{role}","ABC"' for host, role in table)]
    rows = fields(tshark, case(name), ["tcp.stream", "smsrc.audit.verdict"], prefs=prefs,
                  two_pass=True)
    last = {int(row["tcp.stream"][0]): row["smsrc.audit.verdict"][0] for row in rows}
    assert last[max(last)] == "Wrong service"


MOST = 8192


def test_the_oldest_of_too_many_unread_connections_gives_way(tshark, tmp_path):
    """Each sends two bytes; the last one, which is within the bound, then the rest."""
    def packets():
        for number in range(MOST + 3):
            yield bare_packets.tcp(CONSOLE, 10000 + number, CLIENT, 2704, b"GE", 1)
        yield bare_packets.tcp(CONSOLE, 10000 + MOST + 2, CLIENT, 2704, b"T / HTTP/1.1\r\n", 3)
    capture = bare_packets.write(tmp_path / "many.pcap", packets())
    messages = fields(tshark, capture, ["frame.number", "_ws.expert.message"], "-Y",
                      "smsrc.audit.overflow", prefs=ROLES)
    assert [row["frame.number"] for row in messages] == [[str(MOST + 1)]]
    assert "More than 8192 connections whose first bytes are being read" in str(messages)
    assert last_frames(tshark, capture)[10000 + MOST + 2] == ("Wrong service", "HTTP")


# --- A session before ---------------------------------------------------------------------------


@pytest.mark.parametrize("port", (2702, 2703))
@pytest.mark.parametrize("size", (1, 2, 1000))
@pytest.mark.parametrize("service", ("HTTP", "SSH"))
def test_content_counts_before_the_session_of_its_hosts(tshark, tmp_path, port, size, service):
    way, data = CONTENT[service]

    def play(cap, messages):
        control = cap.tcp(CONSOLE, 5000, CLIENT, 2701)
        control.open()
        control.send(messages.INFORMATION_REQUEST)
        control.reply(messages.information_reply())
        talk = cap.tcp(CONSOLE, FIRST_PORT, CLIENT, port)
        talk.open()
        getattr(talk, way)(data, cuts=in_pieces(data, size))
        talk.acknowledge(by_server=way == REQUEST)
        talk.close()
    capture = scene(tmp_path, play)
    rows = fields(tshark, capture, ["smsrc.audit.verdict", "smsrc.audit.service"], "-Y",
                  f"tcp.port == {FIRST_PORT}", prefs=ROLES, two_pass=True)
    assert {(*row["smsrc.audit.verdict"], *row["smsrc.audit.service"]) for row in rows} == {
        ("Wrong service", service)}


@pytest.mark.parametrize("by_server", (False, True))
@pytest.mark.parametrize("distance", (1000000, -1000000))
@pytest.mark.parametrize("size, service", ((2, "SSH"), (1000, "HTTP")))
def test_a_forged_syn_hides_no_content(tshark, tmp_path, by_server, distance, size, service):
    """A SYN with another number begins a conversation for Wireshark: what follows is judged."""
    way, data = CONTENT[service]

    def play(cap, _):
        talk = cap.tcp(CONSOLE, FIRST_PORT, CLIENT, 2704)
        talk.open()
        source, target = talk._sides(by_server)
        segment(cap, source.ip, target.ip, (source.port, target.port), "S",
                seq=source.seq + distance & 0xFFFFFFFF)
        getattr(talk, way)(data, cuts=in_pieces(data, size))
        talk.acknowledge(by_server=way == REQUEST)
        talk.close()
    capture = scene(tmp_path, play)
    for two_pass in (False, True):
        assert last_frames(tshark, capture, two_pass)[FIRST_PORT] == ("Wrong service", service)
