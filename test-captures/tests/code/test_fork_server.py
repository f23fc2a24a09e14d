# test_fork_server.py
# Runs of tshark and sharkd that share a start: they give what ordinary ones give
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""What helpers/fork_server.py promises, for each way that the tests print a capture."""

import pytest

import fork_server
from conftest import MADE

# A variable that no program reads makes a run an ordinary one.
ORDINARY = {"SMSRC_NO_PROGRAM_READS_THIS": "1"}

WAYS = {
    "summary": [],
    "details": ["-V"],
    "details of some": ["-O", "smsrc,tcp", "-Y", "smsrc"],
    "summary and bytes": ["-P", "-x", "-c", "9"],
    "two passes": ["-2", "-R", "smsrc", "-o", "smsrc.audit:FALSE"],
    "fields": ["-T", "fields", "-e", "frame.number", "-e", "smsrc.audit.verdict", "-E", "header=y"],
    "JSON": ["-T", "json", "-d", "tcp.port==2701,http"],
    "statistics": ["-q", "-z", "smsrc,audit", "-z", "smsrc,tree", "-z", "conv,tcp"],
    "wrong filter": ["-Y", "smsrc.audit.verdict ==="],
    "wrong statistic": ["-q", "-z", "smsrc,nothing"],
    "wrong preference": ["-o", "smsrc.nothing:TRUE"],
}


def times(run, count):
    """What the last of some runs gives: the first ones are ordinary, see FIRST_STARTS."""
    return [run() for _ in range(count)][-1]


def shared(sandbox, argv, **how):
    """Return code, stdout and stderr of a run that shares its start."""
    before = dict(sandbox.servers.starts)
    done = times(lambda: sandbox.run(argv, **how), fork_server.FIRST_STARTS + 1)
    assert sandbox.servers.starts != before, "it shares nothing"
    return done.returncode, done.stdout, done.stderr


def ordinary_run(sandbox, argv, env=None, **how):
    done = sandbox.run(argv, env={**ORDINARY, **(env or {})}, **how)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.every_version
@pytest.mark.parametrize("way", WAYS)
def test_a_shared_start_gives_what_an_ordinary_one_gives(sandbox, way):
    for name, plugin in (("demo", True), ("rc-busy", True), ("demo", False)):
        argv = ["tshark", "-n", "-r", MADE / f"{name}.pcap", *WAYS[way]]
        assert (shared(sandbox, argv, plugin=plugin, text=False)
                == ordinary_run(sandbox, argv, plugin=plugin, text=False))


def test_the_width_of_a_terminal_counts(sandbox):
    argv = ["tshark", "-n", "-r", MADE / "demo.pcap", "-q", "-z", "smsrc,audit"]
    found = {}
    for columns in (None, "60", "100"):
        found[columns] = shared(sandbox, argv, env={"COLUMNS": columns})
        assert found[columns] == ordinary_run(sandbox, argv, env={"COLUMNS": columns})
    assert len(set(found.values())) == 3


def test_sharkd_too(sandbox):
    lines = [f'{{"jsonrpc":"2.0","id":1,"method":"load","params":{{"file":"{MADE}/demo.pcap"}}}}',
             '{"jsonrpc":"2.0","id":2,"method":"frame","params":{"frame":9,"proto":true}}']
    stdin = "\n".join(lines) + "\n"
    code, said, _ = shared(sandbox, ["sharkd", "-"], stdin=stdin)
    assert code == 0 and '"tree"' in said
    assert said == ordinary_run(sandbox, ["sharkd", "-"], stdin=stdin)[1]


def test_a_file_that_is_written_and_one_that_is_missing(sandbox):
    out = sandbox.fresh_home() / "out.pcap"
    copy = ["tshark", "-r", MADE / "demo.pcap", "-Y", "smsrc", "-w", out]
    assert shared(sandbox, copy) == (0, "", "")
    written = out.read_bytes()
    out.unlink()
    assert ordinary_run(sandbox, copy)[0] == 0 and out.read_bytes() == written
    missing = ["tshark", "-r", "/nothing/there.pcap"]
    assert shared(sandbox, missing) == ordinary_run(sandbox, missing)
    assert "/nothing/there.pcap" in shared(sandbox, missing)[2]


def test_a_run_without_an_end_is_ended_and_the_next_one_goes_on(sandbox):
    argv = ["tshark", "-n", "-r", str(MADE / "demo.pcap")]
    server = times(lambda: sandbox.servers.server(argv, True, {}), fork_server.FIRST_STARTS + 1)
    with pytest.raises(TimeoutError):
        server.run(argv, b"", timeout=0.0001)
    assert server.run(argv, b"", timeout=60)[0] == 0


@pytest.mark.quick
@pytest.mark.parametrize("argv", [
    ["tshark", "-G", "fields"], ["tshark", "-C", "SMS 2003", "-r", "a"], ["tshark", "-nr", "a"],
    ["tshark", "-X", "lua_script:a", "-r", "a"], ["tshark", "-r", "a", "smsrc"],
    ["tshark", "-r", "a", "-r", "b"], ["tshark", "-r", "a", "--log-level", "debug"],
    ["tshark", "-r", "a" * 5000], ["tshark", "-r", "a", "-o", "extcap.b:c"],
    ["sharkd", "unix:/a"], ["tshark", "-r"], ["valgrind", "tshark", "-r", "a"]])
def test_any_other_run_is_an_ordinary_one(argv):
    assert fork_server.common_start(argv) is None
