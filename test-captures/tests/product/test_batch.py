# test_batch.py
# smsrc-batch: a folder of captures to one audit, by GNU parallel, over ssh, and by Slurm
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import collections
import contextlib
import json
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import subprocess
import time

import pytest

import batch_captures
from batch_program import BATCH, SBIN, batch, needs, place, program  # noqa: F401
from conftest import INSIDE_ROOT, MADE, ORDINARY_USER, ROOT, is_root
from json_output import audit_cells, parse
from recorded_truth import RECORDED

pytestmark = pytest.mark.slow

# Five hundred take some minutes on two cores; on each other version fewer are enough.
MANY = 60 if INSIDE_ROOT in os.environ else 500


def is_complaint(text, *words):
    """One line of smsrc-batch's with these words, which no terminal takes for commands."""
    return (re.fullmatch(r"smsrc-batch: [ -~]+\n", text) is not None and
            all(word in text for word in words) and not re.search(r"jq:|: line \d+: ", text))


def results(out):
    """file name -> (its lines, when it came to be) of what was read."""
    return {path.name: (parse(path.read_bytes()), path.stat().st_ino)
            for path in sorted((out / "results").iterdir()) if path.name.endswith(".jsonl")}


def sum_lines(batch, *of):
    return parse(batch("sum", *of).stdout.encode())


def captures_of(lines):
    """capture -> status, of those that a sum names; and how many it does not name."""
    named = {line["capture"]: line["status"] for line in lines if line["type"] == "capture"}
    assert len(named) == len([line for line in lines if line["type"] == "capture"])
    return named, sum(line["captures"] for line in lines if line["type"] == "capture_sum")


def flow_sums(lines):
    return {(line["verdict"], ("near " if line["nearest"] else "") + (line["row"] or "-"),
             line["initiator_role"], line["responder_role"],
             line["transport"] + (f" {line['server_port']}" if line["server_port"] else ""),
             line["service"]): (line["flows"], line["blocked"], line["packets"], line["bytes"])
            for line in lines if line["type"] == "flow_sum"}


def session_sums(lines):
    return {(line["protocol"], line["outcome"]): line["sessions"] for line in lines
            if line["type"] == "session_sum"}


# --- Many captures --------------------------------------------------------------------------------

def table_sums(tshark, capture):
    """The same, from the table smsrc,audit of one capture."""
    sums = collections.defaultdict(lambda: [0, 0, 0, 0])
    for cells in audit_cells(tshark, capture):
        verdict, row, _, client, _, server, port, service, reach, _, packets, size = cells
        one = sums[verdict, row, client, server, port, service]
        for at, more in enumerate((1, reach == "Blocked", int(packets), int(size))):
            one[at] += more
    return {key: tuple(one) for key, one in sums.items()}


def outcomes(tshark, capture):
    lines = tshark(capture, "-q", "-z", "smsrc,sessions.full").stdout.splitlines()
    return collections.Counter(
        (cells[1], cells[4]) for cells in ([cell.strip() for cell in line.split("|")]
                                           for line in lines) if cells[0].isdigit())


@contextlib.contextmanager
def begun(sandbox, argv):
    """A program of the ordinary user's, in its own session."""
    as_user = {"user": ORDINARY_USER, "group": ORDINARY_USER, "extra_groups": []}
    process = subprocess.Popen([str(word) for word in argv], env=sandbox.environment(True, None),
                               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.PIPE, start_new_session=True,
                               **(as_user if is_root() else {}))
    try:
        yield process
    finally:
        kill_session(process.pid)
        process.wait(timeout=60)
        process.stderr.close()


def kill_session(session):
    """Kills what was begun there, with the program and what it has begun in turn."""
    for _ in range(20):
        found = []
        for path in pathlib.Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                name, fields = path.read_text(errors="replace").rsplit(") ", 1)
                if int(fields.split()[3]) == session and fields[0] != "Z":
                    found.append(int(name.split(" ")[0]))
        for pid in found:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if not found:
            return
        time.sleep(0.05)


