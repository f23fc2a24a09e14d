# generators.py
# The programs of test-captures as modules: the generators, and what holds for every one of them
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import importlib
import re
import sys

import pytest

from conftest import MADE

GENERATE = MADE.parent / "generate"


def module_in(folder, name):
    """A module that is not a test's: it finds those beside it, and nothing else does afterwards."""
    sys.path.insert(0, str(folder))
    try:
        return importlib.import_module(name)
    finally:
        sys.path.remove(str(folder))


def plan(name):
    """A module of generate/ that is data: it needs no scapy, so that tests run without it."""
    return module_in(GENERATE, name)


def generator(name):
    """A module of generate/ that makes captures; skips where there is no scapy to do it."""
    pytest.importorskip("scapy", reason="scapy is not installed: captures are not made again")
    return plan(name)


def assert_made_now_as_committed(folder, *prefixes):
    """What a generator has written to the folder: all that is committed of it, byte by byte."""
    made_now = sorted(path.name for path in folder.iterdir())
    assert made_now == sorted(path.name for path in MADE.iterdir()
                              if path.name.startswith(prefixes))
    assert [name for name in made_now
            if (folder / name).read_bytes() != (MADE / name).read_bytes()] == []


def listed(readme, *prefixes):
    """(name, line) of each capture that this README beside the generators lists."""
    text = (GENERATE / readme).read_text(encoding="utf-8")
    return [(name, line)
            for name, line in re.findall(r"^\| `([\w-]+)\.pcap` \| (.*) \|$", text, re.MULTILINE)
            if name.startswith(prefixes)]
