# views.py
# The views of Wireshark that the pictures of this folder show
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Called by `take`: views.py [NAME...]. Each function below is one picture of its name."""

import json
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests"))

from conftest import MADE, Sandbox  # noqa: E402
from profile_tables import SITE_ROLE_LINES  # noqa: E402
from recorded_truth import RECORDED  # noqa: E402
from window import PROFILE, STATISTICS, Display, Wireshark, until  # noqa: E402

SITE = RECORDED / "site.pcapng"
MISCONFIGURED = RECORDED / "site-misconfigured.pcapng"
FIREWALLED = RECORDED / "site-firewalled.pcapng"
DEMO = MADE / "demo.pcap"


class Stage:
    """Where the views are shown, and what has been seen of them."""

    def __init__(self, sandbox, display, folder):
        self.sandbox, self.display, self.folder = sandbox, display, folder

    def open(self, capture, *args, roles=tuple(SITE_ROLE_LINES), **how):
        return Wireshark(self.sandbox, self.display, capture, *args, roles=roles, **how)

    def keep(self, shark, window, name, crop=None):
        """A window, or the part of the screen that `crop` selects, as a small PNG."""
        shark.settle(window)
        path = shark.picture(self.folder / f"{name}.png", "root" if crop else window)
        self.shrink(path, path, crop)
        return path

    def shrink(self, path, to, crop=None):
        """A picture, or the part of it that `crop` selects, as a PNG of 64 colors."""
        cut = ["-crop", crop, "+repage"] if crop else []
        subprocess.run(["convert", path, *cut, "-strip", "+dither", "-colors", "64", "-depth", "8",
                        "-define", "png:compression-level=9", f"png8:{to}"], check=True)


def last_protocol(shark):
    """The last line of the tree, with all that is below it."""
    shark.tree()
    shark.keys("Home", "End", "shift+Right", "End")


def profile(stage):
    """Where the profile is chosen."""
    with stage.open(MISCONFIGURED) as shark:
        shark.focus(shark.main)
        shark.keys("ctrl+shift+a")
        window = shark.wait_window("Configuration Profiles")
        shark.resize(window, 700, 400, 40, 60)
        shark.settle(window)
        stage.keep(shark, "root", "profile", crop="716x300+36+40")


def judged_frame(stage, capture, last, frame, name):
    """A frame in the list, with those up to the last below it, and its part of the tree."""
    with stage.open(capture) as shark:
        shark.go_to(last)
        shark.go_to(frame)
        last_protocol(shark)
        stage.keep(shark, shark.main, name)


def audit(stage):
    """A flow off the matrix: red in the list, the reason in the tree."""
    judged_frame(stage, MISCONFIGURED, 104, 86, "audit")


def firewalled(stage):
    """What the firewall blocks: amber."""
    judged_frame(stage, FIREWALLED, 62, 38, "firewalled")


def findings(stage):
    """The button "All findings": a packet of each flow."""
    with stage.open(MISCONFIGURED) as shark:
        shark.filter("smsrc.audit.off_matrix || smsrc.audit.wrong_service || "
                     "smsrc.audit.wrong_direction || smsrc.audit.blocked")
        stage.keep(shark, shark.main, "findings")


def remote_control(stage):
    """Remote control: blue, the answer of an agent in the tree, the bytes of a field."""
    with stage.open(DEMO, roles=()) as shark:
        shark.go_to(9)
        shark.tree()
        shark.keys("Home", "Down", "Down", "Down", "Down", "shift+Right", *["Down"] * 30)
        stage.keep(shark, shark.main, "remote-control")


# Of the submenu, in its order: picture, size of the window.
# The pictures of statistics: what -z calls each, and the size of its window.
TABLES = {"sessions": ("smsrc,sessions", 1000, 200), "messages": ("smsrc,messages", 700, 420),
          "roles": ("smsrc,roles", 1000, 560), "port-audit": ("smsrc,audit", 1300, 640),
          "matrix": ("smsrc,matrix", 900, 620), "rules": ("smsrc,rules", 1200, 560),
          "rules-nft": ("smsrc,rules.nft", 1000, 640)}


def menu(stage):
    """The submenu that has all statistics."""
    with stage.open(MISCONFIGURED) as shark:
        shark.submenu()
        stage.keep(shark, "root", "menu", crop="940x900+0+0")


def statistics(stage):
    """Each statistic of the submenu in its window."""
    entries = [name for name, _ in STATISTICS]
    for capture, roles, names in (
            (DEMO, (), ("sessions", "messages")), (SITE, (), ("roles",)),
            (SITE, SITE_ROLE_LINES, ("rules", "rules-nft")), (FIREWALLED, SITE_ROLE_LINES, ("matrix",)),
            (MISCONFIGURED, SITE_ROLE_LINES, ("port-audit",))):
        with stage.open(capture, roles=roles) as shark:
            for name in names:
                entry, width, height = TABLES[name]
                window = shark.statistic(entries.index(entry))
                shark.resize(window, width, height)
                stage.keep(shark, window, name)


def expert(stage):
    """Expert Information: the findings by severity."""
    with stage.open(MISCONFIGURED) as shark:
        shark.focus(shark.main)
        shark.keys("alt+a", "Up", "Return")
        window = shark.wait_window("Expert Information")
        shark.resize(window, 1100, 560)
        stage.keep(shark, window, "expert")


def io_graph(stage):
    """The I/O graph of the verdicts."""
    with stage.open(MISCONFIGURED) as shark:
        shark.focus(shark.main)
        shark.keys("alt+s", *["Down"] * 6, "Return")
        window = shark.wait_window("I/O Graph|IO Graph")
        shark.resize(window, 1000, 700)
        # Its bars come some time after the axes: 8 or 16 bits for each of their three colors.
        green = (bytes.fromhex("7cb342") * 20, bytes.fromhex("7c7cb3b34242") * 20)
        until("a green bar", lambda: any(bar in shark.look(window) for bar in green))
        stage.keep(shark, window, "io-graph")


def conversations(stage):
    """The conversations of Remote Tools."""
    with stage.open(DEMO, roles=()) as shark:
        shark.focus(shark.main)
        shark.keys("alt+s", "Down", "Down", "Down", "Return")
        window = shark.wait_window("Conversations")
        shark.resize(window, 1200, 420)
        shark.settle(window)
        shark.click(window, 345, 26)
        stage.keep(shark, window, "conversations")


def follow(stage):
    """A chat, as Follow Stream shows it."""
    with stage.open(DEMO, roles=()) as shark:
        shark.filter('smsrc.channel == "Chat"')
        shark.focus(shark.main)
        shark.keys("ctrl+alt+shift+t")
        window = shark.wait_window("Follow TCP Stream")
        shark.resize(window, 800, 480)
        stage.keep(shark, window, "follow")


def decode_as(stage):
    """Decode As: another port is remote control's."""
    with stage.open(MADE / "rc-decode-as.pcap", "-d", "tcp.port==9000,smsrc.control",
                    roles=()) as shark:
        shark.focus(shark.main)
        shark.keys("ctrl+shift+u")
        window = shark.wait_window("Decode As")
        shark.resize(window, 900, 420)
        stage.keep(shark, window, "decode-as")


