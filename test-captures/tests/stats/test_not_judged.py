# test_not_judged.py
# What the audit has not judged is said at the end of its statistics, and the matrix says which rows
# no known host could be on
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Captures of flows of hosts with a role, with one and without, some of them never answered, some
of the frames cut: whatever filter a statistic has, its end counts all of them."""

import csv
import itertools
import json

import pytest

from audit_rows import conf, matrix_ids, matrix_rows, statistic
from batch_program import batch, program  # noqa: F401
from conftest import ROOT
from generators import generator
from json_output import json_lines

MP, CLIENT, OTHER = "10.1.1.13", "10.1.3.{}", "10.7.{}.{}"
TABLE = ('uat:smsrc_roles:"10.1.1.13","Management point","ABC"',
         'uat:smsrc_roles:"10.1.3.0/24","Advanced Client","ABC"')
REQUEST = b"GET /about HTTP/1.1\r\nHost: mp01\r\n\r\n"
ANSWER = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
POLICY = (b'HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 56\r\n\r\n'
          b'<?xml version="1.0"?><Policy PolicyID="{ABC00005}" />   ')
TABLES = ("audit", "matrix", "rules")
PASSES = pytest.mark.parametrize("two_pass", (False, True), ids=("one pass", "two passes"))
MEMBERS = ("no_role", "one_role", "roles_shown_later", "unconfirmed", "unanswered", "cut_frames",
           "of_flows")

# How many flows: judged, of one host with a role, of hosts without a role, datagrams of such hosts,
# connections of each kind that nothing answered; and to how many bytes frames are cut.
VARIANTS = (
    (1, 0, 0, 0, 0, None), (0, 1, 0, 0, 0, None), (0, 0, 1, 0, 0, None), (0, 0, 0, 3, 0, None),
    (0, 0, 0, 0, 1, None), (2, 3, 4, 5, 2, None), (3, 1, 0, 2, 0, 60), (0, 0, 7, 0, 3, 80),
    (5, 0, 1, 0, 4, None), (1, 40, 60, 70, 30, None), (0, 2, 2, 0, 1, 66),
)


def ends(number):
    """The ends of a flow that is judged, of one with a role at one end, and of one without."""
    other = OTHER.format(number // 200, number % 200 + 1)
    return ((CLIENT.format(number % 200 + 1), MP), (other, MP),
            (other, OTHER.format(200, number % 200 + 1)))


def connection(cap, pair, port):
    talk = cap.tcp(pair[0], port, pair[1], 80)
    talk.open()
    talk.send(REQUEST)
    talk.reply(ANSWER)
    talk.close()


def fill(cap, judged, one, none, datagrams, unanswered):
    ports = itertools.count(30000)
    for kind, count in enumerate((judged, one, none)):
        for number in range(count):
            connection(cap, ends(number)[kind], next(ports))
    for number in range(datagrams):
        source, target = ends(number)[2]
        cap.udp(source, next(ports), target, 9999).send(b"nothing of ours")
    for number in range(unanswered):
        for one_end in ends(number)[1:]:
            attempt = cap.tcp(one_end[0], next(ports), one_end[1], 2701)
            attempt.syn()
            if number % 2:
                attempt.reset()


@pytest.fixture(params=VARIANTS, ids=lambda variant: "-".join(map(str, variant)))
def variant(request, sandbox):
    """(capture, what the last line of JSON has to say)"""
    *counts, snaplen = request.param
    judged, one, none, datagrams, unanswered = counts
    cap = generator("flows").Capture()
    fill(cap, *counts)
    cap.snaplen = snaplen or cap.snaplen
    path = sandbox.new_folder("not-judged") / "flows.pcap"
    cap.write(path)
    path.chmod(0o644)
    cut = sum(len(frame) > cap.snaplen for _, frame in cap._frames)
    wanted = {"no_role": none + datagrams + unanswered, "one_role": one + unanswered,
              "roles_shown_later": 0, "unconfirmed": 0, "unanswered": 2 * unanswered,
              "cut_frames": cut,
              "of_flows": judged + one + none + datagrams + 2 * unanswered}
    return path, wanted


def sentences(wanted):
    """The same as tables end with it."""
    def plural(number, word):
        return f"{number} {word}{'' if number == 1 else 's'}"
    flows = f"of {wanted['of_flows']} flows of TCP and UDP:"
    all_of_them = (
        (wanted["no_role"], f"{wanted['no_role']} {flows} no end holds a role"),
        (wanted["one_role"], f"{wanted['one_role']} {flows} one end holds no role"),
        (wanted["roles_shown_later"],
         f"{wanted['roles_shown_later']} {flows} the roles were shown after the last packet, a "
         f"second pass (-2) judges"),
        (wanted["unconfirmed"],
         f"{wanted['unconfirmed']} {flows} no row fits, and a role of its ends is Unconfirmed"),
        (wanted["unanswered"], f"{plural(wanted['unanswered'], 'connection')} among these flows, "
                               f"whose SYN nothing answered but a reset"),
        (wanted["cut_frames"], f"{plural(wanted['cut_frames'], 'frame')} not captured to the end, "
                               f"and read as far as it goes"))
    return [text for number, text in all_of_them if number]


def notes(lines):
    """What a table in its long form has in the rows of what was not judged."""
    return [line.split("|")[1].strip() for line in lines if line.startswith("Not judged")]


@PASSES
def test_the_end_of_json_counts_it(tshark, variant, two_pass):
    capture, wanted = variant
    _, last = json_lines(tshark, capture, prefs=TABLE, two_pass=two_pass)
    assert last["not_judged"] == wanted
    assert tuple(last["not_judged"]) == MEMBERS


@pytest.mark.parametrize("only", ("", ",tcp.port == 80", ",ip.addr == 192.0.2.1"))
def test_each_table_ends_with_it_whatever_the_filter(tshark, variant, only):
    capture, wanted = variant
    for name in TABLES:
        lines = statistic(tshark, capture, name + only, prefs=TABLE)
        assert notes(lines) == sentences(wanted), name
        last = lines[len(lines) - 1 - len(sentences(wanted)):-1]
        assert all(line.startswith("Not judged") for line in last)
    _, last = json_lines(tshark, capture, only=only, prefs=TABLE)
    assert last["not_judged"] == wanted


def test_sharkd_says_the_same(tshark, sharkd, variant):
    capture, wanted = variant
    taps = {f"tap{i}": f"nstat:smsrc,{name}" for i, name in enumerate(TABLES)}
    reply, = sharkd(capture, [{"method": "tap", "params": taps}], conf=conf(TABLE))
    assert len(reply["result"]["taps"]) == len(TABLES)
    for tap in reply["result"]["taps"]:
        rows = tap["tables"][0]["i"]
        if tap["fields"][0]["c"] == "Rank":
            assert [row[0] for row in rows] == list(range(1, len(rows) + 1))
            rows = [row[1:] for row in rows]
        found = [row[1] for row in rows if row[0] == "Not judged"]
        assert found == sentences(wanted), tap["tap"]
        assert [row[0] for row in rows[len(rows) - len(found):]] == ["Not judged"] * len(found)


def test_the_head_of_the_rules_says_it(tshark, variant):
    capture, wanted = variant
    for name in ("rules.nft", "rules.nft.drop"):
        lines = statistic(tshark, capture, name, prefs=TABLE)
        assert [line for line in lines if line.startswith("# Not judged")] == [
            f"# Not judged: {text}" for text in sentences(wanted)]
        rules = [number for number, line in enumerate(lines) if not line.startswith("#")]
        said = [number for number, line in enumerate(lines) if line.startswith("# Not judged")]
        assert not rules or not said or max(said) < min(rules)


def test_a_terminal_has_it_as_sentences(tshark, variant):
    capture, wanted = variant
    lines = statistic(tshark, capture, "audit", prefs=TABLE, env={"COLUMNS": 60})
    at = next((i for i, line in enumerate(lines) if line.startswith("Not judged: ")),
              len(lines) - 1)
    assert " ".join(lines[at:-1]) == " ".join(f"Not judged: {text}" for text in sentences(wanted))
    assert max(map(len, lines)) <= 60


def test_batch_adds_it_up(batch, sandbox, variant, tmp_path):  # noqa: F811
    capture, wanted = variant
    folder = sandbox.new_folder("captures")
    for number in range(3):
        copy = folder / f"{number}.pcap"
        copy.write_bytes(capture.read_bytes())
        copy.chmod(0o644)
    tmp_path.chmod(0o755)
    out = sandbox.new_folder("out")
    out.chmod(0o777)
    batch("run", folder, out / "audit", "--", *(a for pref in TABLE for a in ("-o", pref)))
    lines = [json.loads(line) for line in batch("sum", out / "audit").stdout.splitlines()]
    total, = [line for line in lines if line["type"] == "capture_sum"]
    flows = wanted["no_role"] + wanted["one_role"] + wanted["roles_shown_later"]
    assert (total["flows_not_judged"], total["unanswered_not_judged"], total["cut_frames"]) == (
        3 * flows, 3 * wanted["unanswered"], 3 * wanted["cut_frames"])
    report = batch("report", out / "audit").stdout.splitlines()
    assert [int(line.split()[0]) for line in report[report.index("Not judged") + 1:]] == [
        3 * flows, 3 * wanted["unanswered"], 3 * wanted["cut_frames"]]


@pytest.mark.parametrize("ports", ((4444,), (4444, 5555, 6666)))
def test_what_only_an_unconfirmed_role_would_judge_is_counted(tshark, sandbox, ports):
    """A request for a policy, which anybody may make, and its answer: the client is Unconfirmed."""
    cap = generator("flows").Capture()
    asks = cap.tcp(CLIENT.format(1), 31000, MP, 80)
    asks.open()
    asks.send(b"GET /SMS_MP/.sms_pol?ABC00005.2_00 HTTP/1.1\r\nHost: mp01\r\n\r\n")
    asks.reply(POLICY)
    asks.close()
    for number, port in enumerate(ports):
        flow = cap.tcp(CLIENT.format(1), 32000 + number, MP, port)
        flow.open()
        flow.send(b"nothing of ours")
        flow.close()
    path = sandbox.new_folder("unconfirmed") / "unconfirmed.pcap"
    cap.write(path)
    path.chmod(0o644)
    for two_pass in (False, True):
        flows, last = json_lines(tshark, path, two_pass=two_pass)
        assert [flow["verdict"] for flow in flows] == ["Unconfirmed"]
        assert last["not_judged"]["unconfirmed"] == len(ports)
        assert last["not_judged"]["roles_shown_later"] == 0
    flows, last = json_lines(tshark, path, prefs=TABLE)
    assert [flow["verdict"] for flow in flows].count("Off matrix") == len(ports)
    assert last["not_judged"]["unconfirmed"] == 0


@pytest.mark.parametrize("before", (1, 2, 5))
def test_roles_that_are_shown_later_are_judged_by_a_second_pass(tshark, sharkd, sandbox, before):
    cap = generator("flows").Capture()
    for number in range(before):
        connection(cap, (CLIENT.format(1), MP), 30000 + number)
    asks = cap.tcp(CLIENT.format(1), 31000, MP, 80)
    asks.open()
    asks.send(b"GET /SMS_MP/.sms_pol?ABC00005.2_00 HTTP/1.1\r\nHost: mp01\r\n\r\n")
    asks.reply(POLICY)
    asks.close()
    path = sandbox.new_folder("later") / "later.pcap"
    cap.write(path)
    path.chmod(0o644)
    once = json_lines(tshark, path)[1]["not_judged"]
    twice = json_lines(tshark, path, two_pass=True)[1]["not_judged"]
    assert (once["roles_shown_later"], twice["roles_shown_later"]) == (before, 0)
    assert once["of_flows"] == twice["of_flows"] == before + 1
    assert notes(statistic(tshark, path, "audit"))[0].startswith(f"{before} of {before + 1} flows")
    reply, = sharkd(path, [{"method": "tap", "params": {"tap0": "nstat:smsrc,audit"}}])
    assert "Not judged" not in json.dumps(reply)


@PASSES
def test_where_all_is_judged_nothing_is_said(tshark, sandbox, two_pass):
    cap = generator("flows").Capture()
    fill(cap, 4, 0, 0, 0, 0)
    path = sandbox.new_folder("all") / "all.pcap"
    cap.write(path)
    path.chmod(0o644)
    for name in (*TABLES, "rules.nft"):
        assert "Not judged" not in "\n".join(statistic(tshark, path, name, prefs=TABLE,
                                                       two_pass=two_pass))


def test_where_nothing_gets_through_the_audit_says_that_it_saw_no_role(tshark, case):
    """A console reaches no agent, and no table names either: the audit is empty, and says so."""
    lines = statistic(tshark, case("cm-blocked"), "audit")
    assert any("whose SYN nothing answered" in text for text in notes(lines)), lines


def test_tshark_that_forgets_adds_up(tshark, sandbox):
    """tshark -M drops its state again and again: the end has the flows of all parts."""
    cap = generator("flows").Capture()
    fill(cap, 0, 0, 50, 0, 0)
    path = sandbox.new_folder("parts") / "parts.pcap"
    cap.write(path)
    path.chmod(0o644)
    whole = json_lines(tshark, path)[1]["not_judged"]
    assert whole["no_role"] == 50
    done = tshark(path, "-M", "100", "-q", "-z", "smsrc,audit.json").stdout
    last = json.loads(done.splitlines()[-1])["not_judged"]
    assert last["no_role"] == last["of_flows"] >= 50


# --- The matrix ---------------------------------------------------------------------------------

NO_HOST = "No host of this role known"
MATRICES = ROOT / "plugin" / "audit" / "matrices"
# As a table of roles names them, and what traffic cannot show.
ROLES = {name.lower().replace(" ", "_"): name for name in (
    "Site server", "Child site server", "Secondary site server", "SQL Server", "Management point",
    "Proxy management point", "Server locator point", "Reporting point",
    "BITS distribution point", "SMB distribution point", "Domain controller", "Advanced Client",
    "SMS Provider", "DNS server", "DHCP server", "WINS server", "RAS sender")}
ROLES["admin_console"] = "Administrator console"
ONLY_BY_TABLE = {"child_site_server", "secondary_site_server", "proxy_management_point",
                 "ras_sender"}


def lines_of(name):
    with open(MATRICES / f"{name}.csv", encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


def lacking(held):
    """id of each row of the article -> the parties of which none of these roles is one."""
    parties = {line["party"]: (line["name"], set(line["roles"].split()))
               for line in lines_of("parties") if line["matrix"] in ("", "kb826852")}
    found = {}
    for row in lines_of("kb826852"):
        absent = {parties[row[end]][0] for end in ("initiator", "responder")
                  if not parties[row[end]][1] & (held | {"any", "broadcast"})}
        found[row["id"]] = absent
    return {name: found[name] for name in matrix_ids()}


@pytest.fixture(scope="module")
def nothing(sandbox):
    """A capture of two hosts without a role."""
    cap = generator("flows").Capture()
    fill(cap, 0, 0, 1, 0, 0)
    path = sandbox.new_folder("nothing") / "nothing.pcap"
    cap.write(path)
    path.chmod(0o644)
    return path


def states(tshark, capture, **options):
    return {name: cells[0] for name, cells in matrix_rows(tshark, capture, **options).items()}


def missing(tshark, capture, **options):
    return {name: cells[5] for name, cells in matrix_rows(tshark, capture, **options).items()}


def roles(*names):
    return [f'uat:smsrc_roles:"10.20.0.{number}","{name}","ABC"'
            for number, name in enumerate(names, 1)]


def shown_missing(tshark, capture, held):
    """id -> the parties that the matrix names as not known, with what it says of each."""
    cells = missing(tshark, capture, prefs=roles(*(ROLES[role] for role in held)))
    return {name: set(filter(None, cell.split(", "))) for name, cell in cells.items()}


def without_how(parties):
    return {party.removesuffix(" (table only)") for party in parties}


@pytest.mark.parametrize("held", [set(), set(ROLES), *({role} for role in ROLES),
                                  *(set(ROLES) - {role} for role in ROLES)],
                         ids=lambda held: f"{len(held)} {'-'.join(sorted(held)[:1])}")
def test_a_row_of_a_role_that_no_host_holds_says_so(tshark, nothing, held):
    """No role, all, one alone, all but one: the rows that have no host say it, and name whom."""
    wanted = lacking(held)
    shown = shown_missing(tshark, nothing, held)
    assert {name: without_how(parties) for name, parties in shown.items()} == wanted
    state = states(tshark, nothing, prefs=roles(*(ROLES[role] for role in held)))
    assert state == {name: NO_HOST if wanted[name] else "Never seen" for name in wanted}


def test_what_only_a_table_gives_is_named_so(tshark, nothing):
    named_so = set().union(*shown_missing(tshark, nothing, set()).values())
    names = {ROLES[role] for role in ONLY_BY_TABLE} - {"RAS sender"}
    assert {f"{name} (table only)" for name in names} <= named_so
    assert not {f"{name} (table only)" for name in ("Management point", "Site server",
                                                    "SQL Server", "Domain controller",
                                                    "Reporting point")} & named_so


@PASSES
def test_a_filter_makes_no_row_one_that_was_never_seen(tshark, variant, two_pass):
    capture, _ = variant
    for only in (",udp", ",ip.addr == 192.0.2.1", ",tcp.port == 80"):
        cells = matrix_rows_of(tshark, capture, only, prefs=TABLE, two_pass=two_pass)
        assert "Never seen" not in set(cells.values())
        assert {"Not in the choice", NO_HOST} >= set(cells.values()) - {"Seen"}
    assert "Not in the choice" not in states(tshark, capture, prefs=TABLE,
                                             two_pass=two_pass).values()


def matrix_rows_of(tshark, capture, only, **options):
    lines = [line.split("|") for line in statistic(tshark, capture, "matrix" + only, **options)]
    return {line[0].strip(): line[1].strip() for line in lines
            if len(line) > 2 and line[0].strip() in matrix_ids()}


@PASSES
def test_roles_that_traffic_shows_count(tshark, made, two_pass):
    state = states(tshark, made("rc-session"), two_pass=two_pass)
    assert (state["F1"], state["F2"], state["B1"]) == ("Seen", "Never seen", NO_HOST)


def test_sharkd_has_the_states(sharkd, nothing):
    reply, = sharkd(nothing, [{"method": "tap", "params": {"tap0": "nstat:smsrc,matrix"}}],
                    conf=conf(roles("Management point", "Advanced Client")))
    rows = {row[0]: row[1] for row in reply["result"]["taps"][0]["tables"][0]["i"]}
    assert rows["E1"] == "Never seen" and rows["A1"] == NO_HOST
