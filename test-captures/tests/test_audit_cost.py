# test_audit_cost.py
# What the audit costs: instructions a packet with and without the plugin, counted by callgrind
#
# SPDX-License-Identifier: GPL-2.0-or-later

import re
import shutil

import pytest

from audit_rows import LEARN_OFF, plan_site, site_prefs
from generators import generator

# Instructions, not time: the same on every run and every machine of a kind. What starting takes
# is left out: a run with the first packet alone is subtracted.
WAYS = {"statistic": ("-q", "-z", "io,stat,0"), "filter": ("-Y", "tcp.port == 1")}
LIMIT_IDLE = 1.02  # nobody has a role and nothing is learned
LIMIT_BUSY = 1.10  # learning, and every packet is between hosts with roles

# Each flow of the site, and each of its messages that often: flows as long as real ones.
ROUNDS = 3
TURNS = 30


@pytest.fixture(scope="module")
def capture(ground):
    """Some thousand packets between hosts with roles, made here."""
    sms_site = generator("sms_site")
    cap = generator("flows").Capture()
    for number in range(ROUNDS):
        for flow in plan_site.FLOWS:
            if flow.talk.kind == "says":
                # NetBIOS keeps to its own ports.
                port = flow.client_port + (1000 * number if flow.client_port > 1024 else 0)
                talk = flow.talk._replace(messages=flow.talk.messages * TURNS)
                sms_site.play(cap, [flow._replace(client_port=port, talk=talk)])
    path = ground.new_folder("cost") / "cost.pcap"
    cap.write(path)
    path.chmod(0o644)
    return path


@pytest.fixture(scope="module")
def instructions(ordinary, ground, capture):
    if not shutil.which("valgrind"):
        pytest.skip("valgrind is not installed: the audit's cost is not measured")
    kept = {}

    def count(plugin, way, prefs, packets=None):
        folder = ground.fresh_home()
        argv = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/out", "tshark",
                "-n", "-r", capture, *WAYS[way]]
        argv += ["-c", "1"] if packets == 1 else []
        argv += [word for pref in prefs for word in ("-o", pref)]
        done = ordinary(argv, plugin=plugin, timeout=900)
        found = re.search(r"Collected\s*:\s*(\d+)", done.stderr)
        assert done.returncode == 0 and found, done.stderr
        return int(found[1])

    def of_packets(plugin, way, prefs=()):
        """Without what starting costs."""
        key = (plugin, way, tuple(prefs))
        if key not in kept:
            kept[key] = count(plugin, way, prefs) - count(plugin, way, prefs, packets=1)
        return kept[key]
    return of_packets


@pytest.mark.parametrize("way", WAYS)
def test_where_nobody_has_a_role_it_costs_next_to_nothing(instructions, way):
    ratio = instructions(True, way, [LEARN_OFF]) / instructions(False, way)
    print(f"{way}, no role, learning off: {ratio:.4f}")
    assert ratio <= LIMIT_IDLE


@pytest.mark.parametrize("way", WAYS)
def test_where_everybody_has_a_role_it_costs_little(instructions, way):
    ratio = instructions(True, way, site_prefs()) / instructions(False, way)
    print(f"{way}, every packet between role hosts, learning on: {ratio:.4f}")
    assert ratio <= LIMIT_BUSY
