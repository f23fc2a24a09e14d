# test_audit_recorded_sites.py
# The recorded sites: real servers and clients, and every flow with the verdict of its truth file
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import csv

import pytest

from audit_rows import (
    AUDIT, MATRIX_CSV, WARNINGS, audited, lines_with, statistic, with_expert)
from recorded_truth import ALL, NAMES, RECORDED, hosts, key_of, role_lines, truth

pytestmark = pytest.mark.quick

# What no software on Debian speaks: RPC over UDP is only requested, NetBIOS over IPX not at all.
NOT_RECORDED = {"A4", "G4"}
WARNING_VERDICTS = {"Off matrix", "Wrong service"}
CLIENT_KINDS = {"Advanced Client", "Legacy Client"}


@pytest.fixture(scope="module")
def recorded():
    return lambda name: RECORDED / f"{name}.pcapng"


@pytest.fixture(scope="module")
def judged(tshark, recorded):
    """name -> every frame, with the roles of the table."""
    return {name: audited(tshark, recorded(name), prefs=role_lines()) for name in NAMES}


def frames_of(table, flow):
    return [row for row in table if row["key"] == key_of(flow)]


def flow_id(flow):
    return f"{flow.name}-{flow.frame}-{flow.row}"


def test_the_truth_has_every_row_of_the_matrix():
    with open(MATRIX_CSV, encoding="utf-8", newline="") as source:
        ids = {line["id"] for line in csv.DictReader(source)}
    assert ids - {flow.row for flow in truth("site")} == NOT_RECORDED


@pytest.mark.parametrize("name", NAMES)
def test_every_flow_of_the_recording_is_in_the_truth(judged, name):
    known = {key_of(flow) for flow in truth(name)}
    assert {row["key"] for row in judged[name] if row["key"]} == known


@pytest.mark.parametrize("flow", ALL, ids=flow_id)
def test_verdict_row_and_roles(judged, flow):
    found = frames_of(judged[flow.name], flow)
    with_verdict = [row for row in found if row[AUDIT + "verdict"]]
    if flow.verdict == "-":
        assert not with_verdict
        return
    assert with_verdict
    last = with_verdict[-1]
    assert last[AUDIT + "verdict"] == [flow.verdict]
    assert last[AUDIT + "row"] == [flow.row]
    assert set(last[AUDIT + "initiator_role"]) == flow.client_roles
    assert set(last[AUDIT + "responder_role"]) == flow.server_roles


@pytest.mark.parametrize("flow", ALL, ids=flow_id)
def test_what_is_told(judged, flow):
    """A warning where the truth has one, once; none elsewhere."""
    found = frames_of(judged[flow.name], flow)
    told = {expert: len(with_expert(found, expert)) for expert in WARNINGS}
    assert told == {
        "off_matrix": int(flow.verdict == "Off matrix" and flow.reach != "scan"),
        "wrong_service": int(flow.verdict == "Wrong service"),
        "blocked": int(flow.reach == "blocked"),
    }


@pytest.mark.parametrize("name", NAMES)
def test_a_second_pass_only_adds(tshark, recorded, judged, name):
    """What it adds is on the first packets of a flow, before its content was seen."""
    again = audited(tshark, recorded(name), prefs=role_lines(), two_pass=True)
    fields = [AUDIT + field for field in ("verdict", "row", "service", "server_port")]
    proxied = {key_of(flow) for flow in truth(name) if "proxy01" in
               {hosts()[end.split(":")[0]][0] for end in (flow.client, flow.server)
                if end.split(":")[0] in hosts()}}
    for one, two in zip(judged[name], again, strict=True):
        said, then = [[row[field] for field in fields] for row in (one, two)]
        if two["key"] in proxied and said != then:
            # What a proxy passes on is confirmed by its answer to the client, which comes later.
            assert said == [[]] * 4 or (said[0], then[0]) == (["Unconfirmed"], ["Listed"])
            continue
        assert said in (then, [[]] * 4), one["number"]


