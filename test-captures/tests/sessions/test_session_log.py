# test_session_log.py
# Who controlled which machine: the log of sessions against what the generator knows to be true
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import re

import pytest

from conftest import ALL_REAL
from generators import assert_made_now_as_committed, generator, listed
from rc_rows import by_frame, fields, frames
from session_rows import ALL_SESSIONS, COLUMNS, statistic, table, truth

EXPERTS = ("smsrc.control_unreachable", "smsrc.data_unreachable", "smsrc.udp_unreachable",
           "smsrc.name_not_resolved", "smsrc.old_ports_only", "smsrc.ntlm_refused", "smsrc.busy",
           "smsrc.refused")


def numbered(tshark, capture, **options):
    """session -> its frames."""
    found = {}
    for frame, values in by_frame(tshark, capture, "smsrc.session", **options).items():
        assert len(set(values)) == 1, frame
        found.setdefault(values[0], []).append(frame)
    return found


# --- The captures -------------------------------------------------------------------------------

@pytest.fixture(scope="module")
def made_by():
    return generator("sessions")


def test_a_capture_made_anew_is_the_committed_one(made_by, tmp_path):
    made_by.write(tmp_path)
    assert_made_now_as_committed(tmp_path, "session-")


def test_the_readme_lists_each_capture_with_its_line(made_by):
    assert listed("README-sessions.md", "session-") == made_by.captures.lines()


# --- The table ----------------------------------------------------------------------------------

@pytest.mark.quick
@pytest.mark.parametrize("name", ALL_SESSIONS)
@pytest.mark.parametrize("two_pass", [False, True], ids=["one-pass", "two-pass"])
def test_the_table_is_what_the_generator_knows(tshark, made, name, two_pass):
    assert table(statistic(tshark, made(name), two_pass=two_pass)) == truth(name)["rows"]


@pytest.mark.parametrize("name", ALL_SESSIONS)
def test_sharkd_has_the_same_table(sharkd, made, name):
    reply = sharkd(made(name), [{"method": "tap", "params": {
        "tap0": "nstat:smsrc,sessions.full", "tap1": "nstat:smsrc,sessions"}}])[0]
    found = {tap["tap"]: ([field["c"] for field in tap["fields"]], tap["tables"][0]["i"])
             for tap in reply["result"]["taps"] if tap}
    heads, rows = found["nstat:smsrc,sessions.full"]
    # The first column is the place of the row; tshark prints the rows in order.
    assert [row[0] for row in rows] == list(range(1, len(rows) + 1))
    items = [row[1:] for row in rows]
    few_heads, few = found["nstat:smsrc,sessions"]
    chosen = [heads.index(one) for one in few_heads]
    assert few == [[row[at] for at in chosen] for row in rows]
    assert few_heads[1:10] == ["Session", "Viewer", "Viewer's account", "Agent", "Protocol",
                               "Start (UTC)", "Seconds", "Outcome", "Detail"]
    expected = [[row[column] for column in COLUMNS] for row in truth(name)["rows"]]
    shown = [[cell if isinstance(cell, str) else
              f"{cell:.6f}" if column == "seconds" else str(round(cell))
              for column, cell in zip(COLUMNS, row)] for row in items]
    assert shown == expected


def test_a_filter_chooses_sessions_and_changes_nothing_in_them(tshark, made):
    whole = truth("session-interleaved")["rows"]
    done = tshark(made("session-interleaved"), "-q", "-z",
                  "smsrc,sessions.full,ip.addr == 10.1.3.22").stdout
    assert table(done) == [row for row in whole if row["agent"] == "10.1.3.22"]


# --- Every frame of a session, and no other -----------------------------------------------------

@pytest.mark.parametrize("name", ALL_SESSIONS)
def test_two_passes_number_every_frame_and_no_other(tshark, made, name):
    assert numbered(tshark, made(name), two_pass=True) == {
        number: found for number, found in truth(name)["frames"].items()}


@pytest.mark.parametrize("name", ALL_SESSIONS)
def test_one_pass_numbers_every_frame_from_the_proof_on(tshark, made, name):
    """What nothing has answered is known at the end: no frame has its number."""
    known, late = truth(name)["known"], truth(name)["late"]
    wanted = {
        number: [frame for frame in found if frame >= known[number] and frame not in late[number]]
        for number, found in truth(name)["frames"].items()}
    assert numbered(tshark, made(name)) == {
        number: found for number, found in wanted.items() if found}


