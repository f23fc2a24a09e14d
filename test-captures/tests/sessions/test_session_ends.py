# test_session_ends.py
# Viewer and agent, initiator and responder: decided once, whatever SYN is forged
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import itertools

import pytest

from rc_rows import fields
from scenes import AGENT, VIEWER, opened, scene, segment
from session_rows import statistic, table

ENDS = ["smsrc.direction", "smsrc.session", "smsrc.channel", "smsrc.claimed_by",
        "smsrc.audit.verdict", "smsrc.audit.initiator_role", "smsrc.audit.responder_role",
        "smsrc.audit.first_frame"]

# The content that shows the ends: what is sent, the port, who sends it.
CONTENTS = {"request": 2701, "exploit": 2702, "greeting": 2701, "reply": 2701}
# Of a forged SYN: when, its flags, who sends it; the ports are those of the connection.
FORGERIES = [("before", "S", "agent"), ("before", "SA", "viewer"), ("instead", "S", "agent"),
             ("after", "S", "agent"), ("after", "SA", "viewer"), ("after", "S", "viewer")]


def forge(cap, talk, by, flags, offset=-1):
    """With the number that the connection has begun with, or another one: then Wireshark begins
    another conversation."""
    side = talk._server if by == "agent" else talk._client
    other = talk._client if by == "agent" else talk._server
    segment(cap, side.ip, other.ip, (side.port, other.port), flags,
            seq=side.seq + offset & 0xFFFFFFFF)


def say(talk, content, messages):
    if content == "request":
        talk.send(messages.INFORMATION_REQUEST)
    elif content == "exploit":
        talk.send(messages.rch(bytes(200)))
    elif content == "greeting":
        talk.reply(messages.CM_GREETING)
    else:
        talk.reply(messages.information_reply(host="WKS17"))


def go_on(talk, content, messages):
    if content == "request":
        talk.reply(messages.information_reply(host="WKS17"))
    elif content in ("exploit", "reply"):
        talk.send(b"\x91\x02\xe7\x00")
        talk.reply(b"\x91\x02\xe7\x01")


def forged(cap, messages, content, forgery, viewer_port, offset=-1):
    when, flags, by = forgery
    port = CONTENTS[content]
    talk = cap.tcp(VIEWER, viewer_port, AGENT, port)
    if when != "instead":
        talk.open()
    if when != "after":
        forge(cap, talk, by, flags, offset)
    say(talk, content, messages)
    if when == "after":
        forge(cap, talk, by, flags, offset)
    go_on(talk, content, messages)


@pytest.mark.parametrize("content", CONTENTS)
@pytest.mark.parametrize("viewer_port", [4090, 2703])
def test_content_decides_whatever_the_syn_says(tshark, tmp_path, content, viewer_port):
    for number, (forgery, offset) in enumerate(itertools.product(FORGERIES, (-1, -1001))):
        def play(cap, messages, forgery=forgery, offset=offset):
            forged(cap, messages, content, forgery, viewer_port, offset)
        capture = scene(tmp_path, play, f"scene-{number}")
        found = table(statistic(tshark, capture, two_pass=True))
        assert [(row["viewer"], row["agent"]) for row in found] == [(VIEWER, AGENT)], forgery
        shown = fields(tshark, capture, ["ip.src", "smsrc.direction"], "-Y", "smsrc.direction",
                       two_pass=True)
        assert {(row["ip.src"][0], row["smsrc.direction"][0]) for row in shown} <= {
            (VIEWER, "Viewer to agent"), (AGENT, "Agent to viewer")}, forgery
        if content == "exploit":
            assert fields(tshark, capture, ["frame.number"], "-Y", "smsrc.cve_2004_0728")


def values(packet):
    """The shown values of ENDS in a tree of sharkd's, by filter name."""
    found = {}

    def walk(nodes):
        for node in nodes:
            name = node.get("f", "").split(" == ")[0]
            if name in ENDS:
                found.setdefault(name, []).append(node["l"])
            walk(node.get("n", []))
    walk(packet.get("tree", []))
    return found


def all_forged(cap, messages):
    number = itertools.count(4100)
    for content, forgery in itertools.product(CONTENTS, FORGERIES):
        forged(cap, messages, content, forgery, next(number))
        cap.wait(400)


def test_the_order_in_which_frames_are_asked_for_changes_nothing(tshark, sharkd, tmp_path):
    capture = scene(tmp_path, all_forged)
    count = len(fields(tshark, capture, ["frame.number"]))
    frames = range(1, count + 1)
    orders = [list(frames), list(reversed(frames)), [*frames[::2], *frames[1::2]],
              [*frames[1::3], *frames[::3], *frames[2::3]]]
    asked = [number for order in orders for number in order]
    replies = sharkd(capture, [{"method": "frame", "params": {"frame": number, "proto": True}}
                               for number in asked])
    by_order = iter(values(reply["result"]) for reply in replies)
    shown = [{number: next(by_order) for number in order} for order in orders]
    assert all(one == shown[0] for one in shown[1:])
    two = fields(tshark, capture, ENDS, two_pass=True)
    for number, row in zip(frames, two):
        for name in ("smsrc.direction", "smsrc.session", "smsrc.audit.verdict",
                     "smsrc.audit.initiator_role"):
            wanted = [value for value in row[name] if value]
            text = " ".join(shown[0][number].get(name, []))
            assert bool(wanted) == bool(text), (number, name)
            assert all(value in text for value in wanted), (number, name)


def test_the_first_syn_decides_what_no_content_shows(tshark, tmp_path):
    table_of_roles = ['uat:smsrc_roles:"10.1.3.17","Management point","ABC"',
                      'uat:smsrc_roles:"10.1.0.50","Advanced Client","ABC"']
    for number, (forgery, offset) in enumerate(itertools.product(FORGERIES, (-1, -1001))):
        when, flags, by = forgery
        if when != "after":
            continue

        def play(cap, messages, flags=flags, by=by, offset=offset):
            talk = opened(cap, 4444, 4011)
            talk.send(b"\x91\x02")
            forge(cap, talk, by, flags, offset)
            talk.send(b"\x91\x02")
            talk.reply(b"\x91\x03")
        capture = scene(tmp_path, play, f"scene-{number}")
        # It is undecided at the end of the capture: no frame of one pass has a verdict.
        for two_pass, ends in ((False, set()), (True, {("Advanced Client", "4444")})):
            shown = fields(tshark, capture, ["smsrc.audit.initiator_role",
                                             "smsrc.audit.server_port"],
                           "-Y", "tcp.port == 4011 and smsrc.audit.verdict", prefs=table_of_roles,
                           two_pass=two_pass)
            assert {(row["smsrc.audit.initiator_role"][0], row["smsrc.audit.server_port"][0])
                    for row in shown} == ends, forgery


# --- Cases --------------------------------------------------------------------------------------

@pytest.mark.parametrize("name", ["hide-cve-by-forged-syn", "turn-session-round", "order"])
def test_the_cases_have_the_attacker_as_the_viewer(tshark, case, name):
    for two_pass in (False, True):
        found = table(statistic(tshark, case(name), two_pass=two_pass))
        assert [(row["viewer"], row["agent"]) for row in found] == [("10.1.9.66", "10.1.3.17")]
    if name != "turn-session-round":
        assert fields(tshark, case(name), ["frame.number"], "-Y", "smsrc.cve_2004_0728")
