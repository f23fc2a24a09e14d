# test_sanitizers.py
# Every capture, as it is and damaged, through a plugin built with address and undefined
# behavior sanitizers, in a Wireshark that aborts at what it would otherwise only log
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import os
import random
import re
import subprocess
import sys

import pytest

from bad_table_lines import BAD
from cm_recorded import ALL, keys, messages, nonsense, play, recorded  # noqa: F401
from conftest import ALL_MADE, ALL_MOVED, ALL_REAL, MADE, ROOT, check_run, complain
from rc_rows import fields
from recorded_truth import NAMES as RECORDED_SITES, RECORDED
from sharkd_visit import chosen, replies, visit  # noqa: F401

pytestmark = pytest.mark.slow

# Any word of a sanitizer or of Wireshark about an error that is ours.
REPORT = re.compile(r"AddressSanitizer|LeakSanitizer|UndefinedBehaviorSanitizer|runtime error:"
                    r"|Dissector bug.*(?i:smsrc)|smsrc.*Dissector bug|\bsmsrc\b.*(ERROR|CRITICAL)")

# Wireshark's own allocators would hide a use of freed memory, and it logs where it should stop.
STRICT = {
    "WIRESHARK_ABORT_ON_DISSECTOR_BUG": "1",
    "WIRESHARK_ABORT_ON_TOO_MANY_ITEMS": "1",
    "WIRESHARK_LOG_FATAL": "critical",
    "G_SLICE": "always-malloc",
}

# In this one tshark's own LDAP dissector has bugs that it logs: only ours count there.
FOREIGN_BUGS = {"fuzz-ldap-max-recursion.pcap"}

# Assertions of Wireshark's own dissectors that broken frames fail without the plugin too:
# (the newest series that was seen to have it, protocol, assertion). Such a frame is left out.
FOREIGN_ASSERTIONS = (
    # A message ends where an offset in it says, which may be before the message: that of a
    # SetInfo request in all series, that of the contexts of a Negotiate request in 4.0.
    ((4, 6), "SMB2", 'failed assertion "length >= 0" (text)'),
    # Parts of a handshake message in broken records are not found again.
    ((4, 0), "TLS", 'failed assertion "fh"'),
    ((4, 0), "TLS", 'failed assertion "frag_info && frag_info->offset == 0"'),
)

# Each seed is one run over damaged copies of all made captures.
SEEDS = range(1, 9)


def gcc_file(name):
    return subprocess.run(["gcc", f"-print-file-name={name}"], check=True, text=True,
                          stdout=subprocess.PIPE).stdout.strip()


@pytest.fixture(scope="module")
def sanitized(sandbox, tmp_path_factory):
    """A sanitized build: (folder for WIRESHARK_PLUGIN_DIR, environment)."""
    if not os.path.exists("/proc/self/maps"):
        pytest.skip("the sanitizers: they need /proc, which is not there")
    libraries = [gcc_file("libasan.so"), gcc_file("libubsan.so")]
    assert all(map(os.path.isabs, libraries)), "gcc has no sanitizer libraries"
    folder = tmp_path_factory.mktemp("sanitized")
    for argv in (["cmake", "-G", "Ninja", "-S", ROOT, "-B", folder, "-DCMAKE_C_COMPILER=gcc",
                  "-DSMSRC_SANITIZE=ON"],
                 ["cmake", "--build", folder, "--target", "smsrc"]):
        done = subprocess.run(argv, check=False, text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT)
        assert done.returncode == 0, done.stdout
    return sandbox.copy_plugins(folder, sandbox.new_folder("sanitized")), {
        "LD_PRELOAD": " ".join(libraries),
        # Wireshark does not free everything when it ends.
        "ASAN_OPTIONS": "detect_leaks=0:abort_on_error=0:exitcode=99",
        "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1:exitcode=99",
    }


@pytest.fixture(scope="module")
def dissect(sandbox, ordinary, sanitized):
    """dissect(capture, *args, strict=True, foreign=(), **env) -> a CompletedProcess: all of it,
    with -V; fails at any report. foreign: the assertions that may end a strict run."""
    plugins, environment = sanitized

    def run(capture, *args, strict=True, foreign=(), **env):
        done = ordinary(["tshark", "-n", "-r", sandbox.readable(capture), "-V", *args],
                        plugin=plugins, stdout=subprocess.DEVNULL,
                        env={**environment, **(STRICT if strict else {}), **env})
        if REPORT.search(done.stderr):
            complain(done, "a report about smsrc")
        if strict and done.returncode != 0 and done.stderr.rstrip().endswith(tuple(foreign)):
            return done
        if strict:
            check_run(done)
        elif done.returncode != 0:
            complain(done, "tshark failed")
        return done
    return run


