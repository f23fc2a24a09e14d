# dresses.py
# A capture in other dresses: the same conversations as another network or recorder shows them
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""A frame is a Frame: microseconds, its bytes, its length on the wire. A dress takes frames of
Ethernet and returns frames of its link type."""

import collections
import ipaddress
import random
import struct

from batch_captures import HEADER, RECORD
from conftest import TESTS
from generators import module_in

damage = module_in(TESTS.parent / "fuzz", "damage")
PCAP_MAGICS = module_in(TESTS.parent / "fuzz", "inputs").PCAP_MAGICS

ETHERNET, RAW_IP, SLL, SLL2 = 1, 101, 113, 276
IPV4, IPV6 = b"\x08\x00", b"\x86\xdd"
TCP, UDP, ICMP = 6, 17, 1
SYN, FIN_RST = 0x02, 0x05

Frame = collections.namedtuple("Frame", "time data length")


def read(pcap):
    """The frames of a pcap file of Ethernet, without what follows an IP packet in its frame."""
    data = pcap.read_bytes()
    order = "<" if data[:4] in PCAP_MAGICS[:2] else ">"
    nano = data[:4] in PCAP_MAGICS[1::2]
    assert struct.unpack_from(order + "I", data, 20)[0] == ETHERNET
    frames, at = [], HEADER.size
    while at < len(data):
        seconds, part, stored, length = struct.unpack_from(order + "IIII", data, at)
        at += RECORD.size
        frames.append(without_padding(Frame(seconds * 1000000 + part // (1000 if nano else 1),
                                            data[at:at + stored], length)))
        at += stored
    return frames


def without_padding(frame):
    data = frame.data
    if data[12:14] == IPV4 and len(data) >= 34:
        end = 14 + struct.unpack_from(">H", data, 16)[0]
    elif data[12:14] == IPV6 and len(data) >= 54:
        end = 54 + struct.unpack_from(">H", data, 18)[0]
    else:
        return frame
    return Frame(frame.time, data[:end], end) if 14 < end < frame.length else frame


def write(path, frames, link=ETHERNET):
    with open(path, "wb") as file:
        file.write(HEADER.pack(0xa1b2c3d4, 2, 4, 0, 0, 65535, link))
        for time, data, length in frames:
            file.write(RECORD.pack(time // 1000000, time % 1000000, len(data), length) + data)
    path.chmod(0o644)
    return path


def with_data(frame, data):
    """The frame with other bytes, all of them captured."""
    return Frame(frame.time, data, frame.length - len(frame.data) + len(data))


# --- TCP's segments -----------------------------------------------------------------------------

def _cut(frame, size):
    """One segment as several of `size` bytes; FIN and RST are in the last one."""
    packet = damage.Packet(frame.data)
    data = packet.data()
    if (not packet.is_tcp() or packet.payload < packet.transport + 20 or len(data) <= size or
            len(frame.data) < frame.length):
        return [frame]
    flags = packet.transport + 13
    pieces = []
    for at in range(0, len(data), size):
        piece = bytearray(packet.with_data(data[at:at + size], at))
        if at + size < len(data):
            piece[flags] &= ~FIN_RST & 0xFF
        pieces.append(Frame(frame.time + at // size, bytes(piece), len(piece)))
    return pieces


def in_segments_of(size):
    return lambda frames: [piece for frame in frames for piece in _cut(frame, size)]


def twice(frames):
    """As a mirror of both directions of a port records them: 20 microseconds later again."""
    return [copy for frame in frames for copy in (frame, frame._replace(time=frame.time + 20))]


def twice_at_the_end(frames):
    """As two recorders do whose files were merged: the second clock is 3 milliseconds late."""
    late = [frame._replace(time=frame.time + 3000) for frame in frames]
    return sorted(frames + late, key=lambda frame: frame.time)


def out_of_order(frames):
    """Each frame at most three places from its own, an answer before its question as well."""
    chance = random.Random(1)
    places = sorted(range(len(frames)), key=lambda place: place + chance.random() * 3.9)
    return [frames[place]._replace(time=frames[now].time) for now, place in enumerate(places)]


def overtaking(frames):
    """What one end sends at once comes in another order, at most three places from its own."""
    def sender(frame):
        return frame.data[6:12], frame.data[12:14], frame.data[26:30]
    run, mixed = [], []
    for frame in frames:
        if run and sender(run[-1]) != sender(frame):
            mixed += out_of_order(run)
            run = []
        run.append(frame)
    return mixed + out_of_order(run)


# --- What carries it ----------------------------------------------------------------------------

def _ethertype(data):
    return data[12:14]


def _is_ip(data):
    return _ethertype(data) in (IPV4, IPV6)


def _is_any(_):
    return True


def each(change, only=_is_any):
    """A dress that changes the bytes of each frame; of those only that it can carry."""
    return lambda frames: [with_data(frame, change(frame.data)) for frame in frames
                           if only(frame.data)]


def vlan(data):
    return data[:12] + b"\x81\x00\x00\x64" + data[12:]


def qinq(data):
    return data[:12] + b"\x88\xa8\x00\x64\x81\x00\x00\x65" + data[12:]


def mpls(data):
    if not _is_ip(data):
        return data
    return data[:12] + b"\x88\x47" + struct.pack(">I", 1000 << 12 | 1 << 8 | 64) + data[14:]


def pppoe(data):
    if not _is_ip(data):
        return data
    protocol = b"\x00\x21" if _ethertype(data) == IPV4 else b"\x00\x57"
    return data[:12] + b"\x88\x64\x11\x00\x00\x01" + struct.pack(
        ">H", len(data) - 14 + 2) + protocol + data[14:]


def _between_routers(protocol, payload):
    """An IPv4 packet from one end of a tunnel to the other."""
    return bytes.fromhex("020000000102 020000000101 0800") + struct.pack(
        ">BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), 1, 0, 64, protocol, 0,
        ipaddress.ip_address("192.0.2.1").packed, ipaddress.ip_address("192.0.2.2").packed
        ) + payload


def gre(data):
    if not _is_ip(data):
        return data
    return _between_routers(47, b"\0\0" + _ethertype(data) + data[14:])


def vxlan(data):
    payload = b"\x08\0\0\0" + b"\0\0\x64\0" + data
    return _between_routers(UDP, struct.pack(">HHHH", 50000, 4789, 8 + len(payload), 0) + payload)


def ip_in_ip(data):
    if not _is_ip(data):
        return data
    return _between_routers(4 if _ethertype(data) == IPV4 else 41, data[14:])


def _kind_of_packet(data):
    """Linux's: 1 broadcast, 2 multicast, 0 to this host."""
    return 1 if data[:6] == b"\xff" * 6 else 2 if data[0] & 1 else 0


