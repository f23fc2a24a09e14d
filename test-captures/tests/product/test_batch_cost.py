# test_batch_cost.py
# What smsrc-batch costs: processes for each capture, and tshark without names that no result has
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Counted, not timed. The rest of the tests sets WIRESHARK_DATA_DIR, which smsrc-batch leaves as
it is, so what it does by itself is tested here alone."""

import collections
import os
import re
import shutil

import pytest

from batch_program import batch, needs, place, program  # noqa: F401
from conftest import CAPTURES, INSIDE_ROOT, IS_SAMPLE, MADE, SUITES
from json_output import parse
from recorded_truth import RECORDED
from sampled import sampled

pytestmark = pytest.mark.slow

# What each capture takes: tshark, and touch for its time before it was read and after.
EACH_CAPTURE = {"tshark": 1, "touch": 2}
TOOLS = ("bash", "cat", "find", "jq", "ln", "mkdir", "mktemp", "mv", "parallel", "perl", "realpath",
         "rm", "sed", "sha256sum", "sort", "tail", "touch", "tr", "tshark", "wc", "xargs")
# Those that parallel tries itself with, and what names the results every two seconds.
NOT_COUNTED = ("bash", "perl", "mv")
# No folder of Wireshark's data is set.
BY_ITSELF = {"WIRESHARK_DATA_DIR": None}


def write_tool(folder, name, script):
    (folder / name).write_text("#!/bin/sh\n" + script)
    (folder / name).chmod(0o755)


@pytest.fixture
def counted(place, batch):
    """counted(captures, out, arguments...) -> how often each tool was started in this run."""
    def run(*arguments, env=None):
        tools = place("tools")
        for name in TOOLS:
            write_tool(tools, name, f'echo {name} "$WIRESHARK_DATA_DIR" >>"{tools}/log"\n'
                                    f'exec {shutil.which(name)} "$@"\n')
        batch("run", *arguments, env={**BY_ITSELF, "PATH": f"{tools}:{os.environ['PATH']}",
                                      **(env or {})})
        lines = (tools / "log").read_text().splitlines()
        data = collections.Counter(line.split(" ", 1)[1] for line in lines
                                   if line.startswith("tshark "))
        return collections.Counter(line.split(" ")[0] for line in lines), data
    return run


def copies(folder, made, count):
    for number in range(count):
        shutil.copyfile(made("rc-busy"), folder / f"{number}.pcap")
    return folder


def test_a_capture_more_takes_three_processes_more(counted, place, made):
    needs(*TOOLS)
    few, few_data = counted("-j", "1", copies(place("few"), made, 4), place("out"))
    many, many_data = counted("-j", "1", copies(place("many"), made, 12), place("out"))
    assert {name: many[name] - few[name] for name in TOOLS
            if name not in NOT_COUNTED and many[name] != few[name]} == {
                name: 8 * count for name, count in EACH_CAPTURE.items()}
    # One in the check and one in the only step, and four in the sum and the report.
    assert many["jq"] <= 8
    # All but the search for the folder of the data.
    for data, count in ((few_data, 4), (many_data, 12)):
        assert data.pop("") == 1
        (folder, read), = data.items()
        assert read == count + 1 and "/part/data." in folder


def test_processes_are_few_where_several_work_at_once(counted, place, made):
    needs(*TOOLS)
    started, _ = counted("-j", "2", copies(place("captures"), made, 24), place("out"))
    assert started["tshark"] == 24 + 2 and started["touch"] == 48
    # Eight steps of three captures.
    assert started["jq"] <= 8 + 7 and started["mktemp"] <= 8 + 3


def link_all(folder):
    """Copies of all captures that there are; in another system every fourth."""
    found = [path for of_kind in (MADE, RECORDED, CAPTURES / "real", CAPTURES / "moved",
                                  CAPTURES.parent / "cases") if of_kind.is_dir()
             for path in sorted(of_kind.glob("*cap*")) if path.is_file()]
    assert len(found) > 100
    if IS_SAMPLE:
        found = sampled(found, os.environ[INSIDE_ROOT], SUITES)
    for path in found:
        shutil.copyfile(path, folder / f"{path.parent.name}-{path.name}")
    return len(found)


def whole(out):
    return {path.name: path.read_bytes() for path in (out / "results").iterdir()}


def test_no_result_has_a_name_that_is_left_out(batch, place):
    """Every capture: byte for byte the same as with all data of Wireshark."""
    captures, light, full = place("captures"), place("light"), place("full")
    count = link_all(captures)
    batch("run", captures, light, env=BY_ITSELF)
    batch("run", "--names", captures, full, env=BY_ITSELF)
    assert list((light / "part").glob("data.*/data")) and not list((full / "part").iterdir())
    assert len(whole(light)) == count and whole(light) == whole(full)


@pytest.fixture
def logged(place):
    """The environment in which each tshark notes the folder of its data, and the name of that
    list. `data`, if given, is what tshark takes for Wireshark's own folder."""
    def make(data=None):
        tools = place("tools")
        folders = f"printf 'Global configuration:\\t%s\\n' '{data}'; exit" if data else ":"
        write_tool(tools, "tshark", f"""echo "$WIRESHARK_DATA_DIR" >>"{tools}/log"
case $1 in -G) {folders} ;; esac
exec {shutil.which("tshark")} "$@"
""")
        return {**BY_ITSELF, "PATH": f"{tools}:{os.environ['PATH']}"}, tools / "log"
    return make


