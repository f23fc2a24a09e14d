# test_profile.py
# The profile "SMS 2003": what Wireshark reads of it, and what its filters find on the recordings
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import re
import shutil

import pytest

from audit_rows import conf
from conftest import ROOT
from profile_tables import (BUTTONS, GRAPHS, RULES, SITE_ROLE_LINES, SITE_ROLES, column_widths,
                            lines_of)
from recorded_truth import ALL, NAMES, RECORDED, role_lines
from window import PROFILE, PROFILE_FILES

pytestmark = pytest.mark.quick

@pytest.fixture(scope="module")
def home(sandbox):
    """A user who has the profile, and in it the roles of the recorded sites."""
    made = sandbox.fresh_home()
    folder = made / ".config" / "wireshark" / "profiles" / PROFILE
    shutil.copytree(PROFILE_FILES, folder)
    shutil.copy(SITE_ROLES, folder)
    for path in [made, *made.rglob("*")]:
        path.chmod(0o777 if path.is_dir() else 0o666)
    return made


@pytest.fixture(scope="module")
def frames(sharkd):
    """frames(name, filter) -> numbers of a recording's frames, roles given; fails on a bad filter.

    sharkd reads all before it filters, as Wireshark's window does.
    """
    wanted = sorted({*(b.filter for b in BUTTONS), *(g.filter for g in GRAPHS),
                     *(r.filter for r in RULES),
                     *(line.split('" ', 1)[1] for line in lines_of("dfilters"))})
    known = {}

    def ask(name, text):
        if name not in known:
            replies = sharkd(RECORDED / f"{name}.pcapng",
                             [{"method": "frames", "params": {"filter": f}} for f in wanted],
                             conf=conf(role_lines()))
            for one, reply in zip(wanted, replies):
                assert "result" in reply, (one, reply)
            known[name] = {one: [frame["num"] for frame in reply["result"]]
                           for one, reply in zip(wanted, replies)}
        return known[name][text]
    return ask


# --- What Wireshark reads -----------------------------------------------------------------------

def test_tshark_reads_it_without_a_word(tshark, home):
    done = tshark(RECORDED / "site-misconfigured.pcapng", "-C", PROFILE, "--color", "-c", "5",
                  env={"HOME": home})
    assert done.stderr == ""
    assert done.stdout


def test_its_columns_say_roles_verdict_row_and_session(tshark, home):
    done = tshark(RECORDED / "site-misconfigured.pcapng", "-C", PROFILE, "-Y",
                  "smsrc.audit.off_matrix", env={"HOME": home})
    assert " ".join(done.stdout.splitlines()[0].split()).startswith(
        "86 Off matrix near E1 10.20.2.11 Advanced Client 10.20.1.13 Management point "
        "HTTP GET /SMS_MP/.sms_aut?MPLIST HTTP/1.1 [Off matrix: TCP 8080, near E1]")
    done = tshark(RECORDED / "site-misconfigured.pcapng", "-C", PROFILE, "-Y",
                  'smsrc.tnmp.type == "Information reply"', env={"HOME": home})
    assert re.search(r"^ *\d+ Listed +F3 +[\d.]+ +Advanced Client +[\d.]+ +Administrator console "
                     r"SMSRC ", done.stdout, re.MULTILINE)


def test_a_role_stands_beside_the_address_of_its_host(tshark):
    """In both directions of a flow, and each with the roles of the table."""
    rows = tshark(RECORDED / "site.pcapng", "-Y", "smsrc.audit.src_role && ip", "-T", "fields",
                  "-e", "ip.src", "-e", "smsrc.audit.src_role", "-e", "ip.dst", "-e",
                  "smsrc.audit.dst_role", prefs=role_lines(), two_pass=True).stdout.splitlines()
    roles = {"10.20.1.13": "Management point", "10.20.1.20": "Domain controller"}
    seen = set()
    for source, of_source, target, of_target in (row.split("\t") for row in rows):
        for host, of_host, side in ((source, of_source, "src"), (target, of_target, "dst")):
            if host in roles:
                assert of_host == roles[host]
                seen.add((host, side))
    assert len(seen) == 4


