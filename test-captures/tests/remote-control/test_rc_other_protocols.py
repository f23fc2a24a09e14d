# test_rc_other_protocols.py
# Ports 2701-2704 of other protocols: what Wireshark names by content keeps its name
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import itertools

import pytest

from rc_rows import fields, frames
from scenes import in_pieces, opened, scene

COLUMNS = ["frame.number", "_ws.col.Protocol", "frame.protocols"]

PEER = b"\x13BitTorrent protocol" + bytes(8) + b"A" * 40
STUN = bytes.fromhex("000100002112a4426162636465666768696a6b6c")
DHT = b"d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t2:aa1:y1:qe"
WIREGUARD = bytes((1, 0, 0, 0)) + bytes(range(1, 145))
SIP = b"OPTIONS sip:a@b SIP/2.0\r\nCall-ID: 1\r\n\r\n"
TLS = bytes.fromhex("16030100050100000100")
HELLO = bytes.fromhex("0303") + bytes(range(32)) + bytes.fromhex("000004130113020100")
CLIENT_HELLO = (b"\x16\x03\x01" + (len(HELLO) + 4).to_bytes(2, "big") + b"\x01" +
                len(HELLO).to_bytes(3, "big") + HELLO)
DTLS_HELLO = bytes.fromhex("fefd") + bytes(range(32)) + bytes.fromhex("00000004c02bc02f0100")
DTLS = (bytes.fromhex("16fefd0000000000000000") + (len(DTLS_HELLO) + 12).to_bytes(2, "big") +
        b"\x01" + len(DTLS_HELLO).to_bytes(3, "big") + bytes(5) +
        len(DTLS_HELLO).to_bytes(3, "big") + DTLS_HELLO)
SETTINGS = bytes.fromhex("000006040000000000000300000064")
HTTP2 = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + SETTINGS
GIOP = (b"GIOP\x01\x02\x01\x00" + (28).to_bytes(4, "little") +
        bytes.fromhex("00000000030000000000000008000000") + b"INIT" + bytes(8))
MYSQL = (b"\x4a\0\0\0\x0a8.0.30\0" + (9).to_bytes(4, "little") +
         b"abcdefgh\0\xff\xff\xff\x02\0\xff\xc1\x15" + bytes(10) +
         b"ijklmnopqrst\0mysql_native_password\0")
QUIC = bytes.fromhex("c000000001088394c8f03e5157080000449e") + bytes(
    i * 7 & 255 for i in range(1182))
RTP = bytes.fromhex("80000001000000a012345678") + bytes(160)
RTCP = bytes.fromhex("80c8000612345678") + bytes(20)
RTPS = b"RTPS\x02\x01\x01\x0f" + bytes(12) + bytes.fromhex("15010000")
SMB = b"\0\0\0\x44\xfeSMB" + bytes.fromhex("40000000000000000000") + bytes(54)
RPC = bytes.fromhex("05000b03100000004800000001000000b810b810000000000100000000000100") + bytes(40)
AMQP = b"AMQP\x00\x00\x09\x01"
TPKT = bytes.fromhex("0300001302e000000000000100080003000000")
ZMTP = b"\xff" + bytes(7) + b"\x01\x7f\x03\x00NULL" + bytes(48)

TCP = (PEER, b"SSH-2.0-x\r\n", b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", SIP, TLS, CLIENT_HELLO, HTTP2,
       GIOP, MYSQL, SMB, RPC, AMQP, TPKT, RTPS)
UDP = (STUN, DHT, WIREGUARD, SIP, DTLS, QUIC, RTP, RTCP, RTPS)
PORTS = (2701, 2702, 2703, 2704)
OLD_PORTS = (1761, 1762, 1763, 1764)

# Heuristics that are off until the user turns them on.
MORE = [argument for name in ("rtp_udp", "rtcp_udp", "http2_tcp", "tpkt_tcp", "xml_tcp")
        for argument in ("--enable-heuristic", name)]

# What answers RCH0 on 2702, and is another protocol's: Wireshark names some of them, and some not.
ANSWERS = {
    "BitTorrent": PEER, "GIOP": GIOP, "MySQL": MYSQL, "HTTP/2": SETTINGS, "TLS": CLIENT_HELLO,
    "SMB": SMB, "RPC": RPC, "AMQP": AMQP, "TPKT": TPKT, "ZMTP": ZMTP, "SSH": b"SSH-2.0-x\r\n",
    "HTTP": b"HTTP/1.1 400 Bad Request\r\n\r\n", "STUN": b"\x01\x01" + STUN[2:],
}


def others(ports, size=None):
    """Each protocol on each port, over TCP in segments of `size` bytes."""
    def play(cap, messages):
        port = itertools.count(40000)
        for server, data in itertools.product(ports, TCP):
            talk = opened(cap, server, next(port))
            for way in (talk.send, talk.reply):
                way(data, cuts=in_pieces(data, size) if size else ())
            talk.send(b"\0\0\0\1\2")
            talk.close()
        for server, data in itertools.product(ports, UDP):
            talk = cap.udp("10.1.0.50", next(port), "10.1.3.17", server)
            talk.send(data)
            talk.reply(data)
    return play


