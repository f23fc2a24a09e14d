# test_audit_reach.py
# Whether a flow got through: what statistics, frames and the expert info `blocked` say of it
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import random

import pytest

from audit_rows import AUDIT, conf, matrix_rows, statistic, uat
from case_table import CASE_TABLE
from json_output import audit_cells, json_lines
from rc_rows import fields, frames
from reach_ways import (
    AFTERWARDS, CALLS, CALLS_IPV4, OTHERS, QUERIES, asks, kb, prohibited,
    query, syns)
from scenes import scene

PASSES = pytest.mark.parametrize("two_pass", (False, True), ids=("one pass", "two passes"))

MP, WINS, DC = "10.1.1.13", "10.1.1.22", "10.1.1.20"
V6 = [f'uat:smsrc_roles:"fd00:{net}::/64","{role}","ABC"'
      for net, role in ((1, "Management point"), (3, "Advanced Client"))]
OWN_ROW = uat("smsrc_rows", '"Advanced Client","Management point","UDP","7007","","our own"')


class Played:
    """Ways in one capture, each by its own client."""

    def __init__(self, folder, ways, server, port, transport="tcp", ipv6=False):
        self.ways = ways
        self.client = "fd00:3::%x" if ipv6 else "10.1.3.%d"
        self.prefs = [*(V6 if ipv6 else CASE_TABLE), *OWN_ROW]

        def play(cap, _):
            for number, way in enumerate(ways.values(), 1):
                way.play(cap, getattr(cap, transport)(self.client % number, 3000 + number, server,
                                                      port))
                cap.wait(1)
        self.capture = scene(folder, play)

    def name(self, address):
        found = [name for number, name in enumerate(self.ways, 1)
                 if self.client % number == address]
        return found[0] if found else None

    def reaches(self, tshark, two_pass):
        """Way -> its reach in the JSON."""
        lines, _ = json_lines(tshark, self.capture, prefs=self.prefs, two_pass=two_pass)
        return {self.name(line["initiator"]) or self.name(line["responder"]): line["reach"]
                for line in lines}

    def shown(self, tshark, two_pass):
        """Way -> the reach of each of its frames, and in how many of them it is `blocked`."""
        rows = fields(tshark, self.capture, [
            "ip.src", "ip.dst", "ipv6.src", "ipv6.dst", AUDIT + "reach", AUDIT + "blocked"],
            prefs=self.prefs, two_pass=two_pass)
        reaches, blocked = {name: [] for name in self.ways}, dict.fromkeys(self.ways, 0)
        for row in rows:
            ends = [*row["ip.src"], *row["ip.dst"], *row["ipv6.src"], *row["ipv6.dst"]]
            name = next(name for end in ends if (name := self.name(end)))
            reaches[name] += row[AUDIT + "reach"]
            blocked[name] += bool(row[AUDIT + "blocked"])
        return reaches, blocked


PLAYS = {
    "calls": lambda folder: Played(folder, {**CALLS, **CALLS_IPV4}, MP, 80),
    "calls over IPv6": lambda folder: Played(folder, CALLS, "fd00:1::13", 80, ipv6=True),
    "after the handshake": lambda folder: Played(folder, AFTERWARDS, MP, 80),
    "after the handshake over IPv6": lambda folder: Played(folder, AFTERWARDS, "fd00:1::13", 80,
                                                           ipv6=True),
    "queries": lambda folder: Played(folder, QUERIES, WINS, 137, "udp"),
    "other datagrams": lambda folder: Played(folder, OTHERS, MP, 7007, "udp"),
}


