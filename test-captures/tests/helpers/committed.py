# committed.py
# The files of the last commit
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import shutil

import pytest

from cmake_build import command
from conftest import ROOT


def git(what, *argv):
    """What git prints in this tree; skips, in these words, where it is not a clone."""
    if not shutil.which("git") or not (ROOT / ".git").exists():
        pytest.skip(f"{what}: this is not a clone, or git is missing")
    code, said = command("git", "-c", f"safe.directory={ROOT}", "-C", ROOT, *argv)
    assert code == 0, said
    return said


def committed():
    """(name, is a program, content) of each committed file that is there."""
    for line in git("the list of committed files", "ls-files", "-sz").split("\0"):
        mode, _, name = line.partition("\t")
        if name and (ROOT / name).is_file():
            yield name, mode.startswith("100755"), (ROOT / name).read_bytes()
