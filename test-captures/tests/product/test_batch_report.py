# test_batch_report.py
# The report of smsrc-batch: attacks, captures with findings, who controlled whom
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Most of it is read from lines of JSON written here, so that a thousand captures need no tshark;
the commands that a report prints are run on real ones."""

import json
import re
import shlex
import shutil

import pytest

from batch_program import batch, place, program  # noqa: F401
from conftest import MADE
from hostile_text import HOSTILE, refuse_unprintable

FLOW = {"type": "flow", "verdict": "Listed", "row": "E1", "nearest": False,
        "initiator": "10.1.2.3", "initiator_roles": ["Advanced Client"],
        "responder": "10.1.1.13", "responder_roles": ["Management point"], "transport": "TCP",
        "server_port": 80, "service": "HTTP", "reach": "Open", "tries": 1, "first_frame": 5,
        "packets": 10, "bytes": 1000}
SESSION = {"type": "session", "protocol": "SMS Remote Control", "viewer": "10.1.0.50",
           "agent": "10.1.3.17", "outcome": "Closed", "reason": "", "host": "WKS17",
           "account": "CONTOSO\\admin", "transports": ["TCP"], "first_frame": 1,
           "start": "2004-07-14T09:00:00.000000Z", "end": "2004-07-14T09:01:00.000000Z",
           "seconds": 60.0, "bytes": 100}
KINDS = ("Attack", "Off matrix", "Wrong service", "Wrong direction", "Blocked")


def out_of(folder, captures, options=(), home="/data/captures"):
    """A folder of smsrc-batch with these results: name of a capture -> its lines."""
    (folder / "results").mkdir()
    (folder / "part").mkdir()
    (folder / "folder").write_bytes(f"{home}\0".encode())
    (folder / "options").write_bytes("".join(f"{one}\0" for one in options).encode())
    (folder / "captures").write_bytes("".join(f"{name}\0" for name in captures).encode())
    for number, (name, lines) in enumerate(captures.items()):
        last = {"type": "capture", "status": "read", "reason": "", "frames": 100,
                "flows": len(lines), "sessions": 0, "sessions_not_listed": 0, "rows_not_used": []}
        (folder / "results" / f"{number}.jsonl").write_text("".join(
            json.dumps({**line, "capture": name}) + "\n" for line in (*lines, last)))
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return folder


def finding(kind, number, **other):
    verdict = {"verdict": "Unconfirmed", "reach": "Blocked"} if kind == "Blocked" else {
        "verdict": kind}
    return {**FLOW, **verdict, "initiator": f"10.9.{number // 250}.{number % 250 + 1}",
            "first_frame": 100 + number, **other}


def commands(text):
    """The words of each command of a report."""
    lines = text.replace("\\\n", "")
    return [shlex.split(line) for line in lines.splitlines()
            if line.startswith(("    wireshark ", "    tshark "))]


def test_of_a_thousand_captures_the_worst_ten_have_host_and_frame(batch, place):  # noqa: F811
    captures = {f"day {number % 7}/{number:04}.pcap": [FLOW] * 3 for number in range(1000)}
    names = list(captures)
    # Ten are worse than all others, each less than the one before it.
    worst = [names[(number * 617 + 5) % 1000] for number in range(10)]
    for number, name in enumerate(worst):
        kind = KINDS[number // 2]
        captures[name] = [FLOW, *[finding(kind, number)] * (3 - number % 2), FLOW,
                          *[finding("Blocked", number)] * (number < 8)]
    for number, name in enumerate(names):
        if name not in worst and number % 4 == 0:
            captures[name] = [finding("Blocked", 200 + number)]
    text = batch("report", out_of(place("out"), captures)).stdout
    assert max(map(len, text.splitlines())) <= 80
    assert text.splitlines()[0] == (
        f"Attack, CVE-2004-0728: 10.9.0.1 to 10.1.1.13, frame 100 of {worst[0]}")
    found = text.partition("Captures with findings, the worst first: 10 of ")[2]
    entries = re.findall(r"\n\n  (day \S+): (.*)\n    (.*), E1: (\S+) to (\S+), TCP 80, HTTP, "
                         r"frame (\d+)\n", found.partition("Who controlled whom")[0])
    assert [(entry[0], entry[2], entry[3], entry[5]) for entry in entries] == [
        (name, KINDS[number // 2], f"10.9.0.{number + 1}", str(100 + number))
        for number, name in enumerate(worst)]
    assert entries[2][1] == "3 Off matrix, 1 Blocked"
    assert f"  and {int(found.split()[0]) - 10} captures more: --worst " in found
    opened = commands(found)
    assert opened == [words for number, name in enumerate(worst) for words in (
        ["wireshark", "-g", str(100 + number), f"/data/captures/{name}"],
        ["tshark", "-2", "-n", "-r", f"/data/captures/{name}", "-Y",
         f"frame.number=={100 + number}"])]


def test_who_controlled_whom_over_all_captures(batch, place):  # noqa: F811
    attack = {**SESSION, "viewer": "10.1.9.66", "account": "", "outcome": "Reset",
              "reason": "CVE-2004-0728", "first_frame": 107, "seconds": 0.5}
    later = {**SESSION, "start": "2004-07-15T08:00:00.000000Z", "outcome": "Busy",
             "end": "2004-07-15T08:00:01.000000Z", "seconds": 1.0, "account": "CONTOSO\\jdoe"}
    out = out_of(place("out"), {"a.pcap": [SESSION], "b.pcap": [later, later], "c.pcap": [attack],
                                "d.pcap": [attack]}, options=("-2", "-o", "smsrc.audit.info:FALSE"))
    lines = batch("report", out).stdout.splitlines()
    # An attack of which no flow is judged is known by its session.
    assert lines[0].startswith("Attack, CVE-2004-0728: 10.1.9.66 to 10.1.3.17, in 2 captures, ")
    at = lines.index("Who controlled whom")
    assert lines[at + 1:at + 7] == [
        "  10.1.9.66 to 10.1.3.17 (WKS17), attack of CVE-2004-0728",
        "    2 sessions in 2 captures: 2 Reset",
        "    2004-07-14 09:00:00 to 2004-07-14 09:01:00, 1 second of sessions",
        "  10.1.0.50 (CONTOSO\\admin, CONTOSO\\jdoe) to 10.1.3.17 (WKS17)",
        "    3 sessions in 2 captures: 2 Busy, 1 Closed",
        "    2004-07-14 09:00:00 to 2004-07-15 08:00:01, 62 seconds of sessions"]
    assert "    -2 -o smsrc.audit.info:FALSE" in lines
    assert "  and 1 pair more: --worst 2" in batch("report", "--worst", "1", out).stdout


def test_listed_flows_are_shown_on_request(batch, place):  # noqa: F811
    blocked = {**FLOW, "reach": "Blocked", "server_port": 81}
    out = out_of(place("out"), {"a.pcap": [FLOW, FLOW, blocked]})
    few, every = (batch("report", *option, out).stdout for option in ((), ("--listed",)))
    assert "TCP 80, HTTP" not in few and "2                        Listed: --listed shows" in few
    assert "TCP 81, HTTP" in few and "1 Blocked" in few
    assert "TCP 80, HTTP" in every and "--listed shows" not in every
    assert few.startswith("No attack of CVE-2004-0728 found\n")


def test_a_sum_has_no_hosts_and_says_so(batch, place):  # noqa: F811
    out = out_of(place("out"), {"a.pcap": [FLOW, SESSION]})
    path = out / "sum.jsonl"
    path.write_text(batch("sum", out).stdout)
    path.chmod(0o644)
    text = batch("report", path).stdout
    assert text.startswith("These are sums. Hosts and frames are in the report of OUT.\n")
    assert "No attack" not in text and "Who controlled" not in text


def test_a_report_of_lines_on_the_standard_input(program, sandbox, place):  # noqa: F811
    out = out_of(place("out"), {"a.pcap": [finding("Attack", 1)]})
    lines = (out / "results" / "0.jsonl").read_text()
    done = sandbox.run([program, "report", "-"], stdin=lines)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Attack, CVE-2004-0728: 10.9.0.2 to 10.1.1.13, frame 101 of a")
    assert commands(done.stdout)[0] == ["wireshark", "-g", "101", "a.pcap"]


def test_no_name_reaches_a_terminal_or_a_shell_as_it_is(batch, ordinary, place):  # noqa: F811
    """The commands name the file whatever it is called; bash reads them."""
    names = [*HOSTILE, "it's `id` $(id) \"q\" \\", "-rf", "long " * 40, "'" * 90, "a" * 200,
             "\u65e5" * 90 + "\u202e" * 30]
    captures = {name: [finding("Off matrix", number),
                       {**SESSION, "host": name, "account": name, "viewer": f"10.2.0.{number}"}]
                for number, name in enumerate(names)}
    done = batch("report", "--worst", "100", out_of(place("out"), captures))
    text = refuse_unprintable(done.stdout.encode())
    assert max(map(len, text.splitlines())) <= 80
    assert text.count("\n    wireshark ") == len(names)
    script = "\n".join(re.findall(r"^    tshark (?:.*\\\n)*.*$", text, re.MULTILINE))
    run = ordinary(["bash", "-c", "tshark() { printf '%s\\0' \"$4\"; }\n" + script], text=False)
    found = run.stdout.decode().split("\0")[:-1]
    assert sorted(found) == sorted(f"/data/captures/{name}" for name in names)


@pytest.mark.parametrize("name", ["demo.pcap", "day 1/it's \x1b \u202e.pcap"])
def test_the_commands_open_the_finding(batch, ordinary, place, name):  # noqa: F811
    captures, out = place("captures"), place("out")
    path = captures / name
    path.parent.mkdir(exist_ok=True)
    shutil.copyfile(MADE / "demo.pcap", path)
    text = batch("run", captures, out).stdout
    refuse_unprintable(text.encode())
    assert text.startswith("Attack, CVE-2004-0728: 10.1.9.66 to 10.1.3.17, frame 110 of ")
    command = re.search(r"^    tshark (?:.*\\\n)*.*$", text, re.MULTILINE)[0]
    shown = ordinary(["bash", "-c", command]).stdout
    assert re.match(r" *110 .*10\.1\.9\.66 → 10\.1\.3\.17", shown) and shown.count("\n") == 1
