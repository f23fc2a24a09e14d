# test_cm_site.py
# The made site of Configuration Manager: each flow has the verdict and the row of its truth
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import pytest

from audit_rows import audited, frames
from cm_truth import MATRIX, final, flow_of, site_prefs, truth
from generators import assert_made_now_as_committed, generator, listed

pytestmark = pytest.mark.quick

NAMES = ("cm-site", "cm-troubles")


@pytest.fixture(scope="module", params=NAMES)
def capture(request, tshark, made):
    """A capture's truth, and what the audit says of it with the table."""
    return truth(request.param), audited(tshark, made(request.param), prefs=site_prefs(),
                                         two_pass=True)


def test_captures_made_anew_are_the_committed_ones(tmp_path):
    made_by = generator("cm_site")
    made_by.write(tmp_path)
    assert_made_now_as_committed(tmp_path, "cm-")
    assert dict(listed("README-audit.md", "cm-")) == {
        name: words for name, (_, words) in made_by.CAPTURES.items()}


@pytest.mark.parametrize("name", NAMES)
def test_wireshark_finds_nothing_malformed(tshark, made, name):
    assert frames(tshark, made(name), "_ws.malformed", plugin=False) == []


def test_each_flow_is_what_the_truth_says(capture):
    flows, table = capture
    assert final(flows, table) == {flow.frame: (flow.verdict, flow.row) for flow in flows}


def test_what_gets_no_answer_is_reported_and_nothing_else(capture):
    flows, table = capture
    blocked = [row["number"] for row in table if row["smsrc.audit.blocked"]]
    assert [flow for flow in flows if flow.reach == "blocked"] == [
        flow_of(flows, number) for number in blocked]


def test_what_traffic_shows_needs_no_table(tshark, made):
    flows = truth("cm-site")
    said = final(flows, audited(tshark, made("cm-site"), prefs=[MATRIX], two_pass=True))
    proven = [flow for flow in flows if flow.learned == "yes"]
    assert len(proven) > 20
    assert {flow.frame: said[flow.frame] for flow in proven} == {
        flow.frame: (flow.verdict, flow.row) for flow in proven}