@pytest.mark.parametrize("name", ALL_SESSIONS)
def test_sharkd_numbers_as_two_passes_do(sharkd, made, name):
    wanted = truth(name)["frames"]
    replies = sharkd(made(name), [{"method": "frames", "params": {
        "filter": f"smsrc.session == {number}"}} for number in wanted])
    # Its filter reads the frames again, after all of them have been read.
    assert [[frame["num"] for frame in reply["result"]] for reply in replies] == list(
        wanted.values())


@pytest.mark.parametrize("name", ["session-outcomes", "session-netbios", "session-again"])
def test_the_first_frame_is_where_the_session_began(tshark, made, name):
    first = by_frame(tshark, made(name), "smsrc.session.first_frame", two_pass=True)
    wanted = {frame: [row["first"]] for row in truth(name)["rows"]
              for frame in truth(name)["frames"][row["number"]]}
    assert first == wanted


@pytest.mark.parametrize("name", ALL_SESSIONS)
def test_a_second_pass_takes_nothing_back(tshark, made, name):
    for field in ("smsrc.session", "smsrc.session.first_frame", "smsrc.claimed_by"):
        one = by_frame(tshark, made(name), field)
        two = by_frame(tshark, made(name), field, two_pass=True)
        assert {frame: two.get(frame) for frame in one} == one


def test_a_handshake_is_no_remote_control_for_that(tshark, made):
    """The session's number does not make a frame one of the protocol, nor a layer."""
    capture = made("rc-session")
    assert len(frames(tshark, capture, "smsrc", two_pass=True)) == 15
    layers = by_frame(tshark, capture, "frame.protocols", two_pass=True)
    assert not [frame for frame, values in layers.items() if "smsrc.log" in values[0]]


@pytest.mark.parametrize("name", ALL_REAL)
def test_real_captures_have_no_session(tshark, real, name):
    done = tshark(real(name), "-2", "-Y", "smsrc.session or smsrc.log", "-T", "fields", "-e",
                  "frame.number", check="ldap-max-recursion" not in name)
    assert done.returncode == 0
    assert done.stdout == ""


def test_other_netbios_is_left_alone(tshark, made):
    capture = made("session-not-netbios")
    assert frames(tshark, capture, "smsrc or smsrc.log or smsrc.session", two_pass=True) == []


# --- Diagnosis ----------------------------------------------------------------------------------

@pytest.mark.parametrize("name", ALL_SESSIONS)
@pytest.mark.parametrize("two_pass", [False, True], ids=["one-pass", "two-pass"])
def test_a_failure_is_told_where_it_becomes_known(tshark, made, name, two_pass):
    wanted = truth(name)["experts"]
    assert {expert: found for expert in EXPERTS
            if (found := frames(tshark, made(name), expert, two_pass=two_pass))} == wanted


def test_sharkd_tells_the_same_failures(sharkd, made):
    for name in ("session-data-unreachable", "session-names", "session-ntlm-refused"):
        wanted = truth(name)["experts"]
        replies = sharkd(made(name), [{"method": "frames", "params": {"filter": expert}}
                                      for expert in wanted])
        assert [[frame["num"] for frame in reply["result"]] for reply in replies] == list(
            wanted.values())


def test_a_failure_says_what_to_look_at(tshark, made):
    def texts(name):
        return [line for line in tshark(made(name), "-q", "-z", "expert,warn").stdout.splitlines()
                if "SMSRC-LOG" in line]
    data = "\n".join(texts("session-data-unreachable"))
    assert "TCP 2702: the SYN was repeated" in data
    assert "TCP 2703: the connection was reset" in data
    assert "TCP 2704: ICMP: communication administratively prohibited" in data
    assert "There is no name WKS21<43>" in "\n".join(texts("session-names"))


# --- NetBIOS, old ports -------------------------------------------------------------------------

@pytest.mark.quick
def test_netbios_names_and_what_they_are_for(tshark, made):
    rows = fields(tshark, made("session-netbios"), ["smsrc.netbios.name", "smsrc.netbios.channel"],
                  "-Y", "smsrc.netbios.name")
    assert {(row["smsrc.netbios.name"][0], row["smsrc.netbios.channel"][0]) for row in rows} == {
        ("WKS21<43>", "Data"), ("WKS21<45>", "Chat"), ("WKS21<46>", "File transfer"),
        ("WKS22<43>", "Data"), ("WKS23<43>", "Data")}


