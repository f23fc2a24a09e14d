# test_installing.py
# Packages for the tests: a mirror that is gone for a moment does not end a run
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""lib.sh and roots with programs of the same names in front of apt's: nothing is installed."""

import os
import subprocess

import pytest

from conftest import TESTS

pytestmark = pytest.mark.quick

LIB = TESTS.parent / "lib.sh"
NEED = ["sh", "-c", f'here={TESTS.parent}; . {LIB}; need "no-such-package:no-such-tool"']
ROOTS = [TESTS.parent / "roots", "trixie"]

TIMES = 5
# What install and debootstrap do until they have been called as often as FAILURES says.
FAILS = """[ "$(grep -c "^{0}" "$LOG")" -gt "$FAILURES" ] && exit
echo "Temporary failure resolving 'mirror.example'" >&2
exit 100"""
FAKES = {
    "id": "echo 0",
    "dpkg-query": "exit 1",
    "sleep": 'echo "pause $1" >>"$LOG"',
    "chroot": 'shift; exec "$@"',
    "apt-config": "",
    "apt-get": 'case " $* " in *" indextargets "*) echo Debian http://mirror.example/debian; exit;;'
               '\n*" install "*) echo "install $*" >>"$LOG";; *) exit 0;; esac\n'
               + FAILS.format("install"),
    "debootstrap": 'echo "debootstrap $*" >>"$LOG"; mkdir -p "$4"\n' + FAILS.format("debootstrap"),
}


@pytest.fixture
def asked(tmp_path):
    """asked(argv, failures) -> return code, output, and what was called, line by line."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, text in FAKES.items():
        (programs / name).write_text(f"#!/bin/sh\n{text}\n")
        (programs / name).chmod(0o755)
    log = tmp_path / "log"
    log.touch()

    def run(argv, failures):
        done = subprocess.run(argv, check=False, text=True, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              env={**os.environ, "PATH": f"{programs}:{os.environ['PATH']}",
                                   "LOG": str(log), "FAILURES": str(failures),
                                   "SMSRC_ROOTS": str(tmp_path / "roots")})
        return done.returncode, done.stdout, log.read_text().splitlines()
    return run


@pytest.mark.parametrize("argv", [NEED, ROOTS], ids=["need", "roots"])
def test_installing_is_tried_again(asked, tmp_path, argv):
    (tmp_path / "roots" / "trixie").mkdir(parents=True)
    code, said, called = asked(argv, 2)
    assert code == 0, said
    assert [line.split()[0] for line in called] == ["install", "pause"] * 2 + ["install"]
    assert {line for line in called if line.startswith("pause")} == {"pause 20"}
    assert all("Acquire::Retries=5" in line for line in called if line.startswith("install"))
    assert "Failed (time 2 of 5), again in 20 seconds" in said


@pytest.mark.parametrize("argv", [NEED, ROOTS], ids=["need", "roots"])
def test_installing_ends_where_the_mirror_stays_gone(asked, tmp_path, argv):
    (tmp_path / "roots" / "trixie").mkdir(parents=True)
    code, said, called = asked(argv, 100)
    assert code == 1
    assert [line.split()[0] for line in called] == ["install", "pause"] * (TIMES - 1) + ["install"]
    assert f"Failed {TIMES} times" in said and "could not" in said.splitlines()[-1]


def test_a_first_system_is_tried_again(asked, tmp_path):
    code, said, called = asked(ROOTS, 1)
    assert code == 0, said
    assert [line.split()[0] for line in called] == ["debootstrap", "pause", "debootstrap",
                                                    "install", "pause", "install"]
    assert said.splitlines()[-1] == str(tmp_path / "roots" / "trixie")
    assert not (tmp_path / "roots" / "trixie.part").exists()
