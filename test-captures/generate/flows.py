# flows.py
# Scripted TCP, UDP and ICMP conversations, written as pcap, the same bytes on every run
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A script gives the ends and the messages; addresses become MACs, ports become sequence numbers and
# every frame gets its time by fixed rules, so that a capture made twice is the same file:
#
#     cap = Capture()
#     c = cap.tcp("10.1.0.50", 1047, "10.1.3.17", 2701)
#     c.open()
#     c.send(b"question", cuts=[3])
#     c.reply(b"answer")
#     c.close()
#     cap.write("answer.pcap")
#
# Packets of TCP and UDP are built here, for scapy takes a millisecond for each; scapy builds what
# is unusual (fragments, ICMP, what a script adds itself), and what it would choose at random (IP
# identification, sequence numbers) is chosen here.

import calendar
import functools
import ipaddress
import itertools
import pathlib
import struct
import sys
import zlib

from scapy.layers.inet import ICMP, IP, fragment
from scapy.layers.inet6 import ICMPv6DestUnreach, IPv6
from scapy.layers.l2 import Ether
from scapy.packet import Raw

# 2004-07-14 09:00:00 UTC: the day of CVE-2004-0728, a working morning.
START = calendar.timegm((2004, 7, 14, 9, 0, 0))

PCAP_MAGIC = 0xA1B2C3D4  # times in microseconds
LINKTYPE_ETHERNET = 1
SNAPLEN = 65535
WINDOW = 65535
MSS_OPTION = struct.pack("!BBH", 2, 4, 1460)
FLAGS = {"F": 1, "S": 2, "R": 4, "P": 8, "A": 16}
TCP_PROTO, UDP_PROTO = 6, 17
TTL = 128
ICMP_PORT_UNREACHABLE = 3
ICMPV6_PORT_UNREACHABLE = 4
BROADCAST_MAC = "ff:ff:ff:ff:ff:ff"


def mac_of(ip):
    """The MAC a host has in every capture: 02:00 and four bytes of its address."""
    address = ipaddress.ip_address(ip)
    if address.version == 4:
        if ip.endswith(".255"):
            return BROADCAST_MAC
        if address.is_multicast:
            low = int(address) & 0x7FFFFF
            return "01:00:5e:%02x:%02x:%02x" % (low >> 16, low >> 8 & 0xFF, low & 0xFF)
        tail = address.packed
    elif address.is_multicast:
        return "33:33:" + address.packed[-4:].hex(":")
    else:
        tail = zlib.crc32(address.packed).to_bytes(4, "big")
    return "02:00:" + tail.hex(":")


@functools.lru_cache(maxsize=4096)
def _ends(src, dst):
    """Ethernet's header, and both addresses as they are in IPv4's or IPv6's."""
    ends = [ipaddress.ip_address(ip).packed for ip in (src, dst)]
    link = b"".join(bytes.fromhex(mac_of(ip).replace(":", "")) for ip in (dst, src))
    return link + (b"\x08\x00" if len(ends[0]) == 4 else b"\x86\xdd"), *ends


def _checksum(data):
    """The complement of the sum of 16-bit words (RFC 1071)."""
    number = int.from_bytes(data + b"\0" * (len(data) % 2), "big")
    return 0xFFFF - ((number - 1) % 0xFFFF + 1 if number else 0)


def _with_checksum(src, dst, proto, header, data):
    """A header of UDP or TCP, whose checksum is 0 as yet, and its data."""
    whole = header + data
    found = _checksum(src + dst + struct.pack("!II", len(whole), proto) + whole)
    if proto == UDP_PROTO:
        return header[:6] + struct.pack("!H", found or 0xFFFF) + data
    return header[:16] + struct.pack("!H", found) + header[18:] + data


class Recorded:
    """A frame as it is recorded; scapy reads it when a layer or a field of it is wanted."""

    def __init__(self, whole):
        self._whole = whole

    @functools.cached_property
    def frame(self):
        return Ether(self._whole)

    def __contains__(self, layer):
        return layer in self.frame

    def __getitem__(self, layer):
        return self.frame[layer]

    def __getattr__(self, name):
        return getattr(self.frame, name)

    def __bytes__(self):
        return bytes(self.frame) if "frame" in self.__dict__ else self._whole


