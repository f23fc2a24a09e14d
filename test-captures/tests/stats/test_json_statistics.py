# test_json_statistics.py
# The statistics as lines of JSON: what the tables show, whatever a capture holds
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import re

import pytest

from audit_rows import plan_site, site_prefs
from json_output import audit_cells, json_lines, parse
from recorded_truth import NAMES, RECORDED, role_lines
from session_rows import ALL_SESSIONS, table as session_table

VERDICTS_WORST_FIRST = ("Attack", "Off matrix", "Wrong service", "Wrong direction",
                        "Unconfirmed", "KB gap", "Later product", "Legacy product", "Corrected",
                        "Listed")
FLOW = ("type", "verdict", "row", "nearest", "row_text", "initiator", "initiator_roles",
        "initiator_basis", "responder", "responder_roles", "responder_basis", "site_code",
        "transport", "server_port", "via_proxy", "service", "reach", "tries", "first_frame", "start", "end",
        "packets", "bytes")
SESSION = ("type", "session", "protocol", "viewer", "agent", "outcome", "reason", "host", "user",
           "controlled_by", "account", "functions", "transports", "first_frame", "last_frame",
           "start", "end", "seconds", "bytes", "channel_bytes")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


def as_cells(flow):
    """A flow as the table has it."""
    row = flow["row"] or "-"
    port = flow["transport"]
    if flow["server_port"] is not None:
        port += f" {flow['server_port']}"
    if "via_proxy" in flow:
        port += f" via {flow['via_proxy']}"
    return [flow["verdict"], f"near {row}" if flow.get("nearest") else row,
            flow["initiator"], ", ".join(flow["initiator_roles"]), flow["responder"],
            ", ".join(flow["responder_roles"]), port,
            flow["service"], flow["reach"], *map(str, (flow["first_frame"], flow["packets"],
                                                       flow["bytes"]))]


def scan_cells(flows):
    """The row of the table for the flows of a scan: the first of them with the worst verdict."""
    tries = [flow for flow in flows if flow["tries"] > 1]
    if not tries:
        return []
    hosts = {flow["responder"] for flow in tries}
    row = as_cells(tries[0])
    row[4] = row[4] if len(hosts) == 1 else f"{len(hosts)} hosts"
    row[6] = "scan"
    row[10:] = [str(sum(flow[name] for flow in tries)) for name in ("packets", "bytes")]
    return [row]


def cases(made):
    yield made("site-violations"), site_prefs()
    yield made("site-clean"), []
    yield made("demo"), []
    yield made("session-ipx"), []
    for name in NAMES:
        yield RECORDED / f"{name}.pcapng", []
        yield RECORDED / f"{name}.pcapng", role_lines()


@pytest.mark.parametrize("two_pass", (False, True), ids=("one pass", "two passes"))
def test_the_flows_are_those_of_the_table(tshark, made, two_pass):
    kinds = set()
    for capture, prefs in cases(made):
        flows, _ = json_lines(tshark, capture, prefs=prefs, two_pass=two_pass)
        rows = audit_cells(tshark, capture, prefs=prefs, two_pass=two_pass)
        assert sorted(as_cells(flow) for flow in flows if flow["tries"] == 1) == sorted(
            row for row in rows if row[6] != "scan"), capture
        assert [row for row in rows if row[6] == "scan"] == scan_cells(flows), capture
        order = [VERDICTS_WORST_FIRST.index(flow["verdict"]) for flow in flows]
        assert order == sorted(order), capture
        kinds |= {flow["verdict"] for flow in flows}
    assert kinds == set(VERDICTS_WORST_FIRST)


def test_a_scan_keeps_its_flows_and_counts_its_tries(tshark, made):
    flows, _ = json_lines(tshark, made("site-violations"), prefs=site_prefs())
    tries = [flow for flow in flows if flow["tries"] > 1]
    assert {flow["tries"] for flow in tries} == {len(tries)} == {len(plan_site.SCAN_PORTS)}
    assert {flow["server_port"] for flow in tries} == set(plan_site.SCAN_PORTS)
    assert {flow["packets"] for flow in tries} <= {1, 2, 3}


def test_each_flow_has_all_its_members(tshark, made):
    for capture, prefs in cases(made):
        for flow in json_lines(tshark, capture, prefs=prefs)[0]:
            absent = {"nearest", "row_text"} if flow["row"] is None else set()
            absent |= {"via_proxy"} - set(flow)
            assert tuple(flow) == tuple(name for name in FLOW if name not in absent), flow
            assert flow.get("via_proxy") != 0
            assert TIME.fullmatch(flow["start"]) and TIME.fullmatch(flow["end"])
            assert flow["start"] <= flow["end"]
            assert isinstance(flow["packets"], int) and isinstance(flow["bytes"], int)
            assert (flow["server_port"] is None) == (flow["transport"] == "IPX")