def test_the_plugin_really_is_sanitized(sanitized, ordinary):
    plugins, environment = sanitized
    plugin = next(plugins.rglob("smsrc.so"))
    symbols = subprocess.run(["nm", "-D", plugin], check=True, text=True,
                             stdout=subprocess.PIPE).stdout
    assert "__asan_report_load" in symbols and "__ubsan_handle" in symbols
    done = ordinary(["tshark", "-G", "protocols"], plugin=plugins, env=environment, timeout=60)
    assert re.search(r"\tsmsrc(\t|$)", done.stdout, re.MULTILINE), done.stderr


@pytest.mark.parametrize("name", RECORDED_SITES)
@pytest.mark.parametrize("two_pass", [(), ("-2",)])
def test_recorded_sites(dissect, name, two_pass):
    dissect(RECORDED / f"{name}.pcapng", *two_pass, WIRESHARK_DEBUG_WMEM_OVERRIDE="simple")


@pytest.mark.parametrize("name", ALL_MADE)
def test_made_captures(dissect, made, name):
    dissect(made(name), WIRESHARK_DEBUG_WMEM_OVERRIDE="simple")


@pytest.mark.parametrize("name", ALL_REAL)
def test_real_captures(dissect, real, name):
    dissect(real(name), strict=name not in FOREIGN_BUGS)


@pytest.mark.parametrize("name", ALL_MOVED)
def test_moved_captures(dissect, moved, name):
    dissect(moved(name))


@pytest.fixture(scope="module")
def together(sandbox, ordinary):
    """together(captures) -> all of them one after the other in one capture, as they are."""
    def merge(captures, to):
        done = ordinary(["mergecap", "-a", "-w", "-", *map(sandbox.readable, captures)], text=False)
        assert done.returncode == 0, done.stderr
        to.write_bytes(done.stdout)
        return to
    return merge


# simple: every block is malloc's own, so the sanitizer sees it. strict: Wireshark's own canaries.
@pytest.mark.parametrize("allocator", ["simple", "strict"])
def test_all_made_captures_in_one_run_and_two_passes(dissect, together, tmp_path, allocator):
    merged = together(sorted(MADE.glob("*.pcap")), tmp_path / "all.pcapng")
    dissect(merged, "-2", WIRESHARK_DEBUG_WMEM_OVERRIDE=allocator)


@pytest.fixture(scope="module")
def foreign(wireshark_version):
    """[(protocol, assertion)]: those of FOREIGN_ASSERTIONS that this Wireshark may have."""
    return [(protocol, assertion) for newest, protocol, assertion in FOREIGN_ASSERTIONS
            if wireshark_version <= newest]


def foreign_frames(ordinary, capture, foreign):
    """The frames in which Wireshark without the plugin logs one of these assertions."""
    done = ordinary(["tshark", "-n", "-r", capture, "-V", "-2"], plugin=False,
                    stdout=subprocess.DEVNULL)
    said = re.findall(r"Dissector bug, protocol (.*?), in packet (\d+): (.*)", done.stderr)
    return sorted({int(frame) for protocol, frame, text in said
                   if any(protocol == of and text.endswith(end) for of, end in foreign)})


def dissect_without_foreign_frames(dissect, ordinary, capture, foreign):
    """Strictly, and again without the frames in which a foreign assertion fails."""
    for _ in range(3):
        done = dissect(capture, "-2", foreign=[assertion for _, assertion in foreign],
                       WIRESHARK_DEBUG_WMEM_OVERRIDE="simple")
        if done.returncode == 0:
            return
        frames = foreign_frames(ordinary, capture, foreign)
        if not frames:
            complain(done, "an assertion that does not fail without the plugin")
        done = ordinary(["editcap", capture, "-", *frames], text=False)
        assert done.returncode == 0, done.stderr
        capture.write_bytes(done.stdout)
    pytest.fail("Foreign assertions still fail without the frames in which they did")


