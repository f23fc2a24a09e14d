# test_release.py
# test-captures/release: the version in every file, and the same bytes from the same commit
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The packages of this machine's series are made; test_packages.py has their contents."""

import gzip
import hashlib
import re
import shutil
import tarfile

import pytest

from cmake_build import command
from conftest import ROOT

RELEASE = "test-captures/release"
VERSIONED = ["CMakeLists.txt", *(f"plugin/batch/{name}{end}" for end in ("", ".1")
                                 for name in ("smsrc-batch", "smsrc-report", "smsrc-roles"))]


def version_in(folder, name):
    text = (folder / name).read_text(encoding="utf-8")
    return re.search(r'(?:project\(smsrc VERSION |^VERSION = "|^version=|"smsrc )([\d.]+)', text,
                     re.MULTILINE)[1]


@pytest.mark.quick
def test_every_file_has_the_version_of_cmake():
    assert {version_in(ROOT, name) for name in VERSIONED} == {version_in(ROOT, "CMakeLists.txt")}


@pytest.mark.quick
def test_one_command_changes_the_version(tmp_path):
    for name in [RELEASE, "plugin/doc/changes.md", *VERSIONED]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    code, said = command(tmp_path / RELEASE, "version", "12.3.45")
    assert code == 0, said
    assert [version_in(tmp_path, name) for name in VERSIONED] == ["12.3.45"] * len(VERSIONED)
    changes = (tmp_path / "plugin/doc/changes.md").read_text(encoding="utf-8")
    assert re.search(r"^## (.*)$", changes, re.MULTILINE)[1] == "12.3.45"
    code, said = command(tmp_path / RELEASE, "version", "next")
    assert code == 1 and '"next" is not a version' in said


def codename():
    with open("/etc/os-release", encoding="utf-8") as system:
        found = re.search(r"^VERSION_CODENAME=(\w+)$", system.read(), re.MULTILINE)
    return found and found[1]


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    """A clone of the last commit, which a change of the working tree does not touch."""
    for tool in ("git", "dpkg-shlibdeps", "cpack", "ninja"):
        if not shutil.which(tool):
            pytest.skip(f"a release is made only where {tool} is")
    if not (ROOT / ".git").exists() or codename() not in ("bookworm", "trixie"):
        pytest.skip("a release is made from a clone, on a Debian that it is for")
    folder = tmp_path_factory.mktemp("release") / "clone"
    code, said = command("git", "-c", f"safe.directory={ROOT}", "clone", "-q", "--no-local", ROOT,
                         folder, env={"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory",
                                      "GIT_CONFIG_VALUE_0": "*"})
    assert code == 0, said
    return folder


@pytest.mark.slow
def test_the_same_commit_makes_the_same_bytes(clone, tmp_path, wireshark_version):
    """Built twice, in different folders and at different times."""
    sums = []
    for name in ("once", "twice"):
        code, said = command(clone / RELEASE, "-s", codename(), tmp_path / name, timeout=1800)
        assert code == 0, said
        sums.append((tmp_path / name / "SHA256SUMS").read_text(encoding="utf-8"))
    assert sums[0] == sums[1]

    version, series = version_in(clone, "CMakeLists.txt"), "{}.{}".format(*wireshark_version)
    made = {line.split()[1]: line.split()[0] for line in sums[0].splitlines()}
    assert set(made) == {path.name for path in (tmp_path / "once").iterdir()} - {"SHA256SUMS"}
    for name, digest in made.items():
        assert hashlib.sha256((tmp_path / "once" / name).read_bytes()).hexdigest() == digest
    assert len(made) == 3 and f"smsrc-{version}.tar.gz" in made
    assert sum(f"{version}+wireshark{series}" in name for name in made) == 2

    with tarfile.open(tmp_path / "once" / f"smsrc-{version}.tar.gz") as source:
        names = {name.removeprefix(f"smsrc-{version}/") for name in source.getnames()}
    assert {"COPYING", "CMakeLists.txt", "plugin/plugin.c", RELEASE} <= names
    plugin = next((tmp_path / "once").glob("wireshark-plugin-*.tar.gz"))
    assert b"/tmp/smsrc-release" not in gzip.decompress(plugin.read_bytes())


@pytest.mark.slow
def test_what_is_not_committed_is_refused(clone, tmp_path):
    page = clone / "README.md"
    text = page.read_text(encoding="utf-8")
    page.write_text(text + "\n", encoding="utf-8")
    code, said = command(clone / RELEASE, "-s", codename(), tmp_path / "out")
    page.write_text(text, encoding="utf-8")
    assert code == 1 and "changes that are not committed" in said
    assert not (tmp_path / "out").exists()
