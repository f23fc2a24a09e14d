# test_memory.py
# One sharkd that opens several captures one after the other: no use of memory that was never set or
# was freed, no memory leaked by a capture, no state of one capture in the next
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""valgrind's memcheck finds errors in Wireshark's own code too: only those with the plugin among
their callers count. test_sanitizers.py does the same with the leak sanitizer.
"""

import json
import re
import shutil
import xml.etree.ElementTree

import pytest

from conftest import check_run, complain
from generators import generator
from sharkd_visit import CHOSEN, chosen, replies, visit  # noqa: F401

pytestmark = pytest.mark.slow

def test_a_capture_leaves_no_state_to_the_next(ordinary, sandbox, chosen):
    """The second time each is answered as the first time, and as in a separate sharkd."""
    lines = visit(sandbox, chosen)
    done = check_run(ordinary(["sharkd", "-"], stdin="\n".join(lines) + "\n"))
    all_of_it = replies(done, len(lines))

    def of(number):
        return [all_of_it[4 * number + at]["result"] for at in range(2, 5)]
    for number in range(len(CHOSEN)):
        assert of(number) == of(number + len(CHOSEN) + 1), CHOSEN[number]
    for number in range(len(CHOSEN)):
        alone = visit(sandbox, [chosen[number]])
        done = check_run(ordinary(["sharkd", "-"], stdin="\n".join(alone) + "\n"))
        assert [replies(done, 4)[at]["result"] for at in range(2, 5)] == of(number)


def is_in_generated_code(error):
    """
    Code that PCRE2 has compiled reads 16 bytes at a time, up to 15 after a text's end and never
    into another page; memcheck reports it for texts that the plugin has allocated.
    """
    return all(frame.find("obj") is None for frame in error.find("stack").iter("frame"))


def memcheck(ordinary, sandbox, argv, stdin=None, leaks=True):
    """Runs a program below memcheck: (what it gave, errors with the plugin among the callers).

    Without valgrind it runs by itself, and there is None in the place of the errors. tshark leaves
    all tables of its statistics allocated: leaks do not count there.
    """
    env = {"G_SLICE": "always-malloc", "WIRESHARK_DEBUG_WMEM_OVERRIDE": "simple",
           "WIRESHARK_ABORT_ON_DISSECTOR_BUG": "1", "WIRESHARK_ABORT_ON_TOO_MANY_ITEMS": "1"}
    if not shutil.which("valgrind"):
        return ordinary(argv, stdin=stdin, env=env), None
    report = sandbox.fresh_home() / "memcheck.xml"
    # keep-debuginfo: the plugin is unloaded when leaks are searched. Definite losses only: what is
    # lost with a frame that sharkd discards, as data kept for a packet are, is lost indirectly.
    done = ordinary(["valgrind", "--leak-check=full", "--show-leak-kinds=definite",
                     "--keep-debuginfo=yes", "--num-callers=24", "--xml=yes",
                     f"--xml-file={report}", *argv], stdin=stdin, timeout=1500, env=env)
    tree = xml.etree.ElementTree.parse(report).getroot()
    assert tree.findtext("tool") == "memcheck"
    return done, [error for error in tree.iter("error") if not is_in_generated_code(error) and
                  any(name.text.endswith("/smsrc.so") for name in error.iter("obj")) and
                  (leaks or not error.findtext("kind").startswith("Leak_"))]


def assert_clean(errors):
    if errors is None:
        pytest.skip("valgrind is not installed: memcheck was not run")
    assert not errors, "\n\n".join(
        error.findtext("kind") + "\n" + "\n".join(
            f"  {frame.findtext('fn')} {frame.findtext('file')}:{frame.findtext('line')}"
            for frame in error.iter("frame")) for error in errors)


def test_memcheck_finds_nothing_of_ours(ordinary, sandbox, chosen):
    lines = visit(sandbox, chosen)
    done, errors = memcheck(ordinary, sandbox, ["sharkd", "-"], "\n".join(lines) + "\n")
    replies(done, len(lines))
    assert_clean(errors)


# --- Preferences that change while a capture is loaded ------------------------------------------

# A line for each table, by the preference that it is edited by. The row is one for port 8080.
TABLES = {
    "smsrc.audit.roles": ("smsrc_roles", '"10.1.9.0/24","Advanced Client","ABC"'),
    "smsrc.audit.rows": ("smsrc_rows", '"any","any","TCP","8080","HTTP","the site\'s own"'),
}


def changes(prefs):
    """(name, value) pairs for sharkd's setconf that change each preference, as dumpconf has it.

    The tables come last: what is in them stays. A preference or a table of a new kind fails here.
    """
    found, lines = [], []
    for name, value in prefs.items():
        kind, now = next(iter(value.items()))
        if kind == "b":
            found += [(name, "FALSE" if now else "TRUE"), (name, "TRUE" if now else "FALSE")]
        elif kind == "e":
            texts = [entry["d"] for entry in now]
            at = [bool(entry.get("s")) for entry in now].index(True)
            found += [(name, text) for text in [*texts[at + 1:], *texts[:at + 1]]]
        elif kind == "r":
            found += [(name, ",".join(filter(None, [now, more]))) for more in
                      ("8080", "14330", "8080,14330")] + [(name, now)]
        elif kind == "u":
            found += [(name, str(now + 1)), (name, str(now))]
        elif kind == "s":
            found += [(name, f"{now}x"), (name, now)]
        elif kind == "t":
            table, line = TABLES[name]
            lines.append((f"uat:{table}", line))
        else:
            pytest.fail(f"{name} is of a kind that no test changes: {value}")
    return found + lines


@pytest.fixture(scope="module")
def preferences(sharkd, made):
    reply = sharkd(made("demo"), [{"method": "dumpconf", "params": {"pref": "smsrc"}}])[0]
    found = reply["result"]["prefs"]
    assert {"smsrc.audit.http_ports", "smsrc.audit.sql_ports", "smsrc.desegment"} | set(TABLES) \
        <= set(found)
    return found


def three_flows(cap, roles_first):
    """A client calls 8080 and 14330, and by another flow the two hosts show their roles."""
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

    def ask(client_port, port, request):
        flow = cap.tcp("10.1.3.17", client_port, "10.1.1.13", port)
        flow.open()
        flow.send(request)
        flow.reply(answer)
        flow.close()

    def show_roles():
        ask(3001, 80, b"CCM_POST /ccm_system/request HTTP/1.1\r\nHost: mp01\r\n"
            b"ClientToken: 1\r\nContent-Length: 0\r\n\r\n")
    if roles_first:
        show_roles()
    ask(4011, 8080, b"GET /x HTTP/1.1\r\nHost: mp01\r\n\r\n")
    ask(4012, 14330, b"GET /x HTTP/1.1\r\nHost: mp01\r\n\r\n")
    if not roles_first:
        show_roles()


def field_of(node, name):
    """The values of a field in what sharkd's frame gives, however deep."""
    found = re.findall(rf'^{re.escape(name)} == "?(.*?)"?$', node.get("f") or "")
    for child in node.get("n", node.get("tree", [])):
        found += field_of(child, name)
    return found


