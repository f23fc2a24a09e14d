# test_counts_agree.py
# Audit, rules, roles and JSON count the same flows and hosts
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import collections
import json
import re

import pytest

from conftest import MADE
from recorded_truth import RECORDED, role_lines

NAMES = ("audit", "rules", "roles", "audit.json")
# In its flows alone it has the roles of its clients and servers.
PROXY = "10.20.1.50"
RULES = "Rules for the listed flows."
CAPTURES = [MADE / "demo.pcap", *(RECORDED / f"{name}.pcapng" for name in (
    "site", "site-misconfigured", "site-firewalled", "site-configmgr"))]


def printed(tshark, capture, **options):
    """The rows of each table, as cells, and the flows of the lines of JSON."""
    text = tshark(capture, "-q", *(word for name in NAMES for word in ("-z", f"smsrc,{name}")),
                  **options).stdout
    tables, title = collections.defaultdict(list), ""
    for line in text.splitlines():
        if re.fullmatch("SMS port audit|SMS roles|" + re.escape(RULES) + ".*", line):
            title = line.split()[-1] if line.startswith("SMS") else "rules"
        elif line.startswith("{"):
            one = json.loads(line)
            tables["json"] += [one] if one["type"] == "flow" else []
        elif line.startswith(("=", "Filter", "Not judged", "Not kept")) or not line:
            title = title if line.startswith("Not") else ""
        elif title:
            tables[title].append([cell.strip() for cell in line.split("|")[:-1]])
    return tables


@pytest.mark.parametrize("prefs", ((), role_lines()), ids=("learned", "table"))
@pytest.mark.parametrize("capture", CAPTURES, ids=lambda path: path.stem)
def test_each_statistic_counts_the_same_flows_and_hosts(tshark, capture, prefs):
    tables = printed(tshark, capture, prefs=prefs)
    flows, audit, rules, roles = (tables[name] for name in ("json", "audit", "rules", "roles"))
    # A flow is a line of JSON and, where it is of no scan, a row of the audit.
    tries = [flow for flow in flows if flow["tries"] > 1]
    assert flows and len([row for row in audit if row[6] != "scan"]) == len(flows) - len(tries)
    assert collections.Counter(row[0] for row in audit if row[6] != "scan") == (
        collections.Counter(flow["verdict"] for flow in flows if flow["tries"] == 1))
    # It is in a rule or left out, and what a comment counts is left out as Unconfirmed.
    counts = collections.Counter()
    for row in rules:
        kind = row[0] if row[0] in ("In rules", "Left out") else "#" if row[0][0] == "#" else "rule"
        counts[kind] += int(row[8])
    left_out = {row[1]: int(row[8]) for row in rules if row[0] == "Left out"}
    assert counts["rule"] + counts["Left out"] == len(flows)
    assert counts["#"] <= left_out.get("Unconfirmed", 0)
    assert counts["In rules"] <= counts["rule"]
    for verdict in ("Attack", "Off matrix", "KB gap", "Later product", "Legacy product"):
        found = sum(flow["verdict"] == verdict for flow in flows)
        assert left_out.get(verdict, 0) <= found, verdict
    # Each role of a flow that is more than Unconfirmed is a row of the roles, on the same basis.
    known = {(row[0], row[1]): row[6] for row in roles}
    held = {(flow[end], role): basis for flow in flows for end in ("initiator", "responder")
            for role, basis in zip(flow[f"{end}_roles"], flow[f"{end}_basis"])}
    sure = {key: basis for key, basis in held.items()
            if basis != "Unconfirmed" and key[0] != PROXY}
    assert {key: known.get(key) for key in sure} == sure
    # A role of the table was not shown by a frame.
    assert all((row[3] == "") == (row[6] == "Table") for row in roles), roles
    if prefs and any(basis == "Table" for basis in known.values()):
        assert "Table" in held.values()
