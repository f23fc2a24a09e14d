#!/usr/bin/env python3
# remote_tools.py
# A scripted agent and viewer of SMS Remote Tools, over real sockets
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
#
#     remote_tools.py agent tcp udp netbios data:1762 configmgr:2701 ssh:2703 ...
#     remote_tools.py viewer HOST control|data|chat|transfer [PORT]
#     remote_tools.py viewer HOST udp-control|udp-data|udp-chat|udp-transfer
#     remote_tools.py viewer HOST netbios-session|netbios-datagram
#     remote_tools.py call HOST PORT           connects, reads the greeting, answers once
#
# SMS Remote Tools are no longer available and their protocol is not published: the messages here
# are those of public signatures (generate/messages.py), and bytes without a meaning where nothing
# is known (screen, files). Sockets, timing and retransmission are the system's.

import pathlib
import socket
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "generate"))
import kb_services as kb  # noqa: E402
import messages as rc  # noqa: E402

CONTROL, DATA, CHAT, TRANSFER = 2701, 2702, 2703, 2704
CHANNELS = {"control": CONTROL, "data": DATA, "chat": CHAT, "transfer": TRANSFER}
AGENT_NAME, VIEWER_NAME = 0x43, 0x44
NOISE = bytes((n * 73 + 41) & 0xFF for n in range(400))
USER = "jdoe"



NAME = pathlib.Path("/etc/hostname").read_text(encoding="ascii").strip().upper()


# --- The agent ----------------------------------------------------------------------------------

def answer_control(sock):
    while sock.recv(4096):
        sock.sendall(rc.information_reply(host=NAME, user=USER))


def answer_data(sock):
    while sock.recv(4096):
        sock.sendall(NOISE)


def answer_chat(sock):
    while True:
        said = sock.recv(64)
        if not said:
            return
        sock.sendall(b"k")


def answer_netbios(sock):
    """RFC 1002 5.3: a session request for this host's name <43> is taken, others are not."""
    called = sock.recv(4096)
    if kb.netbios_name(NAME, AGENT_NAME) not in called:
        sock.sendall(kb.NBSS_NEGATIVE)
        return
    sock.sendall(kb.NBSS_POSITIVE)
    while sock.recv(4096):
        sock.sendall(kb.nbss_message(NOISE))


SERVES = {"control": answer_control, "data": answer_data}
GREETINGS = {
    "configmgr": rc.CM_GREETING,
    "ssh": rc.SSH_GREETING,
    "ftp": b"220 ready\r\n",
}


def greet(greeting):
    def serve(sock):
        sock.sendall(greeting)
        while sock.recv(4096):
            pass
    return serve


def serve_tcp(port, serve):
    listener = socket.create_server(("", port))

    def one(sock):
        with sock:
            try:
                serve(sock)
            except ConnectionError:
                pass

    def loop():
        while True:
            sock, _ = listener.accept()
            threading.Thread(target=one, args=(sock,), daemon=True).start()
    threading.Thread(target=loop).start()


def serve_udp(port, reply):
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("", port))

    def loop():
        while True:
            _, viewer = sock.recvfrom(4096)
            sock.sendto(reply, viewer)
    threading.Thread(target=loop).start()


def serve_datagrams():
    """NetBIOS datagrams to this host's name <43> are answered with one to the viewer's <44>."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("", 138))

    def loop():
        while True:
            said, viewer = sock.recvfrom(4096)
            if kb.netbios_name(NAME, AGENT_NAME) in said:
                sock.sendto(kb.nbdgm(own_address(viewer[0]), (NAME, AGENT_NAME),
                                     ("ADM01", VIEWER_NAME), NOISE[:200]), (viewer[0], 138))
    threading.Thread(target=loop).start()


def own_address(towards):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect((towards, 9))
        return probe.getsockname()[0]


def agent(kinds):
    for kind in kinds:
        if kind == "tcp":
            serve_tcp(CONTROL, answer_control)
            serve_tcp(DATA, answer_data)
            serve_tcp(CHAT, answer_chat)
            serve_tcp(TRANSFER, answer_data)
        elif kind == "udp":
            serve_udp(CONTROL, rc.user_record(rc.VARIANT_UDP, host=NAME, user=USER))
            for port in (DATA, CHAT, TRANSFER):
                serve_udp(port, NOISE[:60])
        elif kind == "netbios":
            serve_tcp(139, answer_netbios)
            serve_datagrams()
        else:
            what, port = kind.split(":")
            serve_tcp(int(port), SERVES.get(what) or greet(GREETINGS[what]))


# --- The viewer ---------------------------------------------------------------------------------

def exchange(sock, *says):
    for said in says:
        sock.sendall(said)
        sock.recv(4096)
        time.sleep(0.02)


def over_tcp(host, channel, port=None):
    says = {
        "control": (rc.INFORMATION_REQUEST,),
        "data": (rc.rch(NOISE[:12]), rc.rch(NOISE[12:20])),
        "chat": tuple(bytes((c,)) for c in b"hello"),
        "transfer": (NOISE[:40] + b"C:\\WINNT\\system.ini\0",),
    }[channel]
    with socket.create_connection((host, port or CHANNELS[channel]), timeout=10) as sock:
        exchange(sock, *says)


def over_udp(host, channel):
    port = CHANNELS[channel]
    said = {"control": rc.UDP_PROBE, "data": rc.rch(NOISE[:12])}.get(channel, NOISE[:24])
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(2)
        sock.connect((host, port))
        try:
            sock.send(said)
            sock.recv(4096)
        except OSError:
            pass


def netbios_session(host):
    with socket.create_connection((host, 139), timeout=10) as sock:
        exchange(sock, kb.nbss_request((host, AGENT_NAME), (NAME, VIEWER_NAME)),
                 kb.nbss_message(NOISE[:30]), kb.nbss_message(NOISE[30:60]))


def netbios_datagram(host):
    address = socket.gethostbyname(host)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(2)
        sock.bind(("", 138))
        sock.sendto(kb.nbdgm(own_address(address), (NAME, VIEWER_NAME), (host, AGENT_NAME),
                             NOISE[:60]), (address, 138))
        try:
            sock.recv(4096)
        except OSError:
            pass


def call(host, port):
    with socket.create_connection((host, int(port)), timeout=10) as sock:
        sock.recv(4096)
        sock.sendall(NOISE[:8])
        time.sleep(0.1)


def viewer(host, what, port=None):
    if what.startswith("udp-"):
        over_udp(host, what[4:])
    elif what == "netbios-session":
        netbios_session(host)
    elif what == "netbios-datagram":
        netbios_datagram(host)
    else:
        over_tcp(host, what, int(port) if port else None)


if __name__ == "__main__":
    {"agent": lambda *kinds: agent(kinds), "viewer": viewer, "call": call}[sys.argv[1]](
        *sys.argv[2:])
