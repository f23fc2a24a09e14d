# test_live.py
# Findings of a live capture as lines of JSON: the command of reports.md, on a separate loopback
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import json
import pathlib
import re
import shlex
import shutil
import subprocess
import sys

import pytest

from conftest import ORDINARY_USER, ROOT, is_root
from profile_tables import BUTTONS

OPEN_SOCKETS = pathlib.Path("/proc/net/packet")

PAGE = ROOT / "plugin" / "doc" / "reports.md"

# A user who captures needs these and no more.
CAPABILITIES = "+net_raw,+net_admin"

# What needs no network but its own; the frames of a capture go out as they are.
SENDER = """
import socket, struct, sys
out = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
out.bind(("lo", 0))
data = open(sys.argv[1], "rb").read()
at = 24
while at < len(data):
    size, = struct.unpack("<I", data[at + 8:at + 12])
    out.send(data[at + 16:at + 16 + size])
    at += 16 + size
"""

# Sends once the capture program has its socket.
SCRIPT = """
ip link set lo up || exit 90
"$@" &
while [ "$(wc -l < /proc/net/packet)" -lt 2 ]; do kill -0 $! || exit 91; sleep 0.05; done
"$PYTHON" -c "$SENDER" "$CAPTURE" || exit 92
wait $!
"""


def command():
    """The line of the page."""
    found = re.findall(r"^tshark -i eth0 .*$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(found) == 1
    return found[0]


def why_not():
    """Why nothing can be captured here; "" where it can."""
    lacking = [tool for tool in ("unshare", "ip", "setpriv", "dumpcap") if not shutil.which(tool)]
    if lacking:
        return f"no {', '.join(lacking)}"
    if not is_root() or not OPEN_SOCKETS.exists():
        return "a separate network needs root, and /proc"
    tried = subprocess.run(
        ["unshare", "--net", "setpriv", f"--reuid={ORDINARY_USER}", f"--regid={ORDINARY_USER}",
         "--clear-groups", f"--inh-caps={CAPABILITIES}", f"--ambient-caps={CAPABILITIES}",
         "dumpcap", "-D"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return "" if tried.returncode == 0 else f"nothing can be captured here: {tried.stdout.strip()}"


def findings(printed):
    """What is printed of each packet, without the time of its capture."""
    lines = [json.loads(line) for line in printed.splitlines()]
    assert all(set(line) == {"timestamp", "layers"} for line in lines)
    return [line["layers"] for line in lines]


def test_the_filter_is_that_of_the_button():
    wanted = next(button.filter for button in BUTTONS if button.label == "All findings")
    assert f"-Y '{wanted}'" in command()


@pytest.mark.parametrize("name, some", [("site-violations", "Off matrix"), ("demo", "Attack")])
def test_each_finding_is_a_line_while_packets_come(sandbox, tshark, made, name, some):
    reason = why_not()
    if reason:
        pytest.skip(reason)
    read, to_syslog = command().rsplit(" | logger ", 1)
    assert shlex.split(to_syslog)[:2] == ["--tag", "smsrc"]
    capture = sandbox.readable(made(name))
    options = shlex.split(read.split(" | ")[0])[1:]
    packets = len(tshark(made(name)).stdout.splitlines())
    wanted = tshark(made(name), *options[options.index("-n") + 1:]).stdout
    wanted = "".join(line for line in wanted.splitlines(True) if line.startswith('{"timestamp"'))
    live = read.replace("-i eth0 ", f"-i lo -c {packets} ")
    done = subprocess.run(
        ["unshare", "--net", "sh", "-c", SCRIPT, "sh", "setpriv", f"--reuid={ORDINARY_USER}",
         f"--regid={ORDINARY_USER}", "--clear-groups", f"--inh-caps={CAPABILITIES}",
         f"--ambient-caps={CAPABILITIES}", "sh", "-c", live],
        env={**sandbox.environment(True, {}), "PYTHON": sys.executable, "SENDER": SENDER,
             "CAPTURE": str(capture)},
        cwd=sandbox.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=120,
        check=False)
    assert done.returncode == 0, done.stderr
    assert findings(done.stdout) == findings(wanted)
    assert any(some in layers["smsrc_audit_verdict"] for layers in findings(wanted))