def test_ends_without_ports_keep_their_sides(tshark, made):
    """NetBIOS over IPX: the agent's answer comes first, and the console stays the initiator."""
    found, _ = json_lines(tshark, made("site-violations"))
    flows = [(flow["initiator"], flow["initiator_roles"], flow["responder"],
              flow["responder_roles"]) for flow in found
             if flow["transport"] == "IPX" and flow["packets"] > 1]
    assert flows == [("00001a2b.02000a010232", ["Remote Control viewer"],
                      "00001a2b.02000a01030b", ["Client"])]


def test_site_codes(tshark, made):
    flows, _ = json_lines(tshark, made("site-violations"), prefs=site_prefs())
    assert "ABC" in {flow["site_code"] for flow in flows}


@pytest.mark.parametrize("name", [*ALL_SESSIONS, "demo"])
def test_the_sessions_are_those_of_the_table(tshark, made, name):
    found, last = json_lines(tshark, made(name), "sessions")
    assert last["not_listed"] == 0
    rows = session_table(statistic_text(tshark, made(name)))
    assert len(found) == len(rows)
    for session, row in zip(found, rows):
        assert tuple(session) == SESSION
        assert session["bytes"] == sum(sum(ways.values())
                                       for ways in session["channel_bytes"].values())
        channels = {"Control": "control", "Data": "data", "Chat": "chat",
                    "File transfer": "file_transfer"}
        assert row == {
            "number": str(session["session"]), "kind": session["protocol"],
            "viewer": session["viewer"] or "-", "agent": session["agent"] or "-",
            "outcome": session["outcome"], "reason": session["reason"],
            "host": session["host"], "user": session["user"],
            "controller": session["controlled_by"], "account": session["account"],
            "functions": ", ".join(session["functions"]),
            "carriers": ", ".join(session["transports"]),
            "first": str(session["first_frame"]), "last": str(session["last_frame"]),
            "start": session["start"].replace("T", " ").removesuffix("Z"),
            "seconds": f"{session['seconds']:.6f}",
            **{f"{channel} {way}": str(session["channel_bytes"][key][way.replace(" ", "_")])
               for channel, key in channels.items() for way in ("to agent", "to viewer")}}


def statistic_text(tshark, capture):
    return tshark(capture, "-q", "-z", "smsrc,sessions.full").stdout


def test_the_last_line_counts_all_frames(tshark, made):
    frames = len(tshark(made("demo"), "-T", "fields", "-e", "frame.number").stdout.splitlines())
    assert json_lines(tshark, made("demo"))[1]["frames"] == frames
    assert json_lines(tshark, made("demo"), two_pass=True)[1]["frames"] == frames


def test_the_filter_counts(tshark, made):
    flows, last = json_lines(tshark, made("site-violations"), only=",tcp.port == 8080",
                             prefs=site_prefs())
    assert "TCP 8080" in {as_cells(flow)[6] for flow in flows}
    every, all_frames = json_lines(tshark, made("site-violations"), prefs=site_prefs())
    assert len(flows) < len(every) and last["frames"] < all_frames["frames"]


@pytest.mark.parametrize("name", ("audit", "sessions"))
def test_a_bad_filter_is_told(tshark, made, name):
    done = tshark(made("demo"), "-q", "-z", f"smsrc,{name}.json,tcp.port ==", check=False)
    assert f"smsrc,{name}.json" in done.stderr
    assert '"type"' not in done.stdout


# --- What a capture holds may be anything ---------------------------------------------------------

HOSTILE = (b'"\\\x01\n\x7f', b"\xff\xfe\xc3(", b"</a>\t")


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_texts_of_a_capture_leave_the_lines_valid(tshark, made, tmp_path, text):
    """The agent's host is called something else: WKS17 becomes these five bytes."""
    data = made("rc-information").read_bytes()
    name = text[:5].ljust(5, b"x")
    assert b"WKS17" in data
    capture = tmp_path / "hostile.pcap"
    capture.write_bytes(data.replace(b"WKS17", name))
    sessions, _ = json_lines(tshark, capture, "sessions")
    assert len(sessions) == 1
    assert sessions[0]["host"] not in ("", "WKS17")
    json_lines(tshark, capture)


def test_numbers_are_numbers_in_any_locale(tshark, made):
    """A comma in a number would be none: seconds of a session are not whole numbers."""
    done = tshark(made("demo"), "-q", "-z", "smsrc,sessions.json", text=False,
                  env={"LC_ALL": "de_DE.UTF-8"})
    assert [line["seconds"] for line in parse(done.stdout)
            if line["type"] == "session" and line["session"] == 1] == [28.15]
