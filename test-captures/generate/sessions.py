#!/usr/bin/env python3
# sessions.py
# Makes the captures made/session-*.pcap, and the truth about them as data: made/session-*.json
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
#
# One function a capture; its first line is what the capture shows. The session and the channel of
# a conversation are given where it is made; frames, times and bytes are counted while they are
# recorded. The script states what only a reader can know (the outcome, the names).

import contextlib
import json
import pathlib
import struct
import time

from scapy.layers.inet import TCP, UDP
from scapy.layers.l2 import Ether
from scapy.packet import Raw

import kb_services as kb
from flows import BROADCAST_MAC, Capture, Collection, mac_of
from messages import (
    INFORMATION_REQUEST, REFUSED, UDP_PROBE, VARIANT_UDP, busy, cm_text, information_reply,
    ntlm_authenticate, ntlm_challenge, ntlm_negotiate, rch, user_record)

VIEWER = "10.1.0.50"
SECOND_VIEWER = "10.1.0.51"
SERVER = "10.1.200.5"
BROADCAST = "10.1.255.255"
NOISE = bytes((0x91, 0x02, 0xE7, 0x00, 0x13, 0xFE, 0x80, 0x05, 0xC4, 0x01, 0x9B, 0x00))

CHANNELS = ("Control", "Data", "Chat", "File transfer")
CONTROL, DATA, CHAT, TRANSFER = CHANNELS
SMS, CONFIGMGR = "SMS Remote Control", "ConfigMgr remote control"
COLUMNS = ("number", "kind", "viewer", "agent", "outcome", "reason", "host", "user", "controller",
           "account", "functions", "carriers", "first", "last", "start", "seconds",
           *(f"{channel} {way}" for channel in CHANNELS for way in ("to agent", "to viewer")))

ETHERTYPE_IPX = 0x8137
IPX_NETWORK = 0x00001A2B
IPX_SOCKETS = {CONTROL: 0x8138, DATA: 0x8238, CHAT: 0x845F, TRANSFER: 0x4100}
IPX_PEP = 4


def agent_ip(number):
    return f"10.1.3.{number}"


class Session:
    """What is true of a session."""

    def __init__(self, viewer, agent, outcome, reason="", kind=SMS, host="", user="",
                 controller="", account="", functions=(), carriers="TCP"):
        self.said = {"kind": kind, "viewer": viewer, "agent": agent, "outcome": outcome,
                     "reason": reason, "host": host, "user": user, "controller": controller,
                     "account": account, "functions": ", ".join(functions), "carriers": carriers}
        self.viewer = viewer
        self.frames = []
        self.times = []
        self.known = None
        self.late = []
        self.bytes = dict.fromkeys((f"{channel} {way}" for channel in CHANNELS
                                    for way in ("to agent", "to viewer")), 0)


