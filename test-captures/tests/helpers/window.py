# window.py
# Wireshark in a real window: on its own display, driven by keys, checked by screenshots
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""A display (Xvfb and a small window manager), Wireshark on it as the ordinary user of conftest.py,
and what a person does there: open a menu, type, wait until a window is there, view it.

Nothing here waits for a time: it waits for a window, or for a picture that fits, up to a limit.
"""

import contextlib
import itertools
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import time

from conftest import ROOT, is_root

PROFILE = "SMS 2003"
PROFILE_FILES = ROOT / "plugin" / "profile" / PROFILE
TOOLS = ("Xvfb", "openbox", "xdotool", "xclip", "import", "wireshark")

# The entries of Statistics > SMS 2003: what -z takes, title of the window.
STATISTICS = (
    ("smsrc,sessions", "SMS Remote Control Sessions"),
    ("smsrc,sessions.full", "SMS Remote Control Sessions in Full"),
    ("smsrc,messages", "SMS Remote Control Messages"),
    ("smsrc,chat", "SMS Remote Control Chats"),
    ("smsrc,roles", "SMS Roles"),
    ("smsrc,audit", "SMS Port Audit"),
    ("smsrc,matrix", "SMS Port Matrix (KB 826852)"),
    ("smsrc,matrix.used", "SMS Rows Used and Never Used"),
    ("smsrc,rules", "SMS Firewall Rules"),
    ("smsrc,rules.nft", "SMS Firewall Rules for nftables"),
    ("smsrc,rules.nft.drop", "SMS Firewall for nftables"),
    ("smsrc,rules.iptables", "SMS Firewall Rules for iptables"),
    ("smsrc,rules.windows", "SMS Firewall Rules for Windows"),
    ("smsrc,rules.cisco", "SMS Firewall Rules for Cisco IOS"),
    ("smsrc,rules.pf", "SMS Firewall Rules for pf"),
)

# A start on a slow machine takes half a minute; what takes this long does not come any more.
LIMIT = 60


def missing():
    """What this machine lacks for a window, in words; "" where nothing is missing."""
    lacking = [tool for tool in TOOLS if not shutil.which(tool)]
    return f"no window of Wireshark without {', '.join(lacking)}" if lacking else ""


class Gone(AssertionError):
    """What was waited for did not come."""


def until(what, look, limit=LIMIT):
    """Calls look() until the result is true; returns it."""
    end = time.monotonic() + limit
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > end:
            raise Gone(f"not within {limit} s: {what}")
        time.sleep(0.1)


def call(*argv, env=None, check=True, binary=False, limit=LIMIT):
    done = subprocess.run([str(a) for a in argv], env=env, stdin=subprocess.DEVNULL, timeout=limit,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if check and done.returncode != 0:
        raise Gone(f"{argv}: {done.stderr.decode('utf-8', 'replace')}")
    return done.stdout if binary else done.stdout.decode("utf-8", "replace")


class Display:
    """An X server with a window manager; `with Display() as display`."""

    def __init__(self, width=1400, height=900):
        self.size = f"{width}x{height}x24"
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="smsrc-display-"))
        self.running = []
        self.env = {}

    def start(self, *argv):
        log = open(self.folder / f"{argv[0]}.log", "wb")  # pylint: disable=consider-using-with
        with log:
            process = subprocess.Popen(argv, env=self.env or None, stdin=subprocess.DEVNULL,
                                       stdout=log, stderr=log, pass_fds=self.pass_fds())
        self.running.append(process)
        return process

    def pass_fds(self):
        return (self.number_pipe,) if self.number_pipe is not None else ()

    number_pipe = None

    def __enter__(self):
        reader, self.number_pipe = os.pipe()
        # The server takes a free number itself and prints it.
        self.start("Xvfb", "-displayfd", str(self.number_pipe), "-screen", "0", self.size,
                   "-nolisten", "tcp", "-noreset")
        os.close(self.number_pipe)
        self.number_pipe = None
        try:
            with os.fdopen(reader) as pipe:
                number = pipe.readline().strip()
            if not number:
                raise Gone(f"Xvfb: {(self.folder / 'Xvfb.log').read_text(errors='replace')}")
            self.env = {**os.environ, "DISPLAY": f":{number}", "HOME": str(self.folder),
                        "LC_ALL": "C.UTF-8"}
            self.start("openbox", "--sm-disable")
            until("a window manager", lambda: "window id" in call(
                "xprop", "-root", "_NET_SUPPORTING_WM_CHECK", env=self.env, check=False))
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for process in reversed(self.running):
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(10)
            if process.poll() is None:
                process.kill()
                process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


class Wireshark:
    """A Wireshark with a capture open; `with Wireshark(sandbox, display, capture) as shark`."""

    def __init__(self, sandbox, display, capture, *args, profile=True, roles=(), rows=(),
                 home=None):
        self.display = display
        self.sandbox = sandbox
        self.capture = sandbox.readable(capture)
        self.home = home or sandbox.fresh_home()
        self.args = [*args]
        self.count = itertools.count()
        self.process = None
        folder = self.home / ".config" / "wireshark"
        if profile:
            self.args = ["-C", PROFILE, *self.args]
            folder = folder / "profiles" / PROFILE
            shutil.copytree(PROFILE_FILES, folder, dirs_exist_ok=True)
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder  # of the configuration: the profile's where there is one
        for table, lines in (("smsrc_roles", roles), ("smsrc_rows", rows)):
            if lines:
                (folder / table).write_text("".join(f"{line}\n" for line in lines))
        # No window over the others that a person has to close first.
        (self.home / ".config" / "wireshark" / "recent_common").write_text(
            "privs.warn_if_elevated: FALSE\nsys.warn_if_no_capture: FALSE\n")
        for path in [self.home, *self.home.rglob("*")]:
            if is_root():
                os.chown(path, 65534, 65534)

    def __enter__(self):
        # Qt draws alike on every machine; it has no bus and no style of a desktop to query.
        env = {"HOME": self.home, "DISPLAY": self.display.env["DISPLAY"], "QT_STYLE_OVERRIDE":
               "Fusion", "QT_QPA_PLATFORM": "xcb", "QT_QPA_PLATFORMTHEME": "none",
               "XDG_RUNTIME_DIR": self.home, "NO_AT_BRIDGE": "1", "QT_ACCESSIBILITY": "0",
               "QT_LOGGING_RULES": "*=false"}
        argv = ["wireshark", "-n", *self.args, "-r", self.capture]
        full = {**self.sandbox.environment(True, env)}
        if is_root():
            argv = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *argv]
        self.log = self.display.folder / f"wireshark-{id(self)}.log"
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen([str(a) for a in argv], env=full, stdout=log,
                                            stderr=log, stdin=subprocess.DEVNULL,
                                            cwd=self.sandbox.folder)
        try:
            self.main = self.wait_window(rf"^(\[[^]]*\] *)?{re.escape(self.capture.name)}")
            # Less than the screen: the window manager's frame is around it.
            self.resize(self.main, 1390, 866)
            self.settle(self.main)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.process is None:
            return
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(10)
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def said(self):
        """All that Wireshark has printed."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    # --- Windows

    def windows(self, title="."):
        """Visible windows of this Wireshark whose title fits: id -> title."""
        if self.process.poll() is not None:
            raise Gone(f"Wireshark has ended: {self.said()}")
        found = {}
        for window in call("xdotool", "search", "--onlyvisible", "--all", "--pid",
                           self.process.pid, "--name", title, env=self.display.env,
                           check=False).split():
            name = call("xdotool", "getwindowname", window, env=self.display.env, check=False)
            if name.strip():
                found[window] = name.strip()
        return found

    def wait_window(self, title):
        """The window with such a title, once it is there."""
        try:
            return until(f"a window {title}", lambda: list(self.windows(title)))[0]
        except Gone as gone:
            raise Gone(f"{gone}; there are: {self.windows()}; said: {self.said()}") from None

    def wait_gone(self, window):
        until(f"that the window {window} closes", lambda: window not in self.windows())

    def resize(self, window, width, height, left=0, top=0):
        """The window manager does both in their order: with the size, the place is right too."""
        def size():
            return call("xdotool", "getwindowgeometry", "--shell", window, env=self.display.env,
                        check=False)
        call("xdotool", "windowmove", window, left, top, "windowsize", window, width, height,
             env=self.display.env)
        until(f"that the window {window} has {width} by {height} points",
              lambda: f"WIDTH={width}\nHEIGHT={height}\n" in size())

    # --- Keys

    def focus(self, window):
        call("xdotool", "windowactivate", "--sync", window, env=self.display.env)

    def keys(self, *keys):
        """Keys for the window or menu that has the focus."""
        call("xdotool", "key", "--delay", "40", *keys, env=self.display.env)

    def type(self, text):
        call("xdotool", "type", "--delay", "10", text, env=self.display.env)

    def click(self, window, left, top, button=1):
        call("xdotool", "mousemove", "--window", window, left, top, "click", button,
             env=self.display.env)

    def double_click(self, window, left, top):
        call("xdotool", "mousemove", "--window", window, left, top, "click", "--repeat", "2",
             "--delay", "40", 1, env=self.display.env)

    def point(self, window, left, top):
        """Rests the mouse there."""
        call("xdotool", "mousemove", "--window", window, left, top, env=self.display.env)

    def tree(self):
        """Gives the keys to the packet's tree, and the mouse to a place where it marks nothing."""
        self.focus(self.main)
        self.click(self.main, 400, 800)
        self.rest()

    def rest(self):
        call("xdotool", "mousemove", "1399", "899", env=self.display.env)

    def filter(self, text):
        """Applies a display filter in the main window."""
        self.focus(self.main)
        self.keys("ctrl+slash", "ctrl+a")
        self.type(text)
        self.keys("Escape", "Return")
        self.settle(self.main)

    def go_to(self, frame):
        """Selects a packet by its number."""
        self.focus(self.main)
        self.keys("ctrl+g")
        self.type(str(frame))
        self.keys("Return")
        self.settle(self.main)

    def submenu(self):
        """Opens Statistics > SMS 2003; it is the last of that menu."""
        self.focus(self.main)
        self.keys("alt+s", "Up", "Right")

    def statistic(self, entry):
        """Opens an entry of the submenu by its number; its window.

        A key may come before the submenu has opened, and open nothing: the keys are sent again.
        """
        title = rf"(^|· ){re.escape(STATISTICS[entry][1])}( ·|$)"
        for _ in range(3):
            self.submenu()
            self.keys(*["Down"] * entry, "Return")
            with contextlib.suppress(Gone):
                return until(f"a window {title}", lambda: list(self.windows(title)), LIMIT / 3)[0]
            self.keys("Escape", "Escape", "Escape")
        return self.wait_window(title)

    def saved(self, window, name, width=1300, height=700):
        """What the button "Save as" of a statistic's window writes."""
        path = self.home / name
        self.resize(window, width, height)
        self.settle(window)
        self.click(window, width - 144, height - 24)
        dialog = self.wait_window("Save Statistics As")
        self.focus(dialog)
        self.type(str(path))
        self.keys("Return")
        self.wait_gone(dialog)
        return until(f"the file {path}", lambda: path.exists() and path.read_text("utf-8"))

    def copied(self, press):
        """What is in the clipboard once press() has put another text there."""
        def clipboard():
            return call("xclip", "-out", "-selection", "clipboard", env=self.display.env,
                        check=False)
        before = clipboard()
        press()
        return until("another text in the clipboard",
                     lambda: next((text for text in [clipboard()] if text != before), ""))

    def preferences(self):
        """Opens the preferences at the page SMSRC; their window."""
        self.focus(self.main)
        self.keys("ctrl+shift+p")
        window = self.wait_window("Preferences")
        self.resize(window, 1000, 760)
        self.settle(window)
        self.focus(window)
        self.click(window, 64, 156)
        self.keys("Right")
        self.settle(window)
        self.type("SMSRC")
        self.settle(window)
        return window

    # --- Pictures

    def picture(self, path, window="root"):
        """The screen, or a window with nothing but itself, as a PNG."""
        call("import", "-window", window, path, env=self.display.env)
        return pathlib.Path(path)

    def look(self, window):
        try:
            return call("import", "-window", window, "rgb:-", env=self.display.env, binary=True,
                        check=False, limit=20)
        except subprocess.TimeoutExpired:
            # Where the window is gone, import waits for a click on another one.
            raise Gone(f"no window {window}; there are: {self.windows()}") from None

    def settle(self, window, same=2):
        """Waits until what the window shows no longer changes; a cursor blinks more slowly."""
        last, times = None, 0

        def still():
            nonlocal last, times
            now = self.look(window)
            times = times + 1 if now and now == last else 0
            last = now
            return times >= same
        with contextlib.suppress(Gone):
            until("a picture that stays", still, limit=15)
