# traffic.py
# Captures for measuring, of any size: written as bytes, the same ones on every run
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

# Flows of FLOW_PACKETS packets each. A flow is made once, as a template; for every further one
# only addresses, ports and times are rewritten, so that ten million packets take a minute.

import struct

FLOW_PACKETS = 20

# Who holds a role in the captures `worst`, `scan` and `growth`: two lines of the table cover all hosts.
CLIENTS = "10.1.0.0/16"
SERVERS = "10.2.0.0/24"
WORST_ROLES = [f'uat:smsrc_roles:"{CLIENTS}","Advanced Client",""',
               f'uat:smsrc_roles:"{SERVERS}","Management point",""']
NUM_SERVERS = 4
NUM_CLIENTS = 50000

# A port that is on no row of the matrix and has no dissector.
OFF_MATRIX = 12345

SYN, ACK, PUSH_ACK, FIN_ACK, RST_ACK = 0x02, 0x10, 0x18, 0x11, 0x14
PCAP_HEADER = struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1)
BEGIN = 1700000000

# Offsets in a packet: Ethernet, IPv4 without options, TCP or UDP.
RECORD, IP, PORTS = 16, 16 + 14, 16 + 14 + 20


def noise(length, seed):
    """Bytes that no dissector knows: the high bit is always set."""
    out = bytearray()
    state = seed * 2654435761 % (1 << 32) or 1
    for _ in range(length):
        state = (state * 1664525 + 1013904223) % (1 << 32)
        out.append(0x80 | state >> 24)
    return bytes(out)


def packet(microseconds, to_server, protocol, transport, payload):
    """One record of a capture, with addresses and ports left 0."""
    total = 20 + len(transport) + len(payload)
    mac = (b"\x02\0\0\0\0\2", b"\x02\0\0\0\0\1")
    frame = b"".join((*(mac if to_server else mac[::-1]), b"\x08\0", struct.pack(
        ">BBHHHBBH8x", 0x45, 0, total, 1, 0x4000, 64, protocol, 0), transport, payload))
    return struct.pack("<IIII", 0, microseconds, len(frame), len(frame)) + frame


def tcp_flow(talk):
    """(to_server, payload)... as a connection: handshake, data, end; FLOW_PACKETS in all."""
    seq = [1000, 9000]  # the client's, the server's
    out = []

    def send(to_server, flags, payload=b""):
        side = 0 if to_server else 1
        ack = seq[1 - side] if flags & ACK else 0
        out.append((to_server, packet(100 * len(out), to_server, 6, struct.pack(
            ">4xIIBBHHH", seq[side], ack, 0x50, flags, 0xfaf0, 0, 0), payload)))
        seq[side] += len(payload) + (1 if flags & (SYN | 1) else 0)

    send(True, SYN)
    send(False, SYN | ACK)
    send(True, ACK)
    for to_server, payload in talk:
        send(to_server, PUSH_ACK, payload)
        send(not to_server, ACK)
    send(True, FIN_ACK)
    send(False, FIN_ACK)
    send(True, ACK)
    return out


def udp_flow(talk):
    out = []
    while len(out) < FLOW_PACKETS:
        to_server, payload = talk[len(out) % len(talk)]
        out.append((to_server, packet(100 * len(out), to_server, 17, struct.pack(
            ">4xHH", 8 + len(payload), 0), payload)))
    return out


