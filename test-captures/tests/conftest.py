# conftest.py
# The sandbox of all tests: tshark and sharkd with the built plugin, captures, goldens
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""What every test may use.

Wireshark's programs load no plugin when they run as root, so as root everything here runs as an
ordinary user, in a clean environment: an empty HOME, UTC, the C locale, and a copy of the
plugin that this user can read.

Fixtures: tshark, sharkd, ordinary, fresh_home, made, real, moved, case, golden, wireshark_version,
plugin_build, plugin_folder. For parametrisation: ALL_MADE, ALL_REAL, ALL_MOVED.

Environment: SMSRC_BUILD is the build folder (else build/ of this tree), SMSRC_CAPTURES the folder
with the captures of others (else ../shared/captures beside this tree). If SMSRC_ORDINARY_STARTS is
set, each run of tshark starts by itself (helpers/fork_server.py).
"""

import collections
import difflib
import io
import itertools
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import pytest

TESTS = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(TESTS / "helpers"))
import fork_server  # noqa: E402 (it is in the folder that the line above adds)
from sampled import sampled  # noqa: E402

ROOT = TESTS.parent.parent
MADE = TESTS.parent / "made"
GOLDEN = TESTS.parent / "golden"
BUILD = pathlib.Path(os.environ.get("SMSRC_BUILD") or ROOT / "build").resolve()
CAPTURES = pathlib.Path(
    os.environ.get("SMSRC_CAPTURES") or ROOT.parent / "shared" / "captures").resolve()

# Suite of Debian: the Wireshark that it has at least.
SUITES = {"trixie": (4, 4), "sid": (4, 6)}

# Set where test_versions.py runs this suite on another version of Wireshark: not again from there.
INSIDE_ROOT = "SMSRC_INSIDE_ROOT"
# Set: other systems run every case of a test too, and the slow tests that they leave out else.
ALL_CASES = "SMSRC_ALL_CASES"
# Nor what reads or builds the sources alone, or the lines that the plugin prints.
HOME_ONLY = ["code/test_adding.py", "code/test_heads.py", "code/test_rooms.py",
             "code/test_sizes.py", "code/test_suites.py", "code/test_wording.py",
             "package/test_in_tree.py", "package/test_installing.py",
             "package/test_package_systems.py", "package/test_release.py",
             "package/test_versions.py", "package/test_windows.py", "product/test_html_report.py",
             "product/test_readme.py"]
# Whether this is another system that runs a part: see pytest_collection_modifyitems.
IS_SAMPLE = INSIDE_ROOT in os.environ and ALL_CASES not in os.environ
# Fuzzing and analyzers of compilers take long, and their findings do not depend on a version.
collect_ignore = [*(HOME_ONLY if INSIDE_ROOT in os.environ else []),
                  *(["code/test_fuzz.py", "code/test_static.py"] if IS_SAMPLE else [])]

# The user "nobody" has no files and no groups on any system.
ORDINARY_USER = 65534

# On stderr, none of these is ever right. "Error loading table" is a bad line in a user's table.
BAD_LINES = re.compile(r"Dissector bug|ERROR|CRITICAL|Warning.*smsrc|Error loading table")

# One run of a program takes a second or two; a run of this length hangs.
TIMEOUT = 300


# --- Captures for parametrisation ---------------------------------------------------------------

def captures(folder, what):
    """Names of the captures in a folder; where there is none, one test that is skipped."""
    names = sorted(p.name for p in folder.glob("*cap")) if folder.is_dir() else []
    if names:
        return names
    return [pytest.param("none", marks=pytest.mark.skip(reason=f"no {what} in {folder}"))]


ALL_REAL = captures(CAPTURES / "real", "real captures")
ALL_MOVED = captures(CAPTURES / "moved", "moved captures")
# Made captures are part of the project: without them these tests fail, they are not skipped.
ALL_MADE = sorted(p.stem for p in MADE.glob("*.pcap")) or ["none"]


# --- An ordinary user and its environment -------------------------------------------------------

def is_root():
    return os.geteuid() == 0


def readable_by_all(path):
    """Whether an ordinary user can read this file or enter this folder."""
    path = pathlib.Path(path).resolve()
    wanted = 0o5 if path.is_dir() else 0o4
    return (path.stat().st_mode & wanted) == wanted and all(
        p.stat().st_mode & 0o1 for p in path.parents)


class Sandbox:
    """The folders of one test run, and how programs are started in them."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="smsrc-test-"))
        self.folder.chmod(0o755)
        self.count = itertools.count()
        self.home = self.fresh_home()
        self.no_plugins = self.new_folder("no-plugins")
        self.no_data = self.new_folder("no-data")
        self.plugins = self.new_folder("plugins")
        if (BUILD / "run").is_dir():
            self.copy_plugins(BUILD, self.plugins)
        self.servers = fork_server.Servers(self.folder / "fork-server.so", self.start)

    def new_folder(self, name):
        folder = self.folder / f"{name}-{next(self.count)}"
        folder.mkdir(mode=0o755)
        return folder

    def fresh_home(self):
        """A new empty folder that belongs to the ordinary user."""
        home = self.new_folder("home")
        if is_root():
            os.chown(home, ORDINARY_USER, ORDINARY_USER)
        return home

    def copy_plugins(self, build, to):
        """Copies build/run, which is what WIRESHARK_PLUGIN_DIR takes, where all can read it."""
        shutil.copytree(build / "run", to, dirs_exist_ok=True, ignore=lambda folder, names: [
            n for n in names if not (n.endswith(".so") or (pathlib.Path(folder) / n).is_dir())])
        for path in [to, *to.rglob("*")]:
            path.chmod(0o755)
        return to

    def readable(self, path):
        """This file, or a copy of it where the ordinary user cannot read it."""
        path = pathlib.Path(path)
        if not path.is_file():
            pytest.fail(f"{path} does not exist")
        if not is_root() or readable_by_all(path):
            return path
        copy = self.new_folder("capture") / path.name
        shutil.copyfile(path, copy)
        copy.chmod(0o644)
        return copy

    def environment(self, plugin, extra):
        env = {k: v for k, v in os.environ.items()
               if not k.startswith(("WIRESHARK_", "XDG_", "LC_", "LANG", "SSLKEYLOG", "ASAN_",
                                    "UBSAN_", "LD_PRELOAD", "COLUMNS"))}
        folder = {True: self.plugins, False: self.no_plugins}.get(plugin, plugin)
        # Capture programs of others have no place here, and hang below a sanitizer. Names of
        # manufacturers, RADIUS and Diameter are a third of what a start of tshark costs.
        env.update(HOME=str(self.home), TZ="UTC", LC_ALL="C.UTF-8",
                   WIRESHARK_PLUGIN_DIR=str(folder), WIRESHARK_EXTCAP_DIR=str(self.no_plugins),
                   WIRESHARK_DATA_DIR=str(self.no_data))
        for name, value in (extra or {}).items():
            if value is None:
                env.pop(name, None)
            else:
                env[name] = str(value)
        return env

    def start(self, argv, plugin, env):
        """The arguments of subprocess's functions that start this as the ordinary user."""
        argv = [str(a) for a in argv]
        extra = self.environment(plugin, env)
        if is_root():
            # Variables for the program alone (such as a preloaded library) must not reach setpriv.
            own = [f"{n}={v}" for n, v in (env or {}).items() if v is not None]
            for name in env or {}:
                extra.pop(name, None)
            argv = ["setpriv", f"--reuid={ORDINARY_USER}", f"--regid={ORDINARY_USER}",
                    "--clear-groups", "env", *own, *argv]
        return {"args": argv, "env": extra, "cwd": self.folder}

    def run(self, argv, plugin=True, env=None, text=True, stdin=None, stdout=subprocess.PIPE,
            timeout=TIMEOUT):
        """Runs a program as the ordinary user; returns a CompletedProcess, checks nothing."""
        argv = [str(a) for a in argv]
        how = self.start(argv, plugin, env)
        # COLUMNS is not in the sandbox's environment: without a value it changes nothing.
        more = {n: v for n, v in (env or {}).items() if (n, v) != ("COLUMNS", None)}
        if more.keys() <= {"COLUMNS"} and isinstance(plugin, bool) and stdout == subprocess.PIPE:
            done = self.run_in_server(argv, plugin, more, text, stdin, timeout)
            if done is not None:
                return subprocess.CompletedProcess(how["args"], *done)
        kind = {"text": True, "encoding": "utf-8", "errors": "replace"} if text else {}
        given = {"input": stdin} if stdin is not None else {"stdin": subprocess.DEVNULL}
        try:
            return subprocess.run(**how, timeout=timeout, stdout=stdout, stderr=subprocess.PIPE,
                                  check=False, **kind, **given)
        except subprocess.TimeoutExpired:
            return pytest.fail(f"no end after {timeout} s: {' '.join(argv)}")

    def run_in_server(self, argv, plugin, env, text, stdin, timeout):
        """What a run that shares its start with others gives: its return code, stdout and stderr;
        None where it has to start by itself."""
        stdin = stdin.encode("utf-8") if isinstance(stdin, str) else stdin or b""
        try:
            done = self.servers.run(argv, plugin, env, stdin, timeout)
        except TimeoutError:
            return pytest.fail(f"no end after {timeout} s: {' '.join(argv)}")
        if done is None or not text:
            return done
        return done[0], *(io.TextIOWrapper(io.BytesIO(said), encoding="utf-8",
                                           errors="replace").read() for said in done[1:])

    def remove(self):
        self.servers.end()
        shutil.rmtree(self.folder, ignore_errors=True)


