# test_cm_questions.py
# The ten questions of the page on Configuration Manager are answered by their filters on a made site
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import re

import pytest

from audit_rows import conf
from cm_truth import flow_of, plan_cm_site, site_prefs, truth
from conftest import ROOT

PAGE = ROOT / "plugin" / "doc" / "configmgr.md"
NAMES = ("cm-site", "cm-troubles")


def filters():
    """Number -> (question, filter), as the page has them."""
    lines = re.findall(r"^\| (\d+) \| ([^|]+) \| `(.+?)` \| ", PAGE.read_text(encoding="utf-8"),
                       re.MULTILINE)
    return {int(number): (question, found) for number, question, found in lines}


QUESTIONS = filters()


def host(end):
    return end.rsplit(":", 1)[0]


def port(end):
    return int(end.rsplit(":", 1)[1])


def to(flow, *hosts):
    """Whether a flow that is judged has one of these as its responder."""
    return host(flow.server) in hosts and flow.verdict != "-"


# Requests for content that get 401, 405 or 500, and what of content and network boots gets no answer.
FAILED = {
    "asks the secondary site", "content of the secondary site's distribution point",
    "asks a distribution point for everything", "content: not for anonymous clients",
    "content: WebDAV is in the way", "content: the server fails",
    "content from a share is refused", "the boot program is not sent", "no answer on what to boot"}
# The flows that answer a question, by their truth.
ANSWERS = {
    1: lambda flow: flow.proto == "tcp" and flow.verdict != "-",
    2: lambda flow: port(flow.server) in (8003, 8004),
    3: lambda flow: port(flow.server) == 8005,
    4: lambda flow: to(flow, plan_cm_site.SQL, plan_cm_site.SQL_CENTRAL) and
    port(flow.server) == 1433,
    5: lambda flow: to(flow, plan_cm_site.DC),
    6: lambda flow: port(flow.server) > 49151 and flow.proto == "tcp",
    7: lambda flow: host(flow.client) == plan_cm_site.GATEWAY_POINT,
    8: lambda flow: flow.row == "CM-L1" and flow.reach == "blocked" or "over HTTP" in flow.what,
    9: lambda flow: flow.what.startswith("remote control:"),
    10: lambda flow: flow.what in FAILED,
}


@pytest.fixture(scope="module")
def answers(sharkd, made):
    """(capture, question) -> the flows that its filter shows: one sharkd for each capture."""
    said = {}
    for name in NAMES:
        flows = truth(name)
        replies = sharkd(made(name), [{"method": "frames", "params": {"filter": found}}
                                      for _, found in QUESTIONS.values()], conf(site_prefs()))
        for number, reply in zip(QUESTIONS, replies):
            assert "result" in reply, (QUESTIONS[number], reply)
            said[name, number] = {flow_of(flows, frame["num"]) for frame in reply["result"]}
    return said


def test_the_page_has_ten_questions():
    assert set(QUESTIONS) == set(ANSWERS) == set(range(1, 11))


@pytest.mark.parametrize("number", ANSWERS, ids=lambda number: f"{number}-{QUESTIONS[number][0]}")
def test_a_filter_shows_what_answers_its_question(answers, number):
    right = {name: {flow for flow in truth(name) if ANSWERS[number](flow)} for name in NAMES}
    assert {name: answers[name, number] for name in NAMES} == right
    # A question without an answer in either capture would hold nothing.
    assert any(right.values())


def test_rows_used_and_never_used_are_those_of_the_truth(tshark, made):
    lines = tshark(made("cm-site"), "-q", "-z", "smsrc,matrix.used", prefs=site_prefs(),
                   env={"COLUMNS": "0"}).stdout.splitlines()
    states = {}
    for cells in (line.split("|") for line in lines):
        if len(cells) > 2 and (row := re.fullmatch(r"CMC?-\w+", cells[1].strip())):
            states.setdefault(cells[0].strip(), set()).add(row[0])
    flows = truth("cm-site")
    assert states["Used"] == {flow.row for flow in flows if flow.verdict == "Listed"}
    assert states["Not printed"] == {flow.row for flow in flows if flow.verdict == "KB gap"}
    # What a domain controller need not have: LDAP over UDP, and what is printed by mistake.
    assert "CM-AU1" in states["Never used"]
    assert {"CM-AU3", "CM-AH3", "CM-AT2"} <= states["Not expected"]
