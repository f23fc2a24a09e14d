# measure.py
# What tshark takes for a capture with the plugin and without it: processor time and memory
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import pathlib
import sys

import captures

TESTS = pathlib.Path(__file__).resolve().parent.parent / "tests"
sys.path.insert(0, str(TESTS))

# Run by the ordinary user; its child is tshark.
INNER = """
import pathlib, resource, subprocess, sys
code = subprocess.run(sys.argv[2:], stdout=subprocess.DEVNULL).returncode
used = resource.getrusage(resource.RUSAGE_CHILDREN)
pathlib.Path(sys.argv[1]).write_text(f"{used.ru_utime + used.ru_stime} {used.ru_maxrss}")
sys.exit(code)
"""

STATISTICS = ("-q", "-z", "smsrc,audit", "-z", "smsrc,sessions")
NO_STATISTICS = ("-q", "-z", "io,stat,0")


class Cost:
    """Seconds of processor time, bytes of memory at most, and the return code of tshark."""

    def __init__(self, seconds, memory, code, stderr):
        self.seconds, self.memory, self.code, self.stderr = seconds, memory, code, stderr


def home_with_roles(sandbox, lines):
    """A home whose table smsrc_roles is that of captures.table()."""
    home = sandbox.fresh_home()
    folder = home / ".config" / "wireshark"
    folder.mkdir(parents=True)
    captures.table(folder / "smsrc_roles", lines)
    for path in (home / ".config", folder, folder / "smsrc_roles"):
        path.chmod(0o755)
    return home


def cost(sandbox, capture, plugin, prefs=(), home=None, args=None, timeout=3600):
    """One run of tshark; capture is a path, or a list of arguments such as ["-i", "lo"]."""
    report = sandbox.fresh_home() / "cost"
    source = capture if isinstance(capture, list) else ["-r", capture]
    argv = ["/usr/bin/env", "python3", "-c", INNER, report, "tshark", "-n", *source]
    argv += args or (STATISTICS if plugin else NO_STATISTICS)
    for pref in prefs if plugin else ():
        argv += ["-o", pref]
    done = sandbox.run(argv, plugin=plugin, timeout=timeout, env={"HOME": home} if home else None)
    if not report.is_file():
        raise RuntimeError(done.stderr)
    seconds, memory = map(float, report.read_text().split())
    return Cost(seconds, int(memory) * 1024, done.returncode, done.stderr)