def test_many_captures_are_the_sum_of_all_and_survive_a_kill(
        program, batch, place, sandbox, tshark, made, tmp_path):
    """Killed in the middle, gone on with, with broken captures among them."""
    captures, out = place("captures"), place("out")
    merged = tmp_path / "merged.pcap"
    merged.write_bytes(batch_captures.write(captures, MANY))
    (captures / "header.pcap").write_bytes(made("rc-refused").read_bytes()[:20])
    (captures / "cut.pcap").write_bytes(made("rc-refused").read_bytes()[:30])

    with begun(sandbox, [program, "run", "-j", "4", captures, out]) as process:
        wait_for(lambda: len(list((out / "results").glob("*.jsonl"))) >= MANY // 5, process)
    before = results(out)
    assert MANY // 5 <= len(before) < MANY

    said = batch("status", out, code=1).stderr
    assert f"{len(before)} of {MANY + 2} done, {MANY + 2 - len(before)} left" in said
    done = batch("run", "-j", "4", captures, out)
    assert f"{MANY + 2} captures, {MANY + 2 - len(before)} to read" in done.stderr
    assert f"{MANY + 2} of {MANY + 2} done, 0 left" in done.stderr
    after = results(out)
    assert len(after) == MANY + 2
    assert {name: after[name] for name in before} == before, "read a second time"

    lines = sum_lines(batch, out)
    assert captures_of(lines) == ({"header.pcap": "broken", "cut.pcap": "broken"}, MANY)
    assert flow_sums(lines) == table_sums(tshark, merged)
    assert session_sums(lines) == outcomes(tshark, merged)
    # What is left of the kill is not taken for a result, and a third run has nothing to do.
    assert ", 0 to read" in batch("run", captures, out).stderr
    assert results(out) == after


def wait_for(condition, process, seconds=900):
    for _ in range(seconds * 20):
        if condition():
            return
        assert process.poll() is None, process.stderr.read()
        time.sleep(0.05)
    pytest.fail("it did not come to it")


# --- Captures of all kinds ------------------------------------------------------------------------

HOSTILE_NAMES = ("-r", "--help", "a b.pcap", "a\nb.pcap", "'\"$(touch x)`;\\.pcap", " ", "%2F",
                 ".hidden", b"\xff\xfe.pcap".decode("utf-8", "surrogateescape"), "ü\t.pcap",
                 "x" * 255, "deep/er/a.pcap", "deep%2Fer%2Fa.pcap", "{}", "{#} {.}", "*")


def fill(folder, made, name="rc-busy"):
    folder.mkdir(exist_ok=True)
    for path in HOSTILE_NAMES:
        path = folder / path
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(made(name), path)


def test_names_of_files_may_be_anything(batch, place, made):
    captures, out = place("captures"), place("out")
    fill(captures, made)
    batch("run", captures, out)
    found = results(out)
    assert len(found) == len(HOSTILE_NAMES)
    assert sorted(lines[-1]["capture"] for lines, _ in found.values()) == sorted(
        name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        for name in HOSTILE_NAMES)
    for lines, _ in found.values():
        assert [line["type"] for line in lines].count("capture") == 1
        assert lines[-1]["type"] == "capture" and lines[-1]["status"] == "read"
        assert {line["capture"] for line in lines} == {lines[-1]["capture"]}
        assert lines[-1]["flows"] == len([line for line in lines if line["type"] == "flow"]) > 0
    assert not (captures / "x").exists() and not (out / "x").exists()


def test_each_line_has_the_name_of_its_capture(batch, place, made):
    captures, out = place("captures"), place("out")
    shutil.copyfile(made("demo"), captures / "demo.pcap")
    batch("run", captures, out)
    (lines, _), = results(out).values()
    assert {line["type"] for line in lines} == {"flow", "session", "row", "capture"}
    assert {line["capture"] for line in lines} == {"demo.pcap"}


def a_day_later(capture):
    """The bytes of a capture of which each packet is a day later."""
    data = capture.read_bytes()
    return data[:batch_captures.HEADER.size] + b"".join(
        batch_captures.RECORD.pack(seconds + 86400, micros, len(frame), length) + frame
        for seconds, micros, length, frame in batch_captures.records(data))


def test_rows_are_added_up_over_captures_and_days(batch, place, made, tshark):
    captures, out = place("captures"), place("out")
    shutil.copyfile(made("demo"), captures / "monday.pcap")
    (captures / "tuesday.pcap").write_bytes(a_day_later(made("demo")))
    (captures / "broken.pcap").write_bytes(b"no capture")
    batch("run", captures, out)
    text = batch("rows", out).stdout
    assert text.endswith("\nover 2 captures of 2 days\n") and max(map(len, text.splitlines())) <= 80
    used, rest = text.split("\nUsed and not printed\n")
    not_printed, never = rest.split("\nRows never used\n")
    lines = parse(tshark(made("demo"), "-q", "-z", "smsrc,matrix.json", text=False).stdout)
    for part, state in ((used, "Used"), (not_printed, "Not printed")):
        wanted = [line for line in lines if line.get("state") == state]
        assert part.count(" in 2 captures, ") == len(wanted) > 0 and " in 1 capture" not in part
        assert sorted(map(int, re.findall(r"^ +(\d+) flows: ", part, re.MULTILINE))) == sorted(
            2 * line["flows"] for line in wanted)
    assert set(re.findall(r"^ +(\w+): .* to ", never, re.MULTILINE)) == {
        line["row"] for line in lines if line.get("state") == "Never used"}
    assert never.count("with hosts of its roles in 2 captures") == len(
        [line for line in lines if line.get("role_not_known") == ""])
    # By hand: the console 10.1.0.50 opened the control channel of two agents and one more.
    control, = [part for part in re.split(r"^(?=\w)", used, flags=re.MULTILINE)
                if part.startswith("F3, Unconfirmed: Remote Control viewer to Client")]
    assert "10.1.0.50" in control and "10.1.3.17" in control


def test_rows_of_what_is_no_batch_are_refused(batch, place):
    assert is_complaint(batch("rows", place("nothing"), code=1).stderr,
                        "is not a folder of smsrc-batch")
    assert is_complaint(batch("rows", code=2).stderr, "rows needs one OUT")


def test_a_capture_that_is_cut_short_keeps_what_was_read(batch, place, made):
    captures, out = place("captures"), place("out")
    data = made("demo").read_bytes()
    (captures / "whole.pcap").write_bytes(data)
    (captures / "cut.pcap").write_bytes(data[:-20])
    (captures / "header.pcap").write_bytes(data[:20])
    (captures / "empty.pcap").write_bytes(b"")
    (captures / "only-header.pcap").write_bytes(data[:24])
    done = batch("run", captures, out)
    lines = {name.removesuffix(".pcap.jsonl"): lines for name, (lines, _) in results(out).items()}
    assert {name: found[-1]["status"] for name, found in lines.items()} == {
        "whole": "read", "cut": "partly read", "header": "broken", "empty": "empty",
        "only-header": "empty"}
    assert "cut short in the middle of a packet" in lines["cut"][-1]["reason"]
    assert "cut short" in lines["header"][-1]["reason"]
    assert lines["cut"][-1]["frames"] == lines["whole"][-1]["frames"] - 1
    assert len(lines["cut"]) == len(lines["whole"])
    for name in ("cut", "header", "empty"):
        assert f"{name}.pcap: {lines[name][-1]['status']}" in done.stdout
    # Its findings do not say that it could not be read.
    assert re.findall(r"whole\.pcap: (.*)", done.stdout) == ["1 Attack"]
    named, unnamed = captures_of(sum_lines(batch, out))
    assert unnamed == 1 and set(named.values()) == {"partly read", "broken", "empty"}


def test_what_is_not_the_captures_fault_is_tried_again(batch, place, made, sandbox):
    """A tshark that is killed leaves no result: it is named, the rest goes on."""
    captures, out, tools = place("captures"), place("out"), place("tools")
    for name in ("a", "b", "c"):
        shutil.copyfile(made("rc-busy"), captures / f"{name}.pcap")
    wrapper = tools / "tshark"
    wrapper.write_text(f"""#!/bin/sh
case "$*" in *b.pcap*) kill -9 $$ ;; esac
exec {shutil.which("tshark")} "$@"
""")
    wrapper.chmod(0o755)
    done = batch("run", captures, out, code=1, env={"PATH": f"{tools}:{os.environ['PATH']}"})
    assert "b.pcap: tshark ended with 137" in done.stderr
    assert "2 of 3 done, 1 left, 1 of them tried and failed" in done.stderr
    assert "b.pcap: failed, tshark ended with 137" in done.stdout
    assert captures_of(sum_lines(batch, out)) == ({"b.pcap": "failed"}, 2)
    before = results(out)
    done = batch("run", captures, out)
    assert "3 captures, 1 to read" in done.stderr
    assert {name: results(out)[name] for name in before} == before
    assert captures_of(sum_lines(batch, out)) == ({}, 3)


def test_a_capture_that_cannot_be_read_is_tried_again(batch, place, made):
    captures, out = place("captures"), place("out")
    shutil.copyfile(made("rc-busy"), captures / "a.pcap")
    (captures / "a.pcap").chmod(0)
    if not is_root():
        os.chmod(captures / "a.pcap", 0)
    done = batch("run", captures, out, code=1)
    assert "a.pcap: cannot be read" in done.stderr
    (captures / "a.pcap").chmod(0o644)
    assert "0 left" in batch("run", captures, out).stderr


def test_a_capture_that_has_changed_is_read_anew(batch, place, made):
    captures, out = place("captures"), place("out")
    for name in ("a", "b"):
        shutil.copyfile(made("rc-busy"), captures / f"{name}.pcap")
    batch("run", captures, out)
    before = results(out)
    shutil.copyfile(made("demo"), captures / "b.pcap")
    os.utime(captures / "b.pcap", (1, 1))  # older, as one that comes from an archive
    assert "2 captures, 1 to read" in batch("run", captures, out).stderr
    after = results(out)
    assert after["a.pcap.jsonl"] == before["a.pcap.jsonl"]
    assert len(after["b.pcap.jsonl"][0]) > len(before["b.pcap.jsonl"][0])


def test_options_are_tsharks_and_stay(batch, place, made):
    captures, out = place("captures"), place("out")
    shutil.copyfile(made("rc-busy"), captures / "a.pcap")
    role = 'uat:smsrc_roles:"10.1.0.0/16","Site server","XYZ"'
    batch("run", captures, out, "--", "-2", "-o", role)
    flows = [line for line in results(out)["a.pcap.jsonl"][0] if line["type"] == "flow"]
    assert flows and {flow["site_code"] for flow in flows} == {"XYZ"}
    done = batch("run", captures, out, code=1)
    assert is_complaint(done.stderr, "OUT was made with other captures or options")


def test_an_option_that_tshark_refuses_is_told_once(batch, place, made):
    captures, out = place("captures"), place("out")
    fill(captures, made)
    done = batch("run", captures, out, "--", "-o", "smsrc.nothing:1", code=1)
    assert done.stderr.count("unknown preference") == 1
    assert not results(out)


def test_without_the_plugin_nothing_is_read(batch, place, made, sandbox):
    captures, out = place("captures"), place("out")
    fill(captures, made)
    done = batch("run", captures, out, code=1, env={"WIRESHARK_PLUGIN_DIR": sandbox.no_plugins})
    assert "smsrc,audit.json" in done.stderr
    assert not results(out)


# --- Faults --------------------------------------------------------------------------------------

@pytest.fixture
def one(place, made):
    """A folder of one capture, and one for the results."""
    captures, out = place("captures"), place("out")
    shutil.copyfile(made("rc-busy"), captures / "a.pcap")
    return captures, out


def closed(folder, name):
    """A folder with a capture's name in it that the ordinary user cannot open."""
    (folder / name).mkdir()
    (folder / name / "inside.pcap").write_bytes(b"")
    (folder / name).chmod(0)
    return folder / name


UNREADABLE = {
    "folder\n": (closed, "permission denied"),
    "dangling": (lambda folder, name: (folder / name).symlink_to("nowhere"), "leads nowhere"),
    "pipe": (lambda folder, name: os.mkfifo(folder / name), "not a file")}


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_cannot_be_read_is_named_and_is_no_success(batch, one, name):
    captures, out = one
    make, reason = UNREADABLE[name]
    try:
        make(captures, name)
        done = batch("run", captures, out, code=1)
        assert re.search(rf"^smsrc-batch: \S*{name.strip()}\S*: cannot be read: .*{reason}$",
                         done.stderr, re.MULTILINE)
        assert "1 of 2 done, 1 left, 1 of them tried and failed" in done.stderr
        assert captures_of(sum_lines(batch, out)) == ({name: "failed"}, 1)
        assert "1 of 2 done" in batch("status", out, code=1).stderr
    finally:
        if (captures / name).is_dir():
            (captures / name).chmod(0o755)
    if (captures / name).is_dir():
        # What has become readable since is read, and the folder's name is not kept.
        assert "0 left" in batch("run", captures, out).stderr
        assert captures_of(sum_lines(batch, out)) == ({f"{name}/inside.pcap": "empty"}, 1)


def test_a_folder_that_is_above_itself_is_read_once(batch, one):
    captures, out = one
    (captures / "again").symlink_to(".")
    (captures / "results").symlink_to(out)
    batch("run", captures, out)
    assert captures_of(sum_lines(batch, out)) == ({}, 1)
    (captures / "self").symlink_to("self")
    assert "smsrc-batch: not all of CAPTURES can be listed: " in batch(
        "run", captures, out, code=1).stderr


def test_a_capture_that_is_gone_is_named(program, batch, one, sandbox):
    captures, out = one
    batch("list", captures, out)
    (captures / "a.pcap").unlink()
    done = sandbox.run([program, "run", "--share", "1/1", captures, out])
    assert done.returncode == 1 and "a.pcap: cannot be read: no such file\n" in done.stderr
    assert captures_of(sum_lines(batch, out)) == ({"a.pcap": "failed"}, 0)
    shutil.rmtree(captures)
    assert is_complaint(batch("run", captures, out, code=1).stderr, "CAPTURES is not a folder")


@pytest.mark.parametrize("arguments, words", [
    (("run", "nothere", "OUT"), ("CAPTURES is not a folder", "nothere")),
    (("list", "nothere", "OUT"), ("CAPTURES is not a folder", "nothere")),
    (("run", "CAPTURES/a.pcap", "OUT"), ("CAPTURES is not a folder",)),
    (("run", "\x1b[31m\n\x9b", "OUT"), ("CAPTURES is not a folder", r"\E[31m\n")),
    (("run", "CAPTURES", "/proc/out"), ("cannot write in /proc/out",)),
    (("run", "CAPTURES", "/dev/null"), ("cannot write in /dev/null",)),
    (("status", "nosuch"), ("nosuch", "not a folder of smsrc-batch")),
    (("status", "no/such/folder"), ("folder", "not a folder of smsrc-batch")),
    (("status", "CAPTURES"), ("not a folder of smsrc-batch",)),
    (("sum", "nosuch"), ("nosuch cannot be read: no such file",)),
    (("report", "nosuch"), ("nosuch cannot be read: no such file",)),
    (("report", "CAPTURES"), ("not a folder of smsrc-batch",)),
    (("sum", "CAPTURES/a.pcap"), ("no sum of ", "a.pcap: ")),
    (("report", "CAPTURES/a.pcap"), ("no sum of ", "a.pcap: "))])
def test_an_error_is_one_line(batch, one, arguments, words):
    captures, out = one
    done = batch(*(str(argument).replace("CAPTURES", str(captures)).replace("OUT", str(out))
                   for argument in arguments), code=1)
    assert is_complaint(done.stderr, *words), done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("arguments, words", [
    ((), ("no command",)), (("nothing",), ("no command nothing",)),
    (("run",), ("run needs CAPTURES and OUT",)), (("run", "", "OUT"), ("CAPTURES is an empty",)),
    (("run", "CAPTURES", ""), ("OUT is an empty",)),
    (("run", "-j", "abc", "CAPTURES", "OUT"), ("-j abc", "not a number of jobs")),
    (("run", "-j"), ("a value behind -j",)), (("run", "-x", "CAPTURES", "OUT"), ("option -x",)),
    (("run", "--share", "1", "CAPTURES", "OUT"), ("--share 1", "K/N")),
    (("run", "CAPTURES", "OUT", "-2"), ("behind --, not -2",)),
    (("status",), ("status needs one OUT",)), (("sum",), ("sum needs",))])
def test_a_wrong_command_line_is_told_in_one_line(batch, one, arguments, words):
    captures, out = one
    done = batch(*(str(argument).replace("CAPTURES", str(captures)).replace("OUT", str(out))
                   for argument in arguments), code=2)
    assert is_complaint(done.stderr, "--help", *words), done.stderr
    assert done.stdout == "" and not list(out.iterdir())


@pytest.mark.parametrize("options, words", [
    (("-o", "smsrc.nothing:1"), 'tshark: -o flag "smsrc.nothing:1" specifies unknown preference'),
    (("-o", 'uat:smsrc_roles:"10.1.1.300","Site server",""'), '"10.1.1.300" is no'),
    (("-d", "tcp.port==9,nothing"), 'tshark: Unknown protocol -- "nothing"'),
    (("-Y", "nosuch.field"), "nosuch.field"), (("nosuch.field",), "nosuch.field"),
    (("-r", "other.pcap"), "-r"), (("-w", "other.pcap"), "-w"), (("-i", "lo"), "-i"),
    (("-V",), "-V"), (("-z", "io,stat,0"), "-z"), (("-nr", "/dev/null"), "")])
def test_options_that_are_refused_are_told_in_tsharks_words(batch, one, options, words):
    """tshark ends at a wrong filter as at a wrong capture: no capture is called broken for it."""
    captures, out = one
    done = batch("run", captures, out, "--", *options, code=1)
    assert is_complaint(done.stderr.replace('"; it must', "").replace("\n", " ").strip() + "\n",
                        words), done.stderr
    assert not (out / "results").exists() or not results(out)
    assert not (out.parent / "other.pcap").exists()


def test_a_wrong_filter_is_no_capture_s_fault_on_another_machine_either(batch, one, sandbox,
                                                                      program):
    captures, out = one
    (captures / "a.pcap").write_bytes(b"no capture at all")
    batch("list", captures, out, "--", "-Y", "nosuch.field")
    done = sandbox.run([program, "step", out, "a.pcap"])
    assert done.returncode == 1 and is_complaint(done.stderr, "a.pcap: ", "nosuch.field")
    assert not results(out)


def test_a_table_that_begins_with_a_mark_costs_no_line(batch, one, made, fresh_home):
    """Wireshark prints the byte order mark of a table in front of the first flow."""
    captures, out = one
    home = fresh_home()
    (home / ".config/wireshark").mkdir(parents=True)
    (home / ".config/wireshark/smsrc_roles").write_bytes(
        b'\xef\xbb\xbf"192.0.2.1","Site server","ABC"\n')
    batch("run", captures, out, env={"HOME": home})
    (lines, _), = results(out).values()
    assert lines[-1]["flows"] == len([line for line in lines if line["type"] == "flow"]) > 0


def test_a_tshark_that_loses_lines_is_not_believed(batch, one, place, sandbox):
    captures, out = one
    tools = place("tools")
    (tools / "tshark").write_text(
        f"""#!/bin/sh\n{shutil.which("tshark")} "$@" | sed '/"type":"flow"/d'\n""")
    (tools / "tshark").chmod(0o755)
    done = batch("run", captures, out, code=1, env={"PATH": f"{tools}:{os.environ['PATH']}"})
    assert "a.pcap: tshark has not printed all its lines" in done.stderr
    assert not results(out)


TOOLS = ("bash sed jq find sort flock mktemp mkdir rm mv cp cmp cat tr wc cut touch tail realpath "
         "sync sha256sum xargs grep parallel perl env tshark").split()


@pytest.mark.parametrize("missing", ["jq", "parallel", "flock", "tshark"])
def test_a_tool_that_is_missing_is_named(batch, one, place, missing):
    needs(*TOOLS)
    captures, out = one
    tools = place("tools")
    for name in set(TOOLS) - {missing}:
        (tools / name).symlink_to(shutil.which(name))
    done = batch("run", captures, out, code=1, env={"PATH": tools})
    assert is_complaint(done.stderr, f"{missing} is not installed")


@pytest.mark.parametrize("name, mode", [
    ("results", 0o555), ("part", 0o555), ("folder", 0), ("options", 0), ("lock", 0o444)])
def test_what_cannot_be_written_is_told_in_one_line(batch, one, name, mode):
    captures, out = one
    batch("run", captures, out)
    (captures / "b.pcap").write_bytes(b"")
    (out / name).chmod(mode)
    try:
        done = batch("run", captures, out, code=1)
        assert is_complaint(done.stderr, str(out))
    finally:
        (out / name).chmod(0o755)


def test_results_that_cannot_be_read_are_no_report(batch, one):
    captures, out = one
    batch("run", captures, out)
    path = next((out / "results").iterdir())
    path.chmod(0)
    try:
        for command in ("sum", "report"):
            done = batch(command, out, code=1)
            assert is_complaint(done.stderr, "no sum of", "Permission denied")
            assert done.stdout == ""
    finally:
        path.chmod(0o644)


def test_an_output_that_is_full_is_an_error(program, one, batch):
    captures, out = one
    batch("run", captures, out)
    for command in (["report", out], ["sum", out], ["--help"], ["--version"]):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([program, *command], check=False, encoding="utf-8", stdout=full,
                                  stderr=subprocess.PIPE, timeout=60)
        assert done.returncode == 1 and is_complaint(done.stderr, "cannot write the output")


def test_a_pipe_that_is_closed_is_no_noise(program, one, batch):
    captures, out = one
    batch("run", captures, out)
    for ignored in ("", "trap '' PIPE; "):
        done = subprocess.run(
            ["bash", "-c", ignored + '"$0" report "$1" | true; exit "${PIPESTATUS[0]}"',
             program, out], check=False, encoding="utf-8", stderr=subprocess.PIPE, timeout=60)
        assert done.returncode in (0, 1, 128 + signal.SIGPIPE)
        assert done.stderr == "" or is_complaint(done.stderr, "cannot write the output")


def test_the_folder_of_results_may_have_any_name(batch, one, made):
    captures, out = one
    odd = out / "-a 'b\"\\\n\x1b$(x)\n"
    for _ in range(2):
        done = batch("run", captures, odd, env={"SHELL": "/bin/sh", "CDPATH": "/tmp",
                                                "PARALLEL": "--dry-run"})
        assert "1 of 1 done" in done.stderr and len(results(odd)) == 1
    assert batch("sum", odd).stdout and "1 of 1" in batch("status", odd).stderr


def test_a_part_of_another_list_is_refused(batch, one, place):
    captures, out = one
    batch("list", captures, out)
    for arguments in ((place("other"), out), (captures, out, "--", "-2")):
        done = batch("run", "--share", "1/1", *arguments, code=1)
        assert is_complaint(done.stderr, "listed with other captures or options")
    assert not results(out)


def test_what_parallel_complains_of_has_the_programs_name(batch, one):
    captures, out = one
    done = batch("run", "-S", "no-such-host.invalid", captures, out, code=1,
                 env={"PATH": os.environ["PATH"]})
    assert all(line.startswith("smsrc-batch: ") for line in done.stderr.splitlines())
    assert "0 of 1 done, 1 left" in done.stderr


def test_a_report_keeps_characters_whole(program, tmp_path):
    path = tmp_path / "lines.jsonl"
    path.write_text(json.dumps({"type": "capture", "capture": "é" * 200, "status": "failed",
                                "reason": "a " * 100}) + "\n")
    done = subprocess.run([program, "report", path], check=True, stdout=subprocess.PIPE, timeout=60)
    lines = done.stdout.decode("utf-8").splitlines()
    assert max(map(len, lines)) <= 80 and "é" * 80 in lines


def test_two_runs_at_once_are_refused(program, batch, place, made, sandbox):
    needs("flock")
    captures, out = place("captures"), place("out")
    fill(captures, made)
    with begun(sandbox, ["flock", out / "lock", "sleep", "60"]) as process:
        wait_for((out / "lock").exists, process)
        time.sleep(0.3)
        assert "another run is at work" in batch("run", captures, out, code=1).stderr


def test_out_is_not_among_the_captures(batch, place, made):
    captures = place("captures")
    assert "OUT must not be" in batch("run", captures, captures / "out", code=1).stderr
    assert not (captures / "out").exists()


# --- The sum --------------------------------------------------------------------------------------

@pytest.fixture(scope="module")
def read(program, sandbox, tmp_path_factory):
    """The lines of some captures, read once."""
    captures, out = sandbox.new_folder("captures"), sandbox.new_folder("out")
    if is_root():
        os.chown(out, ORDINARY_USER, ORDINARY_USER)
    batch_captures.write(captures, 16)
    (captures / "cut.pcap").write_bytes((captures / "day 0" / "0000.pcap").read_bytes()[:-5])
    (captures / "broken.pcap").write_bytes((MADE / "demo.pcap").read_bytes()[:20])
    shutil.copyfile(RECORDED / "site-firewalled.pcapng", captures / "site.pcapng")
    done = sandbox.run([program, "run", captures, out], timeout=600)
    assert done.returncode == 0, done.stderr
    return out


def test_a_sum_does_not_depend_on_the_order_and_sums_add_up(batch, read, tmp_path):
    everything = batch("sum", read).stdout
    assert len(everything.splitlines()) > 10
    files = sorted((read / "results").iterdir())
    chance = random.Random(826852)
    for _ in range(5):
        chance.shuffle(files)
        cuts = sorted(chance.sample(range(len(files) + 1), 2))
        parts = [files[start:end] for start, end in zip([0, *cuts], [*cuts, len(files)])]
        sums = []
        for number, part in enumerate(parts):
            sums.append(tmp_path / f"{number}.jsonl")
            sums[-1].write_text(batch("sum", *part).stdout if part else "")
            sums[-1].chmod(0o644)
        tmp_path.chmod(0o755)
        chance.shuffle(sums)
        assert run_as_here(read, sums) == everything


def run_as_here(read, files):
    """The sum of files that only the test can read."""
    done = subprocess.run([BATCH / "smsrc-batch", "sum", *files], check=False, encoding="utf-8",
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_sum_is_what_counting_gives(batch, read):
    wanted = collections.defaultdict(lambda: [0, 0, 0, 0])
    for lines, _ in results(read).values():
        for line in lines:
            if line["type"] == "flow":
                port = line["transport"] + (
                    f" {line['server_port']}" if line["server_port"] else "")
                one = wanted[line["verdict"], ("near " if line.get("nearest") else "") +
                             (line["row"] or "-"), ", ".join(line["initiator_roles"]),
                             ", ".join(line["responder_roles"]), port, line["service"]]
                for at, more in enumerate((1, line["reach"] == "Blocked", line["packets"],
                                           line["bytes"])):
                    one[at] += more
    assert flow_sums(sum_lines(batch, read)) == {key: tuple(one) for key, one in wanted.items()}
    assert any(blocked for _, blocked, _, _ in wanted.values())


@pytest.mark.parametrize("line", ['{"type":"other"}', '{"type":"flow"', "[1]"])
def test_a_sum_of_something_else_is_refused(line, program, tmp_path):
    path = tmp_path / "lines.jsonl"
    path.write_text(line + "\n")
    for command in ("sum", "report"):
        done = subprocess.run([program, command, path], check=False, encoding="utf-8",
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
        assert done.returncode != 0 and done.stderr


def test_a_file_that_is_not_there_makes_no_sum(program, tmp_path):
    done = subprocess.run([program, "sum", tmp_path / "none.jsonl"], check=False,
                          encoding="utf-8", stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          timeout=60)
    assert done.returncode != 0 and "none.jsonl" in done.stderr


def test_the_report_has_eighty_columns_and_all_flows(batch, read):
    text = batch("report", "--listed", read).stdout
    assert max(map(len, text.splitlines())) <= 80
    lines = sum_lines(batch, read)
    counted = [line.split() for line in
               text.split("\nCaptures\n")[1].split("Sessions\n")[0].splitlines()]
    assert sum(int(words[0]) for words in counted if len(words) > 4 and words[0].isdigit()
               and words[1].isdigit()) == sum(flows for flows, *_ in flow_sums(lines).values())
    assert "broken.pcap: broken, tshark: " in text and "cut.pcap: partly read, " in text


def test_the_report_sends_a_terminal_no_commands(program, tmp_path):
    path = tmp_path / "lines.jsonl"
    path.write_text(json.dumps({"type": "capture", "capture": "\x1b[31mred\x9b\n",
                                "status": "failed", "reason": "\x07"}) + "\n")
    done = subprocess.run([program, "report", path], check=True, stdout=subprocess.PIPE,
                          encoding="utf-8", timeout=60)
    assert all(ord(sign) >= 32 or sign == "\n" for sign in done.stdout)
    assert "\x9b" not in done.stdout


# --- Other machines -------------------------------------------------------------------------------

def free_ports(count):
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


@pytest.fixture
def tools(sandbox, program, place):
    """A folder for PATH: smsrc-batch, and for root a tshark that loads plugins all the same."""
    folder = place("tools")
    (folder / "smsrc-batch").symlink_to(program)
    wrapper = folder / "tshark"
    env = sandbox.environment(True, None)
    settings = " ".join(f"{name}={env[name]}" for name in (
        "HOME", "TZ", "WIRESHARK_PLUGIN_DIR", "WIRESHARK_EXTCAP_DIR"))
    drop = (f"setpriv --reuid={ORDINARY_USER} --regid={ORDINARY_USER} --clear-groups "
            if is_root() else "")
    wrapper.write_text(f"#!/bin/sh\nexec {drop}env {settings} {shutil.which('tshark')} \"$@\"\n")
    wrapper.chmod(0o755)
    return folder


@contextlib.contextmanager
def daemon(argv, log):
    with open(log, "wb") as to:
        process = subprocess.Popen([str(word) for word in argv], stdin=subprocess.DEVNULL,
                                   stdout=to, stderr=subprocess.STDOUT, start_new_session=True)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(timeout=10)


def here(argv, env=None, code=0, timeout=300):
    """Runs a program as the test's own user, which a server lets in."""
    done = subprocess.run([str(word) for word in argv], env={**os.environ, **(env or {})},
                          check=False, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, encoding="utf-8", errors="replace",
                          timeout=timeout)
    assert done.returncode == code, f"{argv}\n{done.stdout}\n{done.stderr}"
    return done


def listens(port):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


def answers(argv, env, word):
    done = subprocess.run(argv, env={**os.environ, **env}, check=False, encoding="utf-8",
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=60)
    return word in done.stdout


@pytest.fixture
def ssh_host(tmp_path, tools):
    """What parallel's -S takes: this machine, by a server and a key of the test's own."""
    needs("ssh", "sshd", "ssh-keygen")
    if not is_root():
        pytest.skip("a server of ssh needs root")
    port, = free_ports(1)
    for name in ("host", "user"):
        here(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / name])
    shutil.copyfile(tmp_path / "user.pub", tmp_path / "keys")
    config = tmp_path / "sshd_config"
    config.write_text(f"""ListenAddress 127.0.0.1
Port {port}
HostKey {tmp_path}/host
PidFile none
AuthorizedKeysFile {tmp_path}/keys
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
StrictModes no
SetEnv PATH={tools}:{os.environ["PATH"]}
""")
    client = tmp_path / "client"
    client.write_text(f"""Host *
    User root
    Port {port}
    IdentityFile {tmp_path}/user
    IdentitiesOnly yes
    StrictHostKeyChecking no
    UserKnownHostsFile {tmp_path}/known
    LogLevel ERROR
""")
    # The folder that sshd insists on is Debian's service's to make.
    pathlib.Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    log = tmp_path / "sshd.log"
    with daemon([shutil.which("sshd", path=SBIN), "-D", "-e", "-f", config], log) as server:
        for _ in range(200):
            if listens(port):
                break
            if server.poll() is not None:
                pytest.skip(f"sshd does not run here: {log.read_text()}")
            time.sleep(0.05)
        yield f"ssh -F {client} 127.0.0.1"


def test_over_ssh(ssh_host, tools, batch, place, made):
    captures, out, local = place("captures"), place("out"), place("local")
    fill(captures, made)
    (captures / "broken.pcap").write_bytes(made("demo").read_bytes()[:20])
    path = f"{tools}:{os.environ['PATH']}"
    done = here([tools / "smsrc-batch", "run", "-j", "2", "-S", f"2/{ssh_host}", captures, out],
                env={"PATH": path, "HOME": str(place("home"))})
    assert f"{len(HOSTILE_NAMES) + 1} of {len(HOSTILE_NAMES) + 1} done" in done.stderr
    joblog = (out / "joblog").read_text(errors="replace").splitlines()
    assert {line.split("\t")[1] for line in joblog[1:] if line.count("\t") > 6} == {ssh_host}
    batch("run", captures, local)
    assert batch("sum", out).stdout == batch("sum", local).stdout


def test_a_host_without_the_plugin_is_named(ssh_host, tools, place, made):
    captures, out = place("captures"), place("out")
    shutil.copyfile(made("rc-busy"), captures / "a.pcap")
    (tools / "tshark").write_text("#!/bin/sh\necho 'tshark: Invalid -z argument' >&2\nexit 1\n")
    done = here([tools / "smsrc-batch", "run", "-S", ssh_host, captures, out], code=1,
                env={"HOME": str(place("home"))})
    assert "a.pcap: tshark ended with 1 tshark: Invalid -z argument" in done.stderr
    assert not results(out)


@pytest.fixture
def slurm(tmp_path, tools):
    """The environment in which this machine is a Slurm cluster of one node, the test's own."""
    needs("munged", "slurmctld", "slurmd", "sbatch")
    if not is_root():
        pytest.skip("a Slurm cluster needs root")
    controller, node = free_ports(2)
    host = socket.gethostname().split(".")[0]
    for name in ("spool", "state"):
        (tmp_path / name).mkdir()
    # munge takes no folder that others may write in, and pytest's are below /tmp.
    (tmp_path / "munge.key").write_bytes(os.urandom(1024))
    (tmp_path / "munge.key").chmod(0o400)
    config = tmp_path / "slurm.conf"
    config.write_text(f"""ClusterName=smsrc
SlurmctldHost={host}(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={tmp_path}/munge.socket
StateSaveLocation={tmp_path}/state
SlurmdSpoolDir={tmp_path}/spool
SlurmctldPidFile={tmp_path}/slurmctld.pid
SlurmdPidFile={tmp_path}/slurmd.pid
SlurmctldPort={controller}
SlurmdPort={node}
ProctrackType=proctrack/pgid
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
MpiDefault=none
ReturnToService=2
NodeName={host} NodeAddr=127.0.0.1 CPUs=4 State=UNKNOWN
PartitionName=all Nodes={host} Default=YES MaxTime=INFINITE State=UP
""")
    env = {"SLURM_CONF": str(config), "PATH": f"{tools}:{SBIN}"}
    daemons = ((["munged", "--foreground", "--force", f"--socket={tmp_path}/munge.socket",
                 f"--key-file={tmp_path}/munge.key", f"--pid-file={tmp_path}/munge.pid",
                 f"--seed-file={tmp_path}/munge.seed", f"--log-file={tmp_path}/munge.log"],
                (tmp_path / "munge.socket").exists),
               (["slurmctld", "-D", "-f", config], lambda: listens(controller)),
               (["slurmd", "-D", "-f", config],
                lambda: answers(["sinfo", "-h", "-o", "%t"], env, "idle")))
    with contextlib.ExitStack() as stack:
        for argv, ready in daemons:
            log = tmp_path / f"{argv[0]}.said"
            argv = [shutil.which(argv[0], path=SBIN), *argv[1:]]
            server = stack.enter_context(daemon(argv, log))
            for _ in range(150):
                if ready():
                    break
                if server.poll() is not None:
                    pytest.skip(f"{argv[0]} does not run here: {log.read_text()[-500:]}")
                time.sleep(0.2)
            else:
                pytest.skip(f"{argv[0]} does not come up here: {log.read_text()[-500:]}")
        yield env


def test_a_slurm_array(slurm, tools, program, batch, place, made, tmp_path):
    """An array of three tasks; then one of two for what was left."""
    captures, out, local = place("captures"), place("out"), place("local")
    home = {"HOME": str(place("home"))}
    fill(captures, made)
    (captures / "broken.pcap").write_bytes(made("demo").read_bytes()[:20])
    total = len(HOSTILE_NAMES) + 1
    here([tools / "smsrc-batch", "list", captures, out], env={**slurm, **home})

    def submit(array):
        return here(["sbatch", "--wait", f"--array={array}", f"--output={tmp_path}/task-%a",
                     program.parent / "smsrc-batch.sbatch", captures, out], env={**slurm, **home})
    submit("1-3")
    said = "".join((tmp_path / f"task-{task}").read_text() for task in (1, 2, 3))
    shares = [int(line.split(", ")[1].split()[0]) for line in said.splitlines()
              if " to read" in line]
    assert len(shares) == 3 and sum(shares) == total and min(shares) >= total // 3, said
    assert f"{total} of {total} done" in here([tools / "smsrc-batch", "status", out]).stderr
    batch("run", captures, local)
    assert batch("sum", out).stdout == batch("sum", local).stdout

    before = results(out)
    gone = sorted(before)[::4]
    for name in gone:
        (out / "results" / name).unlink()
    submit("7-8")
    after = results(out)
    assert {name for name in before if after[name] != before[name]} <= set(gone)
    assert batch("sum", out).stdout == batch("sum", local).stdout


# --- The program ----------------------------------------------------------------------------------

def test_shares_are_all_and_none_twice(program, batch, place, made, sandbox):
    captures, out = place("captures"), place("out")
    fill(captures, made)
    batch("list", captures, out)
    for part in (1, 2):
        batch("run", "--share", f"{part}/2", captures, out)
        assert len(results(out)) == len(HOSTILE_NAMES) // 2 * part
    for wrong in ("0/2", "3/2", "1", "a/b"):
        done = sandbox.run([program, "run", "--share", wrong, captures, out])
        assert done.returncode != 0


def project_version():
    return re.search(r"^project\(smsrc VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text(),
                     re.MULTILINE)[1]


def test_it_has_the_version_of_the_project(program, sandbox):
    done = sandbox.run([program, "--version"])
    assert (done.returncode, done.stdout, done.stderr) == (
        0, f"smsrc-batch {project_version()}\n", "")


def manual_text():
    done = subprocess.run(["groff", "-man", "-Tascii", "-P-cbou", "-ww", BATCH / "smsrc-batch.1"],
                          check=True, encoding="utf-8", stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=60)
    assert done.stderr == ""
    return done.stdout


def test_the_manual_has_each_command_and_option_of_the_help(program, sandbox):
    needs("groff")
    usage, text = sandbox.run([program, "--help"]).stdout, manual_text()
    commands = set(re.findall(r"^smsrc-batch ([a-z]+)", usage, re.MULTILINE))
    options = set(re.findall(r"(?<![\w-])--?[a-zA-Z]+", usage))
    assert {"run", "list", "status", "sum", "report", "rows"} == commands
    assert {"-j", "-S", "--share", "--names", "--worst", "--listed", "--help",
            "--version"} == options
    heads = re.findall(r"^ {7}(\S.*)$", text, re.MULTILINE)
    for word in commands | options:
        alone = rf"(?<![\w-]){re.escape(word)}(?![\w-])"
        assert any(re.search(alone, head) for head in heads), word
    for command in commands:
        assert re.search(rf"^ {{7}}smsrc-batch {command} ", text, re.MULTILINE)
    assert f"smsrc {project_version()}" in (BATCH / "smsrc-batch.1").read_text()


@pytest.mark.parametrize("tool", [["man", "--warnings", "-l"],
                                  ["mandoc", "-T", "lint", "-W", "error"]])
def test_the_manual_is_shown_without_a_warning(tool):
    needs(tool[0])
    done = subprocess.run([*tool, BATCH / "smsrc-batch.1"], check=False, encoding="utf-8",
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60,
                          env={**os.environ, "LC_ALL": "C.UTF-8", "MANPAGER": "cat"})
    assert done.returncode == 0 and done.stderr == ""
    assert tool[0] == "mandoc" or "SMSRC-BATCH(1)" in done.stdout


def test_it_says_how_it_is_used(program, sandbox):
    done = sandbox.run([program, "--help"])
    assert done.returncode == 0 and done.stdout.startswith("smsrc-batch run ")
    for wrong in ((), ("nothing",), ("run",), ("run", "a"), ("run", "a", "b", "c"), ("step", "a"),
                  ("status",), ("sum",), ("report", "--worst"), ("report", "--worst", "0", "a"),
                  ("report", "--most", "a"), ("report", "--listed")):
        done = sandbox.run([program, *wrong])
        assert done.returncode == 2 and not done.stdout, wrong


def test_shellcheck_finds_nothing():
    needs("shellcheck")
    for path in (BATCH / "smsrc-batch", BATCH / "smsrc-batch.sbatch"):
        done = subprocess.run(["shellcheck", path], check=False, encoding="utf-8",
                              stdout=subprocess.PIPE, timeout=60)
        assert done.returncode == 0, done.stdout
