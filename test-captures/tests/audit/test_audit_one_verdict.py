# test_audit_one_verdict.py
# Packet list, expert info, table and JSON name one verdict and one row for each flow
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""For every capture of the tree, in one pass and in two."""

import collections

import pytest

from audit_rows import site_prefs
from conftest import ALL_MADE, MADE
from json_output import audit_cells, json_lines
from rc_rows import fields
from recorded_truth import NAMES, RECORDED, role_lines

CAPTURES = [MADE / f"{name}.pcap" for name in ALL_MADE] + [
    RECORDED / f"{name}.pcapng" for name in NAMES]

# A verdict's expert info, where it has one.
EXPERTS = {verdict: "smsrc.audit." + verdict.lower().replace(" ", "_") for verdict in (
    "Off matrix", "Wrong direction", "Wrong service", "Later product", "Legacy product", "KB gap",
    "Unconfirmed")}

# What an answer has taken back, and the next one has shown again: a single pass says both.
TOLD_AGAIN = {("rc-tnmp-out-of-order", False)}

SHOWN = ("smsrc.audit.first_frame", "smsrc.audit.verdict", "smsrc.audit.row.text",
         "smsrc.audit.service", "smsrc.audit.server_port", "smsrc.audit.reach")


def roles_for(capture):
    if capture.stem.startswith("site-") and capture.suffix == ".pcap":
        return site_prefs()
    return role_lines() if capture.suffix == ".pcapng" else []


def packet_lists(tshark, capture, **options):
    """first frame of a flow -> what its frames show, in their order; and its expert infos."""
    shown, experts = collections.defaultdict(list), collections.defaultdict(list)
    names = [*SHOWN, *EXPERTS.values(), "_ws.expert.message"]
    for row in fields(tshark, capture, names, "-Y", "smsrc.audit.verdict", **options):
        flow = int(row[SHOWN[0]][0])
        # 4.6 prints a backslash as two.
        shown[flow].append(tuple((row[name] or [""])[0].replace("\\\\", "\\")
                                 for name in SHOWN[1:]))
        experts[flow] += [(verdict, row["_ws.expert.message"])
                          for verdict, name in EXPERTS.items() if row[name]]
    return shown, experts


@pytest.mark.parametrize("two_pass", (False, True), ids=("one pass", "two passes"))
@pytest.mark.parametrize("capture", CAPTURES, ids=lambda path: path.stem)
def test_all_that_shows_a_flow_names_its_verdict_and_row(tshark, capture, two_pass):
    options = {"prefs": roles_for(capture), "two_pass": two_pass}
    shown, experts = packet_lists(tshark, capture, **options)
    flows, _ = json_lines(tshark, capture, **options)
    cells = {int(line[9]): line for line in audit_cells(tshark, capture, **options)}
    told = 0
    for flow in flows:
        first = flow["first_frame"]
        if flow["tries"] == 1:
            assert cells[first][:2] == [
                flow["verdict"], ("near " if flow["nearest"] else "") + (flow["row"] or "-")]
        if first not in shown:
            # One pass: a flow whose last frame was still too early.
            assert not two_pass
            continue
        wanted = (flow["verdict"], flow["row_text"] or "", flow["service"],
                  str(flow["server_port"] or ""), flow["reach"])
        if "via_port" in flow:
            assert wanted[:2] in {row[:2] for row in shown[first]}
        else:
            assert shown[first][-1][:4] == wanted[:4]
        if two_pass and "via_port" not in flow:
            assert {row[:4] for row in shown[first]} == {wanted[:4]}
            # A flow whose roles came late is followed by the second pass.
            assert shown[first][-1][4] in (wanted[4], "" if flow["transport"] == "IPX" else None)
        for verdict, messages in experts[first]:
            told += 1
            if verdict == flow["verdict"]:
                assert any((flow["row_text"] or "") in message for message in messages), messages
        assert len([one for one in experts[first] if one[0] == flow["verdict"]]) <= (
            2 if "via_port" in flow or (capture.stem, two_pass) in TOLD_AGAIN else 1)
    assert len(cells) <= len(flows)
    assert told or not any(flow["verdict"] in EXPERTS for flow in flows)
