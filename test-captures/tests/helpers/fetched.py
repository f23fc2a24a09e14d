# fetched.py
# Folders that a program of test-captures makes where they are missing
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import pathlib
import subprocess

import pytest

from conftest import TESTS


def fetched(what, program, *argv, timeout):
    """The folder that the program's last line names; skips, in these words, where it cannot be
    had."""
    done = subprocess.run([str(TESTS.parent / program), *argv], check=False,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, encoding="utf-8", errors="replace",
                          timeout=timeout)
    lines = done.stdout.strip().splitlines() or [f"no word from test-captures/{program}"]
    if done.returncode != 0:
        pytest.skip(f"{what}: {lines[-1]}")
    return pathlib.Path(lines[-1])
