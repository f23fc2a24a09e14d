# test_load.py
# Time and memory grow linearly with packets and flows, at a tenth and at the whole of a load
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The small version of test-captures/load/run. What is compared is what the plugin adds to tshark's
own: memory at most, for some ten thousand flows, and instructions, for some thousand.
"""

import shutil
import subprocess
import sys

import pytest

from conftest import TESTS, is_root
from counting import Counter
from generators import module_in

pytestmark = pytest.mark.slow

LOAD = TESTS.parent / "load"
FLOWS, COUNTED_FLOWS = 40000, 4000
# Ten times the flows may take that many times the memory and the instructions.
MOST_MEMORY, MOST_INSTRUCTIONS = 12, 12
# What one more flow may cost, in bytes, and what never counts: maps that start small.
MOST_BYTES_A_FLOW = {"nat": 1000, "scan": 1250, "sessions": 4800}
NOISE_BYTES = 8 << 20


@pytest.fixture(scope="module")
def load():
    return module_in(LOAD, "captures"), module_in(LOAD, "measure")


@pytest.fixture(scope="module")
def roles(load):
    return [f"uat:smsrc_roles:{line}" for line in load[0].ROLES]


@pytest.fixture(scope="module")
def written(load, sandbox):
    """written(kind, flows) -> a capture of that kind."""
    def write(kind, flows):
        path = sandbox.new_folder("load") / f"{kind}.pcap"
        getattr(load[0], kind)(path, flows)
        path.chmod(0o644)
        return path
    return write


@pytest.fixture(scope="module")
def added(load, sandbox, roles, written):
    """added(kind, flows) -> the bytes that the plugin adds."""
    def run(kind, flows):
        path = written(kind, flows)
        without = load[1].cost(sandbox, path, False)
        loaded = load[1].cost(sandbox, path, True, roles)
        path.unlink()
        assert without.code == 0 and loaded.code == 0, loaded.stderr
        return loaded.memory - without.memory
    return run


@pytest.fixture(scope="module")
def counted(load, sandbox, roles, plugin_build, written):
    """counted(kind, flows) -> the instructions that the plugin adds; the roles are those of the
    user's table, where a home is given."""
    measure = load[1]
    counter = Counter(sandbox, plugin_build)
    without = {}

    def run(kind, flows, home=None):
        path = written(kind, flows)
        prefs = () if home else roles
        if (kind, flows) not in without:
            without[kind, flows] = counter.of_packets(path, False, measure.NO_STATISTICS)
        return (counter.of_packets(path, True, measure.STATISTICS, prefs, home) -
                without[kind, flows])
    return run


@pytest.mark.parametrize("kind", MOST_BYTES_A_FLOW)
def test_memory_grows_with_the_flows(added, kind):
    few, many = added(kind, FLOWS // 10), added(kind, FLOWS)
    print(f"{kind}: {FLOWS // 10} flows {few >> 10} KiB, {FLOWS} flows {many >> 10} KiB, "
          f"{many / FLOWS:.0f} bytes a flow")
    assert many <= MOST_MEMORY * max(few, 0) + NOISE_BYTES
    assert many <= MOST_BYTES_A_FLOW[kind] * FLOWS + NOISE_BYTES


@pytest.mark.parametrize("kind", MOST_BYTES_A_FLOW)
def test_instructions_grow_with_the_flows(counted, kind):
    few, many = counted(kind, COUNTED_FLOWS // 10), counted(kind, COUNTED_FLOWS)
    print(f"{kind}: {COUNTED_FLOWS // 10} flows {few:,} instructions, {COUNTED_FLOWS} flows "
          f"{many:,}, {many / few:.2f} times")
    assert 0 < many <= MOST_INSTRUCTIONS * few


def test_one_talker_costs_no_memory(added):
    memory = added("talker", 50000)
    print(f"50000 packets of one flow: {memory >> 10} KiB")
    assert memory <= NOISE_BYTES


def test_a_table_of_a_hundred_thousand_lines_is_no_list(counted, load, sandbox):
    """A host's roles are found by its prefix: a long table costs its reading, not each packet."""
    long, short = (counted("nat", COUNTED_FLOWS // 10, load[1].home_with_roles(sandbox, lines))
                   for lines in (100000, 10))
    print(f"{COUNTED_FLOWS // 10} flows: 100 000 lines {long:,} instructions, ten lines {short:,}")
    assert long <= short * 1.05


def test_a_capture_cut_in_the_middle_is_read_to_there(load, sandbox, tshark, roles):
    captures, _ = load
    folder = sandbox.new_folder("cut")
    packets, _ = captures.nat(folder / "whole.pcap", 2000)
    captures.cut(folder / "whole.pcap", folder / "cut.pcap")
    for path in folder.iterdir():
        path.chmod(0o644)
    done = tshark(folder / "cut.pcap", "-T", "fields", "-e", "smsrc.audit.row", prefs=roles,
                  check=False)
    assert "cut short" in done.stderr
    rows = done.stdout.splitlines()
    assert packets * 0.4 < len(rows) < packets * 0.6
    # No frame shows a verdict before it is final.
    assert set(rows) == {"", "E1"} and rows.count("E1") > len(rows) / 2


def test_packets_of_64_bytes_keep_their_rows(load, sandbox, tshark, roles):
    captures, _ = load
    path = sandbox.new_folder("snap") / "snap.pcap"
    packets, _ = captures.nat(path, 500, 64)
    path.chmod(0o644)
    rows = tshark(path, "-T", "fields", "-e", "smsrc.audit.row", prefs=roles).stdout.splitlines()
    assert len(rows) == packets and set(rows) <= {"", "E1"} and rows.count("E1") > packets / 2


def test_many_interfaces_change_nothing(load, sandbox, tshark, roles):
    captures, _ = load
    folder = sandbox.new_folder("interfaces")
    captures.nat(folder / "one.pcap", 300)
    captures.interfaces(folder / "one.pcap", folder / "many.pcapng", 1000)
    for path in folder.iterdir():
        path.chmod(0o644)
    asked = ("-T", "fields", "-e", "frame.number", "-e", "smsrc.audit.row", "-e",
             "smsrc.audit.verdict")
    one = tshark(folder / "one.pcap", *asked, prefs=roles).stdout
    assert "E1" in one
    assert tshark(folder / "many.pcapng", *asked, prefs=roles).stdout == one


def test_live_capture_sees_and_judges_what_is_replayed(load, sandbox):
    """On a namespace's own loopback device; live.py fails unless most packets get a row."""
    for program in ("tcpreplay", "unshare", "ip"):
        if not shutil.which(program):
            pytest.skip(f"live capture: {program} is not installed")
    alone = ["unshare", "--net"]
    if not is_root() or subprocess.run([*alone, "true"], check=False).returncode != 0:
        pytest.skip("live capture: a network namespace needs root")
    captures, _ = load
    path = sandbox.new_folder("live") / "nat.pcap"
    packets, _ = captures.nat(path, 2000)
    done = subprocess.run([*alone, sys.executable, str(LOAD / "live.py"), str(path)], check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300)
    assert done.returncode == 0, done.stdout
    seen = int(done.stdout.split()[0])
    assert packets * 0.9 <= seen <= packets
