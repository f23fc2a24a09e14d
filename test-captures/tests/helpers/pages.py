# pages.py
# The pages of the project: their names, texts, headings and commands
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import re
import shlex

from conftest import ROOT

PAGES = [ROOT / "README.md", *sorted((ROOT / "plugin" / "doc").glob("*.md"))]
READMES = sorted((ROOT / "test-captures").glob("*/README*.md"))
NAMES = [str(path.relative_to(ROOT)) for path in [*PAGES, *READMES]]


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def without_blocks(text):
    return re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)


def spans(text):
    """The text between backquotes in running text and tables."""
    return [" ".join(span.split()) for span in re.findall(r"`([^`]+)`", without_blocks(text))]


def anchors(text):
    """The headings as a browser names them."""
    headings = re.findall(r"^#+ (.*)$", without_blocks(text), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def shell_words(line):
    words = shlex.shlex(line, posix=True, punctuation_chars=True)
    words.whitespace_split = True
    return list(words)


def shell_lines(text):
    """The words of each line of a shell's that a page has; a quotation may go over several."""
    for block in re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        open_line = ""
        for line in block.replace("\\\n", " ").splitlines():
            open_line += line + "\n"
            try:
                yield shell_words(open_line)
            except ValueError:
                continue
            open_line = ""
        assert open_line == "", f"a quotation without an end: {open_line}"
    for span in spans(text):
        if "tshark " in span:
            yield shell_words(span)