def test_the_same_code_reads_what_netbios_carries(tshark, made):
    capture = made("session-netbios")
    assert frames(tshark, capture, 'nbss and smsrc.tnmp.type == "Information reply"')
    assert frames(tshark, capture, 'nbdgm and smsrc.user.host == "WKS23"')
    assert frames(tshark, capture, 'nbss and smsrc.channel == "Chat" and smsrc.text == "h"')
    assert not frames(tshark, capture, 'smsrc.claimed_by == "Port"')


def test_the_same_code_reads_what_ipx_carries(tshark, made):
    capture = made("session-ipx")
    assert frames(tshark, capture, 'ipx and smsrc.tnmp.type == "Information reply"')
    assert frames(tshark, capture, 'ipx and smsrc.user.host == "NWL22" and not smsrc.tnmp')
    assert {values[0] for values in by_frame(tshark, capture, "smsrc.channel").values()} == {
        "Control", "Data", "Chat", "File transfer"}
    assert not frames(tshark, capture, 'smsrc.claimed_by == "Port"')


def test_old_ports_are_the_older_generation(tshark, made):
    found = by_frame(tshark, made("session-old-ports"), "smsrc.generation")
    assert set(map(tuple, found.values())) == {("SMS 1.x or 2.0 before SP2",)}
    # Control, data, chat and the file: what the session carries is shown on every channel.
    assert set(map(tuple, by_frame(tshark, made("session-old-ports"), "smsrc.channel")
                   .values())) == {("Control",), ("Data",), ("Chat",), ("File transfer",)}


# --- The other statistics -----------------------------------------------------------------------

def tree_rows(text):
    """(indentation, name, count) of each line of a stats tree."""
    found = re.findall(r"^( *)(\S.*?) {2,}(\d+) ", text, re.MULTILINE)
    return [(len(indent), name, int(count)) for indent, name, count in found]


@pytest.mark.quick
def test_the_tree_counts_messages_by_channel_type_and_direction(tshark, made):
    rows = tree_rows(statistic(tshark, made("rc-session"), "tree"))
    assert (0, "SMS Remote Control messages", 15) in rows
    assert [row for row in rows if row[0] == 1] == [
        (1, "Chat", 8), (1, "Data", 3), (1, "File transfer", 2), (1, "Control", 2)]
    at = rows.index((1, "Chat", 8))
    assert rows[at:at + 4] == [(1, "Chat", 8), (2, "Bytes of unknown meaning", 8),
                               (3, "Viewer to agent", 6), (3, "Agent to viewer", 2)]
    at = rows.index((1, "Control", 2))
    assert sorted(rows[at + 1:at + 5]) == [
        (2, "Information reply", 1), (2, "Information request", 1), (3, "Agent to viewer", 1),
        (3, "Viewer to agent", 1)]


def test_conversations_and_endpoints_are_those_of_remote_tools(tshark, made):
    capture = made("session-interleaved")
    lines = tshark(capture, "-q", "-z", "conv,smsrc", two_pass=True).stdout.splitlines()
    shown = [line for line in lines if "<->" in line]
    # Three of the first session, three of the second, one of the viewer who found it busy.
    assert len(shown) == 7
    ends = tshark(capture, "-q", "-z", "endpoints,smsrc", two_pass=True).stdout
    wanted = sum(map(len, truth("session-interleaved")["frames"].values()))
    counts = {address: int(count) for address, count in
              re.findall(r"^(10\.\S+) +(\d+) ", ends, re.MULTILINE)}
    assert set(counts) == {"10.1.0.50", "10.1.0.51", "10.1.3.21", "10.1.3.22"}
    assert sum(counts.values()) == 2 * wanted


def test_an_icmp_error_is_in_no_conversation(tshark, made):
    """It has the ports of the packet that it quotes, and would be one in the opposite direction."""
    lines = tshark(made("demo"), "-q", "-z", "conv,smsrc").stdout.splitlines()
    callers = [line.split("<->")[0].strip() for line in lines if "<->" in line]
    assert len(callers) == 8
    assert not any(caller.startswith("10.1.3.17") for caller in callers), callers


def test_a_router_that_refuses_is_no_endpoint(tshark, made):
    """Its ICMP error belongs to the session, and comes from neither of its ends."""
    text = tshark(made("session-data-unreachable"), "-q", "-z", "endpoints,smsrc").stdout
    hosts = re.findall(r"^(10\.\S+) ", text, re.MULTILINE)
    assert len(hosts) >= 2 and "10.1.0.1" not in hosts


