# test_cost_of_audit.py
# What the audit costs: instructions a packet with and without the plugin, counted by valgrind
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import pytest

from audit_rows import LEARN_OFF
from conftest import CAPTURES
from counting import Counter, bench

pytestmark = pytest.mark.slow

# Instructions, not time: the same on every run and every machine of a kind. What starting takes
# is left out: a run with the first packet alone is subtracted. The whole table, with the other
# programs beside it, is the target bench's (test-captures/bench).
WAYS = {"statistic": ("-q", "-z", "io,stat,0"), "print": (), "filter": ("-Y", "tcp.port == 1")}

# No SMS in it: real traffic, and a made capture with half of its packets empty, where what
# Wireshark itself does for a plugin weighs most. The limits are a little above what was measured.
LIMITS_QUIET = {"mixed": {"off": 1.01, "on": 1.03}, "quiet": {"off": 1.01, "on": 1.04}}
LIMIT_WORST = 1.05  # every packet is between hosts with roles, every flow is off the matrix


@pytest.fixture(scope="module")
def captures(sandbox):
    """name -> capture: those of the table."""
    return {name: path for name, (path, _, _) in
            bench.captures(sandbox.new_folder("cost")).items()}


@pytest.fixture(scope="module")
def instructions(sandbox, captures, plugin_build):
    counter = Counter(sandbox, plugin_build)
    kept = {}

    def of_packets(name, plugin, way, prefs=()):
        key = (name, plugin, way, tuple(prefs))
        if key not in kept:
            kept[key] = counter.of_packets(captures[name], plugin, WAYS[way], prefs)
        return kept[key]
    return of_packets


@pytest.mark.parametrize("learn", ["off", "on"])
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", LIMITS_QUIET)
def test_where_nobody_has_a_role_it_costs_next_to_nothing(instructions, captures, name, way,
                                                          learn):
    if name not in captures:
        pytest.skip(f"no real captures in {CAPTURES}")
    prefs = [LEARN_OFF] if learn == "off" else []
    ratio = instructions(name, True, way, prefs) / instructions(name, False, way)
    print(f"{name}, {way}, no role, learning {learn}: {ratio:.4f}")
    assert ratio <= LIMITS_QUIET[name][learn]


@pytest.mark.parametrize("way", WAYS)
def test_where_everybody_has_a_role_it_costs_little(instructions, way):
    prefs = bench.traffic.WORST_ROLES
    ratio = instructions("worst", True, way, prefs) / instructions("worst", False, way)
    print(f"worst, {way}, every packet between role hosts, learning on: {ratio:.4f}")
    assert ratio <= LIMIT_WORST
