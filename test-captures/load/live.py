# live.py
# A capture replayed on loopback while tshark listens: run in its own network namespace
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""live.py CAPTURE prints: packets seen, seconds of processor time, bytes of memory at most.

tshark runs as the ordinary user; dumpcap, which it starts, gets the right to capture from its
ambient capabilities. Stopped by SIGINT as a user stops it, it has to end by itself.
"""

import os
import pathlib
import re
import signal
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import captures  # noqa: E402
import measure  # noqa: E402,F401
from conftest import ORDINARY_USER, Sandbox  # noqa: E402


def wait_until(happened, seconds):
    for _ in range(10 * seconds):
        if happened():
            return
        time.sleep(0.1)


class Idle:
    """True when the processes of a session have taken no processor time for three seconds."""

    def __init__(self, session):
        self.session, self.taken, self.since = str(session), None, time.monotonic()

    def __call__(self):
        taken = self.processor_time()
        if taken != self.taken:
            self.taken, self.since = taken, time.monotonic()
        return time.monotonic() - self.since > 3

    def processor_time(self):
        taken = {}
        for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if fields[3] == self.session:
                taken[stat.parent.name] = (fields[11], fields[12])
        return taken


def main(path):
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    sandbox = Sandbox()
    try:
        home = sandbox.fresh_home()
        report, log = home / "cost", home / "log"
        argv = ["setpriv", f"--reuid={ORDINARY_USER}", f"--regid={ORDINARY_USER}",
                "--clear-groups", "--inh-caps=+net_raw,+net_admin",
                "--ambient-caps=+net_raw,+net_admin", "/usr/bin/env", "python3", "-c",
                measure.INNER.replace(
                    "import ", "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
                    "import ", 1).replace(
                    "stdout=subprocess.DEVNULL", "preexec_fn=lambda: signal.signal(signal.SIGINT,"
                    " signal.SIG_DFL)"), str(report),
                "tshark", "-n", "-i", "lo", "-B", "256", "-q", "-z", "smsrc,matrix", "-z",
                "io,stat,0,,smsrc.audit.row == \"E1\""]
        for line in captures.ROLES:
            argv += ["-o", f"uat:smsrc_roles:{line}"]
        with open(log, "w", encoding="utf-8") as out:
            tshark = subprocess.Popen(argv, env=sandbox.environment(True, {"HOME": home,
                                                                     "TMPDIR": home}),
                                      cwd=home, stdout=out, stderr=subprocess.STDOUT,
                                      start_new_session=True)
        # dumpcap opens its file when it has opened the device.
        wait_until(lambda: any(home.glob("wireshark_*")), 60)
        time.sleep(2)
        subprocess.run(["tcpreplay", "--quiet", "--topspeed", "--intf1=lo", path], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_until(Idle(tshark.pid), 600)
        # The whole group: its parent ignores it, tshark and dumpcap end.
        os.killpg(tshark.pid, signal.SIGINT)
        tshark.wait(timeout=1800)
        said = log.read_text(errors="replace")
        seen = re.search(r"<> +[\d.]+ +\| +(\d+) +\| +\d+ +\| +(\d+) +\|", said)
        if tshark.returncode != 0 or not seen or int(seen[2]) < int(seen[1]) / 2:
            print(said[-3000:])
            return 1
        seconds, memory = report.read_text().split()
        print(seen[1], seconds, int(memory) * 1024)
        return 0
    finally:
        sandbox.remove()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
