# dresses.py
# The same packets behind other headers: links, tags, tunnels, and IPv6's extension headers
#
# SPDX-License-Identifier: GPL-2.0-or-later

import struct

from batch_captures import HEADER, RECORD

ETHERNET, RAW, SLL, SLL2 = 1, 101, 113, 276
LINK_LENGTH = 14


def _vlan(frame):
    return frame[:12] + b"\x81\0\0\x0a" + frame[12:]


def _tunnel(protocol, before):
    """IPv4 between two routers around what is given."""
    def wrap(inner):
        payload = before + inner
        return (b"\x02\0\0\0\0\x09\x02\0\0\0\0\x08\x08\0" + struct.pack(
            ">BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), 7, 0, 64, protocol, 0,
            bytes([192, 0, 2, 1]), bytes([192, 0, 2, 2])) + payload)
    return wrap


def _gre(frame):
    return _tunnel(47, b"\0\0" + frame[12:14])(frame[LINK_LENGTH:])


def _vxlan(frame):
    length = 16 + len(frame)
    return _tunnel(17, struct.pack(">HHHH", 50000, 4789, length, 0) +
                   b"\x08\0\0\0\0\0\x2a\0")(frame)


def _sll(frame):
    return b"\0\0\0\1\0\6" + frame[6:12] + b"\0\0" + frame[12:]


def _sll2(frame):
    return frame[12:14] + b"\0\0\0\0\0\2\0\1\0\6" + frame[6:12] + b"\0\0" + frame[LINK_LENGTH:]


# Name: link type, and what makes the frame of one of Ethernet's.
LINKS = {
    "vlan": (ETHERNET, _vlan),
    "qinq": (ETHERNET, lambda frame: _vlan(_vlan(frame))),
    "mpls": (ETHERNET, lambda frame: frame[:12] + b"\x88\x47\0\1\x01\x40" + frame[14:]),
    "pppoe": (ETHERNET, lambda frame: frame[:12] + b"\x88\x64\x11\0\0\x05" + struct.pack(
        ">HH", len(frame) - 12, 0x21 if frame[12] == 8 else 0x57) + frame[14:]),
    "gre": (ETHERNET, _gre),
    "vxlan": (ETHERNET, _vxlan),
    "sll": (SLL, _sll),
    "sll2": (SLL2, _sll2),
    "raw": (RAW, lambda frame: frame[LINK_LENGTH:]),
}


def redress(capture, path, link, wrap):
    """The capture with each frame as `wrap` makes it, on links of this type."""
    data = capture.read_bytes()
    with open(path, "wb") as file:
        file.write(HEADER.pack(0xa1b2c3d4, 2, 4, 0, 0, 65535, link))
        at = HEADER.size
        while at < len(data):
            seconds, micros, captured, _ = RECORD.unpack_from(data, at)
            at += RECORD.size
            for frame in wrapped(wrap, data[at:at + captured]):
                file.write(RECORD.pack(seconds, micros, len(frame), len(frame)) + frame)
            at += captured
    path.chmod(0o644)
    return path


def wrapped(wrap, frame):
    made = wrap(frame)
    return made if isinstance(made, list) else [made]


# --- IPv6's extension headers (RFC 8200 4) ------------------------------------------------------

# Name: protocol number, and the header without its first byte, the next header's number.
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
    def wrap(frame):
        ip, rest = frame[LINK_LENGTH:LINK_LENGTH + 40], frame[LINK_LENGTH + 40:]
        after, first = rest, ip[6]
        for name in reversed(names):
            number, tail = EXTENSIONS[name]
            after, first = bytes([first]) + tail + after, number
        return (frame[:LINK_LENGTH] + ip[:4] + struct.pack(">HB", len(after), first) + ip[7:] +
                after)
    return wrap