@pytest.fixture(scope="module", params=PLAYS)
def played(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("reach")
    folder.chmod(0o755)
    return PLAYS[request.param](folder)


# From 4.4 on a SYN after a reset begins another connection.
RESTARTED = ("reset three times", "reset, then answered")


def of_one_connection(values, version):
    return {name: value for name, value in values.items()
            if version < (4, 4) or name not in RESTARTED}


@PASSES
def test_statistics_have_the_reach(tshark, played, two_pass):
    assert played.reaches(tshark, two_pass) == {name: way.reach
                                                for name, way in played.ways.items()}


def test_one_pass_says_blocked_where_it_is_known(tshark, played, wireshark_version):
    reaches, blocked = played.shown(tshark, False)
    assert of_one_connection(blocked, wireshark_version) == of_one_connection(
        {name: way.one for name, way in played.ways.items()}, wireshark_version)
    # What is undecided at the end of the capture has no verdict in one pass, and no reach. That two
    # tries were all, no frame knows.
    shown = {name: cells[-1] for name, cells in reaches.items() if cells}
    assert shown and shown == {
        name: "No answer" if played.ways[name].reach == "Blocked" and played.ways[name].one == 0
        else played.ways[name].reach for name in shown}


def test_two_passes_say_the_same_in_all_frames(tshark, played, wireshark_version):
    reaches, blocked = played.shown(tshark, True)
    assert of_one_connection(blocked, wireshark_version) == of_one_connection(
        {name: way.two for name, way in played.ways.items()}, wireshark_version)
    assert of_one_connection({name: set(cells) for name, cells in reaches.items()},
                             wireshark_version) == of_one_connection(
        {name: {way.reach} for name, way in played.ways.items()}, wireshark_version)


def test_table_json_and_matrix_say_the_same(tshark, tmp_path):
    ways = {**CALLS, **AFTERWARDS}
    ways.pop("a server that speaks first")  # another service
    play = Played(tmp_path, ways, MP, 80)
    lines, _ = json_lines(tshark, play.capture, prefs=play.prefs)
    cells = {(row[2], row[8]) for row in audit_cells(tshark, play.capture, prefs=play.prefs)}
    assert cells == {(line["initiator"], line["reach"]) for line in lines}
    blocked = sum(line["reach"] == "Blocked" for line in lines)
    assert matrix_rows(tshark, play.capture, prefs=play.prefs)["E1"][:3] == [
        "Seen, blocked", str(len(lines)), str(blocked)]
    rule = [line.split("|") for line in statistic(tshark, play.capture, "rules", prefs=play.prefs)
            if line.startswith("E1")]
    assert {cell.strip() for cell in rule[0]} >= {str(len(lines)), str(blocked)}
    assert len(frames(tshark, play.capture, 'smsrc.audit.reach == "Reset"', prefs=play.prefs,
                      two_pass=True)) > 8


def test_the_order_of_frames_changes_nothing(tshark, sharkd, tmp_path):
    chosen = ("three SYNs", "two SYNs", "answered at the fourth try", "the answer is lost",
              "prohibited, then answered", "reset")
    play = Played(tmp_path, {name: CALLS[name] for name in chosen}, MP, 80)
    wanted = fields(tshark, play.capture, ["frame.number", AUDIT + "reach", AUDIT + "blocked"],
                    prefs=play.prefs, two_pass=True)
    numbers = list(range(1, len(wanted) + 1))
    random.Random(19).shuffle(numbers)
    replies = sharkd(play.capture, [
        {"method": "frame", "params": {"frame": number, "proto": True}} for number in numbers],
        conf=conf(play.prefs))
    for number, reply in zip(numbers, replies, strict=True):
        row, text = wanted[number - 1], str(reply["result"])
        assert f"Reach: {row[AUDIT + 'reach'][0]}" in text, number
        assert ("_ws.expert" in text and "smsrc.audit.blocked" in text) == bool(
            row[AUDIT + "blocked"]), number


# --- Rows and services ----------------------------------------------------------------------------

ROWS = {
    "a gap": ("10.1.1.10", "10.1.3.17", 445, "KB gap", "GAP20", True),
    "a row": ("10.1.3.17", MP, 80, "Listed", "E1", True),
    "a row of the user's": ("10.1.3.17", MP, 7008, "Listed", "USER2", True),
    "no row": ("10.1.3.17", MP, 4444, "Off matrix", None, False),
}


@PASSES
@pytest.mark.parametrize("name", ROWS)
def test_what_should_pass_is_reported_and_nothing_else(tshark, tmp_path, name, two_pass):
    client, server, port, verdict, row, reported = ROWS[name]
    capture = scene(tmp_path, lambda cap, _: syns(cap, cap.tcp(client, 3001, server, port), 3))
    prefs = [*CASE_TABLE, *OWN_ROW, *uat(
        "smsrc_rows", '"Advanced Client","Management point","TCP","7008","","our own"')]
    lines, _ = json_lines(tshark, capture, prefs=prefs, two_pass=two_pass)
    assert [(line["verdict"], line["reach"]) for line in lines] == [(verdict, "Blocked")]
    assert row is None or lines[0]["row"] == row
    assert frames(tshark, capture, AUDIT + "blocked", prefs=prefs, two_pass=two_pass) == (
        [3] if reported else [])


PING = kb.ldap_ping()
# Server, port, what is asked three times, and the reach.
SERVICES = {
    "CLDAP": (DC, 389, [PING] * 3, "Blocked"),
    "Kerberos": (DC, 88, [kb.kerberos_request()] * 3, "Blocked"),
    "Kerberos of three times": (DC, 88, [kb.kerberos_request("sms%d" % n) for n in range(3)],
                                "Blocked"),
    "Kerberos's error": (DC, 88, [kb.kerberos_error()] * 3, "Open"),
    "WINS": (WINS, 137, [query(), query(), query()], "Blocked"),
    "NetBIOS datagrams": (MP, 138, [kb.nbdgm("10.1.3.17", ("WKS17", 0), ("MP01", 0x20), b"x" * 40)]
                          * 3, "Open"),
}


@pytest.mark.parametrize("name", SERVICES)
def test_what_asks_and_what_does_not(tshark, tmp_path, name):
    server, port, messages, reach = SERVICES[name]
    capture = scene(tmp_path, lambda cap, _: asks(*messages)(
        cap, cap.udp("10.1.3.17", 3001, server, port)))
    lines, _ = json_lines(tshark, capture, prefs=CASE_TABLE)
    assert [line["reach"] for line in lines] == [reach]


@PASSES
def test_a_broadcast_is_answered_elsewhere(tshark, tmp_path, two_pass):
    capture = scene(tmp_path, lambda cap, _: asks(*[query()] * 4)(
        cap, cap.udp("10.1.1.10", 137, "10.1.1.255", 137)))
    lines, _ = json_lines(tshark, capture, prefs=CASE_TABLE, two_pass=two_pass)
    assert {line["reach"] for line in lines} == {"Open"}


def test_an_error_alone_is_no_flow(tshark, tmp_path):
    """The packet that it quotes was not captured."""
    def play(cap, _):
        other = type(cap)()
        prohibited(cap, other.tcp("10.1.3.17", 3001, MP, 80).syn())
        prohibited(cap, other.udp("10.1.3.17", 3001, WINS, 137).send(query()))
    capture = scene(tmp_path, play)
    for two_pass in (False, True):
        assert json_lines(tshark, capture, prefs=CASE_TABLE, two_pass=two_pass)[0] == []
        assert not frames(tshark, capture, "smsrc.audit", prefs=CASE_TABLE, two_pass=two_pass)


# --- Roles that are learned after the flow --------------------------------------------------------

TOKEN = (b"CCM_POST /ccm_system/request HTTP/1.1\r\nHost: mp01\r\nClientToken: 1\r\n"
         b"ClientTokenSignature: 2\r\nContent-Length: 0\r\n\r\n")
TAKEN = (b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 6\r\n\r\n<Msg/>")


@pytest.mark.parametrize("name", [*CALLS, *AFTERWARDS])
def test_a_second_pass_follows_what_the_first_has_not(tshark, tmp_path, name, wireshark_version):
    if not of_one_connection({name: True}, wireshark_version):
        pytest.skip("4.4 begins another connection after a reset")
    way = {**CALLS, **AFTERWARDS}[name]

    def play(cap, _):
        way.play(cap, cap.tcp("10.1.3.17", 3001, MP, 80))
        cap.wait(5)
        talk = cap.tcp("10.1.3.17", 3002, MP, 80)
        talk.open()
        talk.send(TOKEN)
        talk.reply(TAKEN)
        talk.close()
    capture = scene(tmp_path, play)
    lines, _ = json_lines(tshark, capture, two_pass=True)
    assert [line["reach"] for line in sorted(lines, key=lambda line: line["first_frame"])] == [
        way.reach, "Open"]


# --- The cases ------------------------------------------------------------------------------------

CASES = {
    "udp-dropped": ({"Blocked"}, [3, 6, 9]),
    "span-duplicates": ({"Open"}, []),
    "any-duplicates": ({"Open"}, []),
    "syn-lost-once": ({"Open"}, []),
    "reset-after-request": ({"Open", "Reset", "Not answered"}, []),
}


@PASSES
@pytest.mark.parametrize("name", CASES)
def test_the_cases_have_their_reach(tshark, case, name, two_pass):
    reaches, blocked = CASES[name]
    lines, _ = json_lines(tshark, case(name), prefs=CASE_TABLE, two_pass=two_pass)
    assert {line["reach"] for line in lines} == reaches
    assert frames(tshark, case(name), AUDIT + "blocked", prefs=CASE_TABLE,
                  two_pass=two_pass) == blocked


@PASSES
def test_the_case_of_copies_without_a_table_has_no_blocked(tshark, case, two_pass):
    lines, _ = json_lines(tshark, case("syn-twice-in-capture"), two_pass=two_pass)
    assert [line["reach"] for line in lines] == ["Open", "Open"]
    assert not frames(tshark, case("syn-twice-in-capture"), AUDIT + "blocked", two_pass=two_pass)


@PASSES
def test_the_case_of_a_late_error_is_open(tshark, case, two_pass):
    prefs = ['uat:smsrc_roles:"10.1.1.13","DNS server",""', "smsrc.audit.scope:one"]
    lines, _ = json_lines(tshark, case("blocked-by-late-icmp"), prefs=prefs, two_pass=two_pass)
    assert [(line["row"], line["reach"]) for line in lines] == [("H1", "Open")]
    assert not frames(tshark, case("blocked-by-late-icmp"), AUDIT + "blocked", prefs=prefs,
                      two_pass=two_pass)




# --- Roles that came after the first packet -------------------------------------------------------

@pytest.mark.parametrize("tries", (1, 2))
def test_a_second_pass_knows_that_a_syn_was_answered_later(tshark, tmp_path, tries):
    def play(cap, _):
        talk = cap.tcp("10.1.3.17", 3001, MP, 80)
        for _ in range(tries - 1):
            talk.syn()
            talk._client.seq -= 1
            cap.wait(3)
        talk.open()
        talk.send(kb.http_get("/SMS_MP/.sms_pol?ABC00001.1_00"))
        talk.reply(kb.http_response(body=b"<Policy/>", headers=("Content-Type: text/xml",)))
        talk.close()
    rows = fields(tshark, scene(tmp_path, play), [AUDIT + "reach"], two_pass=True)
    assert len(rows) == 8 + tries - 1
    assert [row[AUDIT + "reach"] for row in rows] == [["Open"]] * len(rows)
