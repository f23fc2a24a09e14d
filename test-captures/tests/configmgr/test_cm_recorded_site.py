# test_cm_recorded_site.py
# The recorded site of Configuration Manager: real servers and clients, each flow as its truth has it
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import pytest

from audit_rows import AUDIT, WARNINGS, audited, statistic, with_expert
from cm_truth import MATRIX
from recorded_truth import HOSTS, RECORDED, hosts, key_of, table_of, truth

pytestmark = pytest.mark.quick

NAME = "site-configmgr"
SITE = RECORDED / f"{NAME}.pcapng"
SITE_HOSTS = HOSTS.with_name("hosts-configmgr")

# What traffic shows in addition to the table: the role that SMS 2003 has for the same, and for what
# boots others that it offers them something by DHCP.
SHOWN = {"Client": "Advanced Client", "Central site server": "Site server",
         "PXE distribution point": "DHCP server"}

PROVEN = {
    "pri01": {"Site server"},
    "cas01": {"Site server"},
    "sql01": {"SQL Server"},
    "mp01": {"Management point"},
    "dp01": {"BITS distribution point", "SMB distribution point"},
    "sup01": {"Software update point"},
    "rsp01": {"Reporting services point"},
    "dc01": {"Domain controller"},
    "pxe01": {"PXE distribution point"},
    "dhcp01": {"DHCP server"},
    "wks31": {"Advanced Client"},
    "wks32": {"Advanced Client"},
}


@pytest.fixture(scope="module")
def judged(tshark):
    """Each flow with its frames; the roles are those of the table."""
    table = audited(tshark, SITE, prefs=[MATRIX, *table_of(SITE_HOSTS)], two_pass=True)
    flows = {key_of(flow): (flow, []) for flow in truth(NAME)}
    assert {row["key"] for row in table if row["key"]} == set(flows)
    for row in table:
        if row["key"]:
            flows[row["key"]][1].append(row)
    return list(flows.values())


@pytest.fixture(scope="module")
def last(judged):
    """Each flow with its last frame that has a verdict, those that have none left out."""
    return [(flow, said[-1]) for flow, frames in judged
            if (said := [row for row in frames if row[AUDIT + "verdict"]])]


def test_each_flow_has_the_verdict_and_the_row_of_the_truth(judged, last):
    assert {flow.frame: (row[AUDIT + "verdict"], row[AUDIT + "row"]) for flow, row in last} == {
        flow.frame: ([flow.verdict], [flow.row]) for flow, _ in judged if flow.verdict != "-"}


def test_each_end_has_its_roles(last):
    wrong = []
    for flow, row in last:
        if flow.verdict == "Unconfirmed":
            continue  # a guest is what it asks for, and only there
        for end, roles in (("initiator", flow.client_roles), ("responder", flow.server_roles)):
            more = set(row[AUDIT + end + "_role"]) ^ roles
            if not more <= {SHOWN[role] for role in roles if role in SHOWN}:
                wrong.append((flow.frame, end, more))
    assert wrong == []


def test_a_warning_is_given_once_where_the_truth_has_it_and_nowhere_else(judged):
    def told(frames):
        return tuple(len(with_expert(frames, expert)) for expert in WARNINGS)
    assert {flow.frame: told(frames) for flow, frames in judged if any(told(frames))} == {
        flow.frame: (int(flow.verdict == "Off matrix"), 0, int(flow.reach == "blocked"))
        for flow, _ in judged if flow.verdict == "Off matrix" or flow.reach == "blocked"}


def test_the_first_packet_of_each_flow_names_it(tshark):
    done = tshark(SITE, "-T", "fields", "-e", "frame.number", "-e", "frame.comment", "-Y",
                  "frame.comment", plugin=False).stdout
    comments = dict(line.split("\t", 1) for line in done.splitlines())
    assert {int(number): text.split(":")[0] for number, text in comments.items()} == {
        flow.frame: flow.row if flow.row != "-" else "no row" for flow in truth(NAME)}


def test_the_roles_beside_the_recording_are_the_labs():
    lines = (RECORDED / "smsrc_roles-configmgr").read_text(encoding="ascii").splitlines()
    assert [f"uat:smsrc_roles:{line}" for line in lines[1:]] == table_of(SITE_HOSTS)


def test_what_traffic_proves_needs_no_table(tshark):
    names = {address: name for address, (name, _, _) in hosts(SITE_HOSTS).items()}
    proven = {}
    for line in statistic(tshark, SITE, "roles", prefs=[MATRIX]):
        cells = [cell.strip() for cell in line.strip("| ").split("|")]
        if cells[0] in names and cells[6] == "Proven":
            proven.setdefault(names[cells[0]], set()).add(cells[1])
    assert proven == PROVEN
