# test_audit_one_pass_and_two.py
# One pass, two passes and sharkd report the same; filters, columns, fields and json show it
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import json
import re

import pytest

from audit_rows import (
    AUDIT, EXPERTS, FIELDS, LEARN_OFF, WARNINGS, audited, conf, frames, plan_site, site_prefs,
    verdicts, with_expert)
from conftest import TESTS
from generators import module_in
from recorded_truth import RECORDED

SITES = ("site-clean", "site-violations")
LEARNED = ("site-clean", "site-violations", "audit-http", "audit-smb", "audit-netbios",
           "audit-directory", "audit-remote", "audit-odd-ports")


def told(table):
    """All that the audit reports of each frame."""
    return {row["number"]: {name: row[name] for name in FIELDS + EXPERTS} for row in table
            if row[AUDIT + "verdict"]}


# --- With the table -----------------------------------------------------------------------------

@pytest.mark.parametrize("name", SITES)
def test_with_the_table_two_passes_say_what_one_says(tshark, made, name):
    """From the frame on in which a flow's verdict is final; the second pass has it before."""
    prefs = site_prefs(LEARN_OFF)
    once = told(audited(tshark, made(name), prefs=prefs))
    twice = told(audited(tshark, made(name), prefs=prefs, two_pass=True))
    assert len(once) > 250
    assert {frame: twice[frame] for frame in once} == once
    assert len(twice) > 400


@pytest.mark.parametrize("name", SITES)
def test_with_the_table_sharkd_says_what_tshark_says(tshark, sharkd, made, name):
    prefs = site_prefs(LEARN_OFF)
    twice = verdicts(audited(tshark, made(name), prefs=prefs, two_pass=True))
    request = {"method": "frames", "params": {
        "filter": "smsrc.audit", "column0": "smsrc.audit.verdict:0",
        "column1": "smsrc.audit.row:0"}}
    reply = sharkd(made(name), [request], conf=conf(prefs))[0]
    found = {row["num"]: ([row["c"][0]], [row["c"][1]] if row["c"][1] else [])
             for row in reply["result"]}
    assert found == twice


@pytest.mark.parametrize("two_pass", [False, True], ids=["one pass", "two passes"])
def test_the_audit_goes_on_without_the_session_log(tshark, made, two_pass):
    def audit(*args):
        return tshark(made("site-violations"), *args, "-q", "-z", "smsrc,audit.json",
                      two_pass=two_pass).stdout
    alone = audit("--disable-protocol", "smsrc.log")
    assert alone.count("Off matrix") > 5
    assert alone == audit()


@pytest.mark.parametrize("name", (*LEARNED, "audit-requests", "recorded site"))
def test_with_a_tree_or_without_the_same_is_learned(tshark, made, name):
    """tshark makes a tree where one is needed (-V, a filter), and none for its lines."""
    capture = RECORDED / "site.pcapng" if name == "recorded site" else made(name)
    statistics = ("-z", "smsrc,audit.json", "-z", "smsrc,roles")

    def learned(*args):
        text = tshark(capture, *args, *statistics).stdout
        return text[text.index('{"type":'):]
    without = learned("-q")
    assert without.count("\n") > 1
    assert learned("-V", "-Y", "frame.number == 0") == without


def test_learning_adds_roles_and_takes_no_verdict_from_the_table(tshark, made):
    """A flow whose ends are in the table is not off the matrix because more is learned."""
    table = verdicts(audited(tshark, made("site-clean"), prefs=site_prefs(LEARN_OFF)))
    both = verdicts(audited(tshark, made("site-clean"), prefs=site_prefs()))
    assert set(table) <= set(both)
    assert {frame: both[frame] for frame in table} == table


# --- Without the table --------------------------------------------------------------------------

@pytest.mark.parametrize("name", LEARNED)
def test_a_second_pass_only_adds_and_confirms(tshark, made, name):
    """What is Unconfirmed when its flow passes may be confirmed by a later one. A role that came
    later may make another row the nearest."""
    once = verdicts(audited(tshark, made(name)))
    twice = verdicts(audited(tshark, made(name), two_pass=True))
    assert once.keys() <= twice.keys()
    changed = {frame for frame in once if twice[frame][0] != once[frame][0]}
    assert {str(once[frame]) for frame in changed if "Unconfirmed" not in str(once[frame])} == set()
    assert all("Off matrix" not in str(twice[frame]) for frame in changed)


