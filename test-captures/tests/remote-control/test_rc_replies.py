# test_rc_replies.py
# Requests linked with their replies, and the time between; viewer and agent in every frame
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import json

import pytest

from cm_recorded import RECORDED
from rc_rows import fields, frames
from scenes import AGENT, VIEWER, opened, scene

pytestmark = pytest.mark.quick

IN, TO, TIME = "smsrc.response_in", "smsrc.response_to", "smsrc.response_time"


# Else TCP passes nothing on that it has passed on before.
REPEATED = "tcp.analyze_sequence_numbers:FALSE"


def links(tshark, capture, **options):
    """{request: its replies}, {reply: its requests, each with the seconds between}"""
    requests, replies = {}, {}
    for row in fields(tshark, capture, ["frame.number", IN, TO, TIME], "-Y", f"{IN} or {TO}",
                      **{"two_pass": True, **options}):
        number = int(row["frame.number"][0])
        if row[IN]:
            requests[number] = [int(frame) for frame in row[IN]]
        if row[TO]:
            replies[number] = [(int(frame), float(time)) for frame, time in zip(row[TO], row[TIME])]
    return requests, replies


def play_steps(talk, messages, steps):
    """"q" requests, "a", "b", "r" reply; "qq" is two in one segment. In capitals: sent twice."""
    say = {"q": messages.INFORMATION_REQUEST, "r": messages.REFUSED,
           "a": messages.information_reply(), "b": messages.busy("10.1.0.51", 2)}
    for step in steps.split():
        data = b"".join(say[letter] for letter in step.lower())
        twice = {"order": [0, 0]} if step.isupper() else {}
        (talk.send if "q" in step.lower() else talk.reply)(data, **twice)


# Steps, then each request with its reply, and each reply with its request and the time between,
# by their places in the steps.
TCP = [
    ("q a", {1: [2]}, {2: [(1, .01)]}),
    ("q q b r", {1: [3], 2: [4]}, {3: [(1, .02)], 4: [(2, .02)]}),
    ("qq a r", {1: [2, 3]}, {2: [(1, .01)], 3: [(1, .02)]}),
    ("q q ar", {1: [3], 2: [3]}, {3: [(1, .02), (2, .01)]}),
    ("Q a", {1: [3], 2: [3]}, {3: [(1, .02)]}),
    ("Q A q r", {1: [3], 2: [3], 5: [6]}, {3: [(1, .02)], 4: [(1, .03)], 6: [(5, .01)]}),
    ("a q", {}, {}),
    ("q a r", {1: [2]}, {2: [(1, .01)]}),
]

# Over UDP a request is sent again where nothing replies, and a reply may be lost.
UDP = [
    ("q a q b", {1: [2], 3: [4]}, {2: [(1, .01)], 4: [(3, .01)]}),
    ("q q a", {1: [3], 2: [3]}, {3: [(1, .02)]}),
    ("q q a a", {1: [3], 2: [4]}, {3: [(1, .02)], 4: [(2, .02)]}),
    ("q q a q b", {1: [3], 2: [3], 4: [5]}, {3: [(1, .02)], 5: [(4, .01)]}),
    ("q a a", {1: [2]}, {2: [(1, .01)], 3: [(1, .02)]}),
]


@pytest.mark.parametrize("transport, cases", [("tcp", TCP), ("udp", UDP)], ids=("tcp", "udp"))
def test_a_request_is_linked_with_its_reply(tshark, tmp_path, transport, cases):
    requests, replies = {}, {}

    def play(cap, messages):
        for port, (steps, own_requests, own_replies) in enumerate(cases, 40000):
            talk = (opened(cap, viewer_port=port) if transport == "tcp" else
                    cap.udp(VIEWER, port, AGENT, 2701))
            before = cap.recorded()
            play_steps(talk, messages, steps)
            requests.update({before + frame: [before + reply for reply in found]
                             for frame, found in own_requests.items()})
            replies.update({before + frame: [(before + request, time) for request, time in found]
                            for frame, found in own_replies.items()})
    capture = scene(tmp_path, play)
    assert links(tshark, capture, prefs=[REPEATED]) == (requests, replies)
    assert links(tshark, capture, prefs=[REPEATED], two_pass=False) == ({}, replies)


def test_what_tcp_sends_again_is_not_asked_again(tshark, tmp_path):
    """As Wireshark is set by default."""
    capture = scene(tmp_path, lambda cap, messages: play_steps(opened(cap), messages, "Q A q r"))
    assert links(tshark, capture) == ({4: [6], 8: [9]}, {6: [(4, .02)], 9: [(8, .01)]})


