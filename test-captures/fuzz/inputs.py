# inputs.py
# Inputs of the fuzzer: what fuzz-input.h describes, written by hand or read from a capture
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import ipaddress
import struct

# The tables of fuzz-wire.c.
SERVER_PORTS = (2701, 2702, 2703, 2704, 1761, 1762, 1763, 1764, 80, 443, 139, 445, 137, 138, 389,
                636, 135, 88, 1433, 53, 67, 1723, 3268, 161, 69, 3389, 8080, 5000, 4011, 8530,
                1024, 2725)
CLIENT_PORTS = (1047, 1048, 49152, 2703, 68, 137, 138, 3001)
IPX_SOCKETS = (0x8138, 0x8238, 0x845F, 0x4100, 0x0455, 0x0551, 0x0553, 0x0452)
HOSTS = 16
BROADCAST = HOSTS - 1

KINDS = ("TCP", "UDP", "TCP6", "UDP6", "TNMP", "RCH", "CM_WORD", "CM_TOKEN", "CM_PLAIN", "NBSS",
         "NBDGM", "IPX", "SPX", "UNREACHABLE", "UNREACHABLE6", "IP", "ETHERNET")
FLAGS = ("PA", "S", "SA", "A", "FA", "R", "RA", "P")
IN_TURN, AGAIN, LOST, BACK = range(4)
WHOLE, SHORT, HEADER, HALF = range(4)
FROM_SERVER = 0x80

TWO_PASSES, TREE, COLUMNS, STATISTICS = 1, 2, 4, 8
NO_LEARNING, ONE_END, FLAG_EVERY, NO_TABLE = 0x10, 0x20, 0x40, 0x80
NO_DESEGMENT, NO_PORT_GROUND, OUT_OF_ORDER, DRAW_EARLY, VISIBLE = 0x100, 0x200, 0x400, 0x800, 0x1000

MAX_FRAMES = 48
EVERYTHING = TWO_PASSES | TREE | COLUMNS | STATISTICS | VISIBLE


class Input:
    """An input: switches, and frames added one by one."""

    def __init__(self, switches=EVERYTHING):
        self.switches = switches
        self.frames = []

    def add(self, kind, payload=b"", port=2701, from_server=False, client=0, server=1,
            client_port=1047, flags="PA", order=IN_TURN, cut=WHOLE, later=False):
        ports = IPX_SOCKETS if kind in ("IPX", "SPX") else SERVER_PORTS
        self.frames.append(struct.pack(
            "<BBBBH", KINDS.index(kind) | (FROM_SERVER if from_server else 0),
            client | server << 4,
            ports.index(port) | CLIENT_PORTS.index(client_port) << 5,
            FLAGS.index(flags) | order << 3 | cut << 5 | (0x80 if later else 0),
            len(payload)) + payload)
        return self

    def open(self, **where):
        """TCP's handshake."""
        self.add("TCP", flags="S", **where)
        self.add("TCP", flags="SA", from_server=True, **where)
        return self.add("TCP", flags="A", **where)

    def __bytes__(self):
        return struct.pack("<H", self.switches) + b"".join(self.frames)


# --- From captures ------------------------------------------------------------------------------

# Of microseconds and of nanoseconds, little-endian first.
PCAP_MAGICS = (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1", b"\xa1\xb2\xc3\xd4",
               b"\xa1\xb2\x3c\x4d")


def frames_of(path):
    """The frames of a pcap or pcapng file, as long as they were captured."""
    data = path.read_bytes()
    if data[:4] == b"\x0a\x0d\x0d\x0a":
        yield from _frames_of_pcapng(data)
        return
    order = "<" if data[:4] in PCAP_MAGICS[:2] else ">"
    at = 24
    while at + 16 <= len(data):
        captured = struct.unpack_from(order + "I", data, at + 8)[0]
        yield data[at + 16:at + 16 + captured]
        at += 16 + captured


def is_ethernet(path):
    """Whether this is a capture, and its (first) interface Ethernet."""
    data = path.read_bytes()
    if data[:4] == b"\x0a\x0d\x0d\x0a":
        order = "<" if data[8:12] == b"\x4d\x3c\x2b\x1a" else ">"
        at = struct.unpack_from(order + "I", data, 4)[0]
        return struct.unpack_from(order + "IIH", data, at)[::2] == (1, 1)
    if len(data) < 24 or data[:4] not in PCAP_MAGICS:
        return False
    order = "<" if data[:4] in PCAP_MAGICS[:2] else ">"
    return struct.unpack_from(order + "I", data, 20)[0] == 1


