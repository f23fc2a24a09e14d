# test_suites.py
# The suites themselves: a folder for each room, names that differ, and the quick ones
#
# SPDX-License-Identifier: GPL-2.0-or-later

import re
import subprocess
import sys

import pytest

from conftest import ROOT, TESTS

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


def collected(marks):
    done = subprocess.run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider",
                           "--collect-only", "-m", marks, TESTS], check=False, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert done.returncode in (0, 5), done.stdout
    return re.findall(r"^(?:.*/)?([\w-]+)/(test_\w+\.py::.*)$", done.stdout, re.MULTILINE)


def test_quick_tests_are_of_each_folder_and_none_is_slow():
    """`test-captures/test quick` runs what it says there."""
    script = (ROOT / "test-captures" / "test").read_text(encoding="utf-8")
    marks = re.search(r"^quick_marks='(.*)'$", script, re.MULTILINE)[1]
    found = collected(marks)
    assert {folder for folder, _ in found} == FOLDERS
    assert not set(found) & set(collected("slow"))