def shown(tshark, capture, *args, **options):
    return [[row[name][0] if row[name] else "" for name in COLUMNS]
            for row in fields(tshark, capture, COLUMNS, *args, **options)]


def assert_named_as_without(tshark, capture, *args, at_least=1, **options):
    for two_pass in (False, True):
        bare = shown(tshark, capture, *args, plugin=False, two_pass=two_pass)
        named = [row for row in bare if row[1] not in ("TCP", "UDP")]
        ours = shown(tshark, capture, *args, two_pass=two_pass, **options)
        assert [row for row in ours if row[0] in {one[0] for one in named}] == named
        assert len({row[1] for row in named}) >= at_least


@pytest.mark.parametrize("size", (None, 2, 7))
@pytest.mark.parametrize("heuristics", ((), MORE), ids=("default", "more"))
def test_what_wireshark_names_keeps_its_name(tshark, tmp_path, heuristics, size):
    capture = scene(tmp_path, others(PORTS, size))
    # In segments of two bytes Wireshark names fewer.
    assert_named_as_without(tshark, capture, *heuristics, at_least=8 if size == 2 else 10)


@pytest.mark.parametrize("size", (None, 7))
def test_the_old_ports_give_way_too(tshark, tmp_path, size):
    capture = scene(tmp_path, others(OLD_PORTS, size))
    assert_named_as_without(tshark, capture, at_least=10)
    assert_named_as_without(tshark, capture, at_least=10,
                            prefs=["smsrc.tcp.port:1761-1764", "smsrc.udp.port:1761-1764"])


def test_the_port_alone_still_counts_where_nobody_else_does(tshark, tmp_path):
    def play(cap, messages):
        talk = opened(cap, 2702)
        talk.send(b"\x91\x02\xe7\x00\x13\xfe\x80\x05")
    assert [row[1] for row in shown(tshark, scene(tmp_path, play))][-1] == "SMSRC"


@pytest.mark.parametrize("port", PORTS)
def test_the_port_alone_over_udp_has_no_expert_info(tshark, tmp_path, port):
    def play(cap, messages):
        cap.udp("10.1.0.50", 40000, "10.1.3.17", port).send(b"\x91\x02\xe7\x00\x13\xfe\x80\x05")
    capture = scene(tmp_path, play)
    assert frames(tshark, capture, "smsrc.claimed_by == \"Port\"") == [1]
    assert frames(tshark, capture, "_ws.expert") == []


def test_content_over_udp_keeps_its_expert_info(tshark, made):
    assert frames(tshark, made("rc-information-udp-2701"), "smsrc.udp")


# What no protocol begins with.
OWN = (b"\x91\x02\xe7\x00\x13\xfe\x80\x05", bytes(20), b"\x16\x91" * 8,
       b"\x00\x00\x00\x44\x91\x92\x93\x94\x95\x96", b"\xff\x91" * 6)


def answered(answers, size):
    """RCH0 on 2702 of a host for each answer, in segments of `size` bytes."""
    def play(cap, messages):
        for number, data in enumerate(answers, 1):
            talk = opened(cap, 2702, agent=f"10.1.3.{number}")
            talk.send(messages.rch(b"x" * 20))
            talk.reply(data, cuts=in_pieces(data, size) if size else ())
            talk.send(b"\x91\x02\xe7")
            talk.close()
    return play


def with_a_session(tshark, capture, two_pass):
    """The numbers of the answers after which there is a session."""
    found = fields(tshark, capture, ["ip.dst"], "-Y", "smsrc.session and tcp.dstport == 2702",
                   two_pass=two_pass)
    return {int(row["ip.dst"][0].split(".")[-1]) for row in found}


@pytest.mark.parametrize("two_pass", (False, True), ids=("one pass", "two passes"))
@pytest.mark.parametrize("size", (None, 1, 2, 3, 5, 9))
def test_what_another_protocol_answers_is_no_session(tshark, tmp_path, size, two_pass):
    answers = [data for name, data in ANSWERS.items() if not size or name != "STUN"]
    capture = scene(tmp_path, answered(answers, size))
    assert with_a_session(tshark, capture, two_pass) == set()


@pytest.mark.parametrize("size", (None, 1, 3))
def test_what_no_protocol_begins_with_is_the_agents(tshark, tmp_path, size):
    capture = scene(tmp_path, answered(OWN, size))
    assert with_a_session(tshark, capture, True) == set(range(1, len(OWN) + 1))


@pytest.mark.parametrize("name", ["foreign-on-270x", "udp-foreign"])
def test_the_cases_keep_their_names(tshark, case, name):
    assert_named_as_without(tshark, case(name))