def _cooked_protocol(data):
    """Linux's: an Ethernet type, or 1 for Novell's IPX on 802.3, and 4 for 802.2."""
    if data[12] >= 6:
        return _ethertype(data)
    return b"\0\1" if data[14:16] == b"\xff\xff" else b"\0\4"


def sll(data):
    return struct.pack(">HHH8s", _kind_of_packet(data), 1, 6, data[6:12] + b"\0\0") + \
        _cooked_protocol(data) + data[14:]


def sll2(data):
    return _cooked_protocol(data) + struct.pack(">HIHBB8s", 0, 2, 1, _kind_of_packet(data), 6,
                                                data[6:12] + b"\0\0") + data[14:]


def raw_ip(data):
    return data[14:]


# Name: link type, and what makes the bytes of a frame from those of Ethernet's.
LINKS = {"VLAN": (ETHERNET, vlan), "QinQ": (ETHERNET, qinq), "MPLS": (ETHERNET, mpls),
         "PPPoE": (ETHERNET, pppoe), "GRE": (ETHERNET, gre), "VXLAN": (ETHERNET, vxlan),
         "IP in IP": (ETHERNET, ip_in_ip), "SLL": (SLL, sll), "SLL2": (SLL2, sll2),
         "raw IP": (RAW_IP, raw_ip)}


def redress(capture, path, link, wrap):
    """Writes the capture with each frame as `wrap` makes it, one or a list, for this link type."""
    frames = []
    for frame in read(capture):
        made = wrap(frame.data)
        frames += [with_data(frame, data) for data in (made if isinstance(made, list) else [made])]
    return write(path, frames, link)


# IPv6's extension headers (RFC 8200 4) by protocol number, without their first byte, which is the
# next header's number.
EXTENSIONS = {
    "hop-by-hop": (0, b"\0\1\4\0\0\0\0"),
    "hop-by-hop of 24 bytes": (0, b"\2\1\x14" + bytes(20)),
    "routing": (43, b"\2\0\0" + bytes(20)),
    "destination options": (60, b"\0\1\4\0\0\0\0"),
    "atomic fragment": (44, b"\0\0\0\0\0\0\7"),
    "authentication": (51, b"\4\0\0" + bytes(20)),
}


def extended(*names):
    """What puts these headers between IPv6's own and the next one."""
    def wrap(data):
        ip, after, first = data[14:54], data[54:], data[20]
        for name in reversed(names):
            number, tail = EXTENSIONS[name]
            after, first = bytes([first]) + tail + after, number
        return data[:14] + ip[:4] + struct.pack(">HB", len(after), first) + ip[7:] + after
    return wrap


# --- IPv6 of the same hosts ---------------------------------------------------------------------

