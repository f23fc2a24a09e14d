# test_rc_made_captures.py
# The made captures are what their generator makes, and every one of them is listed
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import pathlib

import pytest

from conftest import MADE
from generators import assert_made_now_as_committed, generator, listed

OURS = ("rc-", "demo")


@pytest.fixture(scope="module")
def made_by():
    return generator("remote_control")


def test_a_capture_made_anew_is_the_committed_one(made_by, tmp_path):
    made_by.captures.write(tmp_path)
    assert_made_now_as_committed(tmp_path, *OURS)


def test_the_readme_lists_each_capture_with_its_line(made_by):
    assert dict(listed("README.md", *OURS)) == dict(made_by.captures.lines())


def test_every_capture_is_used_by_a_test():
    text = "".join(path.read_text(encoding="utf-8")
                   for path in pathlib.Path(__file__).parent.glob("test_rc_*.py"))
    unused = [path.stem for path in MADE.glob("rc-*.pcap") if f'"{path.stem}"' not in text]
    assert not unused


def test_packets_are_as_scapy_builds_them():
    """Lengths and checksums: the bytes stay the same where scapy computes these again."""
    flows = generator("flows")
    from scapy.layers.inet import IP
    from scapy.layers.l2 import Ether
    cap = flows.Capture()
    for number, (client, server) in enumerate((("10.1.0.50", "10.1.3.17"), ("fd00::1", "fd00::2"),
                                               ("10.1.0.50", "10.1.255.255"))):
        for length in range(40):
            data = bytes((length * 7 + at * 41 + number) & 0xFF for at in range(length))
            cap.udp(client, 1000 + length, server, 53).send(data)
            talk = cap.tcp(client, 1000 + length, server, 80)
            talk.open()
            talk.send(data, cuts=[length // 2])
            talk.close()
    frames = [whole for _, whole in cap._frames]
    assert len(frames) == 3 * 40 * 9
    for whole in frames:
        frame = Ether(whole)
        for layer in (frame.payload, frame.payload.payload):
            for name in {"len", "plen", "chksum"} & set(layer.fields):
                delattr(layer, name)
        assert IP not in frame or frame[IP].ttl == flows.TTL
        assert bytes(frame) == whole
