# counting.py
# Instructions that tshark takes for a capture's packets, as valgrind counts them
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Instructions, not time: nearly the same on every run, however busy the machine is. How they are
counted is the benchmark's (test-captures/bench/bench.py)."""

import shutil
import subprocess

import pytest

from conftest import TESTS
from generators import module_in

bench = module_in(TESTS.parent / "bench", "bench")


class Counter:
    """Skips the test where valgrind is missing."""

    def __init__(self, sandbox, build):
        if not shutil.which("valgrind"):
            pytest.skip("valgrind is not installed: no instructions are counted")
        self.sandbox = sandbox
        # No part of the default build.
        subprocess.run(["cmake", "--build", build, "--target", "smsrc-seeds"], check=True,
                       stdout=subprocess.DEVNULL)
        self.seeds = sandbox.readable(build / bench.SEEDS)

    def run(self, capture, plugin, args, prefs=(), home=None, names=False,
            valgrind=bench.VALGRIND):
        """Those of a whole run, its start included."""
        argv = bench.counted(self.seeds, ["tshark", "-n", "-r", capture, *args, *(
            word for pref in prefs for word in ("-o", pref))], valgrind)
        env = {"HOME": home or self.sandbox.fresh_home()}
        if names:
            env["WIRESHARK_DATA_DIR"] = None
        done = self.sandbox.run(argv, plugin=plugin, timeout=900, env=env)
        found = bench.instructions_said(done.stderr)
        assert done.returncode == 0 and found, done.stderr
        return found

    def of_packets(self, capture, plugin, args, prefs=(), home=None, names=True):
        """Those of all packets but the first: without what starting costs.

        With Wireshark's lists of names, as users have them: they are part of what tshark itself
        does for a packet."""
        return self.run(capture, plugin, args, prefs, home, names, bench.VALGRIND_PACKETS)