class Capture:
    """Frames in the order of their times. `step`: the seconds between one frame and the next."""

    def __init__(self, start=START, step=0.01):
        self.snaplen = SNAPLEN  # a smaller one cuts frames, as a capture tool does
        self.fragments = 0  # a link on the way takes so many bytes of IPv4's payload, a multiple of 8
        self._micros = round(start * 1000000)
        self._step = round(step * 1000000)
        self._ids = itertools.count(1)
        self._flows = itertools.count(1)
        self._frames = []

    def recorded(self):
        """How many frames were recorded."""
        return len(self._frames)

    def wait(self, seconds):
        """Let time pass before the next frame."""
        self._micros += round(seconds * 1000000)

    def add(self, frame):
        """Record a whole frame of scapy's, whatever it holds. Returns it as it was recorded."""
        if self.fragments and IP in frame:
            pieces = fragment(frame.frame if isinstance(frame, Recorded) else frame, self.fragments)
            for piece in pieces[:-1]:
                self._record(piece)
            frame = pieces[-1]
        return self._record(frame)

    def _record(self, frame):
        whole = bytes(frame)
        self._frames.append((self._micros, whole))
        self._micros += self._step
        return Recorded(whole)

    def transport(self, src, dst, proto, header, data):
        """Record a packet of TCP or UDP, whose header has no checksum yet."""
        link, *ends = _ends(src, dst)
        payload = _with_checksum(*ends, proto, header, data)
        if len(ends[0]) == 4:
            begin = struct.pack("!BBHHHBB", 0x45, 0, 20 + len(payload),
                                next(self._ids) & 0xFFFF, 0, TTL, proto)
            found = _checksum(begin + b"".join(ends))
            network = begin + struct.pack("!H", found) + b"".join(ends)
        else:
            network = struct.pack("!IHBB", 6 << 28, len(payload), proto, TTL) + b"".join(ends)
        whole = link + network + payload
        return self.add(Recorded(whole))

    def network(self, src, dst, **fields):
        """Ethernet and IPv4 or IPv6 headers from `src` to `dst`, for a payload to follow.

        `fields` go to the IP header; a destination that ends in .255 is a broadcast."""
        link = Ether(src=mac_of(src), dst=mac_of(dst))
        if ipaddress.ip_address(src).version == 4:
            fields.setdefault("ttl", TTL)
            return link / IP(src=src, dst=dst, id=next(self._ids) & 0xFFFF, **fields)
        fields.setdefault("hlim", TTL)
        return link / IPv6(src=src, dst=dst, **fields)

    def tcp(self, client, client_port, server, server_port):
        """A TCP conversation; nothing is recorded before its first method is called."""
        return Tcp(self, next(self._flows), client, client_port, server, server_port)

    def udp(self, client, client_port, server, server_port):
        """A UDP exchange between two ports."""
        return Udp(self, client, client_port, server, server_port)

    def unreachable(self, quoted, by=None, code=None):
        """`by` (else the destination) answers the recorded frame `quoted`: ICMP unreachable.

        `code` is ICMP's own; without it the port is unreachable."""
        inner = quoted[IP] if IP in quoted else quoted[IPv6]
        outer = self.network(by or inner.dst, inner.src)
        if IP in quoted:
            # RFC 792: the header and 64 bits of what follows.
            quote = bytes(inner)[:inner.ihl * 4 + 8]
            return self.add(outer / ICMP(
                type=3, code=ICMP_PORT_UNREACHABLE if code is None else code) / Raw(quote))
        # RFC 4443: as much as fits.
        return self.add(outer / ICMPv6DestUnreach(
            code=ICMPV6_PORT_UNREACHABLE if code is None else code) / Raw(bytes(inner)[:1232]))

    def write(self, path):
        with open(path, "wb") as pcap:
            pcap.write(struct.pack("<IHHiIII", PCAP_MAGIC, 2, 4, 0, 0, self.snaplen,
                                   LINKTYPE_ETHERNET))
            for micros, whole in self._frames:
                cut = whole[:self.snaplen]
                pcap.write(struct.pack("<IIII", *divmod(micros, 1000000), len(cut), len(whole)))
                pcap.write(cut)


class Udp:
    """Datagrams between a client's and a server's port."""

    def __init__(self, capture, client, client_port, server, server_port):
        self._capture = capture
        self._client = (client, client_port)
        self._server = (server, server_port)

    def send(self, data):
        """A datagram from the client; the recorded frame."""
        return self._datagram(self._client, self._server, data)

    def reply(self, data):
        """A datagram from the server; the recorded frame."""
        return self._datagram(self._server, self._client, data)

    def _datagram(self, source, target, data):
        header = struct.pack("!HHHH", source[1], target[1], 8 + len(data), 0)
        return self._capture.transport(source[0], target[0], UDP_PROTO, header, bytes(data))


