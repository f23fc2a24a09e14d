# bare_packets.py
# Packets by the hundred thousand, as bytes: what fills the plugin's stores up to their bounds
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import ipaddress
import struct

from batch_captures import HEADER, RECORD

START = 1089795600  # 2004-07-14 09:00:00 UTC
MACS = bytes.fromhex("020000000002 020000000001")


def write(path, frames):
    """A pcap file of these Ethernet frames, a millisecond apart; its path."""
    with open(path, "wb") as file:
        file.write(HEADER.pack(0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
        for number, frame in enumerate(frames):
            file.write(RECORD.pack(START + number // 1000, number % 1000 * 1000, len(frame),
                                   len(frame)) + frame)
    path.chmod(0o644)
    return path


def packed(host):
    return ipaddress.ip_address(host).packed


def ipv4(source, target, protocol, payload):
    """An Ethernet frame. Its checksums are 0: Wireshark does not verify them by default."""
    return MACS + b"\x08\0" + struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), 1, 0, 64,
                                          protocol, 0, packed(source), packed(target)) + payload


def udp(source, source_port, target, target_port, payload):
    return ipv4(source, target, 17, struct.pack(">HHHH", source_port, target_port,
                                                8 + len(payload), 0) + payload)


def tcp(source, source_port, target, target_port, payload, sequence=1, flags=0x18):
    return ipv4(source, target, 6, struct.pack(">HHIIBBHHH", source_port, target_port, sequence,
                                               1, 0x50, flags, 65535, 0, 0) + payload)


def netbios_name(name, suffix):
    """RFC 1001 14.1"""
    plain = name.encode().ljust(15) + bytes([suffix])
    return b"\x20" + bytes(65 + half for byte in plain for half in (byte >> 4, byte & 15)) + b"\0"


MP_NAME = netbios_name("MP_ABC", 0x1A)


def registration(host):
    """A host registers a management point's name for itself (RFC 1002 4.2.2)."""
    return udp(host, 137, "10.1.1.22", 137, struct.pack(">HHHHHH", 1, 0x2910, 1, 0, 0, 1) +
               MP_NAME + struct.pack(">HH", 32, 1) +
               struct.pack(">HHHIHH", 0xC00C, 32, 1, 300000, 6, 0) + packed(host))


def name_question():
    """Who owns that name?"""
    return udp("10.1.3.1", 137, "10.1.1.22", 137, struct.pack(">HHHHHH", 1, 0x0100, 1, 0, 0, 0) +
               MP_NAME + struct.pack(">HH", 32, 1))


def name_answer(owners):
    """A name server reports the owners of that name (RFC 1002 4.2.13)."""
    return udp("10.1.1.22", 137, "10.1.3.1", 137, struct.pack(">HHHHHH", 1, 0x8580, 0, 1, 0, 0) +
               MP_NAME + struct.pack(">HHIH", 32, 1, 300000, 6 * len(owners)) +
               b"".join(b"\0\0" + packed(owner) for owner in owners))


def dns_question():
    """Where is that management point?"""
    return udp("10.1.3.1", 40000, "10.1.1.20", 53,
               struct.pack(">HHHHHH", 1, 0x0100, 1, 0, 0, 0) +
               b"\x0d_mssms_mp_abc\x04_tcp\x07contoso\x07example\0" + struct.pack(">HH", 33, 1))


def dns_answer(owners):
    """A DNS server reports that a management point's name is the host "mp" (RFC 2782), which has
    these addresses."""
    name = b"\x0d_mssms_mp_abc\x04_tcp\x07contoso\x07example\0"
    service = struct.pack(">HHHIH", 0xC00C, 33, 1, 300, 10) + struct.pack(">HHH", 0, 0, 80)
    target = 12 + len(name) + 4 + len(service)
    return udp("10.1.1.20", 53, "10.1.3.1", 40000,
               struct.pack(">HHHHHH", 1, 0x8580, 1, 1, 0, len(owners)) + name +
               struct.pack(">HH", 33, 1) + service + b"\2mp\0" +
               b"".join(struct.pack(">HHHIH", 0xC000 | target, 1, 1, 300, 4) + packed(owner)
                        for owner in owners))


