# batch_captures.py
# Many small captures from few: copies of made ones under other addresses, each at another time
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Copies share no host, so the results of one are the same beside all the others in one file: that
file, read once, is the truth about the sum of all."""

import struct

from conftest import MADE

# With IPv4 only, and hosts that their own content identifies: no name that copies would share.
BASES = ("demo", "rc-session", "rc-busy", "rc-refused", "rc-two-sessions", "audit-http",
         "session-ten-agents", "session-again")
HEADER = struct.Struct("<IHHiIII")
RECORD = struct.Struct("<IIII")


def records(data):
    """(time, microseconds, original length, bytes) of each packet of a pcap file."""
    assert HEADER.unpack_from(data)[0] == 0xa1b2c3d4 and HEADER.unpack_from(data)[6] == 1
    at = HEADER.size
    while at < len(data):
        seconds, micros, stored, length = RECORD.unpack_from(data, at)
        at += RECORD.size
        yield seconds, micros, length, data[at:at + stored]
        at += stored


def moved(frame, number):
    """An Ethernet frame with its hosts 10.x.y.z at a.b.y.z, which `number` alone has."""
    if frame[12:14] != b"\x08\x00":
        return None
    frame = bytearray(frame)
    for at in (26, 30):
        if frame[at] == 10:
            frame[at:at + 2] = 11 + number // 256, number % 256
    return bytes(frame)


def copy(base, number):
    """The packets of copy `number`, the first of them or all."""
    packets = [(seconds + 3600 * number, micros, length, moved(frame, number))
               for seconds, micros, length, frame in records((MADE / f"{base}.pcap").read_bytes())]
    packets = [packet for packet in packets if packet[3] is not None]
    keep = len(packets) - number % 3 * (len(packets) // 4)
    return b"".join(RECORD.pack(seconds, micros, len(frame), length) + frame
                    for seconds, micros, length, frame in packets[:keep])


def write(folder, count):
    """Writes `count` captures into folders below this one; returns the bytes of all in one."""
    header = HEADER.pack(0xa1b2c3d4, 2, 4, 0, 0, 65535, 1)
    everything = [header]
    for number in range(count):
        packets = copy(BASES[number % len(BASES)], number)
        path = folder / f"day {number % 7}" / f"{number:04}.pcap"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(header + packets)
        everything.append(packets)
    return b"".join(everything)