def test_a_second_pass_adds_what_was_learned_later(tshark, made):
    once = verdicts(audited(tshark, made("site-clean")))
    twice = verdicts(audited(tshark, made("site-clean"), two_pass=True))
    assert len(twice) > len(once)


@pytest.mark.parametrize("name", LEARNED)
def test_no_expert_of_one_pass_is_taken_back(tshark, made, name):
    def experts(table):
        return {(row["number"], expert) for row in table for expert in EXPERTS if row[expert]}
    once = experts(audited(tshark, made(name)))
    assert once <= experts(audited(tshark, made(name), two_pass=True))


# --- Every way to see a field -------------------------------------------------------------------

@pytest.fixture(scope="module")
def violations(tshark, made):
    return audited(tshark, made("site-violations"), prefs=site_prefs())


@pytest.mark.parametrize("name", FIELDS)
def test_every_field_is_a_filter(tshark, made, violations, name):
    assert frames(tshark, made("site-violations"), name, prefs=site_prefs()) == [
        row["number"] for row in violations if row[name]]


@pytest.mark.parametrize("verdict", [
    "Listed", "Corrected", "KB gap", "Later product", "Legacy product", "Off matrix",
    "Wrong service", "Wrong direction"])
def test_every_verdict_is_a_value_to_filter_by(tshark, made, violations, verdict):
    found = frames(tshark, made("site-violations"), f'smsrc.audit.verdict == "{verdict}"',
                   prefs=site_prefs())
    assert found
    assert found == [row["number"] for row in violations if verdict in row[AUDIT + "verdict"]]


@pytest.mark.parametrize("expert", EXPERTS)
def test_every_expert_is_a_filter(tshark, made, violations, expert):
    found = frames(tshark, made("site-violations"), expert, prefs=site_prefs())
    assert found
    assert found == [row["number"] for row in
                     with_expert(violations, expert.removeprefix(AUDIT))]


def test_a_column_shows_the_verdict(tshark, made, violations):
    column = 'gui.column.format:"Number","%m","Verdict","%Cus:smsrc.audit.verdict:0:R"'
    done = tshark(made("site-violations"), "-Y", "smsrc.audit", prefs=site_prefs(column))
    shown = [line.split(maxsplit=1) for line in done.stdout.splitlines()]
    assert [(int(number), [verdict.strip()]) for number, verdict in shown] == [
        (row["number"], row[AUDIT + "verdict"]) for row in violations if row[AUDIT + "verdict"]]


def test_json_has_the_fields(tshark, made):
    planted = plan_site.PLANTED[0]
    done = tshark(made("site-violations"), "-T", "json", "-Y",
                  f"smsrc.audit.off_matrix and tcp.port == {planted.client_port}",
                  prefs=site_prefs())
    packets = json.loads(done.stdout)
    assert len(packets) == 1
    audit = packets[0]["_source"]["layers"]["smsrc.audit"]
    assert audit["smsrc.audit.verdict"] == "Off matrix"
    assert audit["smsrc.audit.row"] == "E1"
    assert audit["smsrc.audit.server_port"] == "8080"


def test_the_expert_statistic_counts_the_warnings(tshark, made, violations):
    """No tree is built here: the verdicts are those of a run that builds them all."""
    text = tshark(made("site-violations"), "-q", "-z", "expert,warn", prefs=site_prefs()).stdout
    ours = re.findall(r"^\s*(\d+)\s+\S+\s+SMSRC-AUDIT\s", text, re.MULTILINE)
    assert sum(map(int, ours)) == len(with_expert(violations, *WARNINGS))


def test_without_a_field_asked_for_the_experts_are_told_all_the_same(tshark, made, violations):
    """A fast run without trees: Wireshark's own severity column of a plain listing."""
    shown = frames(tshark, made("site-violations"), "_ws.expert and smsrc.audit.off_matrix",
                   prefs=site_prefs())
    assert shown == [row["number"] for row in with_expert(violations, "off_matrix")]