def ask_all(ordinary, sandbox, asked):
    lines = [json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
             for number, (method, params) in enumerate(asked, 1)]
    done, errors = memcheck(ordinary, sandbox, ["sharkd", "-"], "\n".join(lines) + "\n")
    by_id = {reply["id"]: reply for reply in map(json.loads, done.stdout.splitlines())
             if reply.get("id")}
    if set(by_id) != set(range(1, len(asked) + 1)):
        complain(done, "replies are missing")
    answers = [by_id[number] for number in range(1, len(asked) + 1)]
    for request, answer in zip(asked, answers):
        if "result" not in answer:
            complain(done, f"refused: {request}: {answer}")
    return answers, errors


def verdicts_by_tshark(tshark, capture, conf):
    """Each frame's verdict, where the preferences are so from the beginning."""
    done = tshark(capture, "-T", "fields", "-e", "smsrc.audit.verdict", two_pass=True,
                  prefs=[f"{name}:{value}" for name, value in conf])
    return done.stdout.split("\n")[:-1]


def assert_changes_count_from_the_next_load(ordinary, sandbox, tshark, capture, preferences,
                                            verdicts=3, backwards=True):
    """One sharkd: the capture is loaded, a preference is changed, and every frame is requested, in
    turns from the first and (if `backwards`) from the last on; then the same again with the next
    change. Frames have so many verdicts at the least, none being one of them."""
    count = len(verdicts_by_tshark(tshark, capture, []))
    requests, expected, lines, now = [], [], [], {}
    for turn, (name, value) in enumerate(changes(preferences)):
        frames = [*range(1, count + 1)][::1 if turn % 2 or not backwards else -1]
        requests += [("load", {"file": str(sandbox.readable(capture))}),
                     ("setconf", {"name": name, "value": value}),
                     *(("frame", {"frame": frame, "proto": True}) for frame in frames)]
        wanted = verdicts_by_tshark(tshark, capture, [*now.items(), *lines])
        expected += [(turn, name, value, frame, wanted[frame - 1]) for frame in frames]
        if name.startswith("uat:"):
            lines.append((name, value))
        else:
            now[name] = value
    answers, errors = ask_all(ordinary, sandbox, requests)
    found = [",".join(field_of(answer["result"], "smsrc.audit.verdict"))
             for (method, _), answer in zip(requests, answers) if method == "frame"]
    assert len({verdict for *_, verdict in expected}) >= verdicts
    assert [(*about, verdict) for (*about, _), verdict in zip(expected, found)] == expected
    assert_clean(errors)


