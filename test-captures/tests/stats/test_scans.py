# test_scans.py
# A scan is one line of the table, and all of its flows are lines of JSON
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Tries of one initiator on many ports or hosts, none of which has content. What a site's own hosts
try in vain is not a scan, and a try that is answered after all is none any more."""

import pytest

from audit_rows import LEARN_OFF
from json_output import audit_cells, json_lines
from scenes import scene

MP, CLIENT, CONSOLE = "10.1.1.13", "10.1.3.{}", "10.1.2.50"
PREFS = (LEARN_OFF, 'uat:smsrc_roles:"10.1.1.13","Management point","ABC"',
         'uat:smsrc_roles:"10.1.2.50","Administrator console","ABC"',
         'uat:smsrc_roles:"10.1.3.0/24","Advanced Client","ABC"')
PASSES = pytest.mark.parametrize("two_pass", (False, True), ids=("one pass", "two passes"))
REQUEST = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


def tries(cap, ports, hosts=(MP,), initiator=CLIENT.format(40), act="syn"):
    """A connection to each port of each host; what it comes to is `act`."""
    talks = [cap.tcp(initiator, 1050 + number, host, port)
             for number, (host, port) in enumerate((host, port) for host in hosts
                                                   for port in ports)]
    for talk in talks:
        getattr(talk, "syn" if act == "syn" else "open")()
    for talk in talks:
        if act == "reset":
            talk.reset(by_server=False)
        if act == "content":
            talk.send(REQUEST)
            talk.reply(ANSWER)


def clients(count):
    return [CLIENT.format(number + 1) for number in range(count)]


def datagrams(cap, count, each=1, answered=False):
    for number in range(count):
        talk = cap.udp(CLIENT.format(40), 1050 + number, MP, 3000 + number)
        for _ in range(each):
            talk.send(bytes(8))
        if answered:
            talk.reply(bytes(8))


def two_scanners(cap):
    tries(cap, range(4000, 4020))
    tries(cap, range(4000, 4030), initiator=CLIENT.format(41))


def scan_and_content(cap):
    tries(cap, range(4000, 4020))
    tries(cap, (80,), act="content")


# What happens: the tries of each scan, the number of its hosts, and the other lines of the table.
VARIANTS = {
    "ports": (lambda cap: tries(cap, range(4000, 4040)), [(40, 1)], 0),
    "ports with listed ones": (lambda cap: tries(cap, (80, *range(4000, 4020))), [(21, 1)], 0),
    "few ports": (lambda cap: tries(cap, range(4000, 4007)), [], 7),
    "eight ports": (lambda cap: tries(cap, range(4000, 4008)), [(8, 1)], 0),
    "what a site tries": (lambda cap: tries(cap, (80, 443, 445)), [], 3),
    "answered by a handshake": (lambda cap: tries(cap, range(4000, 4020), act="open"),
                                [(20, 1)], 0),
    "handshakes and resets": (lambda cap: tries(cap, range(4000, 4020), act="reset"),
                              [(20, 1)], 0),
    "with content": (lambda cap: tries(cap, range(4000, 4020), act="content"), [], 20),
    "hosts": (lambda cap: tries(cap, (4444,), clients(12), CONSOLE), [(12, 12)], 0),
    "hosts on a row": (lambda cap: tries(cap, (2701,), clients(40), CONSOLE), [(40, 40)], 0),
    "agents that are off": (lambda cap: tries(cap, (2701,), clients(20), CONSOLE), [], 20),
    "two scanners": (two_scanners, [(20, 1), (30, 1)], 0),
    "scan and content": (scan_and_content, [(20, 1)], 1),
    "datagrams": (lambda cap: datagrams(cap, 12), [(12, 1)], 0),
    "datagrams, each again": (lambda cap: datagrams(cap, 12, 3), [(12, 1)], 0),
    "datagrams with answers": (lambda cap: datagrams(cap, 12, answered=True), [], 12),
    "streams of datagrams": (lambda cap: datagrams(cap, 12, 9), [], 12),
}


@PASSES
@pytest.mark.parametrize("name", VARIANTS)
def test_a_scan_is_one_line(tshark, tmp_path, name, two_pass):
    play, scans, others = VARIANTS[name]
    capture = scene(tmp_path, lambda cap, messages: play(cap))
    options = {"prefs": PREFS, "two_pass": two_pass}
    rows = audit_cells(tshark, capture, **options)[:]
    shown = [row for row in rows if row[6] == "scan"]
    flows, _ = json_lines(tshark, capture, **options)
    assert len(shown) == len(scans) and len(rows) == len(scans) + others
    assert len(flows) == sum(count for count, _ in scans) + others
    assert sorted(flow["tries"] for flow in flows) == sorted(
        [1] * others + [count for count, _ in scans for _ in range(count)])
    assert sorted(row[4] for row in shown) == sorted(
        flows[0]["responder"] if hosts == 1 else f"{hosts} hosts" for _, hosts in scans)
    assert sum(int(row[10]) for row in rows) == sum(flow["packets"] for flow in flows)
    assert sum(int(row[11]) for row in rows) == sum(flow["bytes"] for flow in flows)


def test_the_line_has_the_worst_verdict(tshark, tmp_path):
    """Whatever comes first, and the first frame of what is shown."""
    for ports in ((80, *range(4000, 4010)), (*range(4000, 4010), 80)):
        capture = scene(tmp_path, lambda cap, messages, ports=ports: tries(cap, ports))
        row, = audit_cells(tshark, capture, prefs=PREFS)
        assert row[0] == "Off matrix" and row[9] == str(1 + ports.index(4000))


def test_a_filter_may_choose_one_try(tshark, tmp_path):
    capture = scene(tmp_path, lambda cap, messages: tries(cap, range(4000, 4040)))
    done = tshark(capture, "-q", "-z", "smsrc,audit,tcp.port == 4003", prefs=PREFS)
    assert "TCP 4003" in done.stdout and "scan" not in done.stdout
