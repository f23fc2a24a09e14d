# test_dresses.py
# Every capture of the tree in other dresses has the same flows, verdicts, rows and sessions
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""A mirror port, a tunnel, another recorder or a slow start of it show the same conversations in
other frames. What differs then is named in data/dresses.csv, with its reason, and no more differs
than is named there."""

import collections
import csv
import json
import os
import random
import re
import subprocess

import pytest

from audit_rows import conf, site_prefs
from conftest import INSIDE_ROOT, MADE, check_run
from dresses import DRESSES, host_in_ipv6, read, write
from generators import module_in
from recorded_truth import NAMES, RECORDED, role_lines
from sharkd_visit import printed_rows

pytestmark = pytest.mark.slow

is_ethernet = module_in(MADE.parent / "fuzz", "inputs").is_ethernet
DIFFERENCES = MADE.parent / "data" / "dresses.csv"

# The captures that a table of roles is for.
TABLES = {"none": ([], ""), "made site": (site_prefs(), "site-"),
          "recorded site": (role_lines(), "recorded-")}
TAPS = ("nstat:smsrc,audit", "nstat:smsrc,sessions.full")

# What lacks a part of the packets has not the same flows: it must show no warning that is not true.
PARTS = {name for name in DRESSES if name.startswith(("without ", "cut at "))}
WARNINGS = {"Attack", "Off matrix", "Wrong direction", "Wrong service", "Discouraged"}

# Wireshark puts messages together from segments in their order only, unless it is told.
PREFS = {"overtaking in segments of 7 bytes": ["tcp.reassemble_out_of_order:TRUE"]}

# Each version of Wireshark reads some; all of them are read where the suite is at home, and there
# the number of rows that are gone, and of those that have come, is as it is named.
AT_HOME = INSIDE_ROOT not in os.environ
CHOSEN = list(DRESSES) if AT_HOME else list(DRESSES)[::3]


def named_differences():
    """dress -> {(table, capture): (rows gone, rows come)} of the differences that have a reason."""
    named = collections.defaultdict(dict)
    with open(DIFFERENCES, encoding="ascii") as file:
        for row in csv.DictReader(line for line in file if not line.startswith("#")):
            assert row["dress"] in DRESSES and row["table"] in TABLES and len(row["reason"]) > 20
            for cell in row["captures"].split():
                capture, gone, come = re.fullmatch(r"(.+)\(-(\d+)\+(\d+)\)", cell).groups()
                assert (row["table"], capture) not in named[row["dress"]], "named twice"
                named[row["dress"]][row["table"], capture] = (int(gone), int(come))
    return named


@pytest.fixture(scope="module")
def captures(sandbox):
    """name -> frames: what is Ethernet in the tree."""
    folder = sandbox.new_folder("undressed")
    found = {path.stem: path for path in MADE.glob("*.pcap") if is_ethernet(path)}
    for name in NAMES:
        found[f"recorded-{name}"] = folder / f"{name}.pcap"
        subprocess.run(["editcap", "-F", "pcap", RECORDED / f"{name}.pcapng",
                        found[f"recorded-{name}"]], check=True)
    assert len(found) > 100
    return {name: read(path) for name, path in sorted(found.items())}


def of_table(captures, table):
    return [name for name in captures if name.startswith(TABLES[table][1])]


@pytest.fixture(scope="module")
def sharkd_of_many(sandbox):
    """sharkd_of_many(paths, prefs, before=()) -> for each capture its rows, by one sharkd. before:
    a function of the path that returns the frames to ask for, in their order, before the rows."""
    def run(paths, prefs, before=lambda path: ()):
        requests = [("setconf", {"name": name, "value": value}) for name, value in conf(prefs)]
        taps = []
        for path in paths:
            requests.append(("load", {"file": str(path)}))
            requests += [("frame", {"frame": number, "proto": True}) for number in before(path)]
            requests.append(("tap", dict(zip(("tap0", "tap1"), TAPS))))
            taps.append(len(requests))
        lines = [json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
                 for number, (method, params) in enumerate(requests, 1)]
        done = check_run(sandbox.run(["sharkd", "-"], stdin="\n".join(lines) + "\n"))
        replies = {reply["id"]: reply for reply in map(json.loads, done.stdout.splitlines())}
        assert len(replies) == len(requests)
        for number, request in enumerate(requests, 1):
            if request[0] in ("setconf", "load"):
                assert replies[number].get("result") == {"status": "OK"}, (request, replies[number])
        return [rows_of(replies[number]["result"]["taps"]) for number in taps]
    return run


def rows_of(taps):
    """The flows with verdict, row, ends, roles, port, service and reach, then the sessions with
    their product, ends, outcome, and who they were; how many of each."""
    tables = {tap["tap"]: [list(map(str, row)) for row in printed_rows(tap)] for tap in taps if tap}
    return collections.Counter(
        [("flow", *row[:9]) for row in tables.get(TAPS[0], []) if row[0] != "Not judged"] +
        [("session", *row[1:5], *row[6:9]) for row in tables.get(TAPS[1], [])])


@pytest.fixture(scope="module")
def plain(captures, sharkd_of_many, sandbox):
    """plain(table) -> {capture: its rows}, as it is."""
    folder = sandbox.new_folder("plain")
    kept = {}

    def rows(table):
        if table not in kept:
            names = of_table(captures, table)
            paths = [write(folder / f"{name}.pcap", captures[name]) for name in names]
            kept[table] = dict(zip(names, sharkd_of_many(paths, TABLES[table][0])))
        return kept[table]
    return rows


# --- IPv6 of the same hosts ---------------------------------------------------------------------

def in_ipv6(cell):
    try:
        return host_in_ipv6(cell)
    except ValueError:
        return cell


def table_in_ipv6(pref):
    """A line of smsrc_roles with the same hosts or networks."""
    def change(found):
        address, slash, bits = found.group(1).partition("/")
        return f'"{host_in_ipv6(address)}' + (f'/{96 + int(bits)}"' if slash else '"')
    return re.sub(r'"(\d+\.\d+\.\d+\.\d+(?:/\d+)?)"', change, pref)


def rows_in_ipv6(rows):
    return collections.Counter({tuple(map(in_ipv6, row)): count for row, count in rows.items()})


# --- The dresses --------------------------------------------------------------------------------

def is_warning(row):
    return row[0] == "flow" and (row[1] in WARNINGS or row[9] == "Blocked")


def differ(dress, plain_rows, dressed_rows):
    if dress not in PARTS:
        return plain_rows != dressed_rows
    def warned(rows):
        return {(row[1], row[2], row[3], row[5], row[7]) for row in rows if is_warning(row)}
    return bool(warned(dressed_rows) - warned(plain_rows))


@pytest.mark.parametrize("dress", CHOSEN)
def test_a_dress_changes_nothing_but_what_is_named(captures, sharkd_of_many, plain, sandbox, dress):
    folder = sandbox.new_folder("dressed")
    make, link = DRESSES[dress]
    found = {}
    for table, (prefs, _) in TABLES.items():
        names = of_table(captures, table)
        paths = [write(folder / f"{name}.pcap", make(captures[name]), link) for name in names]
        ipv6 = dress.startswith("IPv6")
        rows = sharkd_of_many(paths, (list(map(table_in_ipv6, prefs)) if ipv6 else prefs) +
                              PREFS.get(dress, []))
        for name, dressed in zip(names, rows):
            wanted = rows_in_ipv6(plain(table)[name]) if ipv6 else plain(table)[name]
            if differ(dress, wanted, dressed):
                found[table, name] = (wanted - dressed, dressed - wanted)
    named = named_differences()[dress]
    new = {key: found[key] for key in sorted(found)
           if key not in named or (named[key] != tuple(map(len, found[key])) and AT_HOME)}
    assert not new, "not named:\n" + "\n".join(
        f"{table}, {name}:\n" + "".join(f"  - {row}\n" for row in gone) +
        "".join(f"  + {row}\n" for row in come) for (table, name), (gone, come) in new.items())
    # Later versions of Wireshark put more together.
    assert not AT_HOME or set(found) == set(named), (
        f"named, but the same: {sorted(set(named) - set(found))}")


# --- The order in which frames are asked for ----------------------------------------------------

def shuffled(seed, limit=100):
    """Frames of a capture in a random order, some twice, and its last one among them."""
    def order(path):
        chance = random.Random(f"{seed} {path.name}")
        last = len(read(path))
        return [chance.randint(1, last) for _ in range(min(limit, 2 * last))] + [last, 1]
    return order


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("table", TABLES)
def test_the_order_in_which_frames_are_asked_for_changes_nothing(captures, sharkd_of_many, plain,
                                                                 sandbox, table, seed):
    folder = sandbox.new_folder("shuffled")
    names = of_table(captures, table)
    paths = [write(folder / f"{name}.pcap", captures[name]) for name in names]
    rows = sharkd_of_many(paths, TABLES[table][0], shuffled(seed))
    for name, found in zip(names, rows):
        assert found == plain(table)[name], name