def preferences(stage):
    """The preferences of the protocol."""
    with stage.open(DEMO, roles=()) as shark:
        window = shark.preferences()
        stage.keep(shark, window, "preferences")


def tables(stage):
    """The user's tables, with what a column is for where the mouse rests on its title."""
    with stage.open(MISCONFIGURED) as shark:
        preferences_window = shark.preferences()
        for name, left, top, title, column in (("table-roles", 370, 113, "SMS Roles|Roles", 120),
                                               ("table-rows", 448, 175, "SMS Rows|Rows", 330)):
            shark.click(preferences_window, left, top)
            window = shark.wait_window(title)
            shark.resize(window, 700, 400, 40, 60)
            shark.settle(window)
            before = shark.look("root")
            shark.point(window, column, 20)
            until("the column's help", lambda: shark.look("root") != before)
            stage.keep(shark, "root", name, crop="716x345+36+40")
            shark.focus(window)
            shark.keys("Escape")
            shark.wait_gone(window)


def html_report(stage):
    """The first sections of a page of smsrc-report, over two captures."""
    out = stage.sandbox.fresh_home()
    (out / "results").mkdir()
    for capture in (DEMO, MISCONFIGURED):
        done = stage.sandbox.run(["tshark", "-n", "-r", stage.sandbox.readable(capture), "-q", "-z",
                                  "smsrc,audit.json", "-z", "smsrc,sessions.json"])
        found = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        last, = (line for line in found if line["type"] == "audit")
        found = [line for line in found if line["type"] in ("flow", "session")]
        found.append({**last, "type": "capture", "status": "read"})
        (out / "results" / f"{capture.name}.jsonl").write_text("".join(
            json.dumps({**line, "capture": capture.name}) + "\n" for line in found))
    program = HERE.parent.parent / "plugin" / "batch" / "smsrc-report"
    subprocess.run([sys.executable, program, "--worst", "1", out, out / "page.html"], check=True)
    stage.sandbox.run(["chromium", "--no-sandbox", "--headless", "--disable-gpu", "--no-first-run",
                       "--disable-background-networking", "--disable-component-update",
                       f"--user-data-dir={out}/data", "--hide-scrollbars",
                       "--window-size=1000,1810", f"--screenshot={out}/page.png",
                       f"file://{out}/page.html"], env={"HOME": out})
    stage.shrink(out / "page.png", stage.folder / "html-report.png")


VIEWS = (html_report, profile, audit, firewalled, findings, remote_control, menu, statistics, expert, io_graph,
         conversations, follow, decode_as, preferences, tables)


def main(names):
    known = {view.__name__: view for view in VIEWS}
    sandbox = Sandbox()
    try:
        with Display() as display:
            stage = Stage(sandbox, display, HERE)
            for name in names or known:
                print(f"{name}: {known[name].__doc__}", flush=True)
                known[name](stage)
    finally:
        sandbox.remove()


if __name__ == "__main__":
    main(sys.argv[1:])
