# test_fuzz.py
# The fuzzers run: their seeds, the corpus, all that was found, and some seconds of new inputs
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A longer run is test-captures/fuzz/run; whole captures are broken in test_sanitizers.py.

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile

import pytest

from conftest import MADE, ROOT

pytestmark = pytest.mark.slow

FUZZ = MADE.parent / "fuzz"
FINDINGS = sorted((FUZZ / "findings").glob("*")) if (FUZZ / "findings").is_dir() else []

# New inputs of each kind of run: (program, its runs, the seed). They take about a minute in all.
NEW = [("fuzz-packets", 1500, 1), ("fuzz-packets", 1500, 2), ("fuzz-settings", 300, 1)]

# The last is what the fuzzer prints before it ends at a bug that Wireshark would only log.
# Sanitizers and libFuzzer begin with the process. A word of the fuzzer's own, which it prints after
# "DE:", may be ERROR_ACCESS_DENIED.
REPORT = re.compile(r"==\d+== ?ERROR|runtime error:|SUMMARY: |^smsrc: (?!\d+ executions)",
                    re.MULTILINE)

ENVIRONMENT = {
    # Wireshark does not free everything when it ends; its own allocators hide a use of freed
    # memory.
    "ASAN_OPTIONS": "detect_leaks=0",
    "UBSAN_OPTIONS": "print_stacktrace=1",
    "WIRESHARK_DEBUG_WMEM_OVERRIDE": "simple",
    "G_SLICE": "always-malloc",
}


def can_fuzz(folder):
    """Whether clang is here, and its fuzzer's and sanitizers' libraries."""
    source = folder / "nothing.c"
    source.write_text("#include <stddef.h>\n#include <stdint.h>\n"
                      "int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)\n"
                      "{ (void)data; return (int)(size - size); }\n")
    done = subprocess.run(["clang", "-fsanitize=fuzzer,address,undefined", source, "-o",
                           folder / "nothing"], check=False, stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, text=True)
    return done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def programs(tmp_path_factory):
    """The folder of the fuzzers, built with the sanitizers."""
    if not os.path.exists("/proc/self/maps"):
        pytest.skip("the fuzzers: the sanitizers need /proc, which is not there")
    if shutil.which("clang") is None:
        pytest.skip("the fuzzers: there is no clang")
    good, why = can_fuzz(tmp_path_factory.mktemp("clang"))
    if not good:
        if os.environ.get("CI"):
            pytest.fail(f"clang's fuzzer is not there: {why}")
        pytest.skip("the fuzzers: clang has no libFuzzer here (package libclang-rt-14-dev)")
    folder = tmp_path_factory.mktemp("fuzz")
    for argv in (["cmake", "-G", "Ninja", "-S", ROOT, "-B", folder, "-DCMAKE_C_COMPILER=clang",
                  "-DSMSRC_FUZZ=careful", "-DSMSRC_WERROR=ON"],
                 ["cmake", "--build", folder, "--target", "fuzz"]):
        done = subprocess.run(argv, check=False, text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT)
        assert done.returncode == 0, done.stdout
    return folder / "test-captures" / "fuzz"


@pytest.fixture(scope="module")
def seeds(tmp_path_factory):
    """A folder with the seeds of each program."""
    folder = tmp_path_factory.mktemp("seeds")
    for name, *options in (("fuzz-packets",), ("fuzz-settings", "--settings")):
        subprocess.run([sys.executable, FUZZ / "seeds.py", *options, folder / name], check=True)
    return folder


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    folder = tmp_path_factory.mktemp("corpus")
    with tarfile.open(FUZZ / "corpus.tar.xz") as tar:
        for member in tar.getmembers():
            (folder / member.name).write_bytes(tar.extractfile(member).read())
    return folder


@pytest.fixture
def fuzz(programs, tmp_path):
    """fuzz(program, *arguments) -> what it printed; fails at any report. Inputs found are kept."""
    def run(program, *arguments):
        counts = tmp_path / "counts"
        done = subprocess.run(
            [programs / program, "-detect_leaks=0", "-max_len=8192", "-timeout=60",
             f"-artifact_prefix={tmp_path}/", f"-dict={FUZZ / 'smsrc.dict'}", *arguments],
            check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            errors="replace", env={**os.environ, **ENVIRONMENT, "SMSRC_FUZZ_COUNTS": str(counts)})
        found = REPORT.search(done.stdout)
        if done.returncode != 0 or found:
            where = max(0, (found.start() if found else len(done.stdout)) - 2000)
            pytest.fail(f"{program} ended with {done.returncode}; inputs in {tmp_path}\n"
                        f"{done.stdout[where:where + 12000]}", pytrace=False)
        return dict((name, int(number)) for name, number in
                    (line.split() for line in counts.read_text().splitlines()))
    return run


def files(folder):
    found = sorted(pathlib.Path(folder).iterdir())
    assert found
    return found


def test_every_seed_and_the_corpus(fuzz, seeds, corpus):
    inputs = files(seeds / "fuzz-packets") + files(corpus)
    done = fuzz("fuzz-packets", *inputs)
    assert done["executions"] == len(inputs)
    assert done["dissections"] > done["packets"] > 10 * len(inputs), "captures, not packets"


def test_every_seed_of_settings(fuzz, seeds):
    inputs = files(seeds / "fuzz-settings")
    assert fuzz("fuzz-settings", *inputs)["executions"] == len(inputs)


def test_what_was_found_stays_mended(fuzz):
    for finding in FINDINGS:
        program = "fuzz-settings" if finding.name.startswith("settings-") else "fuzz-packets"
        assert fuzz(program, finding)["executions"] == 1, finding.name


@pytest.mark.parametrize("program, runs, seed", NEW)
def test_new_inputs(fuzz, seeds, corpus, tmp_path, program, runs, seed):
    folders = [tmp_path / "new", seeds / program]
    folders[0].mkdir()
    if program == "fuzz-packets":
        folders.append(corpus)
    done = fuzz(program, f"-runs={runs}", f"-seed={seed}", *folders)
    assert done["executions"] >= runs - 1


def test_the_fuzzers_really_are_sanitized(programs):
    for program in ("fuzz-packets", "fuzz-settings"):
        symbols = subprocess.run(["nm", programs / program], check=True, text=True,
                                 stdout=subprocess.PIPE).stdout
        assert "__asan_report_load" in symbols and "__ubsan_handle" in symbols
        assert "dissect_smsrc_post" in symbols, "the plugin is in it"


def test_the_dictionary_is_what_its_generator_makes():
    done = subprocess.run([sys.executable, FUZZ / "dictionary.py"], check=True, text=True,
                          stdout=subprocess.PIPE)
    assert done.stdout == (FUZZ / "smsrc.dict").read_text()
