# test_rc_other_protocols.py
# Ports 2701-2704 of other protocols: what Wireshark names by content keeps its name
#
# SPDX-License-Identifier: GPL-2.0-or-later

import itertools

import pytest

from rc_rows import fields
from scenes import opened, scene

COLUMNS = ["frame.number", "_ws.col.Protocol", "frame.protocols"]

PEER = b"\x13BitTorrent protocol" + bytes(8) + b"A" * 40
STUN = bytes.fromhex("000100002112a4426162636465666768696a6b6c")
DHT = b"d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t2:aa1:y1:qe"
WIREGUARD = bytes((1, 0, 0, 0)) + bytes(range(1, 145))
SIP = b"OPTIONS sip:a@b SIP/2.0\r\nCall-ID: 1\r\n\r\n"
TLS = bytes.fromhex("16030100050100000100")

TCP = (PEER, b"SSH-2.0-x\r\n", b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", SIP, TLS)
UDP = (STUN, DHT, WIREGUARD, SIP)


def others(cap, messages):
    port = itertools.count(40000)
    for server, data in itertools.product((2701, 2702, 2703, 2704), TCP):
        talk = opened(cap, server, next(port))
        talk.send(data)
        talk.reply(data)
        talk.send(b"\0\0\0\1\2")
        talk.close()
    for server, data in itertools.product((2701, 2702, 2703, 2704), UDP):
        talk = cap.udp("10.1.0.50", next(port), "10.1.3.17", server)
        talk.send(data)
        talk.reply(data)


def shown(tshark, capture, **options):
    return [[row[name][0] if row[name] else "" for name in COLUMNS]
            for row in fields(tshark, capture, COLUMNS, **options)]


def assert_named_as_without(tshark, capture):
    for two_pass in (False, True):
        bare = shown(tshark, capture, plugin=False, two_pass=two_pass)
        named = [row for row in bare if row[1] not in ("TCP", "UDP")]
        ours = shown(tshark, capture, two_pass=two_pass)
        assert [row for row in ours if row[0] in {one[0] for one in named}] == named


def test_what_wireshark_names_keeps_its_name(tshark, tmp_path):
    assert_named_as_without(tshark, scene(tmp_path, others))


def test_the_port_alone_still_counts_where_nobody_else_does(tshark, tmp_path):
    def play(cap, messages):
        talk = opened(cap, 2702)
        talk.send(b"\x91\x02\xe7\x00\x13\xfe\x80\x05")
    assert [row[1] for row in shown(tshark, scene(tmp_path, play))][-1] == "SMSRC"


@pytest.mark.parametrize("name", ["foreign-on-270x", "udp-foreign"])
def test_the_cases_keep_their_names(tshark, case, name):
    assert_named_as_without(tshark, case(name))
