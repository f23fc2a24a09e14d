# test_rc_made_captures.py
# The made captures are what their generator makes, and every one of them is listed
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import pathlib

import pytest

from conftest import MADE
from generators import assert_made_now_as_committed, generator, listed

OURS = ("rc-", "demo")


@pytest.fixture(scope="module")
def made_by():
    return generator("remote_control")


def test_a_capture_made_anew_is_the_committed_one(made_by, tmp_path):
    made_by.captures.write(tmp_path)
    assert_made_now_as_committed(tmp_path, *OURS)


def test_the_readme_lists_each_capture_with_its_line(made_by):
    assert dict(listed("README.md", *OURS)) == dict(made_by.captures.lines())


def test_every_capture_is_used_by_a_test():
    text = "".join(path.read_text(encoding="utf-8")
                   for path in pathlib.Path(__file__).parent.glob("test_rc_*.py"))
    unused = [path.stem for path in MADE.glob("rc-*.pcap") if f'"{path.stem}"' not in text]
    assert not unused