@pytest.mark.parametrize("name", NAMES)
def test_the_first_packet_of_each_flow_names_it(tshark, recorded, name):
    """The comment begins with the row's id."""
    done = tshark(recorded(name), "-T", "fields", "-e", "frame.number", "-e", "frame.comment",
                  "-Y", "frame.comment").stdout
    comments = dict(line.split("\t", 1) for line in done.splitlines())
    assert {int(number): text.split(":")[0] for number, text in comments.items()} == {
        flow.frame: flow.row if flow.row != "-" else "no row" for flow in truth(name)}


# --- Without the table ----------------------------------------------------------------------------

@pytest.mark.parametrize("name", NAMES)
def test_traffic_alone_gives_no_host_a_role_that_it_has_not(tshark, recorded, name):
    known = hosts()
    # An initiator in the wrong direction shows the other's role, and only the table knows better.
    for flow in truth(name):
        if flow.verdict == "Wrong direction":
            ends = [known[end.split(":")[0]][2] for end in (flow.client, flow.server)]
            both = ends[0] | ends[1]
            ends[0] |= both
            ends[1] |= both
    wrong = []
    for line in statistic(tshark, recorded(name), "roles"):
        cells = [cell.strip() for cell in line.strip("| ").split("|")]
        if cells[0] not in known:
            continue
        roles = known[cells[0]][2]
        if roles & CLIENT_KINDS:
            roles = roles | CLIENT_KINDS | {"Client"}
        if roles & {"Site server", "Child site server", "Secondary site server"}:
            roles = roles | {"Site server"}
        if "Proxy management point" in roles:
            roles = roles | {"Management point"}
        if "Administrator console" in roles:
            roles = roles | {"Remote Control viewer"}
        if cells[1] not in roles:
            wrong.append(cells[:3])
    assert not wrong


@pytest.mark.parametrize("two_pass", (False, True), ids=("one pass", "two passes"))
@pytest.mark.parametrize("name", NAMES)
def test_traffic_alone_warns_of_nothing_that_the_truth_has_not(tshark, recorded, name, two_pass):
    found = audited(tshark, recorded(name), prefs=("smsrc.audit.sql_ports:14330",),
                    two_pass=two_pass)
    truly = {key_of(flow) for flow in truth(name)
             if flow.verdict in WARNING_VERDICTS or flow.reach == "blocked"}
    assert {row["key"] for row in with_expert(found, *WARNINGS)} <= truly


def test_traffic_alone_shows_the_site(tshark, recorded):
    lines = statistic(tshark, recorded("site"), "roles")
    for address, role in (("10.20.1.13", "Management point"), ("10.20.1.12", "SQL Server"),
                          ("10.20.1.20", "Domain controller"), ("10.20.1.10", "Site server"),
                          ("10.20.1.14", "BITS distribution point"),
                          ("10.20.1.15", "SMB distribution point"),
                          ("10.20.1.18", "Client access point"),
                          ("10.20.1.17", "Reporting point"),
                          ("10.20.1.16", "Server locator point"),
                          ("10.20.2.50", "Remote Control viewer")):
        assert lines_with(lines, address, role), (address, role)


# Only a table names child and secondary sites and RAS senders, and a preference the port of a DSN.
ONLY_BY_TABLE = {"B1", "B2", "I4", "J1"}


def test_without_a_table_what_is_listed_is_listed_or_unconfirmed(tshark, recorded):
    rows = audited(tshark, recorded("site"), two_pass=True)
    found = {flow.row: {verdict for row in frames_of(rows, flow)
                        for verdict in row[AUDIT + "verdict"]}
             for flow in truth("site") if flow.verdict == "Listed"}
    assert len(found) > 40
    assert {row for row, verdicts in found.items()
            if not verdicts or not verdicts <= {"Listed", "Unconfirmed"}} == ONLY_BY_TABLE
