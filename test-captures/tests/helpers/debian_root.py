# debian_root.py
# Small Debian systems with other versions of Wireshark, and this tree in them
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import pathlib
import shutil
import subprocess
import tempfile

import pytest

from conftest import CAPTURES, ROOT, SUITES, is_root
from fetched import fetched

# Making a system downloads some hundred packages; a run of the suite takes some minutes.
MAKE_TIMEOUT = 1800
RUN_TIMEOUT = 3600


class Root:
    """One such system, with this tree in its own folder."""

    def __init__(self, suite, folder):
        self.suite = suite
        self.folder = folder
        self.work = pathlib.Path(tempfile.mkdtemp(prefix="smsrc-", dir=folder / "tmp"))
        self.work.chmod(0o755)
        shutil.copytree(ROOT, self.work / "smsrc", ignore=self.not_sources)
        if CAPTURES.is_dir():
            shutil.copytree(CAPTURES, self.work / "captures")

    @staticmethod
    def not_sources(folder, names):
        top = pathlib.Path(folder) == ROOT
        return [n for n in names if n in ("__pycache__", ".git", ".pytest_cache")
                or (top and n.startswith("build"))]

    def inside(self, *path):
        """The name within the system of a path in its own folder."""
        return "/" + str(self.work.joinpath(*path).relative_to(self.folder))

    def run(self, *argv, timeout=RUN_TIMEOUT, **env):
        """Runs a program within the system; returns its return code and all it printed.

        Where that is allowed it gets /proc, which the sanitizers need, and its own network with
        only the loopback device: its tests take no port of other programs.
        """
        command = ["chroot", str(self.folder), "env", "-i",
                   "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "LC_ALL=C.UTF-8",
                   *(f"{k}={v}" for k, v in env.items()), *map(str, argv)]
        alone = ["unshare", "--mount", "--net"]
        if subprocess.run([*alone, "true"], check=False, stderr=subprocess.DEVNULL).returncode == 0:
            command = [*alone, "sh", "-c", 'mount -t proc proc "$0/proc"; ip link set lo up; '
                       'exec "$@"', str(self.folder), *command]
        done = subprocess.run(command, check=False, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              encoding="utf-8", errors="replace", timeout=timeout)
        return done.returncode, done.stdout

    def build(self, compiler):
        folder = self.inside(f"build-{compiler}")
        code, said = self.run("cmake", "-G", "Ninja", "-S", self.inside("smsrc"), "-B", folder,
                              f"-DCMAKE_C_COMPILER={compiler}", "-DSMSRC_WERROR=ON")
        assert code == 0, f"{self.suite}, {compiler}:\n{said}"
        code, built = self.run("cmake", "--build", folder, "--target", "all", "unit")
        assert code == 0, f"{self.suite}, {compiler}:\n{built}"
        return folder, said + built


def root_folder(suite):
    """The folder of this suite's system, which is made where it is missing; else skips."""
    what = "Wireshark {}.{} (Debian {})".format(*SUITES[suite], suite)
    if not is_root():
        pytest.skip(f"{what}: entering another system needs root")
    return fetched(what, "roots", suite, timeout=MAKE_TIMEOUT)
