# test_memory.py
# One sharkd that opens several captures one after the other: no use of memory that was never set or
# is gone, no memory left behind by a capture, no state of one capture in the next
#
# SPDX-License-Identifier: GPL-2.0-or-later
"""valgrind's memcheck finds things in Wireshark's own code too: only what has the plugin among its
callers counts. test_sanitizers.py does the same with the leak sanitizer.
"""

import json
import re
import shutil
import xml.etree.ElementTree

import pytest

from conftest import check_run, complain
from recorded_truth import RECORDED

TAPS = ["nstat:smsrc,sessions", "nstat:smsrc,roles", "nstat:smsrc,audit", "nstat:smsrc,matrix",
        "stat:smsrc"]

# Sessions of every kind, an audit that learns, ConfigMgr, damage; each opened twice.
CHOSEN = ["demo", "session-outcomes", "session-netbios", "session-ipx", "site-violations",
          "rc-damage-offsets", "rc-ntlmssp", "rc-configmgr"]


def visit(ground, captures):
    """Requests for sharkd: opens each capture, draws every statistic, filters, shows a frame."""
    requests = []
    for count, capture in enumerate(captures):
        # Another filter each time: sharkd keeps what a filter found over the next load.
        requests += [
            ("load", {"file": str(ground.readable(capture))}),
            ("tap", {f"tap{number}": tap for number, tap in enumerate(TAPS)}),
            ("frames", {"filter": f"smsrc && frame.number < {1000000 + count}"}),
            ("frame", {"frame": 9, "proto": True}),
        ]
    return [json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
            for number, (method, params) in enumerate(requests, 1)]


def replies(done, count):
    """By their numbers, from 1; each one has to be there, and no capture refused."""
    found = {}
    for line in done.stdout.splitlines():
        if line.startswith("{"):
            reply = json.loads(line)
            found[reply["id"]] = reply
    if set(found) != set(range(1, count + 1)):
        complain(done, "replies are missing")
    assert all(found[number]["result"] == {"status": "OK"} for number in range(1, count, 4))
    return found


@pytest.fixture(scope="module")
def chosen(made):
    return [*map(made, CHOSEN), RECORDED / "site-misconfigured.pcapng", *map(made, CHOSEN)]


def test_a_capture_leaves_no_state_to_the_next(ordinary, ground, chosen):
    """The second time each is answered as the first time, and as in a sharkd of its own."""
    lines = visit(ground, chosen)
    done = check_run(ordinary(["sharkd", "-"], stdin="\n".join(lines) + "\n"))
    all_of_it = replies(done, len(lines))

    def of(number):
        return [all_of_it[4 * number + at]["result"] for at in range(2, 5)]
    for number in range(len(CHOSEN)):
        assert of(number) == of(number + len(CHOSEN) + 1), CHOSEN[number]
    for number in range(len(CHOSEN)):
        alone = visit(ground, [chosen[number]])
        done = check_run(ordinary(["sharkd", "-"], stdin="\n".join(alone) + "\n"))
        assert [replies(done, 4)[at]["result"] for at in range(2, 5)] == of(number)


def is_in_generated_code(error):
    """
    What PCRE2 has compiled reads 16 bytes at a time, up to 15 behind a text's end and never into
    another page; memcheck tells it of a text of ours, because we have allocated it.
    """
    return all(frame.find("obj") is None for frame in error.find("stack").iter("frame"))


def test_memcheck_finds_nothing_of_ours(ordinary, ground, chosen):
    if not shutil.which("valgrind"):
        pytest.skip("valgrind is not installed: memcheck was not run")
    lines = visit(ground, chosen)
    report = ground.fresh_home() / "memcheck.xml"
    # keep-debuginfo: the plugin is gone when leaks are looked for. Definite losses only: what is
    # lost with a frame that sharkd forgets, as data kept for a packet are, is lost indirectly.
    done = ordinary(["valgrind", "--leak-check=full", "--show-leak-kinds=definite",
                     "--keep-debuginfo=yes", "--xml=yes", f"--xml-file={report}", "sharkd", "-"],
                    stdin="\n".join(lines) + "\n", timeout=1500,
                    env={"G_SLICE": "always-malloc", "WIRESHARK_DEBUG_WMEM_OVERRIDE": "simple",
                         "WIRESHARK_ABORT_ON_DISSECTOR_BUG": "1",
                         "WIRESHARK_ABORT_ON_TOO_MANY_ITEMS": "1"})
    replies(done, len(lines))
    tree = xml.etree.ElementTree.parse(report).getroot()
    assert tree.findtext("tool") == "memcheck"
    ours = [error for error in tree.iter("error") if not is_in_generated_code(error) and
            any(name.text.endswith("/smsrc.so") for name in error.iter("obj"))]
    assert not ours, "\n\n".join(
        error.findtext("kind") + "\n" + "\n".join(
            f"  {frame.findtext('fn')} {frame.findtext('file')}:{frame.findtext('line')}"
            for frame in error.iter("frame")) for error in ours)
