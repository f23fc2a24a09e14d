# captures.py
# Large captures, written as fast as bytes can be packed: SYN scans, NAT, one talker, sessions
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Each function writes one capture and returns (packets, flows). Nothing of it is kept in the tree.

Clients are in 10.1.0.0/16, servers in 10.2.0.0/16; ROLES gives both networks a role, so that every
packet is one that the audit judges. Checksums are 0: Wireshark checks none by default.
"""

import pathlib
import struct

MADE = pathlib.Path(__file__).resolve().parent.parent / "made"

ROLES = ['"10.1.0.0/16","Advanced Client","ABC"', '"10.2.0.0/16","Management point","ABC"']

SYN, SYN_ACK, ACK, PUSH, FIN = 0x02, 0x12, 0x10, 0x18, 0x11
HEADERS = struct.Struct("!12sHBBHHHBBHIIHHIIBBHHH")
RECORD = struct.Struct("<IIII")
MACS = bytes.fromhex("020000000001020000000002")
GET = (b"GET /sms_mp/.sms_aut?mplist HTTP/1.1\r\nHost: mp\r\nUser-Agent: SMS CCM 2.0\r\n"
       b"Content-Length: 0\r\n\r\n")
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: text/plain\r\n\r\nok"


def ip(first, second, number):
    """10.first... as a number; second and number are spread over the bytes after it."""
    return 10 << 24 | first << 16 | (second << 8) + number & 0xffff


class Writer:
    """A pcap; with snaplen it has only the beginning of each packet."""

    def __init__(self, path, snaplen=0):
        self.file = open(path, "wb", buffering=1 << 20)
        self.file.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, snaplen or 65535, 1))
        self.snaplen = snaplen
        self.packets = 0

    def tcp(self, src, dst, sport, dport, flags, seq, ack, payload=b""):
        frame = HEADERS.pack(MACS, 0x0800, 0x45, 0, 40 + len(payload), 1, 0, 64, 6, 0, src, dst,
                             sport, dport, seq, ack, 0x50, flags, 65535, 0, 0) + payload
        self.packets += 1
        kept = frame[:self.snaplen] if self.snaplen else frame
        # A packet every 0.7 ms: an hour's worth are 5 million.
        micro = self.packets * 700
        self.file.write(RECORD.pack(1089795600 + micro // 1000000, micro % 1000000, len(kept),
                                    len(frame)) + kept)

    def close(self):
        self.file.close()
        return self.packets


def conversation(out, client, server, sport, dport, *said):
    """SYN, SYN-ACK, a segment for each (from the client, bytes), FIN."""
    out.tcp(client, server, sport, dport, SYN, 0, 0)
    out.tcp(server, client, dport, sport, SYN_ACK, 0, 1)
    seqs = [1, 1]
    for number, (by_client, data) in enumerate(said):
        mine, other = seqs[not by_client], seqs[by_client]
        ends = (client, server, sport, dport) if by_client else (server, client, dport, sport)
        out.tcp(*ends, PUSH, mine, other, data)
        seqs[not by_client] += len(data)
    out.tcp(client, server, sport, dport, FIN, seqs[0], seqs[1])


def nat(path, flows, snaplen=0):
    """Clients behind a few addresses, each port once: five packets a flow, HTTP as an MP's."""
    out = Writer(path, snaplen)
    for number in range(flows):
        conversation(out, ip(1, 0, 1 + number // 60000), ip(2, 0, 1 + number % 4),
                     1024 + number % 60000, 80, (True, GET), (False, ANSWER))
    return out.close(), flows


def scan(path, flows):
    """One role host calls many others on every port, and none of them answers."""
    out = Writer(path)
    for number in range(flows):
        out.tcp(ip(1, 0, 1), ip(2, 0, 1 + number // 60000), 40000 + number % 7,
                1 + number % 60000, SYN, number, 0)
    return out.close(), flows


def talker(path, packets):
    """One flow that has all packets."""
    out = Writer(path)
    client, server, seqs = ip(1, 0, 1), ip(2, 0, 1), [1, 1]
    out.tcp(client, server, 40000, 80, SYN, 0, 0)
    out.tcp(server, client, 80, 40000, SYN_ACK, 0, 1)
    while out.packets < packets - 1:
        out.tcp(client, server, 40000, 80, PUSH, seqs[0], seqs[1], GET)
        seqs[0] = seqs[0] + len(GET) & 0xffffffff
        out.tcp(server, client, 80, 40000, PUSH, seqs[1], seqs[0], ANSWER)
        seqs[1] = seqs[1] + len(ANSWER) & 0xffffffff
    return out.close(), 1


def payloads(name):
    """The payloads of the TCP segments of a made capture."""
    data = (MADE / f"{name}.pcap").read_bytes()
    at, found = 24, []
    while at < len(data):
        length = struct.unpack_from("<I", data, at + 8)[0]
        frame = data[at + 16:at + 16 + length]
        ip_end = 14 + struct.unpack_from("!H", frame, 16)[0]
        start = 34 + (frame[46] >> 4) * 4
        if frame[23] == 6 and ip_end > start:
            found.append(frame[start:ip_end])
        at += 16 + length
    return found


def sessions(path, count):
    """Remote-control sessions, each of another viewer and agent: an information request and its
    reply, then the control channel is closed."""
    request, reply = payloads("rc-information")[:2]
    out = Writer(path)
    for number in range(count):
        conversation(out, ip(1, 0, 1 + number // 60000), ip(2, 0, 1 + number % 60000),
                     1024 + number % 60000, 2701, (True, request), (False, reply))
    return out.close(), count


def cut(source, path, at=0.5):
    """The first part of a capture, and it ends within a packet."""
    size = int(pathlib.Path(source).stat().st_size * at)
    size -= size % 16 + 3
    with open(source, "rb") as whole, open(path, "wb") as part:
        while size > 0:
            data = whole.read(min(size, 1 << 20))
            part.write(data)
            size -= len(data)


def interfaces(source, path, count):
    """The same packets as a pcapng, whose packets come from this many interfaces in turn."""
    def block(kind, body):
        body += b"\0" * (-len(body) % 4)
        length = struct.pack("<I", 12 + len(body))
        return struct.pack("<I", kind) + length + body + length
    with open(source, "rb") as whole, open(path, "wb", buffering=1 << 20) as out:
        whole.read(24)
        out.write(block(0x0a0d0d0a, struct.pack("<IHHq", 0x1a2b3c4d, 1, 0, -1)))
        for _ in range(count):
            out.write(block(1, struct.pack("<HHI", 1, 0, 65535)))
        number = 0
        while header := whole.read(16):
            second, micro, kept, length = RECORD.unpack(header)
            stamp = second * 1000000 + micro
            out.write(block(6, struct.pack("<IIIII", number % count, stamp >> 32,
                                           stamp & 0xffffffff, kept, length) + whole.read(kept)))
            number += 1


def table(path, lines):
    """A file smsrc_roles: a role for each of so many hosts, beside those of ROLES."""
    with open(path, "w", encoding="ascii") as out:
        for number in range(lines):
            out.write('"10.%d.%d.%d","Legacy Client","ABC"\n' % (
                100 + number // 62500, number // 250 % 250, number % 250))
        out.writelines(line + "\n" for line in ROLES)