def complain(done, why):
    """Fails a test with all that the program printed."""
    def show(stream):
        stream = stream or ""
        stream = stream if isinstance(stream, str) else stream.decode("utf-8", "replace")
        return stream if len(stream) < 20000 else stream[:20000] + "\n[...]"
    pytest.fail(f"{why}\n$ {' '.join(map(str, done.args))}\n--- return code {done.returncode}\n"
                f"--- stderr\n{show(done.stderr)}\n--- stdout\n{show(done.stdout)}",
                pytrace=False)


def check_run(done):
    """Return code 0, and nothing on stderr that must not be there."""
    stderr = done.stderr if isinstance(done.stderr, str) else done.stderr.decode("utf-8",
                                                                                "replace")
    if done.returncode != 0:
        complain(done, "the program failed")
    for line in stderr.splitlines():
        if BAD_LINES.search(line):
            complain(done, f"the program complained: {line}")
    return done


@pytest.fixture(scope="session")
def sandbox():
    made_sandbox = Sandbox()
    yield made_sandbox
    made_sandbox.remove()


@pytest.fixture(scope="session", autouse=True)
def plugin_is_loaded(sandbox):
    """Without the plugin every test fails; none may pass or be skipped because it is missing."""
    if not list(sandbox.plugins.rglob("smsrc.so")):
        pytest.fail(f"no smsrc.so below {BUILD / 'run'}: build the plugin first, or set "
                    f"SMSRC_BUILD to its build folder", pytrace=False)
    done = check_run(sandbox.run(["tshark", "-G", "plugins"]))
    if not re.search(r"^smsrc\.so\s", done.stdout, re.MULTILINE):
        complain(done, "tshark does not load smsrc.so")


