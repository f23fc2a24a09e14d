# test_statistic_choice.py
# A filter behind a statistic chooses flows, hosts and sessions, which are printed whole
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Whatever frames a filter passes: a flow, a host or a session of which it passes one frame is
printed as without a filter, and others are not. Two statistics of a name in one run are apart."""

import re

import pytest

from audit_rows import matrix_rows, site_prefs, statistic
from json_output import json_lines, parse
from rc_rows import fields

# Each passes some frames of some flows: one frame, one direction, beginnings, ends, a protocol.
FILTERS = ("frame.number == 1", "frame.number == 12", "tcp.flags.syn == 1", "tcp.flags.fin == 1",
           "tcp.len > 0", "udp", "ip.src == 10.1.3.17", "ip.addr == 10.1.1.13", "tcp.dstport == 80",
           "frame.number > 20 and frame.number < 40", "smsrc", "ip.addr == 192.0.2.1")
CAPTURES = (("site-clean", True), ("site-violations", True), ("demo", False))
TABLES = ("sessions", "messages", "roles", "audit", "matrix", "matrix.used", "rules", "tree",
          "rules.nft", "rules.nft.drop", "audit.json", "matrix.json", "sessions.json")

choose = pytest.mark.parametrize("only", FILTERS)


def prefs_of(with_table):
    return site_prefs() if with_table else []


def of_frames(tshark, capture, only, *names, **options):
    """All values of fields in the frames that a filter passes, in the second pass."""
    table = fields(tshark, capture, list(names), "-Y", only, two_pass=True, **options)
    return {value for row in table for name in names for value in row[name]}


def without_tries(flows):
    return [{name: value for name, value in flow.items() if name != "tries"} for flow in flows]


def cells(lines):
    return [tuple(cell.strip() for cell in line.split("|")) for line in lines if "|" in line]


@choose
def test_the_chosen_flows_are_whole(tshark, made, only):
    for name, with_table in CAPTURES:
        options = {"prefs": prefs_of(with_table)}
        # A flow whose roles came late shows its verdict from a later frame on than its first one.
        chosen = of_frames(tshark, made(name), only, "smsrc.audit.first_frame", "frame.number",
                           **options)
        every, _ = json_lines(tshark, made(name), two_pass=True, **options)
        wanted = [flow for flow in every if str(flow["first_frame"]) in chosen]
        found, last = json_lines(tshark, made(name), only="," + only, two_pass=True, **options)
        assert without_tries(found) == without_tries(wanted), name
        assert last["filter"] == only


@choose
def test_the_chosen_flows_are_whole_in_the_table(tshark, made, only):
    name = "site-clean"
    options = {"prefs": site_prefs(), "two_pass": True}
    every = cells(statistic(tshark, made(name), "audit", **options))
    chosen = of_frames(tshark, made(name), only, "smsrc.audit.first_frame", prefs=site_prefs())
    found = cells(statistic(tshark, made(name), f"audit,{only}", **options))
    assert sorted(found) == sorted(line for line in every
                                   if line[0] in ("Verdict", "Not judged") or line[9] in chosen)


@choose
def test_the_chosen_sessions_are_whole(tshark, made, only):
    for name in ("demo", "rc-two-sessions", "session-ipx"):
        chosen = of_frames(tshark, made(name), only, "smsrc.session")
        every, _ = json_lines(tshark, made(name), "sessions", two_pass=True)
        wanted = [session for session in every if str(session["session"]) in chosen]
        assert json_lines(tshark, made(name), "sessions", only="," + only,
                          two_pass=True)[0] == wanted
        rows = cells(statistic(tshark, made(name), "sessions", two_pass=True))
        assert cells(statistic(tshark, made(name), f"sessions,{only}", two_pass=True)) == [
            row for row in rows if not row[0].isdigit() or row[0] in chosen]


@choose
def test_the_hosts_of_chosen_flows_have_all_their_roles(tshark, made, only):
    options = {"prefs": site_prefs(), "two_pass": True}
    chosen = of_frames(tshark, made("site-violations"), only, "ip.src", "ip.dst", "ipv6.src",
                       "ipv6.dst", "ipx.src", "ipx.dst", prefs=site_prefs())
    every = cells(statistic(tshark, made("site-violations"), "roles", **options))
    found = cells(statistic(tshark, made("site-violations"), f"roles,{only}", **options))
    assert sorted(found) == sorted(row for row in every if row[0] in {"Host", *chosen} or
                                   "." in row[0] and row[0].split(".")[-1] in chosen)


@pytest.mark.parametrize("statistics", ("messages", "tree"))
@pytest.mark.parametrize("two_pass", (False, True), ids=("one pass", "two passes"))
def test_the_messages_are_those_of_chosen_sessions(tshark, made, statistics, two_pass):
    """Which frame of a session chooses it does not matter."""
    capture = made("rc-two-sessions")
    frames = {}
    for row in fields(tshark, capture, ["frame.number", "smsrc.session"], "-Y", "smsrc.session",
                      two_pass=two_pass):
        frames.setdefault(row["smsrc.session"][0], []).append(row["frame.number"][0])
    assert len(frames) > 1
    sums = []
    for numbers in frames.values():
        texts = {messages(tshark, capture, statistics, f"frame.number == {number}", two_pass)
                 for number in (*numbers[:3], *numbers[-2:])}
        texts.add(messages(tshark, capture, statistics,
                           " or ".join(f"frame.number == {number}" for number in numbers),
                           two_pass))
        assert len(texts) == 1
        sums += texts
    assert len(set(sums)) == len(frames)


@pytest.mark.parametrize("options", (
    ("rc-decode-as", "-d", "tcp.port==9999,smsrc.control"),
    ("rc-session", "--disable-protocol", "smsrc.log")), ids=("decode as", "no sessions"))
@pytest.mark.parametrize("name", ("messages", "tree"))
def test_messages_of_no_session_are_chosen_by_their_own_frames(tshark, made, options, name):
    capture, *args = options

    def counted(only=""):
        text = tshark(made(capture), *args, "-q", "-z", f"smsrc,{name},{only}").stdout
        return [line for line in text.splitlines()
                if re.search(r"\S +\|? +\d", line) and "frame.number" not in line]
    frames = [f"frame.number == {row['frame.number'][0]}"
              for row in fields(tshark, made(capture), ["frame.number"], "-Y", "smsrc", *args)]
    assert len(counted()) > 1
    assert counted(" or ".join(frames)) == counted()
    assert 0 < len(counted(frames[0])) < len(counted())


def messages(tshark, capture, name, only, two_pass):
    """What a statistic has of messages, without the filter that it names."""
    lines = statistic(tshark, capture, f"{name},{only}", two_pass=two_pass)
    return "\n".join(line for line in lines if only not in line)


@choose
def test_the_matrix_counts_the_chosen_flows(tshark, made, only):
    options = {"prefs": site_prefs(), "two_pass": True}
    flows, _ = json_lines(tshark, made("site-violations"), only="," + only, **options)
    sums = {}
    for flow in flows:
        if flow["row"] is not None and not flow["nearest"] and flow["verdict"] != "Attack":
            one = sums.setdefault(flow["row"], [0, 0, 0])
            for at, value in enumerate((1, flow["packets"], flow["bytes"])):
                one[at] += value
    text = statistic(tshark, made("site-violations"), f"matrix,{only}", **options)
    rows = {line[0]: line for line in cells(text) if len(line) > 6 and line[2].isdigit()}
    assert {name: [int(row[2]), int(row[4]), int(row[5])] for name, row in rows.items()
            if row[2] != "0"} == sums
    assert "Never seen" not in {row[1] for row in rows.values()}
    assert f"Filter for statistics: {only}" in text


def test_without_a_filter_rows_are_never_seen(tshark, made):
    states = {row[0] for row in matrix_rows(tshark, made("rc-session")).values()}
    assert "Never seen" in states and "Not in the choice" not in states


@choose
def test_the_rules_count_the_chosen_flows_and_name_the_filter(tshark, made, only):
    options = {"prefs": site_prefs(), "two_pass": True}
    flows, _ = json_lines(tshark, made("site-clean"), only="," + only, **options)
    lines = cells(statistic(tshark, made("site-clean"), f"rules,{only}", **options))
    assert sum(int(line[8]) for line in lines if len(line) > 9 and line[8].isdigit() and
               not line[0].startswith(("#", "In rules"))) == len(flows)
    for name in ("rules.nft", "rules.nft.drop"):
        file = statistic(tshark, made("site-clean"), f"{name},{only}", **options)
        assert [line for line in file if "filter chooses" in line] == [
            f"# Of the flows that this filter chooses, and no others: {only}"]
        assert not [line for line in statistic(tshark, made("site-clean"), name, **options)
                    if "filter chooses" in line]


def test_a_filter_cannot_end_its_comment(tshark, made):
    file = statistic(tshark, made("site-clean"), "rules.nft,tcp\n or udp")
    assert [line for line in file if not line.startswith(("#", " ", "table", "delete", "}"))] == []


def drawn(tshark, capture, *names, **options):
    what = [argument for name in names for argument in ("-z", f"smsrc,{name}")]
    return tshark(capture, "-q", *what, **options).stdout


@pytest.mark.parametrize("name", TABLES)
def test_the_same_statistic_twice_does_not_add_up(tshark, made, name):
    """tshark draws the last one first."""
    options = {"prefs": site_prefs()}
    for capture in ("demo", "site-violations"):
        alone = drawn(tshark, made(capture), name, **options)
        chosen = drawn(tshark, made(capture), f"{name},tcp", **options)
        assert drawn(tshark, made(capture), name, name, **options) == alone + alone
        assert drawn(tshark, made(capture), f"{name},tcp", name, **options) == alone + chosen
        assert drawn(tshark, made(capture), name, f"{name},tcp", f"{name},frame.number == 0",
                     **options).endswith(chosen + alone)


@pytest.mark.parametrize("name", TABLES[:7])
def test_sharkd_twice_does_not_add_up(sharkd, made, name):
    def tables(reply):
        return [tap["tables"] for tap in reply["result"]["taps"] if tap]
    tap = f"nstat:smsrc,{name}"
    both, one = sharkd(made("demo"), [{"method": "tap", "params": {"tap0": tap, "tap1": tap}},
                                      {"method": "tap", "params": {"tap0": tap}}])
    assert tables(both) == tables(one) * 2


def test_several_captures_in_one_run_keep_their_choices(tshark, made):
    """tshark -M frees the state of each few packets: chosen flows stay as they were then."""
    whole = drawn(tshark, made("demo"), "audit.json,tcp")
    parts = tshark(made("demo"), "-q", "-M", "50", "-z", "smsrc,audit.json,tcp",
                   "-z", "smsrc,audit,tcp", "-z", "smsrc,messages,tcp", "-z", "smsrc,tree,tcp")
    assert '"type":"audit"' in parts.stdout
    assert {line["verdict"] for line in parse(whole.encode()) if line["type"] == "flow"} >= {
        "Unconfirmed"}
