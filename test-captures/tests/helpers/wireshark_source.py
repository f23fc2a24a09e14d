# wireshark_source.py
# Wireshark's own source, for its checkers and for the plugin in its tree
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import os
import pathlib
import subprocess

import pytest

from conftest import INSIDE_ROOT, TESTS, is_root


def wireshark_source():
    """The folder that SMSRC_WIRESHARK_SOURCE names, or Debian's source of the installed version,
    which test-captures/wireshark-source fetches where it is missing; else skips."""
    if os.environ.get("SMSRC_WIRESHARK_SOURCE"):
        return pathlib.Path(os.environ["SMSRC_WIRESHARK_SOURCE"])
    if INSIDE_ROOT in os.environ:
        pytest.skip("Wireshark's source: it is looked at once, on one system")
    if not is_root():
        pytest.skip("Wireshark's source: SMSRC_WIRESHARK_SOURCE is not set, and fetching it into "
                    "/var/cache needs root")
    done = subprocess.run([str(TESTS.parent / "wireshark-source")], check=False,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, encoding="utf-8", errors="replace",
                          timeout=900)
    lines = done.stdout.strip().splitlines() or ["no word from test-captures/wireshark-source"]
    if done.returncode != 0:
        pytest.skip(f"Wireshark's source: {lines[-1]}")
    return pathlib.Path(lines[-1])
