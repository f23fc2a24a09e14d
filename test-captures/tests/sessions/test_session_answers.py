# test_session_answers.py
# What answers a viewer: an agent, another service, nothing, or a forged datagram
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import itertools

import pytest

from rc_rows import by_frame, frames
from scenes import AGENT, VIEWER, in_pieces, opened, scene
from session_rows import statistic, table

REQUEST = "request"

# What other services say to a request of Remote Control; REQUEST is the request itself.
OTHERS = {
    "a line": b"ERROR\r\n",
    "no command": b"TNMP\x04\x00\x00\x00 is not a command\r\n",
    "http": b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n",
    "smtp": b"502 5.5.1 Command unrecognized\r\n",
    "ftp": b"500 'TNMP': command not understood.\r\n",
    "ssh": b"SSH-2.0-OpenSSH_3.8.1p1\r\nProtocol mismatch.\r\n",
    "pop3": b"+OK ready\r\n",
    "html": b"<html><body>?</body></html>",
    "binary": bytes((0x15, 3, 1, 0, 2, 2, 10)),
    "echo": REQUEST,
    "echo and more": REQUEST + "more",
}

PORTS = (9999, 2701, 1761)


def answer_of(what, request):
    if what == REQUEST:
        return request
    return request + b"\r\n" if what == REQUEST + "more" else what


def rows(tshark, capture, **options):
    return table(statistic(tshark, capture, **options))


def assert_no_session(tshark, capture):
    for two_pass in (False, True):
        assert rows(tshark, capture, two_pass=two_pass) == []
        assert not frames(tshark, capture, "smsrc.session", two_pass=two_pass)
        assert "Remote Control" not in statistic(tshark, capture, "audit", two_pass=two_pass)
    assert "Remote Control" not in statistic(tshark, capture, "roles")
    assert not frames(tshark, capture, "smsrc.audit", two_pass=True)


def agents():
    """An address for each connection of a scene."""
    return (f"10.1.{3 + number // 200}.{1 + number % 200}" for number in itertools.count())


def test_what_another_service_answers_is_no_session(tshark, tmp_path):
    def play(cap, messages):
        for agent, (port, what) in zip(agents(), itertools.product(PORTS, OTHERS.values())):
            talk = opened(cap, port, agent=agent)
            talk.send(messages.INFORMATION_REQUEST)
            talk.reply(answer_of(what, messages.INFORMATION_REQUEST))
            talk.close()
    assert_no_session(tshark, scene(tmp_path, play))


def test_nor_is_what_answers_the_data_channel(tshark, tmp_path):
    names = ("a line", "http", "echo", "html")

    def play(cap, messages):
        request = messages.rch(b"abcd")
        for agent, (port, name) in zip(agents(), itertools.product((2702, 9999), names)):
            talk = opened(cap, port, agent=agent)
            talk.send(request)
            talk.reply(answer_of(OTHERS[name], request))
            talk.close()
    assert_no_session(tshark, scene(tmp_path, play))


def test_an_echo_in_pieces_or_datagrams_is_no_agent(tshark, tmp_path):
    def play(cap, messages):
        request = messages.INFORMATION_REQUEST
        for agent, size in zip(agents(), (1, 5, 11, 13)):
            talk = opened(cap, 9998, agent=agent)
            talk.send(request)
            talk.reply(request, cuts=in_pieces(request, size))
            talk.close()
        for port in (2701, 9999):
            talk = cap.udp(VIEWER, 40000, AGENT, port)
            for _ in range(2):
                talk.send(request)
                talk.reply(request)
    assert_no_session(tshark, scene(tmp_path, play))


def test_the_agents_own_content_is_a_session(tshark, tmp_path):
    variants = list(itertools.product((1, 7, 1000), PORTS, ("Closed", "Busy", "Refused")))

    def play(cap, messages):
        answers = {"Closed": messages.information_reply(), "Busy": messages.busy(VIEWER, 2),
                   "Refused": messages.REFUSED}
        for agent, (size, port, outcome) in zip(agents(), variants):
            talk = opened(cap, port, agent=agent)
            talk.send(messages.INFORMATION_REQUEST)
            talk.reply(answers[outcome], cuts=in_pieces(answers[outcome], size))
            talk.close()
    capture = scene(tmp_path, play)
    for two_pass in (False, True):
        found = rows(tshark, capture, two_pass=two_pass)
        assert [(row["viewer"], row["agent"], row["outcome"]) for row in found] == [
            (VIEWER, agent, outcome) for agent, (_, _, outcome) in zip(agents(), variants)]


def test_a_viewer_that_nothing_answers_has_a_session(tshark, tmp_path):
    variants = list(itertools.product((2701, 2702, 9999), ("open", "close", "reset")))

    def play(cap, messages):
        for agent, (port, end) in zip(agents(), variants):
            talk = opened(cap, port, agent=agent)
            talk.send(messages.rch(b"") if port == 2702 else messages.INFORMATION_REQUEST)
            if end != "open":
                getattr(talk, end)()
    capture = scene(tmp_path, play)
    one = rows(tshark, capture)
    assert [row["agent"] for row in one] == [agent for agent, _ in zip(agents(), variants)]
    assert rows(tshark, capture, two_pass=True) == one
    assert by_frame(tshark, capture, "smsrc.session", two_pass=True)[4] == ["1"]
    assert not frames(tshark, capture, "smsrc.session")