def test_its_prepared_filters_are_those_of_the_page(frames):
    """Each filter of the page's table, and one of the wrong direction."""
    prepared = dict(re.fullmatch(r'"([^"]+)" (.+)', line).groups() for line in lines_of("dfilters"))
    page = (ROOT / "plugin/doc/filters.md").read_text()
    table = page[page.index("| question |"):page.index("For many captures")]
    named = {text for text in re.findall(r"`([^`]+)`", table) if text.startswith("smsrc.")}
    assert len(prepared) == len(lines_of("dfilters"))
    assert named <= {*prepared.values(), "smsrc.audit.row"}
    assert set(prepared.values()) - named <= {"smsrc.audit.wrong_direction"}
    for text in prepared.values():
        assert isinstance(frames("site", text), list)


def test_no_preference_of_it_is_obsolete(tshark):
    keys = [line.split(":")[0] for line in lines_of("preferences") if not line.startswith("\t")]
    assert keys == ["gui.column.format"]
    known = tshark(None, "-G", "defaultprefs").stdout
    for key in keys:
        assert re.search(rf"^#?{re.escape(key)}:", known, re.MULTILINE), key


def test_its_columns_are_fields_and_have_their_widths():
    shown = re.findall(r'"(%[^"]+)"', (PROFILE_FILES / "preferences").read_text())
    widths = column_widths()
    assert set(widths) == {re.sub(r":0:R$", "", column) for column in shown}
    assert all(width > 0 for width in widths.values())


def test_graphs_have_the_columns_of_every_version():
    """Nine; 4.6 has more and fills them, names of styles and units are those of 4.0."""
    assert GRAPHS
    for graph in GRAPHS:
        assert graph.enabled == "Enabled" and graph.unit == "Packets" and graph.sma == "None"
        assert graph.style in ("Line", "Stacked Bar", "Diamond")
        assert re.fullmatch(r"#[0-9a-f]{6}", graph.color)


