# scenes.py
# Captures that a test makes for itself with the generators of the tree
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

from generators import generator

VIEWER = "10.1.0.50"
AGENT = "10.1.3.17"


def scene(folder, play, name="scene"):
    """The capture in which `play(cap, messages)` has happened."""
    cap = generator("flows").Capture()
    play(cap, generator("messages"))
    path = folder / f"{name}.pcap"
    cap.write(path)
    path.chmod(0o644)
    return path


def opened(cap, port=2701, viewer_port=40000, viewer=VIEWER, agent=AGENT):
    """A connection of the viewer's after its handshake."""
    talk = cap.tcp(viewer, viewer_port, agent, port)
    talk.open()
    return talk


def in_pieces(data, size):
    """The cuts of `data` into segments of `size` bytes."""
    return list(range(size, len(data), size))


def segment(cap, source, target, ports, flags, seq=1000, data=b""):
    """One segment that no one's connection has sent."""
    from scapy.layers.inet import TCP
    from scapy.packet import Raw
    packet = cap.network(source, target) / TCP(sport=ports[0], dport=ports[1], flags=flags,
                                               seq=seq, window=8192)
    return cap.add(packet / Raw(data) if data else packet)
