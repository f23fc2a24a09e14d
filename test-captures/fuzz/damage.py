#!/usr/bin/python3
# damage.py
# Captures broken as networks, recorders and attackers break them, by the meaning of their bytes
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
#
#     damage.py SEED OUT.pcap CAPTURE...
#
# All captures go into one, each frame by frame: lost, doubled, out of order, cut; segments split,
# joined, sent again with other bytes; false lengths and offsets in the headers of Remote Tools,
# ConfigMgr, NetBIOS, IP and TCP. The same seed and captures give the same file.

import pathlib
import random
import struct
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from inputs import SERVER_PORTS, frames_of, is_ethernet  # noqa: E402

IPV4, IPV6, VLAN = b"\x08\x00", b"\x86\xdd", b"\x81\x00"
ODD_NUMBERS = (0, 1, 2, 3, 4, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFE, 0xFFFF, 0x10000,
               0x400016, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
MAGICS = (b"RCH0", b"RCHE", b"TNMP", b"TNME", b"USER", b"NTLMSSP\0", b"\x05\x04\x06\xff")


class Packet:
    """The offsets of the headers that a frame has."""

    def __init__(self, frame):
        self.frame = bytearray(frame)
        self.network = self.transport = self.payload = None
        self.protocol = 0
        kind = bytes(frame[12:14])
        if kind == IPV4 and len(frame) >= 34:
            self.network, self.protocol = 14, frame[23]
            self.transport = 14 + (frame[14] & 15) * 4
        elif kind == IPV6 and len(frame) >= 54:
            self.network, self.protocol, self.transport = 14, frame[20], 54
        if self.protocol == 6 and len(frame) >= (self.transport or 0) + 20:
            self.payload = self.transport + (frame[self.transport + 12] >> 4) * 4
        elif self.protocol == 17 and len(frame) >= (self.transport or 0) + 8:
            self.payload = self.transport + 8
        if self.payload is not None and self.payload > len(frame):
            self.payload = None

    def is_tcp(self):
        return self.protocol == 6 and self.payload is not None

    def data(self):
        return bytes(self.frame[self.payload:]) if self.payload is not None else b""

    def with_data(self, data, sequence=0):
        """This packet with another payload, its lengths right; `sequence`: added to TCP's."""
        frame = self.frame[:self.payload] + data
        length = len(frame) - self.network
        if frame[12:14] == IPV4:
            struct.pack_into(">H", frame, 16, min(length, 0xFFFF))
        else:
            struct.pack_into(">H", frame, 18, min(length - 40, 0xFFFF))
        if self.protocol == 17:
            struct.pack_into(">H", frame, self.transport + 4, min(8 + len(data), 0xFFFF))
        else:
            old = struct.unpack_from(">I", frame, self.transport + 4)[0]
            struct.pack_into(">I", frame, self.transport + 4, (old + sequence) & 0xFFFFFFFF)
        return bytes(frame)


# --- One frame ----------------------------------------------------------------------------------

def flip_bytes(chance, packet):
    for _ in range(chance.choice((1, 1, 2, 8))):
        begin = packet.payload if packet.payload and packet.data() and chance.random() < 0.8 else 0
        at = chance.randrange(begin, len(packet.frame))
        packet.frame[at] = chance.choice((0, 0xFF, chance.randrange(256), packet.frame[at] ^ 1))
    return [bytes(packet.frame)]


def lie_in_payload(chance, packet):
    """A number of two or four bytes near the beginning: most of the lengths are there."""
    data = bytearray(packet.data())
    if len(data) < 8:
        return [bytes(packet.frame)]
    size = chance.choice((2, 4))
    at = chance.randrange(0, min(len(data) - size, 64) + 1)
    if chance.random() < 0.5:  # where the headers have them
        at = min(chance.choice((0, 2, 4, 6, 16, 34, 36, 40)), len(data) - size)
    number = chance.choice(ODD_NUMBERS + (len(data), len(data) - 12, len(data) - 11))
    data[at:at + size] = (number & (1 << 8 * size) - 1).to_bytes(size, chance.choice(
        ("little", "little", "big")))
    return [packet.with_data(bytes(data))]


def put_magic(chance, packet):
    data = packet.data()
    if not data:
        return [bytes(packet.frame)]
    at = chance.choice((0, 0, 8, chance.randrange(len(data) + 1)))
    magic = chance.choice(MAGICS)
    behind = data[at + len(magic):] if chance.random() < 0.5 else data[at:]
    return [packet.with_data((data[:at] + magic + behind)[:60000])]


def lie_in_headers(chance, packet):
    if packet.network is None:
        return flip_bytes(chance, packet)
    begin = chance.choice((packet.network, packet.transport))
    at = min(begin + chance.randrange(20), len(packet.frame) - 1)
    packet.frame[at] = chance.choice((0, 1, 0x45, 0x4F, 0x50, 0xF0, 0xFF, chance.randrange(256)))
    return [bytes(packet.frame)]


def other_port(chance, packet):
    if packet.payload is None:
        return [bytes(packet.frame)]
    at = packet.transport + chance.choice((0, 2))
    struct.pack_into(">H", packet.frame, at, chance.choice(SERVER_PORTS))
    return [bytes(packet.frame)]


def split(chance, packet):
    data = packet.data()
    if not packet.is_tcp() or len(data) < 2:
        return [bytes(packet.frame)]
    cuts = sorted(chance.sample(range(1, len(data)), min(len(data) - 1, chance.choice((1, 2, 5)))))
    pieces = [packet.with_data(data[a:b], a) for a, b in zip([0, *cuts], [*cuts, len(data)])]
    if chance.random() < 0.4:
        chance.shuffle(pieces)
    return pieces[1:] if chance.random() < 0.1 else pieces


def again_differently(chance, packet):
    data = packet.data()
    if not packet.is_tcp() or not data:
        return [bytes(packet.frame)] * 2
    other = bytes(c ^ 1 for c in data) if chance.random() < 0.5 else chance.randbytes(len(data))
    back = chance.randrange(len(data) + 1)
    return [bytes(packet.frame), packet.with_data(other, -back)]


def repeat_data(chance, packet):
    data = packet.data()
    if not data:
        return [bytes(packet.frame)]
    return [packet.with_data((data * chance.choice((2, 3, 9)))[:60000])]


def other_way(_, packet):
    if packet.payload is not None:
        a, b, size = (26, 30, 4) if packet.frame[12:14] == IPV4 else (22, 38, 16)
        packet.frame[a:a + size], packet.frame[b:b + size] = (packet.frame[b:b + size],
                                                             packet.frame[a:a + size])
        at = packet.transport
        packet.frame[at:at + 2], packet.frame[at + 2:at + 4] = (packet.frame[at + 2:at + 4],
                                                               packet.frame[at:at + 2])
    return [bytes(packet.frame)]


def tag(chance, packet):
    return [bytes(packet.frame[:12]) + VLAN + struct.pack(">H", chance.randrange(4096)) +
            bytes(packet.frame[12:])]


def fragment(chance, packet):
    if packet.frame[12:14] != IPV4 or packet.transport is None:
        return [bytes(packet.frame)]
    body = bytes(packet.frame[packet.transport:])
    cut = 8 * chance.randrange(1, max(2, len(body) // 8))
    pieces = []
    for begin, part, more in ((0, body[:cut], 0x2000), (cut, body[cut:], 0)):
        frame = packet.frame[:packet.transport] + part
        struct.pack_into(">H", frame, 16, min(len(frame) - 14, 0xFFFF))
        struct.pack_into(">H", frame, 20, begin // 8 | more)
        pieces.append(bytes(frame))
    return pieces[::chance.choice((1, -1))]


def drop(*_):
    return []


def double(_, packet):
    return [bytes(packet.frame)] * 2


OF_A_FRAME = (flip_bytes, flip_bytes, lie_in_payload, lie_in_payload, lie_in_payload, put_magic,
              lie_in_headers, other_port, split, split, again_differently, repeat_data, other_way,
              tag, fragment, drop, double)


# --- A capture ----------------------------------------------------------------------------------

def damage(chance, frames):
    """[(bytes, length on the wire)]: the frames, about every fourth of them broken."""
    much = chance.choice((0.02, 0.1, 0.3, 0.6))
    out = []
    for frame in frames:
        if len(frame) < 15 or chance.random() >= much:
            out.append(frame)
        else:
            out += chance.choice(OF_A_FRAME)(chance, Packet(frame))
    for _ in range(int(len(out) * chance.choice((0, 0, 0.05, 0.3)))):
        a = chance.randrange(len(out))
        b = min(len(out) - 1, a + chance.randrange(6))
        out[a], out[b] = out[b], out[a]
    snaplen = chance.choice((65535, 65535, 65535, 96, 68, 60, 200))
    done = []
    for frame in out:
        if chance.random() < much / 20:
            done.append((frame[:chance.randrange(len(frame) + 1)], len(frame)))
        else:
            done.append((frame[:snaplen], len(frame)))
    return done


def write(path, frames, chance):
    seconds, micros = 1089795600, 0
    with open(path, "wb") as pcap:
        pcap.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
        for data, length in frames:
            micros += chance.choice((0, 1, 10000, 200000))
            seconds += micros // 1000000 + (3600 if chance.random() < 0.002 else 0)
            micros %= 1000000
            pcap.write(struct.pack("<IIII", seconds, micros, len(data), length) + data)


def damage_files(seed, out, captures):
    """One broken capture of all of these that are Ethernet's; returns the number of frames."""
    chance = random.Random(seed)
    frames = []
    for capture in captures:
        if is_ethernet(capture):
            frames += damage(chance, list(frames_of(capture)))
    write(out, frames, chance)
    return len(frames)


if __name__ == "__main__":
    print(damage_files(int(sys.argv[1]), sys.argv[2], map(pathlib.Path, sys.argv[3:])), "frames")