class LoggedCapture(Capture):
    """A capture that keeps count of whose each frame is."""

    def __init__(self, **options):
        super().__init__(**options)
        self.sessions = []
        self.experts = {}
        self._now = (None, None, False)

    def session(self, *args, **said):
        session = Session(*args, **said)
        self.sessions.append(session)
        return session

    @contextlib.contextmanager
    def of(self, session, channel=None, from_agent=False):
        """What is recorded meanwhile is the session's; its payload is the channel's."""
        before, self._now = self._now, (session, channel, from_agent)
        yield
        self._now = before

    def add(self, frame):
        session, channel, from_agent = self._now
        if session is not None:
            session.frames.append(len(self._frames) + 1)
            session.times.append(self._micros)
            if channel is not None:
                way = "to viewer" if from_agent else "to agent"
                session.bytes[f"{channel} {way}"] += self.payload_length(frame)
        return super().add(frame)

    @staticmethod
    def payload_length(frame):
        for layer in (TCP, UDP):
            if layer in frame:
                return len(frame[layer].payload)
        return len(frame[Raw].load) - 30 if frame.type == ETHERTYPE_IPX else 0

    def number(self):
        """Of the frame recorded last."""
        return len(self._frames)

    def known(self, session):
        """From the frame recorded last on it can be known that the session is there."""
        if session.known is None:
            session.known = self.number()

    def late(self, session, count):
        """Of the last frames so many cannot be known to be the session's in one pass."""
        session.late += range(self.number() - count + 1, self.number() + 1)

    def expert(self, name):
        """The frame recorded last has this expert info."""
        self.experts.setdefault("smsrc." + name, []).append(self.number())

    def conversation(self, session, channel, client, client_port, server, server_port):
        return Talk(self, session, channel,
                    self.tcp(client, client_port, server, server_port))

    def datagrams(self, session, channel, client, client_port, server, server_port):
        return Talk(self, session, channel,
                    self.udp(client, client_port, server, server_port))

    def truth(self):
        """Rows in the order of their numbers, frames by number, and where the experts are.

        A session that nothing has answered is known at the end."""
        for session in self.sessions:
            if session.known is None:
                session.known = self.number() + 1
        ordered = sorted(self.sessions, key=lambda session: session.known)
        rows = []
        for number, session in enumerate(ordered, 1):
            start = session.times[0]
            seconds, micros = divmod(start, 1000000)
            day = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(seconds))
            rows.append({"number": str(number), **session.said,
                         "first": str(session.frames[0]), "last": str(session.frames[-1]),
                         "start": f"{day}.{micros:06d}",
                         "seconds": f"{(session.times[-1] - start) / 1000000:.6f}",
                         **{name: str(count) for name, count in session.bytes.items()}})
        return {"rows": rows, "experts": self.experts,
                "frames": {row["number"]: session.frames
                           for row, session in zip(rows, ordered)},
                "known": {row["number"]: session.known for row, session in zip(rows, ordered)},
                "late": {row["number"]: session.late for row, session in zip(rows, ordered)}}


class Talk:
    """A conversation whose frames are a session's, on a channel."""

    def __init__(self, cap, session, channel, conversation):
        self._cap = cap
        self._session = session
        self._channel = channel
        self._conversation = conversation

    def _do(self, method, from_agent, *args, **options):
        with self._cap.of(self._session, self._channel, from_agent):
            return getattr(self._conversation, method)(*args, **options)

    def send(self, *args, **options):
        return self._do("send", False, *args, **options)

    def reply(self, *args, **options):
        return self._do("reply", True, *args, **options)

    def __getattr__(self, name):
        return lambda *args, **options: self._do(name, False, *args, **options)


captures = Collection()
capture = captures.capture


# --- Parts of sessions --------------------------------------------------------------------------

def control(cap, session, agent, port=1047, server_port=2701, client=None):
    """A control connection, opened; what answers the request proves a session."""
    talk = cap.conversation(session, CONTROL, client or session.viewer, port, agent, server_port)
    talk.open()
    talk.send(INFORMATION_REQUEST)
    return talk


def answered(cap, session, agent, port=1047, server_port=2701, **record):
    talk = control(cap, session, agent, port, server_port)
    talk.reply(information_reply(**record))
    cap.known(session)
    return talk


def channel(cap, session, name, agent, port, server_port, sends, replies):
    talk = cap.conversation(session, name, session.viewer, port, agent, server_port)
    talk.open()
    for data in sends:
        talk.send(data)
    for data in replies:
        talk.reply(data)
    return talk


def whole(cap, session, agent, port=1047, first_port=2701, **record):
    """All channels, closed at the end."""
    talks = [answered(cap, session, agent, port, first_port, **record),
             channel(cap, session, DATA, agent, port + 1, first_port + 1,
                     [rch(NOISE)], [NOISE * 9]),
             channel(cap, session, CHAT, agent, port + 2, first_port + 2, [b"h", b"i"], [b"y"]),
             channel(cap, session, TRANSFER, agent, port + 3, first_port + 3, [NOISE * 3], [NOISE])]
    for talk in reversed(talks):
        talk.close()


# --- Outcomes -----------------------------------------------------------------------------------