def address_of(packed):
    """fd00::10.1.3.17 for 10.1.3.17; a broadcast is to all nodes."""
    if packed == b"\xff" * 4 or packed[3] == 255:
        return ipaddress.ip_address("ff02::1").packed
    return ipaddress.ip_address("fd00::").packed[:12] + packed


def host_in_ipv6(text):
    return str(ipaddress.ip_address(address_of(ipaddress.ip_address(text).packed)))


def _ip_as_ipv6(packet):
    header = (packet[0] & 15) * 4
    payload = packet[header:]
    if packet[9] == ICMP:
        # Unreachable: a port, or else a host (RFC 4443 3.1), with what it quotes.
        if len(payload) < 28 or payload[0] != 3:
            return None
        quoted = _ip_as_ipv6(payload[8:])
        code = 4 if payload[1] == 3 else 3
        payload = b"\1" + bytes([code]) + b"\0" * 6 + quoted
    protocol = 58 if packet[9] == ICMP else packet[9]
    return struct.pack(">IHBB", 6 << 28, len(payload), protocol, packet[8]) + \
        address_of(packet[12:16]) + address_of(packet[16:20]) + payload


def _as_ipv6(*extensions):
    def dress(frames):
        dressed = []
        for frame in frames:
            if _ethertype(frame.data) != IPV4:
                dressed.append(frame)
                continue
            packet = _ip_as_ipv6(frame.data[14:])
            if packet is not None:
                data = frame.data[:12] + IPV6 + packet
                dressed.append(with_data(frame, extended(*extensions)(data)))
        return dressed
    return dress


# --- What the recorder has ----------------------------------------------------------------------

def without_the_first(part):
    """What a recorder has that was started late: without that part of the frames."""
    return lambda frames: frames[int(len(frames) * part):]


def without_handshakes(frames):
    """What a recorder has that keeps no SYN, nor an answer to one."""
    def is_syn(frame):
        packet = damage.Packet(frame.data)
        return packet.is_tcp() and packet.frame[packet.transport + 13] & SYN
    return [frame for frame in frames if not is_syn(frame)]


def cut_at(snaplen):
    return lambda frames: [frame._replace(data=frame.data[:snaplen]) for frame in frames]


def _stranger(number):
    """A packet of hosts that no capture of the tree has, of one of eight connections."""
    payload = b"GET / HTTP/1.1\r\nHost: www.example.org\r\n\r\n"
    segment = struct.pack(">HHIIBBHHH", 50000 + number % 8, 80, 1 + number // 8 * len(payload), 1,
                          0x50, 0x18, 65535, 0, 0) + payload
    return bytes.fromhex("020000000202 020000000201 0800") + struct.pack(
        ">BBHHHBBH4s4s", 0x45, 0, 20 + len(segment), number & 0xFFFF, 0, 64, TCP, 0,
        ipaddress.ip_address("198.51.100.7").packed, ipaddress.ip_address("203.0.113.9").packed
        ) + segment


def among_strangers(frames):
    mixed = []
    for number, frame in enumerate(frames):
        other = _stranger(number)
        mixed += [frame, Frame(frame.time, other, len(other))]
    return mixed


def years_later(frames):
    return [frame._replace(time=frame.time + 10 * 365 * 86400 * 1000000) for frame in frames]


Dress = collections.namedtuple("Dress", "make link")

DRESSES = {name: Dress(make, link) for name, make, link in (
    ("segments of 1 byte", in_segments_of(1), ETHERNET),
    ("segments of 2 bytes", in_segments_of(2), ETHERNET),
    ("segments of 7 bytes", in_segments_of(7), ETHERNET),
    ("segments of 100 bytes", in_segments_of(100), ETHERNET),
    ("each frame twice", twice, ETHERNET),
    ("two recorders", twice_at_the_end, ETHERNET),
    ("overtaking", overtaking, ETHERNET),
    ("overtaking in segments of 7 bytes",
     lambda frames: overtaking(in_segments_of(7)(frames)), ETHERNET),
    ("out of order", out_of_order, ETHERNET),
    *((name, each(wrap, _is_ip if link == RAW_IP else _is_any), link)
      for name, (link, wrap) in LINKS.items()),
    ("IPv6", _as_ipv6(), ETHERNET),
    ("IPv6 with hop-by-hop options", _as_ipv6("hop-by-hop"), ETHERNET),
    ("IPv6 with destination options", _as_ipv6("destination options"), ETHERNET),
    ("without the first tenth", without_the_first(0.1), ETHERNET),
    ("without the first half", without_the_first(0.5), ETHERNET),
    ("without handshakes", without_handshakes, ETHERNET),
    ("among strangers", among_strangers, ETHERNET),
    ("ten years later", years_later, ETHERNET),
    ("cut at 96 bytes", cut_at(96), ETHERNET),
    ("cut at 128 bytes", cut_at(128), ETHERNET),
)}
