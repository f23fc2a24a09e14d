# test_versions.py
# The same tests on other versions of Wireshark: Debian 13 has 4.4, Debian sid 4.6
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Each version lives in a small Debian system that test-captures/roots makes; this tree is copied
into it, built there, and its whole suite runs there with the same captures and the same goldens.

Such a system that cannot be made (no root, no network) is not reached: it is skipped, and listed at
the end of the run. What fails within one fails here.
"""

import os
import re
import shutil
import xml.etree.ElementTree

import pytest

from conftest import ALL_CASES, INSIDE_ROOT, NOT_REACHED, SUITES
from debian_root import Root, root_folder

pytestmark = pytest.mark.slow

@pytest.fixture(scope="module", params=SUITES)
def root(request):
    made = Root(request.param, root_folder(request.param))
    yield made
    shutil.rmtree(made.work, ignore_errors=True)


def test_it_is_the_version_meant(root):
    code, said = root.run("tshark", "--version")
    assert code == 0, said
    found = tuple(map(int, re.search(r"TShark \(Wireshark\) (\d+)\.(\d+)", said).groups()))
    assert found >= SUITES[root.suite]


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
def test_builds_there_without_a_warning(root, compiler):
    _, said = root.build(compiler)
    assert "warning" not in said.lower(), said


def test_unit_tests_pass_there(root):
    folder, _ = root.build("gcc")
    code, said = root.run("ctest", "--test-dir", folder, "-LE", "pytest", "--output-on-failure",
                          "--no-tests=ignore")
    assert code == 0, f"{root.suite}:\n{said}"


# What Wireshark prints: its library has another name in each version, and where only the other
# one is installed the loader finds that before Wireshark can compare versions.
REFUSED = re.compile(r"(Couldn't load|The) plugin 'smsrc\.so'(: libwireshark\.so\.\d+: cannot open"
                     r"| was compiled for Wireshark version \d+\.\d+)")


def test_a_build_from_there_is_refused_here_in_words(root, sandbox, tshark, made,
                                                     wireshark_version):
    folder, _ = root.build("gcc")
    here = sandbox.new_folder("foreign")
    epan = here / "{}.{}".format(*wireshark_version) / "epan"
    epan.mkdir(parents=True)
    built = root.folder / folder.lstrip("/") / "run"
    shutil.copy(next(built.rglob("smsrc.so")), epan)
    for path in (epan.parent, epan, epan / "smsrc.so"):
        path.chmod(0o755)
    done = tshark(made("rc-busy"), plugin=here, check=False)
    assert done.returncode == 0
    assert REFUSED.search(done.stderr), done.stderr
    assert done.stdout and "SMSRC" not in done.stdout


def test_a_build_from_here_is_refused_there_in_words(root, plugin_build):
    folder, _ = root.build("gcc")
    right = next((root.folder / folder.lstrip("/") / "run").rglob("smsrc.so"))
    wrong = root.work / "foreign" / right.relative_to(right.parents[2])
    wrong.parent.mkdir(parents=True)
    shutil.copy(next((plugin_build / "run").rglob("smsrc.so")), wrong)
    for path in (wrong, *wrong.parents[:3]):
        path.chmod(0o755)
    code, said = root.run(
        "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "tshark", "-n", "-r",
        root.inside("smsrc", "test-captures", "made", "rc-busy.pcap"),
        WIRESHARK_PLUGIN_DIR=root.inside("foreign"))
    assert code == 0, said
    assert REFUSED.search(said), said
    assert "SMSRC" not in said and "TCP" in said


def test_the_suite_passes_there(root, record_property):
    """Every test of this suite, so every golden too: the trees are the same on every version. Of
    other tests with four cases or more, every fourth."""
    folder, _ = root.build("gcc")
    every = {ALL_CASES: "1"} if ALL_CASES in os.environ else {}
    code, said = root.run("python3", "-m", "pytest", "-p", "no:cacheprovider", "--tb=short",
                          f"--junit-xml={root.inside('report.xml')}",
                          root.inside("smsrc", "test-captures", "tests"),
                          SMSRC_BUILD=folder, SMSRC_CAPTURES=root.inside("captures"),
                          PYTHONDONTWRITEBYTECODE="1", **{INSIDE_ROOT: root.suite}, **every)
    assert code == 0, f"{root.suite}:\n{said[-30000:]}"
    report = xml.etree.ElementTree.parse(root.work / "report.xml").getroot()
    cases = list(report.iter("testcase"))
    skipped = [case.find("skipped").get("message") for case in cases
               if case.find("skipped") is not None]
    assert len(cases) > len(skipped), "no test ran there"
    for message in skipped:
        record_property(NOT_REACHED, f"Debian {root.suite}: {message}")