def test_the_light_folder_has_all_but_names(batch, place, made, logged):
    """A table of roles for all users is read, and a file of a strange name does no harm."""
    captures, out, data = copies(place("captures"), made, 1), place("out"), place("data")
    for name in ("radius", "diameter", "profiles", "-r $(x)"):
        (data / name).mkdir()
    for name in ("manuf", "enterprises.tsv", "services", "init.lua", ".hidden"):
        (data / name).write_text("")
    (data / "smsrc_roles").write_text('"10.1.0.0/16","Site server","XYZ"\n')
    env, log = logged(data)
    batch("run", captures, out, env=env)
    folder, = set(log.read_text().splitlines()) - {""}
    assert sorted(os.listdir(folder)) == [
        "-r $(x)", ".hidden", "init.lua", "profiles", "services", "smsrc_roles"]
    (path,) = (out / "results").iterdir()
    flows = [line for line in parse(path.read_bytes()) if line["type"] == "flow"]
    assert flows and {flow["site_code"] for flow in flows} == {"XYZ"}
    # What has come to Wireshark's data since is there in the next run.
    (data / "hosts").write_text("")
    os.utime(data, (2000000000, 2000000000))
    (captures / "more.pcap").write_bytes(b"")
    batch("run", captures, out, env=env)
    newer = log.read_text().splitlines()[-1]
    assert newer != folder
    assert "hosts" in os.listdir(newer) and "manuf" not in os.listdir(newer)


@pytest.mark.parametrize("before, behind, data", [
    ((), ("-o", "smsrc.audit.learn:FALSE", "-2"), "light"),
    (("--names",), (), "all"),
    ((), ("-Y", "radius.User_Name or diameter.Session-Id"), "all"),
    ((), ("-N", "m"), "all"), ((), ("-C", "Default"), "light")])
def test_options_that_may_ask_for_names_get_them(batch, place, made, logged, before, behind, data):
    captures, out = copies(place("captures"), made, 1), place("out")
    env, log = logged()
    # Wireshark copies its own files, init.lua too, into a home without a configuration for -C.
    env["HOME"] = str(place("home"))
    batch("run", *before, captures, out, *(("--", *behind) if behind else ()), env=env)
    read = set(log.read_text().splitlines()) - {""}
    assert len(read) == (data == "light")
    # A folder that the user has set is kept.
    own = place("data")
    log.unlink()
    (captures / "more.pcap").write_bytes(b"")
    batch("run", *before, captures, out, *(("--", "-C", "Default") if "-C" in behind else
                                           ("--", *behind) if behind else ()),
          env={**env, "WIRESHARK_DATA_DIR": None if "-Y" in behind else own})
    assert set(log.read_text().splitlines()) == ({""} if "-Y" in behind else {str(own)})


# --- What ends in the middle of a step ------------------------------------------------------------

ENDS = {
    "tshark, in a line": ('{tshark} "$@" | head -c 300; kill -9 $$', "tshark ended with 137"),
    "jq": ("kill -9 $(pgrep -P $PPID -x jq); exec {tshark} \"$@\"", "b.pcap: ")}


@pytest.mark.parametrize("what", ENDS)
def test_what_is_killed_takes_no_other_capture_with_it(batch, place, made, what):
    """Of four captures that one process reads, the second."""
    needs("pgrep")
    script, words = ENDS[what]
    captures, out, tools = place("captures"), place("out"), place("tools")
    for name in "abcd":
        shutil.copyfile(made("demo"), captures / f"{name}.pcap")
    tshark = shutil.which("tshark")
    write_tool(tools, "tshark", f"""case "$*" in *b.pcap*) {script.format(tshark=tshark)} ;; esac
exec {tshark} "$@"
""")
    done = batch("run", "-j", "1", captures, out, code=1,
                 env={"PATH": f"{tools}:{os.environ['PATH']}"})
    assert words in done.stderr and "3 of 4 done, 1 left, 1 of them tried and failed" in done.stderr
    batch("run", "-j", "1", captures, out)
    found = whole(out)
    assert len(found) == 4 and len({re.sub(rb'"capture":"[abcd]', b"", lines)
                                    for lines in found.values()}) == 1


def test_a_step_of_what_is_done_in_part_names_each_capture(batch, place, made, program, sandbox):
    captures, out = place("captures"), place("out")
    for name in "abc":
        shutil.copyfile(made("rc-busy"), captures / f"{name}.pcap")
    batch("list", captures, out)
    for names in (("b.pcap",), ("a.pcap", "b.pcap", "c.pcap")):
        assert sandbox.run([program, "step", out, *names]).returncode == 0
    assert {name: {line["capture"] for line in parse(lines)} for name, lines in
            whole(out).items()} == {f"{name}.pcap.jsonl": {f"{name}.pcap"} for name in "abc"}