@pytest.mark.parametrize("later", ["nothing", "reset", "handshake", *(
    name for name in OTHERS if name not in ("binary", "echo and more"))])
def test_a_connection_of_known_hosts_is_a_session_only_by_its_agent(tshark, tmp_path, later):
    """The first session is over and long ago."""
    def play(cap, messages):
        talk = opened(cap)
        talk.send(messages.INFORMATION_REQUEST)
        talk.reply(messages.information_reply())
        talk.close()
        cap.wait(400)
        talk = cap.tcp(VIEWER, 40001, AGENT, 2701)
        if later in ("nothing", "reset"):
            talk.syn()
            return talk.reset() if later == "reset" else None
        talk.open()
        if later in OTHERS:
            talk.send(messages.INFORMATION_REQUEST)
            talk.reply(answer_of(OTHERS[later], messages.INFORMATION_REQUEST))
        return talk.close()
    capture = scene(tmp_path, play)
    for two_pass in (False, True):
        assert [row["outcome"] for row in rows(tshark, capture, two_pass=two_pass)] == ["Closed"]
        assert not frames(tshark, capture, "smsrc.session == 2", two_pass=two_pass)


def test_unknown_bytes_of_the_data_channel_may_be_the_agents(tshark, tmp_path):
    def play(cap, messages):
        talk = opened(cap, 2702)
        talk.send(messages.rch(b"abcd"))
        talk.reply(bytes((0x91, 0x02, 0xE7, 0x00, 0x13, 0xFE, 0x80, 0x05)))
    assert len(rows(tshark, scene(tmp_path, play))) == 1


# --- Datagrams ----------------------------------------------------------------------------------

def test_a_datagram_undoes_no_established_connection(tshark, tmp_path):
    variants = list(itertools.product((2701, 1761), ("refused", "busy")))

    def play(cap, messages):
        for agent, (port, kind) in zip(agents(), variants):
            talk = opened(cap, agent=agent)
            talk.send(messages.INFORMATION_REQUEST)
            talk.reply(messages.information_reply(host="WKS17"))
            cap.udp(VIEWER, 4097, agent, port).reply(
                messages.REFUSED if kind == "refused" else messages.busy("10.1.0.66", 2))
            cap.udp(VIEWER, 4098, agent, port).reply(
                messages.user_record(messages.VARIANT_UDP, host="FORGED"))
            talk.close()
    capture = scene(tmp_path, play)
    for two_pass in (False, True):
        found = [(row["agent"], row["outcome"], row["host"], row["reason"])
                 for row in rows(tshark, capture, two_pass=two_pass)]
        assert found == [(agent, "Closed", "WKS17", "") for agent, _ in zip(agents(), variants)]


def test_a_datagram_refuses_what_has_only_datagrams(tshark, tmp_path):
    def play(cap, messages):
        cap.udp(VIEWER, 4097, AGENT, 2701).reply(messages.REFUSED)
    assert [row["outcome"] for row in rows(tshark, scene(tmp_path, play))] == ["Refused"]


# --- Connections that are another protocol's ----------------------------------------------------

def test_a_connection_that_begins_foreign_is_of_no_session(tshark, tmp_path):
    variants = list(itertools.product(
        (2702, 2703, 2704), (b"SSH-2.0-OpenSSH_3.8.1p1\r\n", b"GET / HTTP/1.1\r\n\r\n",
                             b"\x13BitTorrent protocol" + bytes(48))))

    def play(cap, messages):
        for agent, (port, first) in zip(agents(), variants):
            talk = opened(cap, agent=agent)
            talk.send(messages.INFORMATION_REQUEST)
            talk.reply(messages.information_reply(host="WKS17"))
            other = opened(cap, port, 40001, agent=agent)
            other.send(first)
            other.reply(first)
            other.close()
            talk.close()
    capture = scene(tmp_path, play)
    assert not frames(tshark, capture, "(smsrc or smsrc.session) and tcp.port == 40001",
                      two_pass=True)
    for two_pass in (False, True):
        found = rows(tshark, capture, two_pass=two_pass)
        assert [(row["outcome"], row["functions"]) for row in found] == [
            ("Closed", "Control")] * len(variants)


# --- Cases --------------------------------------------------------------------------------------

@pytest.mark.parametrize("name", ["landesk-fp", "nmap-probe"])
def test_the_cases_of_scanners_have_no_session(tshark, case, name):
    assert_no_session(tshark, case(name))


def test_the_case_of_a_forged_refusal_is_closed(tshark, case):
    assert [row["outcome"] for row in rows(tshark, case("forged-refusal"))] == ["Closed"]