def test_three_colours_are_strong_and_those_of_whole_flows_are_light():
    """Orange, yellow and blue are told apart by who sees no red and green; one packet is strong."""
    colors = {rule.name: tuple(int(part) // 257 for part in rule.background.split(","))
               for rule in RULES}
    orange, yellow, blue, flow = (colors[f"SMS: {name}"] for name in (
        "a finding", "blocked", "remote control", "the flow of a finding"))
    assert orange[0] > 2 * orange[1] > 2 * orange[2]
    assert yellow[0] > yellow[1] > 2 * yellow[2]
    assert blue[2] > blue[1] > blue[0]
    assert min(min(flow), min(blue)) > 190
    brightness = [0.2126 * red + 0.7152 * green + 0.0722 * blue for red, green, blue in
                  (orange, yellow, blue)]
    assert brightness[0] < 110 and min(brightness[1:]) > 190


# --- What its filters find ----------------------------------------------------------------------

def truths(name, **wanted):
    return [flow for flow in ALL if flow.name == name and flow.reach != "scan"
            and all(getattr(flow, key) == value for key, value in wanted.items())]


@pytest.fixture(scope="module")
def flow_of(tshark):
    """flow_of(name, frame) -> what Wireshark numbers the frame's flow by."""
    known = {}

    def ask(name, frame):
        if name not in known:
            done = tshark(RECORDED / f"{name}.pcapng", "-T", "fields", "-E", "occurrence=f", "-e",
                          "frame.number", "-e", "tcp.stream", "-e", "udp.stream")
            known[name] = dict(line.split("\t", 1) for line in done.stdout.splitlines())
        return known[name][str(frame)]
    return ask


@pytest.mark.parametrize("name", NAMES)
def test_every_filter_is_one(frames, name):
    """`frames` fails on a filter that Wireshark does not take."""
    for text in [b.filter for b in BUTTONS] + [g.filter for g in GRAPHS]:
        assert isinstance(frames(name, text), list)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("label, verdicts", [
    ("Off matrix", ("Off matrix",)), ("More//Wrong service", ("Wrong service",)),
    ("More//Wrong direction", ("Wrong direction",)), ("More//Gaps of the article", ("KB gap",)),
    ("More//Later or earlier product", ("Later product", "Legacy product"))])
def test_buttons_find_one_packet_of_each_such_flow(frames, flow_of, name, label, verdicts):
    button, = (b for b in BUTTONS if b.label == label)
    found = {flow_of(name, frame): frame for frame in frames(name, button.filter)}
    wanted = {flow_of(name, flow.frame): flow.frame for verdict in verdicts
              for flow in truths(name, verdict=verdict)}
    assert set(found) == set(wanted) and len(found) == len(frames(name, button.filter))
    assert all(found[flow] >= first for flow, first in wanted.items())


@pytest.mark.parametrize("name", NAMES)
def test_the_button_blocked_finds_each_blocked_flow_once(frames, name):
    button, = (b for b in BUTTONS if b.label == "Blocked")
    assert len(frames(name, button.filter)) == len(truths(name, reach="blocked"))


@pytest.mark.parametrize("name", NAMES)
def test_all_findings_are_those_of_its_parts(frames, name):
    parts = ("Off matrix", "Blocked", "More//Wrong service", "More//Wrong direction")
    found = {b.label: set(frames(name, b.filter)) for b in BUTTONS}
    assert found["All findings"] == set().union(*(found[part] for part in parts))


def test_each_button_finds_something(frames):
    for button in BUTTONS:
        if button.label not in ("More//Attacks", "More//Unconfirmed"):
            assert any(frames(name, button.filter) for name in NAMES), button.label


@pytest.mark.parametrize("name", NAMES)
def test_wireshark_colours_as_the_rules_say(tshark, home, frames, name):
    """The first rule that fits, and only SMS has a color."""
    done = tshark(RECORDED / f"{name}.pcapng", "-C", PROFILE, "--color", "-T", "fields", "-e",
                  "frame.number", "-e", "frame.coloring_rule.name", two_pass=True,
                  prefs=[p for p in role_lines() if not p.startswith("uat:")], env={"HOME": home})
    shown = dict(line.split("\t") for line in done.stdout.splitlines())
    wanted = dict.fromkeys(shown, "")
    for rule in reversed(RULES):
        for frame in frames(name, rule.filter):
            wanted[str(frame)] = rule.name
    assert shown == wanted


def test_a_finding_is_strong_on_one_packet_and_light_on_its_flow(frames, flow_of):
    """The flow from its first packet on, or from the answer to it, where the first could still be
    one of a scan's."""
    strong, light = ({rule.name: rule for rule in RULES}[f"SMS: {name}"] for name in
                     ("a finding", "the flow of a finding"))
    flows = truths("site-misconfigured", verdict="Off matrix")
    found = set(frames("site-misconfigured", light.filter))
    assert len(flows) > 10
    assert all({flow.frame, flow.frame + 1} & found for flow in flows)
    marked = [flow_of("site-misconfigured", frame)
              for frame in frames("site-misconfigured", strong.filter)]
    assert len(marked) == len(set(marked)) and {
        flow_of("site-misconfigured", flow.frame) for flow in flows} <= set(marked)


def test_graphs_share_out_the_judged_packets(frames):
    """Stacked, they are each audited packet once; the rest are lines over it."""
    button, = (b for b in BUTTONS if b.label == "More//All judged flows")
    for name in NAMES:
        stacked = [frame for graph in GRAPHS if graph.style == "Stacked Bar"
                   for frame in frames(name, graph.filter)]
        assert sorted(stacked) == sorted(frames(name, button.filter))


def test_the_roles_beside_the_recordings_are_the_labs():
    assert SITE_ROLE_LINES == [p.removeprefix("uat:smsrc_roles:") for p in role_lines()
                               if p.startswith("uat:")]


def test_it_is_installed_under_the_name_that_it_has_here():
    assert f'set(SMSRC_PROFILE "{PROFILE}")' in (ROOT / "CMakeLists.txt").read_text()
