# test_cost_of_audit.py
# What the audit costs: instructions a packet with and without the plugin, counted by valgrind
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import pytest

from audit_rows import LEARN_OFF
from conftest import CAPTURES, TESTS
from counting import Counter, bench

pytestmark = pytest.mark.slow

# Instructions, not time: the same on every run and every machine of a kind. What starting takes
# is left out, the first packet with it. The whole table, with the other programs beside it, is the
# target bench's (test-captures/bench).
WAYS = {way: bench.MODES[way] for way in ("statistic", "print", "filter")}

# No SMS in it: real traffic, and a made capture with half of its packets empty, where what
# Wireshark itself does for a plugin weighs most. The limits are a little above what was measured.
LIMITS_QUIET = {"mixed": {"off": 1.01, "on": 1.03}, "quiet": {"off": 1.01, "on": 1.04}}
LIMIT_WORST = 1.05  # every packet is between hosts with roles, every flow is off the matrix
LIMIT_SCAN = 1.12  # a host with a role tries each port of another one
LIMIT_INTERLEAVED = 1.10  # six bare packets of each of 2,000 flows between such hosts, in turn

# The list of Configuration Manager has seven times the rows of the default one. On traffic like a
# site's that is nothing; in a capture of 470 packets in which nearly each flow is another row's it
# is the index of rows, made once (0.4 % of them). These packets are what two runs differ in, of
# which each takes 34 times as much, and a start varies by 0.02 % with where its texts lie.
LARGE_MATRIX = "smsrc.audit.matrix:configmgr"
LIMIT_LARGE = 1.003
LIMIT_LARGE_ROWS = 1.025
# Closing a capture, beside its 470 packets: tables of Wireshark that are there without any.
LIMIT_CLOSING = 1.02
# Starting, with the first packet: no pattern is compiled, no table cleared.
LIMIT_START = 1.004


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


@pytest.mark.parametrize("name, limit", [("scan", LIMIT_SCAN),
                                         ("interleaved", LIMIT_INTERLEAVED)])
def test_where_nearly_each_packet_is_another_flows_it_costs_little(instructions, name, limit):
    prefs = bench.traffic.WORST_ROLES
    ratio = instructions(name, True, "statistic", prefs) / instructions(name, False, "statistic")
    print(f"{name}, every packet between role hosts, learning on: {ratio:.4f}")
    assert ratio <= limit


@pytest.mark.parametrize("name", ["mixed", "worst"])
def test_a_large_matrix_costs_no_more_than_the_default(instructions, captures, name):
    if name not in captures:
        pytest.skip(f"no real captures in {CAPTURES}")
    prefs = bench.traffic.WORST_ROLES if name == "worst" else []
    ratio = (instructions(name, True, "statistic", [*prefs, LARGE_MATRIX]) /
             instructions(name, True, "statistic", prefs))
    print(f"{name}, large matrix over the default: {ratio:.5f}")
    assert ratio <= LIMIT_LARGE


def test_starting_and_each_row_of_a_large_matrix_cost_next_to_nothing(sandbox, plugin_build):
    counter = Counter(sandbox, plugin_build)
    capture = sandbox.readable(TESTS.parent / "made" / "site-clean.pcap")

    def whole_and_first(*prefs):
        return [counter.run(capture, True, (*WAYS["statistic"], *args), prefs, names=True)
                for args in ((), ("-c", "1"))]
    alone = counter.run(capture, False, (*WAYS["statistic"], "-c", "1"), names=True)
    default, default_first = whole_and_first()
    large, large_first = whole_and_first(LARGE_MATRIX)
    # What is counted from the second packet on is what two runs differ in, and closing the capture.
    counted = counter.of_packets(capture, True, WAYS["statistic"])
    assert default - default_first <= counted <= LIMIT_CLOSING * (default - default_first)
    packets = (large - large_first) / (default - default_first)
    print(f"start {default_first / alone:.5f}, with the large matrix {large_first / alone:.5f}; "
          f"that over the default: whole {large / default:.5f}, packets {packets:.5f}")
    assert max(default_first, large_first) <= LIMIT_START * alone
    assert large <= LIMIT_LARGE * default
    assert packets <= LIMIT_LARGE_ROWS