def test_the_table_of_messages_counts_what_the_tree_counts(tshark, made):
    text = tshark(made("demo"), "-q", "-z", "smsrc,messages").stdout
    rows = [[cell.strip() for cell in line.split("|")] for line in text.splitlines()
            if line.count("|") == 5][1:]
    tree = tshark(made("demo"), "-q", "-z", "smsrc,tree").stdout
    total = int(re.search(r"^SMS Remote Control messages +(\d+)", tree, re.MULTILINE).group(1))
    assert sum(int(row[3]) for row in rows) == total
    keys = [tuple(row[:3]) for row in rows]
    assert len(set(keys)) == len(keys)
    first = by_frame(tshark, made("demo"), "frame.number", "-Y",
                     'smsrc.tnmp.type == "Information reply"')
    reply, = (row for row in rows if row[1] == "Information reply")
    assert reply[:3] == ["Control", "Information reply", "Agent to viewer"]
    assert reply[4] == str(min(map(int, first)))


def test_sharkd_has_the_tree_the_conversations_and_the_endpoints(sharkd, made):
    for tap, kind in (("stat:smsrc", "stats"), ("nstat:smsrc,messages", "nstat"),
                      ("conv:SMSRC", "conv"),
                      ("endpt:SMSRC", "host")):
        reply = sharkd(made("rc-session"), [{"method": "tap", "params": {"tap0": tap}}])[0]
        taps = [one for one in reply["result"]["taps"] if one]
        assert taps and taps[0]["type"] == kind, reply


def test_nothing_is_listed_where_there_is_no_remote_control(tshark, made):
    assert table(statistic(tshark, made("session-not-netbios"))) == []
    text = tshark(made("rc-not-http"), "-q", "-z", "conv,smsrc").stdout
    assert "<->" not in text


# --- Follow -------------------------------------------------------------------------------------

@pytest.mark.quick
def test_follow_stream_shows_a_chat(tshark, made):
    """Chat is raw characters on its own connection: Wireshark's own Follow Stream shows it."""
    streams = by_frame(tshark, made("demo"), "tcp.stream", "-Y", 'smsrc.channel == "Chat"')
    stream = {values[0] for values in streams.values()}
    assert len(stream) == 1
    text = tshark(made("demo"), "-q", "-z", f"follow,tcp,ascii,{stream.pop()}").stdout
    typed = [line.lstrip("\t") for line in text.splitlines()[6:-1]]
    said = "".join(line for line in typed if not line.isdigit())
    assert said.replace(" ", "") == "Hello,Iwillinstalltheprinter.Thankyou!"


# --- Ten thousand sessions ----------------------------------------------------------------------

MANY = 10000
MOST_BYTES_A_SESSION = 5000


@pytest.fixture(scope="module")
def many(made_by, sandbox):
    path = sandbox.new_folder("many") / "many.pcap"
    made_by.many(path, MANY)
    path.chmod(0o644)
    return path


@pytest.mark.slow
def test_ten_thousand_sessions_are_listed(tshark, many):
    rows = table(statistic(tshark, many))
    assert [row["number"] for row in rows] == [str(number) for number in range(1, MANY + 1)]
    assert {row["outcome"] for row in rows} == {"Closed"}
    assert {row["host"] for row in rows} == {f"W{number}" for number in range(MANY)}
    assert {int(row["last"]) - int(row["first"]) for row in rows} == {7}


@pytest.mark.slow
def test_what_a_session_costs_in_memory(ordinary, sandbox, many):
    """The most that tshark holds, with the plugin and without it, in bytes for each session."""
    def peak(plugin):
        report = sandbox.fresh_home() / "time"
        done = ordinary(["/usr/bin/env", "python3", "-c", PEAK, str(report), "tshark", "-n", "-r",
                         str(many), "-q", "-z", "io,phs"], plugin=plugin)
        assert done.returncode == 0, done.stderr
        return int(report.read_text()) * 1024
    with_plugin, without = peak(True), peak(False)
    cost = (with_plugin - without) / MANY
    print(f"{MANY} sessions: {with_plugin >> 20} MiB with the plugin, {without >> 20} MiB "
          f"without, {cost:.0f} bytes a session")
    assert cost <= MOST_BYTES_A_SESSION


PEAK = """
import pathlib, resource, subprocess, sys
code = subprocess.run(sys.argv[2:], stdout=subprocess.DEVNULL).returncode
pathlib.Path(sys.argv[1]).write_text(
    str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
sys.exit(code)
"""
