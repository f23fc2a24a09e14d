# test_suites.py
# The suites themselves: a folder for each room, names that differ, and the quick ones
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import collections
import json
import re
import subprocess
import sys

import pytest

from conftest import BUILD, ROOT, TESTS

pytestmark = pytest.mark.quick

FOLDERS = {"remote-control", "configmgr", "sessions", "audit", "stats", "package", "product",
           "code"}
FILES = sorted(TESTS.rglob("*.py"))


def test_each_test_is_in_the_folder_of_its_room():
    assert [path.name for path in TESTS.glob("*.py")] == ["conftest.py"]
    tests = [path for path in FILES if path.name.startswith("test_")]
    assert {path.parent.name for path in tests} == FOLDERS
    assert len({path.name for path in tests}) == len(tests)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_nothing_imports_a_test(path):
    """What several of them use is in helpers, which know no test."""
    assert re.findall(r"^(?:from|import) (test_\w+)", path.read_text(encoding="utf-8"),
                      re.MULTILINE) == []


def collected(*arguments):
    """(folder, test) of each test that pytest finds with these arguments."""
    done = subprocess.run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider",
                           "--collect-only", *arguments], check=False, text=True, cwd=TESTS,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert done.returncode in (0, 5), done.stdout
    return re.findall(r"^(?:\S*/)?([\w-]+)/(test_\w+\.py::.*)$", done.stdout, re.MULTILINE)


@pytest.mark.slow
def test_quick_tests_are_of_each_folder_and_none_is_slow():
    """The selection of `test-captures/test quick`, as that script makes it."""
    script = (ROOT / "test-captures" / "test").read_text(encoding="utf-8")
    marks = re.search(r"^quick_marks='(.*)'$", script, re.MULTILINE)[1]
    found = collected("-m", marks, TESTS)
    assert {folder for folder, _ in found} == FOLDERS
    assert not set(found) & set(collected("-m", "slow", TESTS))


@pytest.mark.slow
def test_ctest_runs_each_test_once():
    done = subprocess.run(["ctest", "--test-dir", BUILD, "--show-only=json-v1", "-L", "pytest"],
                          check=True, text=True, stdout=subprocess.PIPE)
    tests = json.loads(done.stdout)["tests"]
    assert len(tests) > 2
    run = collections.Counter(one for test in tests for one in collected(*test["command"][1:]))
    assert set(run.values()) == {1}
    assert set(run) == set(collected(TESTS))
