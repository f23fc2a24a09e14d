# batch_program.py
# The fixtures of smsrc-batch: the program, its folders, and one run of it
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import os
import shutil

import pytest

from conftest import ORDINARY_USER, ROOT, is_root

BATCH = ROOT / "plugin" / "batch"
SBIN = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"


def needs(*tools):
    for tool in tools:
        if shutil.which(tool, path=SBIN) is None:
            pytest.skip(f"{tool} is not installed")


@pytest.fixture(scope="module")
def program(sandbox):
    """smsrc-batch, where the ordinary user can read it."""
    needs("parallel", "jq")
    folder = sandbox.new_folder("batch")
    for path in BATCH.iterdir():
        shutil.copyfile(path, folder / path.name)
        (folder / path.name).chmod(0o755)
    return folder / "smsrc-batch"


@pytest.fixture
def place(sandbox):
    """place(name) -> a new folder of the ordinary user's."""
    def make(name):
        folder = sandbox.new_folder(name)
        if is_root():
            os.chown(folder, ORDINARY_USER, ORDINARY_USER)
        return folder
    return make


@pytest.fixture
def batch(program, sandbox):
    """batch(command, arguments..., code=0, env=None) -> what it did, by the ordinary user."""
    def run(*arguments, code=0, env=None):
        done = sandbox.run([program, *arguments], env=env, timeout=1800)
        assert done.returncode == code, f"{done.stdout}\n{done.stderr}"
        return done
    return run