@pytest.mark.parametrize("seed", SEEDS)
def test_damaged_copies_of_all_made_captures(dissect, together, sandbox, ordinary, foreign,
                                             tmp_path, seed):
    damaged = []
    for number, capture in enumerate(sorted(MADE.glob("*.pcap"))):
        done = ordinary(["editcap", "-E", "0.02", "--seed", seed, "-F", "pcap",
                         sandbox.readable(capture), "-"], text=False)
        assert done.returncode == 0, done.stderr
        damaged.append(tmp_path / f"{number:03}.pcap")
        damaged[-1].write_bytes(done.stdout)
        assert len(done.stdout) == capture.stat().st_size
    assert damaged, "no made captures"
    merged = sandbox.new_folder("damaged") / "damaged.pcapng"
    dissect_without_foreign_frames(dissect, ordinary, together(damaged, merged), foreign)


# Everything recorded too: one run each, and for the captures of others one for all of them.
@pytest.mark.parametrize("name", RECORDED_SITES)
def test_damaged_copies_of_recorded_sites(dissect, sandbox, ordinary, tmp_path, name):
    dissect(damaged_copy(sandbox, ordinary, RECORDED / f"{name}.pcapng", tmp_path), "-2",
            WIRESHARK_DEBUG_WMEM_OVERRIDE="simple")


@pytest.mark.parametrize("name", ALL)
def test_damaged_copies_of_recorded_sessions(dissect, sandbox, ordinary, keys,  # noqa: F811
                                             tmp_path, name):
    # Not strict, here and below: Wireshark's own dissectors have bugs, which it logs.
    dissect(damaged_copy(sandbox, ordinary, recorded(name), tmp_path), "-2",
            *(a for pref in keys for a in ("-o", pref)), strict=False,
            WIRESHARK_DEBUG_WMEM_OVERRIDE="simple")


@pytest.mark.parametrize("name", ALL_REAL)
def test_damaged_copies_of_real_captures(dissect, sandbox, ordinary, real, tmp_path, name):
    # Wireshark's own allocators: with malloc's, errors of its dissectors would end it.
    dissect(damaged_copy(sandbox, ordinary, real(name), tmp_path), "-2", strict=False)


def damaged_copy(sandbox, ordinary, capture, folder):
    done = ordinary(["editcap", "-E", "0.02", "--seed", "1", sandbox.readable(capture), "-"],
                    text=False)
    assert done.returncode == 0, done.stderr
    damaged = folder / "damaged.pcapng"
    damaged.write_bytes(done.stdout)
    return damaged


@pytest.mark.parametrize("seed", SEEDS)
def test_captures_broken_by_what_their_bytes_mean(dissect, keys, tmp_path, seed):  # noqa: F811
    """Lost, doubled, disordered, split, cut, and with false lengths: fuzz/damage.py."""
    captures = [*sorted(MADE.glob("*.pcap")), *sorted(RECORDED.glob("*.pcapng")),
                *map(recorded, ALL)]
    broken = tmp_path / "broken.pcap"
    done = subprocess.run([sys.executable, MADE.parent / "fuzz" / "damage.py", str(seed), broken,
                           *captures], check=True, stdout=subprocess.PIPE, text=True)
    assert int(done.stdout.split()[0]) > 5000
    two_pass = ("-2",) if seed % 2 else ()
    dissect(broken, *two_pass, *(a for pref in keys for a in ("-o", pref)), strict=False,
            WIRESHARK_DEBUG_WMEM_OVERRIDE="simple")


# --- ConfigMgr's remote control, with its keys --------------------------------------------------

@pytest.mark.parametrize("two_pass", [(), ("-2",)])
@pytest.mark.parametrize("name", ALL)
def test_recorded_sessions(dissect, keys, name, two_pass):  # noqa: F811
    dissect(recorded(name), *two_pass, *(a for pref in keys for a in ("-o", pref)),
            WIRESHARK_DEBUG_WMEM_OVERRIDE="simple")


