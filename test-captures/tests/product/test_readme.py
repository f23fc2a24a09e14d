# test_readme.py
# The README and what readers look for on pages: length, first screen, titles, options
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import re

import pytest

from conftest import ROOT
from pages import NAMES, anchors, read, shell_lines, without_blocks

pytestmark = pytest.mark.quick

README_WORDS = 900


def test_the_readme_is_short():
    """All words outside of fenced blocks count, those of tables and links too."""
    assert len(without_blocks(read("README.md")).split()) <= README_WORDS


def test_the_readmes_first_screen_has_picture_commands_and_profile():
    first = "\n".join(read("README.md").splitlines()[:32])
    assert "KB 826852" in first and "![" in first and 'wireshark -C "SMS 2003"' in first
    assert len([words for words in shell_lines(first) if words]) >= 2


@pytest.mark.parametrize("name, title", [
    ("cost.md", "Performance"), ("troubleshooting.md", "Troubleshooting"),
    ("trust.md", "How far to trust it"), ("develop.md", "Contributing")])
def test_pages_have_the_titles_that_readers_look_for(name, title):
    assert read(f"plugin/doc/{name}").splitlines()[0] == f"# {title}"
    assert f"[{title}](plugin/doc/{name})" in read("README.md")


def test_contributors_find_how_to_report_a_vulnerability():
    assert {"security", "releases", "commits-and-style"} <= anchors(read("plugin/doc/develop.md"))


# Options of the programs that a page names, and the program's own text that has them.
PROGRAMS = {name: ROOT / "plugin" / "batch" / name
            for name in ("smsrc-batch", "smsrc-roles", "smsrc-report")}
PROGRAMS["test-captures/release"] = ROOT / "test-captures" / "release"


def test_options_of_programs_are_theirs():
    """Each -x or --word after the name of a program, in one line of a page's commands."""
    asked = set()
    for name in NAMES:
        for words in shell_lines(read(name)):
            program = next((word for word in words if word in PROGRAMS), None)
            after = words[words.index(program) + 1:] if program else []
            own = after[:after.index("--")] if "--" in after else after
            for word in own:
                if re.fullmatch(r"[();<>|&]+", word):
                    break
                if re.fullmatch(r"-\w|--[\w-]+", word):
                    asked.add((program, word))
    assert len(asked) > 3
    missing = [(program, option) for program, option in sorted(asked)
               if not re.search(rf"(?<![\w-]){option}(?![\w-])|\b{option[1:]}:|{option[1:]}\)",
                                PROGRAMS[program].read_text(encoding="utf-8"))]
    assert missing == []