class _Side:
    """One end of a TCP conversation."""

    def __init__(self, ip, port, seq):
        self.ip = ip
        self.port = port
        self.seq = seq


class Tcp:
    """A TCP conversation from a client to a server.

    Without open() it is one whose start was not recorded. Sequence and acknowledgement
    numbers go on as the real hosts' would, also past segments that were lost."""

    def __init__(self, capture, number, client, client_port, server, server_port):
        self._capture = capture
        self._client = _Side(client, client_port, self._first_seq(number, client, client_port))
        self._server = _Side(server, server_port, self._first_seq(number, server, server_port))

    @staticmethod
    def _first_seq(number, ip, port):
        return zlib.crc32(b"%d %s %d" % (number, ip.encode(), port))

    def open(self):
        """The three-way handshake."""
        self.syn()
        self._segment(self._server, self._client, "SA", options=MSS_OPTION)
        self._server.seq += 1
        self._segment(self._client, self._server, "A")

    def syn(self):
        """A SYN of the client and nothing more; the recorded frame."""
        frame = self._segment(self._client, self._server, "S", options=MSS_OPTION)
        self._client.seq += 1
        return frame

    def send(self, data, cuts=(), order=None):
        """`data` from the client, in segments that end at the offsets `cuts`.

        `order` names the segments that were recorded, from 0 on and in their order on the
        wire: one that is left out is lost, one named twice is sent again. Without it each is
        recorded once. Returns the recorded frames."""
        return self._data(self._client, self._server, data, cuts, order)

    def reply(self, data, cuts=(), order=None):
        """As send(), from the server."""
        return self._data(self._server, self._client, data, cuts, order)

    def close(self):
        """The client closes, the server follows."""
        self._segment(self._client, self._server, "FA")
        self._client.seq += 1
        self._segment(self._server, self._client, "FA")
        self._server.seq += 1
        self._segment(self._client, self._server, "A")

    def reset(self, by_server=True):
        """One side breaks the conversation off, or refuses it after syn()."""
        source, target = self._sides(by_server)
        self._segment(source, target, "RA")

    def acknowledge(self, by_server=True):
        """A segment that only acknowledges."""
        source, target = self._sides(by_server)
        self._segment(source, target, "A")

    def keep_alive(self, by_server=False):
        """One old byte of padding, as a host sends it on an idle conversation."""
        source, target = self._sides(by_server)
        source.seq -= 1
        self._segment(source, target, "A", b"\0")
        source.seq += 1

    def _sides(self, by_server):
        pair = (self._server, self._client)
        return pair if by_server else pair[::-1]

    def _data(self, source, target, data, cuts, order):
        edges = [0, *cuts, len(data)]
        if sorted(edges) != edges:
            raise ValueError("cuts %r do not rise within %d bytes" % (cuts, len(data)))
        first = source.seq
        pieces = list(zip(edges, edges[1:]))
        recorded = []
        for index in range(len(pieces)) if order is None else order:
            begin, end = pieces[index]
            source.seq = first + begin
            recorded.append(self._segment(source, target, "PA", data[begin:end]))
        source.seq = first + len(data)
        return recorded

    def _segment(self, source, target, flags, data=b"", options=b""):
        header = struct.pack("!HHIIBBHI", source.port, target.port, source.seq & 0xFFFFFFFF,
                             target.seq & 0xFFFFFFFF if "A" in flags else 0,
                             (20 + len(options)) // 4 << 4, sum(map(FLAGS.get, flags)), WINDOW, 0)
        return self._capture.transport(source.ip, target.ip, TCP_PROTO, header + options,
                                       bytes(data))


class Collection:
    """The captures of one generator: functions that fill a Capture, each named for its file.

        collection = Collection()

        @collection.capture
        def rc_busy(cap):
            '''What it shows, in one line: its line in README.md.'''

        collection.main()

    writes rc-busy.pcap into the folder named on the command line, else into made/."""

    def __init__(self):
        self.functions = {}

    def capture(self, function):
        self.functions[function.__name__.replace("_", "-")] = function
        return function

    def lines(self):
        """(name, what it shows) of each, in order."""
        return [(name, function.__doc__) for name, function in self.functions.items()]

    def write(self, folder):
        for name, function in self.functions.items():
            cap = Capture()
            function(cap)
            cap.write(pathlib.Path(folder) / (name + ".pcap"))

    def main(self):
        made = pathlib.Path(__file__).resolve().parent.parent / "made"
        self.write(sys.argv[1] if len(sys.argv) > 1 else made)
