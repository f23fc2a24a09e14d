# test_cost_of_remote_control.py
# What a packet full of Remote Control messages costs grows with its bytes and no faster
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Instructions that valgrind counts for a packet, and for one of twice its bytes: once each message
was found by a search of the whole rest of its packet."""

import pytest

from counting import Counter
from generators import generator, plan

pytestmark = pytest.mark.slow

rc = plan("messages")

SIZE = 16 * 1000
# Twice the bytes take twice the instructions.
MOST = 2.2

SMALL = rc.rch(b"\x01" * 20)
PACKETS = {
    "empty messages": rc.rch(),
    "messages with bytes behind them": SMALL + b"\x01" * 12,
    "messages that are cut short": rc.rch(b"\x01" * 20, 100),
    "marks without a header": b"RCH0" * 3,
    "control messages, each behind a byte": b"\x01" + rc.REFUSED,
    "messages of both kinds": SMALL + rc.REFUSED,
}
WAYS = {"print": (), "tree": ("-V",)}
CASES = [(kind, "print") for kind in PACKETS] + [("empty messages", "tree")]


@pytest.fixture(scope="module")
def counted(sandbox, plugin_build):
    """counted(kind, size, way) -> the instructions for a datagram of so many bytes."""
    counter = Counter(sandbox, plugin_build)
    flows = generator("flows")
    kept = {}

    def run(kind, size, way):
        data = rc.rch() + PACKETS[kind] * (size // len(PACKETS[kind]))
        if (data, way) not in kept:
            cap = flows.Capture()
            flow = cap.udp("10.1.0.50", 1047, "10.1.3.17", 2702)
            flow.send(rc.rch())  # the first packet is not counted
            flow.send(data)
            path = sandbox.new_folder("full") / "full.pcap"
            cap.write(path)
            path.chmod(0o644)
            kept[data, way] = counter.of_packets(path, True, WAYS[way], names=False)
        return kept[data, way]
    return run


@pytest.mark.parametrize("kind, way", CASES)
def test_twice_the_bytes_of_a_packet_take_twice_the_instructions(counted, kind, way):
    start = counted(kind, 0, way)
    half, whole = (counted(kind, size, way) - start for size in (SIZE, 2 * SIZE))
    print(f"{kind}, {way}: {SIZE} bytes {half:,} instructions, {2 * SIZE} bytes {whole:,}, "
          f"{whole / half:.2f} times")
    assert whole <= MOST * half
