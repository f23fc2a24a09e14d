# test_rows_used.py
# Which rows of the matrix were used, which never, and what was used that no row has
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The statistics smsrc,matrix.used and smsrc,matrix.json, against the flows of smsrc,audit.json."""

import collections
import itertools

import pytest

from audit_rows import matrix_ids, plan_site, site_prefs, statistic
from json_output import json_lines, parse
from recorded_truth import RECORDED

pytestmark = pytest.mark.quick

SITE = RECORDED / "site.pcapng"
USED = {"Listed", "Corrected", "Unconfirmed"}
ALONE = {"Never used", "Not expected", "Not in the choice"}


def usage(tshark, capture, only="", **options):
    """The lines about rows, and the last line, which counts them."""
    done = tshark(capture, "-q", "-z", f"smsrc,matrix.json{only}", text=False, **options)
    *lines, last = parse(done.stdout)
    assert last["type"] == "matrix" and {line["type"] for line in lines} == {"row"}
    states = collections.Counter(line["state"] for line in lines)
    assert [states["Used"], states["Not expected"], states["Not printed"]] == [
        last["used"], last["not_expected"], last["not_printed"]]
    assert states["Never used"] + states["Not in the choice"] == last["never_used"]
    return lines, last


def with_state(lines, *states):
    return [line for line in lines if line["state"] in states]


def of_row(lines, row, verdict="Listed"):
    found, = [line for line in lines if (line["row"], line.get("verdict")) == (row, verdict) and
              "via_proxy" not in line]
    return found


def is_used(flow):
    return flow["verdict"] in USED and flow.get("nearest") is False


def test_one_row_by_hand(tshark):
    """site.txt: two clients and a proxy asked the management point, one by the proxy."""
    lines, _ = usage(tshark, SITE)
    line = of_row(lines, "E1")
    assert (line["state"], line["initiator_role"], line["responder_role"]) == (
        "Used", "Advanced Client", "Management point")
    assert line["first_initiators"] == ["10.20.1.50", "10.20.2.11", "10.20.2.12"]
    assert line["first_responders"] == ["10.20.1.13"]
    assert [line[name] for name in ("initiators", "responders", "ports", "flows", "blocked",
                                    "opened_by_initiator", "opened_by_responder", "packets")] == [
        3, 1, 1, 3, 0, 3, 0, 30]
    assert line["first_ports"] == [80] and line["transport"] == "TCP"
    assert (line["start"], line["end"]) == ("2026-11-23T01:44:03.709164Z",
                                            "2026-11-23T01:44:04.086028Z")
    proxied, = [line for line in lines if line["row"] == "E1" and "via_proxy" in line]
    assert (proxied["first_initiators"], proxied["first_responders"]) == (["10.20.2.12"],
                                                                          ["10.20.1.50"])
    assert (proxied["first_ports"], proxied["via_proxy"], proxied["flows"]) == ([80], 3128, 1)


def sums(of, key):
    found = collections.defaultdict(lambda: [0, 0, 0, 0, set(), set(), set(), [], []])
    for one in of:
        values = found[key(one)]
        for at, value in enumerate((one.get("flows", 1), one["packets"], one["bytes"],
                                    one.get("blocked", one.get("reach") == "Blocked"))):
            values[at] += value
        values[4] |= set(one.get("first_initiators") or {one.get("initiator")})
        values[5] |= set(one.get("first_responders") or {one.get("responder")})
        values[6] |= set(one.get("first_ports", {one.get("server_port")} - {None}))
        values[7] = min(filter(None, [values[7], one["start"]]))
        values[8] = max(filter(None, [values[8], one["end"]]))
    return found


@pytest.mark.parametrize("two_pass", (False, True), ids=("one pass", "two passes"))
@pytest.mark.parametrize("name, with_table", (("site-violations", True), ("demo", False)))
def test_the_lines_add_up_to_the_flows(tshark, made, name, with_table, two_pass):
    """By verdict and row, whichever roles used it."""
    options = {"prefs": site_prefs() if with_table else [], "two_pass": two_pass}
    lines, last = usage(tshark, made(name), **options)
    flows, _ = json_lines(tshark, made(name), **options)

    def key(one):
        of_scan = one.get("scan", one.get("tries", 1) > 1 and not is_used(one))
        row = (None, False) if of_scan else (one["row"], one.get("nearest") or False)
        return one["verdict"], *row, one["transport"], of_scan
    assert sums(with_state(lines, "Used", "Not printed"), key) == sums(flows, key)
    assert last["flows_not_kept"] == 0
    assert {line["verdict"] for line in with_state(lines, "Used")} <= USED
    assert {line["row"] for line in with_state(lines, "Used")} == {
        flow["row"] for flow in flows if is_used(flow)}


def test_each_printed_row_is_used_or_never_used(tshark):
    lines, last = usage(tshark, SITE)
    used = {line["row"] for line in with_state(lines, "Used")}
    alone = [line["row"] for line in with_state(lines, *ALONE)]
    assert len(alone) == len(set(alone)) and not used & set(alone) and used and alone
    printed = [row for row in matrix_ids() if not row.startswith(("GAP", "LATER", "LEGACY"))]
    assert used | set(alone) == set(printed)
    assert (last["matrix"], last["matrix_title"]) == ("kb826852", "KB 826852")


def test_rows_alone_name_the_roles_that_no_host_holds(tshark):
    lines, _ = usage(tshark, SITE)
    missing = {line["row"]: line["role_not_known"] for line in with_state(lines, "Never used")}
    assert missing["B1"] == "Child site server (table only)"
    assert missing["C2"] == "Proxy management point (table only)"
    assert missing["A1"] == missing["B3"] == ""


def test_what_no_row_has_is_by_roles_and_port(tshark):
    lines, _ = usage(tshark, RECORDED / "site-misconfigured.pcapng")
    found = {(line["row"], line["first_ports"][0]): line
             for line in with_state(lines, "Not printed") if line["verdict"] == "Off matrix"}
    assert {("A3", 6360), ("A8", 8888), ("E1", 8080), ("E2", 8000), ("F3", 3701), ("I4", 1444),
            ("GAP25", 4445)} <= set(found)
    assert all(line["nearest"] and line["ports"] == 1 for line in found.values())
    assert found["A8", 8888]["transport"] == "UDP"
    gap, = [line for line in lines if line.get("verdict") == "KB gap" and line["row"] == "GAP25"]
    assert (gap["state"], gap["nearest"], gap["first_ports"]) == ("Not printed", False, [445])


def test_a_scan_is_one_line(tshark, made):
    lines, _ = usage(tshark, made("site-violations"), prefs=site_prefs())
    scan, = [line for line in with_state(lines, "Not printed") if line["scan"] and
             line["verdict"] == "Off matrix"]
    assert scan["ports"] == scan["flows"] and set(scan["first_ports"]) <= set(plan_site.SCAN_PORTS)
    assert scan["flows"] > 8


def test_a_row_for_both_directions_counts_who_called(tshark):
    """The management point called, not the site server that the row names first."""
    prefs = ["smsrc.audit.matrix:Configuration Manager, current branch"]
    lines, last = usage(tshark, SITE, prefs=prefs)
    line = of_row(lines, "CM-AI3")
    assert line["row_text"].startswith("CM-AI3: Site server and Management point, SMB")
    assert (line["first_initiators"], line["first_responders"]) == (["10.20.1.10"],
                                                                    ["10.20.1.13"])
    assert (line["opened_by_initiator"], line["opened_by_responder"]) == (0, 1)
    call, = [flow for flow in json_lines(tshark, SITE, prefs=prefs)[0]
             if flow["row"] == "CM-AI3" and not flow["nearest"]]
    assert (call["initiator"], call["responder"]) == ("10.20.1.13", "10.20.1.10")
    assert last["matrix_title"] == "Configuration Manager, current branch"
    assert {one["matrix"] for one in [*lines, last]} == {"configmgr"}
    # What is printed and not expected is never among what was never used.
    assert last["not_expected"] > 0
    assert {"CM-M1"} == {line["one_of"] for line in lines if line["row"] in ("CM-M1", "CM-M2")}


def test_a_filter_chooses_flows_and_no_row_is_called_never_used(tshark):
    lines, last = usage(tshark, SITE, ",tcp.port == 389")
    assert last["filter"] == "tcp.port == 389"
    used = with_state(lines, "Used")
    assert {"A2", "D2"} <= {line["row"] for line in used}
    assert {port for line in used for port in line["first_ports"]} == {389}
    assert not with_state(lines, "Never used") and with_state(lines, "Not in the choice")
    every, _ = usage(tshark, SITE)
    assert of_row(lines, "A2") == of_row(every, "A2")


def cells(tshark, capture, **options):
    lines = statistic(tshark, capture, "matrix.used", **options)
    return [[cell.strip() for cell in line.split("|")][:-1] for line in lines
            if line.startswith(tuple(ALONE | {"Used", "Not printed"}))]


def test_the_table_shows_the_same(tshark, made):
    for capture, options in ((SITE, {}), (made("site-violations"), {"prefs": site_prefs()})):
        lines, _ = usage(tshark, capture, **options)
        rows = cells(tshark, capture, **options)
        assert len(rows) == len(lines)
        for row, line in zip(rows, lines):
            near = "near " if line.get("nearest") else ""
            assert row[:2] == [line["state"], near + (line["row"] or "-")]
            assert [row[3], row[6]] == [line["initiator_role"], line["responder_role"]]
            assert [int(row[at]) for at in (4, 7, 10, 11, 12, 13, 14)] == [
                line.get(name, 0) for name in ("initiators", "responders", "flows",
                                               "opened_by_initiator", "opened_by_responder",
                                               "blocked", "packets")]
            first = line.get("first_initiators", [])
            more = f" and {len(first) - 3} more" if len(first) > 3 else ""
            assert row[5] == ", ".join(first[:3]) + more
            assert row[17] == line.get("role_not_known", "")
            ports = line.get("first_ports", [])
            via = f" via {line['via_proxy']}" if "via_proxy" in line else ""
            if len(ports) <= 3 and ports and not line["scan"]:
                assert row[9] == f"{line['transport']} {', '.join(map(str, ports))}{via}"


def test_sharkd_shows_what_tshark_does_in_two_passes(tshark, sharkd):
    reply, = sharkd(SITE, [{"method": "tap", "params": {"tap0": "nstat:smsrc,matrix.used"}}])
    rows = [[str(cell) for cell in row] for row in reply["result"]["taps"][0]["tables"][0]["i"]]
    rows = [row for row in rows if not row[0].startswith("Not judged")]
    assert rows == cells(tshark, SITE, two_pass=True)


def test_captures_that_follow_each_other_add_up(tshark):
    """tshark -M frees the flows of each few packets, and what was counted of them stays."""
    def flows(*args):
        done = tshark(SITE, "-q", *args, "-z", "smsrc,matrix.json", text=False)
        lines = parse(done.stdout)[:-1]
        return lines, sum(line.get("packets", 0) for line in lines)
    parts, packets = flows("-M", "400")
    assert packets > 0
    assert all(line["start"] <= line["end"] for line in parts if line.get("start"))
    keys = [(line["state"], line["row"], line.get("verdict"), line["initiator_role"],
             line["responder_role"], str(line.get("first_ports"))) for line in parts
            if line["state"] != "Used"]
    assert len(keys) == len(set(keys))
    assert [line["state"] for line in parts] == list(itertools.chain.from_iterable(
        [state] * sum(line["state"] == state for line in parts)
        for state in ("Used", "Never used", "Not expected", "Not printed")))