@capture
def session_outcomes(cap):
    """Six control connections, each with another end: closed, answered, busy, refused, ..."""
    closed = cap.session(VIEWER, agent_ip(21), "Closed", host="WKS21", user="jdoe",
                         functions=CHANNELS)
    whole(cap, closed, agent_ip(21), host="WKS21")
    cap.wait(1)
    still = cap.session(VIEWER, agent_ip(22), "Answered", host="WKS22", user="asmith",
                        functions=(CONTROL, DATA))
    answered(cap, still, agent_ip(22), 1060, host="WKS22", user="asmith")
    channel(cap, still, DATA, agent_ip(22), 1061, 2702, [rch(b"")], [NOISE * 2])
    held = cap.session(VIEWER, agent_ip(23), "Busy", "10.1.0.51", controller="",
                       functions=(CONTROL,))
    talk = control(cap, held, agent_ip(23), 1062)
    talk.reply(busy("10.1.0.51", 2))
    cap.known(held)
    cap.expert("busy")
    talk.close()
    refused = cap.session(VIEWER, agent_ip(24), "Refused", functions=(CONTROL,))
    talk = control(cap, refused, agent_ip(24), 1063)
    talk.reply(REFUSED)
    cap.known(refused)
    cap.expert("refused")
    talk.close()
    silent = cap.session(VIEWER, agent_ip(25), "Unanswered", functions=(CONTROL,))
    control(cap, silent, agent_ip(25), 1064).close()
    reset = cap.session(VIEWER, agent_ip(26), "Reset", host="WKS26", user="jdoe",
                        functions=(CONTROL,))
    answered(cap, reset, agent_ip(26), 1065, host="WKS26").reset()
    later = cap.session(VIEWER, agent_ip(27), "Closed", kind=CONFIGMGR, functions=(CONTROL,))
    configmgr(cap, later, agent_ip(27), 1066, "START_HANDSHAKE")
    denied = cap.session(VIEWER, agent_ip(27), "Refused", "Access denied", kind=CONFIGMGR,
                         functions=(CONTROL,))
    configmgr(cap, denied, agent_ip(27), 1067, "ERROR_ACCESS_DENIED")


def configmgr(cap, session, agent, port, text):
    talk = cap.conversation(session, CONTROL, session.viewer, port, agent, 2701)
    talk.open()
    talk.reply(cm_text(text))
    cap.known(session)
    talk.close()


# --- Transports ---------------------------------------------------------------------------------

@capture
def session_udp(cap):
    """A session over UDP 2701-2704, and one over UDP 1761 and 1762"""
    new = cap.session(VIEWER, agent_ip(21), "Answered", host="WKS21", user="jdoe",
                      functions=CHANNELS, carriers="UDP")
    probe = cap.datagrams(new, CONTROL, VIEWER, 1047, agent_ip(21), 2701)
    probe.send(UDP_PROBE)
    probe.reply(user_record(VARIANT_UDP, host="WKS21"))
    cap.known(new)
    for port, name in ((2702, DATA), (2703, CHAT), (2704, TRANSFER)):
        talk = cap.datagrams(new, name, VIEWER, port - 1600, agent_ip(21), port)
        talk.send(NOISE)
        talk.reply(NOISE * 2)
    old = cap.session(VIEWER, agent_ip(22), "Answered", host="OLD22", user="asmith",
                      functions=(CONTROL, DATA), carriers="UDP (old)")
    probe = cap.datagrams(old, CONTROL, VIEWER, 1070, agent_ip(22), 1761)
    probe.send(UDP_PROBE)
    probe.reply(user_record(VARIANT_UDP, host="OLD22", user="asmith"))
    cap.known(old)
    talk = cap.datagrams(old, DATA, VIEWER, 1071, agent_ip(22), 1762)
    talk.send(NOISE)
    talk.reply(NOISE * 3)


@capture
def session_ipv6(cap):
    """IPv6: UDP is answered by port unreachable, TCP answers on all channels"""
    viewer, agent = "2001:db8:1::50", "2001:db8:1:3::21"
    session = cap.session(viewer, agent, "Closed", host="WKS21", user="jdoe", functions=CHANNELS,
                          carriers="TCP, UDP")
    sent = cap.datagrams(session, CONTROL, viewer, 1046, agent, 2701).send(UDP_PROBE)
    with cap.of(session):
        cap.unreachable(sent)
    cap.expert("udp_unreachable")
    whole(cap, session, agent, host="WKS21")


@capture
def session_old_ports(cap):
    """A session on TCP 1761-1764: control by its content, the others by the session"""
    session = cap.session(VIEWER, agent_ip(21), "Closed", host="OLD21", user="jdoe",
                          functions=CHANNELS, carriers="TCP (old)")
    whole(cap, session, agent_ip(21), first_port=1761, host="OLD21")