def test_requests_that_are_not_kept_are_reported(tshark, tmp_path):
    """Of 34 without a reply the two oldest are not kept: the third one has the reply."""
    def play(cap, messages):
        play_steps(opened(cap), messages, "q " * 34 + "a")
    capture = scene(tmp_path, play)
    assert links(tshark, capture) == ({6: [38]}, {38: [(6, .32)]})
    found, = fields(tshark, capture, ["frame.number", "_ws.expert.message"], "-Y",
                    "smsrc.audit.overflow")
    assert found["frame.number"] == ["36"]
    assert ("More than 32 messages of remote control since a request that has no reply: "
            "the rest is not kept") in found["_ws.expert.message"]


def test_the_record_alone_replies_to_the_datagram_before_it(tshark, made):
    assert links(tshark, made("rc-information-udp-2701")) == ({1: [2]}, {2: [(1, .01)]})


@pytest.mark.parametrize("name, requests", [
    ("rc-tnmp-retransmitted", {4: [7]}), ("rc-tnmp-split-header", {5: [7], 12: [14], 19: [21],
                                                                   26: [28]}),
    ("session-netbios", {8: [9]}), ("session-ipx", {1: [2]})])
def test_the_transports_of_made_captures(tshark, made, name, requests):
    found, replies = links(tshark, made(name))
    assert found == requests
    assert {frame: [reply for reply, _ in to] for frame, to in replies.items()} == {
        reply: [frame] for frame, (reply,) in requests.items()}


# ConfigMgr's: each token of the viewer, and what the agent sends next.
CM = [("kerberos", {26: [28]}), ("ntlm", {6: [8], 9: [10]}), ("denied", {6: [8]}),
      ("refused", {})]


@pytest.mark.parametrize("name, requests", CM, ids=[row[0] for row in CM])
def test_the_handshake_of_configmgr(tshark, name, requests):
    capture = RECORDED / f"configmgr-{name}.pcapng"
    found, replies = links(tshark, capture)
    assert found == requests
    assert {frame: [reply for reply, _ in to] for frame, to in replies.items()} == {
        reply: [frame] for frame, (reply,) in requests.items()}
    assert all(0 < seconds < 1 for to in replies.values() for _, seconds in to)


def test_sharkd_has_the_links_in_any_order(sharkd, made):
    """And as such, so that the packet list draws them."""
    replies = sharkd(made("rc-busy"), [
        {"method": "frame", "params": {"frame": frame, "proto": True}} for frame in (13, 4, 12)])
    texts = [json.dumps(reply) for reply in replies]
    assert '"Response to: 12' in texts[0].replace("[", "") and "Response in" not in texts[0]
    assert '"Response in: 5' in texts[1].replace("[", "")
    assert '"Response in: 13' in texts[2].replace("[", "")
    assert '"fnum": 12' in texts[0] or '"fnum":12' in texts[0]


ADDRESSES = [("demo", VIEWER, AGENT), ("session-ipv6", "2001:db8:1::50", "2001:db8:1:3::21"),
             ("session-netbios", VIEWER, "10.1.3.21")]


@pytest.mark.parametrize("name, viewer, agent", ADDRESSES, ids=[row[0] for row in ADDRESSES])
def test_viewer_and_agent_are_in_every_frame_of_a_session(tshark, made, name, viewer, agent):
    """A filter has them as the user types them: an address of IPv4 or IPv6 without quotes."""
    found = fields(tshark, made(name), ["frame.number", "smsrc.session", "smsrc.viewer",
                                        "smsrc.agent"], "-Y", "smsrc.session", two_pass=True)
    assert all(len(row["smsrc.viewer"]) == len(row["smsrc.agent"]) == 1 for row in found)
    first = [row for row in found if row["smsrc.session"] == ["1"]]
    assert {(*row["smsrc.viewer"], *row["smsrc.agent"]) for row in first} == {(viewer, agent)}
    assert frames(tshark, made(name), f"smsrc.viewer == {viewer} and smsrc.agent == {agent}",
                  two_pass=True) == [int(row["frame.number"][0]) for row in first]


def test_they_are_hidden_in_trees(tshark, made):
    tree = tshark(made("demo"), "-V", "-O", "smsrc,smsrc.log", two_pass=True).stdout
    assert "Session: 1" in tree
    assert "Viewer: " not in tree and "Agent: " not in tree