@pytest.mark.parametrize("roles_first", [False, True], ids=["roles last", "roles first"])
def test_a_changed_preference_counts_from_the_next_load(ordinary, sandbox, tshark, preferences,
                                                        tmp_path, roles_first):
    """A flow whose roles came later is read again, which takes its frames in their order."""
    cap = generator("flows").Capture()
    three_flows(cap, roles_first)
    cap.write(tmp_path / "three-flows.pcap")
    assert_changes_count_from_the_next_load(ordinary, sandbox, tshark,
                                            tmp_path / "three-flows.pcap", preferences,
                                            backwards=roles_first)


def test_the_case_of_changed_preferences(ordinary, sandbox, tshark, preferences, case):
    """Its client asks as anybody may: its flows are Unconfirmed, or have no verdict."""
    assert_changes_count_from_the_next_load(ordinary, sandbox, tshark, case("uaf"), preferences,
                                            verdicts=2)


# --- Statistics of more than one capture --------------------------------------------------------

def our_statistics(ordinary):
    names = re.findall(r"^ +(\S*smsrc\S*)$", ordinary(["tshark", "-z", "help"]).stderr,
                       re.MULTILINE)
    assert {"smsrc,audit", "smsrc,audit.json", "smsrc,tree", "conv,smsrc"} <= set(names)
    return names


def json_lines(text):
    """The objects that -z smsrc,*.json printed, without their places and times."""
    where = {"first_frame", "last_frame", "start", "end"}
    return [{name: value for name, value in json.loads(line).items() if name not in where}
            for line in text.splitlines() if line.startswith("{")]


@pytest.mark.parametrize("name", ["rc-two-sessions", "site-violations"])
def test_statistics_outlive_what_tshark_forgets(ordinary, sandbox, made, name, tmp_path):
    """-M frees what is known of the packets so far: the same capture twice is counted as two."""
    once = sandbox.readable(made(name))
    twice = tmp_path / "twice.pcap"
    check_run(ordinary(["mergecap", "-a", "-F", "pcap", "-w", "-", once, once], text=False,
                       stdout=twice.open("wb")))
    count = len(check_run(ordinary(["tshark", "-n", "-r", once])).stdout.splitlines())
    statistics = [part for statistic in our_statistics(ordinary) for part in ("-z", statistic)]
    table = ["-o", 'uat:smsrc_rows:"any","any","TCP","2703","","the site\'s own"']
    done, errors = memcheck(ordinary, sandbox, [
        "tshark", "-M", count, "-n", "-q", "-r", sandbox.readable(twice), *table, *statistics],
        leaks=False)
    alone = check_run(ordinary(["tshark", "-n", "-q", "-r", once, *table, *statistics]))
    assert done.returncode == 0 and done.stderr.count("resetting session") == 1
    expected = [line for line in json_lines(alone.stdout) if line["type"] in ("flow", "session")]
    found = [line for line in json_lines(done.stdout) if line["type"] in ("flow", "session")]

    def key(line):
        return json.dumps(line, sort_keys=True)
    assert len(expected) > 1
    assert sorted(map(key, found)) == sorted(map(key, 2 * expected))
    assert_clean(errors)
