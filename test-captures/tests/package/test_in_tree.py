# test_in_tree.py
# The plugin in Wireshark's own tree, which is the way to Windows and macOS
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Wireshark is configured and not built: the plugin's objects are compiled by its own commands, and
linked with the installed libraries, which are of the same version."""

import json
import shutil
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor

import pytest

from cmake_build import command
from conftest import ROOT
from debian_root import Root
from wireshark_source import wireshark_source

pytestmark = pytest.mark.slow

SOURCES = sorted((ROOT / "plugin").rglob("*.c"))


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """The build folder of a configured Wireshark with this project in its tree, and where."""
    source = wireshark_source()
    build = tmp_path_factory.mktemp("wireshark")
    name = tempfile.mkdtemp(prefix="smsrc-", dir=source / "plugins/epan")
    try:
        place = f"{name}/smsrc"
        shutil.copytree(ROOT, place, ignore=Root.not_sources)
        code, said = command(
            "cmake", "-G", "Ninja", "-S", source, "-B", build, "-DBUILD_wireshark=OFF",
            "-DENABLE_WERROR=ON", "-DENABLE_KERBEROS=OFF",
            f"-DCUSTOM_PLUGIN_SRC_DIR={place[len(str(source)) + 1:]}")
        assert code == 0, said[-6000:]
        yield build, place
    finally:
        shutil.rmtree(name)


@pytest.fixture(scope="module")
def objects(tree):
    """The objects, and what the compiler said."""
    build, place = tree
    said = subprocess.run(["ninja", "-C", build, "-t", "compdb"], check=True,
                          stdout=subprocess.PIPE, text=True).stdout
    commands = [line for line in json.loads(said) if line["file"].startswith(f"{place}/plugin/")
                and line["output"].endswith(".o")]

    def compile_one(line):
        return subprocess.run(line["command"], shell=True, check=False, cwd=line["directory"],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    with ThreadPoolExecutor(2) as two:
        done = list(two.map(compile_one, commands))
    return ([build / line["output"] for line in commands],
            "".join(run.stdout for run in done), "".join(line["command"] for line in commands))


def test_every_file_compiles_there_without_a_warning(objects):
    compiled, said, commands = objects
    assert said == ""
    assert sorted(path.name for path in compiled) == sorted(f"{path.name}.o" for path in SOURCES)
    assert commands.count("-Werror") >= len(compiled)


def test_what_is_built_there_shows_the_same(objects, sandbox, tshark, made, wireshark_version):
    flags = subprocess.run(["pkg-config", "--libs", "wireshark", "glib-2.0"], check=True,
                           stdout=subprocess.PIPE, text=True).stdout.split()
    epan = sandbox.new_folder("in-tree") / "{}.{}".format(*wireshark_version) / "epan"
    epan.mkdir(parents=True)
    subprocess.run(["gcc", "-shared", "-o", epan / "smsrc.so", *objects[0], *flags], check=True)
    for path in (epan.parent, epan, epan / "smsrc.so"):
        path.chmod(0o755)
    args = ("-2", "-O", "smsrc,smsrc.cm,smsrc.audit", "-z", "smsrc,audit", "-z", "smsrc,sessions")
    for name in ("rc-busy", "site-violations"):
        there = tshark(made(name), *args, plugin=epan.parents[1]).stdout
        assert there == tshark(made(name), *args).stdout
        assert "SMS" in there