def resolve(cap, session, name, owner, suffix=0x43):
    """The name is queried by broadcast, and its owner answers."""
    with cap.of(session):
        cap.udp(session.viewer, 137, BROADCAST, 137).send(kb.nbns_query(name, suffix))
        cap.udp(session.viewer, 137, owner, 137).reply(kb.nbns_answer(name, suffix, owner))
    cap.known(session)


def call(cap, session, channel_name, name, suffix, agent, port, answer=kb.NBSS_POSITIVE):
    """A NetBIOS session to a name of the agent's."""
    talk = cap.conversation(session, channel_name, session.viewer, port, agent, 139)
    talk.open()
    cap.late(session, 3)
    talk.send(kb.nbss_request((name, suffix), ("ADM01", 0x41)))
    cap.known(session)
    talk.reply(answer)
    return talk


@capture
def session_netbios(cap):
    """NetBIOS: names on 137, sessions on 139 for data, chat and a file, a datagram on 138"""
    session = cap.session(VIEWER, agent_ip(21), "Closed", host="WKS21", user="jdoe",
                          functions=(DATA, CHAT, TRANSFER), carriers="NetBIOS")
    resolve(cap, session, "WKS21", agent_ip(21))
    data = call(cap, session, DATA, "WKS21", 0x43, agent_ip(21), 1047)
    data.send(kb.nbss_message(INFORMATION_REQUEST))
    data.reply(kb.nbss_message(information_reply(host="WKS21")))
    data.send(kb.nbss_message(NOISE))
    data.reply(kb.nbss_message(NOISE * 8))
    chat = call(cap, session, CHAT, "WKS21", 0x45, agent_ip(21), 1048)
    chat.send(kb.nbss_message(b"h"))
    chat.reply(kb.nbss_message(b"y"))
    transfer = call(cap, session, TRANSFER, "WKS21", 0x46, agent_ip(21), 1049)
    transfer.send(kb.nbss_message(NOISE * 2))
    for from_agent, names in ((False, (("ADM01", 0x44), ("WKS21", 0x43))),
                              (True, (("WKS21", 0x43), ("ADM01", 0x44)))):
        source = agent_ip(21) if from_agent else VIEWER
        target = VIEWER if from_agent else agent_ip(21)
        with cap.of(session, DATA, from_agent):
            cap.udp(source, 138, target, 138).send(kb.nbdgm(source, *names, NOISE * 5))
    for talk in (transfer, chat, data):
        talk.close()
    cap.wait(1)
    turned = cap.session(VIEWER, agent_ip(22), "Refused", "Called name not present",
                         host="WKS22", functions=(DATA,), carriers="NetBIOS")
    resolve(cap, turned, "WKS22", agent_ip(22))
    call(cap, turned, DATA, "WKS22", 0x43, agent_ip(22), 1050, kb.NBSS_NEGATIVE).close()
    cap.wait(1)
    record = cap.session(VIEWER, agent_ip(23), "Answered", host="WKS23", user="asmith",
                         functions=(DATA,), carriers="NetBIOS")
    for from_agent, data in ((False, UDP_PROBE),
                             (True, user_record(VARIANT_UDP, host="WKS23", user="asmith"))):
        source, target = (agent_ip(23), VIEWER) if from_agent else (VIEWER, agent_ip(23))
        names = (("ADM01", 0x44), ("WKS23", 0x43))
        with cap.of(record, DATA, from_agent):
            cap.udp(source, 138, target, 138).send(
                kb.nbdgm(source, *(names[::-1] if from_agent else names), data))
        cap.known(record)


