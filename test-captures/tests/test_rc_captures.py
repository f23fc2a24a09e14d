# test_rc_captures.py
# The made captures are what their generator makes, and every one of them is told of
#
# SPDX-License-Identifier: GPL-2.0-or-later

import importlib
import pathlib
import re
import sys

import pytest

from conftest import MADE

GENERATE = MADE.parent / "generate"


@pytest.fixture(scope="module")
def generator():
    pytest.importorskip("scapy", reason="scapy is not installed: captures are not made anew")
    sys.path.insert(0, str(GENERATE))
    yield importlib.import_module("remote_control")
    sys.path.remove(str(GENERATE))


def listed():
    """name -> line, of the captures that generate/README.md lists."""
    text = (GENERATE / "README.md").read_text(encoding="utf-8")
    return dict(re.findall(r"^\| `([\w-]+)\.pcap` \| (.*) \|$", text, re.MULTILINE))


def test_a_capture_made_anew_is_the_committed_one(generator, tmp_path):
    generator.captures.write(tmp_path)
    made_now = sorted(path.name for path in tmp_path.iterdir())
    assert made_now == sorted(
        path.name for path in MADE.iterdir() if path.name.startswith(("rc-", "demo")))
    differing = [name for name in made_now
                 if (tmp_path / name).read_bytes() != (MADE / name).read_bytes()]
    assert not differing


def test_the_readme_lists_each_capture_with_its_line(generator):
    ours = {name: line for name, line in listed().items() if name.startswith(("rc-", "demo"))}
    assert ours == dict(generator.captures.lines())


def test_every_capture_is_used_by_a_test():
    text = "".join(path.read_text(encoding="utf-8")
                   for path in pathlib.Path(__file__).parent.glob("test_rc_*.py"))
    unused = [path.stem for path in MADE.glob("rc-*.pcap") if f'"{path.stem}"' not in text]
    assert not unused
