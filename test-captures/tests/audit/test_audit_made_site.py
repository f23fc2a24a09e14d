# test_audit_made_site.py
# The made site: every row of KB 826852 by its own id, every planted violation, and nothing else
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import re

import pytest

from audit_rows import (
    ANY_WARNING, AUDIT, LEARN_OFF, NOTES, WARNINGS, audited, frames, host_lines, lines_with,
    matrix_ids, matrix_rows, of_flow, plan_signatures, plan_site, planned_key, site_prefs,
    statistic, values, with_expert)

pytestmark = pytest.mark.quick

PLANTED = {planted.name: planted for planted in plan_site.PLANTED}
FLOW_NAMES = ["%d-%s-%s" % (number, flow.row, flow.transport)
              for number, flow in enumerate(plan_site.FLOWS)]
# The verdict of a flow that is right, where its row is not simply listed.
CORRECTED = {"G3", "H4", "H6"}


@pytest.fixture(scope="module")
def clean(tshark, made):
    """As a second pass has it: the final verdict on all frames of a flow."""
    return audited(tshark, made("site-clean"), prefs=site_prefs(), two_pass=True)


@pytest.fixture(scope="module")
def violations(tshark, made):
    return audited(tshark, made("site-violations"), prefs=site_prefs())


# --- The clean site -----------------------------------------------------------------------------

def test_the_plan_has_every_row_of_the_matrix():
    assert {flow.row for flow in plan_site.FLOWS} == set(matrix_ids())


@pytest.mark.parametrize("flow", plan_site.FLOWS, ids=FLOW_NAMES)
def test_every_flow_is_given_its_own_row(clean, flow):
    found = of_flow(clean, flow)
    assert found
    assert values(found, "row") == {flow.row}
    # A table has no address of IPX, so nothing confirms who controls an agent there.
    listed = "Unconfirmed" if flow.transport == plan_site.IPX else "Listed"
    assert values(found, "verdict") == {"Corrected" if flow.row in CORRECTED else listed}
    if flow.transport == plan_site.IPX:
        return
    assert values(found, "server_port") == {str(flow.server_port)}
    # With roles from the table no frame waits for evidence.
    assert [row["number"] for row in found if not row[AUDIT + "verdict"]] == []
    assert values(found, "first_frame") == {str(found[0]["number"])}


def test_one_pass_has_no_verdict_before_the_content(tshark, made, clean):
    """No frame of a handshake has one, and all from the first content on that is known."""
    shown = {row["number"] for row in audited(tshark, made("site-clean"), prefs=site_prefs())
             if row[AUDIT + "verdict"]}
    with_data = set(frames(tshark, made("site-clean"), "tcp.len > 0"))
    for flow in plan_site.FLOWS:
        found = [row["number"] for row in of_flow(clean, flow)]
        before = [number for number in found if number not in shown]
        assert found[:len(before)] == before != found
        if flow.transport == "TCP":
            assert not with_data & set(before)
        else:
            assert len(before) <= 1


def test_every_row_is_seen_in_the_matrix(tshark, made):
    rows = matrix_rows(tshark, made("site-clean"), prefs=site_prefs())
    assert {row_id: cells[0] for row_id, cells in rows.items()} == {
        row_id: "Seen" for row_id in matrix_ids()}
    for row_id, cells in rows.items():
        flows = len([flow for flow in plan_site.FLOWS if flow.row == row_id])
        # On IPX the query that goes to all nodes is a separate flow.
        assert int(cells[1]) == flows or row_id == "G4", row_id


def test_the_clean_site_raises_no_warning(clean):
    assert [row["number"] for row in with_expert(clean, *WARNINGS)] == []


def test_the_clean_site_is_noted_for_its_broadcasts_alone(clean):
    noted = {row["key"] for row in with_expert(clean, *NOTES)}
    assert noted == {planned_key(flow) for flow in plan_site.FLOWS if flow.row in ("I3a", "I3b")}


