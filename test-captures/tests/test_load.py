# test_load.py
# Time and memory grow with packets and flows and no faster, at a tenth and at the whole of a load
#
# SPDX-License-Identifier: GPL-2.0-or-later
"""The small version of test-captures/load/run: some ten thousand flows each. What is compared is
what the plugin adds to tshark's own: memory at most, and processor time with a wide margin.
"""

import shutil
import subprocess
import sys

import pytest

from conftest import TESTS, is_root
from generators import module_in

LOAD = TESTS.parent / "load"
FLOWS = 40000
# Ten times the flows may take that many times the memory and the time; time is never exact.
MOST_MEMORY, MOST_TIME = 12, 20
# What one more flow may cost, in bytes, and what never counts: maps that start small, and noise.
MOST_BYTES_A_FLOW = {"nat": 3000, "scan": 1500, "sessions": 9000}
NOISE_BYTES, NOISE_SECONDS = 8 << 20, 0.5


@pytest.fixture(scope="module")
def load():
    return module_in(LOAD, "captures"), module_in(LOAD, "measure")


@pytest.fixture(scope="module")
def roles(load):
    return [f"uat:smsrc_roles:{line}" for line in load[0].ROLES]


@pytest.fixture(scope="module")
def added(load, ground, roles):
    """added(kind, flows) -> (packets, what the plugin adds: seconds, bytes)."""
    captures, measure = load

    def run(kind, flows, prefs=roles, home=None):
        path = ground.new_folder("load") / f"{kind}.pcap"
        packets, _ = getattr(captures, kind)(path, flows)
        path.chmod(0o644)
        without = measure.cost(ground, path, False)
        loaded = measure.cost(ground, path, True, prefs, home)
        path.unlink()
        assert without.code == 0 and loaded.code == 0, loaded.stderr
        return packets, loaded.seconds - without.seconds, loaded.memory - without.memory
    return run


@pytest.mark.parametrize("kind", MOST_BYTES_A_FLOW)
def test_cost_grows_with_the_flows(added, kind):
    few, many = FLOWS // 10, FLOWS
    _, few_seconds, few_bytes = added(kind, few)
    packets, seconds, memory = added(kind, many)
    print(f"{kind}: {few} flows {few_seconds:.2f} s {few_bytes >> 10} KiB, {many} flows "
          f"{seconds:.2f} s {memory >> 10} KiB, {memory / many:.0f} bytes a flow, "
          f"{seconds / packets * 1e6:.2f} us a packet")
    assert memory <= MOST_MEMORY * max(few_bytes, 0) + NOISE_BYTES
    assert seconds <= MOST_TIME * max(few_seconds, 0) + NOISE_SECONDS
    assert memory <= MOST_BYTES_A_FLOW[kind] * many + NOISE_BYTES


def test_one_talker_costs_no_memory(added):
    packets, _, memory = added("talker", 50000)
    print(f"{packets} packets of one flow: {memory >> 10} KiB")
    assert memory <= NOISE_BYTES


def test_a_table_of_a_hundred_thousand_lines_is_no_list(added, load, ground):
    """A host's roles are found by its prefix: a long table costs its reading, not each packet."""
    captures, _ = load
    home = ground.fresh_home()
    folder = home / ".config" / "wireshark"
    folder.mkdir(parents=True)
    captures.table(folder / "smsrc_roles", 100000)
    for path in (home / ".config", folder, folder / "smsrc_roles"):
        path.chmod(0o755)
    _, long_few, _ = added("nat", 1000, prefs=(), home=home)
    _, long_many, _ = added("nat", 20000, prefs=(), home=home)
    _, short_few, _ = added("nat", 1000)
    _, short_many, _ = added("nat", 20000)
    print(f"100 000 lines: {long_few:.2f} s and {long_many:.2f} s, two lines: {short_few:.2f} s "
          f"and {short_many:.2f} s")
    assert long_many - long_few <= 4 * max(short_many - short_few, 0) + 3 * NOISE_SECONDS


def test_a_capture_cut_in_the_middle_is_read_to_there(load, ground, tshark, roles):
    captures, _ = load
    folder = ground.new_folder("cut")
    packets, _ = captures.nat(folder / "whole.pcap", 2000)
    captures.cut(folder / "whole.pcap", folder / "cut.pcap")
    for path in folder.iterdir():
        path.chmod(0o644)
    done = tshark(folder / "cut.pcap", "-T", "fields", "-e", "smsrc.audit.row", prefs=roles,
                  check=False)
    assert "cut short" in done.stderr
    rows = done.stdout.splitlines()
    assert packets * 0.4 < len(rows) < packets * 0.6
    assert set(rows[10:]) == {"E1"}


def test_packets_of_64_bytes_keep_their_rows(load, ground, tshark, roles):
    captures, _ = load
    path = ground.new_folder("snap") / "snap.pcap"
    packets, _ = captures.nat(path, 500, 64)
    path.chmod(0o644)
    rows = tshark(path, "-T", "fields", "-e", "smsrc.audit.row", prefs=roles).stdout.splitlines()
    assert len(rows) == packets and set(rows) <= {"", "E1"} and rows.count("E1") > packets / 2


def test_many_interfaces_change_nothing(load, ground, tshark, roles):
    captures, _ = load
    folder = ground.new_folder("interfaces")
    captures.nat(folder / "one.pcap", 300)
    captures.interfaces(folder / "one.pcap", folder / "many.pcapng", 1000)
    for path in folder.iterdir():
        path.chmod(0o644)
    asked = ("-T", "fields", "-e", "frame.number", "-e", "smsrc.audit.row", "-e",
             "smsrc.audit.verdict")
    one = tshark(folder / "one.pcap", *asked, prefs=roles).stdout
    assert "E1" in one
    assert tshark(folder / "many.pcapng", *asked, prefs=roles).stdout == one


def test_live_capture_sees_and_judges_what_is_replayed(load, ground):
    """On a namespace's own loopback device; live.py fails unless most packets get a row."""
    for program in ("tcpreplay", "unshare", "ip"):
        if not shutil.which(program):
            pytest.skip(f"live capture: {program} is not installed")
    alone = ["unshare", "--net"]
    if not is_root() or subprocess.run([*alone, "true"], check=False).returncode != 0:
        pytest.skip("live capture: a network namespace needs root")
    captures, _ = load
    path = ground.new_folder("live") / "nat.pcap"
    packets, _ = captures.nat(path, 2000)
    done = subprocess.run([*alone, sys.executable, str(LOAD / "live.py"), str(path)], check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300)
    assert done.returncode == 0, done.stdout
    seen = int(done.stdout.split()[0])
    assert packets * 0.9 <= seen <= packets
