# crafted.py
# Traffic that is made to cost the plugin as much as it can
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

# Each capture repeats one kind of message, in connections of some ninety packets: anybody who can
# send packets can send these. Half of the packets are acknowledgments without data.

import itertools
import pathlib
import string
import struct
import sys

import traffic

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "generate"))
import kb_services as kb  # noqa: E402

CLIENT, SERVER = bytes((10, 1, 0, 1)), bytes((10, 2, 0, 1))
MAX_SEGMENT = 1400
REQUESTS = 40  # in a connection


def connection(out, number, port, messages):
    """Requests, each acknowledged, between a client's next port and a server."""
    seq = [1000, 1000]
    ends = (CLIENT, 1024 + number % 60000), (SERVER, port)
    sent = 0

    def send(by_client, flags, payload=b""):
        nonlocal sent
        side, other = (0, 1) if by_client else (1, 0)
        data = bytearray(traffic.packet(100 * sent, by_client, 6, struct.pack(
            ">4xIIBBHHH", seq[side], seq[other], 0x50, flags, 0xfaf0, 0, 0), payload))
        data[0:4] = struct.pack("<I", traffic.BEGIN + number)
        (source, source_port), (target, target_port) = ends if by_client else ends[::-1]
        data[traffic.IP + 12:traffic.PORTS + 4] = struct.pack(">4s4sHH", source, target,
                                                              source_port, target_port)
        out.write(data)
        sent += 1
        seq[side] += len(payload) + (1 if flags & (traffic.SYN | 1) else 0)

    send(True, traffic.SYN)
    send(False, traffic.SYN | traffic.ACK)
    send(True, traffic.ACK)
    for message in messages:
        for at in range(0, len(message), MAX_SEGMENT):
            send(True, traffic.PUSH_ACK, message[at:at + MAX_SEGMENT])
        send(False, traffic.ACK)


def write(path, port, message, connections=12):
    """As many connections, of message(0), message(1) and so on."""
    messages = map(message, itertools.count())
    with open(path, "wb", 1 << 20) as out:
        out.write(traffic.PCAP_HEADER)
        for number in range(connections):
            connection(out, number, port, itertools.islice(messages, REQUESTS))
    return path


def smb1_names(number):
    """A transaction whose data are 260 names of four letters."""
    letters = itertools.product(string.ascii_lowercase, repeat=4)
    names = "\0".join(map("".join, itertools.islice(letters, 260))).encode()
    names = names.replace(b"a", bytes((97 + number % 26,)))
    head = b"\xffSMB\x32" + bytes(4) + b"\x18\x01\x28" + bytes(14) + struct.pack(
        "<HHHH", 1, 1, 1, number & 0xffff)
    block = bytes((15,)) + struct.pack("<HHHHBBHIHHHHHBBH", 6 + 5, len(names), 10, 4000, 0, 0, 0,
                                       0, 0, 11, 66, len(names), 80, 1, 0, 5)
    return kb.nbss_message(head + block + struct.pack("<H", len(names)) + names)


def smb2_name(number, length):
    """A create; the name is another one each time."""
    name = f"{number:08d}".translate(str.maketrans("0123456789", "abcdefghij"))
    return kb.smb2_create((name * (length // 8 + 1))[:length])


def smb2_chain(number):
    """As many creates as fit into a message, one behind the other."""
    out = b""
    for part in range(13):
        single = smb2_name(number * 13 + part, 4)[4:]
        single += bytes(-len(single) % 8)
        last = part == 12
        out += single[:20] + struct.pack("<I", 0 if last else len(single)) + struct.pack(
            "<Q", number * 13 + part + 2) + single[32:]
    return kb.nbss_message(out)


def smb2_write(number):
    """Data, which no signature is about."""
    body = struct.pack("<HHIQ16sIIHHI", 49, 112, 1024, 0, bytes(16), 0, 0, 0, 0, 0)
    head = b"\xfeSMB" + struct.pack("<HHIHHIIQIIQ16s", 64, 1, 0, 9, 1, 0, 0, number + 5, 0xfeff, 1,
                                    9, bytes(16))
    return kb.nbss_message(head + body + traffic.noise(1024, number % 7))


AGENT = ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
         "Chrome/120.0.0.0 Safari/537.36")


def browser(number):
    """A request as a browser of today sends it."""
    return kb.http_request(
        "GET", f"/static/{number:08x}/script.js?v={number}", host="www.example.com", agent=AGENT,
        headers=("Accept: text/html,application/xhtml+xml", "Accept-Language: en-US,en;q=0.9",
                 "Accept-Encoding: gzip, deflate", f"Cookie: session={number:032x}; theme=dark"))


def pipelined(number):
    """55 short requests in a packet."""
    return b"".join(b"GET /s%04x HTTP/1.1\r\n\r\n" % (number * 55 + part & 0xffff)
                    for part in range(55))


def client_headers(number):
    """11 headers like those of clients, with other values each time."""
    headers = tuple(f"CCMClientTimestamp{part}: {number:08x}{'x' * 110}" for part in range(11))
    return kb.http_request("GET", "/x", headers=headers)


def long_uri(number):
    return kb.http_get(f"/sms{number:08x}" + "/folder" * 70)


def over_netbios(number):
    """Bytes of no protocol, over the session service of NetBIOS."""
    return kb.nbss_message(traffic.noise(300, number % 5))


def write_flood(path, packets, flow):
    """A packet a flow to one server: flow(n) is its source, the server's port and the packet."""
    with open(path, "wb", 1 << 20) as out:
        out.write(traffic.PCAP_HEADER)
        for number in range(packets):
            address, port, server_port, record = flow(number)
            traffic.Template([(True, record)], server_port).write(out, number, address, port,
                                                                  SERVER)
    return path


def datagram(number):
    return (traffic.client_address(number), 20000, traffic.OFF_MATRIX, traffic.packet(
        0, True, 17, struct.pack(">4xHH", 28, 0), traffic.noise(20, number % 5)))


def first_segment(number):
    """From another network each time."""
    return (struct.pack(">I", 0xc6120000 + number * 7919), 1024 + number, 8080, traffic.packet(
        0, True, 6, struct.pack(">4xIIBBHHH", 1000, 0, 0x50, traffic.SYN, 1024, 0, 0), b""))


# name -> (how it is written to a path, whether the roles of both ends are in the table)
CRAFTED = {
    "smb1-names": (lambda path: write(path, 445, smb1_names), False),
    "smb2-names": (lambda path: write(path, 445, smb2_chain), False),
    "smb2-path": (lambda path: write(path, 445, lambda n: smb2_name(n, 500)), False),
    "smb2-data": (lambda path: write(path, 445, smb2_write), False),
    "netbios": (lambda path: write(path, 139, over_netbios), False),
    "http-pipeline": (lambda path: write(path, 80, pipelined, 4), False),
    "http-headers": (lambda path: write(path, 80, client_headers), False),
    "http-uri": (lambda path: write(path, 80, long_uri), False),
    "http-browser": (lambda path: write(path, 80, browser), False),
    "scan-of-four": (lambda path: traffic.write_scan(path, 2000, 4), True),
    "datagrams": (lambda path: write_flood(path, 1000, datagram), True),
    "flood": (lambda path: write_flood(path, 1000, first_segment), True),
}


def captures(folder):
    """name -> (capture, preferences)"""
    made = {name: (make(folder / f"{name}.pcap"), traffic.WORST_ROLES if roles else ())
            for name, (make, roles) in CRAFTED.items()}
    for capture, _ in made.values():
        capture.chmod(0o644)
    return made