class Template:
    """A flow whose ends are still open."""

    def __init__(self, packets, server_port):
        self.server_port = server_port
        self.bytes = bytearray()
        self.places = []
        for to_server, data in packets:
            self.places.append((len(self.bytes), to_server))
            self.bytes += data

    def write(self, out, number, client, client_port, server):
        ports = (client_port, self.server_port)
        ends = struct.pack(">4s4sHH", client, server, *ports)
        back = struct.pack(">4s4sHH", server, client, *ports[::-1])
        seconds = struct.pack("<I", BEGIN + number // 50)
        data = self.bytes
        for at, to_server in self.places:
            data[at:at + 4] = seconds
            data[at + IP + 12:at + PORTS + 4] = ends if to_server else back
        out.write(data)


def client_address(number):
    return bytes((10, 1, number % NUM_CLIENTS >> 8, number % NUM_CLIENTS & 0xff))


def server_address(number):
    return bytes((10, 2, 0, 1 + number % NUM_SERVERS))


def write(path, templates, packets):
    with open(path, "wb", 1 << 20) as out:
        out.write(PCAP_HEADER)
        for number in range(packets // FLOW_PACKETS):
            # Where a client comes again it comes from another port.
            templates[number % len(templates)].write(
                out, number, client_address(number), 20000 + number // NUM_CLIENTS,
                server_address(number))
    return path


def talk_of(request, answer):
    """As many messages as fill a flow over TCP."""
    return [(True, request), (False, answer)] * 3 + [(True, request)]


def write_worst(path, packets):
    """Every packet between hosts with roles, and every flow on no row of the matrix."""
    tcp = [Template(tcp_flow(talk_of(noise(90, n), noise(400, n + 10))), OFF_MATRIX + n)
           for n in range(3)]
    udp = [Template(udp_flow(talk_of(noise(60, 7), noise(120, 8))), OFF_MATRIX)]
    return write(path, tcp + udp, packets)


def write_scan(path, packets, servers=1):
    """A host with a role tries each port of so many others, whose answer is a reset."""
    def segment(to_server, flags, seq, ack):
        return to_server, packet(0 if to_server else 50, to_server, 6, struct.pack(
            ">4xIIBBHHH", seq, ack, 0x50, flags, 1024, 0, 0), b"")
    tried = Template([segment(True, SYN, 1000, 0), segment(False, RST_ACK, 0, 1001)], 0)
    with open(path, "wb", 1 << 20) as out:
        out.write(PCAP_HEADER)
        for number in range(packets // 2):
            tried.server_port = 1 + number // servers
            tried.write(out, number, client_address(1), 40000, server_address(number % servers))
    return path


def write_interleaved(path, packets):
    """Bare packets of many flows in turn: no two of a flow follow each other."""
    bare = tcp_flow(())
    templates = [Template([one], OFF_MATRIX) for one in bare]
    flows = packets // len(bare)
    with open(path, "wb", 1 << 20) as out:
        out.write(PCAP_HEADER)
        for turn, template in enumerate(templates):
            for number in range(flows):
                template.write(out, 50 * turn, client_address(number), 20000,
                               server_address(number))
    return path


def write_remote_control(path, packets):
    """Sessions' data, each of whose messages the plugin dissects; their ports are SMS's."""
    def message(length):
        return b"RCH0" + struct.pack("<I", length) + b"RCHE" + noise(length, length)
    data = Template(tcp_flow(talk_of(message(64), noise(800, 3))), 2702)
    return write(path, [data], packets)


def write_quiet(path, packets):
    """No SMS: used where there are no recorded captures of others."""
    query = struct.pack(">HHHHHH", 7, 0x0100, 1, 0, 0, 0) + b"\3www\7example\3com\0\0\1\0\1"
    answer = (struct.pack(">HHHHHH", 7, 0x8180, 1, 1, 0, 0) + query[12:] +
              b"\xc0\x0c\0\1\0\1\0\0\1\0\0\4\xc0\0\2\1")
    get = (b"GET /page/%d.html HTTP/1.1\r\nHost: www.example.com\r\nAccept: text/html\r\n"
           b"User-Agent: Mozilla/5.0\r\nAccept-Language: en\r\nConnection: keep-alive\r\n\r\n")
    page = b"<html><head><title>Page</title></head><body>" + b"<p>Text</p>" * 40
    page += b"</body></html>\n"
    page = (b"HTTP/1.1 200 OK\r\nDate: Tue, 14 Nov 2023 22:13:20 GMT\r\nServer: Apache\r\n"
            b"Content-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(page)) + page
    templates = [
        Template(tcp_flow(talk_of(get % 1, page)), 80),
        Template(udp_flow([(True, query), (False, answer)]), 53),
        Template(tcp_flow(talk_of(get % 2, page)), 80),
        Template(tcp_flow(talk_of(noise(200, 1), noise(1000, 2))), 22000),
    ]
    return write(path, templates, packets)
