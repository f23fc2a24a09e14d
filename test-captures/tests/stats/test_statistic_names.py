# test_statistic_names.py
# The statistics by their names: each starts by its own, with a filter or without, and by no other
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Wireshark starts the statistic whose name the argument of -z begins with, whatever follows: a
misspelled name was another statistic, without the filter after it.
"""

import re

import pytest

MORE = "x", ".", ".jsn", "s", ":ip", " ", "tables,ip"


@pytest.fixture(scope="module")
def names(ordinary):
    """Those of tshark's list that are the plugin's."""
    found = re.findall(r"^ +(\S*smsrc\S*)$", ordinary(["tshark", "-z", "help"]).stderr,
                       re.MULTILINE)
    assert {"smsrc,audit", "smsrc,audit.json", "smsrc,matrix", "smsrc,matrix.json",
            "smsrc,matrix.used", "smsrc,chat", "smsrc,messages", "smsrc,roles", "smsrc,rules",
            "smsrc,rules.nft", "smsrc,sessions", "smsrc,sessions.json", "smsrc,tree",
            "conv,smsrc", "endpoints,smsrc"} <= set(found)
    return found


def misspelt(names):
    """Each name with more after it, without one of its letters, and with two of them exchanged."""
    for name in names:
        yield from (name + more for more in MORE)
        yield from (f"{name}{more},frame" for more in MORE)
        at = name.index("smsrc")
        for i in range(at, len(name)):
            yield name[:i] + name[i + 1:]
            yield name[:i] + name[i:i + 2][::-1] + name[i + 2:]


def is_right(argument, names):
    return any(argument == name or argument.startswith(f"{name},") for name in names)


@pytest.mark.parametrize("columns", [None, "80"], ids=["piped", "narrow"])
def test_a_misspelt_statistic_is_refused_with_the_names_there_are(tshark, made, names, columns):
    """A few of all: every program takes a second to start."""
    wrong = sorted({argument for argument in misspelt(names) if not is_right(argument, names)})
    longer = [name + more for name in names for more in (".jsn", "s,frame")]
    chosen = [*(argument for argument in longer if not is_right(argument, names)),
              *wrong[::31 if columns is None else 97],
              "smsrc,audit.jsn", "smsrc,rules.nftables", "smsrc,rolez", "smsrc,"]
    assert len(chosen) > 25
    for argument in chosen:
        done = tshark(made("demo"), "-q", "-z", argument, check=False, env={"COLUMNS": columns})
        assert done.returncode not in (0, None) and done.returncode > 0, argument
        assert done.stdout == "", argument
        assert f'Invalid -z argument "{argument}"; it must be one of:' in done.stderr
        for name in names:
            assert re.search(rf"^ +{re.escape(name)}$", done.stderr, re.MULTILINE), argument


# How each kind of statistic names the filter "frame", and what it has without one.
NAMED = (("Filter: frame\n", ""), ('"filter":"frame",', ""),
         ("# Of the flows that this filter chooses, and no others: frame\n", ""),
         ("! Of the flows that this filter chooses, and no others: frame\n", ""),
         ("Filter for statistics: frame", "Filter for statistics: "),
         ("Filter:frame", "Filter:<No Filter>"), ("Not in the choice", "Never"))


@pytest.mark.parametrize("columns", [None, "80"], ids=["piped", "narrow"])
def test_each_statistic_starts_by_its_name_and_a_filter_behind_it_counts(tshark, made, names,
                                                                         columns):
    for name in names:
        def draw(argument):
            return tshark(made("demo"), "-q", "-z", argument, env={"COLUMNS": columns}).stdout
        every, none = draw(name), draw(f"{name},ip.addr==192.0.2.1")
        assert every and every != none.replace("ip.addr==192.0.2.1", ""), name
        # What is not in the choice may still be in the capture; the column is as wide as its text.
        chosen = draw(f"{name},frame")
        for named, unnamed in NAMED:
            chosen = chosen.replace(named, unnamed)
        every = every.replace("Never seen", "Never").replace("Never used", "Never")
        assert " ".join(chosen.split()) == " ".join(every.split()), name


def test_a_statistic_with_a_wrong_filter_is_refused(tshark, made, names):
    for name in names:
        done = tshark(made("demo"), "-q", "-z", f"{name},nosuch.field", check=False)
        assert done.returncode > 0 and done.stdout == "" and "nosuch.field" in done.stderr, name