def _frames_of_pcapng(data):
    order, at = "<", 0
    while at + 12 <= len(data):
        if data[at:at + 4] == b"\x0a\x0d\x0d\x0a":
            order = "<" if data[at + 8:at + 12] == b"\x4d\x3c\x2b\x1a" else ">"
        kind, length = struct.unpack_from(order + "II", data, at)
        if length < 12:
            return
        if kind == 6:
            captured = struct.unpack_from(order + "I", data, at + 20)[0]
            yield data[at + 28:at + 28 + captured]
        at += length


class _Hosts:
    """Numbers for the addresses of a capture, in the order in which they come."""

    def __init__(self):
        self.numbers = {}

    def number(self, address):
        packed = ipaddress.ip_address(address).packed
        if packed[-1] == 255 and len(packed) == 4 or packed[0] == 0xFF:
            return BROADCAST
        return self.numbers.setdefault(address, len(self.numbers) % (HOSTS - 1))


def _ip(frame):
    """(source, destination, protocol, payload), or None."""
    if frame[12:14] == b"\x08\x00" and len(frame) >= 34:
        header = (frame[14] & 15) * 4
        total = struct.unpack_from(">H", frame, 16)[0]
        if struct.unpack_from(">H", frame, 20)[0] & 0x3FFF:
            return None  # a fragment
        return frame[26:30], frame[30:34], frame[23], frame[14 + header:14 + max(total, header)]
    if frame[12:14] == b"\x86\xdd" and len(frame) >= 54:
        length = struct.unpack_from(">H", frame, 18)[0]
        return frame[22:38], frame[38:54], frame[20], frame[54:54 + length]
    return None


def inputs_of(path, switches=EVERYTHING, most_bytes=6000):
    """The capture as inputs: a packet that they cannot describe is a whole frame in them."""
    hosts, part, clients, seen = _Hosts(), Input(switches), {}, {}

    def packed():
        return len(bytes(part))

    for frame in frames_of(path):
        if len(part.frames) >= MAX_FRAMES - 4 or packed() + len(frame) > most_bytes:
            if part.frames:
                yield bytes(part)
            part = Input(switches)
            if len(frame) > most_bytes:
                continue
        about = _ip(frame)
        if about is None or not _add_ip(part, about, hosts, clients, seen):
            part.add("ETHERNET", frame)
    if part.frames:
        yield bytes(part)


def _add_ip(part, about, hosts, clients, seen):
    source, target, protocol, data = about
    six = "6" if len(source) == 16 else ""
    if protocol in (6, 17) and len(data) >= 8:
        ports = struct.unpack_from(">HH", data)
    elif protocol in (1, 58) and len(data) >= 8 and data[0] == (1 if six else 3):
        part.add("UNREACHABLE" + six, bytes((0, data[1])), from_server=True,
                 client=hosts.number(target), server=hosts.number(source))
        return True
    else:
        return False
    ends = ((source, ports[0]), (target, ports[1]))
    key = tuple(sorted(ends))
    if key not in seen:
        # The side that speaks first is the client, if the other's port is a server's.
        known = [port in SERVER_PORTS for port in ports]
        if not any(known):
            return False
        seen[key] = ends if known[1] else ends[::-1]
    client, server = seen[key]
    if client[1] in CLIENT_PORTS:
        client_port = client[1]
    else:
        client_port = clients.setdefault(client, CLIENT_PORTS[len(clients) % 3])
    where = {"port": server[1], "from_server": ends[0] == server, "client_port": client_port,
             "client": hosts.number(client[0]), "server": hosts.number(server[0])}
    if protocol == 17:
        part.add("UDP" + six, data[8:], **where)
        return True
    if len(data) < 20:
        return False
    bits = data[13]
    flags = ("S" if bits & 2 and not bits & 16 else "SA" if bits & 2 else
             "RA" if bits & 4 and bits & 16 else "R" if bits & 4 else "FA" if bits & 1 else
             "PA" if len(data) > (data[12] >> 4) * 4 else "A")
    part.add("TCP" + six, data[(data[12] >> 4) * 4:], flags=flags, **where)
    return True
