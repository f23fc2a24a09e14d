# test_session_unreachable.py
# A viewer that does not reach TCP 2701: said once of two hosts, by the port alone
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

from generators import generator
from rc_rows import by_frame, fields, frames
from scenes import VIEWER, opened, scene
from session_rows import statistic, table

FIELD = "smsrc.control_unreachable"


def silent(cap, talk, tries=3, pause=3):
    syn = talk.syn()
    for _ in range(tries - 1):
        cap.wait(pause)
        talk._client.seq -= 1
        talk.syn()
    return syn


def copied(cap, talk, tries, copies=2):
    """Each of the SYNs is captured again, as on a mirror port."""
    for number in range(tries):
        if number:
            cap.wait(3)
            talk._client.seq -= 1
        syn = talk.syn()
        for _ in range(copies):
            cap.add(syn)


def refused_late(cap, talk):
    """A router's error for the SYN comes after the agent's answer."""
    syn = talk.syn()
    talk._segment(talk._server, talk._client, "SA")
    talk._server.seq += 1
    talk.acknowledge(by_server=False)
    cap.unreachable(syn, "10.1.0.1", 13)


# What happens to a SYN, and whether that is reported.
WAYS = {
    "silent": (lambda cap, talk: silent(cap, talk), True),
    "silent, five tries": (lambda cap, talk: silent(cap, talk, 5), True),
    "reset": (lambda cap, talk: (talk.syn(), talk.reset()), True),
    "reset twice": (lambda cap, talk: (talk.syn(), talk.reset(), cap.wait(1), talk.syn(),
                                       talk.reset()), True),
    "prohibited by a router": (lambda cap, talk: cap.unreachable(talk.syn(), "10.1.0.1", 13),
                               True),
    "host unreachable": (lambda cap, talk: cap.unreachable(talk.syn(), "10.1.0.1", 1), True),
    "port unreachable": (lambda cap, talk: cap.unreachable(talk.syn()), True),
    "one SYN": (lambda cap, talk: silent(cap, talk, 1), False),
    "copies of a SYN": (lambda cap, talk: copied(cap, talk, 1, 4), False),
    "two SYNs and their copies": (lambda cap, talk: copied(cap, talk, 2), False),
    "three SYNs and their copies": (lambda cap, talk: copied(cap, talk, 3), True),
    "impatient, in one tenth of a second": (lambda cap, talk: silent(cap, talk, 5, 0), True),
    "an error for a SYN that was answered": (lambda cap, talk: refused_late(cap, talk), False),
    "answered": (lambda cap, talk: talk.open(), False),
}


def play_ways(port=2701, ways=WAYS):
    def play(cap, _):
        for number, (way, _reported) in enumerate(ways.values(), 1):
            way(cap, cap.tcp(VIEWER, 41000 + number, f"10.1.3.{number}", port))
            cap.wait(1)
    return play


def reported(tshark, capture, two_pass):
    """The ports of the viewer's connections that are reported."""
    rows = fields(tshark, capture, ["tcp.srcport", "tcp.dstport"], "-Y", FIELD, two_pass=two_pass)
    return [next(port for cell in row.values() for port in cell if port.startswith("41"))
            for row in rows]


def test_each_way_is_reported(tshark, tmp_path):
    capture = scene(tmp_path, play_ways())
    wanted = [str(41000 + number) for number, (_, is_reported) in enumerate(WAYS.values(), 1)
              if is_reported]
    for two_pass in (False, True):
        assert reported(tshark, capture, two_pass) == wanted
    assert not frames(tshark, capture, "smsrc.session", two_pass=True)
    assert table(statistic(tshark, capture)) == []


def test_copies_of_a_name_query_are_no_second_one(tshark, tmp_path):
    kb = generator("kb_services")

    def play(again):
        def with_copies(cap, _):
            query = cap.udp(VIEWER, 137, "10.1.3.255", 137).send(kb.nbns_query("WKS22", 0x43))
            for _ in range(3):
                cap.add(query)
            if again:
                cap.wait(1.5)
                cap.udp(VIEWER, 137, "10.1.3.255", 137).send(kb.nbns_query("WKS22", 0x43))
        return with_copies
    for again in (False, True):
        capture = scene(tmp_path, play(again), f"scene-{again}")
        assert frames(tshark, capture, "smsrc.name_not_resolved") == [5][:again]


def test_other_ports_are_not_reported(tshark, tmp_path):
    for port in (2702, 2703, 1761, 80):
        assert not frames(tshark, scene(tmp_path, play_ways(port), f"scene-{port}"), FIELD)


def test_two_hosts_are_reported_once(tshark, tmp_path):
    def play(cap, _):
        for number in range(10):
            talk = cap.tcp(VIEWER, 41000 + number, "10.1.3.17", 2701)
            talk.syn()
            talk.reset()
            cap.wait(30)
    assert frames(tshark, scene(tmp_path, play), FIELD) == [2]


def test_what_is_answered_in_the_end_is_taken_back(tshark, tmp_path):
    def play(cap, _):
        talk = cap.tcp(VIEWER, 41000, "10.1.3.17", 2701)
        silent(cap, talk)
        cap.wait(3)
        talk._client.seq -= 1
        talk.open()
    capture = scene(tmp_path, play)
    assert frames(tshark, capture, FIELD) == [3]
    assert not frames(tshark, capture, FIELD, two_pass=True)


def test_an_agent_that_answers_is_reached(tshark, tmp_path):
    def play(cap, messages):
        talk = opened(cap)
        talk.send(messages.INFORMATION_REQUEST)
        talk.reply(messages.information_reply())
        talk.close()
    assert not frames(tshark, scene(tmp_path, play), FIELD, two_pass=True)


def test_the_case_of_a_blocked_console_is_reported(tshark, case):
    for two_pass in (False, True):
        assert list(by_frame(tshark, case("cm-blocked"), FIELD, two_pass=two_pass)) == [3, 5, 11]
    assert not frames(tshark, case("cm-blocked"), "smsrc.session", two_pass=True)


def test_duplicates_of_a_mirror_port_are_no_failure(tshark, case):
    assert not frames(tshark, case("span-duplicates"), FIELD)
    assert not frames(tshark, case("any-duplicates"), FIELD)