@capture
def session_not_netbios(cap):
    """NetBIOS that is none of Remote Tools': the names <20> and <1d>, SMB's port, bytes on 138"""
    cap.udp(VIEWER, 137, BROADCAST, 137).send(kb.nbns_query("WKS21", 0x20))
    cap.udp(VIEWER, 137, agent_ip(21), 137).reply(kb.nbns_answer("WKS21", 0x20, agent_ip(21)))
    talk = cap.tcp(VIEWER, 1047, agent_ip(21), 139)
    talk.open()
    talk.send(kb.nbss_request(("WKS21", 0x20), ("ADM01", 0x00)))
    talk.reply(kb.NBSS_POSITIVE)
    talk.send(kb.nbss_message(NOISE))
    talk.reply(kb.nbss_message(NOISE * 3))
    talk.close()
    cap.udp(VIEWER, 138, BROADCAST, 138).send(
        kb.nbdgm(VIEWER, ("ADM01", 0x00), ("CONTOSO", 0x1D), NOISE * 4))
    cap.udp(agent_ip(21), 138, BROADCAST, 138).send(NOISE * 8)


def node(host):
    return bytes(int(part, 16) for part in mac_of(host).split(":"))


def ipx_text(host):
    return f"{IPX_NETWORK:08x}.{node(host).hex()}"


def ipx(cap, source, source_socket, target, target_socket, data, kind=IPX_PEP):
    """IPX from host to host; a target of None is the broadcast."""
    target_node = b"\xff" * 6 if target is None else node(target)
    header = struct.pack(">HHBBI6sHI6sH", 0xFFFF, 30 + len(data), 0, kind, IPX_NETWORK,
                         target_node, target_socket, IPX_NETWORK, node(source), source_socket)
    cap.add(Ether(src=mac_of(source), dst=BROADCAST_MAC if target is None else mac_of(target),
                  type=ETHERTYPE_IPX) / Raw(header + data))


@capture
def session_ipx(cap):
    """IPX: the sockets of the four channels, with TNMP and as datagrams; NetBIOS over IPX"""
    viewer, agent = VIEWER, agent_ip(21)
    session = cap.session(ipx_text(viewer), ipx_text(agent), "Answered", host="NWL21",
                          user="jdoe", functions=CHANNELS, carriers="IPX")

    def both(of, name, socket, sends, replies, to=agent):
        for data in sends:
            with cap.of(of, name):
                ipx(cap, viewer, socket, to, IPX_SOCKETS[name], data)
        for data in replies:
            with cap.of(of, name, True):
                ipx(cap, to, IPX_SOCKETS[name], viewer, socket, data)
            cap.known(of)

    both(session, CONTROL, 0x4A03, [INFORMATION_REQUEST], [information_reply(host="NWL21")])
    both(session, DATA, 0x4A04, [rch(NOISE)], [NOISE * 6])
    both(session, CHAT, 0x4A05, [b"h"], [b"y"])
    both(session, TRANSFER, 0x4A06, [NOISE], [NOISE * 2])
    cap.wait(1)
    bare = cap.session(ipx_text(viewer), ipx_text(agent_ip(22)), "Answered", host="NWL22",
                       user="asmith", functions=(CONTROL,), carriers="IPX")
    with cap.of(bare, CONTROL):
        ipx(cap, viewer, 0x4A07, agent_ip(22), IPX_SOCKETS[CONTROL], UDP_PROBE)
    with cap.of(bare, CONTROL, True):
        ipx(cap, agent_ip(22), IPX_SOCKETS[CONTROL], viewer, 0x4A07,
            user_record(VARIANT_UDP, host="NWL22", user="asmith"))
    cap.known(bare)
    cap.wait(1)
    named = cap.session(ipx_text(viewer), ipx_text(agent_ip(23)), "Answered", host="NWL23",
                        functions=(DATA,), carriers="NetBIOS")
    with cap.of(named):
        ipx(cap, viewer, kb.IPX_NETBIOS, None, kb.IPX_NETBIOS,
            kb.nbipx_name(kb.NBIPX_FIND_NAME, "NWL23", 0x43), kb.IPX_TYPE_20)
        ipx(cap, agent_ip(23), kb.IPX_NETBIOS, viewer, kb.IPX_NETBIOS,
            kb.nbipx_name(kb.NBIPX_NAME_RECOGNIZED, "NWL23", 0x43))
    cap.known(named)
    with cap.of(named, DATA):
        ipx(cap, viewer, kb.IPX_NETBIOS, agent_ip(23), kb.IPX_NETBIOS,
            kb.nbipx_datagram(("NWL23", 0x43), ("ADM01", 0x44), NOISE))
    with cap.of(named, DATA, True):
        ipx(cap, agent_ip(23), kb.IPX_NETBIOS, viewer, kb.IPX_NETBIOS,
            kb.nbipx_datagram(("ADM01", 0x44), ("NWL23", 0x43), NOISE * 4))


