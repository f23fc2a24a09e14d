# test_windows.py
# The plugin for Windows: its archives, their installer, and tshark for Windows under Wine
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Only where test-captures/windows has made its cache before, and where Wine is installed: a build
from nothing takes long. Of the comparison with Linux, which `test-captures/windows compare` makes of
all captures, a few are made here."""

import importlib.machinery
import importlib.util
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import zipfile

import pytest

from conftest import ROOT, SUITES, TESTS, is_root

pytestmark = pytest.mark.slow

CACHE = pathlib.Path(os.environ.get("SMSRC_WINDOWS") or "/var/cache/smsrc-windows")
WINDOWS = TESTS.parent / "windows"
TIMEOUT = 1800
OFFICIAL = {"{}.{}".format(*version): suite for suite, version in SUITES.items()}
NAMES = {"libwireshark.dll": "libwireshark.so", "libwsutil.dll": "libwsutil.so",
         "glib-2.0-0.dll": "libglib-2.0.so.0"}
# What Windows itself has, and the C library that the official build uses too.
SYSTEM = re.compile(r"KERNEL32\.dll|api-ms-win-crt-\w+-l1-1-0\.dll")

compare = importlib.util.module_from_spec(importlib.util.spec_from_loader(
    "compare", importlib.machinery.SourceFileLoader(
        "compare", str(TESTS.parent / "mingw" / "compare"))))
compare.__loader__.exec_module(compare)


def windows(*argv):
    done = subprocess.run([WINDOWS, *map(str, argv)], check=False, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          timeout=TIMEOUT)
    assert done.returncode == 0, done.stdout[-6000:]
    return done.stdout


@pytest.fixture(scope="module", autouse=True)
def needs():
    if not is_root():
        pytest.skip("the plugin for Windows: entering Debian sid needs root")
    if not (CACHE / "done" / "glib2.0").is_file():
        pytest.skip(f"the plugin for Windows: nothing in {CACHE} (test-captures/windows build)")
    if not shutil.which("wine"):
        pytest.skip("the plugin for Windows: Wine is not installed (wine64, wine)")


@pytest.fixture(scope="module")
def archives(tmp_path_factory):
    """Series: the unpacked archive for it."""
    folder = tmp_path_factory.mktemp("zip")
    windows("zip", folder)
    unpacked = {}
    for path in folder.glob("*.zip"):
        series = re.fullmatch(r"smsrc-[\d.]+-wireshark(4\.\d)-win64\.zip", path.name)[1]
        with zipfile.ZipFile(path) as archive:
            archive.extractall(folder)
        unpacked[series] = folder / path.stem
    return unpacked


@pytest.fixture(scope="module")
def wine(sandbox):
    """Windows without Wireshark."""
    started = compare.Wine(sandbox, CACHE, os.devnull)
    yield started
    started.end()


@pytest.fixture(scope="module")
def installed(wine):
    """A function: the folder of a Wireshark of this version, as far as the installer looks."""
    def make(version):
        folder = wine.folder / f"Wireshark {version}"
        folder.mkdir(exist_ok=True)
        (folder / "glib-2.0-0.dll").touch()
        sid = pathlib.Path(os.environ.get("SMSRC_ROOTS") or "/var/cache/smsrc-roots") / "sid"
        with tempfile.TemporaryDirectory(dir=sid / "tmp") as work:
            source = pathlib.Path(work) / "tshark.c"
            source.write_text('#include <stdio.h>\nint main(void)\n{\n'
                              f'    puts("TShark (Wireshark) {version}.\\n\\nCopyright");\n'
                              '    return 0;\n}\n', encoding="ascii")
            inside = "/" + str(source.relative_to(sid))
            subprocess.run(["chroot", sid, "x86_64-w64-mingw32ucrt-gcc", inside, "-o",
                            inside.replace(".c", ".exe")], check=True, timeout=TIMEOUT)
            shutil.copy(source.with_suffix(".exe"), folder / "tshark.exe")
        return folder
    return make


def imports(dll):
    """DLL: the names that this one takes of it."""
    said = subprocess.run(["objdump", "-p", dll], check=True, stdout=subprocess.PIPE,
                          text=True).stdout
    found, at = {}, None
    for line in said.splitlines():
        if "DLL Name: " in line:
            at = found.setdefault(line.split(": ")[1], set())
        elif at is not None and (name := re.fullmatch(r"\t[0-9a-f]+\s+.*?\s(\w+)", line)):
            at.add(name[1])
        elif line.startswith("There is an export table"):
            at = None
    return found


@pytest.mark.parametrize("series", sorted(OFFICIAL))
def test_an_archive_takes_only_names_that_its_series_exports(archives, series):
    folder = archives[series]
    assert sorted(path.name for path in folder.iterdir()) == [
        "COPYING.txt", "README.txt", "SMS 2003", "install.cmd", "smsrc.dll"]
    taken = imports(folder / "smsrc.dll")
    assert {name for name in taken if not SYSTEM.fullmatch(name)} == set(NAMES)
    for dll, library in NAMES.items():
        exported = subprocess.run(
            ["nm", "-D", "--defined-only", CACHE / f"linux-{series}" / "lib" / library],
            check=True, stdout=subprocess.PIPE, text=True).stdout
        assert len(taken[dll]) > 50
        assert taken[dll] <= {line.split()[-1].split("@")[0] for line in exported.splitlines()}
    text = (folder / "README.txt").read_text(encoding="utf-8")
    assert "FOR TESTING" in text and f"Wireshark {series} " in text and "-G plugins" in text
    assert b"\r\n" in (folder / "install.cmd").read_bytes()


def run_installer(wine, folder, *argv):
    return wine.run(["cmd", "/c", "call", wine.windows(folder / "install.cmd"), *map(wine.windows, argv)])


def test_the_installer_installs_for_its_series_and_refuses_another(archives, wine, installed):
    refused = run_installer(wine, archives["4.6"], installed("4.4.9"))
    assert refused.returncode == 1
    assert "Wireshark 4.6, and Wireshark 4.4.9 is installed" in refused.stdout
    missing = run_installer(wine, archives["4.6"], wine.folder)
    assert missing.returncode == 1 and "There is no tshark.exe" in missing.stdout
    assert list(wine.prefix.rglob("smsrc.dll")) == []
    for series in sorted(OFFICIAL):
        done = run_installer(wine, archives[series], installed(f"{series}.1"))
        assert done.returncode == 0, done.stdout
        assert f"for Wireshark {series} is installed" in done.stdout
        there, = wine.prefix.rglob(f"Wireshark/plugins/{series}/epan/smsrc.dll")
        assert there.read_bytes() == (archives[series] / "smsrc.dll").read_bytes()
    profile, = wine.prefix.rglob("Wireshark/profiles/SMS 2003")
    assert sorted(path.name for path in profile.iterdir()) == sorted(
        path.name for path in (ROOT / "plugin" / "profile" / "SMS 2003").iterdir())


def test_tshark_for_windows_prints_what_it_prints_on_linux():
    """Among them: one of each dissector, of ConfigMgr those with Kerberos, which that tshark does
    not have, and one with a table of roles."""
    if not list((CACHE / "done").glob("bed-*")):
        pytest.skip(f"tshark for Windows: not in {CACHE} (test-captures/windows build)")
    captures = [TESTS.parent / name for name in (
        "made/rc-busy.pcap", "made/rc-damage-offsets.pcap", "made/site-violations.pcap",
        "configmgr/configmgr-kerberos.pcapng", "configmgr/configmgr-denied.pcapng",
        "recorded/site-misconfigured.pcapng")]
    said = windows("compare", *captures)
    assert re.search(r"smsrc\.dll\s+[\d.]+\s+dissector", said)
    assert re.search(rf"^{len(captures)} captures, \d{{4,}} lines .* 0 differ", said, re.MULTILINE)