@pytest.fixture(scope="session")
def ordinary(sandbox):
    """ordinary(argv, plugin=True, env=None, text=True, stdin=None, stdout=subprocess.PIPE,
    timeout=300): any program, in the environment that tshark gets here; nothing is checked."""
    return sandbox.run


@pytest.fixture(scope="session")
def fresh_home(sandbox):
    """fresh_home() -> a new empty folder of the ordinary user, for env={"HOME": ...}."""
    return sandbox.fresh_home


@pytest.fixture(scope="session")
def plugin_build():
    return BUILD


@pytest.fixture(scope="session")
def plugin_folder(sandbox):
    """The folder that WIRESHARK_PLUGIN_DIR names: a readable copy of the built plugin."""
    return sandbox.plugins


@pytest.fixture(scope="session")
def wireshark_version(sandbox):
    """(4, 0), (4, 4), ..."""
    first = check_run(sandbox.run(["tshark", "--version"])).stdout
    return tuple(int(n) for n in re.search(r"(\d+)\.(\d+)\.\d+", first).groups())


# --- tshark and sharkd --------------------------------------------------------------------------

@pytest.fixture(scope="session")
def tshark(sandbox):
    """tshark(capture, *args, plugin=True, prefs=(), check=True, two_pass=False, text=True,
    env=None) -> a CompletedProcess (stdout, stderr, returncode).

    capture: a path, or None for a run without one (`-G fields`). plugin: True, False (none is
    loaded) or the folder that WIRESHARK_PLUGIN_DIR is to name. prefs: what follows -o, each.
    env: variables to add, or to remove where the value is None.
    """
    def run(capture, *args, plugin=True, prefs=(), check=True, two_pass=False, text=True,
            env=None):
        argv = ["tshark"]
        if capture is not None:
            argv += ["-n", "-r", sandbox.readable(capture)]
        if two_pass:
            argv.append("-2")
        for pref in prefs:
            argv += ["-o", pref]
        done = sandbox.run([*argv, *args], plugin=plugin, env=env, text=text)
        return check_run(done) if check else done
    return run


