# test_headers.py
# test-captures/headers: what does not compile with the headers of another Wireshark
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Those of 4.2 (Ubuntu 24.04), the one series on which no test runs, if they were fetched before:
4.4 and 4.6 have test_versions.py, and the next one is for a person before a release."""

import os
import pathlib

import pytest

from cmake_build import command
from conftest import INSIDE_ROOT, ROOT

pytestmark = pytest.mark.slow

HEADERS = ROOT / "test-captures" / "headers"
SOURCES = pathlib.Path(os.environ.get("SMSRC_SOURCES") or "/var/cache/smsrc-sources")
FILES = len(list((ROOT / "plugin").rglob("*.c")))


def test_all_files_compile_with_the_headers_of_4_2():
    if not (SOURCES / "headers-noble").is_dir() or INSIDE_ROOT in os.environ:
        pytest.skip("Wireshark 4.2: its headers are not there; test-captures/headers noble fetches "
                    "them")
    code, said = command(HEADERS, "-k", "noble")
    assert code == 0, said
    last = said.splitlines()[-1]
    assert last.startswith("headers: noble, Wireshark 4.2.")
    assert last.endswith(f": {FILES} files, 0 do not compile")


def test_files_that_do_not_compile_are_named_and_counted(tmp_path):
    """Headers in which nothing is: each file fails at its first include of Wireshark's."""
    (tmp_path / "headers-empty/usr/include/wireshark").mkdir(parents=True)
    code, said = command(HEADERS, "-k", "empty", env={"SMSRC_SOURCES": str(tmp_path)})
    assert code == 1 and "plugin.c" in said
    assert said.splitlines()[-1].endswith(f": {FILES} files, {FILES} do not compile")
    code, said = command(HEADERS, "-k", "missing", env={"SMSRC_SOURCES": str(tmp_path)})
    assert code == 1 and "no headers are there" in said