def dns_targets(count):
    """The same name with several hosts, and no address of any."""
    name = b"\x0d_mssms_mp_abc\x04_tcp\x07contoso\x07example\0"
    return udp("10.1.1.20", 53, "10.1.3.1", 40000,
               struct.pack(">HHHHHH", 1, 0x8580, 1, count, 0, 0) + name +
               struct.pack(">HH", 33, 1) +
               b"".join(struct.pack(">HHHIH", 0xC00C, 33, 1, 300, 11) +
                        struct.pack(">HHH", 0, 0, 80) + b"\3m%02d\0" % number
                        for number in range(count)))


def endpoint_question():
    """Which endpoints are there? The number of the call is that of the answers below."""
    stub = bytes(76)
    return tcp("10.1.3.1", 40001, "10.1.1.20", 135, struct.pack(
        "<BBBBIHHIIHH", 5, 0, 0, 3, 0x10, 24 + len(stub), 0, 1, len(stub), 0, 2) + stub)


def endpoints(ports, sequence=1):
    """An endpoint mapper's answer with a tower for each of these ports (C706, appendix L)."""
    towers = b"".join(b"\1\0\7\2\0" + struct.pack(">H", port) + b"\1\0\x09\4\0\x0a\1\1\x14"
                      for port in ports)
    pdu = struct.pack("<BBBBIHHIIHH", 5, 0, 2, 3, 0x10, 24 + len(towers), 0, 1, len(towers), 0,
                      0) + towers
    return tcp("10.1.1.20", 135, "10.1.3.1", 40001, pdu, sequence), len(pdu)


def rpc_messages(count):
    """So many requests of RPC in one segment (C706 12.6.4.9)."""
    stub = bytes(8)
    return tcp("10.1.2.50", 40006, "10.1.1.10", 135, b"".join(
        struct.pack("<BBBBIHHIIHH", 5, 0, 0, 3, 0x10, 24 + len(stub), 0, 1 + number, len(stub), 0,
                    0) + stub for number in range(count)))


WMI_LOGIN = bytes.fromhex("18ad09f36ad8d011a07500c04fb68820")  # MS-WMI 3.1.4.1
NDR = bytes.fromhex("045d888aeb1cc9119fe808002b104860 02000000")  # C706 appendix I


def rpc_bind(contexts):
    """A bind of so many contexts (C706 12.6.3.1, 12.6.4.3), the last of them for a login to WMI."""
    listed = b"".join(struct.pack("<HBB", number, 1, 0) +
                      (WMI_LOGIN if number + 1 == contexts else bytes([1 + number]) * 16) +
                      bytes(4) + NDR for number in range(contexts))
    return tcp("10.1.2.50", 40006, "10.1.1.10", 135, struct.pack(
        "<BBBBIHHIHHIB3x", 5, 0, 11, 3, 0x10, 28 + len(listed), 0, 1, 4280, 4280, 0,
        contexts) + listed)


def ipv6_options(headers):
    """A UDP datagram behind so many extension headers for its destination (RFC 8200 4.6)."""
    datagram = struct.pack(">HHHH", 5000, 5001, 9, 0) + b"x"
    chain = b"".join(bytes([60 if number < headers else 17, 0, 1, 4, 0, 0, 0, 0])
                     for number in range(1, headers + 1))
    return MACS + b"\x86\xdd" + struct.pack(
        ">IHBB16s16s", 0x60000000, len(chain) + len(datagram), 60, 64, packed("2001:db8::1"),
        packed("2001:db8::2")) + chain + datagram


def sql_question():
    """Which instances does that host have (MC-SQLR 2.2.2)?"""
    return udp("10.1.1.10", 1040, "10.1.1.12", 1434, b"\x03")


def sql_instances(count):
    """So many instances of a host, each with its port (MC-SQLR 2.2.5)."""
    text = "".join(f"ServerName;SQL01;tcp;{50000 + number};;" for number in range(count)).encode()
    return udp("10.1.1.12", 1434, "10.1.1.10", 1040,
               b"\x05" + struct.pack("<H", len(text)) + text)


def tds_tokens(count):
    """A response of a SQL Server with so many tokens of no interest (MS-TDS 2.2.7.13)."""
    tokens = b"\xab\0\0" * count
    return tcp("10.1.1.12", 1433, "10.1.1.10", 40007,
               struct.pack(">BBHHBB", 4, 1, 8 + len(tokens), 0, 1, 0) + tokens)


def hosts(first, count):
    """So many addresses from this one on, none of them a broadcast."""
    return [str(ipaddress.ip_address(first) + number) for number in range(count)]
