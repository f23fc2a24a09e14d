# test_cm_rows.py
# Each row of the lists of Configuration Manager and SMS 2.0 is found by its own id; 40 violations too
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""KB 826852 has its own made site: test_audit_made_site.py holds each of its rows there."""

import pytest

from audit_rows import AUDIT, LEARN_OFF, audited, planned_key, values, with_expert
from cm_truth import plan_cm_site, site_prefs
from generators import generator, plan

plan_cm_violations = plan("plan_cm_violations")

# Rows that have another one before them for any client, by the reason.
TWINS = {
    "configmgr": {
        "two kinds of gateway, and two services of Azure, are the same ends": {
            "CM-P2": "CM-O1", "CM-P3": "CM-O2", "CM-AO1": "CM-AN1"},
        "prose repeats what a table has": {
            "CM-BT1": "CM-AU2", "CM-BT2": "CM-AU4", "CM-BT3": "CM-AU5", "CM-BT4": "CM-AU6",
            "CM-BT5": "CM-AU7", "CM-BT6": "CM-AU7", "CM-BU5": "CM-AT2", "CM-BU6": "CM-AT3",
            "CM-BU7": "CM-AT4"},
        "each role that talks to the database has its own row": {"CM-BS2": "CM-BH1"},
        "a companion repeats what the page has, once for each way to install a client": {
            "CMC-A1": "CM-J1", "CMC-C1": "CM-L2", "CMC-C2": "CM-L3", "CMC-D1": "CM-M1",
            "CMC-D2": "CM-M2", "CMC-D3": "CM-M3", "CMC-D4": "CM-M4", "CMC-D5": "CM-BR1",
            "CMC-E1": "CM-L2", "CMC-E2": "CM-L3", "CMC-E3": "CM-BR1", "CMC-F1": "CM-BR1",
            "CMC-F2": "CM-L2", "CMC-F3": "CM-L3", "CMC-F4": "CM-BR1", "CMC-G2": "CM-G1",
            "CMC-G3": "CM-G2", "CMC-I1": "CM-L1", "CMC-I2": "CM-L2", "CMC-I3": "CM-L3",
            "CMC-L1": "CM-C2", "CMC-L2": "CM-C1", "CMC-M1": "CM-BG1", "CMC-M5": "CM-BH1",
            "CMC-O1": "CM-BB2"},
        "a gap of the page's own table that another table, prose or a companion closes": {
            "CM-GAP3": "CM-BU3", "CM-GAP5": "CM-BV8", "CM-GAP15": "CMC-M3",
            "CM-GAP16": "CMC-M4", "CM-GAP18": "CMC-B1", "CM-GAP19": "CMC-B3",
            "CM-GAP20": "CMC-B4", "CM-GAP27": "CMC-K1", "CM-GAP36": "CMC-N1",
            "CM-GAP39": "CM-S2"},
        "what Configuration Manager 2007 listed is listed today, or a gap": {
            "CM07-A1": "CM-BG1", "CM07-B1": "CM-AU2", "CM07-B2": "CM-AU3", "CM07-B5": "CM-GAP13",
            "CM07-G2": "CM-GAP13", "CM07-B3": "CM-AU4", "CM07-B4": "CM-AU5", "CM07-B6": "CM-AU6",
            "CM07-D1": "CM-J1", "CM07-F1": "CM-AU2", "CM07-F2": "CM-AU4", "CM07-H1": "CM-BU4",
            "CM07-H2": "CM-BU2", "CM07-I1": "CM-L2", "CM07-I2": "CM-L3", "CM07-L1": "CM-W2"},
    },
    "sms2": {"the article prints it under two headings": {
        "SMS2-C5": "SMS2-A2", "SMS2-C6": "SMS2-A3"}},
}


@pytest.fixture(scope="module", params=("configmgr", "sms2"))
def played(request, tshark, tmp_path_factory):
    """A matrix, its flows, and what the audit says of each frame."""
    rows = generator("matrix_rows")
    matrix = rows.Matrix(request.param)
    cases = rows.cases(matrix)
    path = tmp_path_factory.mktemp("rows") / f"{request.param}.pcap"
    rows.write(cases, path)
    prefs = [f"{AUDIT}matrix:{request.param}", LEARN_OFF, *rows.role_lines(cases)]
    # Teredo is judged by the ends of the IPv6 in it.
    table = audited(tshark, path, "--disable-protocol", "teredo", prefs=prefs, two_pass=True)
    return rows, matrix, cases, table


def test_each_row_is_found_by_its_own_id(played):
    rows, _, cases, table = played
    by_key = {}
    for frame in table:
        by_key.setdefault(frame["key"], []).append(frame)
    said = {}
    for case in cases:
        found = by_key[planned_key(case)]
        said[case.row["id"]] = (values(found, "row"), values(found, "verdict"))
    assert said == {case.row["id"]: ({case.row["id"]}, {rows.verdict(case.row)})
                    for case in cases}


def test_only_rows_that_are_printed_twice_have_no_flow_of_their_own(played):
    _, matrix, cases, _ = played
    twins = {row: twin for rows in TWINS[matrix.name].values() for row, twin in rows.items()}
    assert matrix.twins() == twins
    assert {case.row["id"] for case in cases} | set(twins) == {row["id"] for row in matrix.rows}


def test_forty_violations_are_found_and_nothing_else(tshark, tmp_path):
    made_by, capture_of = generator("cm_site"), generator("flows").Capture
    planted = plan_cm_violations.PLANTED
    assert len(planted) == 40
    permitted = [flow for flow in plan_cm_site.FLOWS if flow.client != plan_cm_site.SCANNER]
    cap = capture_of(start=made_by.START)
    # Two permitted flows, then one that is not, and so on.
    between = iter(planted)
    for number, flow in enumerate(permitted):
        made_by.play(cap, [flow])
        if number % 2:
            made_by.play(cap, [violation] if (violation := next(between, None)) else [])
    made_by.play(cap, between)
    cap.write(tmp_path / "violations.pcap")
    table = audited(tshark, tmp_path / "violations.pcap", prefs=site_prefs(), two_pass=True)
    found = {row["key"]: row[AUDIT + "verdict"][-1]
             for row in with_expert(table, "off_matrix", "wrong_service", "wrong_direction")}
    assert found == {planned_key(violation): violation.verdict for violation in planted}