@pytest.mark.parametrize("flow", plan_site.BACKGROUND, ids=lambda flow: flow.talk.kind)
def test_hosts_without_a_role_are_not_judged(clean, flow):
    judged = [row for row in clean if row[AUDIT + "verdict"]]
    if flow.talk.kind == "gre":
        # GRE has no port: its packets are in no flow.
        return_path = {(flow.client, flow.server), (flow.server, flow.client)}
        assert not [row for row in judged if row["key"] is None and
                    (row["ip.src"][0], row["ip.dst"][0]) in return_path]
    else:
        assert not [row for row in judged if row["key"] == planned_key(flow)]


def test_a_custom_sql_port_needs_the_preference(tshark, made):
    found = audited(tshark, made("site-clean"), prefs=plan_site.role_lines())
    custom = [flow for flow in plan_site.FLOWS if flow.row == "I4"]
    warned = with_expert(found, *WARNINGS)
    assert {row["key"] for row in warned} == {planned_key(flow) for flow in custom}
    assert values(of_flow(found, custom[0]), "verdict") == {"Off matrix"}
    assert values(of_flow(found, custom[0]), "row") <= set(plan_site.SQL_ROWS)


def test_roles_site_code_and_ground_are_told(clean):
    flow = next(flow for flow in plan_site.FLOWS if flow.row == "E1")
    found = of_flow(clean, flow)
    assert values(found, "initiator_role") >= {"Advanced Client"}
    assert values(found, "responder_role") >= {"Management point"}
    assert "ABC" in values(found, "site_code")
    assert any("smsrc_roles" in text for text in values(found, "evidence"))
    assert values(found, "service") >= {"HTTP"}
    assert all(text.startswith("E1: ") for text in values(found, "row.text"))


def test_each_of_several_roles_is_an_item_of_its_own(clean):
    flow = next(flow for flow in plan_site.FLOWS if flow.row == "H3n")
    assert values(of_flow(clean, flow), "responder_role") >= {"Site server", "SMS Provider"}


# --- The planted violations ---------------------------------------------------------------------

@pytest.mark.parametrize("name", PLANTED)
def test_what_is_planted_is_found(violations, name):
    planted = PLANTED[name]
    found = of_flow(violations, planted)
    assert found
    assert planted.verdict in values(found, "verdict")
    # The last word on the flow.
    last = [row for row in found if row[AUDIT + "verdict"]][-1]
    assert last[AUDIT + "verdict"] == [planted.verdict]
    assert last[AUDIT + "server_port"] == [str(planted.port)]
    if planted.rows is not None:
        assert set(last[AUDIT + "row"]) <= set(planted.rows)
        assert last[AUDIT + "row"]
    if planted.service is not None:
        assert last[AUDIT + "service"] == [planted.service]
    if planted.expert:
        assert len(with_expert(found, planted.expert)) == 1


def test_nothing_else_warns(violations):
    planted = {planned_key(p): p.expert for p in PLANTED.values() if p.expert in WARNINGS}
    warned = {row["key"]: expert for expert in WARNINGS
              for row in with_expert(violations, expert)}
    assert warned == planted


def test_nothing_else_is_noted(violations):
    noted = {(row["key"], expert) for expert in NOTES for row in with_expert(violations, expert)}
    planted = {(planned_key(p), p.expert) for p in PLANTED.values() if p.expert in NOTES}
    clean = {(planned_key(flow), "discouraged") for flow in plan_site.FLOWS
             if flow.row in ("I3a", "I3b")}
    assert noted == planted | clean


def test_each_expert_is_told_once_a_flow(violations):
    for expert in WARNINGS + NOTES:
        keys = [row["key"] for row in with_expert(violations, expert)]
        assert len(keys) == len(set(keys)), expert


def test_a_scan_is_one_line(violations):
    scan = PLANTED["SYN scan of the MP"]
    ports = {str(port) for port in plan_site.SCAN_PORTS}
    warned = [row for row in with_expert(violations, *WARNINGS)
              if scan.client in row["ip.src"] + row["ip.dst"] and
              ports & {*row["tcp.srcport"], *row["tcp.dstport"]}]
    assert len(warned) == 1