# --- Who belongs to which session ---------------------------------------------------------------

@capture
def session_interleaved(cap):
    """Two sessions at the same time, and a second viewer who finds the first agent busy"""
    one = cap.session(VIEWER, agent_ip(21), "Closed", host="WKS21", user="jdoe",
                      account="CONTOSO\\admin", functions=(CONTROL, DATA, CHAT))
    two = cap.session(SECOND_VIEWER, agent_ip(22), "Closed", host="WKS22", user="asmith",
                      functions=(CONTROL, DATA, CHAT))
    first = answered(cap, one, agent_ip(21), 1047, host="WKS21")
    second = answered(cap, two, agent_ip(22), 1047, host="WKS22", user="asmith")
    first.send(NOISE + ntlm_negotiate())
    first.reply(NOISE + ntlm_challenge())
    first.send(NOISE + ntlm_authenticate())
    first.reply(NOISE)
    talks = []
    for session, agent in ((one, agent_ip(21)), (two, agent_ip(22))):
        talks.append(channel(cap, session, DATA, agent, 1048, 2702, [rch(NOISE)], []))
        talks.append(channel(cap, session, CHAT, agent, 1049, 2703, [], []))
    for key in b"abc":
        for talk in talks:
            talk.send(bytes((key,)))
            talk.reply(NOISE)
    held = cap.session(SECOND_VIEWER, agent_ip(21), "Busy", VIEWER, functions=(CONTROL,))
    turned = control(cap, held, agent_ip(21), 1060)
    turned.reply(busy(VIEWER, 2))
    cap.known(held)
    cap.expert("busy")
    turned.close()
    for talk in (*talks, second, first):
        talk.close()


@capture
def session_ten_agents(cap):
    """One viewer who asks ten agents at once, and speaks to all of them in turn"""
    agents = [agent_ip(number) for number in range(31, 41)]
    sessions = [cap.session(VIEWER, agent, "Closed", host=f"WKS{agent[-2:]}", user="jdoe",
                            functions=(CONTROL, DATA)) for agent in agents]
    talks = [control(cap, session, agent, 1100 + at)
             for at, (session, agent) in enumerate(zip(sessions, agents))]
    for talk, session, agent in zip(talks, sessions, agents):
        talk.reply(information_reply(host=f"WKS{agent[-2:]}"))
        cap.known(session)
    data = [channel(cap, session, DATA, agent, 1200 + at, 2702, [rch(NOISE)], [NOISE * at])
            for at, (session, agent) in enumerate(zip(sessions, agents), 1)]
    for talk in (*data, *talks):
        talk.close()


@capture
def session_begun_before(cap):
    """The recording begins within a session: chat and data first, then what proves it"""
    session = cap.session(VIEWER, agent_ip(21), "Closed", host="WKS21", user="jdoe",
                          functions=(CONTROL, DATA, CHAT))
    chat = cap.conversation(session, CHAT, VIEWER, 1049, agent_ip(21), 2703)
    chat.send(b"h")
    chat.reply(b"y")
    data = cap.conversation(session, DATA, VIEWER, 1048, agent_ip(21), 2702)
    data.reply(NOISE * 5)
    data.send(NOISE)
    talk = cap.conversation(session, CONTROL, VIEWER, 1047, agent_ip(21), 2701)
    talk.reply(information_reply(host="WKS21"))
    cap.known(session)
    chat.send(b"o")
    for one in (chat, data, talk):
        one.close()