@pytest.fixture(scope="session")
def sharkd(sandbox):
    """sharkd(capture, requests, conf=(), plugin=True, env=None) -> the replies, parsed, in order.

    A request is {"method": ..., "params": {...}}, or just a method's name; id and jsonrpc are
    added. conf: (name, value) pairs as for -o, set before the capture is loaded. What is loaded
    must load; the test itself checks the replies to requests ("result" or "error").
    """
    def run(capture, requests, conf=(), plugin=True, env=None):
        first = [{"method": "setconf", "params": {"name": n, "value": v}} for n, v in conf]
        first.append({"method": "load", "params": {"file": str(sandbox.readable(capture))}})
        lines = []
        for number, request in enumerate(itertools.chain(first, requests), 1):
            request = {"method": request} if isinstance(request, str) else request
            lines.append(json.dumps({"jsonrpc": "2.0", "id": number, **request}))
        done = check_run(sandbox.run(["sharkd", "-"], plugin=plugin, env=env,
                                    stdin="\n".join(lines) + "\n"))
        by_id = {}
        for line in done.stdout.splitlines():
            if line.strip():
                reply = json.loads(line)
                by_id[reply.get("id")] = reply
        replies = [by_id.get(number) for number in range(1, len(lines) + 1)]
        if None in replies:
            complain(done, f"no reply to: {lines[replies.index(None)]}")
        for request, reply in zip(lines, replies[:len(first)]):
            if reply.get("result", {}).get("status") != "OK":
                complain(done, f"refused: {request}: {reply}")
        return replies[len(first):]
    return run


# --- Captures -----------------------------------------------------------------------------------

@pytest.fixture(scope="session")
def made():
    """made(name) -> test-captures/made/<name>.pcap, which is part of the project."""
    def path(name):
        found = MADE / f"{str(name).removesuffix('.pcap')}.pcap"
        if not found.is_file():
            pytest.fail(f"{found.relative_to(ROOT)} is missing", pytrace=False)
        return found
    return path


def others(kind):
    def path(name):
        found = CAPTURES / kind / name
        if not found.is_file():
            pytest.skip(f"{kind}/{name} is not in {CAPTURES}")
        return found
    return path


@pytest.fixture(scope="session")
def real():
    """real(name) -> a capture recorded by others; the test is skipped where it is absent."""
    return others("real")


@pytest.fixture(scope="session")
def moved():
    """moved(name) -> such a capture with its server's port moved."""
    return others("moved")


@pytest.fixture(scope="session")
def case():
    """case(name) -> a small capture of others with a known right value; skipped where absent."""
    def path(name):
        found = CAPTURES.parent / "cases" / (name if "." in name else f"{name}.pcap")
        if not found.is_file():
            pytest.skip(f"cases/{found.name} is not in {CAPTURES.parent}")
        return found
    return path


# --- Goldens ------------------------------------------------------------------------------------