@pytest.fixture(scope="module")
def parts(tshark, keys):  # noqa: F811
    """The messages of the recorded sessions: ((by the agent, plaintext), ...), tokens."""
    table = fields(tshark, recorded("kerberos"), ["ip.src", "smsrc.cm.unsealed"], "-Y",
                   "smsrc.cm.unsealed", prefs=keys)
    plaintexts = [(row["ip.src"] == ["10.1.3.17"], bytes.fromhex(value))
                  for row in table for value in row["smsrc.cm.unsealed"]]
    assert len(plaintexts) > 50
    tokens = [data[6:] for name in ("kerberos", "kerberos-dce", "ntlm")
              for _, data in messages(name)[1:4]]
    return plaintexts, tokens


@pytest.mark.parametrize("seed", SEEDS)
def test_streams_of_broken_messages(dissect, parts, keys, tmp_path, seed):  # noqa: F811
    chance = random.Random(seed)
    said = nonsense(chance, *parts)
    capture = play(said, tmp_path / "nonsense.pcap", cut=chance.choice((0, 7, 1000)),
                   treat=lambda number, pieces: chance.choice(
                       [pieces] * 20 + [pieces * 2, pieces[::-1], pieces[1:]]))
    # Not strict: Wireshark's own T.125 has bugs with broken PDUs, which it logs.
    for two_pass in ((), ("-2",)):
        dissect(capture, *two_pass, *(a for pref in keys for a in ("-o", pref)), strict=False,
                WIRESHARK_DEBUG_WMEM_OVERRIDE="simple")


# --- Several captures in one sharkd, and what it leaks ------------------------------------------

def test_the_leak_sanitizer_finds_nothing_of_ours(ordinary, sandbox, chosen,  # noqa: F811
                                                  sanitized):
    plugins, environment = sanitized
    lines = visit(sandbox, chosen)
    done = ordinary(["sharkd", "-"], plugin=plugins, stdin="\n".join(lines) + "\n", timeout=900,
                    env={**environment, "G_SLICE": "always-malloc",
                         "WIRESHARK_DEBUG_WMEM_OVERRIDE": "simple",
                         "ASAN_OPTIONS": "detect_leaks=1:exitcode=0",
                         "LSAN_OPTIONS": "exitcode=0:report_objects=0"})
    replies(done, len(lines))
    if "LeakSanitizer has encountered a fatal error" in done.stderr:
        pytest.skip("the leak sanitizer: it is not allowed to inspect its own process here")
    # sharkd itself leaks: without a report nothing was searched.
    assert "LeakSanitizer: detected memory leaks" in done.stderr, done.stderr[:20000]
    leaks = re.split(r"\n(?=(?:Direct|Indirect) leak of )", done.stderr)
    assert not [leak for leak in leaks if "smsrc.so" in leak or "unknown module" in leak], (
        done.stderr[:20000])
    assert "AddressSanitizer:" not in done.stderr.replace("SUMMARY: AddressSanitizer:", "")


# --- The user's tables --------------------------------------------------------------------------

@pytest.mark.parametrize("seed", SEEDS)
def test_broken_tables(ordinary, fresh_home, sanitized, made, sandbox, seed):
    """Bad lines of every kind in any order, with bytes of them changed, in any encoding."""
    plugins, environment = sanitized
    chance = random.Random(seed)
    good = [b'"10.1.3.11","Advanced Client","ABC"', b'"any","any","UDP","9999","x","y"',
            b'"2001:db8::/32","Management point",""', b"# comment", b""]
    kinds = [line for line, _ in BAD.values()] + good
    text = bytearray(chance.choice((b"\n", b"\r\n", b"\r")).join(
        chance.choice(kinds)[:3000] for _ in range(200)))
    for _ in range(chance.choice((0, 5, 500))):
        text[chance.randrange(len(text))] = chance.choice(b'",\\x0\n\r\0\xff ')
    text = chance.choice((b"", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")) + bytes(text)
    home = fresh_home()
    folder = home / ".config" / "wireshark"
    folder.mkdir(parents=True)
    for table in ("smsrc_roles", "smsrc_rows"):
        (folder / table).write_bytes(text)
    for path in (home / ".config", folder, *folder.iterdir()):
        path.chmod(0o755)
    done = ordinary(["tshark", "-n", "-2", "-r", sandbox.readable(made("site-clean")), "-q", "-z",
                     "smsrc,matrix"], plugin=plugins, env={**environment, "HOME": home})
    if REPORT.search(done.stderr) or done.returncode != 0:
        complain(done, "a report about smsrc")
    assert "SMS Port Matrix" in done.stdout
