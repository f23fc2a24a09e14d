# cmake_build.py
# Configures and builds the tree in another folder
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import os
import subprocess

from conftest import ROOT


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