def test_blocked_is_told_where_it_shows(tshark, made):
    """A retransmitted SYN, a reset, an ICMP error: not the frame of the request."""
    capture = made("site-violations")
    shown = frames(tshark, capture, "smsrc.audit.blocked", prefs=site_prefs())
    by_what = frames(tshark, capture, "smsrc.audit.blocked and (icmp or tcp.flags.reset == 1 or "
                     "(tcp.flags.syn == 1 and tcp.analysis.retransmission))", prefs=site_prefs())
    assert len(shown) == len([p for p in PLANTED.values() if p.expert == "blocked"])
    assert by_what == shown


def test_the_matrix_says_what_is_blocked(tshark, made):
    rows = matrix_rows(tshark, made("site-violations"), prefs=site_prefs())
    assert {row_id for row_id, cells in rows.items() if "blocked" in cells[0].lower()} == {
        p.rows[0] for p in PLANTED.values() if p.expert == "blocked"}


def test_a_proxy_is_no_management_point(tshark, made):
    lines = statistic(tshark, made("site-violations"), "roles", prefs=site_prefs())
    assert not lines_with(host_lines(lines, plan_site.PROXY), "Management point")


# --- Without the table --------------------------------------------------------------------------

@pytest.mark.parametrize("address, role", plan_site.LEARNED, ids=lambda value: value)
def test_traffic_alone_shows_the_role(tshark, made, address, role):
    lines = statistic(tshark, made("site-clean"), "roles")
    assert lines_with(host_lines(lines, address), role), lines


def test_the_clean_site_warns_of_nothing_without_the_table(tshark, made):
    """Only SQL's custom port, which no preference allows here."""
    found = audited(tshark, made("site-clean"), two_pass=True)
    custom = next(flow for flow in plan_site.FLOWS if flow.row == "I4")
    assert {row["key"] for row in with_expert(found, *WARNINGS)} <= {planned_key(custom)}
    assert len([row for row in found if row[AUDIT + "verdict"]]) > 50


def test_hosts_without_a_role_get_none(tshark, made):
    lines = statistic(tshark, made("site-violations"), "roles")
    for address in (plan_site.STRANGER, plan_site.WEB, plan_site.ROUTER):
        assert not host_lines(lines, address)


# --- Trees --------------------------------------------------------------------------------------

GOLDENS = {
    "audit-off-matrix": "MP asked on 8080",
    "audit-wrong-service": "SSH on 2702",
    "audit-blocked": "a router prohibits 2701",
    "audit-kb-gap": "client's Kerberos",
}


@pytest.mark.every_version
@pytest.mark.parametrize("name", GOLDENS)
def test_tree(tshark, made, golden, name):
    """The frame that shows it, with roles of the table alone."""
    planted = PLANTED[GOLDENS[name]]
    port = f"{planted.transport.lower()}.port == {planted.client_port}"
    done = tshark(made("site-violations"), "-V", "-O", "smsrc.audit", "-Y",
                  f"smsrc.audit.{planted.expert} and {port}", prefs=site_prefs(LEARN_OFF))
    golden(name, audit_trees(done.stdout))


# The case "policy" of the signatures over HTTP: its management point.
POLICY_SERVER = plan_signatures.end(
    "http", [signature.name for signature in plan_signatures.HTTP].index("policy"),
    plan_signatures.SERVER)


def test_tree_of_learned_roles(tshark, made, golden):
    """The answer that gives the roles, and what was learned of both ends."""
    done = tshark(made("audit-http"), "-V", "-O", "smsrc.audit", "-Y",
                  f"smsrc.audit and http.response and ip.src == {POLICY_SERVER}")
    golden("audit-learned", audit_trees(done.stdout))


def audit_trees(text):
    """The audit's own tree of each frame, below a line for the frame."""
    kept = []
    ours = False
    for line in text.splitlines():
        frame = re.match(r"Frame (\d+):", line)
        if frame:
            kept.append("Frame " + frame[1])
        if line and not line.startswith(" "):
            ours = "KB 826852" in line or "SMS" in line and "audit" in line.lower()
        if ours and line:
            kept.append(line)
    return "\n".join(kept) + "\n"


def test_the_filter_for_warnings_is_that_of_the_experts(tshark, made, violations):
    shown = frames(tshark, made("site-violations"), ANY_WARNING, prefs=site_prefs())
    assert shown == [row["number"] for row in with_expert(violations, *WARNINGS)]
