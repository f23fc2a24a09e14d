# test_audit_statistics.py
# The statistics of the audit, in tshark and in sharkd: roles, flows, the matrix
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import json

import pytest

from audit_rows import (
    WARNINGS, audited, conf, host_lines, lines_with, matrix_ids, matrix_rows, of_flow, plan_site,
    site_prefs, statistic)

pytestmark = pytest.mark.quick

VERDICTS_WORST_FIRST = ("Off matrix", "Wrong service", "Wrong direction")
STATISTICS = ("roles", "audit", "matrix")


def test_roles_lists_who_holds_what_and_why(tshark, made):
    lines = statistic(tshark, made("site-clean"), "roles", prefs=site_prefs())
    seen = {address for flow in plan_site.FLOWS for address in (flow.client, flow.server)}
    for address, role, site in plan_site.ROLES:
        if address in seen:
            found = lines_with(host_lines(lines, address), role, site)
            assert found, (address, role)
            assert lines_with(found, "smsrc_roles")


def test_roles_names_each_role_of_a_host_once(tshark, made):
    lines = host_lines(statistic(tshark, made("site-clean"), "roles", prefs=site_prefs()),
                       plan_site.SITE)
    assert len(lines) == len(set(lines))
    assert len(lines_with(lines, "SMS Provider")) == 1


def test_audit_has_a_line_for_each_flow_the_worst_first(tshark, made):
    lines = statistic(tshark, made("site-violations"), "audit", prefs=site_prefs())
    first_listed = next(number for number, line in enumerate(lines) if line.startswith("Listed"))
    for verdict in VERDICTS_WORST_FIRST:
        numbers = [number for number, line in enumerate(lines) if line.startswith(verdict)]
        assert numbers, verdict
        assert max(numbers) < first_listed
    assert len([line for line in lines if line.startswith("Off matrix")]) == len(
        [planted for planted in plan_site.PLANTED if planted.verdict == "Off matrix"])
    for planted in plan_site.PLANTED:
        if planted.expert in WARNINGS and planted.talk.kind == "says":
            assert lines_with(host_lines(lines, planted.client), planted.server, planted.verdict,
                              planted.service)


@pytest.mark.parametrize("parts", ((), ("-M", "50")))
def test_audit_has_the_flows_that_json_has(tshark, made, parts):
    """Also where tshark frees the state of each few packets: rows stay as they were then."""
    both = tshark(made("demo"), "-q", *parts, "-z", "smsrc,audit", "-z", "smsrc,audit.json").stdout
    listed = [json.loads(line) for line in both.splitlines() if line.startswith('{"type":"flow"')]
    rows = [[cell.strip() for cell in line.split("|")] for line in both.splitlines()
            if line.split("|")[0].strip() in {flow["verdict"] for flow in listed}]
    assert len(listed) > 5
    assert sorted((row[0], row[2], row[4], row[9], row[10]) for row in rows) == sorted(
        (flow["verdict"], flow["initiator"], flow["responder"], str(flow["first_frame"]),
         str(flow["packets"])) for flow in listed)


def test_audit_names_the_service_without_a_tree(tshark, made):
    """A statistic needs no tree; what content shows must be read all the same."""
    lines = statistic(tshark, made("site-clean"), "audit", prefs=site_prefs())
    for flow in plan_site.FLOWS:
        if flow.row in ("A2", "B1", "C1", "E1", "E2", "J1"):
            found = lines_with(host_lines(lines, flow.client), flow.server, flow.row)
            assert found
            assert not lines_with(found, "Unknown"), flow


def test_audit_counts_packets(tshark, made):
    planted = plan_site.PLANTED[0]
    lines = statistic(tshark, made("site-violations"), "audit", prefs=site_prefs())
    line = next(line for line in lines if planted.client in line and "8080" in line)
    frames = of_flow(audited(tshark, made("site-violations"), prefs=site_prefs()), planted)
    cells = [cell.strip() for cell in line.split("|")]
    assert str(len(frames)) in cells


def test_matrix_has_a_line_for_each_row_and_says_what_never_was(tshark, made):
    rows = matrix_rows(tshark, made("rc-session"))
    assert set(rows) == set(matrix_ids())
    state = {row_id: cells[0] for row_id, cells in rows.items()}
    assert {row_id for row_id in state if state[row_id] == "Seen"} == {"F1", "F3", "F5", "F7"}
    assert set(state.values()) == {"Seen", "Never seen", "No host of this role known"}


def test_matrix_counts_flows_packets_and_bytes(tshark, made):
    rows = matrix_rows(tshark, made("rc-session"))
    flows, _, packets, size = (int(cell) for cell in rows["F3"][1:5])
    assert flows == 1
    assert packets > 0
    assert size >= 54 * packets


@pytest.mark.parametrize("name", STATISTICS)
def test_sharkd_has_the_statistic(sharkd, made, name):
    request = {"method": "tap", "params": {"tap0": f"nstat:smsrc,{name}"}}
    reply = sharkd(made("site-violations"), [request], conf=conf(site_prefs()))[0]
    assert "result" in reply, reply
    taps = [tap for tap in reply["result"]["taps"] if tap]
    assert taps and taps[0]["type"] == "nstat"
    text = json.dumps(taps)
    wanted = {"roles": ("Management point", plan_site.MP), "audit": ("Off matrix", plan_site.MP),
              "matrix": ("E1", "Seen")}
    for word in wanted[name]:
        assert word in text


def test_the_filter_of_a_statistic_counts(tshark, made):
    lines = statistic(tshark, made("site-violations"), "audit,tcp.port == 8080",
                      prefs=site_prefs())
    judged = [line for line in lines if line.startswith(("Off", "Wrong", "Listed", "KB", "Later",
                                                         "Legacy", "Corrected"))]
    assert judged
    assert all("8080" in line or plan_site.PROXY in line for line in judged)