SEVERITIES = {"1048576": "Comment", "2097152": "Chat", "4194304": "Note", "6291456": "Warning",
              "8388608": "Error"}


@pytest.mark.parametrize("flag", ["once", "every"])
def test_the_severity_column_needs_no_tree(tshark, made, violations, flag):
    """A plain listing, which shows no expert infos: the column has the worst of them."""
    name, prefs = made("site-violations"), site_prefs(f"smsrc.audit.flag:{flag}")
    done = tshark(name, "-T", "fields", "-e", "frame.number", "-e", "_ws.expert.severity", "-e",
                  AUDIT + "verdict", "-E", "aggregator=/s", prefs=prefs)
    asked = [line.split("\t") for line in done.stdout.splitlines()]
    expected = {number: SEVERITIES[max(severities.split(), key=int)]
                for number, severities, verdict in asked if verdict and severities}
    column = 'gui.column.format:"Number","%m","Severity","%a"'
    listed = dict((*line.split(), "")[:2] for line in
                  tshark(name, prefs=[*prefs, column]).stdout.splitlines())
    assert {number: listed[number] for number in expected} == expected
    assert {"Note", "Warning"} <= set(expected.values())
    assert not flag == "every" or len(expected) > len(with_expert(violations, *WARNINGS))


@pytest.mark.parametrize("two_pass", [False, True])
def test_ports_used_again_are_a_flow_and_a_session_of_their_own(tshark, sandbox, two_pass):
    """The first connection is seen from its middle on, the agent's packet first: to Wireshark it
    runs the other way. Each SYN of the viewer's on the same ports begins another."""
    pack = module_in(TESTS.parent / "load", "captures")
    request, reply = pack.payloads("rc-information")[:2]
    viewer, agent = pack.ip(1, 0, 50), pack.ip(3, 0, 17)
    path = sandbox.new_folder("reuse") / "ports-used-again.pcap"
    out = pack.Writer(path)
    out.tcp(agent, viewer, 2701, 1762, pack.PUSH, 5000, 700, reply)
    out.tcp(viewer, agent, 1762, 2701, pack.PUSH, 700, 5000 + len(reply), request)
    out.tcp(agent, viewer, 2701, 1762, pack.FIN, 5000 + len(reply), 700 + len(request))
    for seq in (100000, 200000):
        out.tcp(viewer, agent, 1762, 2701, pack.SYN, seq, 0)
        out.tcp(agent, viewer, 2701, 1762, pack.SYN_ACK, seq + 7, seq + 1)
        out.tcp(viewer, agent, 1762, 2701, pack.PUSH, seq + 1, seq + 8, request)
        out.tcp(agent, viewer, 2701, 1762, pack.PUSH, seq + 8, seq + 1 + len(request), reply)
        out.tcp(viewer, agent, 1762, 2701, pack.FIN, seq + 1 + len(request), seq + 8 + len(reply))
        out.tcp(agent, viewer, 2701, 1762, pack.FIN, seq + 8 + len(reply), seq + 2 + len(request))
    out.close()
    done = tshark(path, "-T", "fields", "-e", "tcp.stream", "-e", "smsrc.session", "-e",
                  AUDIT + "verdict", "-e", AUDIT + "first_frame", two_pass=two_pass)
    # In one pass a session has its number from the agent's content on, the fourth frame, and its
    # flow its verdict from the viewer's on, the third.
    if two_pass:
        assert done.stdout.splitlines() == (["0\t1\tUnconfirmed\t1"] * 3 +
                                            ["1\t2\tUnconfirmed\t4"] * 6 +
                                            ["2\t3\tUnconfirmed\t10"] * 6)
        return
    assert done.stdout.splitlines() == (
        ["0\t1\tUnconfirmed\t1"] * 3 +
        ["1\t\t\t"] * 2 + ["1\t\tUnconfirmed\t4"] + ["1\t2\tUnconfirmed\t4"] * 3 +
        ["2\t\t\t"] * 2 + ["2\t\tUnconfirmed\t10"] + ["2\t3\tUnconfirmed\t10"] * 3)
