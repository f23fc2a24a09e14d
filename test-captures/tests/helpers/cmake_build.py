# cmake_build.py
# Configures and builds the tree in another folder
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import os
import re
import subprocess

from conftest import ROOT

# Compiler: the folder of its build for all tests of a run, and what was printed.
made = {}


def command(*argv, env=None, timeout=900):
    """Runs a program of the build; returns its return code and all it printed."""
    done = subprocess.run([str(a) for a in argv], env={**os.environ, **(env or {})}, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          timeout=timeout)
    return done.returncode, done.stdout


def configure(folder, *args, env=None):
    return command("cmake", "-G", "Ninja", "-S", ROOT, "-B", folder, *args, env=env)


def build(folder, *args, env=None):
    """Configures and builds, fails unless both go well; returns all that was printed."""
    code, configured = configure(folder, *args, env=env)
    assert code == 0, configured
    code, built = command("cmake", "--build", folder)
    assert code == 0, built
    return configured + built


def built_by(compiler, tmp_path_factory):
    """The default build by this compiler, warnings being errors: (its folder, what was printed).

    It is made once for all tests that do not change the sources: most of such a test was the same
    build again. One that configures it in another way puts that back."""
    if compiler not in made:
        folder = tmp_path_factory.mktemp(compiler)
        made[compiler] = folder, build(folder, f"-DCMAKE_C_COMPILER={compiler}",
                                       "-DSMSRC_WERROR=ON")
    return made[compiler]


def put_back(folder, prefix):
    """Configures the build as it was made, after a test of other ways to install."""
    code, said = configure(folder, "-DSMSRC_USER_INSTALL=OFF", f"-DCMAKE_INSTALL_PREFIX={prefix}")
    assert code == 0, said


def prefix_of(folder):
    cache = (folder / "CMakeCache.txt").read_text(encoding="utf-8")
    return re.search(r"^CMAKE_INSTALL_PREFIX:\w+=(.*)$", cache, re.MULTILINE)[1]