@capture
def session_again(cap):
    """The same two hosts five times: after a close, after a silence, and what does not count"""
    for port in (1047, 1057):
        # Each is known by what the agent answers: that the two hosts are known by then is not proof.
        session = cap.session(VIEWER, agent_ip(21), "Closed", host="WKS21", user="jdoe",
                              functions=CHANNELS)
        whole(cap, session, agent_ip(21), port, host="WKS21")
        cap.wait(5)
    # Only control begins a session: a chat after the close goes on with the one before.
    late = channel(cap, session, CHAT, agent_ip(21), 1070, 2703, [b"x"], [])
    late.close()
    cap.wait(20)
    udp = cap.session(VIEWER, agent_ip(22), "Answered", host="WKS22", user="jdoe",
                      functions=(CONTROL,), carriers="UDP")
    probe = cap.datagrams(udp, CONTROL, VIEWER, 1080, agent_ip(22), 2701)
    probe.send(UDP_PROBE)
    probe.reply(user_record(VARIANT_UDP, host="WKS22"))
    cap.known(udp)
    cap.wait(200)
    probe.send(UDP_PROBE)
    probe.reply(user_record(VARIANT_UDP, host="WKS22"))
    cap.wait(400)
    again = cap.session(VIEWER, agent_ip(22), "Answered", host="WKS22", user="asmith",
                        functions=(CONTROL,), carriers="UDP")
    probe = Talk(cap, again, CONTROL, probe._conversation)
    probe.send(UDP_PROBE)
    probe.reply(user_record(VARIANT_UDP, host="WKS22", user="asmith"))
    cap.known(again)
    cap.wait(400)
    # A session whose close was not recorded: after a silence control begins the next.
    for port in (1090, 1091):
        session = cap.session(VIEWER, agent_ip(23), "Answered", host="WKS23", user="jdoe",
                              functions=(CONTROL,))
        answered(cap, session, agent_ip(23), port, host="WKS23")
        cap.wait(400)


# --- Diagnosis ----------------------------------------------------------------------------------

@capture
def session_data_unreachable(cap):
    """Control answers; data is not answered, chat is reset, the file is prohibited by a router"""
    session = cap.session(VIEWER, agent_ip(21), "Closed", host="WKS21", user="jdoe",
                          functions=(CONTROL,))
    talk = answered(cap, session, agent_ip(21), host="WKS21")
    data = cap.conversation(session, DATA, VIEWER, 1048, agent_ip(21), 2702)
    repeat_syn(cap, data)
    cap.expert("data_unreachable")
    chat = cap.conversation(session, CHAT, VIEWER, 1049, agent_ip(21), 2703)
    chat.syn()
    chat.reset()
    cap.expert("data_unreachable")
    transfer = cap.conversation(session, TRANSFER, VIEWER, 1050, agent_ip(21), 2704)
    syn = transfer.syn()
    with cap.of(session):
        cap.unreachable(syn, by="10.1.0.1", code=13)
    cap.expert("data_unreachable")
    talk.close()


def repeat_syn(cap, talk):
    """The same SYN again after three seconds."""
    side = talk._conversation._client
    talk.syn()
    cap.wait(3)
    side.seq -= 1
    talk.syn()


@capture
def session_udp_unreachable(cap):
    """UDP is answered by port unreachable; then TCP is tried, and answers"""
    session = cap.session(VIEWER, agent_ip(21), "Closed", host="WKS21", user="jdoe",
                          functions=(CONTROL,), carriers="TCP, UDP")
    probe = cap.datagrams(session, CONTROL, VIEWER, 1046, agent_ip(21), 2701)
    for _ in range(2):
        sent = probe.send(UDP_PROBE)
        with cap.of(session):
            cap.unreachable(sent)
        cap.expert("udp_unreachable")
        cap.wait(1)
    answered(cap, session, agent_ip(21), host="WKS21").close()


