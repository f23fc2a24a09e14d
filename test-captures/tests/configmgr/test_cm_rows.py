# test_cm_rows.py
# Each row of the lists of Configuration Manager and SMS 2.0 is found by its own id; 40 violations too
#
# SPDX-License-Identifier: GPL-2.0-or-later
"""KB 826852 has a made site of its own: test_audit_made_site.py holds each of its rows there."""

import pytest

from audit_rows import AUDIT, EXPERTS, LEARN_OFF, audited, planned_key, values, with_expert
from cm_truth import plan_cm_site, site_prefs
from generators import generator, plan

pytestmark = pytest.mark.quick

plan_cm_violations = plan("plan_cm_violations")

# Rows that have another one before them whoever calls, with the reason.
TWINS = {}


@pytest.fixture(scope="module", params=("configmgr", "sms2"))
def played(request, tshark, tmp_path_factory):
    """A matrix, its flows, and what the audit says of each frame."""
    rows = generator("matrix_rows")
    matrix = rows.Matrix(request.param)
    cases = rows.cases(matrix)
    path = tmp_path_factory.mktemp("rows") / f"{request.param}.pcap"
    rows.write(cases, path)
    prefs = [f"{AUDIT}matrix:{request.param}", LEARN_OFF, *rows.role_lines(cases)]
    return rows, matrix, cases, audited(tshark, path, prefs=prefs, two_pass=True)


def test_each_row_is_found_by_its_own_id(played):
    rows, _, cases, table = played
    by_key = {}
    for frame in table:
        by_key.setdefault(frame["key"], []).append(frame)
    said = {}
    for case in cases:
        found = by_key[planned_key(case)]
        said[case.row["id"]] = (values(found, "row"), values(found, "verdict"))
    assert said == {case.row["id"]: ({case.row["id"]}, {rows.VERDICTS[case.row["class"]]})
                    for case in cases}


def test_only_rows_that_are_printed_twice_have_no_flow_of_their_own(played):
    _, matrix, cases, _ = played
    assert matrix.twins() == TWINS[matrix.name]
    assert {case.row["id"] for case in cases} | set(TWINS[matrix.name]) == {
        row["id"] for row in matrix.rows}


def test_forty_violations_are_found_and_nothing_else(tshark, tmp_path):
    made_by, capture_of = generator("cm_site"), generator("flows").Capture
    planted = plan_cm_violations.PLANTED
    assert len(planted) == 40
    permitted = [flow for flow in plan_cm_site.FLOWS if flow.row]
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
