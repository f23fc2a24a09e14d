# wireshark_source.py
# Wireshark's own source, for its checkers and for the plugin in its tree
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import os
import pathlib

import pytest

from conftest import INSIDE_ROOT, is_root
from fetched import fetched


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
    return fetched("Wireshark's source", "wireshark-source", timeout=900)