# What differs between the versions of Wireshark and is none of the plugin's doing: (pattern,
# replacement), used on a golden and on what is compared with it. The only place for such things.
NORMAL_FORM = (
    (re.compile(r"[ \t]+$", re.MULTILINE), ""),
    # Bytes are shown as far as 36 in 4.0, as far as a line goes from 4.4 on, which marks the name
    # of what it cut.
    (re.compile(r"^( *[^:\n]*?)(?: \[…\])?: ([0-9a-f]{72})(?:[0-9a-f]+…?|…)$", re.MULTILINE),
     r"\1: \2…"),
    # 4.4 renamed flags of NTLMSSP: what is below it is Wireshark's own.
    (re.compile(r"^( *)(NTLM Secure Service Provider)\n(?:\1 +.*\n)+", re.MULTILINE),
     r"\1\2\n"),
)


def normal_form(text):
    for pattern, replacement in NORMAL_FORM:
        text = pattern.sub(replacement, text)
    return text


@pytest.fixture
def golden(request):
    """golden(name, text): text is what test-captures/golden/<name>.golden holds."""
    def compare(name, text):
        path = GOLDEN / f"{name}.golden"
        text = normal_form(text)
        if request.config.getoption("--regen"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            return
        if not path.is_file():
            pytest.fail(f"{path.relative_to(ROOT)} is missing: pytest --regen writes it",
                        pytrace=False)
        wanted = normal_form(path.read_text(encoding="utf-8"))
        if text != wanted:
            diff = difflib.unified_diff(wanted.splitlines(), text.splitlines(),
                                        f"{name}.golden", "now", lineterm="")
            pytest.fail("\n".join(["differs from the golden:", *diff]), pytrace=False)
    return compare


def pytest_addoption(parser):
    parser.addoption("--regen", action="store_true",
                     help="write the goldens instead of comparing with them")


# --- Marks --------------------------------------------------------------------------------------

MARKS = {
    "quick": "takes less than a second, and needs no root, no network and no valgrind",
    "slow": "takes long: below valgrind or a sanitizer, in a window, in another system, and the like",
    "every_version": "has cases that may differ by version: in another system all of them run",
}

# Folder of tests: how many of it a run with -m left out.
left_out = collections.Counter()


def pytest_configure(config):
    for name, words in MARKS.items():
        config.addinivalue_line("markers", f"{name}: {words}")


def pytest_collection_modifyitems(config, items):
    """In another system, every fourth case of a test that has four or more; each system has others.
    Cases that are few all run there, and so does a test marked for every version; and every case
    with ALL_CASES set."""
    if not IS_SAMPLE:
        return
    cases = collections.defaultdict(list)
    for item in items:
        if not item.get_closest_marker("every_version"):
            cases[item.function].append(item)
    left = {item for of_one in cases.values()
            for item in set(of_one) - set(sampled(of_one, os.environ[INSIDE_ROOT], SUITES))}
    config.hook.pytest_deselected(items=[item for item in items if item in left])
    items[:] = [item for item in items if item not in left]


def pytest_deselected(items):
    left_out.update(item.path.parent.name for item in items)


# What a test did not reach although it passed: record_property(NOT_REACHED, "in its own words").
NOT_REACHED = "not reached"


def pytest_terminal_summary(terminalreporter):
    """Lists at the end of a run what it did not reach, so that no skipped test goes unseen."""
    reasons = collections.Counter(
        words for reports in terminalreporter.stats.values() for report in reports
        if getattr(report, "when", "") == "call"
        for name, words in report.user_properties if name == NOT_REACHED)
    for report in terminalreporter.stats.get("skipped", []):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        reasons[str(reason).removeprefix("Skipped: ")] += 1
    if left_out and terminalreporter.config.getoption("markexpr"):
        terminalreporter.section("Not run")
        for folder, count in sorted(left_out.items()):
            terminalreporter.write_line(f"{count} tests of {folder}")
    if reasons:
        terminalreporter.section("Not reached")
        for reason, count in sorted(reasons.items()):
            terminalreporter.write_line(f"{count} test{'s' if count > 1 else ''}: {reason}")