@capture
def session_names(cap):
    """Names <43>: one not there, one that no one answers for, one found while TCP answers"""
    missing = cap.session(VIEWER, "-", "Unanswered", "name not found", host="WKS21",
                          carriers="NetBIOS")
    with cap.of(missing):
        cap.udp(VIEWER, 137, SERVER, 137).send(kb.nbns_query("WKS21", 0x43))
        cap.udp(VIEWER, 137, SERVER, 137).reply(kb.nbns_no_such_name("WKS21", 0x43))
    cap.known(missing)
    cap.expert("name_not_resolved")
    cap.wait(1)
    silent = cap.session(VIEWER, "-", "Unanswered", "name not resolved", host="WKS22",
                         carriers="NetBIOS")
    for number in range(3):
        with cap.of(silent):
            cap.udp(VIEWER, 137, BROADCAST, 137).send(kb.nbns_query("WKS22", 0x43))
        if number > 0:
            cap.known(silent)
            cap.expert("name_not_resolved")
        cap.wait(0.75)
    found = cap.session(VIEWER, agent_ip(23), "Closed", host="WKS23", user="jdoe",
                        functions=(CONTROL,), carriers="TCP, NetBIOS")
    # The agent registers its names, and one of them is queried.
    with cap.of(found):
        for suffix in (0x43, 0x45, 0x46):
            cap.udp(agent_ip(23), 137, BROADCAST, 137).send(
                kb.nbns_register("WKS23", suffix, agent_ip(23)))
        cap.udp(VIEWER, 137, BROADCAST, 137).send(kb.nbns_query("WKS23", 0x43))
    talk = answered(cap, found, agent_ip(23), host="WKS23")
    with cap.of(found):
        cap.udp(VIEWER, 137, agent_ip(23), 137).reply(
            kb.nbns_answer("WKS23", 0x43, agent_ip(23)))
    talk.close()
    # Another registers its names, and none is queried.
    cap.udp(agent_ip(24), 137, BROADCAST, 137).send(
        kb.nbns_register("WKS24", 0x43, agent_ip(24)))


@capture
def session_old_ports_only(cap):
    """A viewer of SMS 1.x: one agent answers on 1761, another does not, a third not on 1762"""
    old = cap.session(VIEWER, agent_ip(21), "Closed", host="OLD21", user="jdoe",
                      functions=(CONTROL,), carriers="TCP (old)")
    answered(cap, old, agent_ip(21), 1047, 1761, host="OLD21").close()
    refused = cap.tcp(VIEWER, 1048, agent_ip(22), 1761)
    refused.syn()
    refused.reset()
    cap.expert("old_ports_only")
    sent = cap.udp(VIEWER, 1049, agent_ip(22), 1761).send(UDP_PROBE)
    cap.unreachable(sent)
    cap.expert("old_ports_only")
    half = cap.session(VIEWER, agent_ip(23), "Closed", host="OLD23", user="jdoe",
                       functions=(CONTROL,), carriers="TCP (old)")
    talk = answered(cap, half, agent_ip(23), 1050, 1761, host="OLD23")
    data = cap.conversation(half, DATA, VIEWER, 1051, agent_ip(23), 1762)
    data.syn()
    data.reset()
    cap.expert("data_unreachable")
    talk.close()


@capture
def session_ntlm_refused(cap):
    """The viewer's account is not taken: refused in words, and by closing the connection"""
    for number, (port, reason) in enumerate(((1047, ""), (1048, "closed after the account"))):
        agent = agent_ip(21 + number)
        session = cap.session(VIEWER, agent, "Refused", reason, host=f"WKS2{1 + number}",
                              user="jdoe", account="CONTOSO\\guest", functions=(CONTROL,))
        talk = answered(cap, session, agent, port, host=f"WKS2{1 + number}")
        talk.send(NOISE + ntlm_negotiate())
        talk.reply(NOISE + ntlm_challenge())
        talk.send(NOISE + ntlm_authenticate(user="guest"))
        if reason:
            talk.reset()
        else:
            talk.reply(REFUSED)
            cap.expert("refused")
        cap.expert("ntlm_refused")
        if not reason:
            talk.close()


def write(folder):
    """Captures and their truth."""
    for name, function in captures.functions.items():
        cap = LoggedCapture()
        function(cap)
        cap.write(pathlib.Path(folder) / f"{name}.pcap")
        with open(pathlib.Path(folder) / f"{name}.json", "w", encoding="utf-8") as file:
            json.dump(cap.truth(), file, indent=1)
            file.write("\n")


def many(path, count):
    """`count` short sessions of as many pairs of hosts, for measuring. Not committed."""
    cap = Capture(step=0.001)
    for number in range(count):
        viewer = f"10.2.{number % 50}.{number // 50 % 200 + 1}"
        agent = f"10.3.{number // 250}.{number % 250 + 1}"
        talk = cap.tcp(viewer, 1024 + number % 60000, agent, 2701)
        talk.open()
        talk.send(INFORMATION_REQUEST)
        talk.reply(information_reply(host=f"W{number}"))
        talk.close()
    cap.write(path)


if __name__ == "__main__":
    write(pathlib.Path(__file__).resolve().parent.parent / "made")
